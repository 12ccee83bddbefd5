"""Où en est une fiche : ce que sa page dit de son état et de ce qui y manque."""

from dataclasses import dataclass

from pams_portal.droits import Droit, peut
from plans.models import AvisSurFiche, FicheAction
from plans.models.validation import engagements_attendus, substance


@dataclass(frozen=True)
class Validation:
    """L'état d'une fiche, ce qu'il attend, et les avis : [(avis, compte encore)]."""

    etapes: list
    engagements: list
    avis: list
    pilotes_attendus: list
    donne: bool

    @property
    def a_revalider(self):
        """Vrai si un avis favorable portait sur un contenu qui a changé depuis."""
        return any(
            not compte and avis.sens != AvisSurFiche.Sens.DEFAVORABLE for avis, compte in self.avis
        )


def validation_de(fiche, utilisateur, tenues):
    """`tenues` : les identifiants des parties que la personne tient dans le plan."""
    tous = list(fiche.avis.select_related("porteur__acteur", "donne_par"))
    presente = substance(fiche) if tous else ""
    avis = [(a, a.substance == presente) for a in tous]
    parties = list(fiche.plan.parties.select_related("acteur"))
    miennes = [partie for partie in parties if partie.pk in tenues]
    donnes = {a.porteur_id for a, compte in avis if compte and a.comite == fiche.comite_saisi}
    return Validation(
        etapes=etapes_de(fiche),
        engagements=engagements_attendus(fiche),
        avis=avis,
        pilotes_attendus=[p for p in parties if p.est_co_pilote and p.pk not in donnes],
        donne=any(peut(utilisateur, Droit.DONNER_AVIS, neuf(fiche, p)) for p in miennes),
    )


def neuf(fiche, partie):
    return AvisSurFiche(fiche=fiche, porteur=partie, comite=fiche.comite_saisi)


def etapes_de(fiche):
    """[(état, passé, présent)]"""
    etats = list(FicheAction.Etat)
    rang = etats.index(fiche.etat)
    return [(etat, n < rang, n == rang) for n, etat in enumerate(etats)]
