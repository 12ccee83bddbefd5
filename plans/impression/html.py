"""La page HTML du document : une fonction pure des registres et d'une date."""

import re

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from plans.impression.contenu import rassembler
from plans.impression.sigles import sigles_employes

# Ce que ni HTML ni XML n'acceptent : un collage peut en apporter.
INTERDITS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
BALISES = re.compile(r"<[^>]+>")
PREMIERE_CELLULE = re.compile(r"(<tr>\s*)<td(.*?)</td>", re.DOTALL)
ESPACES = re.compile(r"(?P<balise><[^>]*>)| (?=[;:?!»])|(?<=«) ")
FEUILLE = re.compile(r'<link rel="stylesheet" href="(css/[\w-]+\.css)">')
TABLEAU = re.compile(r"<table.*?</table>", re.DOTALL)
COLONNES_EN_PAYSAGE = 9


def plan_html(plan, le):
    """La page imprimable d'un plan.

    Entrées : le plan ; `le`, la date que porte le document et à laquelle l'inventaire et le
    périmètre sont lus. Sortie : un document HTML complet, qui ne dépend que des registres.
    """
    contenu = rassembler(plan, le)
    corps = render_to_string("plans/document/corps.html", {"contenu": contenu})
    sigles = sigles_employes(BALISES.sub(" ", corps), contenu.parties)
    page = {"contenu": contenu, "corps": mark_safe(corps), "sigles": sigles}  # noqa: S308 (rendu plus haut)
    return INTERDITS.sub("", render_to_string("plans/document/plan.html", page))


def page_autonome(html):
    """La même page, ses feuilles de style incorporées, pour être lue hors du portail."""

    def incorporer(lien):
        style = (settings.BASE_DIR / "static" / lien[1]).read_text(encoding="utf-8")
        return f"<style>{style}</style>"

    return FEUILLE.sub(incorporer, html)


def pour_l_impression(fragment):
    """Prépare un texte riche déjà rendu : tableaux larges couchés, tableaux toujours à en-têtes,
    espaces insécables devant la ponctuation double et dans les guillemets."""
    propre = ESPACES.sub(lambda trouve: trouve["balise"] or "\N{NO-BREAK SPACE}", fragment)
    return TABLEAU.sub(lambda trouve: _coucher(_avec_en_tetes(trouve[0])), propre)


def _avec_en_tetes(tableau):
    """Un tableau collé sans en-tête en reçoit un par rangée : PDF/UA ne le lirait pas sinon."""
    if "<th" in tableau:
        return tableau
    return PREMIERE_CELLULE.sub(r'\1<th scope="row"\2</th>', tableau)


def _coucher(tableau):
    premiere_rangee = tableau.split("</tr>", 1)[0]
    colonnes = len(re.findall(r"<t[hd]\b", premiere_rangee))
    if colonnes < COLONNES_EN_PAYSAGE:
        return tableau
    return f'<div class="paysage tableau-large">{tableau}</div>'
