"""Les mots d'un dispositif et ceux d'une recherche, ramenés à la même forme.

Un mot de l'index est une racine (« garag »), ou un mot du métier (« =tad ») que plusieurs
expressions disent : l'index et la recherche reconnaissent les mêmes expressions, si bien que
« TAD » trouve « transport à la demande » sans qu'aucune requête n'en sache rien.
"""

import json
from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from acteurs.publics import Public
from dispositifs.typologie import (
    FAMILLE_PAR_TYPE,
    LIBELLE_PAR_TYPE,
    THEMATIQUES_PAR_TYPE,
    Motif,
    Thematique,
)
from pams_portal.recherche import MOTS_VIDES, mots, racine, racines

SYNONYMES = Path(__file__).parent.parent / "donnees" / "synonymes.json"
# Ce que vaut un mot selon l'endroit où il est écrit : le nom passe devant le type, puis la prose.
NOM, TYPE, PORTEUR, CONTEXTE, PROSE = 16, 8, 6, 3, 1
MOTS_CHERCHES = 12


def _groupes():
    return json.loads(SYNONYMES.read_text(encoding="utf-8"))["groupes"]


def expressions_du_metier():
    """Les expressions du métier, telles qu'elles s'écrivent."""
    return [expression for groupe in _groupes() for expression in groupe["expressions"]]


@cache
def _expressions():
    """{première racine: [(racines, mot du métier)]}, les plus longues d'abord."""
    par_debut = defaultdict(list)
    for groupe in _groupes():
        for expression in groupe["expressions"]:
            suite = tuple(racines(expression))
            par_debut[suite[0]].append((suite, f"={groupe['mot']}"))
    return {d: sorted(suites, key=lambda s: -len(s[0])) for d, suites in par_debut.items()}


def _expressions_en(suite, rang):
    """[(longueur, mot du métier)] des expressions qui commencent à ce rang d'une suite."""
    return [
        (len(expression), mot)
        for expression, mot in _expressions().get(suite[rang], [])
        if tuple(suite[rang : rang + len(expression)]) == expression
    ]


@lru_cache(maxsize=1000)  # les mêmes libellés reviennent à chaque dispositif
def mots_de(texte):
    """Tous les mots d'index d'un texte : ses racines, et les mots du métier qu'il dit."""
    suite = racines(texte)
    metier = (mot for rang in range(len(suite)) for _, mot in _expressions_en(suite, rang))
    return frozenset([*suite, *metier])


def mots_ponderes(dispositif):
    """{mot: poids} d'un dispositif ; chaque mot au poids de l'endroit le plus en vue.

    Le nom de la structure porteuse n'y est pas : il se lit chez elle, à chaque recherche.
    """
    thematiques = (Thematique(t).label for t in THEMATIQUES_PAR_TYPE[dispositif.type])
    publics, motifs = dict(Public.choices), dict(Motif.choices)
    contexte = [
        *thematiques,
        *(publics.get(public, "") for public in dispositif.publics),
        *(motifs.get(motif, "") for motif in dispositif.motifs),
        dispositif.commune.nom if dispositif.commune_id else "",
    ]
    champs = [
        (PROSE, [dispositif.description, dispositif.conditions]),
        (CONTEXTE, contexte),
        (TYPE, [LIBELLE_PAR_TYPE[dispositif.type], FAMILLE_PAR_TYPE[dispositif.type]]),
        (NOM, [dispositif.nom]),
    ]
    # Texte par texte : une expression ne commence pas dans un libellé pour finir dans le suivant.
    return {
        mot[:40]: poids for poids, textes in champs for texte in textes for mot in mots_de(texte)
    }


class MotCherche(NamedTuple):
    """Un mot, ou une expression, d'une recherche.

    `cle` est ce qu'un dispositif doit avoir ; `racines`, ce qui le fait mieux répondre encore ;
    `ecrit`, le mot tel que le porteur peut l'avoir dans son nom (vide pour une expression).
    """

    cle: str
    racines: tuple
    ecrit: str


def lire_recherche(saisie):
    """Les `MotCherche` d'une saisie ; les expressions du métier y comptent pour un mot."""
    ecrits = [mot for mot in mots(saisie) if mot not in MOTS_VIDES][:MOTS_CHERCHES]
    suite = [racine(mot) for mot in ecrits]
    lus, rang = [], 0
    while rang < len(suite):
        longueur, cle = next(iter(_expressions_en(suite, rang)), (1, suite[rang]))
        ecrit = ecrits[rang].rstrip("sx") if longueur == 1 else ""
        lus.append(MotCherche(cle[:40], tuple(suite[rang : rang + longueur]), ecrit))
        rang += longueur
    return lus
