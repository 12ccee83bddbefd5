"""Ce que l'ouvrier fait à chaque ronde pour les courriels, pour qui préfère une tâche planifiée."""

from django.core.management.base import BaseCommand

from acteurs.models import Courriel, Notification


class Command(BaseCommand):
    help = "Range les notifications échues dans des courriels, et envoie ceux qui attendent."

    def handle(self, **options):
        ranges = Notification.objects.ranger()
        Courriel.objects.relever()
        bilans = [courriel.envoyer() for courriel in Courriel.objects.a_essayer()]
        partis = bilans.count("envoyé")
        self.stdout.write(f"{ranges} courriel(s) de plus dans la file, {partis} envoyé(s).")
        for courriel in Courriel.objects.abandonnes().select_related("destinataire"):
            self.stderr.write(f"Abandonné : {courriel.destinataire.courriel}, {courriel.erreur}")
