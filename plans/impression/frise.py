"""Le calendrier des actions, dessiné : un SVG lisible en noir et blanc, décrit par son titre."""

from datetime import date
from math import ceil
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator

LARGEUR, LIBELLE, DROITE = 680, 214, 4  # unités du dessin : quatre par millimètre imprimé
RANG, ENTETE = 20, 38
RANGS_PAR_PAGE = 34
SIGNES = 42  # ce que la colonne des intitulés contient, code compris
POLICE = "Source Sans 3, DejaVu Sans, sans-serif"
MOIS = "JFMAMJJASOND"
# Une date hors de ces bornes est une faute de frappe : elle ne doit pas étirer le dessin.
BORNES = (2015, 2065)
ANNEES_NOMMEES = 14  # au plus, sur la largeur


class Frise(NamedTuple):
    """Un dessin, et les fiches qu'il montre."""

    svg: str
    fiches: list


class Axe(NamedTuple):
    """Le temps, de gauche à droite, d'un 1er janvier à un 31 décembre."""

    premiere: int
    derniere: int

    @property
    def annees(self):
        return range(self.premiere, self.derniere + 1)

    @property
    def pas(self):
        """La largeur d'un mois."""
        return (LARGEUR - LIBELLE - DROITE) / (12 * len(self.annees))

    def x(self, jour):
        mois = (jour.year - self.premiere) * 12 + jour.month - 1 + (jour.day - 1) / 31
        return round(LIBELLE + min(max(mois, 0), 12 * len(self.annees)) * self.pas, 1)


def dates_de(fiche):
    echeances = [etape.echeance for etape in fiche.etapes.all()]
    return [jour for jour in (fiche.debut, fiche.fin, *echeances) if jour]


def frises(fiches, plan):
    """Un dessin par lot de fiches tenant sur une page ; aucun si aucune fiche n'a de date."""
    jours = [jour for fiche in fiches for jour in dates_de(fiche)]
    if not jours:
        return []
    jours += [jour for jour in (plan.debut, plan.fin) if jour]
    annees = [min(max(jour.year, BORNES[0]), BORNES[1]) for jour in jours]
    axe = Axe(min(annees), max(annees))
    nombre = ceil(len(fiches) / RANGS_PAR_PAGE)
    taille = ceil(len(fiches) / nombre)  # des lots égaux plutôt qu'un dernier presque vide
    lots = [fiches[debut : debut + taille] for debut in range(0, len(fiches), taille)]
    return [Frise(dessiner(lot, axe, f"frise-{n}"), lot) for n, lot in enumerate(lots, start=1)]


def dessiner(fiches, axe, identifiant):
    """Le dessin d'un lot de fiches sur un axe du temps."""
    hauteur = ENTETE + RANG * len(fiches) + 4
    return format_html(
        '<svg class="gantt" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {l} {h}"'
        ' width="{l}" height="{h}" font-family="{p}" aria-labelledby="{id}-titre">'
        '<title id="{id}-titre">{t}</title>'
        '<defs><pattern id="{id}-hachures" width="5" height="5" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect width="5" height="5" fill="#ffffff"/>'
        '<path d="M0 0V5" stroke="#1f3a57" stroke-width="2.4"/></pattern></defs>{grille}{rangs}'
        "</svg>",
        l=LARGEUR,
        h=hauteur,
        p=POLICE,
        id=identifiant,
        t=titre(fiches, axe),
        grille=_grille(axe, hauteur),
        rangs=format_html_join(
            "", "{}", ((_rang(f, n, axe, identifiant),) for n, f in enumerate(fiches))
        ),
    )


def titre(fiches, axe):
    annees = f"{axe.premiere}" if len(axe.annees) == 1 else f"{axe.premiere} à {axe.derniere}"
    return (
        f"Calendrier de {annees} : actions {fiches[0].code} à {fiches[-1].code}. "
        "Le tableau qui suit dit les mêmes dates."
    )


