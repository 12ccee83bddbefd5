"""Beaucoup de personnes écrivent à la fois, et le serveur est tué : qu'est-ce qui est gardé ?

`python -m benchmarks.redaction [--personnes 200] [--secondes 120] [--tuer]`, sur SQLite ;
précédé de `.ci/sur_postgres.py`, sur PostgreSQL. Chacun, à un rythme humain, garde un brouillon et
parfois enregistre sa part, contre un vrai gunicorn, sur la boucle locale. Avec `--tuer`, il
reçoit SIGKILL au milieu, et repart. À la fin, tout ce qui a reçu 2xx ou 302 doit se retrouver.
"""

import argparse
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode
from uuid import uuid4

RACINE = Path(__file__).parent.parent
HOTE = "127.0.0.1"
PERSONNES_AU_PLUS, SECONDES_AU_PLUS = 500, 600
PAUSE = (2, 5)  # secondes entre deux envois d'une même personne
UN_ENREGISTREMENT_SUR = 4
MOT = "Le conseil en mobilité se tient à Roye. "


def mesurer():
    """Les lignes du tableau commun, sur SQLite puis sur PostgreSQL si un serveur répond."""
    sans_adresse = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    ici = [sys.executable, "-m", "benchmarks.redaction", "--tuer", "--en-tableau"]
    for lanceur in ([], [sys.executable, ".ci/sur_postgres.py"]):
        sortie = subprocess.run(
            [*lanceur, *ici], cwd=RACINE, env=sans_adresse, stdout=subprocess.PIPE, text=True
        ).stdout
        yield from (json.loads(ligne) for ligne in sortie.splitlines() if ligne.startswith("["))


