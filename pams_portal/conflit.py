"""Ce qu'on montre d'un champ que deux personnes ont écrit, pour que l'une choisisse."""

from dataclasses import dataclass, field
from datetime import datetime

from django import forms

from pams_portal.comparaison import comparer_textes
from pams_portal.texte import en_html


@dataclass
class Conflit:
    """Un champ que deux personnes ont changé depuis la même version."""

    champ: forms.BoundField
    choix: forms.BoundField
    leur: str
    base: str = ""
    auteur: str = ""
    quand: datetime | None = None
    desaccords: list = field(default_factory=list)
    reuni: bool = False
    recit: str = ""

    @property
    def libelle(self):
        return self.champ.label

    def passages(self):
        """[(avant, mon passage annoté, le leur annoté)] là où les deux textes se contredisent."""
        for base, mien, leur in self.desaccords:
            yield en_html(base), comparer_textes(base, mien).html, comparer_textes(base, leur).html
