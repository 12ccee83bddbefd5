"""Charge la démonstration dans une base vide ; relancée, ne change rien."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from acteurs.models import Acte, Acteur, Utilisateur
from bassins.models import Bassin, Commune
from dispositifs.models import Dispositif
from pams_portal.demonstration.chargement import BASSINS, charger
from pams_portal.management.commands.servir import comptes_de_demonstration
from plans.models import FicheAction, Plan

COMPTES_REELS = (
    "Cette base contient de vrais comptes ({nombre}) : la démonstration n’y est pas chargée. "
    "Elle se charge dans une base vide, par exemple celle d’un autre DONNEES_DIR."
)
EN_PRODUCTION = (
    "La démonstration est impossible en production (SITE_URL est en https) : ses comptes ont un "
    "mot de passe public."
)


class Command(BaseCommand):
    help = "Charge le référentiel et la démonstration fictive ; refuse une base aux vrais comptes."

    def handle(self, *args, **options):
        self.refuser()
        if not self.referentiel_charge():
            call_command("charger_referentiel", stdout=self.stdout, stderr=self.stderr)
        charger()
        self.stdout.write(self.resume())

    def refuser(self):
        if settings.PRODUCTION:
            raise CommandError(EN_PRODUCTION)
        if nombre := Utilisateur.objects.filter(demonstration=False).count():
            raise CommandError(COMPTES_REELS.format(nombre=nombre))

    def referentiel_charge(self):
        bassins = Bassin.objects.filter(slug__in=BASSINS)
        return Commune.objects.exists() and bassins.count() == len(BASSINS)

    def resume(self):
        plans = Plan.objects.filter(demonstration=True)
        nombres = {
            "acteurs": Acteur.objects.count(),
            "dispositifs": Dispositif.objects.count(),
            "plans": plans.count(),
            "fiches-actions": FicheAction.objects.filter(plan__in=plans).count(),
            "actes au journal": Acte.objects.count(),
        }
        lignes = [
            "Démonstration, contenu fictif : "
            + ", ".join(f"{nombre} {quoi}" for quoi, nombre in nombres.items()),
            "",
            *comptes_de_demonstration(),
        ]
        if not settings.DEMO:
            lignes += [
                "",
                "Ces comptes n’ouvrent une session que si le portail tourne avec DEMO=1.",
            ]
        return "\n".join(lignes)
