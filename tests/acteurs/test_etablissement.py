import pytest
from pytest_django.asserts import assertContains, assertRedirects

from acteurs.models import Acte, Etablissement
from pams_portal.typographie import espacer
from tests import factories as f


@pytest.fixture
def saisie(structure, make_siret):
    return {"siret": make_siret(structure.siren, 7), "nom": "Antenne", "adresse": "", "commune": ""}


@pytest.fixture
def ajout(structure):
    return f"/acteurs/{structure.pk}/etablissements/nouveau/"


@pytest.fixture
def antenne(structure, make_siret):
    return Etablissement.objects.create(
        acteur=structure, siret=make_siret(structure.siren), nom="Antenne de Roye"
    )


def adresse(etablissement, acte, acteur=None):
    acteur = acteur or etablissement.acteur
    return f"/acteurs/{acteur.pk}/etablissements/{etablissement.pk}/{acte}/"


def en_espaces(numero):
    return f"{numero[:3]} {numero[3:6]} {numero[6:9]} {numero[9:]}"


def test_un_redacteur_ajoute_un_etablissement_avec_sa_commune(
    client, structure, redactrice, ajout, saisie
):
    roye = f.make_commune(nom="Roye")
    client.force_login(redactrice)
    saisie |= {"siret": en_espaces(saisie["siret"]), "commune": "ROYE"}
    assertRedirects(client.post(ajout, saisie), structure.get_absolute_url())
    etablissement = structure.etablissements.get()
    assert etablissement.commune == roye
    assert etablissement.siret == saisie["siret"].replace(" ", "")
    acte = Acte.objects.du_dossier(structure.identifiant).get()
    assert (acte.verbe, acte.cible_libelle) == ("creer", "Antenne")
    assert acte.apres["commune"] == roye.pk


def test_un_redacteur_modifie_puis_supprime_et_le_journal_garde_ce_qui_etait(
    client, redactrice, structure, antenne, saisie
):
    client.force_login(redactrice)
    saisie |= {"siret": antenne.siret, "nom": "Antenne du Santerre", "version": 1}
    assertRedirects(client.post(adresse(antenne, "modifier"), saisie), structure.get_absolute_url())
    antenne.refresh_from_db()
    assert (antenne.nom, antenne.version) == ("Antenne du Santerre", 2)
    assertContains(
        client.get(adresse(antenne, "supprimer")), "Supprimer Antenne du Santerre\u202f?"
    )
    assert Etablissement.objects.exists()
    client.post(adresse(antenne, "supprimer"))
    assert not Etablissement.objects.exists()
    supprime, modifie = Acte.objects.du_dossier(structure.identifiant)
    assert (supprime.verbe, supprime.avant["nom"]) == ("supprimer", "Antenne du Santerre")
    assert modifie.avant == {"nom": "Antenne de Roye"}
    assert modifie.apres == {"nom": "Antenne du Santerre"}


@pytest.mark.parametrize("acte", ["modifier", "supprimer"])
def test_une_voisine_ne_touche_pas_l_etablissement_d_un_autre(
    client, voisine, lectrice, antenne, saisie, acte
):
    for personne in (voisine, lectrice):
        client.force_login(personne)
        assert client.get(adresse(antenne, acte)).status_code == 403
        assert client.post(adresse(antenne, acte), saisie | {"version": 1}).status_code == 403
    antenne.refresh_from_db()
    assert antenne.nom == "Antenne de Roye"


@pytest.mark.parametrize("acte", ["modifier", "supprimer"])
def test_passer_par_l_adresse_de_sa_propre_structure_ne_sert_a_rien(
    client, voisine, antenne, saisie, acte
):
    """L'établissement d'un autre, sous l'adresse de la sienne."""
    (sienne,) = voisine.roles_par_acteur
    client.force_login(voisine)
    envoi = saisie | {"version": 1, "acteur": sienne.pk}
    assert client.get(adresse(antenne, acte, sienne)).status_code == 404
    assert client.post(adresse(antenne, acte, sienne), envoi).status_code == 404
    antenne.refresh_from_db()
    assert (antenne.nom, antenne.acteur.nom) == ("Antenne de Roye", "Garage solidaire du Santerre")


