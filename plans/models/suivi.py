"""Ce qui se mesure : les indicateurs des fiches, et leurs valeurs datées."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from acteurs.models import Acte
from pams_portal.champs import NombreField
from pams_portal.typographie import jour
from plans.annonces import signaler
from plans.models.fiche import FicheAction
from plans.models.lignes import PieceDeFiche
from plans.models.parties import PartiePrenante
from plans.models.plan import Plan

DATES = [MinValueValidator(date(2000, 1, 1), "Une mesure ne se date pas d’avant 2000.")]


class Indicateur(PieceDeFiche):
    """Un indicateur d'une fiche, avec sa valeur de départ, sa cible et son responsable."""

    class Frequence(models.TextChoices):
        ANNUELLE = "annuelle", "Annuelle"
        SEMESTRIELLE = "semestrielle", "Semestrielle"
        TRIMESTRIELLE = "trimestrielle", "Trimestrielle"

    fiche = models.ForeignKey(FicheAction, models.CASCADE, related_name="indicateurs")
    porteur = models.ForeignKey(
        PartiePrenante, models.PROTECT, related_name="indicateurs", verbose_name="responsable"
    )
    suivi_par = models.ForeignKey(
        PartiePrenante,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="indicateurs_suivis",
        verbose_name="partie qui relève aussi les valeurs",
        help_text="À défaut, le responsable les saisit seul. Chacun ne corrige que les siennes.",
    )
    libelle = models.CharField("indicateur", max_length=200)
    unite = models.CharField("unité", max_length=50, help_text="personnes, trajets, heures…")
    depart = NombreField("valeur de départ", max_digits=14, decimal_places=2, null=True, blank=True)
    date_depart = models.DateField("date de cette valeur", null=True, blank=True)
    cible = NombreField("cible", max_digits=14, decimal_places=2, null=True, blank=True)
    echeance = models.DateField("échéance de la cible", null=True, blank=True)
    source = models.CharField("source", max_length=200, blank=True)
    frequence = models.CharField(
        "fréquence", max_length=15, choices=Frequence, default=Frequence.ANNUELLE
    )

    champs_consignes = (
        *("porteur", "libelle", "unite", "depart", "date_depart", "cible", "echeance"),
        *("source", "frequence", "suivi_par"),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = "indicateur"

    def __str__(self):
        return f"{self.fiche.code} – {self.libelle}"

    def annoncer(self, acte):
        if self.suivi_par_id and acte.apres.get("suivi_par") == self.suivi_par_id:
            signaler([self.suivi_par], "vous confie le relevé de cet indicateur", self, acte)

    def se_mesure_par(self, partie_id):
        """Vrai si cette partie saisit les valeurs : responsable, ou désignée pour le relevé."""
        return partie_id in (self.porteur_id, self.suivi_par_id)

    @property
    def derniere(self):
        """La mesure la plus récente, ou None ; les mesures sont déjà lues."""
        mesures = list(self.mesures.all())
        return mesures[-1] if mesures else None

    @property
    def progression(self):
        """La part du chemin du départ à la cible, en %, que dit la dernière mesure ; ou None.

        Négative quand on s'éloigne de la cible, et plus de 100 quand on la dépasse.
        """
        if None in (self.depart, self.cible) or self.depart == self.cible or not self.derniere:
            return None
        return round((self.derniere.valeur - self.depart) * 100 / (self.cible - self.depart))


class ValeurIndicateur(PieceDeFiche):
    """Ce qu'un indicateur valait à une date : à la partie qui l'a saisie, et à elle seule.

    Elle relève du suivi et non du contenu visé : elle se saisit aussi quand le plan est adopté.
    """

    indicateur = models.ForeignKey(Indicateur, models.CASCADE, related_name="mesures")
    porteur = models.ForeignKey(
        PartiePrenante, models.PROTECT, related_name="mesures", verbose_name="saisie par"
    )
    date = models.DateField("date de la mesure", validators=DATES)
    valeur = NombreField("valeur", max_digits=14, decimal_places=2)
    source = models.CharField(
        "source", max_length=200, blank=True, help_text="D’où vient le chiffre : enquête, comptage…"
    )
    commentaire = models.TextField("commentaire", max_length=1000, blank=True)

    champs_consignes = ("porteur", "date", "valeur", "source", "commentaire")

    class Meta:
        ordering = ["date", "pk"]
        verbose_name = "valeur d’un indicateur"
        verbose_name_plural = "valeurs des indicateurs"
        constraints = [
            models.UniqueConstraint(fields=["indicateur", "date"], name="valeur_unique_par_date")
        ]

    def __str__(self):
        return f"{self.indicateur}, au {jour(self.date)}"

    def clean(self):
        super().clean()
        if self.date and self.date > timezone.localdate():
            raise ValidationError({"date": "Cette date est à venir : une mesure est déjà faite."})

    def annoncer(self, acte):
        if acte.verbe == Acte.Verbe.CREER:
            parties = [self.indicateur.porteur, self.fiche.porteur]
            signaler(parties, "a saisi une valeur de cet indicateur", self, acte)

    @property
    def fiche(self):
        return self.indicateur.fiche

    @property
    def est_mesurable(self):
        """Pendant la rédaction, puis une fois le plan adopté ; jamais entre l'arrêt et le vote."""
        vivants = (Plan.Etat.ADOPTE, Plan.Etat.MISE_EN_OEUVRE)
        return self.est_en_redaction or self.plan.etat in vivants

    def est_a(self, place):
        """La sienne, tant qu'elle suit l'indicateur ; celles qu'elle a saisies lui restent."""
        return super().est_a(place) and (self.pk or self.indicateur.se_mesure_par(place.partie_id))
