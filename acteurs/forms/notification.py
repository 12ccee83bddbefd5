from django import forms

from acteurs.models import Utilisateur


class ReglagesForm(forms.ModelForm):
    """Ce que la personne veut recevoir par courriel ; elle seule en décide."""

    class Meta:
        model = Utilisateur
        fields = ["immediat", "recapitulatif"]
        widgets = {"recapitulatif": forms.RadioSelect}

    def save(self, commit=True):
        self.instance.save(update_fields=["immediat"])
        if "recapitulatif" in self.changed_data:
            self.instance.choisir_le_recapitulatif(self.cleaned_data["recapitulatif"])
        return self.instance
