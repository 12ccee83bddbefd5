"""Le registre de concertation d'un plan, lu par un co-pilote et par un organisme consulté."""

import pytest
from playwright.sync_api import expect

from plans.models import Plan, Version
from tests import factories as f
from tests.navigateur.accessibilite import verifier_axe
from tests.navigateur.gestes import PLAN, SLUG

pytestmark = pytest.mark.navigateur

CALME = {"reduced_motion": "reduce"}
TELEPHONE = {"width": 360, "height": 740}


@pytest.fixture
def registre(base):
    """Une partie consultée qui a répondu, une qui ne l'a pas fait, un organisme hors du plan."""
    plan = Plan.objects.get(slug=SLUG)
    concertation = f.make_concertation(plan)
    co_pilote = plan.parties.co_pilotes().first()
    amiens = plan.parties.get(acteur__nom="CA Amiens Métropole")
    avis = f.make_avis_sur_plan(f.make_consulte(concertation, amiens), texte="Avis fictif.")
    f.make_reponse(avis, co_pilote, explication="Suite fictive.")
    f.make_consulte(concertation, plan.parties.get(acteur__nom="France Travail"))
    ecrit = f.make_consulte(concertation, organisme="Comité des partenaires (Démonstration)")
    f.make_avis_sur_plan(ecrit, co_pilote, sens="reserves", texte="Réserves fictives.")
    yield concertation
    concertation.delete()
    Version.objects.filter(plan=plan).delete()


def verifier(page):
    verifier_axe(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(TELEPHONE)
    verifier_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_le_registre_se_lit_sans_violation_et_dit_qui_n_a_pas_repondu(visiteur, registre):
    page = visiteur("region", **CALME)
    page.goto(f"{PLAN}concertation/")
    expect(page.get_by_role("main")).to_contain_text("non confirmé par Comité des partenaires")
    expect(page.get_by_role("main")).to_contain_text("sans réponse")
    verifier(page)


def test_l_organisme_consulte_rend_son_avis_a_l_ecran(visiteur, registre):
    page = visiteur("france-travail", **CALME)
    page.goto(f"{PLAN}concertation/")
    verifier(page)
    page.get_by_role("link", name="Rendre").first.click()
    page.get_by_label("Favorable", exact=True).check()
    verifier(page)
    page.get_by_role("main").locator("form .actions button").first.click()
    expect(page.get_by_role("status").first).to_contain_text("avis")
