import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from bassins import referentiel


class Command(BaseCommand):
    help = (
        "Charge le référentiel national (régions, départements, EPCI, communes) "
        "et les bassins livrés."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dossier", type=Path, default=referentiel.DOSSIER, help="où lire les fichiers"
        )

    def handle(self, *args, dossier, **options):
        debut = time.monotonic()
        try:
            nombres = referentiel.charger(dossier)
        except referentiel.ReferentielIntrouvable as erreur:
            raise CommandError(erreur) from erreur
        bassins = referentiel.charger_bassins()
        for quoi, nombre in nombres.items():
            self.stdout.write(f"{nombre} {quoi}")
        for bassin in bassins:
            self.stdout.write(f"Bassin ajouté : {bassin}")
        for perimetre in referentiel.perimetres_a_revoir():
            self.stdout.write(self.style.WARNING(f"À revoir, un EPCI n’existe plus : {perimetre}"))
        self.stdout.write(f"Référentiel chargé en {time.monotonic() - debut:.1f} s")
