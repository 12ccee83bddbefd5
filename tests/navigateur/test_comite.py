"""Deux co-pilotes tiennent un COTECH : ordre du jour, décisions notées à deux, relevé emporté."""

import re
from io import BytesIO

import pytest
from docx import Document as Docx
from playwright.sync_api import expect

from plans.models import PointDeSeance, SeanceDeComite, SuiteADonner
from tests.navigateur.accessibilite import verifier_axe
from tests.navigateur.gestes import PLAN, SLUG, remplacer

pytestmark = pytest.mark.navigateur

CALME = {"reduced_motion": "reduce"}
SANS_SCRIPT = CALME | {"java_script_enabled": False}


def preparer(page, jour):
    """Une séance neuve, par le formulaire ; rend son adresse."""
    page.goto(f"{PLAN}seances/")
    page.get_by_role("link", name="Préparer une séance").click()
    page.get_by_label("Comité").select_option("cotech")
    page.get_by_label("Date").fill(jour)
    page.get_by_role("button", name="Préparer la séance").click()
    expect(page.get_by_role("status")).to_contain_text("La séance est prête")
    return page.url


def zone_de_decision(page):
    return page.get_by_role("textbox", name="Décision")


def test_un_comite_de_bout_en_bout(visiteur):
    region = visiteur("region", **CALME)
    region.goto(f"{PLAN}seances/")
    verifier_axe(region)
    region.get_by_role("link", name="Préparer une séance").click()
    verifier_axe(region)
    seance = preparer(region, "2027-02-04")
    verifier_axe(region)
    objet = SeanceDeComite.objects.latest("pk")
    natures = set(objet.points.values_list("nature", flat=True))
    assert natures >= {"fiche", "proposition", "regle", "observation", "parts"}

    # La feuille de présence.
    region.get_by_role("link", name="Remplir la feuille de présence").click()
    verifier_axe(region)
    region.get_by_label("présence : CA Amiens Métropole").select_option("presente")
    noms = region.get_by_label("représentée par : CA Amiens Métropole")
    noms.fill("Service des mobilités (démonstration)")
    region.get_by_role("button", name="Enregistrer").click()
    expect(region.locator("#presences")).to_contain_text("Service des mobilités (démonstration)")

    # Un point libre, le reste retiré de l'ordre du jour : un relevé court.
    objet.points.exclude(nature="proposition").delete()
    region.goto(seance)
    region.get_by_role("link", name="Ajouter un point").click()
    region.get_by_label("Titre").fill("Calendrier de l’hiver")
    region.get_by_role("button", name="Enregistrer").click()

    # On projette, on lit, on note à deux.
    region.get_by_role("link", name="Projeter").click()
    verifier_axe(region)
    region.get_by_role("link", name=re.compile("Calendrier de l’hiver")).click()
    verifier_axe(region)
    departement = visiteur("departement", **CALME)
    departement.goto(region.url)
    region.get_by_label("Adopté", exact=True).check()
    remplacer(region, zone_de_decision(region), "Réunion chaque mois.")
    region.get_by_role("button", name="Consigner la décision").click()
    expect(region.get_by_role("status").first).to_contain_text("La décision est consignée")
    remplacer(departement, zone_de_decision(departement), "Réunion chaque trimestre.")
    departement.get_by_role("button", name="Consigner la décision").click()
    expect(departement.locator(".conflit")).to_be_visible()
    verifier_axe(departement)
    departement.get_by_label("Le texte enregistré entre-temps").check()
    departement.get_by_role("button", name="Consigner la décision").click()
    expect(departement.get_by_role("status").first).to_contain_text("La décision est consignée")
    point = PointDeSeance.objects.get(seance=objet, titre="Calendrier de l’hiver")
    assert (point.issue, point.decision) == ("adopte", "Réunion chaque mois.")

    # Qui fait quoi pour quand : l'AOM le trouve dans « Ma part », et le dit fait.
    departement.get_by_role("combobox", name="Qui").select_option(
        label="CA Amiens Métropole (partie coordonnée)"
    )
    departement.get_by_label("Fait quoi").fill("Envoyer les dates")
    departement.get_by_label("Pour quand").fill("2027-03-01")
    departement.get_by_role("button", name="Noter la suite").click()
    expect(departement.locator("#suites")).to_contain_text("Envoyer les dates")
    verifier_axe(departement)
    aom = visiteur("aom", **CALME)
    aom.goto("/ma-part/")
    aom.get_by_role("link", name=re.compile("Envoyer les dates")).click()
    verifier_axe(aom)
    aom.get_by_role("button", name="C’est fait : Envoyer les dates").click()
    expect(aom.get_by_role("status")).to_contain_text("La suite est dite faite")
    assert SuiteADonner.objects.get(quoi="Envoyer les dates").est_faite

    # Le relevé : il manque une issue, puis il se valide et se prend.
    region.goto(seance)
    region.get_by_role("button", name="Valider le relevé").click()
    expect(region.get_by_text("Il manque une issue aux points : 1.")).to_be_visible()
    objet.points.filter(issue="").update(issue="reporte")
    region.get_by_role("button", name="Valider le relevé").click()
    expect(region.get_by_text("Le relevé est validé")).to_be_visible()
    verifier_axe(region)
    expect(region.get_by_role("link", name="Ajouter un point")).to_have_count(0)
    with region.expect_download() as prise:
        region.get_by_role("link", name="Relevé (DOCX)").click()
    document = Docx(BytesIO(prise.value.path().read_bytes()))
    texte = "\n".join(p.text for p in document.paragraphs)
    assert "Réunion chaque mois." in texte
    assert "PROJET" not in texte
    assert "DÉMONSTRATION, contenu fictif" in texte


def test_la_decision_se_note_au_clavier_et_sans_javascript(visiteur):
    page = visiteur("region", **SANS_SCRIPT)
    preparer(page, "2027-02-11")
    page.get_by_role("link", name="Projeter").click()
    page.locator(".liste-titre a").first.press("Enter")
    page.get_by_label("Pas encore").press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Dit sans script.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("La décision est consignée")
    point = PointDeSeance.objects.get(decision="Dit sans script.")
    assert point.issue == "adopte"
    page.get_by_role("link", name="Point suivant").press("Enter")
    expect(page.get_by_text("point 2 sur")).to_be_visible()


@pytest.mark.parametrize("largeur", [360, 1920])
def test_un_point_projete_tient_dans_la_page(visiteur, largeur):
    page = visiteur("aom", **CALME)
    page.set_viewport_size({"width": largeur, "height": 900})
    seance = SeanceDeComite.objects.filter(plan__slug=SLUG, validee_par="")
    page.goto(seance.earliest("pk").points.first().get_absolute_url())
    verifier_axe(page)
    corps = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert corps >= (16 if largeur == 360 else 26)
    debord = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(debord) <= 0
