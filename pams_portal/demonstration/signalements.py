"""Deux signalements fictifs, pour que la page qui les reçoit ne soit pas vide."""

from dispositifs.models import Signalement

ERREUR = "Démonstration : le standard ne répond plus le vendredi après-midi."
CORRECTION = "Démonstration : nos conseillers constatent un délai plus long depuis la rentrée."


def charger_signalements(personnes, dispositifs):
    """Les crée s'il n'y en a aucun sur un dispositif fictif."""
    if Signalement.objects.filter(dispositif__demonstration=True).exists():
        return
    Signalement.deposer(dispositifs["location-solidaire"], ERREUR)
    Signalement.deposer(
        dispositifs["location-solidaire"],
        CORRECTION,
        {"delai": "Cinq semaines"},
        utilisateur=personnes["france-travail"],
    )
