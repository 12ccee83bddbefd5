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
    `motif` : pourquoi les co-pilotes lèvent la règle, s'ils le proposent.
    """

    code: str
    intitule: str
    portee: str
    resultat: str
    reference: str = ""
    citation: str = ""
    preuves: list = field(default_factory=list)
    manques: list = field(default_factory=list)
    motif: str = ""

    def get_portee_display(self):
        return Portee(self.portee).label

    def get_resultat_display(self):
        return Resultat(self.resultat).label

    @property
    def cle(self):
        """Ce qui désigne la règle : « B5-lecture » n'est pas « B5-loi »."""
        return f"{self.code}-{self.portee}"

    @property
    def est_levable(self):
        """Un défaut au regard du texte ne se lève pas ; un doute, ou notre lecture, si."""
        return self.portee != Portee.RECOMMANDATION and not (
            self.portee == Portee.LOI and self.resultat == Resultat.NON
        )

    @property
    def est_levee(self):
        return bool(self.motif) and self.est_levable and not self.satisfait

    @property
    def bloque(self):
        """Vrai si le projet ne peut pas être arrêté."""
        if self.satisfait or self.portee == Portee.RECOMMANDATION:
            return False
        return not self.est_levee

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
