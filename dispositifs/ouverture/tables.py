"""Une ligne de tableur, sans que rien ne puisse s'y exécuter."""

import csv
import io

from pams_portal.formules import desarmer


def ligne_csv(valeurs):
    """Une ligne CSV, fin de ligne comprise."""
    tampon = io.StringIO()
    csv.writer(tampon).writerow(["" if v is None else desarmer(str(v)) for v in valeurs])
    return tampon.getvalue()
