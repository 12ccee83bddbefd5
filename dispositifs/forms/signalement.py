"""Signaler une erreur, proposer une correction, y répondre."""

from django import forms
from django.core.signing import BadSignature, TimestampSigner

from dispositifs.forms.recensement import DispositifForm
from pams_portal.valeurs import valeur_simple

MESSAGE_AU_PLUS = 2000
SECONDES_AU_MOINS = 2


def un_message(**options):
    return forms.CharField(
        max_length=MESSAGE_AU_PLUS, widget=forms.Textarea(attrs={"rows": 6}), **options
    )


class SignalementForm(forms.Form):
    message = un_message(
        label="Ce qui n’est pas exact",
        help_text="Par exemple : « Le garage n’ouvre plus le samedi ». Ne citez personne.",
    )


def maintenant():
    return TimestampSigner(salt="dispositifs.signaler").sign("ouvert")


class SignalementPublicForm(SignalementForm):
    """Sans compte : un champ que seul un automate remplit, un envoi qui a pris le temps de lire."""

    site = forms.CharField(
        label="Laissez ce champ vide",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    ouvert = forms.CharField(widget=forms.HiddenInput, initial=maintenant)

    def clean_ouvert(self):
        signataire, recu = TimestampSigner(salt="dispositifs.signaler"), self.cleaned_data["ouvert"]
        try:
            signataire.unsign(recu)
        except BadSignature:
            raise forms.ValidationError("La page est à rouvrir.") from None
        try:
            signataire.unsign(recu, max_age=SECONDES_AU_MOINS)
        except BadSignature:
            return recu
        raise forms.ValidationError("Cet envoi est très rapide : renvoyez-le, il est gardé ici.")

    def clean_site(self):
        if self.cleaned_data["site"]:
            raise forms.ValidationError("Ce champ doit rester vide : videz-le, puis renvoyez.")
        return ""


class CorrectionForm(DispositifForm):
    """La fiche comme on voudrait la lire ; rien n'en est enregistré sur le dispositif."""

    GROUPES = [*DispositifForm.GROUPES[:-1], ("Pour qui décidera", ["message"])]

    message = un_message(label="Un mot d’explication", required=False)
    lien_source = None

    class Meta(DispositifForm.Meta):
        fields = [
            nom
            for nom in DispositifForm.Meta.fields
            if nom not in ("source", "lien_source", "date_source")
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.depart = self.instance.valeurs()

    def valeurs_proposees(self):
        """{champ: valeur} de ce qui diffère de la fiche."""
        saisies = {
            nom: valeur_simple(valeur)
            for nom, valeur in self.cleaned_data.items()
            if nom in self.depart
        }
        return {nom: valeur for nom, valeur in saisies.items() if valeur != self.depart[nom]}

    def clean(self):
        donnees = super().clean()
        if not self.errors and not self.valeurs_proposees() and not donnees.get("message"):
            raise forms.ValidationError(
                "Vous n’avez rien changé : corrigez un champ, ou dites quoi."
            )
        return donnees


class ReponseSignalementForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    reponse = un_message(
        label="Votre réponse", help_text="Lue par la personne qui a signalé.", required=True
    )
