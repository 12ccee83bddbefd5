"""Ce qui se tape dans un formulaire neuf attend sur ce poste, pour cette seule personne."""

import pytest
from playwright.sync_api import expect

from plans.models import Contribution
from tests.navigateur.accessibilite import verifier_axe
from tests.navigateur.conftest import session_de
from tests.navigateur.gestes import PLAN, zone_de_texte

pytestmark = pytest.mark.navigateur

OFFRE = "gardé sur ce poste."
CONTRIBUER = f"{PLAN}chapitres/gouvernance/contribuer/"
CALME = {"reduced_motion": "reduce"}


def saisies(page):
    return page.evaluate("Object.keys(localStorage).filter(c => c.startsWith('saisie '))")


def attendre_la_garde(page):
    for _ in range(100):
        if saisies(page):
            return
        page.wait_for_timeout(100)
    pytest.fail("rien n’est gardé sur le poste")


def commencer(page):
    page.goto(CONTRIBUER)
    expect(page.get_by_text(OFFRE)).to_have_count(0)
    zone_de_texte(page).click()
    page.keyboard.type("Deux heures de travail.")
    attendre_la_garde(page)


def test_une_contribution_commencee_se_reprend_puis_s_oublie_une_fois_enregistree(visiteur):
    page = visiteur("region", **CALME)
    commencer(page)
    page.on("dialog", lambda question: question.accept())
    page.goto("/dispositifs/")

    page.goto(CONTRIBUER)
    expect(page.get_by_text(OFFRE)).to_be_visible()
    expect(zone_de_texte(page)).to_have_text("")
    verifier_axe(page)
    page.get_by_role("button", name="Le reprendre").click()
    expect(zone_de_texte(page)).to_have_text("Deux heures de travail.")
    page.get_by_role("button", name="Ajouter ma contribution").click()
    expect(page.get_by_text("est ajoutée au chapitre")).to_be_visible()
    assert Contribution.objects.filter(texte="Deux heures de travail.").exists()
    assert saisies(page) == []


def test_ce_qu_on_n_a_pas_repris_n_est_pas_recouvert_par_ce_qu_on_tape_ensuite(visiteur):
    page = visiteur("region", **CALME)
    page.on("dialog", lambda question: question.accept())
    commencer(page)
    page.goto("/plans/")
    page.goto(CONTRIBUER)
    expect(page.get_by_text(OFFRE)).to_have_count(1)
    zone_de_texte(page).click()
    page.keyboard.type("Un autre texte.")
    page.wait_for_timeout(1500)
    page.goto("/plans/")
    page.goto(CONTRIBUER)
    expect(page.get_by_text(OFFRE)).to_have_count(2)
    verifier_axe(page)
    page.get_by_role("button", name="Le reprendre").first.click()
    expect(zone_de_texte(page)).to_have_text("Deux heures de travail.")
    expect(page.get_by_text(OFFRE)).to_have_count(1)


def test_ce_poste_ne_montre_pas_a_l_un_ce_que_l_autre_a_commence(visiteur, portail):
    page = visiteur("region", **CALME)
    page.on("dialog", lambda question: question.accept())
    commencer(page)
    page.context.clear_cookies()
    page.context.add_cookies([session_de("departement", portail)])
    page.goto(CONTRIBUER)
    expect(zone_de_texte(page)).to_be_visible()
    expect(page.get_by_text(OFFRE)).to_have_count(0)


def test_une_fiche_corrigee_puis_quittee_se_reprend_case_par_case_ou_s_oublie(visiteur):
    page = visiteur("departement", **CALME)
    page.on("dialog", lambda question: question.accept())
    page.goto("/dispositifs/?q=contr%C3%B4le+technique")
    page.get_by_role("link", name="Aide à la réparation et au contrôle technique").first.click()
    page.get_by_role("link", name="Modifier").first.click()
    adresse = page.url
    nom, familles = page.locator("#id_nom"), page.get_by_label("Familles", exact=True)
    avant = nom.input_value()
    cochee = familles.is_checked()
    familles.set_checked(not cochee)
    nom.fill("Aide à la réparation, revue")
    attendre_la_garde(page)
    page.goto("/plans/")

    page.goto(adresse)
    page.get_by_role("button", name="Le reprendre").click()
    expect(nom).to_have_value("Aide à la réparation, revue")
    assert familles.is_checked() is not cochee
    page.goto("/plans/")
    page.goto(adresse)
    expect(nom).to_have_value(avant)
    page.get_by_role("button", name="L’oublier").click()
    page.goto(adresse)
    expect(nom).to_have_value(avant)
    expect(page.get_by_text(OFFRE)).to_have_count(0)
