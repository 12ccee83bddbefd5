"""Se connecter, et redemander un mot de passe oublié."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from acteurs.connexion import adresse_de
from acteurs.models import TentativeDeConnexion

# La même phrase pour un compte inconnu, fermé ou de démonstration : qui devine n'apprend rien.
REFUS = (
    "Ce courriel et ce mot de passe ne vont pas ensemble. Vérifiez l’adresse, puis retapez le mot "
    "de passe en respectant les majuscules ; ou demandez un nouveau mot de passe ci-dessous."
)
TROP_D_ESSAIS = (
    f"Plus de {TentativeDeConnexion.MAXIMUM} essais pour ce compte depuis ce poste. Attendez "
    f"{TentativeDeConnexion.FENETRE.seconds // 60} minutes, ou demandez un nouveau mot de passe "
    "ci-dessous : il vous laissera entrer tout de suite."
)


class ConnexionForm(AuthenticationForm):
    error_messages = {"invalid_login": REFUS, "inactive": REFUS}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Courriel"
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autocomplete": "username", "maxlength": 254}
        )
        self.fields["password"].label = "Mot de passe"

    def clean(self):
        compte = self.cleaned_data.get("username", "").strip().lower()
        adresse = adresse_de(self.request)
        if not TentativeDeConnexion.noter(compte, adresse):
            raise forms.ValidationError(TROP_D_ESSAIS)
        donnees = super().clean()
        if self.user_cache:
            TentativeDeConnexion.oublier(compte, adresse=adresse)
        return donnees


class MotDePasseOublieForm(forms.Form):
    courriel = forms.EmailField(
        label="Courriel de votre compte",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
