"""Ce qui change d'un long texte à l'autre, sans le texte autour : les paragraphes touchés."""

from typing import NamedTuple

from django.utils.safestring import mark_safe

from pams_portal.comparaison import Comparaison, comparer_textes, operations
from pams_portal.fusion import assembler, decouper
from pams_portal.texte import normaliser

# Ce qui sépare deux passages que le texte, lui, sépare.
ENTRE_DEUX = '<p class="doux">[…]</p>'


class Extrait(NamedTuple):
    """Une comparaison, et si elle montre tout ce qui change."""

    comparaison: Comparaison
    entier: bool = True


def extraire(avant, apres, signes, niveau=3):
    """Les passages qui changent, tant qu'ils tiennent dans `signes` caractères.

    Entrées : deux textes Markdown du profil fermé ; le rang du titre le plus haut. Sortie : un
    `Extrait`. Un passage qui ne tient pas est laissé ; d'un texte neuf, ou retiré, il reste les
    premiers paragraphes, comme de deux textes égaux. Ne lève pas d'erreur, quels qu'ils soient.
    """
    avant, apres = normaliser(avant), normaliser(apres)
    if len(avant) + len(apres) <= signes:
        return Extrait(comparer_textes(avant, apres, niveau))
    if avant == apres:
        debut = assembler(_debut(decouper(apres), signes))
        return Extrait(comparer_textes(debut, debut, niveau), entier=False)
    montrees, entier = [], True
    for retires, ajoutes in _changes(decouper(avant), decouper(apres)):
        lots = [_debut(lot, signes) for lot in (retires, ajoutes)]
        coupe = lots != [retires, ajoutes]
        if _poids(*lots) > signes or (coupe and retires and ajoutes):
            entier = False
            continue
        signes -= _poids(*lots)
        entier = entier and not coupe
        textes = (assembler(lot) for lot in lots)
        if any(lots):
            montrees.append(comparer_textes(*textes, niveau))
    html = mark_safe(ENTRE_DEUX.join(c.html for c in montrees))  # noqa: S308 (déjà nettoyés)
    comptes = (sum(c.ajouts for c in montrees), sum(c.retraits for c in montrees))
    return Extrait(Comparaison(html, *comptes), entier)


def _changes(avant, apres):
    """[(paragraphes retirés, paragraphes ajoutés)] ; un pour un, chacun compte pour lui-même."""
    textes = ([p.texte for p in lot] for lot in (avant, apres))
    for sens, a1, a2, b1, b2 in operations(*textes):
        if sens == "equal" or (a1 == a2 and b1 == b2):
            continue
        if a2 - a1 == b2 - b1:
            yield from (([avant[a1 + n]], [apres[b1 + n]]) for n in range(a2 - a1))
        else:
            yield avant[a1:a2], apres[b1:b2]


def _debut(paragraphes, signes):
    """Les premiers paragraphes qui tiennent dans `signes` caractères."""
    gardes = []
    for paragraphe in paragraphes:
        signes -= len(paragraphe.texte)
        if signes < 0:
            break
        gardes.append(paragraphe)
    return gardes


def _poids(*lots):
    return sum(len(p.texte) for lot in lots for p in lot)
