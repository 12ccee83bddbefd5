"""Trois questions, en français simple, à une personne qui cherche comment se déplacer."""

from django import forms

from dispositifs.solutions import BESOINS, SITUATIONS, communes_dites, communes_proches


class SolutionsForm(forms.Form):
    proches = ()  # les communes au nom voisin de celui que personne ne porte
    commune = forms.CharField(
        label="Où habitez-vous ?",
        max_length=120,
        help_text="Le nom de votre commune ou son code postal : « Roye » ou « 80700 ».",
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
        error_messages={"required": "Écrivez le nom de votre commune ou son code postal."},
    )
    besoin = forms.ChoiceField(
        label="De quoi avez-vous besoin ?",
        required=False,
        choices=[("", "Je ne sais pas encore : tout montrer")]
        + [(cle, besoin.libelle) for cle, besoin in BESOINS.items()],
        widget=forms.RadioSelect,
    )
    situation = forms.MultipleChoiceField(
        label="Quelle est votre situation ?",
        required=False,
        help_text="Facultatif. Cochez tout ce qui vous concerne ; rien n’est enregistré.",
        choices=[(cle, libelle) for cle, (libelle, _) in SITUATIONS.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_commune(self):
        """Les communes que la saisie peut désigner ; la page fait choisir s'il y en a plusieurs."""
        saisie = self.cleaned_data["commune"]
        trouvees = communes_dites(saisie)
        if not trouvees:
            self.proches = communes_proches(saisie)
            raise forms.ValidationError(
                f"Aucune commune ne s’appelle « {saisie} ». Vérifiez l’orthographe, ou écrivez le "
                "code postal."
            )
        return trouvees
