"""L'administration technique ne dit que ce que ses pages montrent, et ne tombe pas."""

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from pytest_django.asserts import assertContains, assertRedirects

from tests import factories as f

COMPTES = "/admin/acteurs/utilisateur/"
ACTES = "/admin/acteurs/acte/"


@pytest.mark.parametrize(
    "critere",
    [
        "password__startswith=md5",
        "password__regex=.",
        "password=x",
        "last_login__isnull=0",
        "habilitations__acteur__nom=x",
        "courriel__startswith=a",
    ],
)
def test_aucun_critere_libre_ne_fait_deviner_ce_que_la_page_ne_montre_pas(
    client, administratrice, critere
):
    assertRedirects(client.get(f"{COMPTES}?{critere}"), f"{COMPTES}?e=1")


def test_les_filtres_que_la_page_offre_restent(client, administratrice, structure):
    f.make_utilisateur(nom="Fermée", is_active=False)
    page = client.get(f"{COMPTES}?is_active__exact=0")
    assertContains(page, "1 utilisateur")
    assertContains(page, "Fermée")
    structure.consigner(administratrice, None, "modifier", {"nom": "Avant"})
    assertContains(client.get(f"{ACTES}?verbe__exact=modifier"), "1 acte")
    assertContains(client.get(f"{ACTES}?cible_type=acteurs.acteur"), "1 acte")
    assertContains(client.get(f"{ACTES}?cible_type=acteurs.habilitation"), "0 acte")
    f.make_fonction(structure, "aom")
    par_fonction = "/admin/acteurs/acteur/?fonctions__nature__exact={}"
    assertContains(client.get(par_fonction.format("aom")), "1 acteur")
    assertContains(client.get(par_fonction.format("spe")), "0 acteur")


def test_le_journal_se_lit_par_jour(client, administratrice, structure):
    acte = structure.consigner(administratrice, None, "modifier", {"nom": "Avant"})
    le = acte.quand
    jour = f"quand__year={le.year}&quand__month={le.month}&quand__day={le.day}"
    assertContains(client.get(f"{ACTES}?{jour}"), "1 acte")
    assertContains(client.get(f"{ACTES}?quand__year={le.year - 1}"), "0 acte")


@pytest.mark.parametrize(
    "critere",
    [
        "quand__year=9999",
        "quand__year=9999&quand__month=12",
        "quand__year=9999&quand__month=12&quand__day=31",
        "quand__year=99999",
        "quand__year=x",
        "quand__year=2026&quand__month=13",
        "quand__gte=0001-01-01",
        "avant__contains=x",
        "dossier=x",
    ],
)
def test_un_critere_hors_du_calendrier_ramene_a_la_liste(
    client, administratrice, structure, critere
):
    structure.consigner(administratrice, None, "modifier", {"nom": "Avant"})
    assertRedirects(client.get(f"{ACTES}?{critere}"), f"{ACTES}?e=1")
    assert client.get(f"{ACTES}?{critere}&e=1").status_code == 200


def test_l_an_un_ne_fait_pas_de_panne(client, administratrice, structure):
    """SQLite le refuse, PostgreSQL n'y trouve rien."""
    structure.consigner(administratrice, None, "modifier", {"nom": "Avant"})
    assert client.get(f"{ACTES}?quand__year=1", follow=True).status_code == 200


@pytest.mark.parametrize(
    "reste", ["acteur/9999999999999999999/change/", "acte/9999999999999999999/change/"]
)
def test_une_cle_demesuree_ne_fait_pas_de_panne(client, administratrice, reste):
    assert client.get(f"/admin/acteurs/{reste}").status_code == 302


def test_voir_sur_le_site_n_existe_pas(client, administratrice, plan, structure):
    for objet in (plan, structure):
        sorte = ContentType.objects.get_for_model(objet).pk
        assert client.get(f"/admin/r/{sorte}/{objet.pk}/").status_code == 404
    page = client.get(f"/admin/acteurs/acteur/{structure.pk}/change/")
    assert "/admin/r/" not in page.content.decode()


def test_aucune_table_de_l_administration_ne_mene_au_site():
    tables = [t for t in admin.site._registry.values() if hasattr(t.model, "get_absolute_url")]
    assert len(tables) >= 2
    for table in tables:
        assert table.view_on_site is False, table
        assert all(ligne.view_on_site is False for ligne in table.inlines), table
