from django import forms

from acteurs.models import Utilisateur


class ReglagesForm(forms.ModelForm):
    """Ce que la personne veut recevoir par courriel ; elle seule en décide."""

    class Meta:
        model = Utilisateur
        fields = ["immediat", "recapitulatif"]
        widgets = {"recapitulatif": forms.RadioSelect}

    def save(self, commit=True):
        self.instance.save(update_fields=self.Meta.fields)
        return self.instance
