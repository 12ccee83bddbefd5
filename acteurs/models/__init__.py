from acteurs.models.acteur import Acteur, Etablissement, Fonction
from acteurs.models.courriel import Courriel
from acteurs.models.ecriture import Brouillon, Presence
from acteurs.models.journal import Acte, Versionne
from acteurs.models.notification import Abonnement, Motif, Notification, prevenir
from acteurs.models.utilisateur import Habilitation, TentativeDeConnexion, Utilisateur

__all__ = [
    "Abonnement",
    "Acte",
    "Acteur",
    "Brouillon",
    "Courriel",
    "Etablissement",
    "Fonction",
    "Habilitation",
    "Motif",
    "Notification",
    "Presence",
    "TentativeDeConnexion",
    "Utilisateur",
    "Versionne",
    "prevenir",
]
