"""Choisir ce que l'on reprend d'un autre plan, et où va une fiche copiée."""

from itertools import groupby

from django import forms

from bassins.models import Bassin
from plans.models import Objectif, Plan
from plans.reprise import Repris


class PlanSourceField(forms.ModelChoiceField):
    def label_from_instance(self, plan):
        return f"{plan.titre} ({plan.get_etat_display().lower()})"


class PlanCreateForm(forms.Form):
    """Choisir le bassin dont on ouvre le plan, et ce que l'on reprend d'un autre."""

    bassin = forms.ModelChoiceField(
        Bassin.objects.none(), label="Bassin de mobilité", empty_label="Choisir un bassin"
    )
    source = PlanSourceField(
        Plan.objects.none(),
        label="Plan à reprendre",
        required=False,
        empty_label="Aucun : partir du sommaire et des quatre axes proposés",
        help_text="Un plan adopté, ou un plan où votre structure a une place. Le nouveau plan "
        "nommera ce plan à côté de chaque pièce reprise.",
    )
    quoi = forms.MultipleChoiceField(
        label="Ce que l’on reprend",
        choices=Repris,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tout revient au co-pilote qui ouvre le plan. Rien de confidentiel n’est repris.",
    )

    def __init__(self, *args, bassins, sources, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["bassin"].queryset = bassins
        self.fields["source"].queryset = sources

    def clean(self):
        donnees = super().clean()
        source, quoi = donnees.get("source"), donnees.get("quoi") or []
        if source and not quoi and "quoi" not in self.errors:
            self.add_error("quoi", "Cochez ce que vous reprenez de ce plan.")
        if quoi and not source and "source" not in self.errors:
            self.add_error("source", "Choisissez le plan d’où vient ce que vous avez coché.")
        if Repris.FICHES in quoi and Repris.AXES not in quoi:
            self.add_error(
                "quoi", "Les fiches se rangent sous les objectifs : cochez aussi les axes."
            )
        return donnees


class FicheCopierForm(forms.Form):
    """Sous quel objectif, donc dans quel plan, va la copie."""

    objectif = forms.TypedChoiceField(
        label="Plan et objectif", coerce=int, help_text="La fiche y recevra un code à elle."
    )

    def __init__(self, *args, plans, **kwargs):
        super().__init__(*args, **kwargs)
        objectifs = Objectif.objects.filter(axe__plan__in=plans).select_related("axe__plan")
        objectifs = objectifs.order_by(
            *("axe__plan__titre", "axe__plan", "axe__ordre", "axe__lettre", "numero")
        )
        self.objectifs = {objectif.pk: objectif for objectif in objectifs}
        par_plan = groupby(self.objectifs.values(), lambda objectif: objectif.plan)
        self.fields["objectif"].choices = [
            ("", "Choisir un objectif"),
            *((plan.titre, [(o.pk, str(o)) for o in siens]) for plan, siens in par_plan),
        ]

    def clean_objectif(self):
        return self.objectifs[self.cleaned_data["objectif"]]
