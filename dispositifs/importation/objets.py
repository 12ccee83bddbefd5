"""Les objets d'un fichier JSON ou CSV, tels que les outils les écrivent."""

import csv
import io
import json

from dispositifs.importation.listes import est_vide
from pams_portal.formules import rearmer

ENVELOPPES = ("items", "results", "resultats", "data", "services", "structures")
SEPARATEURS = ",;\t|"
CELLULE_AU_PLUS = 2_000_000  # une zone d'éligibilité peut nommer des milliers de communes
OBJETS_AU_PLUS = 20_000
TROP_D_OBJETS = "Ce fichier a plus de 20 000 lignes : restreignez-le à votre territoire."
PAS_DES_SERVICES = (
    "Ce fichier JSON n’est fait ni de services ni de structures data·inclusion : chaque service "
    "donne son « structure_id » et ses « thematiques », chaque structure sa « source », son « id » "
    "et son « nom »."
)
# Ce qui fait reconnaître un service, une structure, et une structure dans un tableau de partenaire.
SERVICE, STRUCTURE = {"structure_id", "thematiques"}, {"source", "id", "nom"}
PROPRES_AUX_STRUCTURES = {"reseaux_porteurs", "typologie", "labels_nationaux"}
ILLISIBLE = "Ce fichier n’est ni un tableau JSON, ni un CSV avec un titre par colonne."


class FichierRefuse(Exception):
    """Une phrase à montrer à côté du fichier : pourquoi il ne se lit pas."""


def reconnaitre(octets):
    """(« services » ou « structures », objets), ou (« tableur », []) si ce n'est pas l'un d'eux.

    Lève FichierRefuse pour un JSON qui n'est fait ni des uns ni des autres.
    """
    en_json = octets.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{")
    try:
        objets = lire_objets(octets)
    except FichierRefuse:
        if en_json:
            raise
        return "tableur", []
    titres = set(objets[0][1]) if objets else set()
    if titres >= SERVICE:
        return "services", objets
    if titres >= STRUCTURE and (en_json or titres & PROPRES_AUX_STRUCTURES):
        return "structures", objets
    if en_json:
        raise FichierRefuse(PAS_DES_SERVICES)
    return "tableur", []


def lire_objets(octets):
    """[(numéro, {champ: valeur})] : le rang dans un JSON, la ligne dans un CSV.

    Lève FichierRefuse. Une colonne sans nom (l'index d'un tableau pandas) est ignorée.
    """
    texte = _decoder(octets)
    if texte.lstrip()[:1] in ("[", "{"):
        return list(enumerate(_lire_json(texte), start=1))
    return _lire_csv(texte)


def _decoder(octets):
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        return octets.decode("cp1252", errors="replace")


def _lire_json(texte):
    try:
        lu = json.loads(texte)
    except (ValueError, RecursionError):
        lu = _lire_json_par_ligne(texte)
    if isinstance(lu, dict):
        listes = [lu[cle] for cle in ENVELOPPES if isinstance(lu.get(cle), list)]
        lu = listes[0] if listes else [lu]
    if not isinstance(lu, list) or not all(isinstance(objet, dict) for objet in lu):
        raise FichierRefuse(ILLISIBLE)
    return lu


def _lire_json_par_ligne(texte):
    try:
        return [json.loads(ligne) for ligne in texte.splitlines() if ligne.strip()]
    except (ValueError, RecursionError):
        raise FichierRefuse(ILLISIBLE) from None


def _lire_csv(texte):
    entete = texte.lstrip().partition("\n")[0]
    separateur = max(SEPARATEURS, key=entete.count)
    if "\0" in entete or not entete.count(separateur):
        raise FichierRefuse(ILLISIBLE)
    avant = csv.field_size_limit(CELLULE_AU_PLUS)
    try:
        table = csv.DictReader(io.StringIO(texte, newline=""), delimiter=separateur)
        table.fieldnames = [(titre or "").strip() for titre in table.fieldnames]
        return [
            (table.line_num, {titre: _cellule(v) for titre, v in rang.items() if titre})
            for rang in table
            if any(not est_vide(v) for v in rang.values())
        ]
    except csv.Error:
        raise FichierRefuse(ILLISIBLE) from None
    finally:
        csv.field_size_limit(avant)


def _cellule(valeur):
    """Sans l'apostrophe qui désarme une formule."""
    return rearmer(valeur) if isinstance(valeur, str) else valeur
