import pytest
from pytest_django.asserts import assertContains, assertNotContains

from acteurs.models import Fonction
from tests import factories as f


def noms(response):
    return [acteur.nom for acteur in response.context["page"]]


@pytest.fixture
def trois_acteurs(db):
    amiens = f.make_acteur(
        nom="Communauté d’agglomération Amiens Métropole",
        sigle="CAAM",
        siren="248000531",
        nature="communaute_agglomeration",
    )
    f.make_fonction(amiens, Fonction.Nature.AOM, epci=[f.make_epci(nom="CA Amiens Métropole")])
    region = f.make_acteur(nom="Région Hauts-de-France", siren="200053742", nature="region")
    f.make_fonction(region, Fonction.Nature.REGION, regions=[f.make_region()], etat="verifie")
    f.make_fonction(region, Fonction.Nature.AOM, par_substitution=True, etat="a_verifier")
    return amiens, region, f.make_acteur(nom="Élan solidaire", siren=None, nature="association")


def test_la_liste_est_publique_et_dit_la_fonction_et_ce_qui_reste_a_verifier(client, trois_acteurs):
    response = client.get("/acteurs/")
    assertContains(response, "3 acteurs")
    assertContains(response, "Région\u00a0: Région 32")
    assertContains(response, "par substitution")
    assertContains(response, "À vérifier")
    assertContains(response, "SIREN 248000531")


@pytest.mark.parametrize(
    ("saisie", "trouve"),
    [
        ("amiens metropole", "Communauté d’agglomération Amiens Métropole"),
        ("d'agglomération", "Communauté d’agglomération Amiens Métropole"),
        ("caam", "Communauté d’agglomération Amiens Métropole"),
        ("200 053 742", "Région Hauts-de-France"),
        ("20005", "Région Hauts-de-France"),
        ("ELAN", "Élan solidaire"),
    ],
)
def test_on_cherche_par_nom_sigle_ou_siren_sans_se_soucier_des_accents(
    client, trois_acteurs, saisie, trouve
):
    assert noms(client.get("/acteurs/", {"q": saisie})) == [trouve]


@pytest.mark.parametrize("saisie", ["100%", "_", "rien de tel", "' OR 1=1 --"])
def test_une_recherche_sans_reponse_dit_quoi_essayer(client, trois_acteurs, saisie):
    response = client.get("/acteurs/", {"q": saisie})
    assert noms(response) == []
    assertContains(response, "Essayez un mot du nom")


def test_un_octet_nul_ou_un_filtre_inconnu_ne_casse_rien(client, trois_acteurs):
    assert client.get("/acteurs/", {"q": "a\x00b"}).status_code == 200
    assert client.get("/acteurs/", {"nature": "inconnue", "page": "x"}).status_code == 200


def test_on_filtre_par_nature_et_par_fonction(client, trois_acteurs):
    assert noms(client.get("/acteurs/", {"nature": "association"})) == ["Élan solidaire"]
    assert noms(client.get("/acteurs/", {"fonction": "aom"})) == [
        "Communauté d’agglomération Amiens Métropole",
        "Région Hauts-de-France",
    ]
    assert noms(client.get("/acteurs/", {"fonction": "aom", "nature": "region"})) == [
        "Région Hauts-de-France"
    ]


def test_un_acteur_de_deux_fonctions_egales_ne_sort_qu_une_fois(client, db):
    acteur = f.make_acteur(nom="France Travail")
    f.make_fonction(acteur, "spe")
    f.make_fonction(acteur, "spe")
    assert noms(client.get("/acteurs/", {"fonction": "spe"})) == ["France Travail"]


def test_la_liste_se_lit_par_pages_qui_gardent_le_filtre(client, db):
    for n in range(26):
        f.make_acteur(nom=f"Garage {n:02d}", nature="association")
    premiere = client.get("/acteurs/", {"nature": "association"})
    assert len(noms(premiere)) == 25
    assertContains(premiere, "?nature=association&amp;page=2")
    assert noms(client.get("/acteurs/", {"nature": "association", "page": 2})) == ["Garage 25"]


def test_la_liste_ne_fait_pas_plus_de_requetes_pour_trois_acteurs(
    client, db, django_assert_num_queries
):
    for tour in range(2):
        for _ in range(1 + tour):
            acteur = f.make_acteur()
            f.make_fonction(
                acteur,
                "aom",
                regions=[f.make_region()],
                departements=[f.make_departement()],
                epci=[f.make_epci()],
            )
        with django_assert_num_queries(6):
            client.get("/acteurs/")


def test_seul_qui_ecrit_pour_une_structure_voit_le_bouton_inscrire(client, lectrice, redactrice):
    assertNotContains(client.get("/acteurs/"), "Inscrire un organisme absent")
    client.force_login(lectrice)
    assertNotContains(client.get("/acteurs/"), "Inscrire un organisme absent")
    client.force_login(redactrice)
    assertContains(client.get("/acteurs/"), "Inscrire un organisme absent")
