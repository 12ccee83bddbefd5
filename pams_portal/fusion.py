"""Réunir deux textes écrits à partir du même, paragraphe par paragraphe.

Un paragraphe qu'un seul des deux a changé est pris de lui ; changé de même par les deux, il n'y
est qu'une fois ; changé autrement par chacun, c'est un désaccord, montré avec ses trois textes.
Rien n'est deviné, rien n'est perdu, et le même appel rend toujours le même texte.

Un « paragraphe » est un bloc du profil fermé : alinéa, titre, tableau entier, ou point de liste.
"""

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

from pams_portal.texte import normaliser

MIEN, LEUR = "mien", "leur"
_POINT = re.compile(r"\s*([-*+]|\d{1,9}[.)])\s")
_TITRE = re.compile(r"#{1,6}\s")
# Deux paragraphes se ressemblent « nettement mieux » : cette part de mots communs en plus.
NETTEMENT = 0.25
VOISINS = 8  # un long texte tout récrit ne se compare pas à lui-même mille fois


class Paragraphe(NamedTuple):
    """Un bloc, et s'il peut suivre le précédent sans ligne vide (points d'une liste serrée)."""

    texte: str
    colle: bool = False


class Desaccord(NamedTuple):
    """Un passage que les deux ont changé autrement : ses trois textes."""

    base: str
    mien: str
    leur: str


class _Accord(NamedTuple):
    paragraphes: list


class _Passage(NamedTuple):
    base: list
    mien: list
    leur: list


class Fusion:
    """Le résultat : `texte` s'il n'y a aucun désaccord, `avec(MIEN)` ou `avec(LEUR)` sinon."""

    def __init__(self, suite, *ecrits):
        self._suite = suite
        # Ce qui a été écrit se rend comme il a été écrit, aux lignes vides près.
        self._ecrits = {tuple(p.texte for p in decouper(ecrit)): ecrit for ecrit in ecrits}

    @property
    def desaccords(self):
        return [
            Desaccord(*(assembler(cote) for cote in passage))
            for passage in self._suite
            if isinstance(passage, _Passage)
        ]

    @property
    def reunit_le_reste(self):
        """Vrai si des paragraphes sont d'accord à côté des désaccords."""
        return any(isinstance(passage, _Accord) and passage.paragraphes for passage in self._suite)

    @property
    def texte(self):
        """Le texte réuni ; None s'il reste un désaccord."""
        return None if self.desaccords else self.avec(MIEN)

    def avec(self, cote):
        """Le texte réuni où chaque désaccord est tranché d'un même côté."""
        paragraphes = []
        for passage in self._suite:
            if isinstance(passage, _Accord):
                paragraphes += passage.paragraphes
            else:
                paragraphes += passage.mien if cote == MIEN else passage.leur
        tel_quel = self._ecrits.get(tuple(p.texte for p in paragraphes))
        return assembler(paragraphes) if tel_quel is None else tel_quel


def fusionner(base, mien, leur):
    """Réunit `mien` et `leur`, écrits à partir de `base`.

    Entrées : trois textes Markdown du profil fermé. Sortie : une `Fusion`.
    Deux ajouts au même endroit sont gardés tous deux, le leur d'abord : il était déjà enregistré.
    """
    base, mien, leur = normaliser(base), normaliser(mien), normaliser(leur)
    for tout in (leur if mien in (base, leur) else None, mien if leur == base else None):
        if tout is not None:
            return Fusion([_Accord([Paragraphe(tout)])])
    origine = decouper(base)
    miens, leurs = _changements(origine, decouper(mien)), _changements(origine, decouper(leur))
    if not origine:  # deux premiers jets : personne ne veut les lire bout à bout
        return Fusion([_Passage([], decouper(mien), decouper(leur))], leur, mien)
    suite, lu = [], 0
    for groupe in _groupes(miens, leurs):
        debut, fin = groupe.debut, groupe.fin
        suite.append(_Accord(origine[lu:debut]))
        ecrits = (_appliquer(origine, lot, debut, fin) for lot in (groupe.miens, groupe.leurs))
        suite.append(_trancher(origine[debut:fin], *ecrits))
        lu = fin
    suite.append(_Accord(origine[lu:]))
    return Fusion(suite, leur, mien)


