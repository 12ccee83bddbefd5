"""Ce qui existe : les dispositifs de mobilité solidaire, et ce qui les tient à jour."""

from dispositifs.models.dispositif import Dispositif, Zone, tenant
from dispositifs.models.fraicheur import DemandeDeConfirmation, Envoi, LienRefuse

__all__ = ["DemandeDeConfirmation", "Dispositif", "Envoi", "LienRefuse", "Zone", "tenant"]
