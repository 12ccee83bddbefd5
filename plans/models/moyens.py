"""Les moyens d'une fiche : son budget par année, et qui le finance."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from acteurs.models import Acte
from pams_portal.champs import NombreField
from pams_portal.elision import de
from pams_portal.typographie import montant
from plans.annonces import demander, signaler
from plans.models.fiche import FicheAction
from plans.models.lignes import DuPorteurDeLaFiche, LigneAvecPiece, VuDeQuiSaisit
from plans.models.parties import PartiePrenante

ANNEES = [
    MinValueValidator(2020, "L’année doit être comprise entre 2020 et 2060."),
    MaxValueValidator(2060, "L’année doit être comprise entre 2020 et 2060."),
]
# Un milliard d'euros : au-delà, un zéro de trop est plus probable qu'une action.
MONTANTS = [
    MinValueValidator(Decimal(0), "Un montant ne peut pas être négatif."),
    MaxValueValidator(
        Decimal(10) ** 9, "Ce montant dépasse un milliard d’euros : vérifiez les zéros."
    ),
]


class MontantField(NombreField):
    """Un montant en euros, exact au centime."""

    def __init__(self, *args, **kwargs):
        super().__init__(
            *args, **{"max_digits": 14, "decimal_places": 2, "validators": MONTANTS} | kwargs
        )

    def en_mots(self, valeur):
        """« 12 500 € » : un montant du journal, tel qu'une personne le lit."""
        return montant(valeur)


class LigneBudget(DuPorteurDeLaFiche):
    """Le budget prévu d'une fiche pour une année, en euros et en équivalents temps plein."""

    fiche = models.ForeignKey(FicheAction, models.CASCADE, related_name="budgets")
    annee = models.PositiveSmallIntegerField("année", validators=ANNEES)
    investissement = MontantField("investissement (€)", default=0)
    fonctionnement = MontantField("fonctionnement (€)", default=0)
    etp = NombreField(
        "équivalents temps plein",
        max_digits=6,
        decimal_places=2,
        default=0,
        validators=[
            MinValueValidator(Decimal(0), "Un nombre d’ETP ne peut pas être négatif."),
            MaxValueValidator(Decimal(1000), "Plus de 1 000 ETP : vérifiez la saisie."),
        ],
    )

    champs_consignes = ("annee", "investissement", "fonctionnement", "etp")

    class Meta:
        ordering = ["annee"]
        verbose_name = "ligne de budget"
        verbose_name_plural = "lignes de budget"
        constraints = [
            models.UniqueConstraint(fields=["fiche", "annee"], name="budget_unique_par_annee")
        ]

    def __str__(self):
        return f"{self.fiche.code} – budget {self.annee}"

    @property
    def total(self):
        return self.investissement + self.fonctionnement


class Financement(LigneAvecPiece):
    """Ce qu'un financeur apporte à une fiche. Lui seul écrit et confirme son montant."""

    class Statut(models.TextChoices):
        SOLLICITE = "sollicite", "Sollicité, sans réponse"
        ANNONCE = "annonce", "Annoncé"
        CONFIRME = "confirme", "Confirmé"
        DELIBERE = "delibere", "Délibéré"

    fiche = models.ForeignKey(FicheAction, models.CASCADE, related_name="financements")
    financeur = models.ForeignKey(
        PartiePrenante,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="financements",
        verbose_name="financeur",
    )
    organisme = models.CharField(
        "financeur absent du plan",
        max_length=200,
        blank=True,
        help_text="Fonds européen, État… Joignez la référence de la pièce qui l’établit.",
    )
    saisi_par = models.ForeignKey(
        PartiePrenante, models.PROTECT, related_name="+", verbose_name="saisi par", editable=False
    )
    annee = models.PositiveSmallIntegerField("année", null=True, blank=True, validators=ANNEES)
    montant = MontantField("montant (€)", null=True, blank=True)
    statut = models.CharField("statut", max_length=10, choices=Statut, default=Statut.SOLLICITE)
    reference = models.CharField(
        "référence", max_length=200, blank=True, help_text="Délibération, convention, courrier."
    )

    champs_consignes = (
        *("financeur", "organisme", "saisi_par", "annee", "montant", "statut", "reference"),
        *LigneAvecPiece.CONSIGNES_DE_LA_PIECE,
    )

    class Meta:
        ordering = ["annee", "pk"]
        verbose_name = "financement"
        constraints = [
            models.CheckConstraint(
                condition=Q(financeur__isnull=False, organisme="")
                | Q(financeur__isnull=True) & ~Q(organisme=""),
                name="financement_partie_ou_organisme",
            ),
        ]

    def __str__(self):
        return f"{self.fiche.code} – financement {de(self.nom)}"

    def annoncer(self, acte):
        if acte.verbe == Acte.Verbe.CREER and self.financeur_id and self.attend_une_reponse:
            demander(self.financeur, "sollicite votre financement", self, acte)
        elif self.financeur_id and {"montant", "statut"} & set(acte.apres):
            signaler([self.fiche.porteur], "a chiffré son financement", self, acte)

    @property
    def nom(self):
        return self.financeur.acteur.nom if self.financeur_id else self.organisme

    @property
    def porteur_id(self):
        """Le financeur ; à défaut, s'il est absent du plan, le porteur de la fiche."""
        return self.financeur_id or self.fiche.porteur_id

    @property
    def attend_une_reponse(self):
        """Sollicité, sans montant : le porteur de la fiche peut encore retirer sa demande."""
        return self.statut == self.Statut.SOLLICITE and self.montant is None

    @property
    def est_confirme(self):
        """Un financement saisi pour un organisme absent n'est jamais tenu pour confirmé."""
        engage = self.statut in (self.Statut.CONFIRME, self.Statut.DELIBERE)
        return self.financeur_id is not None and engage

    @property
    def vu_de_qui_saisit(self):
        """La même ligne, d'où se demande le droit d'y saisir la réponse d'un absent."""
        saisi = FinancementSaisi(pk=self.pk, organisme=self.organisme)
        saisi.fiche = self.fiche
        return saisi


class DemandeDeFinancement(Financement):
    """Le même financement, vu du porteur de la fiche : il sollicite, sans écrire de montant.

    La ligne d'un organisme absent du plan lui appartient entièrement.
    """

    class Meta:
        proxy = True

    @property
    def porteur_id(self):
        return self.fiche.porteur_id

    def est_a(self, place):
        retirable = self.financeur_id is None or self.attend_une_reponse
        return super().est_a(place) and retirable


class FinancementSaisi(VuDeQuiSaisit, Financement):
    """Le financement d'un organisme absent, vu de qui le saisit."""

    ANNONCE = "a saisi le financement d’un absent"

    class Meta:
        proxy = True
