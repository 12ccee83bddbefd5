import tempfile
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from bassins import reconstruction
from bassins.referentiel import DOSSIER


class Command(BaseCommand):
    help = (
        f"Refait les fichiers du référentiel depuis le paquet npm {reconstruction.PAQUET}. "
        "Le millésime vient du paquet ; relancer avec le même paquet redonne les mêmes octets."
    )

    def add_arguments(self, parser):
        parser.add_argument("--paquet", default="latest", help="version du paquet (dernière)")
        parser.add_argument("--archive", type=Path, help="archive .tgz déjà téléchargée")
        parser.add_argument("--dossier", type=Path, default=DOSSIER, help="où écrire les fichiers")

    def handle(self, *args, paquet, archive, dossier, **options):
        if not dossier.is_dir():
            raise CommandError(f"Le dossier {dossier} n’existe pas.")
        try:
            with tempfile.TemporaryDirectory() as temporaire:
                archive = archive or reconstruction.telecharger(paquet, temporaire)
                contenu = reconstruction.lire_paquet(archive)
            chemins = reconstruction.ecrire(contenu, dossier)
        except reconstruction.PaquetInvalide as erreur:
            raise CommandError(erreur) from erreur
        self.stdout.write(f"Version {contenu.version}, millésime {contenu.millesime}")
        for chemin in chemins:
            self.stdout.write(f"{chemin.name} : {chemin.stat().st_size} octets")
