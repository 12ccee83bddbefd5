"""Lire un fichier de tableur dans un processus à part : un fichier piégé ne tue que lui."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from dispositifs.importation.objets import FichierRefuse

POIDS_AU_PLUS = 10 * 1024**2
APERCU = 60
ILLISIBLE = (
    "Ce fichier n’a pas pu être lu : il est abîmé, ou demande trop de mémoire. Ouvrez-le dans "
    "votre tableur et enregistrez la feuille utile en .xlsx ou en .csv."
)


class Rangs(NamedTuple):
    """La feuille lue, les autres, ses rangs (suite de (numéro, [textes])) et leur nombre."""

    feuille: str
    feuilles: list
    suite: object
    nombre: int = 0


def lire(fichier, feuille="", au_plus=""):
    """Ouvre un `File` de Django, sans le fermer ; lève FichierRefuse, y compris en cours.

    La suite doit être lue dans la foulée : le fichier temporaire disparaît avec elle.
    """
    suite = _lignes(fichier, feuille, au_plus)
    entete = next(suite)
    suite = enumerate(suite, 1)
    return Rangs(entete["feuille"], entete["feuilles"], suite, entete["rangs"])


class Objets(NamedTuple):
    """Ce que contient un fichier : des « services », des « structures », ou un « tableur »."""

    nature: str
    suite: list


def lire_les_objets(fichier):
    """Les `Objets` data·inclusion d'un `File` de Django, [(numéro, {champ: valeur})].

    Lève FichierRefuse, y compris pour un JSON qui n'en est pas fait.
    """
    suite = _lignes(fichier, "", "", "objets")
    nature = next(suite)["nature"]
    return Objets(nature, [(numero, objet) for numero, objet in suite])


def apercu(fichier, feuille=""):
    """Les premiers rangs, en liste : de quoi reconnaître les colonnes."""
    rangs = lire(fichier, feuille, str(APERCU))
    return rangs._replace(suite=list(rangs.suite))


def _lignes(fichier, feuille, au_plus, objets=""):
    with tempfile.TemporaryDirectory(prefix="pams-import-") as dossier:
        chemin = Path(dossier) / "fichier"
        with chemin.open("wb") as copie:
            for morceau in fichier.chunks():
                copie.write(morceau)
        module = "dispositifs.importation.dechiffrer"
        commande = [sys.executable, "-m", module, str(chemin), feuille, au_plus, objets]
        processus = subprocess.Popen(
            commande, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        try:
            dits = 0
            for ligne in processus.stdout:
                dits += 1
                yield _entendre(ligne)
            if processus.wait() != 0 or not dits:
                raise FichierRefuse(ILLISIBLE)
        finally:
            processus.kill()
            processus.wait()
            processus.stdout.close()


def _entendre(ligne):
    try:
        dit = json.loads(ligne)
    except ValueError:
        raise FichierRefuse(ILLISIBLE) from None
    if isinstance(dit, dict) and "refus" in dit:
        raise FichierRefuse(dit["refus"])
    return dit
