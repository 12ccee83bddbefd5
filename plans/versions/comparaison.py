"""Deux contenus de plan côte à côte : pièce par pièce, champ par champ, mot à mot."""

from dataclasses import dataclass, field

from pams_portal.champs import TexteRicheField
from pams_portal.comparaison import Comparaison, comparer_textes, comparer_valeurs
from plans.models import (
    Axe,
    Contribution,
    Etape,
    FicheAction,
    Financement,
    Indicateur,
    LigneBudget,
    Partenariat,
    PartiePrenante,
    Plan,
)
from plans.versions.ecarts import AJOUTE, MODIFIE, RETIRE, Ecart, ecarts

MODELES = [FicheAction, Plan, Contribution, Axe, Financement, Partenariat, Indicateur]
MODELES += [LigneBudget, Etape, PartiePrenante]
NATURES = {
    AJOUTE: ("Ajouté", "succes"),
    RETIRE: ("Retiré", "danger"),
    MODIFIE: ("Modifié", "accent"),
}
# Ce qu'aucune personne ne lit, ou que le titre de la pièce dit déjà.
SANS_INTERET = {"identifiant", "empreinte", "ordre"}
LOTS = {
    "etapes": "étapes",
    "budgets": "budget",
    "financements": "financements",
    "partenariats": "partenaires",
    "indicateurs": "indicateurs",
    "acteur": "structure",
}


@dataclass(frozen=True)
class PieceComparee:
    """Une pièce du plan, ce qui lui arrive, et ses champs : [(libellé, comparaison)]."""

    ecart: Ecart
    champs: list[tuple[str, Comparaison]] = field(default_factory=list)

    @property
    def etat(self):
        return NATURES[self.ecart.nature][0]

    @property
    def ton(self):
        return NATURES[self.ecart.nature][1]


def comparer_les_contenus(avant, apres):
    """Les pièces qui diffèrent entre deux contenus canoniques, dans l'ordre de lecture."""
    noms = noms_cites(avant) | noms_cites(apres)
    return [
        PieceComparee(ecart, [comparer_le_champ(ecart, nom, noms) for nom in lisibles(ecart)])
        for ecart in ecarts(avant, apres)
    ]


def lisibles(ecart):
    return [nom for nom in ecart.champs() if nom not in SANS_INTERET]


def comparer_le_champ(ecart, nom, noms):
    avant, apres = ecart.avant.get(nom), ecart.apres.get(nom)
    champ = champ_nomme(nom)
    libelle = LOTS.get(nom) or (str(champ.verbose_name) if champ else nom.replace("_", " "))
    if isinstance(champ, TexteRicheField):
        return libelle, comparer_textes(avant or "", apres or "")
    return libelle, comparer_valeurs(en_mots(nom, avant, noms), en_mots(nom, apres, noms))


def champ_nomme(nom):
    """Le premier champ de ce nom : il donne le libellé et les choix, communs à ses homonymes."""
    trouves = (m._meta.get_field(nom) for m in MODELES if nom in NOMS_DES_CHAMPS[m])
    return next(trouves, None)


NOMS_DES_CHAMPS = {m: {champ.name for champ in m._meta.get_fields()} for m in MODELES}


def en_mots(nom, valeur, noms):
    """Une valeur canonique telle qu'une personne la lit ; une liste reste une liste."""
    if isinstance(valeur, list):
        return [en_mots(nom, element, noms) for element in valeur]
    if isinstance(valeur, dict):
        dites = (en_mots(cle, valeur[cle], noms) for cle in sorted(valeur.keys() - SANS_INTERET))
        return ", ".join(str(dit) for dit in dites if dit not in ("", [], "non"))
    if valeur is None or isinstance(valeur, bool):
        return {None: "", True: "oui", False: "non"}[valeur]
    if str(valeur) in noms:
        return noms[str(valeur)]
    champ = champ_nomme(nom)
    choix = dict(getattr(champ, "flatchoices", None) or getattr(champ, "paires", None) or [])
    return str(choix.get(valeur, valeur))


def noms_cites(plan):
    """{identifiant ou code: nom} de tout ce que les pièces désignent."""
    noms = {partie["identifiant"]: partie["acteur"]["nom"] for partie in plan["parties"]}
    noms |= {d["identifiant"]: d["nom"] for d in plan["cites"]["dispositifs"]}
    for territoires in plan["cites"]["territoires"].values():
        noms |= territoires
    for axe in plan["axes"]:
        for objectif in axe["objectifs"]:
            noms[objectif["identifiant"]] = f"{axe['lettre']}{objectif['numero']}"
    return noms
