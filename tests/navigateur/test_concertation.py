"""La concertation dans un vrai navigateur : ouvrir, rendre ou saisir un avis, y répondre."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from plans.etapes import Etat
from plans.impression.html import plan_html
from plans.models import AvisSurPlan, Plan, Version
from tests import factories as f
from tests.navigateur.accessibilite import verifier_axe
from tests.navigateur.gestes import PLAN, SLUG

pytestmark = pytest.mark.navigateur

CALME = {"reduced_motion": "reduce"}
TELEPHONE = {"width": 360, "height": 740}
REGISTRE = f"{PLAN}concertation/"
COMITE = "Comité des partenaires (Démonstration)"
PDF = {"name": "Compte rendu.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 fictif"}


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
    ecrit = f.make_consulte(concertation, organisme=COMITE)
    f.make_avis_sur_plan(ecrit, co_pilote, sens="reserves", texte="Réserves fictives.")
    yield concertation
    concertation.delete()
    Version.objects.filter(plan=plan).delete()


@pytest.fixture
def envoye(base):
    """Le plan à l'étape de concertation, sa version figée ; il revient ensuite en rédaction."""
    plan = Plan.objects.get(slug=SLUG)
    f.make_version(plan, numero=1, vers="concertation")
    Plan.objects.filter(pk=plan.pk).update(etat=Etat.CONCERTATION)
    yield Plan.objects.get(pk=plan.pk)
    plan.concertations.all().delete()
    Version.objects.filter(plan=plan).delete()
    Plan.objects.filter(pk=plan.pk).update(etat=Etat.REDACTION)


def verifier(page):
    verifier_axe(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(TELEPHONE)
    verifier_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})


def taper(page, champ, texte):
    """Dans l'éditeur une fois monté, vide."""
    page.locator(".editeur").get_by_role("textbox", name=champ).click()
    page.keyboard.type(texte)


def annoncer(page, phrase):
    expect(page.get_by_role("status").first).to_contain_text(phrase)


def test_le_registre_se_lit_sans_violation_et_dit_qui_n_a_pas_repondu(visiteur, registre):
    page = visiteur("region", **CALME)
    page.goto(REGISTRE)
    expect(page.get_by_role("main")).to_contain_text("non confirmé par le Comité des partenaires")
    expect(page.get_by_role("main")).to_contain_text("sans réponse")
    verifier(page)
    page.goto(f"{PLAN}qui-doit-quoi/")
    expect(page.get_by_role("main")).to_contain_text("Réponses aux avis")
    verifier(page)


def test_l_organisme_consulte_rend_son_avis_a_l_ecran(visiteur, registre):
    page = visiteur("france-travail", **CALME)
    page.goto(REGISTRE)
    verifier(page)
    page.get_by_role("link", name="Rendre").first.click()
    page.get_by_label("Favorable", exact=True).check()
    verifier(page)
    page.get_by_role("main").locator("form .actions button").first.click()
    expect(page.get_by_role("status").first).to_contain_text("avis")


