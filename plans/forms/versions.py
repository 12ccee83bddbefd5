from django import forms

from pams_portal.edition import FormulaireVersionne
from plans.models import AvisSurFiche, Levee
from plans.models.validation import substance


class LeveeForm(FormulaireVersionne):
    UN_SEUL_PAR = ("plan", "regle")

    class Meta:
        model = Levee
        fields = ["motif"]
        widgets = {"motif": forms.Textarea(attrs={"rows": 5})}


class AvisForm(FormulaireVersionne):
    """Un co-pilote n'est favorable qu'à une fiche complète ; les autres parties conseillent."""

    UN_SEUL_PAR = ("fiche", "porteur", "comite")

    class Meta:
        model = AvisSurFiche
        fields = ["sens", "texte"]
        widgets = {"sens": forms.RadioSelect, "texte": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, par, **kwargs):
        super().__init__(*args, **kwargs)
        self.par = par
        self.fields["sens"].choices = AvisSurFiche.Sens.choices

    def clean(self):
        donnees = super().clean()
        Sens = AvisSurFiche.Sens
        sens, avis = donnees.get("sens"), self.instance
        manques = avis.fiche.manques() if avis.porteur.est_co_pilote else []
        if sens in (Sens.FAVORABLE, Sens.RESERVE) and manques:
            phrase = f"La fiche ne peut pas encore être validée : il y manque {', '.join(manques)}."
            self.add_error("sens", phrase)
        if sens in (Sens.RESERVE, Sens.DEFAVORABLE) and not donnees.get("texte"):
            self.add_error("texte", "Dites ce que vous réservez, ou pourquoi vous êtes contre.")
        return donnees

    def save(self, commit=True):
        self.instance.substance = substance(self.instance.fiche)
        self.instance.donne_par = self.par
        return super().save(commit)
