"""Reprendre une fiche d'un plan adopté, et lire d'où elle vient."""

import re

import pytest
from playwright.sync_api import expect

from plans.models import FicheAction
from tests.navigateur.accessibilite import verifier_axe

pytestmark = pytest.mark.navigateur

CALME = {"reduced_motion": "reduce"}
ANCIEN = "/plans/amienois-2024/"
ACCUEILS = "Trois accueils de conseil en mobilité"


@pytest.fixture
def sans_copie(base):
    yield
    FicheAction.objects.filter(plan__slug="anjou-est", intitule=ACCUEILS).delete()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_le_plan_adopte_se_lit_de_tous_avec_ses_mesures(visiteur, theme):
    page = visiteur(color_scheme=theme, **CALME)
    page.goto(ANCIEN)
    verifier_axe(page)
    page.goto(f"{ANCIEN}fiches/A1.1/")
    expect(page.get_by_role("main")).to_contain_text("655")
    verifier_axe(page)


def test_une_fiche_se_copie_et_garde_son_attribution(visiteur, sans_copie):
    page = visiteur("autre", **CALME)
    page.goto(f"{ANCIEN}fiches/A1.1/")
    page.get_by_role("link", name="Copier").click()
    verifier_axe(page)
    page.get_by_label("Plan et objectif").select_option(index=1)
    page.get_by_role("button", name="Copier").click()
    expect(page.get_by_role("status").first).to_contain_text("La fiche est copiée sous le code")
    expect(page.get_by_role("heading", level=1)).to_contain_text(ACCUEILS)
    source = "« Premier PAMS du bassin, 2024-2026, DÉMONSTRATION"
    attribution = page.get_by_role("link", name=source)
    expect(attribution).to_be_visible()
    verifier_axe(page)
    page.set_viewport_size({"width": 360, "height": 740})
    verifier_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    # Le lien mène à la fiche d'origine, que tout le monde lit.
    attribution.click()
    expect(page).to_have_url(re.compile(f"{ANCIEN}fiches/A1.1/$"))
