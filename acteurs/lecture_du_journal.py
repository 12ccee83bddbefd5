"""Le journal tel qu'une personne le lit : des libellés et des noms, pas des codes."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from django.apps import apps
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import number_format

from acteurs.models import Acte
from pams_portal.champs import ChoixMultiplesField, TexteRicheField
from pams_portal.comparaison import Comparaison, comparer_textes, comparer_valeurs
from pams_portal.passages import extraire
from pams_portal.typographie import instant, jour

DISPARU = "(retiré depuis)"
VIDES = (None, "", [])


class Changement(NamedTuple):
    """Ce qu'un acte a fait d'un champ ; `entier` : rien n'en est laissé de côté."""

    libelle: str
    comparaison: Comparaison
    est_un_texte: bool
    entier: bool = True


def lire(actes):
    """[(acte, [(libellé, avant, après)])] ; une requête par modèle cité, pas une par acte."""
    return [
        (
            acte,
            [
                (libelle, en_clair(champ, avant, noms), en_clair(champ, apres, noms))
                for libelle, champ, avant, apres in lignes
            ],
        )
        for acte, lignes, noms in _lus(actes)
    ]


def comparer_les_actes(actes, signes=None):
    """[(acte, [Changement])] : les mots ajoutés et retirés, dans le texte même.

    `signes` : combien de caractères montrer d'un texte long, au plus, par acte ; tout si None.
    Une requête par modèle cité, quel que soit le nombre d'actes.
    """
    return [(acte, list(_changements(lignes, noms, signes))) for acte, lignes, noms in _lus(actes)]


def _changements(lignes, noms, signes):
    for libelle, champ, avant, apres in lignes:
        if est_un_texte(champ):
            extrait = _extrait(avant or "", apres or "", signes)
            if signes is not None:
                signes -= min(signes, len(extrait.comparaison.html))
            yield Changement(libelle, extrait.comparaison, True, extrait.entier)
        else:
            yield Changement(libelle, comparer_un_champ(champ, avant, apres, noms), False)


def _extrait(avant, apres, signes):
    return extraire(avant, apres, signes if signes is not None else len(avant) + len(apres), 2)


def est_un_texte(champ):
    return isinstance(champ, models.TextField) and not isinstance(champ, ChoixMultiplesField)


def comparer_un_champ(champ, avant, apres, noms, cote=None):
    """La comparaison de deux valeurs du journal ; `noms` vient de `nommer`."""
    if isinstance(champ, TexteRicheField):
        return comparer_textes(avant or "", apres or "", cote=cote)
    mots = _mots(champ, avant, noms), _mots(champ, apres, noms)
    return comparer_valeurs(*mots, cote, phrase=champ is None or not champ.is_relation)


def _mots(champ, valeur, noms):
    if isinstance(valeur, list):
        return [en_clair(champ, element, noms) for element in valeur]
    return en_clair(champ, valeur, noms)


def _lus(actes):
    """[(acte, [(libellé, champ, avant, après)], noms)] ; le champ vaut None s'il a disparu."""
    lus = [(acte, list(_lignes(acte))) for acte in actes]
    cites = defaultdict(set)
    for _, lignes in lus:
        for _, champ, *valeurs in lignes:
            if champ is not None and champ.is_relation:
                cites[champ.related_model].update(*map(liste, valeurs))
    noms = nommer(cites)
    return [(acte, lignes, noms) for acte, lignes in lus]


def _lignes(acte):
    modele = apps.get_model(acte.cible_type)
    valeurs = acte.avant | acte.apres
    # Le texte qu'une personne n'a pas gardé n'a remplacé aucun autre.
    avant = acte.apres if acte.verbe == Acte.Verbe.ECARTER else acte.avant
    for cle in sorted(valeurs.keys() - set(modele.champs_muets)):
        change = avant.get(cle), acte.apres.get(cle)
        # Un objet naît avec des champs vides : ils n'apprennent rien à qui lit.
        if any(valeur not in VIDES for valeur in change):
            yield modele.libelle_de(cle), modele.champ_a_lire(cle, valeurs), *change


def nommer(cites):
    """{(modèle, clé primaire): nom} à partir de {modèle: clés} ; une requête par modèle."""
    return {
        (modele, objet.pk): str(objet)
        for modele, cles in cites.items()
        for objet in _de_quoi_nommer(modele).filter(pk__in=cles)
    }


def _de_quoi_nommer(modele):
    """Ce que lit `__str__`, sans les textes : un nom ne s'y lit jamais."""
    lies = getattr(modele, "nomme_par", ())
    longs = (models.TextField, models.JSONField)
    textes = [c.name for c in modele._meta.concrete_fields if isinstance(c, longs)]
    objets = modele._base_manager.defer(*textes)
    return objets.select_related(*lies) if lies else objets


def liste(valeur):
    """Une valeur du journal, une ou plusieurs, en liste."""
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
        return ", ".join(noms.get((champ.related_model, cle), DISPARU) for cle in liste(valeur))
    if isinstance(champ, models.DateTimeField):
        return instant(parse_datetime(str(valeur))) or str(valeur)
    if isinstance(champ, models.DateField):
        return jour(parse_date(str(valeur))) or str(valeur)
    if isinstance(champ, models.DecimalField):
        return getattr(champ, "en_mots", _nombre)(Decimal(str(valeur)))
    choix = dict(getattr(champ, "flatchoices", None) or getattr(champ, "paires", None) or [])
    return ", ".join(str(choix.get(element, element)) for element in liste(valeur))


def _nombre(valeur):
    return number_format(valeur, force_grouping=True)
