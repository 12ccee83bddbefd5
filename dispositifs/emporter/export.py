"""Écrire des dispositifs dans un tableur que l'import relit sans une différence.

Deux lignes d'en-tête : les titres, puis les clés stables. Ce qu'un tableur prendrait pour une
formule est désarmé par une apostrophe, que l'import retire.
"""

import csv
import re
import tempfile
from datetime import date
from decimal import Decimal

from django.conf import settings
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from dispositifs.importation.colonnes import COLONNES, POUR_INFORMATION
from dispositifs.importation.valeurs import SUITE_COUPEE
from dispositifs.lots import par_lots
from dispositifs.recensement.champs import acteur_en_mots
from dispositifs.recensement.saisie import en_mots
from dispositifs.territoires import noms_des_territoires
from pams_portal.formules import desarmer
from pams_portal.tableau import MARQUE
from pams_portal.texte import normaliser

PAR_LECTURE = 500
SIGNES_PAR_CELLULE = 32_767  # la limite d'Excel
ENTRE = " | "
MORCEAU = 64 * 1024
LISTES = ("publics", "motifs", "mobilisable_par", "modes_mobilisation")
CHOIX = ("type", "frais", "statut")
_ECHAPPEMENT = re.compile(r"_x(?=[0-9A-Fa-f]{4}_)")
_GRAS = Font(bold=True)


def lignes(dispositifs):
    """Suite de listes de valeurs, les deux en-têtes d'abord, sans rien garder en mémoire."""
    colonnes = [*COLONNES, *POUR_INFORMATION]
    yield [colonne.titre for colonne in colonnes]
    yield [colonne.cle for colonne in colonnes]
    entiers = dispositifs.defer(None).select_related(
        "porteur", "tenu_par", "confirme_par", "commune"
    )
    suite = entiers.prefetch_related("financeurs").iterator(chunk_size=PAR_LECTURE)
    for lot in par_lots(suite, PAR_LECTURE):
        noms = noms_des_territoires({cle for fiche in lot for cle in fiche.zone_eligibilite})
        for fiche in lot:
            yield [_cellule(fiche, colonne.cle, noms) for colonne in colonnes]


def _cellule(fiche, cle, noms):
    if cle in PROPRES:
        return PROPRES[cle](fiche, noms)
    if cle in LISTES:
        return ENTRE.join(getattr(fiche, f"libelles_{cle}"))
    if cle in CHOIX:
        return getattr(fiche, f"get_{cle}_display")() if getattr(fiche, cle) else ""
    valeur = getattr(fiche, cle)
    if isinstance(valeur, str):
        return normaliser(valeur)
    return valeur


def _zone(fiche, noms):
    cles = fiche.zone_eligibilite
    return ENTRE.join(en_mots(cle, noms[cle]) if cle in noms else cle for cle in cles)


def _commune(fiche, noms):
    commune = fiche.commune
    return en_mots(f"commune-{commune.pk}", commune.nom) if commune else ""


PROPRES = {
    "identifiant": lambda fiche, _: str(fiche.identifiant),
    "porteur": lambda fiche, _: fiche.porteur.nom,
    "porteur_siren": lambda fiche, _: fiche.porteur.siren or "",
    "financeurs": lambda fiche, _: ENTRE.join(map(acteur_en_mots, fiche.financeurs.all())),
    "zone_eligibilite": _zone,
    "commune": _commune,
    "mention": lambda fiche, _: MARQUE if fiche.demonstration else "",
    "statut": lambda fiche, _: fiche.statut_affiche.label,
    "confirme_par": lambda fiche, _: str(fiche.confirme_par or ""),
    "tenu_par": lambda fiche, _: str(fiche.tenu_par),
    "adresse_fiche": lambda fiche, _: f"{settings.SITE_URL}{fiche.get_absolute_url()}",
}


# --- CSV -----------------------------------------------------------------------------------------


class _Echo:
    """Ce que `csv` écrit, rendu au lieu d'être gardé."""

    def write(self, texte):
        return texte


def en_csv(dispositifs):
    """Suite de morceaux d'octets : UTF-8 avec sa marque et « ; », pour Excel en français."""
    ecrire = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n").writerow
    yield b"\xef\xbb\xbf"
    for ligne in lignes(dispositifs):
        yield ecrire([_en_texte(valeur) for valeur in ligne]).encode()


def _en_texte(valeur):
    if valeur is None:
        return ""
    if isinstance(valeur, Decimal):
        return format(valeur, "f").replace(".", ",")
    if isinstance(valeur, date):
        return f"{valeur:%d/%m/%Y}"
    return desarmer(str(valeur))


# --- XLSX ----------------------------------------------------------------------------------------


def en_xlsx(dispositifs):
    """Suite de morceaux d'octets : le classeur s'écrit rang par rang, hors de la mémoire."""
    classeur = Workbook(write_only=True)
    feuille = classeur.create_sheet("Dispositifs")
    feuille.freeze_panes = "C3"
    for numero, ligne in enumerate(lignes(dispositifs)):
        feuille.append([_en_cellule(feuille, valeur, numero == 0) for valeur in ligne])
    with tempfile.TemporaryFile(prefix="pams-export-") as fichier:
        classeur.save(fichier)
        fichier.seek(0)
        while morceau := fichier.read(MORCEAU):
            yield morceau


def _en_cellule(feuille, valeur, gras):
    if isinstance(valeur, str):
        texte = desarmer(valeur)
        if len(texte) > SIGNES_PAR_CELLULE:
            texte = texte[: SIGNES_PAR_CELLULE - len(SUITE_COUPEE)] + SUITE_COUPEE
        # `_x0041_` se lirait « A » : le format échappe ainsi ses caractères.
        valeur = _ECHAPPEMENT.sub("_x005F_x", texte)
    if not gras:
        return valeur
    cellule = WriteOnlyCell(feuille, valeur)
    cellule.font = _GRAS
    return cellule
