"""Proposer, accepter, refuser : toujours par le formulaire de la part, réduit à un champ."""

from django import forms

from pams_portal.fusion import LEUR, MIEN
from pams_portal.requete import numero_lu
from pams_portal.texte import normaliser
from pams_portal.valeurs import valeur_simple
from plans.models import Proposition

NOMS = {MIEN: "Le texte proposé", LEUR: "Le texte de la part"}
RECIT = "La part a changé depuis cette proposition, au même endroit. Comparez, puis choisissez."


def d_un_seul_champ(formulaire, champ, *args, **kwargs):
    """Le formulaire versionné d'une part, sans ses autres champs, avec les mots d'une décision."""
    mots = {"NOMS": NOMS, "RECIT": RECIT}
    form = type("FormulaireDUnChamp", (formulaire,), mots)(*args, **kwargs)
    for nom in [nom for nom in form.editables if nom != champ]:
        del form.fields[nom]
    form.editables = [champ]
    return form


class PropositionForm:
    """Le champ visé, tel que la partie l'écrirait, et pourquoi le changer.

    Ce n'est pas un enregistrement de la part : la version d'où part l'auteur est notée, et c'est
    la partie qui, en décidant, fusionnera avec ce qui aura changé.
    """

    def __init__(self, donnees, *, nature, part, champ):
        self.part, self.nom = part, champ
        self.depart = self._depart(donnees)
        # Lues avant que la validation ne pose la valeur proposée sur la part, en mémoire.
        self.connues = part.valeurs()[champ], part.valeurs_a_la_version(self.depart)[champ]
        if donnees:
            donnees = donnees.copy()
            donnees["version"] = str(part.version)
        self.valeur = d_un_seul_champ(nature.form, champ, donnees, instance=part)
        self.motif = MotifForm(donnees)
        if not donnees:
            self.valeur.initial["version"] = part.version

    def _depart(self, donnees):
        """La version annoncée ; celle du moment si elle est impossible."""
        annoncee = numero_lu(donnees.get("version", "")) if donnees else None
        possible = annoncee and annoncee <= self.part.version
        return annoncee if possible else self.part.version

    @property
    def errors(self):
        return {**self.valeur.errors, **self.motif.errors}

    def is_valid(self):
        if not (self.valeur.is_valid() & self.motif.is_valid()):
            return False
        self.proposee = valeur_simple(self.valeur.cleaned_data[self.nom])
        if self.proposee in self.connues:
            self.valeur.add_error(self.nom, "Rien ne change : écrivez ce que vous proposez.")
            return False
        return True

    def proposition(self, sorte_visee, sorte):
        """La proposition que décrit ce formulaire valide, pas encore déposée."""
        visee = next(nom for nom, cle in sorte_visee.items() if cle == sorte)
        return Proposition(
            plan=self.part.plan,
            champ=self.nom,
            valeur=self.proposee,
            version_de_depart=self.depart,
            motif=self.motif.cleaned_data["motif"],
            **{visee: self.part},
        )


class MotifForm(forms.ModelForm):
    class Meta:
        model = Proposition
        fields = ["motif"]
        widgets = {"motif": forms.Textarea(attrs={"rows": 3})}


class RefusForm(forms.Form):
    reponse = forms.CharField(
        label="Raison du refus",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="La partie qui propose la lira.",
    )

    def clean_reponse(self):
        return normaliser(self.cleaned_data["reponse"])
