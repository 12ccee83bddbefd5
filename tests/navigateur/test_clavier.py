"""Le portail au clavier seul : on voit toujours où l'on est, et l'on n'est jamais retenu."""

import pytest
from playwright.sync_api import expect

from pams_portal.demonstration.acteurs import MOT_DE_PASSE
from tests.navigateur.gestes import PLAN, REGION, adresse_de, commun, part_de, zone_de_texte

pytestmark = pytest.mark.navigateur

CALME = {"reduced_motion": "reduce"}  # un défilement animé fausserait les positions
ARRETS_AU_PLUS = 150

# Le trait autour de ce qui a le curseur, et si quelque chose le recouvre ou le laisse hors de vue.
REPERE = """() => {
    const element = document.activeElement
    const style = getComputedStyle(element.closest('.editeur-zone') ? element.closest('.editeur') : element)
    const [boite] = element.getClientRects()
    const dessus = boite && document.elementFromPoint(
        boite.left + boite.width / 2, Math.min(boite.top + boite.height / 2, innerHeight - 1))
    return {
        nom: element.outerHTML.slice(0, 120),
        trait: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        vu: Boolean(dessus) && (element.contains(dessus) || dessus.contains(element)),
    }
}"""  # noqa: E501


def tab(page):
    """Une tabulation : ce qui prend le curseur est entouré d'un trait, dans la fenêtre."""
    page.keyboard.press("Tab")
    repere = page.evaluate(REPERE)
    assert repere["trait"], f"{page.url} : rien ne montre le curseur sur {repere['nom']}"
    assert repere["vu"], f"{page.url} : hors de vue ou recouvert, {repere['nom']}"


def aller_a(page, cible):
    """Avance de tabulation en tabulation jusqu'à la cible."""
    expect(cible).to_be_visible()
    for _ in range(ARRETS_AU_PLUS):
        tab(page)
        if cible.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{page.url} : le clavier n’atteint pas {cible}")


def test_on_se_connecte_ecrit_et_enregistre_sans_souris(visiteur):
    part = part_de(REGION, "accompagnement")
    page = visiteur(**CALME)
    page.goto("/connexion/")
    aller_a(page, page.get_by_label("Courriel"))
    page.keyboard.type("region@example.org")
    aller_a(page, page.get_by_label("Mot de passe"))
    page.keyboard.type(MOT_DE_PASSE)
    page.keyboard.press("Enter")

    plan = page.get_by_role("main").locator(f".liste a[href='{PLAN}']")
    aller_a(page, plan)
    page.keyboard.press("Enter")
    article = page.locator(f"#{part.ancre}")
    page.wait_for_url(f"**{PLAN}")
    aller_a(page, page.locator(f".plan-sommaire a[href='#chapitre-{part.chapitre.cle}']"))
    page.keyboard.press("Enter")
    aller_a(page, article.get_by_role("link", name="Modifier"))
    page.keyboard.press("Enter")

    zone = zone_de_texte(article)
    expect(zone).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Sans souris")
    page.keyboard.press("Alt+F10")
    barre = article.get_by_role("toolbar")
    expect(barre.get_by_role("button", name="Titre", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(zone).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("Rien que le clavier.")
    tab(page)
    expect(article.get_by_role("button", name="Enregistrer")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Votre contribution est enregistrée.")
    prose = page.locator(f"#{part.ancre} .prose")
    expect(prose.get_by_role("heading")).to_have_text("Sans souris")
    expect(prose.locator("p")).to_have_text("Rien que le clavier.")


def test_l_editeur_ne_retient_pas_le_clavier_ni_en_avancant_ni_en_reculant(visiteur):
    page = visiteur("region", **CALME)
    page.goto(adresse_de(commun("synthese")))
    zone = zone_de_texte(page)
    aller_a(page, zone)
    tab(page)
    expect(page.get_by_role("button", name="Enregistrer")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(zone).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("toolbar").get_by_role("button").first).to_be_focused()


@pytest.mark.parametrize("adresse", ["/", "/dispositifs/", "/droits/", "/ma-part/", PLAN])
def test_le_lien_d_evitement_mene_au_contenu(visiteur, adresse):
    page = visiteur("region", **CALME)
    page.goto(adresse)
    tab(page)
    evitement = page.get_by_role("link", name="Aller au contenu")
    expect(evitement).to_be_focused()
    expect(evitement).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_deux_textes_se_comparent_et_se_choisissent_au_clavier(visiteur):
    part = commun("synthese")
    premiere, seconde = visiteur("region", **CALME), visiteur("region", **CALME)
    for page, texte in ((premiere, "Avant vous."), (seconde, "Après vous.")):
        page.goto(adresse_de(part))
        aller_a(page, zone_de_texte(page))
        page.keyboard.press("Control+a")
        page.keyboard.type(texte)
    for page in (premiere, seconde):
        tab(page)
        page.keyboard.press("Enter")
        expect(page.locator(".bilan-erreurs, .message-success")).to_be_visible()

    expect(seconde.locator(".bilan-erreurs")).to_be_focused()
    conflit = seconde.get_by_role("group", name="Texte : que garder ?")
    aller_a(seconde, conflit.get_by_role("radio").first)
    seconde.keyboard.press("ArrowDown")
    expect(conflit.get_by_label("Le texte enregistré entre-temps")).to_be_checked()
    seconde.keyboard.press("ArrowUp")
    expect(conflit.get_by_label("Votre texte")).to_be_checked()
    aller_a(seconde, seconde.get_by_role("button", name="Enregistrer"))
    seconde.keyboard.press("Enter")
    expect(seconde.locator(f"#{part.ancre} .prose")).to_have_text("Après vous.")


def test_le_menu_d_un_telephone_s_ouvre_et_se_ferme_au_clavier(visiteur):
    page = visiteur("region", viewport={"width": 360, "height": 740}, **CALME)
    page.goto("/ma-part/")
    bouton = page.get_by_role("button", name="Menu")
    aller_a(page, bouton)
    page.keyboard.press("Enter")
    plans = page.get_by_role("navigation", name="Navigation principale").get_by_role(
        "link", name="Plans"
    )
    expect(plans).to_be_visible()
    page.keyboard.press("Escape")
    expect(plans).to_be_hidden()
    expect(bouton).to_be_focused()
    page.keyboard.press("Enter")
    aller_a(page, plans)
    page.keyboard.press("Enter")
    page.wait_for_url("**/plans/")
