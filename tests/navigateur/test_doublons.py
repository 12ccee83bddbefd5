"""Fusionner deux fiches, et choisir des dispositifs pour une personne, dans un vrai navigateur."""

import re

import pytest
from playwright.sync_api import expect

from acteurs.models import Acteur
from dispositifs.models import Dispositif
from tests import factories as f
from tests.navigateur.accessibilite import verifier_axe
from tests.navigateur.gestes import REGION

pytestmark = pytest.mark.navigateur

CALME = {"reduced_motion": "reduce"}
TELEPHONE = {"width": 360, "height": 740}


def verifier(page):
    """Sans violation, en clair puis en sombre, et sans défilement de côté sur un téléphone."""
    verifier_axe(page)
    taille = page.viewport_size
    page.set_viewport_size(TELEPHONE)
    page.emulate_media(color_scheme="dark")
    verifier_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(taille)


@pytest.fixture
def garages(base):
    porteur = Acteur.objects.get(nom=REGION)
    fiches = [
        f.make_dispositif(
            porteur, nom=nom, telephone=telephone, publics=publics, demonstration=True
        )
        for nom, telephone, publics in [
            ("Garage de l’Avre", "03 22 00 00 01", ["jeunes"]),
            ("Le garage de l’Avre", "03 22 00 00 02", ["seniors"]),
        ]
    ]
    yield fiches
    Dispositif.tous.filter(pk__in=[fiche.pk for fiche in fiches]).delete()


def test_comparer_fusionner_puis_defaire_depuis_le_journal(visiteur, garages):
    gardee, absorbee = garages
    page = visiteur("region", **CALME)
    page.goto(gardee.get_absolute_url())
    verifier(page)
    page.get_by_role("link", name="Comparer avec Le garage de l’Avre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Est-ce le même dispositif ?")
    verifier(page)
    page.get_by_role("group", name="Téléphone du service").get_by_label("Celle de l’autre").check()
    page.get_by_role("button", name="Fusionner").click()
    expect(page.get_by_text("est fondue dans cette fiche. Ses liens")).to_be_visible()
    verifier(page)
    fondue = Dispositif.objects.get(pk=gardee.pk)
    assert (fondue.telephone, fondue.publics) == ("03 22 00 00 02", ["jeunes", "seniors"])
    page.goto(absorbee.get_absolute_url())
    expect(page.get_by_role("link", name="Lire la fiche gardée")).to_be_visible()
    verifier(page)
    page.get_by_role("link", name="Lire la fiche gardée").click()
    page.get_by_role("button", name="Défaire cette fusion avec").click()
    expect(page.get_by_text("les deux fiches sont rétablies")).to_be_visible()
    assert Dispositif.objects.get(pk=gardee.pk).telephone == "03 22 00 00 01"
    page.get_by_role("link", name="Comparer avec Garage de l’Avre").click()
    page.get_by_role("button", name="Ce ne sont pas des doublons").click()
    expect(page.get_by_text("ne seront plus rapprochées")).to_be_visible()
    expect(page.get_by_role("heading", name="Un doublon ?")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False])
def test_choisir_sans_compte_filtrer_encore_puis_emporter(visiteur, garages, javascript):
    page = visiteur(**CALME, java_script_enabled=javascript)
    page.goto("/dispositifs/?q=Avre")
    page.get_by_label("Choisir Garage de l’Avre", exact=True).check()
    page.get_by_label("Mots cherchés").fill("Le garage de l’Avre")
    page.get_by_role("button", name="Filtrer", exact=True).click()
    page.get_by_label("Choisir Le garage de l’Avre", exact=True).check()
    page.get_by_role("button", name="Voir ma sélection").click()
    expect(page.get_by_role("link", name="Garage de l’Avre", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Le garage de l’Avre", exact=True)).to_be_visible()
    expect(page.get_by_label("Un message prêt à copier")).to_have_value(
        re.compile("03 22 00 00 01")
    )
    assert page.context.cookies() == []
    if javascript:
        verifier(page)
    page.get_by_role("link", name="Retirer Le garage").click()
    expect(page.get_by_role("link", name="Le garage de l’Avre", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Ajouter d’autres dispositifs").click()
    expect(page.get_by_label("Choisir Garage de l’Avre", exact=True)).to_be_checked()


def test_garder_une_recherche_la_retrouver_la_renommer_la_retirer(visiteur, garages):
    page = visiteur("region", **CALME)
    page.goto("/dispositifs/?q=Avre")
    page.get_by_role("link", name="Garder cette recherche").click()
    verifier(page)
    page.get_by_role("button", name="Garder la recherche").click()
    expect(page.locator(".bilan-erreurs")).to_be_focused()
    verifier(page)
    page.get_by_label("Nom de la recherche").fill("Vallée de l’Avre")
    page.get_by_role("button", name="Garder la recherche").click()
    expect(page.get_by_role("link", name="Vallée de l’Avre")).to_be_visible()
    verifier(page)
    page.get_by_role("link", name="les renommer ou en retirer").click()
    verifier(page)
    page.get_by_role("link", name="Renommer Vallée de l’Avre").click()
    verifier(page)
    page.get_by_label("Nom de la recherche").fill("L’Avre")
    page.get_by_role("button", name="Renommer").click()
    page.get_by_role("button", name="Retirer L’Avre").click()
    expect(page.get_by_role("heading", name="Aucune recherche gardée")).to_be_visible()
    verifier(page)
