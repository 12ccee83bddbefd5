from django.core.management.base import BaseCommand

from dispositifs.lots import par_lots
from dispositifs.models import Dispositif, Mot

PAR_LOT = 500


class Command(BaseCommand):
    help = "Refait l’index des mots des dispositifs, après un changement des synonymes."

    def handle(self, **options):
        dispositifs = Dispositif.objects.select_related("commune").order_by("pk")
        nombre = 0
        for lot in par_lots(dispositifs.iterator(chunk_size=PAR_LOT), PAR_LOT):
            Mot.objects.indexer(lot)
            nombre += len(lot)
        self.stdout.write(f"{nombre} dispositifs indexés")
