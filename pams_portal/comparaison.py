"""Ce qui change d'un texte à l'autre, mot à mot, dans le texte même.

Les deux textes sont lus comme des arbres (`pams_portal.texte`) : les paragraphes s'alignent
d'abord, les mots ensuite, et la structure reste celle d'un texte. Les ajouts sont des `<ins>`, les
retraits des `<del>` ; des mots cachés les annoncent aux lecteurs d'écran, qui souvent taisent ces
balises. La couleur n'est jamais seule : l'un est souligné, l'autre barré.
"""

import re
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it.tree import SyntaxTreeNode

from pams_portal.texte import ANALYSEUR, creer_nettoyeur, en_html, jetons_prets, normaliser

AJOUT, RETRAIT = "ins", "del"
ANNONCES = {
    AJOUT: ("ajouté\u00a0: ", " fin d’ajout"),
    RETRAIT: ("retiré\u00a0: ", " fin de retrait"),
}
# En dessous, une valeur est un nombre, une date ou un nom : elle change en entier.
PHRASE = 6
# Deux paragraphes dont moins d'un tiers des mots se retrouvent ne sont plus le même paragraphe.
RESSEMBLANCE_MINIMALE = 1 / 3
# Apparier croît comme le carré : on avance par tranches de douze paragraphes entièrement récrits.
TRANCHE = 12
# Au-delà, deux passages sans rien de commun aux deux bouts sont montrés l'un après l'autre.
MOTS_COMPARES = 12_000

# difflib compare chaque mot à ses semblables : au-delà, les mots trop courants ne servent plus de
# repères, faute de quoi le temps croît comme le carré.
COUPLES_COMPARES = 300_000

_MOT = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
_NETTOYEUR = creer_nettoyeur({"ins", "del", "span"}, {"span": {"hors-ecran"}})


class Comparaison(NamedTuple):
    """Le texte annoté, et le nombre de mots ajoutés et retirés."""

    html: SafeString
    ajouts: int = 0
    retraits: int = 0

    @property
    def sans_effet(self):
        """Vrai si aucun mot ne change : au plus des espaces ou des sauts de ligne."""
        return not self.ajouts and not self.retraits

    @property
    def bilan(self):
        if self.sans_effet:
            return "aucun mot changé"
        decomptes = ((self.ajouts, "ajouté"), (self.retraits, "retiré"))
        return ", ".join(_compter(nombre, verbe) for nombre, verbe in decomptes if nombre)


def _compter(nombre, verbe):
    pluriel = "s" if nombre > 1 else ""
    return f"{nombre} mot{pluriel} {verbe}{pluriel}"


@lru_cache(maxsize=64)
def comparer_textes(avant, apres, niveau=3, cote=None):
    """Compare deux textes riches.

    Entrées : deux textes Markdown du profil fermé ; le rang du titre le plus haut ; `cote` vaut
    `RETRAIT` pour ne montrer que le texte d'avant, `AJOUT` que celui d'après.
    Sortie : une `Comparaison`, au HTML sûr. Ne lève pas d'erreur, quels que soient les textes.
    """
    avant, apres = normaliser(avant), normaliser(apres)
    if avant == apres:
        return Comparaison(en_html(apres, niveau))
    redacteur = _Redacteur(cote)
    html = redacteur.suites(_arbre(avant, niveau), _arbre(apres, niveau))
    propre = mark_safe(_NETTOYEUR.clean(html))  # noqa: S308 (nettoyé par nh3)
    return Comparaison(propre, redacteur.comptes[AJOUT], redacteur.comptes[RETRAIT])


def comparer_valeurs(avant, apres, cote=None, phrase=True):
    """Compare deux valeurs simples déjà mises en mots : des chaînes, ou des listes de chaînes.

    Une phrase se compare mot à mot ; un nombre, une date ou un nom (`phrase` vaut faux) change en
    entier ; une liste dit ce qui y entre et ce qui en sort.
    """
    redacteur = _Redacteur(cote)
    if isinstance(avant, (list, tuple)) or isinstance(apres, (list, tuple)):
        html = redacteur.listes(list(avant or []), list(apres or []))
    else:
        mots = _mots_de(str(avant or "")), _mots_de(str(apres or ""))
        phrases = phrase and min(map(len, mots)) >= PHRASE
        html = redacteur.mots(*mots) if phrases else redacteur.valeurs(*mots)
    return Comparaison(
        mark_safe(_NETTOYEUR.clean(html)),  # noqa: S308 (nettoyé par nh3)
        redacteur.comptes[AJOUT],
        redacteur.comptes[RETRAIT],
    )