def _grille(axe, hauteur):
    annees = format_html_join(
        "",
        '<path class="gantt-annee" d="M{x} 2V{bas}" stroke="#5b6670" stroke-width="0.9"/>'
        '<text class="gantt-texte" x="{milieu}" y="15" font-size="12" font-weight="bold"'
        ' text-anchor="middle" fill="#1b2733">{annee}</text>',
        (
            {
                "x": axe.x(date(annee, 1, 1)),
                "milieu": round(axe.x(date(annee, 1, 1)) + 6 * axe.pas, 1),
                "bas": hauteur - 4,
                "annee": str(annee),
            }
            for annee in axe.annees[:: ceil(len(axe.annees) / ANNEES_NOMMEES)]
        ),
    )
    return format_html("{}{}", annees, _divisions(axe, hauteur))


def _divisions(axe, hauteur):
    """Les mois quand ils tiennent, sinon les trimestres."""
    par_mois = axe.pas >= 9
    par_annee = axe.pas < 2
    debuts = range(12) if par_mois else range(0, 12, 12 if par_annee else 3)
    largeur = axe.pas * (1 if par_mois else 3)
    return format_html_join(
        "",
        '<path class="gantt-grille" d="M{x} 22V{bas}" stroke="#c3cad1" stroke-width="0.5"/>'
        '<text class="gantt-texte" x="{milieu}" y="31" font-size="8.5" text-anchor="middle"'
        ' fill="#3d4852">{nom}</text>',
        (
            {
                "x": axe.x(date(annee, mois + 1, 1)),
                "milieu": round(axe.x(date(annee, mois + 1, 1)) + largeur / 2, 1),
                "bas": hauteur - 4,
                "nom": MOIS[mois] if par_mois else (f"T{mois // 3 + 1}" if largeur > 14 else ""),
            }
            for annee in axe.annees
            for mois in debuts
        ),
    )


def _rang(fiche, numero, axe, identifiant):
    haut = ENTETE + RANG * numero
    intitule = Truncator(f"{fiche.code}  {fiche.intitule}").chars(SIGNES, truncate="…")
    return format_html(
        '<path class="gantt-grille" d="M0 {haut}H{droite}" stroke="#dfe4e8" stroke-width="0.5"/>'
        '<text class="gantt-texte" x="0" y="{base}" font-size="10.5" fill="#1b2733">{intitule}'
        "</text>{barre}{jalons}",
        haut=haut,
        droite=LARGEUR - DROITE,
        base=haut + 14,
        intitule=intitule,
        barre=_barre(fiche, haut, axe, identifiant),
        jalons=_jalons(fiche, haut, axe),
    )


def _barre(fiche, haut, axe, identifiant):
    if not (fiche.debut or fiche.fin):
        return format_html(
            '<text class="gantt-texte" x="{}" y="{}" font-size="9.5" font-style="italic"'
            ' fill="#3d4852">dates à fixer</text>',
            LIBELLE + 6,
            haut + 14,
        )
    gauche = axe.x(fiche.debut or date(axe.premiere, 1, 1))
    droite = axe.x(fiche.fin or date(axe.derniere, 12, 31))
    ouverte = not (fiche.debut and fiche.fin)
    return format_html(
        '<rect class="{classe}" x="{x}" y="{y}" width="{l}" height="11" fill="{fond}"'
        ' stroke="#1f3a57" stroke-width="1"{tirets}/>',
        classe="gantt-barre-prevue" if fiche.recurrente else "gantt-barre",
        x=gauche,
        y=haut + 4.5,
        l=max(round(droite - gauche, 1), 2),
        fond=f"url(#{identifiant}-hachures)" if fiche.recurrente else "#9fb6cb",
        tirets=format_html(' stroke-dasharray="{}"', "3 2") if ouverte else "",
    )


def _jalons(fiche, haut, axe):
    return format_html_join(
        "",
        '<path class="gantt-jalon" d="M{x} {haut}l4.5 4.5l-4.5 4.5l-4.5 -4.5Z" fill="{fond}"'
        ' stroke="#1b2733" stroke-width="1"/>',
        (
            {
                "x": axe.x(etape.echeance),
                "haut": haut + 5.5,
                "fond": "#1b2733" if etape.faite else "#ffffff",
            }
            for etape in fiche.etapes.all()
            if etape.echeance
        ),
    )
