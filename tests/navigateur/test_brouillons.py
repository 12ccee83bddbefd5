"""Rien de tapé ne se perd, dans un vrai navigateur : brouillon, réseau coupé, session expirée."""

import pytest
from playwright.sync_api import expect

from acteurs.models import Brouillon, Presence
from plans.models import Contribution
from tests.navigateur.accessibilite import verifier_axe
from tests.navigateur.conftest import session_de
from tests.navigateur.gestes import (
    DEPARTEMENT,
    PLAN,
    REGION,
    adresse_de,
    enregistrer,
    part_de,
    relire,
    remplacer,
    zone_de_texte,
)

pytestmark = pytest.mark.navigateur

GARDE = "Brouillon gardé à"


@pytest.fixture(autouse=True)
def sans_brouillon(base, django_db_blocker):
    with django_db_blocker.unblock():
        for modele in (Brouillon, Presence):
            modele.objects.all().delete()
        yield
        for modele in (Brouillon, Presence):
            modele.objects.all().delete()


def ecrire(visiteur, texte, part=None):
    part = part or part_de(REGION, "engagements")
    # Tout remplacer garde la forme du premier paragraphe : il n'est ici qu'un alinéa.
    Contribution.objects.filter(pk=part.pk).update(texte="Avant.")
    page = visiteur("region", reduced_motion="reduce")
    page.goto(adresse_de(part))
    remplacer(page, zone_de_texte(page), texte)
    return page


def test_ce_qui_se_tape_se_garde_et_se_reprend_au_retour(visiteur):
    part = part_de(REGION, "engagements")
    page = ecrire(visiteur, "Une heure de travail.")
    expect(page.get_by_text(GARDE)).to_be_visible()
    expect(zone_de_texte(page)).to_be_focused()
    verifier_axe(page)
    assert relire(part).texte == "Avant."
    assert page.evaluate("localStorage.length") == 0

    # Le navigateur se ferme sans prévenir ; la personne revient d'ailleurs.
    page.context.close()
    page = visiteur("region", reduced_motion="reduce")
    page.goto(adresse_de(part))
    expect(zone_de_texte(page)).not_to_have_text("Une heure de travail.")
    verifier_axe(page)
    page.get_by_role("link", name="reprendre ce brouillon").click()
    expect(zone_de_texte(page)).to_have_text("Une heure de travail.")
    verifier_axe(page)
    page.goto("/brouillons/")
    expect(page.get_by_label("Texte")).to_have_value("Une heure de travail.")
    verifier_axe(page)
    page.get_by_role("link", name="Reprendre").click()
    enregistrer(page)
    expect(page.get_by_text("Votre contribution est enregistrée.")).to_be_visible()
    assert relire(part).texte == "Une heure de travail."
    assert not Brouillon.objects.exists()


def test_reseau_coupe_garde_sur_le_poste_puis_rendu(visiteur):
    part = part_de(REGION, "preambule")
    page = ecrire(visiteur, "Écrit dans le train.", part)
    expect(page.get_by_text(GARDE)).to_be_visible()
    page.context.set_offline(True)
    page.keyboard.type(" Sous le tunnel.")
    expect(page.get_by_text("Hors ligne : gardé sur ce poste.")).to_be_visible()
    # « Enregistrer » sans réseau ne mène pas à une page d'erreur du navigateur.
    enregistrer(page)
    expect(page.get_by_text("Rien n’est encore enregistré. Hors ligne")).to_be_visible()
    expect(zone_de_texte(page)).to_have_text("Écrit dans le train. Sous le tunnel.")
    assert page.evaluate("localStorage.length") == 1
    page.context.set_offline(False)
    expect(page.get_by_text(GARDE)).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    enregistrer(page)
    expect(page.get_by_text("Votre contribution est enregistrée.")).to_be_visible()
    assert relire(part).texte == "Écrit dans le train. Sous le tunnel."


def test_une_page_fermee_hors_ligne_rend_son_texte_a_la_visite_suivante(visiteur):
    part = part_de(REGION, "preambule")
    page = ecrire(visiteur, "Début.", part)
    expect(page.get_by_text(GARDE)).to_be_visible()
    page.context.set_offline(True)
    page.keyboard.type(" Suite hors ligne.")
    expect(page.get_by_text("Hors ligne : gardé sur ce poste.")).to_be_visible()
    suivante = page.context.new_page()
    page.close()
    page.context.set_offline(False)
    suivante.goto(adresse_de(part))
    suivante.get_by_role("link", name="le reprendre").click()
    expect(zone_de_texte(suivante)).to_have_text("Début. Suite hors ligne.")


def test_session_expiree_pendant_la_nuit_le_texte_attend_et_passe(visiteur, portail):
    part = part_de(REGION, "engagements")
    page = ecrire(visiteur, "La veille au soir.", part)
    expect(page.get_by_text(GARDE)).to_be_visible()
    page.context.clear_cookies(name="sessionid")
    page.keyboard.type(" Au matin.")
    expect(page.get_by_text("Session expirée : reconnectez-vous")).to_be_visible()
    verifier_axe(page)
    # Envoyer quand même rend le texte, avec de quoi se reconnecter.
    seconde = page.context.new_page()
    seconde.goto("/connexion/")
    page.context.add_cookies([session_de("region", portail)])
    seconde.close()
    page.keyboard.type(" Suite.")
    expect(page.get_by_text(GARDE)).to_be_visible()
    enregistrer(page)
    expect(page.get_by_text("Votre contribution est enregistrée.")).to_be_visible()
    assert relire(part).texte == "La veille au soir. Au matin. Suite."


def test_session_expiree_enregistrer_dit_pourquoi_et_rend_le_texte(visiteur):
    page = ecrire(visiteur, "La veille au soir.")
    page.context.clear_cookies(name="sessionid")
    enregistrer(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre session a expiré")
    expect(page.get_by_label("Texte")).to_have_value("La veille au soir.")


def test_deux_navigateurs_se_voient_ecrire_et_aucun_n_est_bloque(visiteur):
    part = part_de(DEPARTEMENT, "engagements")
    denis = visiteur("departement", reduced_motion="reduce")
    denis.goto(PLAN)
    article = denis.locator(f"#{part.ancre}")
    article.get_by_role("link", name="Modifier").click()
    expect(zone_de_texte(article)).to_be_focused()
    denis.keyboard.type("Mot. ")
    expect(article.get_by_text(GARDE)).to_be_visible()

    rita = visiteur("region", reduced_motion="reduce")
    rita.goto(PLAN)
    avis = rita.locator(f"#{part.ancre}").get_by_text("écrit ici en ce moment.")
    expect(avis).to_contain_text(f"({DEPARTEMENT})")
    verifier_axe(rita)
    expect(article.get_by_text("écrit ici en ce moment.")).to_have_count(0)
    # Partir l'efface, au prochain regard.
    enregistrer(article)
    expect(denis.get_by_text("Votre contribution est enregistrée.")).to_be_visible()
    rita.reload()
    rita.wait_for_load_state("networkidle")
    expect(avis).to_have_count(0)
