"""Le superviseur : de vrais processus, de vrais signaux."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.lent

# Un enfant tient un verrou tant qu'il vit, et inscrit son numéro à chaque naissance.
ENFANT = """
import fcntl, os, sys, time
journal = open(sys.argv[1], "a")
fcntl.flock(journal, fcntl.LOCK_EX)
print(os.getpid(), file=journal, flush=True)
time.sleep(float(sys.argv[2]))
sys.exit(int(sys.argv[3]))
"""
SUPERVISEUR = """
import sys
import django
django.setup()
from pams_portal.management.commands.servir import Superviseur
web, ouvrier = ([sys.executable, "-c", sys.argv[1], *sys.argv[i:i + 3]] for i in (2, 5))
sys.exit(Superviseur(web, ouvrier, print).servir("127.0.0.1", 9, None))
"""


def attendre(condition, delai=20):
    limite = time.monotonic() + delai
    while not (resultat := condition()):
        assert time.monotonic() < limite, "rien n'est venu à temps"
        time.sleep(0.05)
    return resultat


def naissances(journal):
    return [int(ligne) for ligne in journal.read_text().split()] if journal.exists() else []


def vivant(journal):
    with journal.open() as fichier:
        try:
            fcntl.flock(fichier, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.fixture
def environnement(tmp_path):
    return os.environ | {
        "DONNEES_DIR": str(tmp_path / "donnees"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/essai.sqlite3",
        "DJANGO_SETTINGS_MODULE": "pams_portal.settings",
    }


@pytest.fixture
def superviser(tmp_path, environnement):
    """Lance un superviseur sur deux enfants ; rend son processus et leurs deux journaux."""
    lances = []

    def lancer(vie_du_web=600, code_du_web=0):
        journaux = tmp_path / "web", tmp_path / "ouvrier"
        arguments = [journaux[0], vie_du_web, code_du_web, journaux[1], 600, 0]
        processus = subprocess.Popen(
            [sys.executable, "-c", SUPERVISEUR, ENFANT, *map(str, arguments)],
            env=environnement,
            cwd=settings.BASE_DIR,
        )
        lances.append(processus)
        attendre(lambda: processus.poll() or all(naissances(journal) for journal in journaux))
        return processus, *journaux

    yield lancer
    for processus in lances:
        processus.terminate()
        processus.wait()


@pytest.mark.parametrize("numero", [signal.SIGINT, signal.SIGTERM])
def test_un_seul_signal_arrete_le_web_et_l_ouvrier(superviser, numero):
    superviseur, web, ouvrier = superviser()
    superviseur.send_signal(numero)
    assert superviseur.wait(20) == 0
    assert (vivant(web), vivant(ouvrier)) == (False, False)
    assert (len(naissances(web)), len(naissances(ouvrier))) == (1, 1)


def test_un_ouvrier_tue_est_relance_et_le_web_n_en_souffre_pas(superviser):
    _, web, ouvrier = superviser()
    os.kill(naissances(ouvrier)[0], signal.SIGKILL)
    attendre(lambda: len(naissances(ouvrier)) == 2)
    assert vivant(ouvrier)
    assert len(naissances(web)) == 1


def test_la_mort_du_web_arrete_l_ouvrier_et_donne_son_code(superviser):
    superviseur, _, ouvrier = superviser(vie_du_web=1, code_du_web=3)
    assert superviseur.wait(20) == 3
    assert not vivant(ouvrier)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl n'existe que sous Linux")
def test_un_superviseur_tue_net_ne_laisse_aucun_enfant(superviser):
    superviseur, web, ouvrier = superviser()
    superviseur.kill()
    superviseur.wait()
    attendre(lambda: not vivant(web) and not vivant(ouvrier))


@pytest.fixture
def port():
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]


def test_un_port_deja_pris_est_dit_en_francais():
    with socket.create_server(("127.0.0.1", 0)) as prise:
        pris = prise.getsockname()[1]
        with pytest.raises(CommandError, match=f"Le port {pris} est déjà pris"):
            call_command("servir", port=pris)


def test_le_portail_repond_puis_s_arrete_proprement(environnement, port):
    manage = [sys.executable, "manage.py"]
    reglages = {"env": environnement, "cwd": settings.BASE_DIR}
    subprocess.run([*manage, "migrate", "--verbosity", "0"], check=True, **reglages)
    portail = subprocess.Popen(
        [*manage, "servir", "--port", str(port)], stdout=subprocess.PIPE, text=True, **reglages
    )
    try:
        attendues = (ligne for ligne in portail.stdout if "répond" in ligne)
        assert f"http://127.0.0.1:{port}/" in next(attendues)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sante/") as reponse:
            assert reponse.status == 200
    finally:
        portail.send_signal(signal.SIGINT)
        suite = portail.communicate(timeout=40)[0]
    assert portail.returncode == 0
    assert suite.endswith("Le portail est arrêté.\n")
    with socket.socket() as prise:
        assert prise.connect_ex(("127.0.0.1", port)) != 0
