"""Le navigateur des parcours : le Chromium du système, en français, devant le portail qui tourne.

La démonstration est chargée une fois, dans une base à part : chaque essai y écrit dans une part ou
une fiche qui n'est qu'à lui, comme le feraient des personnes différentes le même jour.
"""

import os
import shutil
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import expect

HOTE = "127.0.0.1"
# Un 403 que l'essai vérifie lui-même ; une requête qu'une plus récente remplace (hx-sync).
ATTENDUS = ("Failed to load resource", "htmx: htmx:error: signal is aborted without reason")
PATIENCE = 15_000  # millisecondes : une machine chargée est lente, elle n'a pas tort
ESSAI = {
    "DEMO": True,
    "ALLOWED_HOSTS": [HOTE],
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
}

# Playwright tient une boucle d'événements ; l'essai n'en lit pas moins la base, tout droit.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def base_url():
    """Aucune adresse commune : chaque serveur d'essai choisit son port."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        pytest.skip("aucun Chromium : sudo apt-get install chromium")
    # Chromium refuse de s'isoler quand il est lancé par root, comme dans un conteneur.
    isolement = ["--no-sandbox"] if os.geteuid() == 0 else []
    return browser_type_launch_args | {"executable_path": chromium, "args": isolement}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "fr-FR", "timezone_id": "Europe/Paris"}


@pytest.fixture(scope="package")
def base(django_db_blocker, tmp_path_factory):
    """Une base à part, garnie de la démonstration, où le serveur et l'essai ont chacun la leur.

    La base en mémoire des autres essais n'a qu'une connexion, que deux requêtes se disputeraient :
    on la met de côté, ouverte, et on la rend à la fin.
    """
    reglages = connection.settings_dict
    sqlite = connection.vendor == "sqlite"
    nom = tmp_path_factory.mktemp("base") / "parcours.sqlite3" if sqlite else "test_pams_parcours"
    ancien, ancien_essai = reglages["NAME"], reglages["TEST"]["NAME"]
    with django_db_blocker.unblock(), override_settings(**ESSAI):
        ancienne, connection.connection = connection.connection, None
        reglages["TEST"]["NAME"] = str(nom)
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        call_command("demo", verbosity=0, stdout=StringIO())
        yield
        connection.creation.destroy_test_db(ancien, verbosity=0)
        reglages["TEST"]["NAME"], connection.connection = ancien_essai, ancienne


@pytest.fixture(scope="package")
def portail(base):
    """L'adresse du portail, servi par autant de fils que le navigateur en demande."""
    serveur = LiveServerThread(HOTE, StaticFilesHandler)
    serveur.daemon = True
    serveur.start()
    serveur.is_ready.wait()
    assert serveur.error is None
    yield f"http://{HOTE}:{serveur.port}"
    serveur.terminate()


@pytest.fixture
def visiteur(new_context, portail):
    """`visiteur("region")` : une page neuve, cookies à part, connectée si l'on nomme un compte.

    À la fin de l'essai, aucune page n'a appelé un autre hôte ni heurté la politique de sécurité.
    """
    reproches = []

    def noter_la_console(message):
        if message.type == "error" and not message.text.startswith(ATTENDUS):
            reproches.append(message.text)

    def noter_les_hotes(requete):
        # « chrome: » et « data: » ne quittent pas la machine : le lecteur de PDF, une icône.
        if requete.url.startswith(("http", "ws")) and not requete.url.startswith(f"{portail}/"):
            reproches.append(f"appel à {requete.url}")

    def ouvrir(compte=None, **options):
        contexte = new_context(base_url=portail, **options)
        contexte.set_default_timeout(PATIENCE)
        contexte.on("console", noter_la_console)
        contexte.on("weberror", lambda erreur: reproches.append(str(erreur.error)))
        contexte.on("request", noter_les_hotes)
        if compte:
            contexte.add_cookies([session_de(compte, portail)])
        return contexte.new_page()

    yield ouvrir
    assert reproches == []


def session_de(compte, portail):
    """Le cookie d'une session ouverte, pour les essais qui ne portent pas sur la connexion."""
    client = Client()
    client.force_login(get_user_model().objects.get(courriel=f"{compte}@example.org"))
    nom = settings.SESSION_COOKIE_NAME
    return {"name": nom, "value": client.cookies[nom].value, "url": portail}
