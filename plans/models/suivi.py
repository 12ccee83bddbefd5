"""Ce qui se mesure : les indicateurs des fiches."""

from django.db import models

from pams_portal.champs import NombreField
from plans.models.fiche import FicheAction
from plans.models.lignes import PieceDeFiche
from plans.models.plan import PartiePrenante


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
        *("source", "frequence"),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = "indicateur"

    def __str__(self):
        return f"{self.fiche.code} – {self.libelle}"
