"""Ce que le lien reçu par courriel permet d'écrire, en plus d'un bouton."""

from django import forms


class ReponseForm(forms.Form):
    """La version lue, qui dit si la fiche a changé entre-temps ; et pourquoi le service ferme."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    raison = forms.CharField(
        label="Depuis quand, ou pourquoi",
        max_length=300,
        required=False,
        help_text="Facultatif. Lisible de tous ceux qui lisent la fiche.",
    )
