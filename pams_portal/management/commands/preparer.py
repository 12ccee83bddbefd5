"""Prépare une installation, au premier démarrage comme après une mise à jour."""

import hashlib
from io import StringIO
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand


def empreinte_des_statiques():
    """Ce qui change quand un fichier statique change : chemins, tailles et dates, en SHA-256."""
    ignores = apps.get_app_config("staticfiles").ignore_patterns
    fichiers = sorted(
        (chemin, Path(reserve.path(chemin)).stat())
        for recherche in get_finders()
        for chemin, reserve in recherche.list(ignores)
    )
    etats = [(chemin, etat.st_size, etat.st_mtime_ns) for chemin, etat in fichiers]
    return hashlib.sha256(repr(etats).encode()).hexdigest()


class Command(BaseCommand):
    help = "Migre la base, rassemble les fichiers statiques et garnit une base vide."

    def handle(self, **options):
        call_command("migrate", interactive=False, verbosity=0)
        self.rassembler_les_statiques()
        # Une base qui a des comptes appartient à ses utilisateurs : on n'y ajoute plus rien.
        if not get_user_model().objects.exists():
            self.garnir()

    def rassembler_les_statiques(self):
        """Les compresser prend plusieurs secondes : seulement quand ils ont changé."""
        temoin = Path(settings.STATIC_ROOT) / "empreinte.txt"
        empreinte = empreinte_des_statiques()
        if temoin.exists() and temoin.read_text() == empreinte:
            return
        self.dire("Compression des fichiers statiques…")
        call_command("collectstatic", interactive=False, verbosity=0)
        temoin.write_text(empreinte)

    def garnir(self):
        quoi = "référentiel et démonstration" if settings.DEMO else "référentiel"
        self.dire(f"Base vide : chargement ({quoi})…")
        commande = "demo" if settings.DEMO else "charger_referentiel"
        call_command(commande, stdout=StringIO())  # servir dira lui-même l'adresse et les comptes

    def dire(self, message):
        self.stdout.write(message)
        self.stdout.flush()
