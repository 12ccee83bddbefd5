"""Une ligne de tableur, sans que rien ne puisse s'y exécuter."""

import csv
import io
import re

FORMULE = re.compile(r"^\s*[=+\-@\t\r]")
NOMBRE = re.compile(r"[+-]?[\d .,()]+")


def sans_formule(texte):
    """Le texte, précédé d'une apostrophe si un tableur y verrait une formule.

    Un nombre ou un numéro de téléphone n'en est pas une.
    """
    texte = "" if texte is None else str(texte)
    return f"'{texte}" if FORMULE.match(texte) and not NOMBRE.fullmatch(texte) else texte


def ligne_csv(valeurs):
    """Une ligne CSV, fin de ligne comprise."""
    tampon = io.StringIO()
    csv.writer(tampon).writerow([sans_formule(valeur) for valeur in valeurs])
    return tampon.getvalue()
