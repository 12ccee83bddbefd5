"""Le Département observe et mentionne la Région ; elle est prévenue, répond, résout."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from playwright.sync_api import expect

from acteurs.models import Courriel, Notification
from plans.models import Observation
from tests.navigateur.accessibilite import verifier_axe
from tests.navigateur.gestes import PLAN, commun

pytestmark = pytest.mark.navigateur

CALME = {"reduced_motion": "reduce"}
PASSAGE = "Aucune condition d’âge, de statut ou de durée de résidence n’est ajoutée."
MENTION = "@Région Hauts-de-France"


def selectionner(page, article, mots):
    """Comme à la souris, du premier au dernier de ces mots."""
    article.evaluate(
        """(article, mots) => {
            const noeuds = document.createTreeWalker(article, NodeFilter.SHOW_TEXT)
            while (noeuds.nextNode()) {
                const debut = noeuds.currentNode.data.indexOf(mots)
                if (debut < 0) continue
                const zone = document.createRange()
                zone.setStart(noeuds.currentNode, debut)
                zone.setEnd(noeuds.currentNode, debut + mots.length)
                getSelection().removeAllRanges()
                getSelection().addRange(zone)
            }
        }""",
        mots,
    )


def envoyer_les_courriels():
    """Dix minutes plus tard, l'ouvrier passe."""
    for notification in Notification.objects.en_attente():
        notification.partira_le -= timedelta(minutes=10)
        notification.save()
    Notification.objects.ranger()
    for courriel in Courriel.objects.a_essayer():
        courriel.envoyer()


def test_le_departement_observe_la_region_est_prevenue_repond_et_resout(visiteur):
    departement, region = visiteur("departement", **CALME), visiteur("region", **CALME)

    # Le Département lit, sélectionne un passage, et l'observe.
    departement.goto(PLAN)
    article = departement.locator(f"#{commun('accompagnement').ancre}")
    selectionner(departement, article, PASSAGE)
    article.get_by_role("link", name="Observer").click()
    expect(departement.get_by_label("Passage observé")).to_have_value(PASSAGE)
    verifier_axe(departement)

    # Il tape @, choisit dans la liste au clavier : la case se coche.
    zone = departement.get_by_role("textbox", name=re.compile("^Message"))
    zone.press_sequentially("Et les saisonniers ? @hauts-de")
    liste = departement.get_by_role("listbox", name="Qui mentionner")
    expect(liste).to_be_visible()
    verifier_axe(departement)
    departement.keyboard.press("Enter")
    expect(zone).to_have_value(f"Et les saisonniers ? {MENTION} ")
    expect(liste).to_be_hidden()
    departement.get_by_role("button", name="Envoyer").click()
    expect(departement.get_by_role("status")).to_contain_text("Votre observation est ouverte")
    expect(departement.get_by_role("link", name="Corriger mon message")).to_be_visible()
    verifier_axe(departement)
    observation = Observation.objects.latest("pk")

    # La Région le voit en tête de toute page, et par courriel.
    region.goto("/")
    expect(region.get_by_role("link", name=re.compile(r"Notifications \d+ à lire"))).to_be_visible()
    envoyer_les_courriels()
    assert any("region@example.org" in m.to and MENTION in m.body for m in mail.outbox)
    region.get_by_role("link", name=re.compile("Notifications")).click()
    verifier_axe(region)
    region.get_by_role("button", name=f"n° {observation.numero} sur").first.click()
    expect(region.get_by_role("heading", level=1)).to_have_text(
        f"Observation n° {observation.numero}"
    )
    expect(region.get_by_role("link", name="Le lire à sa place")).to_be_visible()

    # Elle répond, puis résout ; le Département en est prévenu.
    region.get_by_role("textbox", name=re.compile("^Message")).fill("Nous l’ajoutons.")
    region.get_by_role("button", name="Répondre").click()
    expect(region.locator(".etat").first).to_have_text("Répondue")
    verifier_axe(region)
    region.get_by_role("button", name="Marquer résolue").click()
    expect(region.locator(".etat").first).to_have_text("Résolue")
    verifier_axe(region)
    region.emulate_media(color_scheme="dark")
    verifier_axe(region)

    departement.goto("/notifications/")
    phrase = f"a résolu : observation n° {observation.numero}"
    expect(departement.get_by_role("button", name=phrase).first).to_be_visible()
    departement.get_by_role("button", name="Tout marquer comme lu").click()
    expect(departement.get_by_role("link", name="Notifications", exact=True)).to_be_visible()


def test_sans_javascript_on_mentionne_en_cochant(visiteur):
    page = visiteur("departement", java_script_enabled=False)
    page.goto(f"{PLAN}observations/nouvelle/chapitre/methode/")
    page.get_by_role("textbox", name=re.compile("^Message")).fill("Qui convoque le comité ?")
    page.get_by_text("Mentionner des personnes ou des organismes").click()
    page.get_by_role("checkbox", name="Région Hauts-de-France", exact=True).check()
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("Mentionne : Région Hauts-de-France")).to_be_visible()


def test_une_mention_refusee_s_explique_et_n_a_aucune_violation(visiteur):
    page = visiteur("departement", **CALME)
    page.goto(f"{PLAN}observations/nouvelle/chapitre/methode/")
    page.get_by_role("textbox", name=re.compile("^Message")).fill("Vu avec @Inconnue ?")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".bilan-erreurs")).to_contain_text("ni une personne ni un organisme")
    verifier_axe(page)
    page.set_viewport_size({"width": 360, "height": 740})
    verifier_axe(page)


def test_quitter_un_fil_par_le_lien_d_un_courriel_n_a_aucune_violation(visiteur):
    observation = Observation.objects.filter(messages__auteur__courriel="aom@example.org").first()
    abonnement = observation.messages.first().auteur.abonnements.get(fil=observation.identifiant)
    page = visiteur(None, **CALME)
    page.goto(f"/notifications/fils/quitter/{abonnement.jeton}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ne plus suivre ce fil ?")
    verifier_axe(page)
    page.get_by_role("button", name="Ne plus suivre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous ne suivez plus ce fil")
    verifier_axe(page)
    page.goto("/notifications/fils/quitter/faux/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien ne vaut plus")
    verifier_axe(page)
