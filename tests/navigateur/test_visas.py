"""Deux co-pilotes visent, un changement annule, ils visent encore : le projet est arrêté."""

import re

import pytest
from playwright.sync_api import expect

from plans.models import Levee, Plan, Version
from tests.navigateur.accessibilite import verifier_axe
from tests.navigateur.gestes import (
    DEPARTEMENT,
    PLAN,
    REGION,
    SLUG,
    adresse_de,
    enregistrer,
    part_de,
    remplacer,
    zone_de_texte,
)

pytestmark = pytest.mark.navigateur
ETAPES = f"{PLAN}etapes/"


@pytest.fixture
def plan_a_arreter(base, django_db_blocker):
    """Le plan de la démonstration, rendu à la rédaction quand l'essai finit."""
    with django_db_blocker.unblock():
        plan = Plan.objects.get(slug=SLUG)
        yield plan
        Version.objects.filter(plan=plan).delete()
        Levee.objects.filter(plan=plan).delete()
        Plan.objects.filter(pk=plan.pk).update(etat=Plan.Etat.REDACTION, motif="")


def lever_tout(page):
    """Motive, à l'écran, la levée de chaque règle qui peut l'être."""
    for _ in range(12):
        lien = page.get_by_role("link", name=re.compile("^Motiver la levée"))
        if not lien.count():
            return
        lien.first.click()
        page.get_by_label("Motif").fill("Démonstration : vu et assumé par les co-pilotes.")
        enregistrer(page)


def viser(page, verbe="Arrêter le projet"):
    page.get_by_role("button", name=re.compile(f"^Viser au nom (du|de la) .* : {verbe}")).click()


def test_deux_co_pilotes_visent_un_changement_annule_ils_arretent_le_projet(
    visiteur, plan_a_arreter
):
    region, departement = visiteur("region"), visiteur("departement")
    region.goto(ETAPES)
    verifier_axe(region)
    lever_tout(region)
    expect(region.get_by_text("Rien n’empêche de viser")).to_be_visible()
    viser(region)
    expect(region.get_by_role("status").first).to_contain_text(f"Visa attendu : {DEPARTEMENT}")
    verifier_axe(region)

    departement.goto("/ma-part/")
    departement.get_by_role("link", name=re.compile("^Viser")).first.click()
    expect(departement.get_by_text("par Agent de la Région (démonstration)")).to_be_visible()

    region.goto(adresse_de(part_de(REGION, "preambule")))
    remplacer(region, zone_de_texte(region), "Un préambule revu après le visa.")
    enregistrer(region)
    expect(region.get_by_text("Votre contribution est enregistrée.")).to_be_visible()
    viser(departement)
    expect(departement.get_by_role("alert")).to_contain_text("Le contenu a changé")
    expect(departement.locator("#tombes")).to_contain_text("a modifié")
    verifier_axe(departement)

    viser(departement)
    region.goto(ETAPES)
    viser(region)
    expect(region.get_by_role("status").first).to_contain_text("la version 1 est figée")
    expect(region.locator(".etapes [aria-current]")).to_have_text("Projet arrêté")
    verifier_axe(region)

    assert region.goto(adresse_de(part_de(REGION, "preambule"))).status == 403
    region.goto(PLAN)
    expect(region.get_by_role("link", name="Modifier")).to_have_count(0)
    region.goto(f"{PLAN}versions/1/")
    expect(region.get_by_role("main")).to_contain_text("Un préambule revu après le visa.")
    verifier_axe(region)

    departement.goto(ETAPES)
    departement.get_by_label("Motif").fill("Le préambule est à reprendre.")
    departement.get_by_role("button", name="Revenir en rédaction").click()
    expect(departement.locator("#tombes")).to_contain_text("Le préambule est à reprendre.")
    region.goto(adresse_de(part_de(REGION, "preambule")))
    remplacer(region, zone_de_texte(region), "Un préambule repris après le visa.")
    enregistrer(region)
    expect(region.get_by_text("Votre contribution est enregistrée.")).to_be_visible()
    region.goto(f"{PLAN}versions/comparer/")
    expect(region.get_by_role("main").locator("ins")).to_contain_text("repris")
    expect(region.get_by_role("main").locator("del")).to_contain_text("revu")
    verifier_axe(region)
