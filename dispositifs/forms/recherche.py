"""Nommer une recherche, pour la retrouver."""

from django import forms

from dispositifs.models import RechercheEnregistree
from dispositifs.models.recherche import filtres_a_garder


class RechercheForm(forms.ModelForm):
    filtres = forms.CharField(
        widget=forms.HiddenInput,
        max_length=2000,
        error_messages={
            "required": "Posez d’abord un filtre : toute la liste s’ouvre sans recherche.",
            "max_length": "Cette recherche a trop de filtres pour être gardée.",
        },
    )

    class Meta:
        model = RechercheEnregistree
        fields = ["nom", "filtres"]

    def clean_filtres(self):
        filtres = filtres_a_garder(self.cleaned_data["filtres"])
        if not filtres:
            raise forms.ValidationError(self.fields["filtres"].error_messages["required"])
        return filtres

    def clean(self):
        donnees = super().clean()
        siennes = RechercheEnregistree.objects.filter(utilisateur=self.instance.utilisateur)
        if self.instance.pk is None and siennes.count() >= RechercheEnregistree.AU_PLUS:
            raise forms.ValidationError(
                f"Vous gardez déjà {RechercheEnregistree.AU_PLUS} recherches : retirez-en une."
            )
        # La personne n'est pas un champ du formulaire : Django ne vérifie pas l'unicité pour nous.
        memes = siennes.filter(nom=donnees.get("nom")).exclude(pk=self.instance.pk)
        if memes.exists():
            self.add_error("nom", "Vous avez déjà une recherche de ce nom.")
        return donnees


class RenommerForm(RechercheForm):
    filtres = None

    class Meta(RechercheForm.Meta):
        fields = ["nom"]
