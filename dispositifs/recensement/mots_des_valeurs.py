"""Les valeurs simples du journal et des écarts, dites comme une personne les lit."""

from collections import defaultdict
from datetime import date

from django.utils.formats import number_format
from django.utils.text import capfirst

from dispositifs.models import Dispositif
from dispositifs.territoires import noms_des_territoires, zone_en_mots
from pams_portal.typographie import jour

ZONE = "zone_eligibilite"


class Mots:
    """`mots(champ, valeur)` ; les noms cités sont lus une fois, une requête par modèle."""

    def __init__(self, couples):
        couples = [(champ, valeur) for champ, valeur in couples if valeur not in (None, "", [])]
        self.territoires = noms_des_territoires(
            {cle for champ, valeur in couples if champ == ZONE for cle in valeur}
        )
        cites = defaultdict(set)
        for champ, valeur in couples:
            if (field := Dispositif._meta.get_field(champ)).is_relation:
                cites[field.related_model] |= set(_liste(valeur))
        self.noms = {
            (modele, pk): str(objet)
            for modele, cles in cites.items()
            for pk, objet in modele._default_manager.in_bulk(cles).items()
        }

    def libelle(self, champ):
        return capfirst(Dispositif._meta.get_field(champ).verbose_name)

    def __call__(self, champ, valeur):
        if valeur in (None, "", []):
            return ""
        if champ == ZONE:
            return zone_en_mots(valeur, self.territoires)
        field = Dispositif._meta.get_field(champ)
        if field.is_relation:
            noms = [self.noms.get((field.related_model, pk), str(pk)) for pk in _liste(valeur)]
            return ", ".join(noms)
        type_ = field.get_internal_type()
        if type_ == "DateField":
            return jour(date.fromisoformat(valeur))
        if type_ in ("PositiveIntegerField", "DecimalField"):
            return number_format(field.to_python(valeur), use_l10n=True)
        choix = dict(getattr(field, "flatchoices", None) or getattr(field, "paires", None) or [])
        return ", ".join(str(choix.get(element, element)) for element in _liste(valeur))


def _liste(valeur):
    return valeur if isinstance(valeur, list) else [valeur]
