"""La page d'un organisme et ses établissements."""

from django import forms
from django.utils.html import format_html

from acteurs.forms.champs import CommuneField, NumeroField
from acteurs.homonymes import noms_proches
from acteurs.models import Acteur, Etablissement
from acteurs.validators import valider_siren, valider_siret
from pams_portal.edition import FormulaireVersionne
from pams_portal.elision import de


class ActeurForm(FormulaireVersionne):
    siren = NumeroField(
        label="SIREN",
        required=False,
        validators=[valider_siren],
        help_text="Neuf chiffres. Laissez vide pour un organisme qui n’en a pas.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    site = forms.URLField(label="Site internet", required=False, assume_scheme="https")

    class Meta:
        model = Acteur
        fields = ["siren", "nom", "sigle", "nature", "publics", "site", "courriel", "telephone"]

    def clean_siren(self):
        siren = self.cleaned_data["siren"] or None
        autre = Acteur.objects.filter(siren=siren).exclude(pk=self.instance.pk).first()
        if siren and autre:
            phrase = "Ce SIREN est déjà celui de <a href='{}'>{}</a>, qui a sa page sur le portail."
            raise forms.ValidationError(format_html(phrase, autre.get_absolute_url(), autre))
        return siren


class ActeurCreateForm(ActeurForm):
    """Inscrire un organisme absent, après avoir vu ceux qui lui ressemblent."""

    creer_quand_meme = forms.BooleanField(
        label="Créer quand même : c’est un autre organisme", required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.proches = self._proches() if self.is_bound else []
        if not self.proches:
            del self.fields["creer_quand_meme"]

    def _proches(self):
        return noms_proches(self.data.get(self.add_prefix("nom"), ""), Acteur.objects.all())

    def clean(self):
        donnees = super().clean()
        if self.proches and not donnees.get("creer_quand_meme"):
            self.add_error(
                "creer_quand_meme",
                "Le nom ressemble à celui d’un organisme déjà inscrit. Vérifiez, puis cochez cette "
                "case si c’en est un autre.",
            )
        return donnees


class EtablissementForm(FormulaireVersionne):
    siret = NumeroField(
        label="SIRET",
        validators=[valider_siret],
        help_text="Quatorze chiffres.",
        error_messages={"unique": "Ce SIRET est déjà celui d’un établissement inscrit au portail."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    commune = CommuneField(
        label="Commune",
        required=False,
        help_text="Son nom entier ou son code INSEE, par exemple Roye ou 80685.",
    )

    class Meta:
        model = Etablissement
        fields = ["siret", "nom", "adresse", "commune"]

    def clean_siret(self):
        siret, siren = self.cleaned_data["siret"], self.instance.acteur.siren
        if siren and not siret.startswith(siren):
            raise forms.ValidationError(
                f"Ce SIRET n’est pas celui d’un établissement {de(self.instance.acteur)} : il "
                f"devrait commencer par son SIREN, {siren}."
            )
        return siret
