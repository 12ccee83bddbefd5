"""Le texte riche du portail : un profil Markdown fermé, le même à l’écran et dans le PDF.

Les règles de lecture sont celles de l’éditeur (`static/editeur/sources/profil.js`) ; le témoin
`tests/editeur/temoin.json`, produit par l’éditeur, vérifie que les deux lisent pareil.
"""

import re
import unicodedata
from functools import lru_cache

import nh3
from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

REGLES_COUPEES = (
    "code", "fence", "hr", "html_block", "html_inline", "image", "backticks",
    "reference", "lheading",
)  # fmt: skip
# Word s’arrête à neuf niveaux de liste ; au-delà de quarante, c’est une attaque contre la pile.
PROFONDEUR_MAXIMALE = 40
# Un chapitre de 10 000 mots fait 80 000 caractères : deux fois et demie cette place.
LONGUEUR_MAXIMALE = 200_000
# Un paragraphe de 10 000 caractères (trois pages) n’est plus lu comme de la syntaxe : le temps de
# lecture d’un paragraphe retors croît comme le carré de sa longueur.
PARAGRAPHE_MAXIMAL = 10_000
# 256 textes : un plan de 200 fiches tient, sans dépasser quelques mégaoctets en usage courant.
TEXTES_EN_MEMOIRE = 256

