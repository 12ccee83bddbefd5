"""Les formulaires des lignes d'une fiche : étapes, moyens, partenaires, indicateurs."""

from django import forms

from pams_portal.champs import date_iso
from pams_portal.droits import Qualite, place_qui_permet
from pams_portal.edition import FormulaireVersionne
from pams_portal.elision import le
from pams_portal.recherche import normaliser
from plans.forms.pieces import POUR_UN_ABSENT, FormulaireAvecPiece
from plans.models import (
    DemandeDeFinancement,
    DemandeDePartenariat,
    Etape,
    Financement,
    FinancementSaisi,
    Indicateur,
    LigneBudget,
    Partenariat,
    ReponseSaisie,
    ValeurIndicateur,
)

SANS_LES_INVITEES = (
    "Une partie invitée ne peut pas répondre : un co-pilote peut changer sa qualité."
)
PIECE_ATTENDUE = "Citez la pièce qui établit ce financement."
REPONSE_PROUVEE = "Citez la pièce qui prouve cette réponse : un courrier, un compte rendu, sa date."


class EtapeForm(FormulaireVersionne):
    class Meta:
        model = Etape
        fields = ["libelle", "echeance", "faite", "ordre"]
        widgets = {"echeance": date_iso()}


class LigneBudgetForm(FormulaireVersionne):
    class Meta:
        model = LigneBudget
        fields = ["annee", "investissement", "fonctionnement", "etp"]

    def clean_annee(self):
        annee = self.cleaned_data["annee"]
        autres = LigneBudget.objects.filter(fiche=self.instance.fiche, annee=annee)
        if autres.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"La fiche a déjà une ligne de budget pour {annee}.")
        return annee


