"""Le fichier qui établit ce qu'on écrit pour un organisme hors du portail : ce qu'on en accepte.

Un fichier se juge à ce qu'il contient, jamais à son nom ni à ce que le navigateur en dit.
"""

import zipfile
from io import BytesIO
from pathlib import PurePath
from uuid import uuid4

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.text import slugify

POIDS_AU_PLUS = 10 * 1024**2
DOSSIER = "pieces"
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
}
DEBUTS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
MACROS = ("Basic/", "Scripts/")  # d'un document OpenDocument
ENTREES_AU_PLUS = 5000


def extension_de(contenu):
    """« pdf », « png », « jpg », « docx », « odt » d'après les octets, ou None."""
    for debut, extension in DEBUTS.items():
        if contenu.startswith(debut):
            return extension
    return _extension_de_l_archive(contenu) if contenu.startswith(b"PK\x03\x04") else None


def _extension_de_l_archive(contenu):
    """Un document de bureautique sans macro ; rien n'en est décompressé qu'une ligne."""
    try:
        with zipfile.ZipFile(BytesIO(contenu)) as archive:
            noms = set(archive.namelist()[:ENTREES_AU_PLUS])
            if any(PurePath(nom).name.lower() == "vbaproject.bin" for nom in noms):
                return None
            if {"[Content_Types].xml", "word/document.xml"} <= noms:
                return "docx"
            if "mimetype" in noms:
                with archive.open("mimetype") as dit:
                    odt = dit.read(100).strip() == TYPES["odt"].encode()
                return "odt" if odt and not any(n.startswith(MACROS) for n in noms) else None
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError, OSError):
        return None
    return None


def nom_sain(nom, extension):
    """Un nom de fichier sans chemin, sans espace ni signe, à l'extension du contenu."""
    racine = slugify(PurePath(nom.replace("\\", "/")).stem)[:80].strip("-")
    return f"{racine or 'piece'}.{extension}"


def lieu(ligne, nom):
    """Où se range une pièce : un nom au hasard, que rien ne devine."""
    return f"{DOSSIER}/{uuid4().hex}"


def effacer(nom):
    if nom:
        default_storage.delete(nom)


def elaguer(connues, delai):
    """Efface ce qu'aucune ligne ne cite : un serveur tué entre le fichier et la base en laisse.

    `delai` laisse le temps de finir à l'écriture en cours.
    """
    try:
        _, noms = default_storage.listdir(DOSSIER)
    except FileNotFoundError:
        return
    for nom in sorted({f"{DOSSIER}/{n}" for n in noms} - set(connues)):
        if timezone.now() - default_storage.get_modified_time(nom) > delai:
            effacer(nom)
