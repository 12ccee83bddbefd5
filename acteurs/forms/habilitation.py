"""Donner à une personne un rôle dans son organisme."""

from django import forms
from django.db import transaction

from acteurs.forms.champs import LigneField
from acteurs.models import Acte, Habilitation, Utilisateur
from pams_portal.droits import Droit, exiger


class HabilitationForm(forms.ModelForm):
    courriel = forms.EmailField(label="Courriel professionnel", max_length=254)
    nom = LigneField(
        label="Prénom et nom",
        max_length=150,
        required=False,
        help_text="Demandé seulement si la personne n’a pas encore de compte : elle recevra un "
        "courriel pour choisir son mot de passe.",
    )

    class Meta:
        model = Habilitation
        fields = ["role"]

    field_order = ["courriel", "nom", "role"]

    def clean(self):
        donnees = super().clean()
        courriel = donnees.get("courriel", "").lower()
        connu = Utilisateur.objects.filter(courriel=courriel).first()
        if connu is None and courriel and not donnees.get("nom"):
            self.add_error("nom", "Aucun compte ne porte ce courriel : donnez le nom à inscrire.")
        if connu and not connu.is_active:
            self.add_error(
                "courriel", "Ce compte est fermé. L’administration du portail peut le rouvrir."
            )
        if connu and connu.is_staff:
            self.add_error(
                "courriel",
                "Ce compte administre le portail : il n’agit pour aucune structure. Donnez le rôle "
                "à un autre compte de cette personne.",
            )
        if connu and self._tient_deja(connu, donnees.get("role")):
            self.add_error("role", f"{connu} tient déjà ce rôle.")
        return donnees

    def _tient_deja(self, utilisateur, role):
        acteur = self.instance.acteur
        return acteur.habilitations.filter(utilisateur=utilisateur, role=role).exists()

    @transaction.atomic
    def enregistrer(self, par):
        """Crée le compte s'il manque, donne le rôle, consigne ; rend l'habilitation."""
        habilitation = self.instance
        habilitation.verrouiller_dossier()
        place = exiger(par, Droit.GERER_HABILITATIONS, habilitation)
        habilitation.utilisateur, self.compte_cree = Utilisateur.objects.inviter(
            self.cleaned_data["courriel"], self.cleaned_data["nom"]
        )
        if self.compte_cree:
            habilitation.utilisateur.consigner(par, place, Acte.Verbe.CREER)
        # Un second envoi du même formulaire, arrivé pendant le premier, est sans effet.
        if not self._tient_deja(habilitation.utilisateur, habilitation.role):
            habilitation.save()
            habilitation.consigner(par, place, Acte.Verbe.CREER)
        return habilitation