# --- Lire : un arbre de nœuds, des mots au bout ---------------------------------------------------


class _Mot(NamedTuple):
    """Un mot ou un signe, avec les blancs qui le suivent, et les balises qui l'entourent."""

    texte: str
    balises: tuple = ()

    @property
    def cle(self):
        return (self.texte.rstrip(), self.balises)

    @property
    def compte(self):
        return self.texte[0].isalnum()


SAUT = "\n"


class _Noeud:
    """Un nœud de l'arbre : sa sorte, ce qui l'identifie en entier, ses enfants ou ses mots."""

    __slots__ = ("balise", "cle", "enfants", "jeton", "mots", "sorte", "vocabulaire")

    def __init__(self, noeud):
        self.jeton = noeud.nester_tokens.opening if noeud.nester_tokens else noeud.token
        self.balise = "" if self.jeton.hidden else self.jeton.tag
        rang = self.jeton.markup if noeud.type == "heading" else ""
        self.sorte = (noeud.type, rang, self.jeton.attrGet("start"))
        self.enfants, self.mots = [], None
        if noeud.type == "inline":
            self.mots = _mots_du_jeton(self.jeton)
            self.cle = (self.sorte, tuple(mot.cle for mot in self.mots))
            self.vocabulaire = {mot.texte.strip().lower() for mot in self.mots if mot.compte}
        else:
            self.enfants = [_Noeud(enfant) for enfant in noeud.children]
            self.cle = (self.sorte, tuple(enfant.cle for enfant in self.enfants))
            self.vocabulaire = set().union(*(e.vocabulaire for e in self.enfants))
        self.cle = (self.sorte, hash(self.cle))

    def ressemblance(self, autre):
        if self.sorte != autre.sorte:
            return 0
        if not self.vocabulaire and not autre.vocabulaire:
            return 1
        communs = len(self.vocabulaire & autre.vocabulaire)
        return 2 * communs / (len(self.vocabulaire) + len(autre.vocabulaire))


def _arbre(texte, niveau):
    jetons = jetons_prets(texte, niveau)
    return [_Noeud(noeud) for noeud in SyntaxTreeNode(jetons).children]


def _mots_de(texte, balises=()):
    return [_Mot(trouve, balises) for trouve in _MOT.findall(texte)]


def _mots_du_jeton(jeton):
    if "brut" in jeton.meta:
        return _mots_de(jeton.meta["brut"])
    mots, ouvertes = [], []
    for enfant in jeton.children:
        if enfant.type == "softbreak":
            mots.append(_Mot(" ", tuple(ouvertes)))
        elif enfant.type == "hardbreak":
            mots.append(_Mot(SAUT, (*ouvertes, ("br", ""))))
        elif enfant.nesting == 1:
            attributs = ANALYSEUR.renderer.renderAttrs(enfant)
            ouvertes.append((enfant.tag, attributs))
        elif enfant.nesting == -1:
            ouvertes.pop()
        else:
            mots += _mots_de(enfant.content, tuple(ouvertes))
    return mots


# --- Aligner --------------------------------------------------------------------------------------


def operations(avant, apres):
    """Les opérations de difflib, une fois mis de côté ce qui est commun aux deux bouts."""
    court = min(len(avant), len(apres))
    debut = next((n for n in range(court) if avant[n] != apres[n]), court)
    reste = court - debut
    fin = next((n for n in range(reste) if avant[-1 - n] != apres[-1 - n]), reste)
    a, b = avant[debut : len(avant) - fin], apres[debut : len(apres) - fin]
    yield "equal", 0, debut, 0, debut
    if a and b and len(a) + len(b) <= MOTS_COMPARES:
        occurrences = Counter(b)
        couples = sum(nombre * occurrences[cle] for cle, nombre in Counter(a).items())
        moteur = SequenceMatcher(None, a, b, autojunk=couples > COUPLES_COMPARES)
        for sens, a1, a2, b1, b2 in moteur.get_opcodes():
            yield sens, a1 + debut, a2 + debut, b1 + debut, b2 + debut
    elif a or b:
        yield "replace", debut, debut + len(a), debut, debut + len(b)
    yield "equal", len(avant) - fin, len(avant), len(apres) - fin, len(apres)


