"""Les formulaires de la concertation : qui l'on consulte, son avis, la réponse."""

from datetime import timedelta
from itertools import groupby

from django import forms
from django.utils import timezone

from pams_portal.champs import ObjetsField, date_iso
from pams_portal.droits import Qualite
from pams_portal.edition import FormulaireVersionne
from pams_portal.elision import de
from pams_portal.typographie import jour
from plans.forms.lignes import exclusifs
from plans.forms.pieces import FormulaireAvecPiece
from plans.models import (
    AvisSurPlan,
    Concertation,
    OrganismeConsulte,
    PartiePrenante,
    ReponseAvis,
)

DELAI_AU_PLUS = timedelta(days=731)
AVIS_CHANGE = (
    "L’avis a changé pendant que vous répondiez : rien n’est enregistré, votre réponse est gardée. "
    "Relisez-le ci-dessus, puis enregistrez de nouveau."
)


def cases_en_colonnes():
    return forms.CheckboxSelectMultiple(attrs={"class": "cases-en-colonnes"})


def en_familles(objets, famille, nom=str):
    """Des choix rangés par famille, sans changer leur ordre : [(famille, [(clé, nom)])]."""
    return [
        (str(titre), [(objet.pk, nom(objet)) for objet in siens])
        for titre, siens in groupby(objets, famille)
    ]


def chapitres_en_familles(chapitres, coches):
    """Les chapitres sous le titre qui les réunit ; un titre n'a pas de texte, donc pas de case.

    `coches` : ceux que la réponse cite déjà, titres compris.
    """
    titres = {c.numero: str(c) for c in chapitres}
    divises = {c.numero.partition(".")[0] for c in chapitres if "." in c.numero}

    def famille(chapitre):
        numero = chapitre.numero.partition(".")[0]
        if numero in divises:
            return titres.get(numero, f"Chapitre {numero}")
        return "Autres chapitres" if numero else "En tête du plan"

    choisis = [c for c in chapitres if c.numero not in divises or c.pk in coches]
    return en_familles(choisis, famille)


class ConcertationForm(FormulaireVersionne):
    """La date limite se reporte ; elle ne s'avance pas, pour ne mettre personne hors délai."""

    class Meta:
        model = Concertation
        fields = ["date_limite", "mode"]
        widgets = {"date_limite": date_iso()}

    def clean_date_limite(self):
        limite = self.cleaned_data["date_limite"]
        connue = self.initial.get("date_limite")
        if limite == connue:
            return limite
        if limite <= timezone.localdate():
            raise forms.ValidationError("Choisissez une date à venir : demain au plus tôt.")
        if connue and limite < connue:
            raise forms.ValidationError(
                f"La date annoncée est le {jour(connue)} : on peut la reporter, pas l’avancer."
            )
        if limite > timezone.localdate() + DELAI_AU_PLUS:
            raise forms.ValidationError(
                "C’est dans plus de deux ans : vérifiez l’année, cette date ne s’avancera pas."
            )
        return limite

    def clean(self):
        donnees = super().clean()
        version = self.instance.version_envoyee
        if self.instance.pk is None and Concertation.objects.filter(version_envoyee=version):
            self.add_error(None, "La concertation sur cette version vient d’être ouverte.")
        return donnees


