from django import forms

from pams_portal.champs import date_iso
from pams_portal.droits import Qualite
from pams_portal.edition import FormulaireVersionne
from plans.models import PartiePrenante, Plan
from plans.places import fonctions_sur

PREMIERE_ANNEE = 2000

# Co-piloter est un devoir de la loi : nul ne le donne.
QUALITES_DONNEES = [choix for choix in Qualite.choices if choix[0] != Qualite.CO_PILOTE]


class PlanForm(FormulaireVersionne):
    class Meta:
        model = Plan
        fields = ["titre", "debut", "fin"]
        widgets = {"debut": date_iso(), "fin": date_iso()}


class MarquerLuForm(forms.Form):
    """L'instant du dernier acte que la page montrait."""

    jusqu_a = forms.DateTimeField()

    def clean_jusqu_a(self):
        instant = self.cleaned_data["jusqu_a"]
        if instant.year < PREMIERE_ANNEE:
            raise forms.ValidationError("Cet instant précède le portail.")
        return instant


class PartieCreateForm(FormulaireVersionne):
    """Ajouter une partie ; un co-pilote l'est de droit, il ne s'ajoute pas ici."""

    class Meta:
        model = PartiePrenante
        fields = ["acteur", "qualite", "precision", "trace"]

    def __init__(self, *args, acteurs, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["acteur"].queryset = acteurs
        self.fields["acteur"].empty_label = "Choisir un acteur"
        self.fields["qualite"].choices = QUALITES_DONNEES

    def clean(self):
        donnees = super().clean()
        acteur, qualite = donnees.get("acteur"), donnees.get("qualite")
        if self.instance.plan.parties.filter(acteur=acteur, qualite=qualite).exists():
            self.add_error("acteur", "Cet acteur a déjà cette qualité dans le plan.")
        return donnees

    def save(self, commit=True):
        """Les fonctions de l'acteur sur le bassin lui ouvrent les chapitres de la loi."""
        partie = self.instance
        fonctions = fonctions_sur(partie.plan.bassin).filter(acteur=partie.acteur)
        partie.fonctions = sorted({fonction.nature for fonction in fonctions})
        return super().save(commit)


class PartieForm(FormulaireVersionne):
    class Meta:
        model = PartiePrenante
        fields = ["qualite", "precision", "trace"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["qualite"].choices = QUALITES_DONNEES

    def clean_qualite(self):
        """Changer de qualité ne laisse aucune part à qui ne pourrait plus l'écrire."""
        qualite, partie = self.cleaned_data["qualite"], self.instance
        autres = partie.plan.parties.filter(acteur=partie.acteur, qualite=qualite)
        if autres.exclude(pk=partie.pk).exists():
            raise forms.ValidationError("Cet acteur a déjà cette qualité dans le plan.")
        if parts := partie.parts_sans_plume(qualite):
            nommees = ", ".join(str(part) for part in parts[:3])
            suite = f" et {len(parts) - 3} de plus" if len(parts) > 3 else ""
            raise forms.ValidationError(
                f"En cette qualité, elle ne pourrait plus écrire ce qu’elle porte : {nommees}"
                f"{suite}. Attribuez-le d’abord à une autre partie."
            )
        return qualite
