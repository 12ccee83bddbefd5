from django import forms

from bassins.models import Bassin, Commune, Epci, Region
from dispositifs.models import Dispositif
from pams_portal.champs import ObjetsField, date_iso
from pams_portal.droits import Qualite
from pams_portal.edition import FormulaireVersionne
from plans.models import Axe, Contribution, FicheAction, Objectif, PartiePrenante


class ContributionForm(FormulaireVersionne):
    class Meta:
        model = Contribution
        fields = ["texte"]


class AxeForm(FormulaireVersionne):
    class Meta:
        model = Axe
        fields = ["lettre", "intitule", "texte"]

    def clean_lettre(self):
        lettre = self.cleaned_data["lettre"].strip().upper()
        if not lettre.isalpha():
            raise forms.ValidationError("Une ou deux lettres, sans chiffre : A, B…")
        autres = Axe.objects.filter(plan=self.instance.plan, lettre=lettre)
        if autres.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"Le plan a déjà un axe {lettre}.")
        return lettre


class ObjectifForm(FormulaireVersionne):
    """Le numéro est donné à la création et ne change plus : les codes des fiches en dépendent."""

    class Meta:
        model = Objectif
        fields = ["intitule"]


class FicheActionForm(FormulaireVersionne):
    """Le porteur n'est pas un champ : le changer serait changer qui peut écrire la fiche."""

    GROUPES = [
        ("L’action", ["objectif", "intitule", "type", "lien_legal", "priorite"]),
        ("Pourquoi et comment", ["constat", "objectif_operationnel", "description"]),
        ("Pour qui", ["publics", "situations", "freins"]),
        ("Où", ["perimetre", "epci", "communes", "autres_bassins"]),
        ("Quand", ["debut", "fin", "recurrente", "avancement"]),
        ("Qui", ["referent_technique", "elu_referent"]),
        ("Avec quoi", ["dispositifs", "articulation", "reussite"]),
        ("Suivi", ["commentaire_annuel", "confidentielle"]),
    ]

    class Meta:
        model = FicheAction
        fields = [
            *("objectif", "intitule", "type", "lien_legal", "priorite", "constat"),
            *("objectif_operationnel", "description", "publics", "situations", "freins"),
            *("perimetre", "epci", "communes", "autres_bassins", "debut", "fin", "recurrente"),
            *("avancement", "referent_technique", "elu_referent", "dispositifs", "articulation"),
            *("reussite", "commentaire_annuel", "confidentielle"),
        ]
        widgets = {
            "debut": date_iso(),
            "fin": date_iso(),
            "epci": forms.CheckboxSelectMultiple,
            "communes": forms.SelectMultiple(attrs={"size": 8}),
            "autres_bassins": forms.SelectMultiple(attrs={"size": 5}),
            "dispositifs": forms.CheckboxSelectMultiple,
        }
        field_classes = {"autres_bassins": ObjetsField, "dispositifs": ObjetsField}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        plan = self.instance.plan
        objectifs = Objectif.objects.filter(axe__plan=plan).select_related("axe")
        self.fields["objectif"].queryset = objectifs
        self.fields["objectif"].empty_label = "Choisir un objectif"
        self.fields["autres_bassins"].queryset = Bassin.objects.exclude(pk=plan.bassin_id)
        perimetre = plan.bassin.perimetre if plan.bassin_id else None
        if perimetre:
            self.fields["epci"].queryset = perimetre.epci.all()
            self.fields["communes"].queryset = perimetre.communes_couvertes()
            self.fields["dispositifs"].queryset = Dispositif.objects.du_bassin(plan.bassin)
        else:
            region = Region.ILE_DE_FRANCE
            epci = Epci.objects.filter(departements__region=region).distinct()
            self.fields["epci"].queryset = epci
            self.fields["communes"].queryset = Commune.objects.filter(departement__region=region)
        for nom in ("publics", "epci", "dispositifs", "situations"):
            self.fields[nom].widget.attrs["class"] = "cases-en-colonnes"
        self.fields["communes"].help_text = "Ctrl ou Cmd pour en choisir plusieurs."
        self.fields["autres_bassins"].help_text = "Ctrl ou Cmd pour en choisir plusieurs."

    def clean(self):
        donnees = super().clean()
        attendus = {
            FicheAction.Perimetre.EPCI: ("epci", "Choisissez au moins un EPCI."),
            FicheAction.Perimetre.COMMUNES: ("communes", "Choisissez au moins une commune."),
            FicheAction.Perimetre.MULTI: ("autres_bassins", "Choisissez au moins un autre bassin."),
        }
        nom, phrase = attendus.get(donnees.get("perimetre"), (None, ""))
        if nom and nom in donnees and not donnees[nom]:
            self.add_error(nom, phrase)
        return donnees


class AttributionForm(forms.Form):
    """À quelle partie du plan revient une part."""

    porteur = forms.ModelChoiceField(
        PartiePrenante.objects.none(), label="Nouvelle partie", empty_label="Choisir une partie"
    )

    def __init__(self, *args, piece, **kwargs):
        super().__init__(*args, **kwargs)
        parties = piece.plan.parties.select_related("acteur").exclude(pk=piece.porteur_id)
        parties = parties.exclude(qualite=Qualite.INVITEE)
        if isinstance(piece, Contribution) and piece.chapitre.est_du_spe:
            # Les autres ne pourraient pas l'écrire : la part resterait sans plume.
            parties = parties.filter(pk__in=[p.pk for p in parties if piece.peut_revenir_a(p)])
        self.fields["porteur"].queryset = parties
