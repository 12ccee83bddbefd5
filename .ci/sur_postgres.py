"""Lance une commande sur un vrai PostgreSQL, dans une base à elle, supprimée quoi qu'il arrive.

Usage : `.venv/bin/python .ci/sur_postgres.py pytest…` ; sans commande, dit seulement si un serveur
répond. Le serveur est celui de DATABASE_URL_TEST, sinon celui de PGHOST, PGPORT et PGUSER, sinon
127.0.0.1:5432 avec l'utilisateur postgres. Code de sortie 69 quand aucun serveur ne répond.
"""

import os
import secrets
import signal
import subprocess
import sys
from urllib.parse import quote, urlsplit

import psycopg

SANS_SERVEUR = 69


def adresse_du_serveur():
    """L'adresse du serveur d'essai, sans nom de base : `postgres://utilisateur@hôte:port`."""
    if adresse := os.environ.get("DATABASE_URL_TEST"):
        morceaux = urlsplit(adresse)
        return f"postgres://{morceaux.netloc}"
    utilisateur = quote(os.environ.get("PGUSER", "postgres"), safe="")
    hote = quote(os.environ.get("PGHOST", "127.0.0.1"), safe="")
    return f"postgres://{utilisateur}@{hote}:{os.environ.get('PGPORT', '5432')}"


def connexion(serveur):
    return psycopg.connect(f"{serveur}/postgres", autocommit=True, connect_timeout=5)


def regler_les_signaux(reponse):
    for numero in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(numero, reponse)


def supprimer(serveur, base):
    """Supprime la base et celles que les essais joués de front ont nommées d'après elle."""
    with connexion(serveur) as session:
        recherche = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        for (nom,) in session.execute(recherche, [base]).fetchall():
            session.execute(f'DROP DATABASE IF EXISTS "{nom}" WITH (FORCE)')


def executer(serveur, commande):
    """Joue `commande` avec DATABASE_URL ; les essais y préfixent leur base par `test_`."""
    base = f"pams_{os.getpid()}_{secrets.token_hex(4)}"
    environnement = {**os.environ, "DATABASE_URL": f"{serveur}/{base}"}
    regler_les_signaux(lambda numero, _: sys.exit(128 + numero))
    enfant = subprocess.Popen(commande, env=environnement)
    try:
        return enfant.wait()
    except SystemExit:
        enfant.terminate()
        enfant.wait()
        raise
    finally:
        regler_les_signaux(signal.SIG_IGN)  # un second Ctrl-C n'empêche pas de ranger
        supprimer(serveur, f"test_{base}")


def principal():
    serveur = adresse_du_serveur()
    try:
        with connexion(serveur) as session:
            version = session.info.server_version // 10000
    except psycopg.OperationalError as erreur:
        raison = str(erreur).strip().splitlines()[0]
        sys.stderr.write(
            f"Aucun PostgreSQL ne répond ({raison}).\n"
            "Désignez-en un par PGHOST, PGPORT, PGUSER et PGPASSWORD, ou par DATABASE_URL_TEST.\n"
        )
        return SANS_SERVEUR
    sys.stderr.write(f"PostgreSQL {version} répond.\n")
    return executer(serveur, sys.argv[1:]) if sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(principal())
