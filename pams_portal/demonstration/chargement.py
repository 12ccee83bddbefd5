"""Poser toute la démonstration, en une transaction."""

from django.db import transaction

from pams_portal.demonstration.acteurs import charger_acteurs, charger_comptes
from pams_portal.demonstration.inventaire import charger_dispositifs
from pams_portal.demonstration.plans import charger_plan

PLANS = ("grand-amienois-grand-roye", "anjou-est")


@transaction.atomic
def charger():
    """Crée ce qui manque ; ne retouche rien de ce qui existe. Le référentiel doit être chargé."""
    acteurs = charger_acteurs()
    personnes = charger_comptes(acteurs)
    dispositifs = charger_dispositifs(acteurs, personnes)
    for slug in PLANS:
        charger_plan(slug, acteurs, personnes, dispositifs)