def _paires(avant, apres):
    """[(avant ou None, après ou None)] : les mêmes nœuds, puis ceux qui se ressemblent."""
    cles_avant, cles_apres = [n.cle for n in avant], [n.cle for n in apres]
    for sens, a1, a2, b1, b2 in operations(cles_avant, cles_apres):
        if sens == "equal":
            yield from zip(avant[a1:a2], apres[b1:b2], strict=True)
            continue
        for depart in range(0, max(a2 - a1, b2 - b1), TRANCHE):
            yield from _apparier(
                avant[a1:a2][depart : depart + TRANCHE], apres[b1:b2][depart : depart + TRANCHE]
            )


def _apparier(avant, apres):
    """L'appariement dans l'ordre qui garde le plus de ressemblance, par programmation dynamique."""
    scores = [[n.ressemblance(m) for m in apres] for n in avant]
    gains = [[0.0] * (len(apres) + 1) for _ in range(len(avant) + 1)]
    for i in reversed(range(len(avant))):
        for j in reversed(range(len(apres))):
            ensemble = scores[i][j] + gains[i + 1][j + 1]
            if scores[i][j] < RESSEMBLANCE_MINIMALE:
                ensemble = 0
            gains[i][j] = max(ensemble, gains[i + 1][j], gains[i][j + 1])
    i = j = 0
    while i < len(avant) and j < len(apres):
        if scores[i][j] >= RESSEMBLANCE_MINIMALE and (
            gains[i][j] == scores[i][j] + gains[i + 1][j + 1]
        ):
            yield avant[i], apres[j]
            i, j = i + 1, j + 1
        elif gains[i][j] == gains[i + 1][j]:
            yield avant[i], None
            i += 1
        else:
            yield None, apres[j]
            j += 1
    yield from ((n, None) for n in avant[i:])
    yield from ((None, n) for n in apres[j:])


# --- Écrire ---------------------------------------------------------------------------------------


