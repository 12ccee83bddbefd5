"""Prépare une installation, au premier démarrage comme après une mise à jour."""

from io import StringIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migre la base, rassemble les fichiers statiques et garnit une base vide."

    def handle(self, **options):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        # Une base qui a des comptes appartient à ses utilisateurs : on n'y ajoute plus rien.
        if get_user_model().objects.exists():
            return
        quoi = "référentiel et démonstration" if settings.DEMO else "référentiel"
        self.stdout.write(f"Base vide : chargement ({quoi}), moins d’une minute…")
        self.stdout.flush()
        commande = "demo" if settings.DEMO else "charger_referentiel"
        call_command(commande, stdout=StringIO())  # servir dira lui-même l'adresse et les comptes
