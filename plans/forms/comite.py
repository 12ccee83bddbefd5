"""Préparer une séance de comité, dire qui y siège, et y consigner décisions et suites."""

from django import forms

from pams_portal.champs import date_iso
from pams_portal.edition import FormulaireVersionne
from plans.models import PointDeSeance, Representation, SeanceDeComite, SuiteADonner


class SeanceForm(FormulaireVersionne):
    class Meta:
        model = SeanceDeComite
        fields = ["comite", "jour", "horaire", "lieu", "presidence", "autres"]
        widgets = {"jour": date_iso(), "autres": forms.Textarea(attrs={"rows": 3})}


class RepresentationForm(FormulaireVersionne):
    """Une ligne de la feuille de présence ; la partie n'est pas un champ."""

    UN_SEUL_PAR = ("seance", "partie")

    class Meta:
        model = Representation
        fields = ["etat", "representants"]
        widgets = {"representants": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["etat"].choices = [("", "Non renseignée"), *Representation.Etat.choices]

    @property
    def nom(self):
        return str(self.instance.partie or self.instance.nom_partie)

    @property
    def a_montrer(self):
        return self.hors_conflit(self.editables)

    def dit_quelque_chose(self):
        """Faux si la ligne était vide et l'est restée : ce qu'un autre y a mis n'est pas à lui."""
        vide = not any(self[nom].data for nom in self.editables)
        neuve = not self._annoncee("version") and vide
        return not neuve and self.has_changed()


class PointForm(FormulaireVersionne):
    """Un point de l'ordre du jour ; ce qui s'y décide a son propre formulaire."""

    class Meta:
        model = PointDeSeance
        fields = ["titre", "presentation"]
        widgets = {"presentation": forms.Textarea(attrs={"rows": 4})}

    def save(self, commit=True):
        """Le rang se donne sous le verrou : deux points ajoutés ensemble n'ont pas le même."""
        if self.instance.pk is None:
            self.instance.ordre = self.instance.seance.rang_suivant()
        return super().save(commit)


class DecisionForm(FormulaireVersionne):
    class Meta:
        model = PointDeSeance
        fields = ["issue", "decision"]
        widgets = {"issue": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["issue"].choices = [("", "Pas encore"), *PointDeSeance.Issue.choices]
        self.fields["decision"].widget.attrs["rows"] = 6

    def clean(self):
        donnees = super().clean()
        modifie = donnees.get("issue") == PointDeSeance.Issue.ADOPTE_MODIFIE
        if modifie and not donnees.get("decision"):
            self.add_error("decision", "Dites avec quelle modification.")
        return donnees


class SuiteForm(FormulaireVersionne):
    """Désigner qui fait quoi pour quand ; une fois notée, changer de partie est la retirer."""

    class Meta:
        model = SuiteADonner
        fields = ["porteur", "quoi", "echeance"]
        widgets = {"echeance": date_iso()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["porteur"]
            self.editables.remove("porteur")
        else:
            parties = self.instance.plan.parties.select_related("acteur")
            self.fields["porteur"].queryset = parties
            self.fields["porteur"].empty_label = "Choisir une partie"
