"""Les horaires tels qu'une personne les lit."""

import re

from django import template

from pams_portal.elision import de
from pams_portal.typographie import FINE_INSECABLE, INSECABLE

register = template.Library()

JOURS = {
    **{"Mo": "lundi", "Tu": "mardi", "We": "mercredi", "Th": "jeudi", "Fr": "vendredi"},
    **{"Sa": "samedi", "Su": "dimanche"},
}
MOIS = {
    **{"Jan": "janvier", "Feb": "février", "Mar": "mars", "Apr": "avril", "May": "mai"},
    **{"Jun": "juin", "Jul": "juillet", "Aug": "août", "Sep": "septembre", "Oct": "octobre"},
    **{"Nov": "novembre", "Dec": "décembre"},
}
JOUR, HEURE = f"(?:{'|'.join(JOURS)})", r"(?:[01]\d|2[0-4]):[0-5]\d"
JOURNEES = rf"{JOUR}(?:-{JOUR})?(?:, ?{JOUR}(?:-{JOUR})?)*"
PLAGES = rf"{HEURE}-{HEURE}(?:, ?{HEURE}-{HEURE})*"
SAISON = f"({'|'.join(MOIS)})-({'|'.join(MOIS)})"
REGLE = re.compile(
    rf"(?:(?P<saison>{SAISON}):? )?(?P<jours>{JOURNEES}|PH) (?P<plages>{PLAGES}|off)"
)


@register.filter
def horaires(osm):
    """{{ dispositif.horaires|horaires }} : « du lundi au vendredi de 9 h à 17 h ».

    Lit la part courante du format OpenStreetMap (`opening_hours`), celui de data·inclusion ; un
    texte écrit autrement sort tel quel.
    """
    regles = [REGLE.fullmatch(regle.strip()) for regle in osm.split(";") if regle.strip()]
    if not regles or not all(regles):
        return osm
    return f"{FINE_INSECABLE}; ".join(_regle(**regle.groupdict()) for regle in regles)


def _regle(saison, jours, plages):
    if saison:
        premier, dernier = saison.split("-")
        return f"{de(MOIS[premier])} à {MOIS[dernier]}, {_regle(None, jours, plages)}"
    quand = "les jours fériés" if jours == "PH" else _suite(map(_jours, re.split(", ?", jours)))
    if plages == "off":
        return f"fermé {quand}"
    return f"{quand} {_suite(map(_plage, re.split(', ?', plages)))}"


def _jours(etendue):
    premier, _, dernier = etendue.partition("-")
    return f"du {JOURS[premier]} au {JOURS[dernier]}" if dernier else f"le {JOURS[premier]}"


def _plage(plage):
    debut, fin = plage.split("-")
    return f"de {_heure(debut)} à {_heure(fin)}"


def _heure(horloge):
    heures, minutes = horloge.split(":")
    return f"{int(heures)}{INSECABLE}h" + (f"{INSECABLE}{minutes}" if minutes != "00" else "")


def _suite(morceaux):
    *debut, dernier = morceaux
    return f"{', '.join(debut)} et {dernier}" if debut else dernier
