"""Le processus qui ouvre un fichier venu d'ailleurs : borné en mémoire et en temps, sans Django.

Il vérifie l'archive avant de l'ouvrir, puis écrit sur sa sortie une ligne JSON par rang : d'abord
`{"feuilles": [...], "feuille": "…"}`, puis des listes de textes ; ou `{"refus": "phrase"}`.
Un classeur piégé le tue, et lui seul.
"""

import csv
import io
import json
import re
import resource
import sys
import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, PasswordError, load_workbook

from dispositifs.importation.objets import (
    OBJETS_AU_PLUS,
    TROP_D_OBJETS,
    FichierRefuse,
    reconnaitre,
)

MEMOIRE = 768 * 1024**2
SECONDES, SECONDES_D_APERCU = 60, 15  # une page web n'attend pas une minute
DEPLIE_AU_PLUS = 300 * 1024**2
PIECES_AU_PLUS = 2000
SIGNES_PAR_CELLULE = 100_000
COLONNES_AU_PLUS, RANGS_AU_PLUS = 200, 20_000
COLONNES_D_UN_TABLEAU = 3
SEPARATEURS = ";,\t|"
ILLISIBLES = re.compile("[\0\ud800-\udfff]")
TROP_GRAND = (
    f"La feuille est trop grande : {COLONNES_AU_PLUS} colonnes et {RANGS_AU_PLUS // 1000} 000 "
    "lignes au plus."
)
ENREGISTRER = "Ouvrez-le dans votre tableur et enregistrez-le en .xlsx, .ods ou .csv."

PROTEGE = f"Ce classeur est protégé par un mot de passe. Retirez-le. {ENREGISTRER}"
MANIFESTE = "META-INF/manifest.xml"


def rangs_du_fichier(chemin, feuille):
    """({"feuilles": …, "feuille": …, "rangs": …}, suite de listes de textes)."""
    with open(chemin, "rb") as fichier:
        debut = fichier.read(8)
    if not debut:
        raise FichierRefuse("Le fichier est vide.")
    if debut.startswith(b"PK\x03\x04"):
        return _rangs_du_classeur(chemin, feuille)
    if debut.startswith(b"\xd0\xcf\x11\xe0"):
        raise FichierRefuse(_vieux_classeur(chemin))
    texte = decoder(chemin)
    entete = {"feuilles": [], "feuille": "", "rangs": texte.count("\n") + 1}
    return entete, _rangs_du_texte(texte)


# --- Les classeurs -------------------------------------------------------------------------------


def _vieux_classeur(chemin):
    with open(chemin, "rb") as fichier:
        chiffre = "EncryptedPackage".encode("utf-16-le") in fichier.read()
    if chiffre:
        return PROTEGE
    return f"Ce fichier est d’un ancien format (.xls). {ENREGISTRER}"


def verifier_archive(chemin):
    """Lève FichierRefuse d'après le seul répertoire de l'archive : rien n'est encore déplié."""
    try:
        with zipfile.ZipFile(chemin) as archive:
            pieces = archive.infolist()
            chiffree = _est_chiffree(archive)
    except (zipfile.BadZipFile, OSError, ValueError):
        raise FichierRefuse(f"Ce fichier est abîmé. {ENREGISTRER}") from None
    deplie = sum(piece.file_size for piece in pieces)
    if deplie > DEPLIE_AU_PLUS or len(pieces) > PIECES_AU_PLUS:
        raise FichierRefuse(
            f"Déplié, ce fichier pèserait {max(1, round(deplie / 1024**2))} Mio : il est refusé "
            f"au-delà de {DEPLIE_AU_PLUS // 1024**2} Mio."
        )
    if chiffree:
        raise FichierRefuse(PROTEGE)
    noms = {piece.filename for piece in pieces}
    if not noms & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise FichierRefuse(f"Ce fichier est une archive, pas un classeur. {ENREGISTRER}")


def _est_chiffree(archive):
    """Un classeur ODS protégé reste une archive, dont le manifeste dit le chiffrement."""
    if MANIFESTE not in archive.namelist():
        return False
    with archive.open(MANIFESTE) as manifeste:
        return b"encryption-data" in manifeste.read(1024**2)


def _rangs_du_classeur(chemin, feuille):
    verifier_archive(chemin)
    try:
        classeur = load_workbook(chemin)
        noms = [f.name for f in classeur.sheets_metadata if "Visible" in str(f.visible)]
        choisie = feuille if feuille in noms else _premiere_garnie(classeur, noms)
        table = classeur.get_sheet_by_name(choisie)
    except PasswordError:
        raise FichierRefuse(PROTEGE) from None
    except CalamineError as erreur:
        raise FichierRefuse(f"Ce classeur ne se lit pas : il est abîmé. {ENREGISTRER}") from erreur
    _verifier_la_taille(table)
    # La bibliothèque rend les rangs vides du haut, mais pas les colonnes vides de gauche.
    marge = [""] * (table.start[1] if table.start else 0)
    rangs = ([*marge, *map(en_texte, rang)] for rang in table.iter_rows())
    hauteur = (table.end or (0, 0))[0] + 1
    return {"feuilles": noms, "feuille": choisie, "rangs": hauteur}, rangs


def _premiere_garnie(classeur, noms):
    """La première feuille faite comme un tableau : un mode d'emploi la précède souvent."""
    if not noms:
        raise FichierRefuse("Ce classeur n’a aucune feuille visible.")
    garnie = ""
    for nom in noms:
        table = classeur.get_sheet_by_name(nom)
        if table.height > 1 and table.width >= COLONNES_D_UN_TABLEAU:
            return nom
        garnie = garnie or (nom if table.height > 1 else "")
    return garnie or noms[0]


