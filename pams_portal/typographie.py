"""Montants et dates comme on les écrit en français, à l'écran, dans le PDF et au journal."""

from django.utils.formats import date_format, number_format

INSECABLE = "\u00a0"
FINE_INSECABLE = "\u202f"


def montant(valeur):
    """{{ ligne.montant|montant }} : « 12 500 € », avec les centimes s'il y en a."""
    if valeur is None:
        return ""
    decimales = 0 if valeur == int(valeur) else 2
    return number_format(valeur, decimales, force_grouping=True) + INSECABLE + "€"


def jour(date):
    """{{ fiche.debut|jour }} : « 1er janvier 2027 », « 7 novembre 2026 »."""
    if not date:
        return ""
    ecrite = date_format(date, "j F Y")
    return ecrite.replace("1 ", "1er ", 1) if ecrite.startswith("1 ") else ecrite
