"""Les tableaux d'argent du document : des sommes exactes, par année."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from plans.models import Financement

ZERO = Decimal(0)


class LigneAnnuelle(NamedTuple):
    """Une ligne : ses libellés, un montant par année du tableau (None : rien), leur somme."""

    libelles: tuple
    montants: list
    total: Decimal


class TableauAnnuel(NamedTuple):
    """Des lignes et leurs totaux ; une année None porte les montants sans année."""

    annees: list
    lignes: list[LigneAnnuelle]
    totaux: list[LigneAnnuelle]

    @property
    def est_large(self):
        return len(self.annees) > 5


def tableau_annuel(montants, totaux):
    """Range des montants par ligne et par année.

    Entrées : deux listes de triplets (libellés, année ou None, montant en euros), pour les lignes
    et pour les totaux, chacune dans l'ordre où les lignes doivent paraître.
    """
    annees = sorted({a for _, a, _ in montants}, key=lambda a: (a is None, a or 0))
    return TableauAnnuel(annees, _lignes(montants, annees), _lignes(totaux, annees))


def _lignes(montants, annees):
    par_ligne = defaultdict(dict)
    for libelles, annee, montant in montants:
        par_ligne[libelles][annee] = par_ligne[libelles].get(annee, ZERO) + montant
    return [
        LigneAnnuelle(libelles, [somme.get(a) for a in annees], sum(somme.values(), ZERO))
        for libelles, somme in par_ligne.items()
    ]


def budgets_par_fiche(fiches):
    """Le budget prévu de chaque fiche par année ; totaux par nature de dépense, puis général."""
    lignes = [(fiche, ligne) for fiche in fiches for ligne in fiche.budgets.all()]
    detail = [((fiche.code, fiche.intitule), b.annee, b.total) for fiche, b in lignes]
    natures = [
        *((("Investissement",), b.annee, b.investissement) for _, b in lignes),
        *((("Fonctionnement",), b.annee, b.fonctionnement) for _, b in lignes),
        *((("Total des budgets",), b.annee, b.total) for _, b in lignes),
    ]
    return tableau_annuel(detail, natures)


def financements_par_statut(fiches):
    """Les financements chiffrés par financeur, statut et année ; totaux par statut.

    Il n'y a pas de total général : un montant sollicité ne s'ajoute pas à un montant délibéré.
    """
    rangs = {statut: rang for rang, statut in enumerate(reversed(Financement.Statut.values))}
    lignes = sorted(
        (f for fiche in fiches for f in fiche.financements.all() if f.montant is not None),
        key=lambda f: (f.financeur_id is None, f.nom, rangs[f.statut], f.annee or 0),
    )
    par_statut = sorted(lignes, key=lambda f: rangs[f.statut])
    return tableau_annuel(
        [((f.nom, f.get_statut_display()), f.annee, f.montant) for f in lignes],
        [((f.get_statut_display(),), f.annee, f.montant) for f in par_statut],
    )
