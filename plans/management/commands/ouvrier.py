"""L'ouvrier : fait les travaux de fond, et veille à ce que ni document ni courriel ne se perde."""

import logging
import signal
import sys
import time
from datetime import timedelta

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections, connection
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from acteurs.models import Brouillon, Courriel, Notification, Presence
from dispositifs.models import Envoi, Importation, Publication
from dispositifs.ouverture.reponses import etat_public
from plans.models import Document, elaguer_les_pieces

journal = logging.getLogger("plans.ouvrier")
RONDE = 15  # secondes entre deux rondes
RETENTION = timedelta(days=7)


class Command(BaseCommand):
    help = (
        "Produit documents et fichiers ouverts, envoie les courriels, reprend ce qui s'est perdu."
    )

    def add_arguments(self, parser):
        parser.add_argument("--pause", type=float, default=1, help="secondes entre deux regards")
        parser.add_argument("--une-fois", action="store_true", help="fait ce qui attend, puis rend")

    def handle(self, pause, une_fois, **options):
        # La bibliothèque annonce chaque regard, même vide ; les travaux s'annoncent à part.
        logging.getLogger("django_tasks_db").setLevel(logging.WARNING)
        ouvrier = Ouvrier(pause)
        if une_fois:
            ouvrier.faire_sa_ronde()
            ouvrier.run()
        else:
            ouvrier.configure_signals()
            ouvrier.travailler()


class Ouvrier(Worker):
    """L'ouvrier de django-tasks-db, qui fait une ronde entre deux lots de travaux."""

    def __init__(self, pause):
        super().__init__(
            queue_names=["*"],
            interval=pause,
            batch=True,  # `run` rend la main quand plus rien n'attend
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        self.derniere_ronde = None

    def travailler(self):
        """Jusqu'au signal d'arrêt ; une base occupée trop longtemps fait attendre, pas mourir."""
        journal.info("L'ouvrier est prêt.")
        while self.running:
            try:
                if self.c_est_l_heure():
                    self.faire_sa_ronde()
                self.run()
            except OperationalError:
                journal.warning("La base est occupée ou absente ; nouvel essai.", exc_info=True)
                connection.close()
            if self.running:
                time.sleep(self.interval)

    def c_est_l_heure(self):
        return self.derniere_ronde is None or time.monotonic() - self.derniere_ronde > RONDE

    def faire_sa_ronde(self):
        """Reprend ce qui s'est perdu, demande ce qui manque, range ce dont il est l'heure.

        Un GET n'écrit jamais : c'est ici qu'un plan venu d'ailleurs reçoit son document.
        """
        close_old_connections()
        self.derniere_ronde = time.monotonic()
        Document.objects.relever()
        Document.objects.demander_ceux_qui_manquent()
        Document.objects.elaguer()
        Importation.objects.relever()
        Importation.objects.elaguer()
        Envoi.objects.relever()
        Publication.objects.relever()
        Publication.objects.elaguer()
        Publication.objects.demander(etat_public())
        Notification.objects.ranger()
        Courriel.objects.relever()
        Notification.objects.elaguer()
        Courriel.objects.elaguer()
        Brouillon.objects.elaguer()
        Presence.objects.elaguer()
        elaguer_les_pieces()
        anciens = DBTaskResult.objects.filter(enqueued_at__lt=timezone.now() - RETENTION)
        anciens.exclude(status="READY").delete()

    def shutdown(self, signum, frame):
        """Un seul arrêt : le travail en cours se termine, le signal répété ne le tue pas."""
        journal.info("Arrêt demandé (%s).", signal.strsignal(signum))
        self.running = False
        if not self.running_task:
            sys.exit(0)
