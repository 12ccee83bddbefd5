"""Ce qu'une fiche ne peut pas dire à la fois, quelle que soit la porte par où elle entre."""

from datetime import date

from django.utils import timezone

from acteurs.publics import Public

DESCRIPTION_AU_PLUS = 2000
PREMIERE_DATE, DERNIERE_DATE = date(1980, 1, 1), date(2100, 12, 31)
DATES = ("debut_financement", "fin_financement", "date_source")


def incoherences(donnees):
    """[(champ, phrase)] de ce qui est refusé ; `donnees` : {champ: valeur}, incomplet s'il faut."""
    return [ecart for regle in REGLES for ecart in regle(donnees)]


def _description_trop_longue(donnees):
    longueur = len(donnees.get("description") or "")
    if longueur > DESCRIPTION_AU_PLUS:
        yield (
            "description",
            f"La description fait {longueur} caractères, pour {DESCRIPTION_AU_PLUS} au plus. "
            "Le détail trouve sa place dans les conditions.",
        )


def _tous_publics_et_d_autres(donnees):
    publics = donnees.get("publics") or []
    if Public.TOUS in publics and len(publics) > 1:
        yield (
            "publics",
            "« Tous publics » comprend déjà les autres : gardez-le seul, ou décochez-le.",
        )


def _dates_impossibles(donnees):
    dates = {nom: donnees[nom] for nom in DATES if donnees.get(nom)}
    for nom, jour in dates.items():
        if not PREMIERE_DATE <= jour <= DERNIERE_DATE:
            yield nom, "L’année doit être comprise entre 1980 et 2100."
    if "date_source" in dates and dates["date_source"] > timezone.localdate():
        yield "date_source", "La date de la source est dans l’avenir."
    debut, fin = dates.get("debut_financement"), dates.get("fin_financement")
    if debut and fin and fin < debut:
        yield "fin_financement", "La fin du financement précède son début."


REGLES = [_description_trop_longue, _tous_publics_et_d_autres, _dates_impossibles]
