"""Les fiches-actions : un code pour toujours, un porteur qui ne se change pas en cachette."""

import pytest
from django.urls import reverse

from acteurs.models import Acte
from plans.models import FicheAction
from tests import factories as f
from tests.test_edition import SAISIE_FICHE, saisie


def creer(client, plan, **champs):
    url = reverse("plans:fiche_action_create", args=[plan.slug])
    objectif = f.make_objectif(plan)
    depart = SAISIE_FICHE | {"objectif": objectif.pk, "intitule": "Garage mobile"}
    return client.post(url, depart | champs)


def test_la_fiche_creee_est_portee_par_la_structure_de_la_personne(client, plan, aom, personnes):
    client.force_login(personnes["aom"])

    response = creer(client, plan)

    fiche = FicheAction.objects.get()
    assert response.url == f"/plans/{plan.slug}/fiches/A1.1/"
    assert (fiche.porteur, fiche.code, fiche.intitule) == (aom, "A1.1", "Garage mobile")


def test_un_porteur_glisse_dans_le_formulaire_est_ignore(client, plan, region, aom, personnes):
    client.force_login(personnes["aom"])
    creer(client, plan, porteur=region.pk)
    fiche = FicheAction.objects.get()
    assert fiche.porteur == aom

    url = reverse("plans:fiche_action_update", args=[plan.slug, fiche.code])
    client.post(url, saisie(fiche, porteur=region.pk, etat="adoptee", code="Z9", intitule="Autre"))

    fiche.refresh_from_db()
    assert (fiche.porteur, fiche.etat, fiche.code) == (aom, "brouillon", "A1.1")
    assert fiche.intitule == "Autre"


def test_un_code_retire_ne_ressert_pas(client, plan, region, personnes):
    premiere, deuxieme = f.make_fiche(region), f.make_fiche(region)
    client.force_login(personnes["region"])
    client.post(reverse("plans:fiche_action_delete", args=[plan.slug, deuxieme.code]))

    creer(client, plan)

    assert {fiche.code for fiche in plan.fiches.all()} == {premiere.code, "A1.3"}
    retrait = Acte.objects.get(verbe="retirer")
    assert retrait.avant["intitule"] == deuxieme.intitule


def test_deplacer_une_fiche_garde_son_code(client, plan, region, departement, personnes):
    fiches = [f.make_fiche(region), f.make_fiche(departement), f.make_fiche(region)]
    client.force_login(personnes["region"])

    url = reverse("plans:fiche_action_deplacer", args=[plan.slug, fiches[2].code])
    client.post(url, {"sens": "haut"})

    assert [fiche.code for fiche in plan.fiches.all()] == ["A1.1", "A1.3", "A1.2"]


def test_changer_d_objectif_garde_le_code(client, plan, region, personnes):
    fiche = f.make_fiche(region)
    client.force_login(personnes["region"])
    url = reverse("plans:fiche_action_update", args=[plan.slug, fiche.code])

    client.post(url, saisie(fiche, objectif=f.make_objectif(plan, "B").pk))

    fiche.refresh_from_db()
    assert (fiche.objectif.code, fiche.code) == ("B1", "A1.1")


def test_une_fiche_ou_un_autre_s_est_engage_ne_se_retire_pas(
    client, plan, region, departement, personnes
):
    fiche = f.make_fiche(region)
    f.make_financement(fiche, departement, montant=5000)
    client.force_login(personnes["region"])

    url = reverse("plans:fiche_action_delete", args=[plan.slug, fiche.code])

    assert client.post(url).status_code == 403
    assert FicheAction.objects.count() == 1


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"debut": "2028-01-01", "fin": "2027-01-01"}, "fin", "La fin précède le début."),
        ({"debut": "31/02/2027"}, "debut", "Saisissez une date valide."),
        ({"perimetre": "epci"}, "epci", "Choisissez au moins un EPCI."),
        ({"intitule": ""}, "intitule", "Ce champ est obligatoire."),
        ({"publics": ["martiens"]}, "publics", "Sélectionnez un choix valide."),
    ],
)
def test_une_saisie_fausse_est_expliquee_et_gardee(
    client, plan, region, personnes, champs, champ, phrase
):
    client.force_login(personnes["region"])

    response = creer(client, plan, description="Un long texte à ne pas perdre.", **champs)

    assert FicheAction.objects.count() == 0
    assert phrase in str(response.context["form"].errors[champ])
    assert "Un long texte à ne pas perdre." in response.content.decode()


def test_ne_propose_que_les_objectifs_et_dispositifs_du_plan(
    client, plan, autre_plan, region, personnes
):
    client.force_login(personnes["region"])
    ailleurs = f.make_dispositif(zone_eligibilite=["departement-01"])

    response = creer(
        client, plan, objectif=f.make_objectif(autre_plan).pk, dispositifs=[ailleurs.pk]
    )

    assert set(response.context["form"].errors) == {"objectif", "dispositifs"}


def test_attribuer_consigne_et_change_le_droit(client, plan, region, aom, personnes):
    fiche = f.make_fiche(region)
    client.force_login(personnes["region"])

    client.post(
        reverse("plans:fiche_action_attribuer", args=[plan.slug, fiche.code]),
        {"porteur": aom.pk},
    )

    fiche.refresh_from_db()
    acte = Acte.objects.get()
    assert fiche.porteur == aom
    assert (acte.verbe, acte.avant, acte.apres) == (
        "attribuer",
        {"porteur": region.pk},
        {"porteur": aom.pk},
    )
    url = reverse("plans:fiche_action_update", args=[plan.slug, fiche.code])
    assert client.get(url).status_code == 403


def test_on_n_attribue_pas_a_une_partie_d_un_autre_plan(client, plan, region, etrangere, personnes):
    fiche = f.make_fiche(region)
    client.force_login(personnes["region"])

    client.post(
        reverse("plans:fiche_action_attribuer", args=[plan.slug, fiche.code]),
        {"porteur": etrangere.pk},
    )

    fiche.refresh_from_db()
    assert fiche.porteur == region


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant(
    client, plan, region, aom, personnes, nombre, django_assert_num_queries
):
    fiche = f.make_fiche(region)
    for n in range(nombre):
        f.make_etape(fiche)
        f.make_budget(fiche, annee=2027 + n)
        f.make_financement(fiche, aom)
        f.make_partenariat(fiche, aom)
        f.make_indicateur(fiche)
        fiche.dispositifs.add(f.make_dispositif())
    client.force_login(personnes["aom"])

    with django_assert_num_queries(35):
        client.get(fiche.get_absolute_url())
