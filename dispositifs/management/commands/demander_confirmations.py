"""La tournée du mois : demander, une fois par adresse, si les fiches sont toujours exactes."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from dispositifs.fraicheur.destinataires import destinataires
from dispositifs.models import DemandeDeConfirmation, Dispositif, Envoi
from pams_portal.elision import de


class Command(BaseCommand):
    help = (
        "Demande par courriel de confirmer les fiches qui en ont besoin : un courriel par adresse "
        "et par mois, quoi que l'on relance."
    )

    def add_arguments(self, parser):
        parser.add_argument("--simuler", action="store_true", help="dit qui recevrait quoi")

    def handle(self, simuler, **options):
        mois = timezone.localdate().replace(day=1)
        if not simuler:
            Envoi.objects.elaguer()
        deja = set(Envoi.objects.filter(mois=mois, tournee=True).values_list("courriel", flat=True))
        lots = {a: lot for a, lot in lots_du_mois(mois).items() if a.courriel not in deja}
        for adresse, lot in sorted(lots.items(), key=lambda paire: paire[0].courriel):
            if simuler:
                self.raconter(adresse, lot)
            else:
                Envoi.objects.preparer_du_mois(mois, adresse, lot)
        verbe = "à préparer" if simuler else "préparés"
        self.stdout.write(
            f"{mois:%Y-%m} : {len(lots)} courriels {verbe}, {len(deja)} l'étaient déjà."
        )

    def raconter(self, adresse, lot):
        self.stdout.write(f"{adresse.courriel} : {len(lot)} fiche(s)")
        for dispositif, acteur in lot:
            self.stdout.write(f"  {dispositif} (n° {dispositif.pk}), au nom {de(acteur)}")


def lots_du_mois(mois):
    """{destinataire: [(dispositif, acteur)]} : ce qui a besoin d'être confirmé, par adresse.

    Une adresse qui est à la fois celle d'une personne et celle d'un service est celle d'une
    personne ; ce qu'un co-pilote lui a déjà demandé ce mois-ci ne lui est pas redemandé.
    """
    a_confirmer = Dispositif.objects.a_confirmer().defer("description", "conditions", "recherche")
    if not settings.DEMO:
        a_confirmer = a_confirmer.filter(demonstration=False)
    demandes = DemandeDeConfirmation.objects
    ecartes = demandes.sans_reponse() | set(
        demandes.filter(mois=mois, envoi__tournee=False).values_list("dispositif", "courriel")
    )
    adresses, lots = {}, {}
    for dispositif, trouves in destinataires(a_confirmer):
        for destinataire in trouves:
            if (dispositif.pk, destinataire.courriel) in ecartes:
                continue
            connue = adresses.setdefault(destinataire.courriel, destinataire)
            if destinataire.nom and not connue.nom:
                lots[destinataire] = lots.pop(connue)
                connue = adresses[destinataire.courriel] = destinataire
            lots.setdefault(connue, []).append((dispositif, destinataire.acteur))
    return lots