def test_une_concertation_de_l_ouverture_a_l_annexe(visiteur, envoye):
    region = visiteur("region", **CALME)
    region.goto(REGISTRE)
    region.get_by_role("link", name="Ouvrir la concertation").click()
    verifier(region)
    limite = timezone.localdate() + timedelta(days=30)
    region.get_by_label("Date limite des avis").fill(limite.isoformat())
    region.get_by_label("Comment on consulte").fill("Un courrier et le PDF (démonstration)")
    region.get_by_role("button", name="Ouvrir et prévenir les parties").click()
    annoncer(region, "La concertation est ouverte")
    verifier(region)

    # Un organisme hors du plan : son avis se saisit avec la pièce qui le prouve.
    region.get_by_role("link", name="Consulter un organisme de plus").click()
    region.get_by_label("Organisme absent du plan").fill(COMITE)
    region.get_by_role("button", name="Inscrire au registre").click()
    annoncer(region, "est au registre")
    region.get_by_role("link", name=f"Saisir l’avis reçu du {COMITE}").click()
    region.get_by_label("Défavorable").check()
    taper(region, "Ce que dit l’avis", "Le sud est oublié.")
    region.get_by_label("Pièce qui le prouve").fill("Compte rendu du 3 novembre (fictif)")
    region.get_by_label("Pièce jointe").set_input_files(PDF)
    verifier(region)
    region.get_by_role("button", name="Enregistrer", exact=True).click()
    annoncer(region, f"non confirmé par le {COMITE}")
    with region.expect_download() as prise:
        region.get_by_role("link", name="compte-rendu.pdf").click()
    assert prise.value.path().read_bytes() == PDF["buffer"]

    # Une partie du plan le trouve dans « Ma part », et le rend elle-même.
    aom = visiteur("aom", **CALME)
    aom.goto("/ma-part/")
    verifier(aom)
    aom.get_by_role("link", name="Rendre votre avis").click()
    aom.get_by_label("Favorable avec réserves ou observations").check()
    taper(aom, "Ce que dit l’avis", "Un quai manque à Roye.")
    aom.get_by_role("button", name="Rendre cet avis").click()
    annoncer(aom, "Votre avis est rendu")

    # L'autre co-pilote y répond, et dit ce qui change.
    departement = visiteur("departement", **CALME)
    departement.goto("/ma-part/")
    departement.get_by_role("link", name="Répondre à l’avis : CA Amiens Métropole").click()
    expect(departement.get_by_role("main")).to_contain_text("Un quai manque à Roye.")
    departement.get_by_label("Pris en compte en partie").check()
    taper(departement, "Explication", "Un quai est prévu.")
    departement.get_by_role("group", name="1 Cadre").get_by_label("1.4 Méthode").check()
    fiches = departement.get_by_role("group", name="Axe C")
    fiches.get_by_role("checkbox").first.check()
    verifier(departement)
    departement.get_by_role("button", name="Enregistrer la réponse").click()
    annoncer(departement, "La réponse est enregistrée")
    expect(departement.get_by_role("main")).to_contain_text("Modifié en conséquence : 1.4 Méthode")
    departement.goto(f"{PLAN}qui-doit-quoi/")
    expect(departement.get_by_role("main")).to_contain_text("Sollicitée, sans réponse")
    verifier(departement)

    # Ce que l'annexe C en imprime.
    page = visiteur(**CALME)
    page.set_content(plan_html(Plan.objects.get(pk=envoye.pk), le=timezone.localdate()))
    texte = page.locator("body").inner_text().partition("Registre de concertation")[2]
    for phrase in ("Un quai manque à Roye.", "Un quai est prévu.", "non confirmé par le Comité"):
        assert phrase in texte.replace("\N{NO-BREAK SPACE}", " ")


def test_un_avis_commence_se_reprend_d_un_autre_poste(visiteur, registre):
    ici = visiteur("france-travail", **CALME)
    ici.goto(REGISTRE)
    ici.get_by_role("link", name="Rendre").first.click()
    ici.get_by_label("Défavorable").check()
    taper(ici, "Ce que dit l’avis", "Une heure de travail.")
    expect(ici.get_by_text("Brouillon gardé à")).to_be_visible()
    page = ici.url
    avant = AvisSurPlan.objects.count()
    ici.close()

    ailleurs = visiteur("france-travail", **CALME)
    ailleurs.goto(page)
    ailleurs.get_by_role("link", name="reprendre ce brouillon").click()
    zone = ailleurs.locator(".editeur").get_by_role("textbox", name="Ce que dit l’avis")
    expect(zone).to_have_text("Une heure de travail.")
    expect(ailleurs.get_by_label("Défavorable")).to_be_checked()
    verifier(ailleurs)
    assert AvisSurPlan.objects.count() == avant
    ailleurs.get_by_role("button", name="Rendre cet avis").click()
    annoncer(ailleurs, "Votre avis est rendu")
    assert AvisSurPlan.objects.latest("pk").texte == "Une heure de travail."
    ailleurs.goto("/brouillons/")
    expect(ailleurs.get_by_role("heading", name="Aucun brouillon")).to_be_visible()
