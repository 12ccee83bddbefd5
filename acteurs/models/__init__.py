from acteurs.models.acteur import Acteur, Etablissement, Fonction
from acteurs.models.journal import Acte, Versionne
from acteurs.models.utilisateur import Habilitation, TentativeDeConnexion, Utilisateur

__all__ = [
    "Acte",
    "Acteur",
    "Etablissement",
    "Fonction",
    "Habilitation",
    "TentativeDeConnexion",
    "Utilisateur",
    "Versionne",
]
