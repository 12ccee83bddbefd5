from plans.models.document import Document
from plans.models.fiche import DemandeDePartenariat, Etape, FicheAction, Partenariat
from plans.models.moyens import DemandeDeFinancement, Financement, LigneBudget
from plans.models.plan import PartiePrenante, PieceDePlan, Plan
from plans.models.propositions import Proposition
from plans.models.redaction import Axe, Chapitre, Contribution, Objectif
from plans.models.suivi import Indicateur

__all__ = [
    "Axe",
    "Chapitre",
    "Contribution",
    "DemandeDeFinancement",
    "DemandeDePartenariat",
    "Document",
    "Etape",
    "FicheAction",
    "Financement",
    "Indicateur",
    "LigneBudget",
    "Objectif",
    "PartiePrenante",
    "Partenariat",
    "PieceDePlan",
    "Plan",
    "Proposition",
]
