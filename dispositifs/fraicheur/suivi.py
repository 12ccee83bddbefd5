"""Ce qu'une personne voit du suivi d'une fiche : qui l'interroge, ce qui attend une réponse."""

from dispositifs.models import DemandeDeConfirmation
from pams_portal.droits import Droit, peut


def suivi_de(utilisateur, dispositif, modifiable):
    """Le contexte du bas de page d'une fiche ; vide pour le public, qui peut seulement signaler."""
    if not utilisateur.is_authenticated:
        return {}
    demandable = peut(
        utilisateur, Droit.DEMANDER_CONFIRMATION, DemandeDeConfirmation(dispositif=dispositif)
    )
    repond = modifiable or demandable
    return {
        "demandable": demandable and not modifiable and dispositif.est_en_service,
        "signalements": dispositif.signalements.a_traiter() if repond else [],
        "derniere_demande": dispositif.demandes.order_by("-envoi__cree_le")
        .select_related("envoi__pour")
        .first()
        if repond
        else None,
    }
