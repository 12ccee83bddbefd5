"""Le relevé de décisions d'une séance : la même lecture pour l'écran, le PDF et le DOCX."""

from typing import NamedTuple

from django.template.loader import render_to_string

from pams_portal.typographie import jour
from plans.impression.html import INTERDITS
from plans.models import Representation


class Releve(NamedTuple):
    """Ce qu'une séance a dit : qui était là, chaque point, sa décision et ses suites."""

    seance: object
    presentes: list
    excusees: list
    absentes: list
    points: list

    @property
    def plan(self):
        return self.seance.plan

    @property
    def projet(self):
        return not self.seance.est_validee

    @property
    def autres(self):
        """Les personnes présentes qui ne représentent aucune partie, une par élément."""
        return en_lignes(self.seance.autres)

    @property
    def suites(self):
        return [(rang, suite) for rang, point in self.numerotes for suite in point.suites.all()]

    @property
    def entame(self):
        return any(point.a_une_decision or point.suites.all() for point in self.points)

    @property
    def numerotes(self):
        return list(enumerate(self.points, start=1))

    @property
    def titre(self):
        return f"Relevé de décisions du {self.seance}"

    @property
    def etat(self):
        """« PROJET », ou quand et par qui le relevé a été validé."""
        if self.projet:
            return "PROJET : relevé non validé"
        quand = self.seance.validee_le
        return f"Relevé validé le {jour(quand)} par {self.seance.validee_par}"


def rassembler(seance):
    """Lit une séance en un nombre constant de requêtes ; `seance.plan` est déjà lu."""
    representations = list(seance.representations.select_related("partie__acteur"))
    etats = Representation.Etat

    def dans(etat):
        return [ligne for ligne in representations if ligne.etat == etat]

    return Releve(
        seance,
        dans(etats.PRESENTE),
        dans(etats.EXCUSEE),
        dans(etats.ABSENTE),
        list(seance.points.with_suites()),
    )


def en_lignes(texte):
    """Les lignes non vides d'un texte, une personne par ligne."""
    return [ligne.strip() for ligne in texte.splitlines() if ligne.strip()]


def releve_html(releve):
    """La page imprimable d'un relevé ; elle ne dépend que des registres."""
    contexte = {"releve": releve, "seance": releve.seance, "plan": releve.plan}
    return INTERDITS.sub("", render_to_string("plans/document/releve.html", contexte))
