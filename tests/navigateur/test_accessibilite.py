"""Chaque page et chaque état du portail, passés au contrôle d'accessibilité (RGAA et WCAG).

Le tableau se lit : qui regarde, si la page est de celles où l'on vit (★ : aussi en sombre et sur un
téléphone), et l'adresse. Les repères entre accolades sont des objets de la démonstration.
"""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import expect

from acteurs.courriels import lien_de_mot_de_passe
from acteurs.models import Acteur
from bassins.models import Epci
from dispositifs.models import Dispositif
from plans.models import Document
from tests import factories as f
from tests.navigateur.accessibilite import verifier_axe
from tests.navigateur.gestes import (
    PLAN,
    REGION,
    adresse_de,
    commun,
    enregistrer,
    fiche,
    part_de,
    remplacer,
    se_connecter,
    zone_de_texte,
)

pytestmark = pytest.mark.navigateur

POIDS_AU_PLUS = 200_000  # octets de HTML
TELEPHONE = {"width": 360, "height": 740}
# Une couleur en pleine transition n'est ni l'ancienne ni la nouvelle.
CALME = {"reduced_motion": "reduce"}

PAGES = """
anonyme      ★  /
anonyme      ★  /connexion/
anonyme      ★  /droits/
anonyme      ★  /solutions/
anonyme      ★  /solutions/?commune=80685&situation=emploi
anonyme      -  /solutions/?commune=80685&besoin=venir&situation=exil
anonyme      -  /solutions/?commune=Saint-Martin
anonyme      -  /solutions/?commune=Nulle+part
anonyme      ★  /solutions/80685/affiche/
anonyme      -  /accessibilite/
anonyme      -  /donnees-et-mentions/
anonyme      -  /mot-de-passe/oublie/
anonyme      -  /mot-de-passe/envoye/
anonyme      -  /mot-de-passe/enregistre/
anonyme      -  /mot-de-passe/nouveau/x/y/
anonyme      -  {lien_de_mot_de_passe}
anonyme      -  /bassins/
anonyme      ★  /bassins/grand-amienois-grand-roye/
anonyme      -  /bassins/anjou-est/
anonyme      -  /acteurs/
anonyme      -  /acteurs/?q=introuvable
anonyme      -  {acteur}
anonyme      ★  /dispositifs/
anonyme      ★  /donnees-ouvertes/
anonyme      -  /dispositifs/?q=introuvable
anonyme      -  /dispositifs/?bassin=anjou-est
anonyme      -  /dispositifs/carte/
anonyme      ★  /dispositifs/carte/?bassin=grand-amienois-grand-roye
anonyme      -  {dispositif}
anonyme      -  /plans/
anonyme      -  {plan}
region       -  /
region       ★  /ma-part/
region       -  /plans/
region       -  /plans/nouveau/
region       ★  {plan}
region       -  {plan}modifier/
region       ★  {plan}journal/
region       ★  {plan}etapes/
region       ★  {plan}conformite/
region       ★  {plan}parties/
region       ★  {plan}qui-doit-quoi/
region       -  {plan}parties/{tenante}/parts/
region       ★  {plan}observations/
region       -  {plan}observations/?etat=resolue&me_mentionne=on
region       -  {plan}observations/?porteur=0
region       ★  {plan}observations/1/
region       -  {plan}observations/4/
region       -  {plan}observations/nouvelle/contribution/{part}/
region       -  {plan}observations/nouvelle/fiche/A1.3/
region       ★  /notifications/
region       -  /notifications/reglages/
region       ★  {plan}concertation/
region       ★  {plan}seances/
region       -  {plan}seances/nouvelle/
region       ★  {seance}
region       -  {seance}modifier/
region       ★  {seance}presences/
region       ★  {seance}projeter/
region       ★  {seance}points/{point}/
region       -  {seance}points/{point}/modifier/
lecteur      -  {seance}points/{point}/
lecteur      -  {plan}observations/1/
autre        -  /notifications/
autre        -  /plans/anjou-est/observations/
region       -  {plan}parties/nouvelle/
region       -  {plan}parties/nouvelle/?q=Roye
region       -  {plan}parties/{partie}/modifier/
region       -  {plan}parties/{partie}/retirer/
region       -  {plan}chapitres/couverture/contribuer/
region       ★  {plan}contributions/{part}/modifier/
region       ★  {plan}propositions/
region       -  {plan}propositions/?etat=toutes
region       ★  {plan}parts/contributions/{part}/journal/
region       -  {plan}parts/fiches/{fiche}/journal/
departement  -  {plan}parts/contributions/{part}/proposer/
departement  -  {plan}parts/fiches/{fiche}/proposer/
departement  ★  {plan}parts/fiches/{fiche}/proposer/?champ=publics
region       -  {plan}contributions/{part}/supprimer/
region       -  {plan}contributions/{part}/attribuer/
region       -  {plan}axes/nouveau/
region       -  {plan}axes/{axe}/modifier/
region       -  {plan}axes/{axe}/objectifs/nouveau/
region       -  {plan}objectifs/{objectif}/modifier/
region       -  {plan}fiches/nouvelle/
region       ★  {plan}fiches/A1.3/
region       ★  {plan}fiches/A1.3/modifier/
region       -  {plan}fiches/C1.3/retirer/
region       -  {plan}fiches/A1.3/attribuer/
region       -  {plan}fiches/A1.3/etapes/nouvelle/
region       -  {plan}fiches/A1.3/budget/nouvelle/
region       -  {plan}fiches/A1.3/financements/nouvelle/
region       -  {plan}fiches/A1.3/demandes-de-financement/nouvelle/
region       -  {plan}fiches/A1.3/partenariats/nouvelle/
region       -  {plan}fiches/A1.3/indicateurs/nouvelle/
region       -  {plan}fiches/A1.3/etapes/{etape}/modifier/
region       -  {plan}fiches/A1.3/budget/{budget}/modifier/
region       -  {plan}fiches/A1.3/indicateurs/{indicateur}/modifier/
region       -  {plan}fiches/A1.3/indicateurs/{indicateur}/supprimer/
region       -  {plan}fiches/A1.1/
region       -  {plan}fiches/A1.1/modifier/
region       -  /acteurs/nouveau/
region       -  {acteur}
region       ★  {acteur}modifier/
region       -  {acteur}etablissements/nouveau/
region       -  {acteur}personnes/
region       -  {acteur}personnes/nouveau/
region       -  /mot-de-passe/
region       -  /dispositifs/
region       -  {dispositif}
region       ★  {dispositif}modifier/
region       -  {dispositif}etat/
region       -  {dispositif}porteur/
region       -  /dispositifs/nouveau/
region       ★  /dispositifs/importer/
departement  -  {plan}
departement  -  {plan}fiches/A1.1/
departement  -  {plan}contributions/{part}/modifier/
departement  -  /ma-part/
france-travail - {plan}
invite       -  {plan}
lecteur      -  {plan}
autre        -  {plan}
autre        -  /plans/anjou-est/
admin        -  /ma-part/
admin        -  /plans/nouveau/
"""
LIGNES = [ligne.split() for ligne in PAGES.strip().splitlines()]