class ConcertationCreateForm(ConcertationForm):
    """Ouvrir la concertation et dire d'un coup quelles parties sont consultées."""

    consultees = ObjetsField(
        None,
        label="Parties consultées",
        required=False,
        widget=cases_en_colonnes(),
        help_text="Leurs valideurs sont prévenus. Les organismes hors du plan s’ajoutent ensuite.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        parties = consultables(self.instance.plan)
        champ = self.fields["consultees"]
        champ.queryset = parties
        champ.choices = en_familles(
            parties, PartiePrenante.get_qualite_display, lambda p: p.acteur.nom
        )
        self.initial.setdefault("consultees", [partie.pk for partie in parties])


class OrganismeConsulteForm(FormulaireVersionne):
    class Meta:
        model = OrganismeConsulte
        fields = ["partie", "organisme", "contact", "consulte_le"]
        widgets = {"consulte_le": date_iso()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["partie"].queryset = consultables(self.instance.concertation.plan)

    def clean_consulte_le(self):
        return passee(self.cleaned_data["consulte_le"])

    def clean(self):
        donnees = super().clean()
        exclusifs(self, donnees, "partie", "organisme")
        autres = self.instance.concertation.consultes.exclude(pk=self.instance.pk)
        partie, organisme = donnees.get("partie"), donnees.get("organisme")
        if partie and autres.filter(partie=partie).exists():
            self.add_error("partie", "Cette partie est déjà consultée.")
        elif organisme and autres.filter(organisme__iexact=organisme).exists():
            self.add_error("organisme", "Cet organisme est déjà consulté.")
        return donnees


class FormulaireDuRegistre(FormulaireVersionne):
    """Ce qui s'écrit `par` une personne, `pour` une partie (son numéro)."""

    def __init__(self, *args, par, pour, **kwargs):
        super().__init__(*args, **kwargs)
        self.par, self.pour = par, pour


class FormulaireDAvis(FormulaireDuRegistre):
    """Un avis, quel que soit celui qui le tape."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sens"].choices = AvisSurPlan.Sens.choices

    def clean(self):
        donnees = super().clean()
        Sens = AvisSurPlan.Sens
        if donnees.get("sens") in (Sens.RESERVES, Sens.DEFAVORABLE) and not donnees.get("texte"):
            self.add_error(
                "texte", "Dites vos réserves, vos observations, ou pourquoi l’avis est défavorable."
            )
        consulte = self.instance.consulte
        if not OrganismeConsulte.objects.filter(pk=consulte.pk).exists():
            self.add_error(
                None,
                f"{consulte.nom} n’est plus consulté : rien n’est enregistré, votre saisie est "
                "gardée ci-dessous.",
            )
        if self.instance.pk is None and (deja := AvisSurPlan.objects.filter(consulte=consulte)):
            self.add_error(
                None,
                f"Un avis {de(consulte.nom)} vient d’être enregistré par "
                f"{deja[0].nom_signataire} : rien n’est remplacé, votre saisie est gardée "
                "ci-dessous. Rouvrez cet avis pour le compléter.",
            )
        return donnees

    def signer(self):
        self.instance.signataire = self.par
        self.instance.nom_signataire = str(self.par)[:200]


class AvisSurPlanForm(FormulaireDAvis):
    """Ce qu'un organisme écrit lui-même ; ce qui avait été saisi pour lui devient le sien."""

    class Meta:
        model = AvisSurPlan
        fields = ["sens", "texte"]
        widgets = {"sens": forms.RadioSelect}

    def save(self, commit=True):
        """L'avis est daté du jour où il est rendu, ou changé par celui qui le rend."""
        avis = self.instance
        avant = AvisSurPlan.objects.filter(pk=avis.pk).first()
        inchange = avant and (avant.sens, avant.texte) == (avis.sens, avis.texte)
        if not inchange or not avant.est_confirme:
            avis.rendu_le = timezone.localdate()
            self.signer()
        avis.saisi_par, avis.reference = None, ""
        avis.retirer_la_piece()
        return super().save(commit)


class AvisSaisiForm(FormulaireAvecPiece, FormulaireDAvis):
    """Ce qu'un co-pilote saisit d'un avis reçu : la pièce est citée, rien n'est confirmé."""

    class Meta(AvisSurPlanForm.Meta):
        fields = ["sens", "texte", "rendu_le", "reference", "piece"]
        widgets = AvisSurPlanForm.Meta.widgets | {"rendu_le": date_iso()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reference"].required = True
        self.fields["rendu_le"].help_text = "La date de la pièce."

    def clean_rendu_le(self):
        return passee(self.cleaned_data["rendu_le"])

    def save(self, commit=True):
        self.instance.saisi_par_id = self.pour
        self.signer()
        return super().save(commit)


class ReponseAvisForm(FormulaireDuRegistre):
    """La réponse dit sur quelle version de l'avis elle porte : celle que la personne a lue."""

    avis_lu = forms.IntegerField(widget=forms.HiddenInput, required=False)
    TECHNIQUES = (*FormulaireVersionne.TECHNIQUES, "avis_lu")

    class Meta:
        model = ReponseAvis
        fields = ["decision", "explication", "chapitres", "fiches"]
        widgets = {
            "decision": forms.RadioSelect,
            "chapitres": cases_en_colonnes(),
            "fiches": cases_en_colonnes(),
        }
        field_classes = {"chapitres": ObjetsField, "fiches": ObjetsField}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        avis = self.instance.avis
        self.initial["avis_lu"] = avis.version
        self.fields["decision"].choices = ReponseAvis.Decision.choices
        self.fields["chapitres"].queryset = chapitres = avis.plan.chapitres.all()
        self.fields["fiches"].queryset = fiches = avis.plan.fiches.select_related("objectif__axe")
        coches = {chapitre.pk for chapitre in self.initial.get("chapitres", [])}
        self.fields["chapitres"].choices = chapitres_en_familles(chapitres, coches)
        self.fields["fiches"].choices = en_familles(fiches, lambda fiche: fiche.objectif.axe)

    def saisie(self):
        """Le brouillon garde quel avis la personne lisait : s'il a changé, elle le relira."""
        champs, version = super().saisie()
        return champs | {"avis_lu": [self._annoncee("avis_lu")]}, version

    def reprendre(self, champs, version, identifiant):
        super().reprendre(champs, version, identifiant)
        self.initial["avis_lu"] = champs["avis_lu"][0]

    def clean(self):
        donnees = super().clean()
        avis = AvisSurPlan.objects.get(pk=self.instance.avis_id)
        self.presente = avis.version
        retenu = donnees.get("decision") == ReponseAvis.Decision.RETENU
        simple = avis.sens in (AvisSurPlan.Sens.FAVORABLE, AvisSurPlan.Sens.SANS_AVIS)
        if donnees.get("decision") and not (retenu and simple) and not donnees.get("explication"):
            self.add_error("explication", "Dites ce qui est retenu ou non, et pourquoi.")
        if donnees.get("avis_lu") != avis.version:
            self._reecrire("avis_lu", avis.version)
            self.add_error(None, AVIS_CHANGE)
        elif self.instance.pk is None and ReponseAvis.objects.filter(avis=avis).exists():
            self.add_error(
                None, "Une réponse vient d’être enregistrée : rouvrez-la pour la compléter."
            )
        return donnees

    def save(self, commit=True):
        reponse = self.instance
        reponse.version_de_l_avis, reponse.ecrite_par_id = self.presente, self.pour
        reponse.donnee_le = timezone.localdate()
        return super().save(commit)


def consultables(plan):
    """Les parties que l'on consulte : toutes, sauf les co-pilotes, qui consultent."""
    return plan.parties.exclude(qualite=Qualite.CO_PILOTE).select_related("acteur")


def passee(date):
    if date > timezone.localdate():
        raise forms.ValidationError("Cette date est à venir.")
    if date < timezone.localdate() - DELAI_AU_PLUS:
        raise forms.ValidationError("C’était il y a plus de deux ans : vérifiez l’année.")
    return date
