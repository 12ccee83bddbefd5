"""La valeur d'un champ telle que le journal la garde."""

from django.db import models

from pams_portal.texte import normaliser


def valeur_simple(valeur):
    """La forme JSON d'une valeur de champ, la même pour deux saisies équivalentes."""
    match valeur:
        case None | bool() | int():
            return valeur
        case str():
            return normaliser(valeur).strip()
        case models.Model():
            return valeur.pk
        case list() | set() | models.QuerySet():
            return sorted(valeur_simple(element) for element in valeur)
    if hasattr(valeur, "isoformat"):
        return valeur.isoformat()
    return format(valeur.normalize(), "f")  # Decimal : 100 et 100.00 sont le même montant