# Un formulaire vidé puis envoyé : le bilan des erreurs, et chaque champ en erreur.
FORMULAIRES = """
anonyme      /connexion/
anonyme      /mot-de-passe/oublie/
anonyme      {lien_de_mot_de_passe}
region       /mot-de-passe/
region       /plans/nouveau/
region       {plan}modifier/
region       {plan}parties/nouvelle/
region       {plan}contributions/{part}/attribuer/
region       {plan}observations/nouvelle/fiche/A1.3/
region       {plan}observations/1/
region       {plan}seances/nouvelle/
region       {seance}points/nouveau/
region       {seance}points/{point}/suites/nouvelle/
region       {plan}axes/nouveau/
region       {plan}axes/{axe}/objectifs/nouveau/
region       {plan}fiches/nouvelle/
region       {plan}fiches/A1.3/etapes/nouvelle/
region       {plan}fiches/A1.3/budget/nouvelle/
region       {plan}fiches/A1.3/financements/nouvelle/
region       {plan}fiches/A1.3/demandes-de-financement/nouvelle/
region       {plan}fiches/A1.3/partenariats/nouvelle/
region       {plan}fiches/A1.3/indicateurs/nouvelle/
region       /acteurs/nouveau/
region       {acteur}modifier/
region       {acteur}etablissements/nouveau/
region       {acteur}personnes/nouveau/
region       {dispositif}modifier/
region       {dispositif}etat/
region       /dispositifs/importer/
region       /dispositifs/nouveau/?porteur={acteur_pk}
"""
REFUS = [ligne.split() for ligne in FORMULAIRES.strip().splitlines()]

