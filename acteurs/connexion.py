"""Ouvrir une session : par le courriel, et jamais en démonstration hors de la démonstration."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend


class ConnexionParCourriel(ModelBackend):
    def authenticate(self, request, username=None, password=None, courriel=None):
        saisi = username or courriel or ""
        return super().authenticate(request, saisi.strip().lower(), password)

    def user_can_authenticate(self, utilisateur):
        autorise = settings.DEMO or not utilisateur.demonstration
        return autorise and super().user_can_authenticate(utilisateur)