_PROTOCOLE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PROTOCOLE_PERMIS = re.compile(r"(https?|mailto|tel):", re.IGNORECASE)
_FINS_DE_LIGNE = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
# Refusés par PostgreSQL (NUL), par XML (contrôles, U+FFFE, U+FFFF) ou par UTF-8 (demi-codets).
_INTERDITS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_ECHAPPEMENTS = re.compile(r"\\([!-/:-@\[-`{-~])|\\(?=\n)")
_ALIGNEMENTS = {"left": "gauche", "center": "centre", "right": "droite"}
_BALISES = {
    "p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote",
    "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_CLASSES = {f"aligne-{sens}" for sens in _ALIGNEMENTS.values()}


def _adresse_permise(adresse):
    return not _PROTOCOLE.match(adresse.strip()) or bool(_PROTOCOLE_PERMIS.match(adresse.strip()))


def _creer_analyseur():
    analyseur = MarkdownIt("commonmark", {"html": False, "maxNesting": PROFONDEUR_MAXIMALE})
    analyseur.enable("table").disable(REGLES_COUPEES)
    analyseur.validateLink = _adresse_permise
    analyseur.core.ruler.before("inline", "paragraphes_demesures", _mettre_a_part_les_demesures)
    return analyseur


def _mettre_a_part_les_demesures(etat):
    for jeton in etat.tokens:
        if jeton.type == "inline" and len(jeton.content) > PARAGRAPHE_MAXIMAL:
            jeton.meta["brut"] = _ECHAPPEMENTS.sub(r"\1", jeton.content)
            jeton.content = ""


ANALYSEUR = _creer_analyseur()


def creer_nettoyeur(autres_balises=(), autres_classes=None):
    """Ne laisse passer que le profil fermé, et ce qu’un appelant y ajoute de sa main."""
    return nh3.Cleaner(
        tags={*_BALISES, *autres_balises},
        attributes={"a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}},
        allowed_classes={"th": _CLASSES, "td": _CLASSES} | (autres_classes or {}),
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )


_NETTOYEUR = creer_nettoyeur()


def normaliser(texte):
    """Met un texte reçu d’un formulaire ou d’un fichier sous la forme où il est enregistré.

    Entrée : un texte quelconque (`None` vaut le texte vide).
    Sortie : le même, fins de ligne en LF, accents composés (NFC), sans caractère de contrôle,
    sans blanc en fin de ligne ni ligne vide aux deux bouts.
    """
    lignes = _FINS_DE_LIGNE.sub("\n", str(texte or ""))
    propre = unicodedata.normalize("NFC", _INTERDITS.sub("", lignes))
    return "\n".join(ligne.rstrip(" \t") for ligne in propre.split("\n")).strip("\n")


def sur_une_ligne(texte):
    """Met un nom ou un titre reçu d’un formulaire sur une seule ligne.

    Entrée : un texte quelconque (`None` vaut le texte vide).
    Sortie : le texte de `normaliser`, chaque suite de blancs réduite à une espace.
    """
    return " ".join(normaliser(texte).split())


def valider_texte_riche(texte):
    """Refuse un texte plus long que `LONGUEUR_MAXIMALE`.

    Entrée : un texte, avant ou après `normaliser`.
    Erreur : `ValidationError` (code `max_length`), une phrase à montrer près du champ.
    """
    longueur = len(normaliser(texte))
    if longueur > LONGUEUR_MAXIMALE:
        raise ValidationError(
            "Ce texte compte %(longueur)s caractères ; la limite est de %(limite)s. "
            "Raccourcissez-le ou répartissez-le dans plusieurs parties.",
            code="max_length",
            params={"longueur": _lisible(longueur), "limite": _lisible(LONGUEUR_MAXIMALE)},
        )


def _lisible(nombre):
    return f"{nombre:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


@lru_cache(maxsize=TEXTES_EN_MEMOIRE)
def en_html(texte, niveau=3):
    """Le HTML sûr d’un texte enregistré, pour l’écran comme pour le PDF.

    Entrées : un texte Markdown du profil fermé ; le rang (2 à 6) du titre le plus haut.
    Sortie : `SafeString`, sans style ni script ; ce qui n’est pas du profil est montré tel quel,
    échappé. Ne lève pas d’erreur, quel que soit le texte.
    """
    jetons = jetons_prets(texte, niveau)
    return mark_safe(_NETTOYEUR.clean(_rendre(jetons)).strip())  # noqa: S308 (nettoyé par nh3)


def jetons_prets(texte, niveau=3):
    """Les jetons d’un texte, titres et tableaux mis comme ils seront rendus."""
    jetons = _lire(texte)
    _placer_titres(jetons, niveau)
    _preparer_tableaux(jetons)
    return jetons


def en_texte_brut(texte):
    """Les mots d’un texte, sans mise en forme : recherche, extraits du journal, décomptes.

    Entrée : un texte Markdown du profil fermé.
    Sortie : une ligne par paragraphe, titre, point de liste ou rangée de tableau.
    """
    lignes, rangee = [], None
    for jeton in _lire(texte):
        if jeton.type == "tr_open":
            rangee = []
        elif jeton.type == "tr_close":
            lignes.append(" ".join(filter(None, rangee)))
            rangee = None
        elif jeton.type == "inline":
            (lignes if rangee is None else rangee).append(_mots(jeton))
    return "\n".join(filter(None, lignes))


def _lire(texte):
    """Les jetons du texte ; trop profond pour être lu en entier, il est pris sans syntaxe."""
    propre = normaliser(texte)[:LONGUEUR_MAXIMALE]
    jetons = ANALYSEUR.parse(propre)
    if max((jeton.level for jeton in jetons), default=0) < PROFONDEUR_MAXIMALE - 1:
        return jetons
    paragraphe = [
        Token("paragraph_open", "p", 1),
        Token("inline", "", 0),
        Token("paragraph_close", "p", -1),
    ]
    paragraphe[1].meta["brut"] = propre
    return paragraphe


def _mots(jeton):
    if "brut" in jeton.meta:
        return jeton.meta["brut"]
    blancs = {"softbreak": " ", "hardbreak": " "}
    return "".join(blancs.get(enfant.type, enfant.content) for enfant in jeton.children)


def _placer_titres(jetons, niveau):
    """Décale les titres sous celui de la page ; jamais de rang sauté (PDF/UA-1, § 7.4.2)."""
    titre_vu = False
    for jeton in jetons:
        if jeton.type == "heading_open":
            sous_titre = titre_vu and int(jeton.tag[1]) > 2
            titre_vu = True
            balise = f"h{min(max(niveau, 2) + sous_titre, 6)}"
            jeton.tag = balise
        elif jeton.type == "heading_close":
            jeton.tag = balise


def _preparer_tableaux(jetons):
    """Portée des en-têtes, alignement en classe (CSP) ; un en-tête vide n’annonce rien."""
    for rang, jeton in enumerate(jetons):
        if jeton.type not in ("th_open", "td_open"):
            continue
        style = str(jeton.attrs.pop("style", ""))
        if sens := _ALIGNEMENTS.get(style.removeprefix("text-align:")):
            jeton.attrSet("class", f"aligne-{sens}")
        if jeton.type == "th_open" and jetons[rang + 1].content:
            jeton.attrSet("scope", "col")
        elif jeton.type == "th_open":
            jeton.tag = jetons[rang + 2].tag = "td"


def _rendre(jetons):
    morceaux = []
    for rang, jeton in enumerate(jetons):
        if "brut" in jeton.meta:
            morceaux.append(escape(jeton.meta["brut"]))
        elif jeton.type == "inline":
            morceaux.append(ANALYSEUR.renderer.renderInline(jeton.children, ANALYSEUR.options, {}))
        else:
            morceaux.append(ANALYSEUR.renderer.renderToken(jetons, rang, ANALYSEUR.options, {}))
    return "".join(morceaux)
