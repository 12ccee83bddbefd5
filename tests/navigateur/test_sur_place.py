"""Écrire une part à sa place dans le plan, dans un vrai navigateur."""

import pytest
from playwright.sync_api import expect

from tests.navigateur.accessibilite import verifier_axe
from tests.navigateur.gestes import (
    PLAN,
    REGION,
    enregistrer,
    part_de,
    relire,
    remplacer,
    zone_de_texte,
)

pytestmark = pytest.mark.navigateur


def test_ecrire_a_sa_place_puis_annuler_rend_la_part_et_le_curseur(visiteur):
    part = part_de(REGION, "engagements")
    page = visiteur("region")
    page.goto(PLAN)
    article = page.locator(f"#{part.ancre}")
    lien = article.get_by_role("link", name="Modifier")
    lien.click()
    expect(zone_de_texte(article)).to_be_focused()
    expect(article.locator("> .prose")).to_be_hidden()
    article.get_by_role("link", name="Annuler").click()
    expect(article.locator("> .prose")).to_be_visible()
    expect(article.locator("form[data-garder]")).to_have_count(0)
    expect(lien).to_be_focused()


def ouvrir_sur_place(page, part):
    """Ouvre une part à sa place dans le plan affiché ; rend son cadre."""
    article = page.locator(f"#{part.ancre}")
    article.get_by_role("link", name="Modifier").click()
    expect(zone_de_texte(article)).to_be_focused()
    return article


def test_un_double_clic_n_ouvre_qu_un_formulaire(visiteur):
    page = visiteur("region")
    page.goto(PLAN)
    article = page.locator(f"#{part_de(REGION, 'engagements').ancre}")
    with page.expect_response("**/modifier/"):
        article.get_by_role("link", name="Modifier").dblclick()
    expect(zone_de_texte(article)).to_be_focused()
    page.wait_for_load_state("networkidle")
    expect(article.locator("form[data-garder]")).to_have_count(1)


def test_deux_parts_ouvertes_a_la_fois_ne_se_melangent_pas(visiteur):
    page = visiteur("region")
    page.goto(PLAN)
    parts = part_de(REGION, "preambule"), part_de(REGION, "engagements")
    articles = [ouvrir_sur_place(page, part) for part in parts]
    verifier_axe(page)
    for article in articles:
        article.get_by_text("Texte", exact=True).click()
        expect(zone_de_texte(article)).to_be_focused()


def test_quitter_une_part_ouverte_previent_de_ce_qui_serait_perdu(visiteur):
    part, autre = part_de(REGION, "engagements"), part_de(REGION, "preambule")
    texte = part.texte
    page = visiteur("region")
    page.goto(PLAN)
    questions, reponse = [], ["dismiss"]

    def repondre(dialogue):
        questions.append(dialogue.type)
        getattr(dialogue, reponse[0])()

    page.on("dialog", repondre)
    article, second = ouvrir_sur_place(page, part), ouvrir_sur_place(page, autre)
    remplacer(page, zone_de_texte(article), "Une heure de travail.")
    article.get_by_role("link", name="Annuler").click()
    assert questions == ["confirm"]
    expect(zone_de_texte(article)).to_have_text("Une heure de travail.")
    # Enregistrer l'autre part emporterait celle-ci : le navigateur prévient aussi.
    enregistrer(second)
    expect(zone_de_texte(article)).to_have_text("Une heure de travail.")
    assert questions == ["confirm", "beforeunload"]
    # Une part refermée ne retient plus personne.
    reponse[0] = "accept"
    article.get_by_role("link", name="Annuler").click()
    expect(article.locator("> .prose")).to_be_visible()
    page.get_by_role("link", name="Journal", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Journal du plan")
    assert questions == ["confirm", "beforeunload", "confirm"]
    assert relire(part).texte == texte
