"""Le Département propose sur la part de la Région ; la Région lit, corrige, accepte, et revient."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.navigateur.accessibilite import verifier_axe
from tests.navigateur.gestes import (
    DEPARTEMENT,
    PLAN,
    REGION,
    aller_a_la_fin,
    part_de,
    remplacer,
    zone_de_texte,
)

pytestmark = pytest.mark.navigateur

TELEPHONE = {"width": 360, "height": 740}
CALME = {"reduced_motion": "reduce"}


def photographier(page, nom):
    """Une image à regarder, si l'on en demande : PHOTOS=/un/dossier."""
    if dossier := os.environ.get("PHOTOS"):
        page.screenshot(path=Path(dossier) / f"{nom}.png", full_page=True)


def sous_tous_les_jours(page, nom):
    """Clair, sombre, téléphone, imprimé : axe à l'écran, et rien ne dépasse en largeur."""
    for jour, teinte in (("clair", "light"), ("sombre", "dark")):
        page.emulate_media(color_scheme=teinte)
        verifier_axe(page)
        photographier(page, f"{nom}-{jour}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(TELEPHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
    verifier_axe(page)
    photographier(page, f"{nom}-360")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(media="print")
    photographier(page, f"{nom}-imprime")
    page.emulate_media(media="screen")


def test_proposer_lire_corriger_accepter_retablir(visiteur):
    part = part_de(REGION, "engagements")
    avant = part.texte
    leur = visiteur("departement", **CALME)
    leur.goto(PLAN)
    leur.locator(f"#{part.ancre}").get_by_role("link", name="Proposer une modification").click()
    verifier_axe(leur)
    aller_a_la_fin(leur, zone_de_texte(leur))
    leur.keyboard.press("Enter")
    leur.keyboard.type("Un relais tient permanence à Montdidier.")
    leur.get_by_label("Pourquoi").fill("Le Département y paie déjà un local.")
    leur.get_by_role("button", name="Proposer", exact=True).click()
    expect(leur.get_by_role("status")).to_contain_text("Votre proposition est déposée")
    expect(leur.locator("ins")).to_contain_text("Un relais tient permanence à Montdidier.")
    verifier_axe(leur)
    part.refresh_from_db()
    assert part.texte == avant

    page = visiteur("region", **CALME)
    page.goto("/ma-part/")
    page.get_by_role("link", name=f"Décider de la proposition du {DEPARTEMENT}").click()
    sous_tous_les_jours(page, "proposition")
    page.get_by_role("button", name="Refuser").click()
    expect(page.get_by_label("Raison du refus")).to_be_visible()
    verifier_axe(page)
    page.get_by_role("link", name="Corriger, puis accepter").click()
    aller_a_la_fin(page, zone_de_texte(page))
    page.keyboard.type(" Le mardi.")
    verifier_axe(page)
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("status").first).to_contain_text("est acceptée")

    page.goto(PLAN)
    page.locator(f"#{part.ancre}").get_by_role("link", name="Journal").click()
    rangee = page.locator("tbody tr").first
    expect(rangee).to_contain_text("sur proposition d’Agent du Département")
    expect(rangee).to_contain_text(DEPARTEMENT)
    sous_tous_les_jours(page, "journal")
    page.get_by_role("button", name="Comparer côte à côte").click()
    expect(page.locator(".conflit-version ins").first).to_contain_text("Le mardi.")
    sous_tous_les_jours(page, "cote-a-cote")
    page.get_by_role("link", name="Rétablir").first.click()
    sous_tous_les_jours(page, "retablir")
    page.get_by_role("button", name="Rétablir cet état").click()
    expect(page.get_by_role("status").first).to_contain_text("est rétabli")
    part.refresh_from_db()
    assert part.texte == avant


def test_au_clavier_seul(visiteur):
    """Proposer puis accepter sans souris : chaque acte s'atteint et se voit."""
    part = part_de(DEPARTEMENT, "preambule")
    page = visiteur("region", **CALME)
    page.goto(f"{PLAN}parts/contributions/{part.pk}/proposer/")
    zone = zone_de_texte(page)
    zone.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Au clavier. ")
    aller(page, "Proposer")
    page.keyboard.press("Enter")
    expect(page.locator("ins").first).to_contain_text("Au clavier.")
    adresse = page.url

    lui = visiteur("departement", **CALME)
    lui.goto(adresse)
    aller(lui, "Accepter")
    lui.keyboard.press("Enter")
    expect(lui.get_by_role("status").first).to_contain_text("est acceptée")
    part.refresh_from_db()
    assert "Au clavier." in part.texte


def aller(page, nom):
    """Avance à la tabulation jusqu'au bouton de ce nom."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == nom:
            return
    raise AssertionError(f"« {nom} » ne s'atteint pas au clavier")


def test_deux_co_ecrivains_du_meme_paragraphe_departagent(visiteur):
    part = part_de(REGION, "preambule")
    adresse = f"{PLAN}contributions/{part.pk}/modifier/"
    page, autre = visiteur("region", **CALME), visiteur("region", **CALME)
    page.goto(adresse)
    autre.goto(adresse)
    remplacer(autre, zone_de_texte(autre), "Le texte de l’autre.")
    autre.get_by_role("button", name="Enregistrer", exact=True).click()
    remplacer(page, zone_de_texte(page), "Mon texte.")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("heading", name="Passage 1")).to_be_visible()
    sous_tous_les_jours(page, "conflit")
