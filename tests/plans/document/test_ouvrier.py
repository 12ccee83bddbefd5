"""L'ouvrier en vrai : un processus, une base, un signal, une mort subite."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError

from plans.management.commands.ouvrier import Ouvrier
from plans.models import Document
from tests.plans.document.decor import make_plan_garni

GARNIR = (
    "from tests.plans.document.decor import make_plan_garni;"
    "make_plan_garni(fiches=4, dispositifs=3, slug='essai')"
)


class Atelier:
    """Une installation jetable, vue de l'extérieur : commandes et base SQLite."""

    def __init__(self, dossier):
        self.dossier = dossier
        self.environnement = os.environ | {
            "DONNEES_DIR": str(dossier),
            "DATABASE_URL": f"sqlite:///{dossier / 'essai.sqlite3'}",
        }
        self.lances = []

    def manage(self, *mots):
        commande = [sys.executable, "manage.py", *mots]
        subprocess.run(
            commande, cwd=settings.BASE_DIR, env=self.environnement, check=True, timeout=120
        )

    def lancer_l_ouvrier(self):
        commande = [sys.executable, "manage.py", "ouvrier", "--pause", "0.2"]
        ouvrier = subprocess.Popen(commande, cwd=settings.BASE_DIR, env=self.environnement)
        self.lances.append(ouvrier)
        return ouvrier

    def base(self, requete, *valeurs):
        connexion = sqlite3.connect(self.dossier / "essai.sqlite3", timeout=20)
        try:
            with connexion:
                return connexion.execute(requete, valeurs).fetchall()
        finally:
            connexion.close()

    def attendre(self, etat, delai=90):
        limite = time.monotonic() + delai
        while time.monotonic() < limite:
            lignes = self.base("select etat, tentative from plans_document")
            if lignes and lignes[0][0] == etat:
                return lignes[0]
            time.sleep(0.05)
        raise AssertionError(f"jamais « {etat} » : {lignes}")


@pytest.fixture
def atelier(tmp_path):
    atelier = Atelier(tmp_path)
    atelier.manage("migrate", "-v0")
    atelier.manage("shell", "-v0", "-c", GARNIR)
    yield atelier
    for ouvrier in atelier.lances:
        ouvrier.kill()
        ouvrier.wait()


@pytest.mark.lent
def test_un_ouvrier_tue_net_est_remplace_et_le_document_sort(atelier):
    victime = atelier.lancer_l_ouvrier()
    atelier.attendre("en_cours")
    victime.kill()
    victime.wait()
    assert atelier.base("select etat, tentative from plans_document") == [("en_cours", 1)]
    # Deux minutes de silence, sans les attendre.
    jadis = datetime.now(UTC) - timedelta(minutes=3)
    atelier.base("update plans_document set battement = ?", jadis.strftime("%Y-%m-%d %H:%M:%S"))
    remplacant = atelier.lancer_l_ouvrier()
    assert atelier.attendre("pret") == ("pret", 2)
    (fichier,) = (atelier.dossier / "fichiers" / "documents").iterdir()
    assert fichier.read_bytes().startswith(b"%PDF-")
    remplacant.send_signal(signal.SIGTERM)
    assert remplacant.wait(timeout=10) == 0


@pytest.mark.lent
def test_un_signal_d_arret_laisse_finir_le_document(atelier):
    ouvrier = atelier.lancer_l_ouvrier()
    atelier.attendre("en_cours")
    ouvrier.send_signal(signal.SIGTERM)
    assert ouvrier.wait(timeout=60) == 0
    assert atelier.base("select etat, tentative from plans_document") == [("pret", 1)]


@pytest.mark.lent
def test_une_base_verrouillee_longtemps_ne_tue_pas_l_ouvrier(atelier):
    """Vingt secondes d'attente, puis l'erreur : il doit y survivre et reprendre."""
    verrou = sqlite3.connect(atelier.dossier / "essai.sqlite3", isolation_level=None)
    verrou.execute("begin immediate")
    ouvrier = atelier.lancer_l_ouvrier()
    time.sleep(26)
    assert ouvrier.poll() is None
    verrou.execute("rollback")
    verrou.close()
    assert atelier.attendre("pret")[0] == "pret"


@pytest.mark.django_db(transaction=True)
def test_une_fois_fait_tout_ce_qui_attend(monkeypatch):
    from pams_portal.impression import Impression

    monkeypatch.setattr("plans.taches.imprimer_a_part", lambda h, p: Impression(b"%PDF", 1))
    plan = make_plan_garni(fiches=1, dispositifs=1)
    call_command("ouvrier", "--une-fois")
    assert plan.documents.get().etat == Document.Etat.PRET


def test_une_panne_de_base_fait_attendre(monkeypatch, db):
    ouvrier = Ouvrier(pause=0)
    passages = []

    def tomber():
        passages.append(1)
        if len(passages) == 2:
            ouvrier.running = False
        raise OperationalError("database is locked")

    monkeypatch.setattr(ouvrier, "faire_sa_ronde", tomber)
    monkeypatch.setattr("plans.management.commands.ouvrier.connection.close", lambda: None)
    ouvrier.travailler()
    assert len(passages) == 2
