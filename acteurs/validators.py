"""SIREN et SIRET : formés et porteurs d'une clé de contrôle exacte."""

import re

from django.core.exceptions import ValidationError
from stdnum.fr import siren, siret

CHIFFRES = re.compile("[0-9]+")  # ni les chiffres pleine chasse ni ceux d'autres écritures


def valider_siren(valeur):
    """Lève `ValidationError` si `valeur` n'est pas un SIREN (9 chiffres, clé de Luhn)."""
    if not siren.is_valid(valeur) or not CHIFFRES.fullmatch(valeur):
        raise ValidationError(
            "« %(valeur)s » n’est pas un SIREN : neuf chiffres sont attendus, dont une clé de "
            "contrôle. Vérifiez la saisie sur l’annuaire des entreprises.",
            params={"valeur": valeur},
        )


def valider_siret(valeur):
    """Lève `ValidationError` si `valeur` n'est pas un SIRET (14 chiffres ; exception La Poste)."""
    if not siret.is_valid(valeur) or not CHIFFRES.fullmatch(valeur):
        raise ValidationError(
            "« %(valeur)s » n’est pas un SIRET : quatorze chiffres sont attendus, dont une clé de "
            "contrôle.",
            params={"valeur": valeur},
        )
