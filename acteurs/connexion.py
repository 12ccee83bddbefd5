"""Ouvrir une session : par le courriel, et jamais en démonstration hors de la démonstration."""

from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db.models import Count, Q

from acteurs.models import Utilisateur


class ConnexionParCourriel(ModelBackend):
    def authenticate(self, request, username=None, password=None, courriel=None):
        saisi = username or courriel or ""
        return super().authenticate(request, saisi.strip().lower(), password)

    def user_can_authenticate(self, utilisateur):
        autorise = settings.DEMO or not utilisateur.demonstration
        return autorise and super().user_can_authenticate(utilisateur)

    def get_user(self, user_id):
        """Le compte de la session, et combien de notifications l'attendent, en une requête."""
        non_lues = Count("notifications", filter=Q(notifications__lue_le=None))
        comptes = Utilisateur.objects.annotate(non_lues=non_lues)
        utilisateur = comptes.filter(pk=user_id).first()
        return utilisateur if utilisateur and self.user_can_authenticate(utilisateur) else None


def adresse_de(request):
    """L'adresse réseau d'où vient la requête, ou None si elle est illisible.

    En production le portail est derrière un serveur mandataire : seule la dernière adresse de
    X-Forwarded-For est la sienne, les précédentes sont ce que le visiteur a bien voulu dire.
    """
    adresse = request.META.get("REMOTE_ADDR", "")
    if settings.PRODUCTION:
        adresse = request.headers.get("X-Forwarded-For", adresse).rpartition(",")[2].strip()
    try:
        return str(ip_address(adresse))
    except ValueError:
        return None