VIDER = """formulaire => {
    for (const champ of formulaire.elements) {
        if (champ.type === 'hidden' || champ.hidden && champ.name === 'courriel') continue
        if (['checkbox', 'radio'].includes(champ.type)) champ.checked = false
        else if (champ.tagName !== 'BUTTON') champ.value = ''
        champ.dispatchEvent(new Event('input', {bubbles: true}))
    }
}"""


@pytest.fixture(scope="module")
def reperes(base):
    """Ce que valent les accolades des tableaux ; un bassin sans plan attend qu'on en ouvre un."""
    f.make_bassin(Epci.objects.filter(departements="80").first(), nom="Bassin sans plan")
    acteur = Acteur.objects.get(nom=REGION)
    sienne = fiche("A1.3")
    seance = sienne.plan.seances.filter(validee_le=None).first()
    lien = lien_de_mot_de_passe(get_user_model().objects.get(courriel="assemblees@example.org"))
    return {
        "plan": PLAN,
        "acteur": acteur.get_absolute_url(),
        "acteur_pk": acteur.pk,
        "dispositif": Dispositif.objects.filter(tenu_par=acteur, statut="verifie")
        .first()
        .get_absolute_url(),
        "lien_de_mot_de_passe": lien[lien.index("/mot-de-passe") :],
        "part": part_de(REGION, "accompagnement").pk,
        "fiche": sienne.pk,
        "seance": seance.get_absolute_url(),
        "point": seance.points.first().pk,
        "tenante": sienne.porteur_id,
        "partie": sienne.plan.parties.filter(qualite="invitee").first().pk,
        "axe": sienne.objectif.axe_id,
        "objectif": sienne.objectif_id,
        "etape": sienne.etapes.first().pk,
        "budget": sienne.budgets.first().pk,
        "indicateur": sienne.indicateurs.first().pk,
    }


@pytest.fixture
def ouvrir(visiteur, reperes):
    """Ouvre l'adresse d'un tableau sous un compte."""

    def ouvrir_la_page(compte, adresse, **options):
        page = visiteur(None if compte == "anonyme" else compte, **CALME, **options)
        page.goto(adresse.format_map(reperes))
        return page

    return ouvrir_la_page


def verifier_la_largeur(page):
    """Rien ne fait défiler la page de côté."""
    deborde = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert deborde <= 0, f"{page.url} déborde de {deborde} pixels"


@pytest.mark.parametrize(("compte", "vie", "adresse"), LIGNES)
def test_une_page_n_a_aucune_violation(ouvrir, compte, vie, adresse):
    page = ouvrir(compte, adresse)
    verifier_axe(page)
    if vie == "★":
        page.emulate_media(color_scheme="dark")
        verifier_axe(page)
        page.set_viewport_size(TELEPHONE)
        page.emulate_media(color_scheme="light")
        page.reload()
        verifier_axe(page)
        verifier_la_largeur(page)


@pytest.mark.parametrize(("compte", "adresse"), REFUS)
def test_un_formulaire_refuse_n_a_aucune_violation(ouvrir, compte, adresse):
    page = ouvrir(compte, adresse)
    formulaire = page.locator("main form[method=post]").last
    formulaire.evaluate(VIDER)
    formulaire.locator("button:not([name])").last.click()
    expect(page.locator(".bilan-erreurs")).to_be_focused()
    verifier_axe(page)


