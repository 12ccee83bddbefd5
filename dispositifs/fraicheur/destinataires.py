"""À qui demander si une fiche est toujours exacte."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Q

from acteurs.models import Acteur, Habilitation, Utilisateur
from pams_portal.droits import Role

ROLES_QUI_CONFIRMENT = (Role.REDACTEUR, Role.VALIDEUR)


class Destinataire(NamedTuple):
    """Une adresse, et l'acteur au nom duquel elle répond ; sans nom, c'est celle d'un service."""

    courriel: str
    acteur: Acteur
    nom: str = ""


def destinataires(dispositifs):
    """[(dispositif, [destinataires])] d'un queryset, en deux requêtes.

    Les personnes de la structure porteuse et de celle qui tient la fiche ; et si personne de la
    structure porteuse ne peut confirmer ici, l'adresse de son service.
    """
    actives = Utilisateur.objects.joignables()
    habilitations = Habilitation.objects.filter(
        Q(acteur__in=dispositifs.order_by().values("porteur"))
        | Q(acteur__in=dispositifs.order_by().values("tenu_par")),
        role__in=ROLES_QUI_CONFIRMENT,
        utilisateur__in=actives,
    )
    personnes = defaultdict(dict)
    for une in habilitations.select_related("utilisateur"):
        personnes[une.acteur_id][une.utilisateur.courriel.lower()] = une.utilisateur.nom
    return [(d, _de(d, personnes)) for d in dispositifs.select_related("porteur", "tenu_par")]


def est_sans_personne(dispositif):
    """Vrai si personne n'a de compte pour corriger cette fiche."""
    acteurs = {dispositif.porteur_id, dispositif.tenu_par_id}
    habilitations = Habilitation.objects.filter(acteur__in=acteurs, role__in=ROLES_QUI_CONFIRMENT)
    return not habilitations.filter(utilisateur__is_active=True).exists()


def _de(dispositif, personnes):
    trouves = {}
    for acteur in (dispositif.porteur, dispositif.tenu_par):
        for courriel, nom in personnes.get(acteur.pk, {}).items():
            trouves.setdefault(courriel, Destinataire(courriel, acteur, nom))
    service = (dispositif.courriel or dispositif.porteur.courriel).lower()
    if service and not personnes.get(dispositif.porteur_id):
        trouves.setdefault(service, Destinataire(service, dispositif.porteur))
    return list(trouves.values())
