"""Ce qui existe : les dispositifs de mobilité solidaire, et ce qui les tient à jour."""

from dispositifs.models.dispositif import Dispositif, tenant
from dispositifs.models.ecart import Ecart
from dispositifs.models.fraicheur import DemandeDeConfirmation, Envoi, LienRefuse
from dispositifs.models.fusion import Distinction, FichesChangees, Fusion
from dispositifs.models.importation import Importation, LigneImportee
from dispositifs.models.index import Mot, Zone
from dispositifs.models.publication import FichierOuvert, Publication
from dispositifs.models.recherche import RechercheEnregistree
from dispositifs.models.signalement import DepotPublic, Signalement

__all__ = [
    "DemandeDeConfirmation",
    "DepotPublic",
    "Dispositif",
    "Distinction",
    "Ecart",
    "Envoi",
    "FichesChangees",
    "FichierOuvert",
    "Fusion",
    "Importation",
    "LienRefuse",
    "LigneImportee",
    "Mot",
    "Publication",
    "RechercheEnregistree",
    "Signalement",
    "Zone",
    "tenant",
]
