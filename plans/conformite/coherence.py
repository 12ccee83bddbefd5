"""La cohérence des moyens : notre lecture, que la loi ne demande pas."""

from django.utils.formats import number_format

from plans.conformite.constats import Constat, Portee, resultat


def c1_financements(lecture):
    """Les financements d'une fiche ne dépassent pas son budget, quand elle en a un."""
    manques = [
        f"{fiche} : {number_format(excedent, 2, force_grouping=True)} € de financements au-dessus "
        "du budget."
        for fiche in lecture.fiches
        if (excedent := fiche.financement_total - fiche.budget_total) > 0 and fiche.budgets.all()
    ]
    return Constat(
        "C1",
        "Les financements d’une fiche ne dépassent pas son budget",
        Portee.LECTURE,
        resultat(manques),
        preuves=lecture.preuve_des_fiches(
            [f for f in lecture.fiches if f.budgets.all() and f.financements.all()]
        ),
        manques=manques,
    )
