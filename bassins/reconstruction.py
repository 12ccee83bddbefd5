"""Refaire les fichiers compacts du référentiel depuis le paquet `@etalab/decoupage-administratif`.

Le paquet est lu sans être déballé : seuls les fichiers attendus, par leur nom exact, sont ouverts.
"""

import csv
import gzip
import io
import json
import re
import shutil
import subprocess
import tarfile
import zlib
from pathlib import Path
from typing import NamedTuple

from bassins.referentiel import DOSSIER, fichiers

PAQUET = "@etalab/decoupage-administratif"
TAILLE_MAXIMALE = 64 * 1024 * 1024  # octets par fichier lu ; le plus gros en fait 9 millions
ZONES = {"metro", "drom"}  # les autres entrées (collectivités d'outre-mer) ne sont pas des régions


class PaquetInvalide(Exception):
    """Le paquet ne peut être obtenu, ou n'a pas la forme attendue ; le message dit quoi faire."""


class Paquet(NamedTuple):
    """Le contenu utile du paquet npm, et l'année qu'il décrit."""

    version: str
    millesime: int
    regions: list
    departements: list
    communes: list
    epci: list


def telecharger(version, dossier):
    """Prend le paquet par `npm pack`.

    Entrées : une version du paquet, le dossier où écrire l'archive. Sortie : son chemin.
    Erreur : `PaquetInvalide` si npm manque ou refuse.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise PaquetInvalide(
            "La commande npm est introuvable : installez Node.js (sur Debian : "
            "« apt install npm »), ou donnez une archive .tgz déjà téléchargée avec --archive."
        )
    # Sans interpréteur de commandes ; la version vient de l'opérateur.
    appel = subprocess.run(
        [npm, "pack", f"{PAQUET}@{version}", "--silent", "--ignore-scripts"],
        cwd=dossier,
        capture_output=True,
        text=True,
        check=False,
    )
    archives = list(Path(dossier).glob("*.tgz"))
    if appel.returncode or len(archives) != 1:
        raise PaquetInvalide(f"npm n’a pas fourni {PAQUET} {version} : {appel.stderr.strip()}")
    return archives[0]


def lire_paquet(archive):
    """Lit une archive .tgz du paquet. Erreur : `PaquetInvalide` si elle n'a pas sa forme."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            textes = {nom: _membre(tar, nom) for nom in ("package.json", "README.md")}
            donnees = {
                nom: json.loads(_membre(tar, f"data/{nom}.json"))
                for nom in ("regions", "departements", "communes", "epci")
            }
        manifeste = json.loads(textes["package.json"])
    except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError) as erreur:
        raise PaquetInvalide(f"L’archive {archive} est illisible : {erreur}") from erreur
    if manifeste.get("name") != PAQUET:
        raise PaquetInvalide(f"L’archive {archive} n’est pas celle de {PAQUET}.")
    version = str(manifeste["version"])
    return Paquet(version, _millesime(textes["README.md"], version), **donnees)


def _membre(tar, nom):
    try:
        info = tar.getmember(f"package/{nom}")
    except KeyError:
        raise PaquetInvalide(f"Le fichier {nom} manque dans l’archive.") from None
    if not info.isfile() or info.size > TAILLE_MAXIMALE:
        raise PaquetInvalide(f"Le fichier {nom} de l’archive n’est pas un fichier normal.")
    return tar.extractfile(info).read().decode("utf-8")


def _millesime(lisez_moi, version):
    """L'année de la version, que le paquet écrit dans le tableau de son README."""
    ligne = re.search(rf"^\|\s*(\d{{4}})\s*\|\s*{re.escape(version)}\s*\|", lisez_moi, re.MULTILINE)
    if ligne is None:
        raise PaquetInvalide(
            f"Le README du paquet ne donne pas le millésime de la version {version} : "
            "prenez une version de son tableau « Millésimes et versions de package »."
        )
    return int(ligne[1])


def ecrire(paquet, dossier=DOSSIER):
    """Écrit les trois fichiers du millésime, à l'octet près les mêmes pour le même paquet.

    Sortie : les chemins écrits. Erreur : `PaquetInvalide` si une donnée attendue manque ;
    rien n'est alors écrit.
    """
    try:
        contenus = (_regions_departements(paquet), _epci(paquet), _communes(paquet))
    except KeyError as erreur:
        raise PaquetInvalide(f"Une donnée attendue manque dans le paquet : {erreur}.") from erreur
    chemins = fichiers(paquet.millesime, Path(dossier))
    for chemin, contenu in zip(chemins, contenus, strict=True):
        chemin.write_bytes(contenu)
    return chemins


def _regions_departements(paquet):
    entete = {
        "source": f"INSEE, DGCL et La Poste, par npm {PAQUET} {paquet.version}",
        "millesime": paquet.millesime,
        "licence": "Licence Ouverte",
        "regions": [
            {"code": r["code"], "nom": r["nom"], "chef_lieu": r["chefLieu"]}
            for r in _tries(paquet.regions)
            if r["zone"] in ZONES
        ],
        "departements": [
            {
                "code": d["code"],
                "nom": d["nom"],
                "region": d["region"],
                "chef_lieu": d["chefLieu"],
            }
            for d in _tries(paquet.departements)
            if d["zone"] in ZONES
        ],
    }
    return (json.dumps(entete, ensure_ascii=False, indent=0) + "\n").encode()


def _epci(paquet):
    departement = {c["code"]: c["departement"] for c in _actuelles(paquet)}
    lignes = [
        {
            "siren": e["code"],
            "nom": e["nom"],
            "nature": e["type"],
            "financement": e["modeFinancement"],
            "nb_communes": len(e["membres"]),
            "population_municipale": e["populationMunicipale"],
            "population_totale": e["populationTotale"],
            "departements": "|".join(sorted({departement[m["code"]] for m in e["membres"]})),
        }
        for e in _tries(paquet.epci)
    ]
    return _csv(lignes)


def _communes(paquet):
    epci = {m["code"]: e["code"] for e in paquet.epci for m in e["membres"]}
    lignes = [
        {
            "code_insee": c["code"],
            "nom": c["nom"],
            "siren": c.get("siren", ""),
            "departement": c["departement"],
            "region": c["region"],
            "siren_epci": epci.get(c["code"], ""),
            "population": c.get("population", ""),
            "codes_postaux": "|".join(c.get("codesPostaux", [])),
        }
        for c in _actuelles(paquet)
    ]
    # Sans date ni nom dans l'en-tête gzip, les mêmes données font le même fichier.
    return gzip.compress(_csv(lignes), 9, mtime=0)


def _actuelles(paquet):
    return [c for c in _tries(paquet.communes) if c["type"] == "commune-actuelle"]


def _tries(lignes):
    return sorted(lignes, key=lambda ligne: ligne["code"])


def _csv(lignes):
    texte = io.StringIO()
    ecrivain = csv.DictWriter(texte, list(lignes[0]))
    ecrivain.writeheader()
    ecrivain.writerows(lignes)
    return texte.getvalue().encode()