def _verifier_la_taille(table):
    rangs, colonnes = table.end or (0, 0)
    if colonnes >= COLONNES_AU_PLUS or rangs >= RANGS_AU_PLUS:
        raise FichierRefuse(TROP_GRAND)


def en_texte(cellule):
    """Une cellule telle qu'une personne l'écrirait : un entier sans « .0 », une date en ISO."""
    match cellule:
        case bool():
            return "oui" if cellule else "non"
        case float():
            return str(int(cellule)) if cellule.is_integer() else repr(cellule)
        case datetime():
            return cellule.date().isoformat() if cellule.time() == time() else cellule.isoformat()
        case date():
            return cellule.isoformat()
    # PostgreSQL ne garde pas le caractère nul.
    return str(cellule).replace("\0", "")


# --- Les textes ----------------------------------------------------------------------------------


def _rangs_du_texte(texte):
    csv.field_size_limit(1_000_000)
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur(texte))
    try:
        for numero, rang in enumerate(lecteur):
            if len(rang) > COLONNES_AU_PLUS or numero > RANGS_AU_PLUS:
                raise FichierRefuse(TROP_GRAND)
            yield rang
    except csv.Error:
        raise FichierRefuse(
            "Le fichier CSV est mal formé : un guillemet n’est pas refermé."
        ) from None


def decoder(chemin):
    """Le texte d'un CSV : UTF-8 (avec ou sans marque), UTF-16 marqué, sinon Windows-1252."""
    with open(chemin, "rb") as fichier:
        octets = fichier.read()
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        codages = ["utf-16"]
    else:
        codages = ["utf-8-sig", "cp1252"]
    for codage in codages:
        with suppress(UnicodeDecodeError):
            texte = octets.decode(codage)
            interdits = sum(signe < " " and signe not in "\t\n\r\f" for signe in texte[:100_000])
            if interdits == 0:
                return texte.replace("\0", "")
    raise FichierRefuse(f"Ce fichier n’est ni un CSV ni un classeur. {ENREGISTRER}")


def separateur(texte):
    """Celui qui donne le plus de colonnes, le plus régulièrement, aux vingt premières lignes."""

    def regularite(signe):
        lignes = csv.reader(io.StringIO(texte[:200_000], newline=""), delimiter=signe)
        with suppress(csv.Error):
            largeurs = [len(ligne) for ligne in islice(lignes, 20) if ligne]
            commune = max(set(largeurs), key=lambda n: (largeurs.count(n), n), default=0)
            return commune > 1, largeurs.count(commune) / max(1, len(largeurs)), commune
        return False, 0, 0

    return max(SEPARATEURS, key=regularite)


# --- Les objets data·inclusion -------------------------------------------------------------------


def objets_du_fichier(chemin):
    """({"nature": …}, suite de [numéro, objet]) ; un classeur est un « tableur », sans objets."""
    octets = Path(chemin).read_bytes()
    if not octets:
        raise FichierRefuse("Le fichier est vide.")
    if octets.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return {"nature": "tableur"}, []
    nature, objets = reconnaitre(octets)
    if len(objets) > OBJETS_AU_PLUS:
        raise FichierRefuse(TROP_D_OBJETS)
    suite = ([n, {lisible(champ): aplatir(v) for champ, v in objet.items()}] for n, objet in objets)
    return {"nature": nature}, suite


def aplatir(valeur):
    """Un texte, un nombre ou une liste de ceux-là ; ce qui est imbriqué revient en texte."""
    imbriquee = isinstance(valeur, list) and any(isinstance(v, list | dict) for v in valeur)
    if imbriquee or isinstance(valeur, dict):
        valeur = json.dumps(valeur, ensure_ascii=False)
    if isinstance(valeur, str):
        return lisible(valeur)
    if isinstance(valeur, list):
        return [lisible(v) if isinstance(v, str) else v for v in valeur]
    return valeur


def lisible(texte):
    """Sans les signes que PostgreSQL (le nul) ou UTF-8 (les demi-codets) refusent."""
    return ILLISIBLES.sub("", texte)


# --- Le processus --------------------------------------------------------------------------------


def principal(chemin, feuille="", au_plus="", objets=""):
    sortie = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")

    def dire(quoi):
        sortie.write(json.dumps(quoi, ensure_ascii=True) + "\n")

    try:
        if objets:
            entete, suite = objets_du_fichier(chemin)
            dire(entete)
            for objet in suite:
                dire(objet)
            return
        entete, rangs = rangs_du_fichier(chemin, feuille)
        dire(entete)
        for numero, rang in enumerate(islice(rangs, int(au_plus) if au_plus else None), 1):
            if any(len(cellule) > SIGNES_PAR_CELLULE for cellule in rang):
                raise FichierRefuse(f"Ligne {numero} : une cellule a plus de 100 000 signes.")
            dire(rang)
    except FichierRefuse as refus:
        dire({"refus": str(refus)})
    except MemoryError:
        dire({"refus": TROP_GRAND})
    finally:
        sortie.flush()


if __name__ == "__main__":
    with suppress(ValueError, OSError):  # un système qui ne borne pas garde le contrôle d'archive
        resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE, MEMOIRE))
        duree = SECONDES_D_APERCU if sys.argv[3:] and sys.argv[3] else SECONDES
        resource.setrlimit(resource.RLIMIT_CPU, (duree, duree))
    principal(*sys.argv[1:])
