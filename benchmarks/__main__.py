"""Toutes les mesures, un tableau par sujet : `make bench`, ou `python -m benchmarks [mot…]`.

Chaque mesure part d'une base jetable. Un mot ne garde que les mesures dont le nom le contient.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent


def preparer(dossier):
    """Une installation vide et jetable : base, fichiers et clé dans un dossier temporaire."""
    os.environ |= {
        "DONNEES_DIR": dossier,
        "DATABASE_URL": f"sqlite:///{dossier}/mesures.sqlite3",
        "DJANGO_SETTINGS_MODULE": "pams_portal.settings",
    }
    commande = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(commande, cwd=RACINE, check=True)
    import django

    django.setup()


def tableau(mesures):
    """Imprime les mesures ; le rapport compare chaque temps à celui de la première du groupe."""
    entetes = ("mesure", "taille", "secondes", "rapport", "mémoire (Mio)")
    lignes = [entetes, *mesures]
    largeurs = [max(len(ligne[n]) for ligne in lignes) for n in range(len(entetes))]
    for rang, ligne in enumerate(lignes):
        cellules = (
            mot.ljust(large) if n < 2 else mot.rjust(large)
            for n, (mot, large) in enumerate(zip(ligne, largeurs, strict=True))
        )
        print("  ".join(cellules))
        if rang == 0:
            print("  ".join("-" * large for large in largeurs))
    print(flush=True)


def principal(mots):
    with tempfile.TemporaryDirectory(prefix="pams-mesures-") as dossier:
        preparer(dossier)
        from benchmarks import (
            comparaison,
            document,
            importation,
            inventaire,
            journal,
            redaction,
            versions,
        )

        modules = (document, journal, comparaison, importation, versions, redaction, inventaire)
        groupes = [module.mesurer for module in modules]
        choisis = [g for g in groupes if not mots or any(mot in g.__module__ for mot in mots)]
        for groupe in choisis:
            tableau(list(groupe()))


if __name__ == "__main__":
    principal(sys.argv[1:])
