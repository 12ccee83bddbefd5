"""La liste des dispositifs, mise à jour sur place ; et la même sans JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.navigateur.accessibilite import verifier_axe

pytestmark = pytest.mark.navigateur


def nombre(page):
    return int(re.match(r"\d+", page.locator("#nombre").inner_text())[0])


def choisir(champ, index):
    """Comme au clavier ou à la souris : le champ a le curseur quand son choix change."""
    champ.focus()
    champ.select_option(index=index)


def test_choisir_une_facette_met_la_liste_a_jour_sur_place_et_garde_l_historique(visiteur):
    page = visiteur("region", viewport={"width": 1280, "height": 900})
    page.goto("/dispositifs/")
    page.evaluate("window.temoin = 'la page n’a pas été rechargée'")
    tous = nombre(page)
    libelle = page.get_by_label("Type", exact=True).locator("option").nth(1).inner_text()
    attendu = int(re.search(r"\((\d+)\)$", libelle)[1])

    choisir(page.get_by_label("Type", exact=True), index=1)

    expect(page.locator("#nombre")).to_have_text(re.compile(rf"^{attendu} dispositifs? pour ces"))
    assert attendu < tous
    assert page.evaluate("window.temoin") is not None
    assert re.search(r"/dispositifs/\?type=[a-z-]+$", page.url), page.url
    expect(page.get_by_label("Type", exact=True)).to_be_focused()
    expect(page.locator("#panneau-filtres")).to_have_attribute("open", "")
    expect(page.locator("#resultats .liste > li")).to_have_count(attendu)
    filtree = page.url

    page.go_back()
    expect(page.locator("#nombre")).to_have_text(re.compile(rf"^{tous} dispositifs?$"))
    expect(page.get_by_label("Type", exact=True)).to_have_value("")
    page.go_forward()
    expect(page.locator("#nombre")).to_have_text(re.compile(rf"^{attendu} "))
    page.goto(filtree)
    assert nombre(page) == attendu
    verifier_axe(page)


def test_retirer_le_dernier_filtre_ne_referme_pas_le_panneau_sous_le_curseur(visiteur):
    page = visiteur("region", viewport={"width": 1280, "height": 900})
    page.goto("/dispositifs/")
    tous = nombre(page)
    choisir(page.get_by_label("Motif de déplacement"), index=1)
    expect(page).to_have_url(re.compile(r"motif="))

    choisir(page.get_by_label("Motif de déplacement"), index=0)

    expect(page.locator("#nombre")).to_have_text(re.compile(rf"^{tous} dispositifs?$"))
    expect(page.get_by_label("Motif de déplacement")).to_be_focused()
    assert page.url.endswith("/dispositifs/")


def test_chercher_annonce_le_nombre_et_un_filtre_faux_se_dit_sans_recharger(visiteur):
    page = visiteur("region", viewport={"width": 360, "height": 800})
    page.goto("/dispositifs/")
    page.get_by_text("Filtrer", exact=True).first.click()
    page.get_by_label("Mots cherchés").fill("garages")
    page.get_by_label("Mots cherchés").press("Enter")
    expect(page).to_have_url(re.compile(r"\?q=garages$"))
    expect(page.locator("#nombre")).to_have_text(re.compile(r"pour ces filtres"))

    page.get_by_label("Commune, EPCI ou département").fill("Atlantide")
    page.get_by_label("Commune, EPCI ou département").press("Enter")

    expect(page.locator("#nombre")).to_have_text(re.compile("^Corrigez le filtre"))
    expect(page.get_by_label("Commune, EPCI ou département")).to_have_value("Atlantide")
    expect(page.get_by_label("Mots cherchés")).to_have_value("garages")


def test_sans_javascript_le_formulaire_mene_a_la_meme_page(visiteur):
    page = visiteur("region", java_script_enabled=False)
    page.goto("/dispositifs/")
    page.get_by_text("Filtrer", exact=True).first.click()
    page.get_by_label("Mots cherchés").fill("garage")
    page.get_by_role("button", name="Filtrer").click()

    expect(page.locator("#nombre")).to_have_text(re.compile(r"pour ces filtres$"))
    expect(page.get_by_label("Mots cherchés")).to_have_value("garage")


def test_au_clavier_une_forme_de_la_carte_resserre_la_liste(visiteur):
    page = visiteur("region", viewport={"width": 1280, "height": 900})
    page.goto("/dispositifs/?bassin=grand-amienois-grand-roye")
    forme = page.locator("#carte svg a").first
    expect(forme).to_be_visible()
    attendu = int(re.search(r"(\d+) dispositif", forme.get_attribute("aria-label"))[1])
    page.get_by_role("link", name="Texte (CSV)").focus()
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#carte svg') !== null"):
            break

    expect(forme).to_be_focused()
    verifier_axe(page)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"\?bassin=grand-amienois-grand-roye&epci=\d{9}$"))
    assert nombre(page) == attendu
    expect(page.locator("#carte svg a[aria-current=true]")).to_have_count(1)


def test_la_carte_suit_la_liste_mise_a_jour_sur_place(visiteur):
    page = visiteur("region", viewport={"width": 1280, "height": 900})
    page.goto("/dispositifs/?bassin=grand-amienois-grand-roye")
    expect(page.locator("#carte svg")).to_be_visible()
    expect(page).to_have_title("Dispositifs – Portail PAMS")
    page.evaluate("window.temoin = true")

    page.get_by_label("Type", exact=True).select_option(index=1)

    expect(page).to_have_url(re.compile(r"type="))
    lien = page.locator("#carte tbody a").first
    expect(lien).to_have_attribute("href", re.compile(r"type=.*&epci=|epci=.*type="))
    assert page.evaluate("window.temoin")
    page.get_by_text("Par intercommunalité").click()
    compte = int(page.locator("#carte tbody td").first.inner_text())
    lien.click()
    expect(page.locator("#nombre")).to_have_text(re.compile(rf"^{compte} dispositif"))


def test_sans_javascript_un_lien_mene_a_la_carte(visiteur):
    page = visiteur("region", java_script_enabled=False)
    page.goto("/dispositifs/?bassin=grand-amienois-grand-roye")

    page.get_by_role("link", name="Voir ces dispositifs sur une carte").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Carte des dispositifs")
    page.locator("#contenu-carte svg a").first.click()
    expect(page).to_have_url(re.compile(r"/dispositifs/\?bassin=.*&epci=\d{9}$"))