class Personne(threading.Thread):
    """Tape, garde, enregistre ; se souvient de ce que le serveur a reconnu."""

    def __init__(self, numero, adresses, session, port, fin):
        super().__init__(daemon=True)
        self.numero, self.port, self.fin = numero, port, fin
        self.garder, self.enregistrer = adresses
        self.version = 1
        self.entetes = {
            "Cookie": f"sessionid={session}; csrftoken={'a' * 32}",
            "X-CSRFToken": "a" * 32,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.brouillon, self.reconnus, self.enregistres = str(uuid4()), {}, []
        self.durees, self.perdus, self.refus = [], 0, {}

    def run(self):
        hasard = random.Random(self.numero)
        time.sleep(hasard.uniform(0, PAUSE[1]))
        tour = 0
        while time.monotonic() < self.fin:
            tour += 1
            texte = f"Personne {self.numero}, tour {tour}. " + MOT * 50
            self.tour(texte.strip(), hasard.randrange(UN_ENREGISTREMENT_SUR) == 0)
            time.sleep(hasard.uniform(*PAUSE))

    def tour(self, texte, enregistre):
        if self.poster(self.garder, texte, mesurer=True) == 200:
            self.reconnus[self.brouillon] = texte
        if enregistre:
            code = self.poster(self.enregistrer, texte)
            if code == 302:
                self.enregistres.append(texte)
                self.reconnus.pop(self.brouillon, None)
                self.brouillon = str(uuid4())
            # 200 : un envoi resté sans réponse avait été écrit, le serveur montre un conflit.
            self.version += code in (200, 302)

    def poster(self, adresse, texte, mesurer=False):
        """Le code de la réponse, ou None s'il n'y en a pas eu."""
        corps = urlencode({"texte": texte, "version": self.version, "brouillon": self.brouillon})
        debut = time.perf_counter()
        try:
            lien = http.client.HTTPConnection(HOTE, self.port, timeout=30)
            lien.request("POST", adresse, corps, self.entetes)
            code = lien.getresponse().status
            lien.close()
        except (OSError, http.client.HTTPException):
            self.perdus += 1
            return None
        if mesurer:
            self.durees.append(time.perf_counter() - debut)
        if code not in (200, 302):
            self.refus[code] = self.refus.get(code, 0) + 1
        return code


class Serveur:
    """gunicorn, tel que `manage.py servir` le lance ; on peut le tuer et le relancer."""

    def __init__(self):
        with socket.socket() as prise:
            prise.bind((HOTE, 0))
            self.port = prise.getsockname()[1]
        self.processus = None

    def lancer(self):
        commande = [sys.executable, "-m", "gunicorn", "pams_portal.wsgi", "--preload"]
        commande += ["--bind", f"{HOTE}:{self.port}", "--workers", str(os.cpu_count() + 1)]
        commande += ["--no-control-socket", "--log-level", "error"]
        environnement = os.environ | {"DJANGO_SETTINGS_MODULE": "benchmarks.reglages"}
        self.processus = subprocess.Popen(
            commande, cwd=RACINE, env=environnement, start_new_session=True
        )
        while True:
            try:
                return socket.create_connection((HOTE, self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)

    def tuer(self):
        """SIGKILL au maître et à tous ses ouvriers, sans préavis."""
        os.killpg(self.processus.pid, signal.SIGKILL)
        self.processus.wait()


def preparer(nombre):
    """[(adresse du brouillon, adresse de la part, session, part, compte)] : chacun sa part."""
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from tests import factories as f

    # Nul ne se connecte par mot de passe ici : en calculer deux cents prendrait des minutes.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    plan = f.make_plan()
    for _ in range(nombre):
        partie = f.make_partie(plan)
        compte, part = f.make_utilisateur(partie.acteur), f.make_contribution(partie)
        client = Client()
        client.force_login(compte)
        garder = reverse("plans:part_brouillon", args=[plan.slug, "contributions", part.pk])
        page = reverse("plans:contribution_update", args=[plan.slug, part.pk])
        yield garder, page, client.cookies["sessionid"].value, part, compte


def verifier(personnes, lots):
    """Combien de reconnus manquent : un enregistrement à la part, un brouillon à son texte."""
    from acteurs.models import Acte, Brouillon

    manquants = 0
    for personne, (*_, part, compte) in zip(personnes, lots, strict=True):
        ecrits = {acte.apres.get("texte") for acte in Acte.objects.sur(part)}
        manquants += sum(texte not in ecrits for texte in personne.enregistres)
        # Un envoi sans réponse a pu passer : la base peut être en avance, jamais en retard.
        gardes = {str(b.identifiant): b for b in Brouillon.objects.filter(utilisateur=compte)}
        for nom, texte in personne.reconnus.items():
            trouve = gardes[nom].champs["texte"][0] if nom in gardes else None
            manquants += not (rang(trouve) >= rang(texte) or texte in ecrits)
    return manquants


def rang(texte):
    return int(texte.split("tour ")[1].split(".")[0]) if texte else -1


def mesurer_ici(choix):
    from django.db import connection

    from benchmarks.journal import base_jetable

    with base_jetable() as nom:
        os.environ["MESURES_BASE"] = str(connection.settings_dict["NAME"])
        lots = list(preparer(choix.personnes))
        connection.close()
        serveur = Serveur()
        serveur.lancer()
        try:
            personnes = jouer(serveur, lots, choix)
        finally:
            serveur.tuer()
        manquants = verifier(personnes, lots)
        dire(nom, personnes, choix, manquants)
    return 1 if manquants else 0


def jouer(serveur, lots, choix):
    fin = time.monotonic() + choix.secondes
    personnes = [
        Personne(numero, (garder, page), session, serveur.port, fin)
        for numero, (garder, page, session, *_) in enumerate(lots)
    ]
    for personne in personnes:
        personne.start()
    if choix.tuer:
        time.sleep(choix.secondes / 2)
        serveur.tuer()
        serveur.lancer()
    for personne in personnes:
        personne.join(timeout=60 + max(0, fin - time.monotonic()))
    return personnes


def dire(nom, personnes, choix, manquants):
    durees = [duree for personne in personnes for duree in personne.durees]
    if len(durees) < 2:
        print(f"{nom} : trop peu de réponses pour mesurer ; allongez --secondes.")
        return
    centiles = quantiles(durees, n=100)
    refus = {}
    for personne in personnes:
        for code, nombre in personne.refus.items():
            refus[code] = refus.get(code, 0) + nombre
    detail = (
        f"{nom}, {choix.personnes} personnes, {choix.secondes} s"
        f"{', serveur tué au milieu' if choix.tuer else ''} : {len(durees)} brouillons gardés, "
        f"p95 {centiles[94] * 1000:.0f} ms, "
        f"{sum(len(p.enregistres) for p in personnes)} enregistrements reconnus, "
        f"{sum(p.perdus for p in personnes)} envois sans réponse, refus {refus or 'aucun'}, "
        f"{manquants} reconnus et introuvables"
    )
    if choix.en_tableau:
        print(json.dumps(["brouillon gardé", detail, f"{centiles[49]:.4f}", "", ""]), flush=True)
    else:
        print(f"{detail} (p50 {centiles[49] * 1000:.0f} ms).", flush=True)


def principal():
    lecteur = argparse.ArgumentParser(description=__doc__)
    lecteur.add_argument("--personnes", type=int, default=50)
    lecteur.add_argument("--secondes", type=int, default=30)
    lecteur.add_argument("--tuer", action="store_true")
    lecteur.add_argument("--en-tableau", action="store_true", help="pour `make bench`")
    choix = lecteur.parse_args()
    choix.personnes = min(choix.personnes, PERSONNES_AU_PLUS)
    choix.secondes = min(choix.secondes, SECONDES_AU_PLUS)
    with tempfile.TemporaryDirectory(prefix="pams-redaction-") as dossier:
        os.environ["DONNEES_DIR"] = dossier
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pams_portal.settings")
        import django

        django.setup()
        # Interrompue, la mesure ne laisse derrière elle ni serveur ni base.
        signal.signal(signal.SIGTERM, lambda numero, _: sys.exit(128 + numero))
        return mesurer_ici(choix)


if __name__ == "__main__":
    sys.exit(principal())
