"""Ce qu'il faut pour lire un plan d'un trait, en un nombre constant de requêtes."""

from django.db.models import Prefetch

from pams_portal.droits import Droit, Qualite, peut
from plans.models import Axe, Contribution, FicheAction, Objectif, Proposition

# Les chapitres où se lit la liste des parties d'une qualité.
QUALITE_PAR_CHAPITRE = {
    "co_pilotes": Qualite.CO_PILOTE,
    "coordonnees": Qualite.COORDONNEE,
    "associees": Qualite.ASSOCIEE,
}


class PlanALire:
    """Un plan, ses parties par qualité, ses chapitres et contributions, ses axes et fiches.

    Les fiches confidentielles n'y sont que pour qui a une place dans le plan.
    """

    def __init__(self, plan, parties, chapitres, axes, fiches):
        self.plan = plan
        self.parties = parties
        self.chapitres = chapitres
        self.axes = axes
        self.fiches = fiches

    @property
    def co_pilotes(self):
        return [partie for partie in self.parties if partie.est_co_pilote]

    def sections(self):
        """[(chapitre, parties dont il donne la liste)], dans l'ordre du sommaire."""
        for chapitre in self.chapitres:
            qualite = QUALITE_PAR_CHAPITRE.get(chapitre.cle)
            yield chapitre, [p for p in self.parties if qualite and p.qualite == qualite]

    def fiches_par_objectif(self):
        """[(axe, [(objectif, fiches)])] ; les axes sans fiche y sont aussi."""
        return [
            (
                axe,
                [
                    (objectif, [f for f in self.fiches if f.objectif_id == objectif.pk])
                    for objectif in axe.objectifs.all()
                ],
            )
            for axe in self.axes
        ]

    def parts(self):
        """[(« contribution », part)…] de tout le plan."""
        parts = [("fiche", fiche) for fiche in self.fiches]
        for chapitre in self.chapitres:
            parts += [("contribution", ecrite) for ecrite in chapitre.contributions.all()]
        for axe in self.axes:
            parts += [("axe", axe), *(("objectif", objectif) for objectif in axe.objectifs.all())]
        return parts


def plan_a_lire(plan, utilisateur):
    """Le plan prêt à lire par cette personne."""
    contributions = Contribution.objects.select_related("porteur__acteur", "porteur__plan")
    objectifs = Objectif.objects.order_by("numero")
    lecture = PlanALire(
        plan=plan,
        parties=list(plan.parties.select_related("acteur")),
        chapitres=list(plan.chapitres.prefetch_related(Prefetch("contributions", contributions))),
        axes=list(Axe.objects.filter(plan=plan).prefetch_related(Prefetch("objectifs", objectifs))),
        fiches=list(fiches_a_lire(plan, utilisateur)),
    )
    if peut(utilisateur, Droit.LIRE_PLAN, plan):
        Proposition.objects.filter(plan=plan).poser_sur(lecture.parts())
    return lecture


def fiches_a_lire(plan, utilisateur):
    """Les fiches que la personne peut lire, rattachées au même plan."""
    fiches = FicheAction.objects.visibles_par(utilisateur).filter(plan=plan).with_lignes()
    for fiche in fiches:
        fiche.plan = plan
    return fiches
