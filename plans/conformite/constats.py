"""Ce qu'est un constat : une règle, sa portée, son résultat, ses preuves et ce qui manque."""

from dataclasses import dataclass, field

from django.db import models

LEGIFRANCE = "https://www.legifrance.gouv.fr/codes/section_lc/LEGITEXT000023086525/"


class Portee(models.TextChoices):
    LOI = "loi", "Texte de loi"
    LECTURE = "lecture", "Notre lecture"
    RECOMMANDATION = "recommandation", "Recommandation"


class Resultat(models.TextChoices):
    OUI = "oui", "Oui"
    NON = "non", "Non"
    A_VERIFIER = "a_verifier", "À vérifier"


TONS = {Resultat.OUI: "succes", Resultat.NON: "danger", Resultat.A_VERIFIER: "attente"}


@dataclass(frozen=True)
class Constat:
    """Ce que l'on constate d'une règle : sa portée, son texte, la preuve et ce qui manque.

    `preuves` : des couples (libellé, adresse). `manques` : des phrases, vides si rien ne manque.
    """

    code: str
    intitule: str
    portee: str
    resultat: str
    reference: str = ""
    citation: str = ""
    preuves: list = field(default_factory=list)
    manques: list = field(default_factory=list)

    def get_portee_display(self):
        return Portee(self.portee).label

    def get_resultat_display(self):
        return Resultat(self.resultat).label

    @property
    def satisfait(self):
        return self.resultat == Resultat.OUI

    @property
    def ton(self):
        """Le ton de l'état à l'écran ; une recommandation non suivie n'alarme pas."""
        suivie = self.portee != Portee.RECOMMANDATION or self.satisfait
        return TONS[self.resultat] if suivie else "neutre"


def resultat(manques, a_verifier=False):
    """Oui si rien ne manque ; sinon non, ou « à vérifier » si les registres ne suffisent pas."""
    if not manques:
        return Resultat.OUI
    return Resultat.A_VERIFIER if a_verifier else Resultat.NON
