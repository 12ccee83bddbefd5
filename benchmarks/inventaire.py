"""L'inventaire national : ce que coûte chaque page, en temps d'une vue Django nue.

Le même gunicorn (un processus synchrone, sur la boucle locale) sert le portail et une vue qui rend
une constante à travers les mêmes intergiciels. Les cas passent à tour de rôle : une machine chargée
les ralentit tous. « jamais vue » : l'adresse ou l'inventaire viennent de changer, rien n'est gardé.
"""

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path
from statistics import mean, quantiles
from urllib.parse import quote

RACINE = Path(__file__).parent.parent
TAILLES = (3_000, int(os.environ.get("MESURES_DISPOSITIFS", "30000")))
TOURS, DUREE_MAX = 60, 90  # au plus soixante tours, et au plus quatre-vingt-dix secondes
NUE = "vue nue"


def mesurer():
    """Les lignes du tableau commun, sur SQLite puis sur PostgreSQL si un serveur répond."""
    sans_adresse = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    ici = [sys.executable, "-m", "benchmarks.inventaire"]
    for lanceur in ([], [sys.executable, ".ci/sur_postgres.py"]):
        with tempfile.TemporaryDirectory() as dossier:
            sortie = subprocess.run(
                [*lanceur, *ici],
                cwd=RACINE,
                env=sans_adresse | {"DONNEES_DIR": dossier},
                stdout=subprocess.PIPE,
                text=True,
            ).stdout
        yield from (json.loads(ligne) for ligne in sortie.splitlines())


def sur_cette_base():
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pams_portal.settings")
    django.setup()
    from benchmarks.journal import base_jetable
    from benchmarks.national import garnir

    deja = 0
    with base_jetable() as nom:
        for taille in TAILLES:
            garnir(taille, deja)
            deja = taille
            for ligne in mesures():
                print(json.dumps([ligne[0], f"{nom}, {taille} fiches, {ligne[1]}", *ligne[2:]]))


def mesures():
    """Sert la base courante et mesure chaque cas : (cas, détail, secondes, rapport, "")."""
    from django.db import connection

    port = _port_libre()
    sur_la_base = {
        "DJANGO_SETTINGS_MODULE": "benchmarks.reglages",
        "MESURES_BASE": str(connection.settings_dict["NAME"]),
    }
    serveur = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "pams_portal.wsgi", "--workers", "1"),
            *("--bind", f"127.0.0.1:{port}", "--log-level", "error", "--no-control-socket"),
        ],
        cwd=RACINE,
        env=os.environ | sur_la_base,
    )
    try:
        _attendre(port)
        durees = _jouer(port, _cas(port))
    finally:
        serveur.terminate()
        serveur.wait(10)
    nue = quantiles(durees[NUE], n=20)[9]
    for cas, siennes in durees.items():
        p50, p95 = quantiles(siennes, n=20)[9], quantiles(siennes, n=20)[18]
        detail = f"p95 {p95 * 1000:.0f} ms, {1 / mean(siennes):.0f} par s"
        yield cas, detail, f"{p50:.4f}", f"{p50 / nue:.1f}", ""


def _cas(port):
    """{cas: (adresses, en-têtes, faut-il une écriture avant)}"""
    from django.urls import reverse

    from dispositifs.models import Dispositif
    from dispositifs.typologie import LIBELLE_PAR_TYPE

    hasard = random.Random(7)
    publiees = list(Dispositif.objects.publies().values_list("pk", flat=True)[:500])
    types = list(LIBELLE_PAR_TYPE)
    mots = ["garage", "permis", "TAD", "vélo", "covoiturage", "microcrédit", "transport", "aide"]
    liste = reverse("dispositifs:dispositif_list")
    etag = _demander(port, liste)[1]
    return {
        NUE: (["/nue/"], {}, False),
        "fiche": ([f"{liste}{pk}/" for pk in hasard.sample(publiees, 100)], {}, False),
        "liste, déjà vue": ([liste], {}, False),
        "liste, 304": ([liste], {"If-None-Match": etag}, False),
        "liste, jamais vue": ([liste], {}, True),
        "facette, jamais vue": ([f"{liste}?type={type_}" for type_ in types], {}, True),
        "recherche, jamais vue": (_en_url(liste, mots), {}, True),
        "recherche et facette, jamais vue": (
            [f"{adresse}&bassin=bassin-{n:03d}" for n, adresse in enumerate(_en_url(liste, mots))],
            {},
            True,
        ),
    }


def _en_url(liste, mots):
    return [f"{liste}?q={quote(mot)}" for mot in mots]


def _jouer(port, cas):
    from bassins.revision import Revision, Sujet

    durees = {nom: [] for nom in cas}
    suites = {nom: cycle(adresses) for nom, (adresses, _, _) in cas.items()}
    debut = time.perf_counter()
    for tour in range(-3, TOURS):
        for nom, (_, entetes, apres_ecriture) in cas.items():
            if apres_ecriture:
                Revision.monter(Sujet.INVENTAIRE)
            if "If-None-Match" in entetes:
                entetes = {"If-None-Match": _demander(port, "/dispositifs/")[1]}
            depart = time.perf_counter()
            statut, _ = _demander(port, next(suites[nom]), entetes)
            duree = time.perf_counter() - depart
            assert statut == (304 if entetes else 200), (nom, statut)
            if tour >= 0:
                durees[nom].append(duree)
        if tour > 5 and time.perf_counter() - debut > DUREE_MAX:
            break
    return durees


def _demander(port, adresse, entetes=None):
    """Une requête, une connexion : gunicorn synchrone n'en garde pas d'ouverte."""
    connexion = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connexion.request("GET", adresse, headers=entetes or {})
    reponse = connexion.getresponse()
    reponse.read()
    connexion.close()
    return reponse.status, reponse.headers.get("ETag", "")


def _port_libre():
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]


def _attendre(port):
    for _ in range(300):
        try:
            return _demander(port, "/nue/")
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("Le serveur de mesure n'a pas démarré.")


if __name__ == "__main__":
    sur_cette_base()
