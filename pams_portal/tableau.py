"""Un tableau à emporter, en CSV ou en XLSX, sans que rien ne puisse s'y exécuter."""

import csv
from io import BytesIO, StringIO

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from pams_portal.formules import desarmer
from pams_portal.texte import normaliser

MARQUE = "DÉMONSTRATION, contenu fictif"
# La limite d'une cellule de classeur.
SIGNES_AU_PLUS = 32_000
LARGEUR = 28


def inoffensif(valeur):
    """Le texte d'une cellule ; précédé d'une apostrophe si un tableur y verrait une formule."""
    return desarmer(normaliser("" if valeur is None else valeur)[:SIGNES_AU_PLUS])


def lignes_ecrites(colonnes, lignes, demonstration):
    """L'en-tête puis les lignes ; un contenu fictif le dit dans sa première colonne."""
    marque = [MARQUE] if demonstration else []
    yield [*(["Avertissement"] if demonstration else []), *colonnes]
    for ligne in lignes:
        yield [*marque, *(inoffensif(valeur) for valeur in ligne)]


def en_csv(nom, colonnes, lignes, demonstration=False):
    """La réponse à télécharger, lisible d'un double-clic par un tableur réglé en français."""
    tampon = StringIO()
    csv.writer(tampon, delimiter=";").writerows(lignes_ecrites(colonnes, lignes, demonstration))
    return fichier(tampon.getvalue().encode("utf-8-sig"), f"{nom}.csv", "text/csv; charset=utf-8")


def en_xlsx(nom, colonnes, lignes, demonstration=False):
    """La réponse à télécharger : une feuille, l'en-tête figé, chaque cellule est du texte."""
    classeur = Workbook(write_only=True)
    feuille = classeur.create_sheet("Relevé")
    feuille.freeze_panes = "A2"
    for rang in range(len(colonnes) + demonstration):
        feuille.column_dimensions[chr(ord("A") + rang)].width = LARGEUR
    for rang, ligne in enumerate(lignes_ecrites(colonnes, lignes, demonstration)):
        feuille.append([cellule(feuille, valeur, en_tete=rang == 0) for valeur in ligne])
    tampon = BytesIO()
    classeur.save(tampon)
    genre = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return fichier(tampon.getvalue(), f"{nom}.xlsx", genre)


def cellule(feuille, valeur, en_tete):
    trouvee = WriteOnlyCell(feuille, value=valeur)
    trouvee.data_type = "s"  # jamais une formule, quoi que dise le texte
    trouvee.font = Font(bold=en_tete)
    trouvee.alignment = Alignment(wrap_text=True, vertical="top")
    return trouvee


def fichier(contenu, nom, genre):
    reponse = HttpResponse(contenu, content_type=genre)
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    return reponse
