from plans.models.avis import AvisSurPlan, ReponseAvis
from plans.models.comite import Representation, SeanceDeComite
from plans.models.concertation import Concertation, OrganismeConsulte
from plans.models.document import Document
from plans.models.fiche import FicheAction
from plans.models.lignes import DemandeDePartenariat, Etape, Partenariat, ReponseSaisie
from plans.models.moyens import (
    DemandeDeFinancement,
    Financement,
    FinancementSaisi,
    LigneBudget,
)
from plans.models.observations import Message, Observation
from plans.models.parties import PartiePrenante
from plans.models.pieces import elaguer_les_pieces
from plans.models.plan import PieceDePlan, Plan
from plans.models.points import PointDeSeance, SuiteADonner
from plans.models.propositions import Proposition
from plans.models.redaction import Axe, Chapitre, Contribution, Objectif
from plans.models.relances import Relance
from plans.models.reperes import Repere
from plans.models.reprises import Reprise
from plans.models.suivi import Indicateur, ValeurIndicateur
from plans.models.validation import AvisSurFiche
from plans.models.versions import Levee, Version, Visa

__all__ = [
    "AvisSurFiche",
    "AvisSurPlan",
    "Axe",
    "Chapitre",
    "Concertation",
    "Contribution",
    "DemandeDeFinancement",
    "DemandeDePartenariat",
    "Document",
    "Etape",
    "FicheAction",
    "Financement",
    "FinancementSaisi",
    "Indicateur",
    "Levee",
    "LigneBudget",
    "Message",
    "Objectif",
    "Observation",
    "OrganismeConsulte",
    "PartiePrenante",
    "Partenariat",
    "PieceDePlan",
    "Plan",
    "PointDeSeance",
    "Proposition",
    "Relance",
    "Repere",
    "Representation",
    "Reprise",
    "SeanceDeComite",
    "SuiteADonner",
    "ValeurIndicateur",
    "ReponseAvis",
    "ReponseSaisie",
    "Version",
    "Visa",
    "elaguer_les_pieces",
]