def decouper(texte):
    """Les paragraphes d'un texte normalisé, dans l'ordre."""
    paragraphes, vide = [], True
    for ligne in texte.split("\n"):
        if not ligne:
            vide = True
            continue
        if vide or _commence(ligne, paragraphes[-1].texte):
            paragraphes.append(Paragraphe(ligne, colle=not vide or not paragraphes))
        else:
            precedent = paragraphes.pop()
            paragraphes.append(precedent._replace(texte=f"{precedent.texte}\n{ligne}"))
        vide = False
    return paragraphes


def _commence(ligne, precedent):
    """Vrai si cette ligne ouvre un bloc sans ligne vide avant elle."""
    return bool(_POINT.match(ligne) or _TITRE.match(ligne) or _TITRE.match(precedent))


def assembler(paragraphes):
    """Le texte de ces paragraphes ; seuls deux points de liste restent collés."""
    morceaux = []
    for rang, (texte, colle) in enumerate(paragraphes):
        if rang:
            points = _POINT.match(texte) and _POINT.match(paragraphes[rang - 1].texte)
            morceaux.append("\n" if colle and points else "\n\n")
        morceaux.append(texte)
    return "".join(morceaux)


class _Changement(NamedTuple):
    """Les paragraphes `debut` à `fin` de l'origine deviennent `neufs`."""

    debut: int
    fin: int
    neufs: list


@dataclass
class _Groupe:
    """Un endroit de l'origine, et ce que chacun y a changé."""

    debut: int
    fin: int
    miens: list = field(default_factory=list)
    leurs: list = field(default_factory=list)

    def touche(self, changement):
        """Le même endroit exact, ou un paragraphe au moins en commun ; voisins, non."""
        meme = (self.debut, self.fin) == (changement.debut, changement.fin)
        return meme or changement.debut < self.fin


def _changements(origine, ecrit):
    """Ce qui mène de l'origine à ce texte ; un pour un, chaque paragraphe compte pour lui-même."""
    moteur = SequenceMatcher(
        None, [p.texte for p in origine], [p.texte for p in ecrit], autojunk=False
    )
    changements = []
    for sens, a1, a2, b1, b2 in moteur.get_opcodes():
        if sens == "equal":
            continue
        if a2 - a1 == b2 - b1 and not _decales(origine[a1:a2], ecrit[b1:b2]):
            changements += [
                _Changement(a1 + n, a1 + n + 1, [ecrit[b1 + n]]) for n in range(a2 - a1)
            ]
        else:
            changements.append(_Changement(a1, a2, ecrit[b1:b2]))
    return changements


def _decales(anciens, neufs):
    """Vrai si un paragraphe ressemble nettement mieux à un autre que celui de son rang : un ajout
    et un retrait se compensent, et les apparier un pour un croiserait les textes."""
    mots = [set(neuf.texte.split()) for neuf in neufs]
    for rang, ancien in enumerate(anciens):
        siens = set(ancien.texte.split())
        au_rang = _ressemblance(siens, mots[rang]) + NETTEMENT
        autour = mots[max(0, rang - VOISINS) : rang + VOISINS + 1]
        if any(_ressemblance(siens, autres) > au_rang for autres in autour):
            return True
    return False


def _ressemblance(mots, autres):
    """La part de leurs mots que deux paragraphes ont en commun."""
    return len(mots & autres) / (len(mots | autres) or 1)


def _groupes(miens, leurs):
    """Les endroits changés, dans l'ordre ; un seul pour les changements d'un même passage."""
    tous = [(c, "leurs") for c in leurs] + [(c, "miens") for c in miens]
    tous.sort(key=lambda paire: (paire[0].debut, paire[0].fin))
    groupes = []
    for changement, cote in tous:
        if not groupes or not groupes[-1].touche(changement):
            groupes.append(_Groupe(changement.debut, changement.fin))
        groupe = groupes[-1]
        groupe.fin = max(groupe.fin, changement.fin)
        getattr(groupe, cote).append(changement)
    return groupes


def _appliquer(origine, changements, debut, fin):
    """Le passage [début, fin] de l'origine, tel que ces changements le laissent."""
    passage, lu = [], debut
    for changement in changements:
        passage += origine[lu : changement.debut] + changement.neufs
        lu = changement.fin
    return passage + origine[lu:fin]


def _trancher(base, mien, leur):
    textes = [[p.texte for p in cote] for cote in (base, mien, leur)]
    if textes[1] == textes[2] or textes[1] == textes[0]:
        return _Accord(leur)
    if textes[2] == textes[0]:
        return _Accord(mien)
    if not base:
        return _Accord([*leur, *(p for p in mien if p.texte not in textes[2])])
    return _Passage(base, mien, leur)
