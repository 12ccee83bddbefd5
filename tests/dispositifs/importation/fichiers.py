"""Des fichiers comme les partenaires en envoient, faits par de vrais écrivains de tableurs."""

import csv
import io
import zipfile
from xml.sax.saxutils import escape

from django.core.files.base import ContentFile
from openpyxl import Workbook

ESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
TYPE_ODS = "application/vnd.oasis.opendocument.spreadsheet"


def xlsx(*rangs, autres=(), preparer=lambda feuille: None):
    classeur = Workbook()
    feuille = classeur.active
    feuille.title = "Dispositifs"
    for rang in rangs:
        feuille.append(rang)
    preparer(feuille)
    for nom in autres:
        classeur.create_sheet(nom)
    sortie = io.BytesIO()
    classeur.save(sortie)
    return ContentFile(sortie.getvalue(), "fichier.xlsx")


def texte(*rangs, codage="utf-8", separateur=";", marque=b""):
    sortie = io.StringIO(newline="")
    csv.writer(sortie, delimiter=separateur).writerows(rangs)
    return ContentFile(marque + sortie.getvalue().encode(codage), "fichier.csv")


def ods(*rangs, chiffre=False):
    lignes = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(str(c))}</text:p>'
            "</table:table-cell>"
            for c in rang
        )
        + "</table:table-row>"
        for rang in rangs
    )
    contenu = (
        f'<office:document-content {ESPACES} office:version="1.3"><office:body>'
        f'<office:spreadsheet><table:table table:name="Feuille">{lignes}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    chiffrement = '<manifest:encryption-data manifest:checksum="x"/>' if chiffre else ""
    manifeste = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{TYPE_ODS}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
        f"{chiffrement}</manifest:file-entry></manifest:manifest>"
    )
    return archive(
        "fichier.ods",
        {"mimetype": TYPE_ODS, "META-INF/manifest.xml": manifeste, "content.xml": contenu},
    )


def archive(nom, pieces):
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as fichier:
        for chemin, contenu in pieces.items():
            fichier.writestr(chemin, contenu)
    return ContentFile(sortie.getvalue(), nom)
