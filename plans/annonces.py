"""Ce qu'un acte du plan annonce aux autres parties : deux façons, et pas davantage.

`demander` attend une décision de qui peut la prendre ; `signaler` le dit à ceux qui écrivent
pour une partie, hors de la structure qui vient d'agir.
"""

from acteurs.models import Motif, Utilisateur, prevenir
from pams_portal.droits import Role


def demander(partie, phrase, objet, acte, role=Role.VALIDEUR):
    """Demande une décision à qui peut la prendre pour cette partie : à ses valideurs, à défaut."""
    decideurs = Utilisateur.objects.agissant_pour(partie.acteur_id, role=role)
    _prevenir(decideurs, phrase, objet, acte, Motif.DECISION)


def signaler(parties, phrase, objet, acte):
    """Le dit à ceux qui écrivent pour ces parties ; sa propre structure le sait déjà."""
    acteurs = {partie.acteur_id for partie in parties} - {acte.acteur_id}
    if acteurs:
        _prevenir(Utilisateur.objects.agissant_pour(*acteurs), phrase, objet, acte, Motif.SUIVI)


def _prevenir(personnes, phrase, objet, acte, motif):
    prevenir(personnes, phrase, objet, par=acte.utilisateur, acteur=acte.acteur, motif=motif)
