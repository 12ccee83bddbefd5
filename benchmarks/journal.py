"""Ce que coûte le journal : enregistrer 2 ko de texte, avec et sans lui, sur les deux bases.

`python -m benchmarks.journal` joue tout ; `mesurer()` rend les mêmes lignes à `benchmarks`. Les
cas sont joués à tour de rôle : une machine chargée les ralentit tous également.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

RACINE = Path(__file__).parent.parent
ECHAUFFEMENT, REPETITIONS = 50, 500
SIGNES = 2000
PROFONDEURS = (1, 100)  # de combien d'actes on revient en arrière


def principal():
    print("| base | cas | p50 (ms) | p99 (ms) |")
    print("| --- | --- | --- | --- |", flush=True)
    for base, cas, p50, p99 in sur_les_deux_bases():
        print(f"| {base} | {cas} | {en_ms(p50)} | {en_ms(p99)} |", flush=True)


def mesurer():
    """Les lignes du tableau commun ; le rapport est à l'écriture nue de la même base."""
    nues = {}
    for base, cas, p50, p99 in sur_les_deux_bases():
        rapport = p50 / nues.setdefault(base, p50)
        taille = f"{base}, 2 ko, p99 {en_ms(p99)} ms"
        yield cas, taille, f"{p50:.4f}", f"{rapport:.1f}", ""


def sur_les_deux_bases():
    """[(base, cas, p50, p99)] sur SQLite, puis sur PostgreSQL si un serveur répond."""
    sans_adresse = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    ici = [sys.executable, "-m", "benchmarks.journal", "--sur-cette-base"]
    for lanceur in ([], [sys.executable, ".ci/sur_postgres.py"]):
        with tempfile.TemporaryDirectory() as dossier:
            environnement = sans_adresse | {"DONNEES_DIR": dossier}
            sortie = subprocess.run(
                [*lanceur, *ici], cwd=RACINE, env=environnement, stdout=subprocess.PIPE, text=True
            ).stdout
        yield from (json.loads(ligne) for ligne in sortie.splitlines())


def sur_cette_base():
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pams_portal.settings")
    django.setup()
    with base_jetable() as nom:
        for mesure in mesures():
            print(json.dumps([nom, *mesure]), flush=True)


@contextmanager
def base_jetable():
    """Une base neuve, en fichier même sur SQLite : la mémoire ne dirait rien du disque."""
    from django.conf import settings
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = (
        str(settings.DONNEES_DIR / "mesure.sqlite3") if connection.vendor == "sqlite" else None
    )
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield connection.display_name
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def mesures(repetitions=REPETITIONS):
    """[(cas, p50, p99)] en secondes, sur la base courante ; y crée de quoi mesurer."""
    from pams_portal.droits import Droit, exiger
    from tests.factories import make_contribution, make_partie, make_plan, make_utilisateur

    partie = make_partie(make_plan())
    agente = make_utilisateur(partie.acteur)
    contributions = {cas: make_contribution(partie) for cas in ECRITURES}
    place = exiger(agente, Droit.CONTRIBUER, next(iter(contributions.values())))
    durees = {cas: [] for cas in ECRITURES}
    for tour in range(-ECHAUFFEMENT, repetitions):
        for cas, ecrire in ECRITURES.items():
            duree = chronometrer(ecrire, contributions[cas], texte(tour), agente, place)
            if tour >= 0:
                durees[cas].append(duree)
    for cas, mesurees in durees.items():
        yield cas, *p50_p99(mesurees)
    yield from retours_en_arriere(contributions[AVEC_JOURNAL], repetitions)


def chronometrer(acte, *arguments):
    debut = time.perf_counter()
    acte(*arguments)
    return time.perf_counter() - debut


def p50_p99(durees):
    centiles = quantiles(durees, n=100)
    return centiles[49], centiles[98]


def texte(tour):
    """2 ko de prose, différents à chaque tour."""
    return (f"Tour {tour}. " + "Le conseil en mobilité se tient à Roye. " * 50)[:SIGNES]


def en_ms(secondes):
    return f"{secondes * 1000:.2f}".replace(".", ",")


# --- Ce qui est mesuré ---------------------------------------------------------------------------


def nue(contribution, neuf, agente, place):
    from django.db import transaction

    with transaction.atomic():
        contribution.texte = neuf
        contribution.save()


def avec_document(contribution, neuf, agente, place):
    """Sans journal, mais avec ce que toute écriture entraîne : la révision et son document."""
    from django.db import transaction

    with transaction.atomic():
        contribution.texte = neuf
        contribution.save()
        contribution.apres_ecriture()


def avec_journal(contribution, neuf, agente, place):
    from django.db import transaction

    with transaction.atomic():
        avant = contribution.valeurs()
        contribution.texte = neuf
        contribution.save()
        contribution.consigner(agente, place, "modifier", avant)


def acte_entier(contribution, neuf, agente, place):
    """Ce que fait une vue : verrous, droit revérifié, écriture, journal, document."""
    from pams_portal.droits import Droit

    contribution.agir(agente, Droit.CONTRIBUER, "modifier", texte=neuf)


AVEC_JOURNAL = "écriture, document et journal"
ECRITURES = {
    "écriture nue": nue,
    "écriture et document": avec_document,
    AVEC_JOURNAL: avec_journal,
    "acte entier (verrous et droit compris)": acte_entier,
}


def retours_en_arriere(contribution, repetitions):
    """Retrouver les valeurs d'une version passée, selon le nombre d'actes à remonter."""
    contribution.refresh_from_db()
    for profondeur in PROFONDEURS:
        version = contribution.version - profondeur
        durees = [
            chronometrer(contribution.valeurs_a_la_version, version)
            for _ in range(max(100, repetitions // 5))
        ]
        yield f"retour {profondeur} acte(s) en arrière", *p50_p99(durees)


if __name__ == "__main__":
    sur_cette_base() if "--sur-cette-base" in sys.argv else principal()