def test_on_n_ajoute_rien_a_la_structure_d_un_autre(client, voisine, ajout, saisie, structure):
    client.force_login(voisine)
    assert client.post(ajout, saisie).status_code == 403
    (sienne,) = voisine.roles_par_acteur
    envoi = saisie | {"acteur": structure.pk, "siret": saisie["siret"]}
    client.post(f"/acteurs/{sienne.pk}/etablissements/nouveau/", envoi)
    assert not structure.etablissements.exists()


@pytest.mark.parametrize("siret", ["12345678901234", "123", "a" * 14])
def test_un_siret_faux_est_signale_et_la_saisie_gardee(client, redactrice, ajout, saisie, siret):
    client.force_login(redactrice)
    response = client.post(ajout, saisie | {"siret": siret, "adresse": "3 rue du Four"})
    assert list(response.context["form"].errors) == ["siret"]
    assertContains(response, "n’est pas un SIRET")
    assertContains(response, 'value="3 rue du Four"')
    assertContains(response, f'value="{siret}"')


def test_le_siret_d_une_autre_structure_est_refuse(client, redactrice, ajout, saisie, make_siret):
    client.force_login(redactrice)
    response = client.post(ajout, saisie | {"siret": make_siret(f.make_acteur().siren)})
    assertContains(response, "commencer par son SIREN")


def test_le_siret_de_la_poste_est_accepte(client, db):
    poste = f.make_acteur(nom="La Poste", siren="356000000")
    client.force_login(f.make_utilisateur(poste))
    envoi = {"siret": "35600000049837", "nom": "Bureau", "adresse": "", "commune": ""}
    client.post(f"/acteurs/{poste.pk}/etablissements/nouveau/", envoi)
    assert poste.etablissements.get().siret == "35600000049837"


def test_un_siret_deja_inscrit_est_refuse_clairement(client, redactrice, ajout, saisie, antenne):
    client.force_login(redactrice)
    response = client.post(ajout, saisie | {"siret": antenne.siret})
    assertContains(response, "Ce SIRET est déjà celui d’un établissement inscrit")


def test_une_commune_inconnue_ou_ambigue_est_signalee_avec_quoi_taper(
    client, redactrice, ajout, saisie
):
    client.force_login(redactrice)
    deux = [f.make_commune(nom="Saint-Denis", code=code) for code in ("93066", "97411")]
    response = client.post(ajout, saisie | {"commune": "Atlantide"})
    assertContains(response, espacer("Aucune commune ne répond à « Atlantide »"))
    response = client.post(ajout, saisie | {"commune": "saint denis"})
    assertContains(response, espacer("Saint-Denis (93066) ; Saint-Denis (97411)."))
    client.post(ajout, saisie | {"commune": "Saint-Denis (97411)"})
    assert Etablissement.objects.get().commune == deux[1]


@pytest.mark.parametrize("tape", ["2a004", "Ajaccio", "20000 Ajaccio", "Ajaccio (2A004)"])
def test_une_commune_se_tape_par_son_nom_son_code_ou_son_code_postal(tape, db):
    from acteurs.forms.champs import CommuneField

    ajaccio = f.make_commune(nom="Ajaccio", code="2A004", codes_postaux="20000 20090")
    f.make_commune(nom="Alata", code="2A006", codes_postaux="20167")
    assert CommuneField().clean(tape) == ajaccio


def test_la_commune_enregistree_revient_avec_son_nom_dans_le_formulaire(
    client, redactrice, antenne
):
    antenne.commune = f.make_commune(nom="Roye", code="80685")
    antenne.save()
    client.force_login(redactrice)
    assertContains(client.get(adresse(antenne, "modifier")), 'value="Roye (80685)"')
