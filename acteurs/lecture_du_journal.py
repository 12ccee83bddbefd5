"""Le journal tel qu'une personne le lit : des libellés et des noms, pas des codes."""

from collections import defaultdict

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_date
from django.utils.formats import date_format, number_format


def lire(actes):
    """[(acte, [(libellé, avant, après)])] ; une requête par modèle cité, pas une par acte."""
    actes = list(actes)
    champs = {acte.pk: _champs_de(acte) for acte in actes}
    noms = _noms_cites(actes, champs)
    return [
        (
            acte,
            [
                (
                    champ.verbose_name if champ else cle,
                    en_clair(champ, acte.avant.get(cle), noms),
                    en_clair(champ, acte.apres.get(cle), noms),
                )
                for cle, champ in champs[acte.pk].items()
            ],
        )
        for acte in actes
    ]


def _champs_de(acte):
    """{clé: champ de modèle, ou None s'il a disparu depuis} pour les champs changés."""
    modele = apps.get_model(acte.cible_type)
    champs = {}
    for cle in sorted({*acte.avant, *acte.apres}):
        try:
            champs[cle] = modele._meta.get_field(cle)
        except FieldDoesNotExist:
            champs[cle] = None
    return champs


def _noms_cites(actes, champs):
    """{(modèle, clé primaire): nom} pour toutes les relations citées par ces actes."""
    cites = defaultdict(set)
    for acte in actes:
        for cle, champ in champs[acte.pk].items():
            if champ is not None and champ.is_relation:
                for valeur in (acte.avant.get(cle), acte.apres.get(cle)):
                    cites[champ.related_model] |= set(_liste(valeur))
    return nommer(cites)


def nommer(cites):
    """{(modèle, clé primaire): nom} à partir de {modèle: clés} ; une requête par modèle."""
    return {
        (modele, objet.pk): str(objet)
        for modele, cles in cites.items()
        for objet in modele._base_manager.filter(pk__in=cles)
    }


def _liste(valeur):
    if valeur is None:
        return []
    return valeur if isinstance(valeur, list) else [valeur]


def en_clair(champ, valeur, noms):
    """Une valeur du journal, en mots ; `noms` vient de `nommer`."""
    if valeur is None or valeur == "" or valeur == []:
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if champ is not None and champ.is_relation:
        cites = [noms.get((champ.related_model, cle), f"n° {cle}") for cle in _liste(valeur)]
        return ", ".join(cites)
    if isinstance(champ, models.DateField) and not isinstance(champ, models.DateTimeField):
        jour = parse_date(str(valeur))
        return date_format(jour, "j F Y") if jour else str(valeur)
    if isinstance(champ, models.DecimalField):
        return number_format(valeur, force_grouping=True)
    choix = dict(getattr(champ, "flatchoices", None) or getattr(champ, "paires", None) or [])
    return ", ".join(str(choix.get(element, element)) for element in _liste(valeur))
