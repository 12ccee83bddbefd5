"""Sert le portail : le serveur web et l'ouvrier des travaux de fond, arrêtés d'un seul geste."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from pams_portal.demonstration.acteurs import MOT_DE_PASSE

OUVRIER = [sys.executable, "manage.py", "ouvrier"]
BATTEMENT = 0.2
DELAI_ARRET = 30
PAUSE_MINIMALE, PAUSE_MAXIMALE, VIE_NORMALE = 1, 60, 10
PROCESSUS_MAXIMUM = 8
PR_SET_PDEATHSIG = 1
# Chargé d'avance : entre sa naissance et son programme, un enfant ne doit rien importer.
LIBC = ctypes.CDLL(None)


def processus_web():
    """Combien de processus web : deux fois les cœurs moins un, au moins deux, au plus huit."""
    return max(2, min(2 * (os.cpu_count() or 1) - 1, PROCESSUS_MAXIMUM))


def commande_web(adresse, port, processus):
    return [
        *(sys.executable, "-m", "gunicorn", "pams_portal.wsgi"),
        *("--bind", f"{adresse}:{port}", "--workers", str(processus)),
        # --preload partage la mémoire ; la prise de contrôle de gunicorn n'a pas d'usage ici.
        *("--preload", "--no-control-socket", "--log-level", "warning"),
    ]


def port_libre(adresse, port):
    with socket.socket() as prise:
        prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            prise.bind((adresse, port))
        except OSError:
            return False
    return True


def comptes_de_demonstration():
    """Une ligne par compte de démonstration, dans l'ordre de leur création."""
    comptes = get_user_model().objects.filter(demonstration=True).order_by("pk")
    lignes = [f"  {compte.courriel:<32} {compte.nom}" for compte in comptes]
    return lignes and [f"Comptes de démonstration (mot de passe : {MOT_DE_PASSE})", *lignes]


def repond(adresse, port):
    try:
        socket.create_connection((adresse, port), timeout=BATTEMENT).close()
    except OSError:
        return False
    return True


class Superviseur:
    """Fait vivre un processus web et un ouvrier.

    L'ouvrier mort est relancé, après une pause qui double tant qu'il meurt aussitôt né ; la mort du
    web arrête tout et donne son code de sortie. SIGINT et SIGTERM arrêtent les deux, une fois.
    """

    def __init__(self, web, ouvrier, dire):
        self.commandes = {"web": web, "ouvrier": ouvrier}
        self.dire = dire
        self.processus = {}
        self.naissance = {}
        self.retour = 0.0
        self.pause = PAUSE_MINIMALE
        self.arret = False

    def servir(self, adresse, port, annonce):
        """Lance, annonce l'adresse dès qu'elle répond, attend la fin. Rend le code de sortie."""
        for numero in (signal.SIGINT, signal.SIGTERM):
            signal.signal(numero, self.demander_arret)
        try:
            for nom in self.commandes:
                self.lancer(nom)
            while not self.arret and self.vivant("web"):
                if annonce and repond(adresse, port):
                    self.dire(annonce)
                    annonce = None
                self.veiller_sur_l_ouvrier()
                time.sleep(BATTEMENT)
            return 0 if self.arret else self.processus["web"].returncode or 1
        finally:
            self.arreter()

    def demander_arret(self, *_):
        self.arret = True

    def lancer(self, nom):
        superviseur = os.getpid()

        def mourir_avec_le_superviseur():
            if hasattr(LIBC, "prctl"):  # Linux seulement ; ailleurs, l'arrêt normal suffit
                LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != superviseur:
                os._exit(1)

        self.naissance[nom] = time.monotonic()
        self.processus[nom] = subprocess.Popen(
            self.commandes[nom],
            cwd=settings.BASE_DIR,
            start_new_session=True,  # le Ctrl-C du terminal n'atteint que le superviseur
            preexec_fn=mourir_avec_le_superviseur,
        )

    def vivant(self, nom):
        return self.processus[nom].poll() is None

    def veiller_sur_l_ouvrier(self):
        if self.vivant("ouvrier"):
            return
        maintenant = time.monotonic()
        if not self.retour:
            longue_vie = maintenant - self.naissance["ouvrier"] > VIE_NORMALE
            self.pause = PAUSE_MINIMALE if longue_vie else min(self.pause * 2, PAUSE_MAXIMALE)
            self.retour = maintenant + self.pause
            code = self.processus["ouvrier"].returncode
            self.dire(f"L’ouvrier s’est arrêté (code {code}) ; il repart dans {self.pause} s.")
        elif maintenant >= self.retour:
            self.retour = 0.0
            self.lancer("ouvrier")

    def arreter(self):
        """SIGTERM une seule fois : un second ferait perdre à l'ouvrier le travail en cours."""
        for processus in self.processus.values():
            if processus.poll() is None:
                processus.send_signal(signal.SIGTERM)
        limite = time.monotonic() + DELAI_ARRET
        for processus in self.processus.values():
            try:
                processus.wait(max(0.1, limite - time.monotonic()))
            except subprocess.TimeoutExpired:
                processus.kill()
                processus.wait()


class Command(BaseCommand):
    help = "Sert le portail avec gunicorn et fait tourner l’ouvrier ; Ctrl-C arrête les deux."

    def add_arguments(self, parser):
        parser.add_argument("--adresse", default=os.environ.get("ADRESSE", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))
        parser.add_argument("--processus", type=int, default=processus_web())

    def handle(self, adresse, port, processus, **options):
        if not port_libre(adresse, port):
            raise CommandError(
                f"Le port {port} est déjà pris. Choisissez-en un autre : make run PORT={port + 1}"
            )
        superviseur = Superviseur(commande_web(adresse, port, processus), OUVRIER, self.dire)
        code = superviseur.servir(adresse, port, self.annonce(adresse, port))
        self.dire("Le portail est arrêté.")
        sys.exit(code)

    def dire(self, message):
        self.stdout.write(message)
        self.stdout.flush()

    def annonce(self, adresse, port):
        lignes = ["", f"Le portail répond : http://{adresse}:{port}/   (Ctrl-C pour l’arrêter)"]
        if settings.DEMO:
            lignes += ["", *comptes_de_demonstration()]
        return "\n".join([*lignes, ""])