# --- Les autres états ----------------------------------------------------------------------------


def test_l_edition_sur_place_n_a_aucune_violation(ouvrir):
    page = ouvrir("region", "{plan}")
    article = page.locator(f"#{part_de(REGION, 'preambule').ancre}")
    article.get_by_role("link", name="Modifier").click()
    expect(zone_de_texte(article)).to_be_focused()
    verifier_axe(page)


def test_l_ecran_de_conflit_n_a_aucune_violation(visiteur):
    part = commun("methode")
    premiere, seconde = visiteur("region", **CALME), visiteur("region", **CALME)
    for page, texte in ((premiere, "Un texte."), (seconde, "Un autre.")):
        page.goto(adresse_de(part))
        remplacer(page, zone_de_texte(page), texte)
    enregistrer(premiere)
    expect(premiere.get_by_role("status")).to_contain_text("est enregistrée")
    enregistrer(seconde)
    expect(seconde.get_by_role("group", name="Texte : que garder ?")).to_be_visible()
    verifier_axe(seconde)
    seconde.emulate_media(color_scheme="dark")
    verifier_axe(seconde)
    seconde.set_viewport_size(TELEPHONE)
    verifier_axe(seconde)
    verifier_la_largeur(seconde)


def test_la_saisie_rendue_n_a_aucune_violation(visiteur):
    page = visiteur("region")
    page.goto(adresse_de(commun("methode")))
    page.context.clear_cookies(name="sessionid")
    enregistrer(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre session a expiré")
    verifier_axe(page)


@pytest.mark.parametrize(
    ("etat", "phrase"),
    [
        ("demande", "Le document attend son tour"),
        ("en_cours", "Mise en page du document"),
        ("echec", "Le document n’a pas pu être préparé."),
        ("pret", "Le fichier de ce document n’est plus là."),
    ],
)
def test_l_attente_du_document_n_a_aucune_violation(ouvrir, etat, phrase):
    Document.objects.filter(plan__slug="anjou-est").update(
        etat=etat, progression=40, fichier="documents/perdu.pdf", erreur="Une police manque."
    )
    page = ouvrir("autre", "/plans/anjou-est/plan.pdf")
    expect(page.get_by_text(phrase)).to_be_visible()
    verifier_axe(page)


def test_le_menu_ouvert_d_un_telephone_n_a_aucune_violation(ouvrir):
    page = ouvrir("region", "/ma-part/", viewport=TELEPHONE)
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
    verifier_axe(page)


def test_un_mot_de_passe_faux_n_a_aucune_violation(visiteur):
    page = visiteur()
    se_connecter(page, "inconnu")
    expect(page.locator(".bilan-erreurs")).to_be_focused()
    verifier_axe(page)


# --- Ce que toute page porte ---------------------------------------------------------------------


def test_chaque_page_a_un_titre_a_elle_un_seul_h1_sa_langue_et_un_poids_tenu(reperes):
    titres = {}
    for compte, _, adresse in LIGNES:
        client = Client()
        if compte != "anonyme":
            client.force_login(get_user_model().objects.get(courriel=f"{compte}@example.org"))
        chemin = adresse.format_map(reperes)
        response = client.get(chemin)
        html = response.content.decode()
        assert html.count("<h1") == 1, chemin
        assert '<html lang="fr">' in html, chemin
        assert '<a class="evitement" href="#contenu">' in html and 'id="contenu"' in html, chemin
        assert len(response.content) < POIDS_AU_PLUS, (chemin, len(response.content))
        if response.status_code == 200:
            titre = html.split("<title>")[1].split("</title>")[0]
            titres.setdefault(" ".join(titre.split()), set()).add(chemin.split("?")[0])
    assert {titre: pages for titre, pages in titres.items() if len(pages) > 1} == {}
