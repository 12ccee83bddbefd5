"""Ce qui attend ma structure dans l'inventaire : « Ma part », sa page, les fins de financement."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from dispositifs.models import Dispositif
from dispositifs.recensement.avertissements import avertissements
from pams_portal.typographie import espacer
from tests import factories as f


def dans(jours):
    return timezone.localdate() + timedelta(days=jours)


def attentes(client, personne):
    client.force_login(personne)
    lignes = client.get("/ma-part/").context["attentes"]
    return [(a.verbe, a.objet, a.url) for a in lignes if a.plan is None]


@pytest.fixture
def tenue(association):
    """Une fiche à jour, que l'association tient."""
    return f.make_dispositif(
        association.acteur, nom="Atelier vélo", confirme_le=dans(-3), zone_eligibilite=[]
    )


def test_ce_qui_attend_qui_tient_la_fiche(client, personnes, association, tenue, garage):
    signalement = f.make_signalement(tenue)
    Dispositif.objects.filter(pk=tenue.pk).update(fin_financement=dans(90))

    fin = attentes(client, personnes["associee"])

    assert [ligne[:2] for ligne in fin[:2]] == [
        ("Répondre au signalement", "Atelier vélo"),
        ("Confirmer", "Garage solidaire de Roye (jamais confirmé)"),
    ]
    assert fin[0][2] == signalement.get_absolute_url()
    assert fin[2][0] == "Prévoir la suite du financement"
    assert fin[2][1].startswith("Atelier vélo (jusqu’au ")
    assertContains(client.get("/ma-part/"), "Inventaire des dispositifs")


@pytest.mark.parametrize("qui", ["lectrice", "spe", "sans_acteur", "admin"])
def test_rien_n_attend_qui_ne_tient_rien(client, personnes, tenue, garage, qui):
    f.make_signalement(tenue)
    assert attentes(client, personnes[qui]) == []


def test_une_correction_acceptee_par_un_co_pilote_attend_d_etre_ecrite(client, personnes, tenue):
    signalement = f.make_signalement(tenue, valeurs={"delai": "Un mois"})
    type(signalement).objects.update(etat="accepte")
    verbes = [verbe for verbe, _, _ in attentes(client, personnes["associee"])]
    assert verbes == ["Écrire la correction"]


def test_un_co_pilote_est_averti_de_ce_qui_touche_son_bassin(client, personnes, bassin, aom):
    [epci] = bassin.perimetre.epci.all()
    f.make_commune(epci)
    fiche = f.make_dispositif(aom.acteur, zone_eligibilite=[f"epci-{epci.pk}"])
    f.make_signalement(fiche)
    f.make_signalement(fiche)

    assert attentes(client, personnes["departement"]) == [
        (
            "Lire les signalements",
            "2 en attente sur d’autres dispositifs de votre bassin",
            "/dispositifs/signalements/",
        )
    ]
    assert attentes(client, personnes["etrangere"]) == []


def test_au_dela_de_cinq_une_ligne_mene_a_la_page_de_la_structure(client, personnes, association):
    for _ in range(7):
        f.make_dispositif(association.acteur, statut="signale")

    lignes = attentes(client, personnes["associee"])

    assert len(lignes) == 6
    assert lignes[-1][1:] == (
        "les autres fiches de votre structure",
        f"{association.acteur.get_absolute_url()}#a-faire",
    )
    page = client.get(association.acteur.get_absolute_url())
    assertContains(page, espacer("Confirmer : "), count=7)


def test_la_page_de_la_structure_ne_montre_l_a_faire_qu_aux_siens(
    client, personnes, association, tenue, garage
):
    f.make_signalement(tenue)
    adresse = association.acteur.get_absolute_url()
    for qui, montre in {"associee": True, "region": False, None: False}.items():
        client.logout()
        if qui:
            client.force_login(personnes[qui])
        verifier = assertContains if montre else assertNotContains
        verifier(client.get(adresse), espacer("Répondre à un signalement : Atelier vélo"))
        verifier(client.get(adresse), espacer("Confirmer : Garage solidaire de Roye"))


def test_la_page_de_la_structure_dit_l_etat_que_le_temps_a_fait(client, association):
    f.make_dispositif(association.acteur, confirme_le=dans(-200))
    page = client.get(association.acteur.get_absolute_url())
    assertContains(page, "À confirmer")
    assertContains(page, "Confirmé il y a 6 à 24 mois")
    assertNotContains(page, "Vérifié")


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant(
    client, personnes, association, nombre, django_assert_num_queries
):
    for _ in range(nombre):
        fiche = f.make_dispositif(association.acteur, statut="signale", fin_financement=dans(9))
        f.make_signalement(fiche)
    client.force_login(personnes["associee"])
    with django_assert_num_queries(32):
        client.get("/ma-part/")


# --- La fin des financements ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jours", "choix"),
    [(-1, {"0", "3", "6", "12"}), (89, {"3", "6", "12"}), (91, {"6", "12"}), (400, set())],
)
def test_la_liste_se_filtre_par_fin_de_financement(client, association, jours, choix):
    f.make_dispositif(association.acteur, fin_financement=dans(jours))
    f.make_dispositif(association.acteur)
    trouves = {
        mois: client.get(f"/dispositifs/?financement={mois}").context["page"].paginator.count
        for mois in ("0", "3", "6", "12")
    }
    assert {mois for mois, nombre in trouves.items() if nombre} == choix
    assert set(trouves.values()) <= {0, 1}


@pytest.mark.parametrize(
    ("jours", "annonce"),
    [
        (None, ""),
        (184, ""),
        (183, ", dans 183 jours."),
        (2, ", dans 2 jours."),
        (1, ", demain."),
        (0, ", aujourd’hui."),
        (-1, "Le financement a fini le"),
    ],
)
def test_qui_tient_la_fiche_est_averti_avant_la_fin(tenue, jours, annonce):
    tenue.fin_financement = None if jours is None else dans(jours)
    phrases = [phrase for phrase in avertissements(tenue) if phrase.startswith("Le financement")]
    assert bool(phrases) == bool(annonce)
    assert all(annonce in phrase for phrase in phrases)


def test_le_financeur_et_les_co_pilotes_voient_venir_la_fin(client, personnes, bassin, aom, spe):
    [epci] = bassin.perimetre.epci.all()
    f.make_commune(epci)
    fiche = f.make_dispositif(
        aom.acteur,
        nom="Navette",
        zone_eligibilite=[f"epci-{epci.pk}"],
        fin_financement=dans(90),
        confirme_le=dans(-3),
    )
    fiche.financeurs.set([spe.acteur])

    assert [ligne[0] for ligne in attentes(client, personnes["spe"])] == [
        "Prévoir la suite du financement"
    ]
    assert attentes(client, personnes["departement"]) == [
        (
            "Voir les financements qui finissent",
            "1 dispositif de votre bassin, d’ici 6 mois",
            f"/dispositifs/?financement=6&bassin={bassin.slug}",
        )
    ]
    assert attentes(client, personnes["etrangere"]) == []


def test_la_fin_du_financement_s_annonce_sur_la_fiche_et_dans_la_liste(client, tenue):
    for jours, annonce in {
        184: "",
        183: "Financement jusqu’au ",
        -1: "Financement fini le ",
    }.items():
        tenue.fin_financement = dans(jours)
        tenue.save()
        for adresse in (tenue.get_absolute_url(), "/dispositifs/"):
            page = client.get(adresse).content.decode()
            assert [
                mots for mots in ("Financement jusqu’au ", "Financement fini") if mots in page
            ] == ([annonce.removesuffix(" le ")] if annonce else []), (adresse, jours)
