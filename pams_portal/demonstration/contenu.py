"""Lire le contenu de démonstration sur le disque."""

import tomllib
import uuid
from decimal import Decimal
from pathlib import Path

DOSSIER = Path(__file__).parent / "contenu"


OBLIGATOIRE = object()


def lire(*chemin, defaut=OBLIGATOIRE):
    """Le contenu d'un fichier TOML, en dictionnaire ; ses nombres à virgule sont exacts.

    Sans le fichier : `defaut`, ou FileNotFoundError s'il n'est pas donné.
    """
    fichier = DOSSIER.joinpath(*chemin)
    if defaut is not OBLIGATOIRE and not fichier.exists():
        return defaut
    texte = fichier.read_text(encoding="utf-8")
    return tomllib.loads(texte, parse_float=Decimal)


def lire_tous(*chemin):
    """Les fichiers TOML d'un dossier, dans l'ordre de leur nom."""
    return [lire(*chemin, f.name) for f in sorted(DOSSIER.joinpath(*chemin).glob("*.toml"))]


def textes(*chemin):
    """{nom du fichier sans extension: texte} pour les fichiers Markdown d'un dossier."""
    fichiers = sorted(DOSSIER.joinpath(*chemin).glob("*.md"))
    return {fichier.stem: fichier.read_text(encoding="utf-8").strip() for fichier in fichiers}


def identifiant(genre, cle):
    """L'identifiant stable d'un objet de démonstration : renommé, il se retrouve encore."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://example.org/demonstration/{genre}/{cle}")