class FinancementForm(FormulaireAvecPiece):
    """Ce que le financeur écrit de sa main ; pour un absent, le porteur de la fiche."""

    class Meta:
        model = Financement
        fields = ["annee", "montant", "statut", "reference", "piece"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.financeur_id:
            self.sans_piece()

    def clean(self):
        donnees = super().clean()
        engage = donnees.get("statut") != Financement.Statut.SOLLICITE
        if engage and "montant" in donnees and donnees["montant"] is None:
            self.add_error("montant", "Un financement annoncé ou confirmé a un montant.")
        absent = self.instance.financeur_id is None
        if absent and engage and not donnees.get("reference"):
            self.add_error("reference", PIECE_ATTENDUE)
        return donnees

    def save(self, commit=True):
        self.signer()
        return super().save(commit)

    def signer(self):
        """La ligne dit qui l'a écrite en dernier : son financeur, ou le porteur de la fiche."""
        ligne = self.instance
        ligne.saisi_par = ligne.financeur or ligne.fiche.porteur


class PourUnAbsent:
    """Un formulaire qui dit ce qu'un organisme absent a répondu ; qui le saisit signe."""

    def enregistrer(self, utilisateur, droit, *suite, **autres):
        self.place = place_qui_permet(utilisateur, droit, self.instance)
        return super().enregistrer(utilisateur, droit, *suite, **autres)

    def signer(self):
        self.instance.saisi_par_id = self.place.partie_id


class FinancementSaisiForm(PourUnAbsent, FinancementForm):
    class Meta(FinancementForm.Meta):
        model = FinancementSaisi


def sollicitables(fiche):
    """Les parties qui peuvent répondre : une invitée ne pourrait ni chiffrer, ni confirmer."""
    parties = fiche.plan.parties.select_related("acteur").exclude(pk=fiche.porteur_id)
    return parties.exclude(qualite=Qualite.INVITEE)


def exclusifs(form, donnees, nom_partie, nom_organisme):
    """Une ligne désigne une partie du plan, ou un organisme absent, jamais les deux."""
    if bool(donnees.get(nom_partie)) == bool(donnees.get(nom_organisme)):
        form.add_error(
            nom_partie, "Choisissez une partie du plan, ou nommez un organisme absent du plan."
        )
    elif donnees.get(nom_partie) and donnees.get("piece"):
        form.add_error("piece", POUR_UN_ABSENT)
    elif partie := _partie_nommee(form.instance.plan, donnees.get(nom_organisme, "")):
        form.add_error(
            nom_organisme,
            f"{partie} est une partie du plan : choisissez-la dans la liste, elle seule répond.",
        )


def _partie_nommee(plan, nom):
    """La partie du plan qui porte ce nom, accents et casse mis à part ; sinon None."""
    cherche = normaliser(nom)
    parties = plan.parties.select_related("acteur")
    return next((p.acteur for p in parties if normaliser(p.acteur.nom) == cherche), None)


class DemandeDeFinancementForm(FormulaireAvecPiece):
    """Le porteur de la fiche sollicite une partie, ou saisit pour un organisme absent du plan."""

    class Meta:
        model = DemandeDeFinancement
        fields = ["financeur", "organisme", "annee", "montant", "statut", "reference", "piece"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fiche = self.instance.fiche
        self.fields["financeur"].queryset = sollicitables(fiche)
        self.fields["financeur"].help_text = f"Elle seule écrira son montant. {SANS_LES_INVITEES}"

    def clean(self):
        donnees = super().clean()
        exclusifs(self, donnees, "financeur", "organisme")
        engage = donnees.get("statut") != Financement.Statut.SOLLICITE
        if donnees.get("financeur") and (donnees.get("montant") is not None or engage):
            self.add_error(
                "montant", "Seul le financeur écrit et confirme son montant : laissez vide."
            )
        elif donnees.get("organisme") and engage and not donnees.get("reference"):
            self.add_error("reference", PIECE_ATTENDUE)
        return donnees


class DemandeDePartenariatForm(FormulaireAvecPiece):
    class Meta:
        model = DemandeDePartenariat
        fields = ["partie", "organisme", "role", "reponse", "reference", "piece"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fiche = self.instance.fiche
        self.fields["partie"].queryset = sollicitables(fiche)
        self.fields["partie"].help_text = f"Elle seule répondra. {SANS_LES_INVITEES}"
        self.fields["reponse"].choices = reponses_saisies()
        self.fields["reponse"].label = "Réponse de l’organisme absent"
        self.fields["reponse"].required = False

    def clean_reponse(self):
        return self.cleaned_data["reponse"] or Partenariat.Reponse.SOLLICITE

    def clean(self):
        donnees = super().clean()
        exclusifs(self, donnees, "partie", "organisme")
        partie, organisme = donnees.get("partie"), donnees.get("organisme")
        autres = self.instance.fiche.partenariats.exclude(pk=self.instance.pk)
        memes = autres.filter(partie=partie) if partie else autres.filter(organisme=organisme)
        if (partie or organisme) and memes.filter(role=donnees.get("role")).exists():
            self.add_error("role", f"{partie or organisme} est déjà sollicité dans ce rôle, ici.")
        reponse = donnees.get("reponse", Partenariat.Reponse.SOLLICITE)
        if donnees.get("partie") and reponse != Partenariat.Reponse.SOLLICITE:
            self.add_error("reponse", "Une partie du plan répond elle-même : laissez vide.")
        elif donnees.get("partie") and donnees.get("reference"):
            self.add_error("reference", POUR_UN_ABSENT)
        else:
            prouver(self, donnees)
        return donnees


class ReponseSaisieForm(PourUnAbsent, FormulaireAvecPiece):
    class Meta:
        model = ReponseSaisie
        fields = ["reponse", "reference", "piece"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reponse"].choices = reponses_saisies()

    def clean(self):
        donnees = super().clean()
        prouver(self, donnees)
        return donnees

    def save(self, commit=True):
        self.signer()
        return super().save(commit)


def reponses_saisies():
    return [(reponse.value, reponse.label) for reponse in Partenariat.REPONSES_SAISIES]


def prouver(form, donnees):
    """Une réponse saisie pour un autre cite la pièce qui la prouve."""
    reponse = donnees.get("reponse", Partenariat.Reponse.SOLLICITE)
    if reponse != Partenariat.Reponse.SOLLICITE and not donnees.get("reference"):
        form.add_error("reference", REPONSE_PROUVEE)


class IndicateurForm(FormulaireVersionne):
    class Meta:
        model = Indicateur
        fields = [
            *("libelle", "unite", "depart", "date_depart", "cible", "echeance"),
            *("source", "frequence", "suivi_par"),
        ]
        widgets = {"date_depart": date_iso(), "echeance": date_iso()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        parties = self.instance.plan.parties.select_related("acteur")
        self.fields["suivi_par"].queryset = parties.exclude(pk=self.instance.porteur_id).exclude(
            qualite=Qualite.INVITEE
        )
        self.fields["suivi_par"].empty_label = "Personne d’autre"

    def clean(self):
        donnees = super().clean()
        debut, fin = donnees.get("date_depart"), donnees.get("echeance")
        if debut and fin and fin < debut:
            self.add_error("echeance", "L’échéance de la cible précède la valeur de départ.")
        return donnees


class ValeurIndicateurForm(FormulaireVersionne):
    class Meta:
        model = ValeurIndicateur
        fields = ["date", "valeur", "source", "commentaire"]
        widgets = {"date": date_iso(), "commentaire": forms.Textarea(attrs={"rows": 4})}

    def clean_date(self):
        date = self.cleaned_data["date"]
        autres = ValeurIndicateur.objects.filter(indicateur=self.instance.indicateur, date=date)
        deja = autres.exclude(pk=self.instance.pk).select_related("porteur__acteur").first()
        if deja:
            raise forms.ValidationError(
                "L’indicateur a déjà une valeur à cette date, saisie par "
                f"{le(deja.porteur.acteur)}."
            )
        return date
