"""Des champs tapés comme on les lit : un nom, un numéro avec ses espaces, une commune."""

import re
import unicodedata

from django import forms
from django.db.models import Q

from bassins.models import Commune
from pams_portal.recherche import normaliser
from pams_portal.texte import sur_une_ligne

CODE = re.compile(r"\b\d[0-9abAB]\d{3}\b")
AU_PLUS = 8


class LigneField(forms.CharField):
    """Un nom : une ligne, sans signe de contrôle."""

    def to_python(self, valeur):
        return sur_une_ligne(super().to_python(valeur))


class NumeroField(forms.CharField):
    """Un SIREN ou un SIRET : « 200 053 742 » et « ２００053742 » sont lus 200053742."""

    def to_python(self, valeur):
        return re.sub(r"\s", "", unicodedata.normalize("NFKC", super().to_python(valeur)))


class CommuneField(forms.CharField):
    """Une commune du référentiel, par son nom, son code INSEE, son code postal, ou nom et code.

    Rend une `Commune` ou None. Un nom porté par plusieurs communes les fait nommer toutes.
    """

    def prepare_value(self, valeur):
        commune = Commune.objects.filter(pk=valeur).first() if valeur else None
        return f"{commune.nom} ({commune.pk})" if commune else valeur

    def clean(self, valeur):
        saisie = super().clean(valeur)
        if not saisie:
            return None
        trouvees = self._trouver(saisie)
        if len(trouvees) == 1:
            return trouvees[0]
        if not trouvees:
            raise forms.ValidationError(
                f"Aucune commune ne répond à « {saisie} ». Tapez son nom entier ou son code INSEE."
            )
        noms = " ; ".join(f"{commune.nom} ({commune.pk})" for commune in trouvees[:AU_PLUS])
        suite = "…" if len(trouvees) > AU_PLUS else "."
        raise forms.ValidationError(f"Plusieurs communes répondent, précisez : {noms}{suite}")

    def _trouver(self, saisie):
        communes = Commune.objects.all()
        if code := CODE.search(saisie):
            postal = Q(codes_postaux__contains=code[0])
            communes = communes.filter(Q(pk=code[0].upper()) | postal)
        if nom := normaliser(CODE.sub("", saisie).replace("(", "").replace(")", "")):
            communes = communes.filter(nom_normalise=nom)
        return list(communes[: AU_PLUS + 1])
