"""L'inventaire national : ce que coûte chaque page, en temps d'une vue Django nue.

Le même gunicorn (un processus synchrone, sur la boucle locale) sert le portail et une vue qui rend
une constante à travers les mêmes intergiciels. Les cas passent à tour de rôle : une machine chargée
les ralentit tous. Le calcul est celui du seul serveur web, que les autres travaux n'allongent pas.
« jamais vue » : cette adresse n'a jamais été demandée, rien n'en est gardé ; « après une
écriture » : une fiche vient de changer, l'instantané de l'inventaire est à relire.

Visées, en temps de la vue nue : fiche 5, liste 15 (SQLite) ou 25 (PostgreSQL), recherche 40, 304
1,5 ; recherche sur PostgreSQL, p95 sous 150 ms ; liste à 30 000 au plus 1,3 fois celle à 3 000.
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
from statistics import mean, median, quantiles
from typing import NamedTuple
from urllib.parse import quote

RACINE = Path(__file__).parent.parent
TAILLES = (3_000, int(os.environ.get("MESURES_DISPOSITIFS", "30000")))
TOURS, DUREE_MAX = 60, 25  # au plus soixante tours, et au plus vingt-cinq secondes par taille
NUE, APRES = "vue nue", "liste, après une écriture"
COMPAREES = ("liste, déjà vue", "liste, jamais vue", "recherche, jamais vue", "fiche, jamais vue")


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

    deja, temps = 0, {}
    with base_jetable() as nom:
        for taille in TAILLES:
            debut = time.perf_counter()
            garnir(taille, deja)
            _dire("inventaire garni", f"{nom}, de {deja} à {taille} fiches", _depuis(debut))
            deja = taille
            for cas, detail, secondes, rapport in mesures():
                temps[taille, cas] = float(secondes)
                _dire(cas, f"{nom}, {taille} fiches, {detail}", secondes, rapport)
        for cas in COMPAREES:
            petite, grande = (temps[taille, cas] for taille in TAILLES)
            detail = f"{nom}, {TAILLES[1]} fiches contre {TAILLES[0]}"
            _dire(cas, detail, f"{grande:.4f}", f"{grande / petite:.1f}")


def _dire(cas, detail, secondes, rapport=""):
    print(json.dumps([cas, detail, secondes, rapport, ""]), flush=True)


def _depuis(debut):
    return f"{time.perf_counter() - debut:.1f}"


def mesures():
    """Sert la base courante et mesure chaque cas : (cas, détail, secondes, rapport)."""
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
        durees, calculs = _jouer(port, _cas(), serveur.pid)
    finally:
        serveur.terminate()
        serveur.wait(10)
    nue, nue_moyenne = median(durees[NUE]), mean(durees[NUE])
    for cas, siennes in durees.items():
        p50, p95, moyenne = median(siennes), quantiles(siennes, n=20)[18], mean(siennes)
        debit = f"{1 / moyenne:.0f} par s (÷ {moyenne / nue_moyenne:.1f})"
        calcul = f"calcul {calculs[cas] * 1000:.1f} ms (× {calculs[cas] / calculs[NUE]:.1f})"
        detail = f"p95 {p95 * 1000:.0f} ms, {debit}, {calcul}"
        yield cas, detail, f"{p50:.4f}", f"{p50 / nue:.1f}"


class Cas(NamedTuple):
    """Des adresses demandées tour à tour. `neuve` : chacune l'est pour la première fois ;
    `de_retour` : avec l'ETag d'une visite d'avant, elle n'a pas changé (304)."""

    adresses: list
    neuve: bool = False
    de_retour: bool = False


def _cas():
    """{nom: Cas}, la vue nue d'abord, l'écriture en dernier."""
    from django.urls import reverse

    from bassins.models import Commune
    from dispositifs.models import Dispositif
    from dispositifs.solutions import BESOINS
    from dispositifs.typologie import LIBELLE_PAR_TYPE

    hasard = random.Random(7)
    publiees = list(Dispositif.objects.publies().order_by("pk").values_list("pk", flat=True))
    mots = ["garage", "permis", "TAD", "vélo", "covoiturage", "microcrédit", "transport", "aide"]
    communes = hasard.sample(list(Commune.objects.order_by("pk").values_list("pk", flat=True)), 40)
    liste, solutions = reverse("dispositifs:dispositif_list"), reverse("solutions")
    recherches = [f"{liste}?q={quote(mot)}" for mot in mots]
    fiches = [f"{liste}{pk}/" for pk in hasard.sample(publiees, 100)]
    besoins = cycle(BESOINS)
    return {
        NUE: Cas(["/nue/"]),
        "fiche, déjà vue": Cas(fiches),
        "fiche, jamais vue": Cas(fiches, neuve=True),
        "fiche, 304": Cas(fiches[:1], de_retour=True),
        "liste, déjà vue": Cas([liste]),
        "liste, 304": Cas([liste], de_retour=True),
        "liste, jamais vue": Cas([f"{liste}?page={n}" for n in range(1, 21)], neuve=True),
        "facette, jamais vue": Cas([f"{liste}?type={t}" for t in LIBELLE_PAR_TYPE], neuve=True),
        "recherche, jamais vue": Cas(recherches, neuve=True),
        "recherche et facette, jamais vue": Cas(
            [f"{adresse}&bassin=bassin-{n:03d}" for n, adresse in enumerate(recherches)], neuve=True
        ),
        "solutions d'une commune": Cas(
            [f"{solutions}?commune=%28{code}%29&besoin={next(besoins)}" for code in communes]
        ),
        APRES: Cas([liste]),
    }


def _calcul(maitre):
    """Les secondes de processeur de l'ouvrier de ce gunicorn, à la nanoseconde (Linux)."""
    [ouvrier] = Path(f"/proc/{maitre}/task/{maitre}/children").read_text().split()
    return int(Path(f"/proc/{ouvrier}/schedstat").read_text().split()[0]) / 1e9


def _jouer(port, cas, maitre):
    """({cas: [secondes]}, {cas: secondes de calcul, en médiane})"""
    from bassins.revision import Revision, Sujet

    durees, calculs = {nom: [] for nom in cas}, {nom: [] for nom in cas}
    suites = {nom: cycle(un.adresses) for nom, un in cas.items()}
    debut = time.perf_counter()
    for tour in range(-3, TOURS):
        for nom, un in cas.items():
            adresse, entetes = next(suites[nom]), {}
            if un.neuve:
                adresse += f"{'&' if '?' in adresse else '?'}tour={tour}"
            elif nom == APRES:
                Revision.monter(Sujet.INVENTAIRE)
            else:
                _, etag = _demander(port, adresse)  # la visite d'avant
                entetes = {"If-None-Match": etag} if un.de_retour else {}
            depart, avant = time.perf_counter(), _calcul(maitre)
            statut, _ = _demander(port, adresse, entetes)
            duree, calcul = time.perf_counter() - depart, _calcul(maitre) - avant
            assert statut == (304 if un.de_retour else 200), (nom, statut)
            if tour >= 0:
                durees[nom].append(duree)
                calculs[nom].append(calcul)
        if tour > 5 and time.perf_counter() - debut > DUREE_MAX:
            break
    return durees, {nom: median(siens) for nom, siens in calculs.items()}


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
