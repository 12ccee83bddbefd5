"""Les pages du portail lui-même."""

import pytest
from django.db import OperationalError, connection
from pytest_django.asserts import assertContains, assertNotContains

from pams_portal import views
from pams_portal.droits import MATRICE, Droit, Portee, Regle
from tests import factories as f

PUBLIQUES = ["/", "/droits/", "/accessibilite/", "/donnees-et-mentions/", "/sante/", "/accent.css"]


@pytest.mark.parametrize("adresse", PUBLIQUES)
def test_les_pages_du_portail_se_lisent_sans_compte_et_sans_ecrire(client, db, adresse):
    assert client.get(adresse).status_code == 200
    assert client.post(adresse).status_code == 405


@pytest.mark.parametrize("adresse", PUBLIQUES[:4])
def test_une_page_a_un_seul_titre_et_dit_la_langue(client, db, adresse):
    page = client.get(adresse).content.decode()
    assert page.count("<h1") == 1
    assert '<html lang="fr">' in page


# --- Accueil -------------------------------------------------------------------------------------


def test_l_accueil_dit_a_quoi_sert_le_portail_et_ou_entrer(client, db):
    response = client.get("/")
    for texte in ("Lire un plan", "Trouver un dispositif", "Regarder un bassin", "L.\u00a01215-3"):
        assertContains(response, texte)
    assertNotContains(response, "Ma part")


def test_l_accueil_d_une_personne_connectee_mene_a_sa_part_et_a_sa_structure(client, db):
    structure = f.make_acteur(nom="Roues libres")
    client.force_login(f.make_utilisateur(structure))
    response = client.get("/")
    assertContains(response, 'class="bouton" href="/ma-part/"')
    assertContains(response, f'<a href="{structure.get_absolute_url()}">Page de Roues libres</a>')
    assertNotContains(response, "Administration technique")


def test_l_accueil_dit_a_qui_n_a_pas_de_role_comment_en_avoir_un(client, db):
    client.force_login(f.make_utilisateur())
    assertContains(client.get("/"), "n’agit encore pour aucun organisme")


# --- Qui peut faire quoi -------------------------------------------------------------------------


def test_la_table_montre_chaque_droit_une_fois_et_seulement_ceux_de_la_matrice(client, db):
    lignes = [ligne for _, groupe in client.get("/droits/").context["groupes"] for ligne in groupe]
    assert sorted(ligne[0] for ligne in lignes) == sorted(droit.label for droit in MATRICE)


def test_la_table_se_lit_dans_la_matrice_et_pas_dans_la_page(client, db, monkeypatch):
    regle = MATRICE[Droit.MODIFIER_AXES]
    assert regle.associee == Portee.NON
    monkeypatch.setitem(MATRICE, Droit.MODIFIER_AXES, regle._replace(associee=Portee.TOUT))
    lignes = {
        acte: [mots for _, mots in portees]
        for _, groupe in client.get("/droits/").context["groupes"]
        for acte, portees, _, _ in groupe
    }
    assert lignes[Droit.MODIFIER_AXES.label] == ["Tout", "Non", "Tout", "Non", "Non", "Non"]


def test_un_droit_ajoute_a_la_matrice_parait_meme_si_personne_ne_l_a_range(monkeypatch):
    monkeypatch.delitem(views.GROUPES, "Sa structure")
    assert views.groupes_de_droits()[-1][0] == "Autres actes"


def test_chaque_colonne_chaque_portee_et_chaque_condition_a_ses_mots():
    assert tuple(views.COLONNES) == Regle._fields[: len(views.COLONNES)]
    assert set(views.PORTEES_EN_MOTS) == set(Portee)
    assert {regle.si for regle in MATRICE.values()} <= set(views.CONDITIONS_EN_MOTS)


def test_les_deux_regles_viennent_avant_la_table(client, db):
    page = client.get("/droits/").content.decode()
    regles = (
        "Tous les co-pilotes doivent valider, aucun ne peut figer seul.",
        "Personne n’écrit l’engagement, le montant ou l’indicateur d’une autre partie.",
    )
    assert [page.index(regle) < page.index("<table") for regle in regles] == [True, True]


def test_une_ligne_dit_en_mots_qui_a_partir_de_quel_role_et_quand(client, db):
    ligne = (
        '<tr><th scope="row">Modifier les axes et les objectifs</th>'
        "<td><strong>Tout</strong></td>"
        + '<td><span class="doux">Non</span></td>' * 5
        + "<td>Rédacteur</td><td>Tant que le plan est en rédaction</td></tr>"
    )
    assertContains(client.get("/droits/"), ligne, html=True)


# --- Déclarations --------------------------------------------------------------------------------


def test_la_declaration_d_accessibilite_ne_pretend_rien(client, db, settings):
    settings.DEFAULT_FROM_EMAIL = "contact@example.org"
    response = client.get("/accessibilite/")
    assertContains(response, "non conforme")
    assertContains(response, "aucun résultat d’audit")
    assertContains(response, "mailto:contact@example.org")
    assertNotContains(response, "partiellement conforme")


def test_les_mentions_citent_les_sources_et_les_licences(client, db):
    response = client.get("/donnees-et-mentions/")
    for texte in ("INSEE", "DGCL", "IGN", "Licence Ouverte", "EUPL", "Données personnelles"):
        assertContains(response, texte)


# --- Santé ---------------------------------------------------------------------------------------


def test_la_sante_dit_en_service_quand_la_base_repond(client, db):
    response = client.get("/sante/")
    assert (response.status_code, response.content) == (200, b"en service\n")
    assert "no-store" in response.headers["Cache-Control"]


def test_la_sante_dit_503_sans_rien_trahir_quand_la_base_ne_repond_pas(client, db):
    def panne(execute, sql, params, many, context):
        raise OperationalError("could not connect to host secret.interne as pams:motdepasse")

    with connection.execute_wrapper(panne):
        response = client.get("/sante/")
    assert (response.status_code, response.content) == (503, b"base injoignable\n")


# --- Accent --------------------------------------------------------------------------------------


def test_la_couleur_de_l_operateur_est_posee(client, db, settings):
    settings.PORTAIL_ACCENT = "#7a1F3d"
    response = client.get("/accent.css")
    assert response.content == b":root { --accent-portail: #7a1F3d; }\n"
    assert response.headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize(
    "accent", ["", "rouge", "#fff", "#7a1f3d; } body { display: none", "#7a1f3d\n", "#7a1f3g"]
)
def test_une_couleur_mal_formee_ne_pose_rien(client, db, settings, accent):
    settings.PORTAIL_ACCENT = accent
    assert client.get("/accent.css").content == b""


def test_l_accent_d_un_operateur_est_lie_a_chaque_page(client, db, settings):
    settings.PORTAIL_ACCENT = "#7a1f3d"

    assertContains(client.get("/"), '<link rel="stylesheet" href="/accent.css">', html=True)
