"""La structure sans compte devant son courriel : confirmer, corriger, fermer ; le public signale.

Chaque état de ces pages passe le contrôle d'accessibilité, en clair, en sombre et sur un téléphone.
"""

import pytest
from playwright.sync_api import expect

from dispositifs.models import Dispositif, Signalement
from tests import factories as f
from tests.navigateur.accessibilite import verifier_axe
from tests.navigateur.gestes import relire

pytestmark = pytest.mark.navigateur
TELEPHONE = {"width": 360, "height": 740}
ADRESSE = "contact@sans-compte.example.org"


@pytest.fixture
def fiche(base):
    """Une fiche publiée d'une structure que personne ne représente, neuve à chaque essai."""
    porteur = f.make_acteur(nom="Atelier sans compte (Démonstration)", nature="association")
    return f.make_dispositif(
        porteur,
        nom="Atelier vélo du quai (Démonstration)",
        type="atelier-velo",
        courriel=ADRESSE,
        description="On y répare son vélo avec un bénévole, sur rendez-vous. " * 5,
        publics=["tous-publics"],
        zone_eligibilite=["departement-80"],
        demonstration=True,
    )


@pytest.fixture
def lien(fiche):
    adresse = f.make_demande(fiche).lien
    return adresse[adresse.index("/dispositifs/") :]


def verifier(page):
    """La page telle qu'elle est, puis en sombre, puis sur un téléphone sans défiler de côté."""
    verifier_axe(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    verifier_axe(page)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    taille = page.viewport_size
    page.set_viewport_size(TELEPHONE)
    verifier_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.set_viewport_size(taille)


@pytest.mark.parametrize("javascript", [True, False])
def test_toujours_exact_d_un_bouton_et_une_seule_fois(visiteur, fiche, lien, javascript):
    page = visiteur(java_script_enabled=javascript)
    page.goto(lien)
    expect(page.get_by_role("heading", level=1)).to_have_text(fiche.nom)
    if javascript:
        verifier(page)
    page.get_by_role("button", name="Toujours exact").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Merci, votre réponse est enregistrée"
    )
    assert relire(fiche).confirme_par == fiche.porteur
    if javascript:
        verifier(page)
    page.goto(lien)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien a déjà servi")
    if javascript:
        verifier(page)


def test_corriger_par_le_lien_puis_un_co_pilote_relit(visiteur, fiche, lien):
    page = visiteur()
    page.goto(lien)
    page.get_by_role("link", name="Corriger").click()
    verifier(page)

    page.get_by_label("Commune d’accueil").fill("Nulle-Part-sur-Rien")
    page.get_by_label("File d’attente ou délai").fill("Une semaine")
    page.get_by_role("button", name="Envoyer la correction").click()
    expect(page.locator(".bilan-erreurs")).to_contain_text("Nulle-Part-sur-Rien")
    expect(page.get_by_label("File d’attente ou délai")).to_have_value("Une semaine")
    verifier(page)

    page.get_by_label("Commune d’accueil").fill("")
    page.get_by_role("button", name="Envoyer la correction").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    assert relire(fiche).delai == ""

    signalement = Signalement.objects.get(dispositif=fiche)
    copilote = visiteur("departement")
    copilote.goto(signalement.get_absolute_url())
    expect(copilote.get_by_role("cell", name="Une semaine")).to_be_visible()
    verifier(copilote)
    copilote.get_by_label("Votre réponse").fill("Merci de votre correction.")
    copilote.get_by_role("button", name="Accepter et corriger la fiche").click()
    expect(copilote.get_by_text("Votre réponse est enregistrée.")).to_be_visible()
    verifier(copilote)
    corrigee = relire(fiche)
    assert (corrigee.delai, corrigee.confirme_par) == ("Une semaine", fiche.porteur)


def test_le_service_est_ferme(visiteur, fiche, lien):
    page = visiteur()
    page.goto(lien)
    page.get_by_label("Depuis quand, ou pourquoi").fill("Fin de la subvention")
    page.get_by_role("button", name="Le service est fermé").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    fermee = relire(fiche)
    assert (fermee.statut, fermee.raison_statut) == ("ferme", "Fin de la subvention")


def test_un_lien_coupe_par_la_messagerie(visiteur, lien):
    page = visiteur()
    page.goto(lien[:-6])
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien n’est pas lisible")
    verifier(page)


def test_le_public_signale_et_lit_la_reponse_sans_dire_qui_il_est(visiteur, fiche):
    page = visiteur()
    page.goto(fiche.get_absolute_url())
    page.get_by_role("link", name="Signaler une erreur").click()
    verifier(page)
    page.get_by_role("button", name="Signaler", exact=True).click()
    expect(page.locator(".bilan-erreurs")).to_contain_text("obligatoire")
    verifier(page)

    page.get_by_label("Ce qui n’est pas exact").fill("Fermé le lundi.")
    page.wait_for_timeout(2500)  # le portail attend qu'on ait pris le temps d'écrire
    page.get_by_role("button", name="Signaler", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Votre signalement")
    verifier(page)

    Signalement.objects.get(dispositif=fiche)
    suivi = page.url
    copilote = visiteur("region")
    copilote.goto("/dispositifs/signalements/")
    verifier(copilote)
    copilote.get_by_role("link", name=fiche.nom).first.click()
    copilote.get_by_label("Votre réponse").fill("Nous avons prévenu l’atelier.")
    copilote.get_by_role("button", name="Accepter", exact=True).click()
    page.goto(suivi)
    expect(page.get_by_text("Nous avons prévenu l’atelier.")).to_be_visible()
    verifier(page)


def test_un_agent_propose_une_correction(visiteur, fiche):
    page = visiteur("france-travail")
    page.goto(fiche.get_absolute_url())
    verifier(page)
    page.get_by_role("link", name="Proposer une correction").click()
    verifier(page)
    page.get_by_label("Adresse", exact=True).fill("2 quai de l’Exemple")
    page.get_by_role("button", name="Proposer").click()
    expect(page.get_by_text("Votre proposition est transmise")).to_be_visible()
    assert Dispositif.objects.get(pk=fiche.pk).adresse == ""
