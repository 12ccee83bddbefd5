"""Ce qui existe : les dispositifs de mobilité solidaire, et ce qui les tient à jour."""

from dispositifs.models.dispositif import Dispositif, tenant
from dispositifs.models.ecart import Ecart
from dispositifs.models.fraicheur import DemandeDeConfirmation, Envoi, LienRefuse
from dispositifs.models.index import Mot, Zone

__all__ = [
    "DemandeDeConfirmation",
    "Dispositif",
    "Ecart",
    "Envoi",
    "LienRefuse",
    "Mot",
    "Zone",
    "tenant",
]