class _Redacteur:
    """Écrit le texte annoté et compte les mots ; `cote` ne garde que l'un des deux textes."""

    def __init__(self, cote):
        self.caches = {AJOUT, RETRAIT} - {cote} if cote else set()
        self.comptes = {AJOUT: 0, RETRAIT: 0}

    def suites(self, avant, apres):
        return "".join(self._paire(a, b) for a, b in _paires(avant, apres))

    def _paire(self, avant, apres):
        if avant is None:
            return self._entier(apres, AJOUT)
        if apres is None:
            return self._entier(avant, RETRAIT)
        if avant.cle == apres.cle:
            return self._entier(apres)
        if apres.mots is not None:
            return self.mots(avant.mots, apres.mots)
        if apres.sorte[0] == "table":
            return self._tableau(avant, apres)
        return _dans(apres, self.suites(avant.enfants, apres.enfants))

    def _entier(self, noeud, marque=None):
        if noeud.mots is not None:
            return self._passage(noeud.mots, marque)
        contenu = "".join(self._entier(enfant, marque) for enfant in noeud.enfants)
        if marque in self.caches:
            return contenu
        return _dans(noeud, contenu)

    def _tableau(self, avant, apres):
        """Les colonnes s'alignent d'après les en-têtes : le tableau reste rectangulaire."""
        rangees = [[r for corps in t.enfants for r in corps.enfants] for t in (avant, apres)]
        entetes = [lot[0].enfants for lot in rangees]
        if len(entetes[0]) == len(entetes[1]):
            colonnes = list(zip(range(len(entetes[0])), range(len(entetes[1])), strict=True))
        else:
            rangs = [{id(cellule): n for n, cellule in enumerate(lot)} for lot in entetes]
            colonnes = [(rangs[0].get(id(a)), rangs[1].get(id(b))) for a, b in _paires(*entetes)]
        tete = self._rangee(rangees[0][0], rangees[1][0], colonnes)
        corps = "".join(
            self._rangee(a, b, colonnes) for a, b in _paires(rangees[0][1:], rangees[1][1:])
        )
        return f"<table><thead>{tete}</thead><tbody>{corps}</tbody></table>"

    def _rangee(self, avant, apres, colonnes):
        if (avant is None and AJOUT in self.caches) or (apres is None and RETRAIT in self.caches):
            return ""
        cellules = []
        for gauche, droite in colonnes:
            a = avant.enfants[gauche] if avant and gauche is not None else None
            b = apres.enfants[droite] if apres and droite is not None else None
            if a is None and b is None:
                cellules.append("<td></td>")
            elif a is not None and b is not None:
                cellules.append(_dans(b, self.suites(a.enfants, b.enfants)))
            else:
                cellules.append(self._paire(a, b))
        return f"<tr>{''.join(cellules)}</tr>"

    def mots(self, avant, apres):
        cles_avant, cles_apres = [mot.cle for mot in avant], [mot.cle for mot in apres]
        morceaux = []
        for sens, a1, a2, b1, b2 in _sans_ilots(operations(cles_avant, cles_apres), avant):
            if sens == "equal":
                morceaux.append(self._passage(apres[b1:b2]))
            else:
                morceaux.append(self._passage(avant[a1:a2], RETRAIT))
                morceaux.append(self._passage(apres[b1:b2], AJOUT))
        return "".join(morceaux)

    def valeurs(self, avant, apres):
        if [mot.cle for mot in avant] == [mot.cle for mot in apres]:
            return self._passage(apres)
        return f"{self._passage(avant, RETRAIT)} {self._passage(apres, AJOUT)}".strip()

    def listes(self, avant, apres):
        points = []
        for element in [*apres, *(e for e in avant if e not in apres)]:
            marque = AJOUT if element not in avant else None
            marque = RETRAIT if element not in apres else marque
            points.append(self._passage(_mots_de(str(element)), marque))
        return "<ul>" + "".join(f"<li>{point}</li>" for point in points if point) + "</ul>"

    def _passage(self, mots, marque=None):
        if marque is None:
            return _lettres(mots)
        self.comptes[marque] += sum(mot.compte for mot in mots)
        if marque in self.caches or not mots:
            return ""
        debut, fin = (f'<span class="hors-ecran">{dit}</span>' for dit in ANNONCES[marque])
        return f"<{marque}>{debut}{_lettres(mots, marque)}{fin}</{marque}>"


def _sans_ilots(operations, avant):
    """Un signe seul, inchangé entre deux changements, rejoint l'un et l'autre : on lit « retiré :
    deux mots, ajouté : trois mots » plutôt qu'une alternance."""
    changement = ilot = None
    for operation in operations:
        sens, a1, a2, b1, b2 = operation
        if a1 == a2 and b1 == b2:
            continue
        if sens != "equal":
            debut_a, debut_b = changement[1::2] if changement else (a1, b1)
            changement, ilot = ("replace", debut_a, a2, debut_b, b2), None
        elif changement and not ilot and not any(mot.compte for mot in avant[a1:a2]):
            ilot = operation
        else:
            yield from filter(None, (changement, ilot, operation))
            changement = ilot = None
    yield from filter(None, (changement, ilot))


def _dans(noeud, contenu):
    if not noeud.balise:
        return contenu
    attributs = ANALYSEUR.renderer.renderAttrs(noeud.jeton)
    return f"<{noeud.balise}{attributs}>{contenu}</{noeud.balise}>"


def _lettres(mots, marque=None):
    """Les mots en HTML, chaque suite de mêmes balises dans les siennes."""
    morceaux = []
    for balises, suite in groupby(mots, key=lambda mot: mot.balises):
        if balises and balises[-1][0] == "br":
            signe = "↵" if marque else ""
            morceaux.append("".join(f"{signe}<br>" for _ in suite))
            continue
        ouvrir = "".join(f"<{balise}{attributs}>" for balise, attributs in balises)
        fermer = "".join(f"</{balise}>" for balise, _ in reversed(balises))
        morceaux.append(ouvrir + escape("".join(mot.texte for mot in suite)) + fermer)
    return "".join(morceaux)
