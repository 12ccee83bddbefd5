"""Les champs de la maison : texte riche, nombre à la française, choix multiple fermé."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property

from pams_portal.texte import valider_texte_riche


class TexteRicheField(models.TextField):
    """Du texte mis en forme, stocké en Markdown de profil fermé (voir `pams_portal.texte`)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"blank": True, "validators": [valider_texte_riche]} | kwargs)

    def formfield(self, **kwargs):
        widget = forms.Textarea(attrs={"data-editeur": "", "rows": 12})
        return super().formfield(**{"widget": widget} | kwargs)


def date_iso():
    """Le champ de date natif, dont le format d'échange est toujours AAAA-MM-JJ."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ObjetsField(forms.ModelMultipleChoiceField):
    """Plusieurs objets à clé numérique ; une clé trop longue pour une base est un faux choix."""

    CHIFFRES_AU_PLUS = 18

    def clean(self, valeur):
        for cle in valeur or []:
            if len(str(cle)) > self.CHIFFRES_AU_PLUS:
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": f"{str(cle)[: self.CHIFFRES_AU_PLUS]}…"},
                )
        return super().clean(valeur)


class SaisieDecimale(forms.DecimalField):
    """Un nombre tapé comme on l'écrit : « 12 500,50 € »."""

    widget = forms.TextInput

    def __init__(self, *args, **kwargs):
        super().__init__(*args, localize=True, **kwargs)
        self.widget.attrs["inputmode"] = "decimal"

    def to_python(self, valeur):
        if isinstance(valeur, str):
            valeur = "".join(valeur.split()).removesuffix("€")
        return super().to_python(valeur)


class NombreField(models.DecimalField):
    """Un nombre décimal exact, saisi à la française."""

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": SaisieDecimale} | kwargs)


class ChoixMultiplesField(models.TextField):
    """Une liste triée de codes, stockée `|code|code|` : `.filter(champ__contient=code)` marche sur
    SQLite comme sur PostgreSQL, sans table de liaison."""

    def __init__(self, *args, choices, **kwargs):
        self.choix = choices
        kwargs = {"blank": True, "default": list} | kwargs
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        nom, chemin, args, kwargs = super().deconstruct()
        # Les libellés vivent dans le code : les changer ne doit pas produire de migration.
        return nom, chemin, args, kwargs | {"choices": []}

    def from_db_value(self, valeur, expression, connection):
        return self.to_python(valeur)

    def to_python(self, valeur):
        if isinstance(valeur, str):
            return [code for code in valeur.split("|") if code]
        return sorted(valeur or [])

    def get_prep_value(self, valeur):
        codes = self.to_python(valeur)
        return f"|{'|'.join(codes)}|" if codes else ""

    def value_to_string(self, obj):
        return self.get_prep_value(self.value_from_object(obj))

    def validate(self, valeur, model_instance):
        if not valeur and not self.blank:
            raise ValidationError(self.error_messages["blank"], code="blank")
        inconnus = set(valeur) - set(dict(self.paires))
        if self.choix is not None and inconnus:
            raise ValidationError(f"Choix inconnu : {', '.join(sorted(inconnus))}.")

    @property
    def paires(self):
        """Les couples (code, libellé) ; vide si le formulaire tient lui-même la liste."""
        return getattr(self.choix, "choices", self.choix) or []

    @cached_property
    def libelles(self):
        """{code: libellé}"""
        return dict(self.paires)

    def formfield(self, **kwargs):
        return forms.MultipleChoiceField(
            choices=self.paires,
            required=not self.blank,
            label=self.verbose_name.capitalize(),
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple,
        )

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)

        def libelles(objet):
            return [str(self.libelles.get(code, code)) for code in getattr(objet, name)]

        setattr(cls, f"libelles_{name}", property(libelles))


@ChoixMultiplesField.register_lookup
class Contient(models.Lookup):
    """`.filter(publics__contient="jeunes")`"""

    lookup_name = "contient"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        gauche, parametres = self.process_lhs(compiler, connection)
        return f"{gauche} LIKE %s", [*parametres, f"%|{self.rhs}|%"]
