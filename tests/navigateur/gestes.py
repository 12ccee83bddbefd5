"""Les gestes d'une personne devant le portail, et les repères de la démonstration."""

from django.conf import settings

from pams_portal.demonstration.acteurs import MOT_DE_PASSE
from plans.models import Contribution, FicheAction

SLUG = "grand-amienois-grand-roye"
PLAN = f"/plans/{SLUG}/"
DOCUMENTS = settings.BASE_DIR / "static" / "editeur" / "sources" / "tests" / "documents"
REGION = "Région Hauts-de-France"
DEPARTEMENT = "Département de la Somme"


def se_connecter(page, compte):
    """Par le formulaire, comme une personne."""
    page.goto("/connexion/")
    page.get_by_label("Courriel").fill(f"{compte}@example.org")
    page.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()


def part_de(acteur, cle):
    """La part d'un acteur dans un chapitre, hors texte commun."""
    return Contribution.objects.get(
        chapitre__plan__slug=SLUG, chapitre__cle=cle, porteur__acteur__nom=acteur, commune=False
    )


def commun(cle):
    """Le texte commun d'un chapitre."""
    return Contribution.objects.get(chapitre__plan__slug=SLUG, chapitre__cle=cle, commune=True)


def fiche(code):
    return FicheAction.objects.get(plan__slug=SLUG, code=code)


def adresse_de(piece):
    """La page où s'écrit une contribution ou une fiche."""
    if isinstance(piece, FicheAction):
        return f"{PLAN}fiches/{piece.code}/modifier/"
    return f"{PLAN}contributions/{piece.pk}/modifier/"


def zone_de_texte(page):
    """L'éditeur une fois monté ; avant lui, le champ nu porte le même nom et va disparaître."""
    return page.locator(".editeur").get_by_role("textbox", name="Texte")


def aller_a_la_fin(page, zone):
    """Le curseur au bout du texte, et l'éditeur qui le sait : il suit la sélection à son rythme."""
    zone.focus()
    page.keyboard.press("Control+End")
    page.wait_for_timeout(200)


def remplacer(page, zone, texte):
    """Remplace tout ce que porte l'éditeur."""
    zone.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(texte)


def enregistrer(page):
    page.get_by_role("button", name="Enregistrer", exact=True).click()


def coller(page, html):
    """Un collage comme le presse-papiers en produit, dans la zone qui a le curseur."""
    page.evaluate(
        """contenu => {
            const presse = new DataTransfer()
            presse.setData('text/html', contenu)
            document.activeElement.dispatchEvent(new ClipboardEvent(
                'paste', {clipboardData: presse, bubbles: true, cancelable: true}))
        }""",
        html,
    )


def relire(objet):
    return type(objet).objects.get(pk=objet.pk)


def texte_obtenu(marque):
    """Ce que dit un texte aux changements marqués, retraits faits et ajouts pris."""
    return marque.evaluate(
        """element => {
            const copie = element.cloneNode(true)
            copie.querySelectorAll('del, .hors-ecran').forEach(retrait => retrait.remove())
            return copie.textContent.replace(/\\s+/g, ' ').trim()
        }"""
    )
