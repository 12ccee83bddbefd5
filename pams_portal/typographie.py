"""Montants et dates comme on les écrit en français, à l'écran, dans le PDF et au journal."""

import re
from datetime import datetime

from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.timezone import is_aware, localtime

INSECABLE = "\u00a0"
FINE_INSECABLE = "\u202f"


def lien_de_telephone(numero):
    """« 03 22 00 00 00 », que l'on touche pour appeler."""
    return format_html('<a href="tel:{}">{}</a>', re.sub(r"[^\d+]", "", numero), numero)


def espacer(texte):
    """Pose les espaces insécables devant « : ; ? ! » et dans les guillemets."""
    for signe in ";?!":
        texte = texte.replace(f" {signe}", FINE_INSECABLE + signe)
    texte = texte.replace(" :", f"{INSECABLE}:")
    return texte.replace("« ", f"«{INSECABLE}").replace(" »", f"{INSECABLE}»")


def montant(valeur):
    """{{ ligne.montant|montant }} : « 12 500 € », avec les centimes s'il y en a."""
    if valeur is None:
        return ""
    decimales = 0 if valeur == int(valeur) else 2
    return number_format(valeur, decimales, force_grouping=True) + INSECABLE + "€"


def jour(date):
    """{{ fiche.debut|jour }} : « 1er janvier 2027 », « 7 novembre 2026 » ; un instant, à Paris."""
    if not date:
        return ""
    ecrite = date_format(_a_paris(date), "j F Y")
    return ecrite.replace("1 ", "1er ", 1) if ecrite.startswith("1 ") else ecrite


def instant(moment):
    """{{ acte.quand|instant }} : « 7 novembre 2026 à 9 h 05 », à l'heure de Paris."""
    if not moment:
        return ""
    heure = date_format(_a_paris(moment), "G:i").replace(":", f"{INSECABLE}h{INSECABLE}")
    return f"{jour(moment)} à {heure}"


def _a_paris(moment):
    return localtime(moment) if isinstance(moment, datetime) and is_aware(moment) else moment
