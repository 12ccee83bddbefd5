"""Le document produit : le PDF d'un plan à une révision donnée."""

from django.db import models

from plans.models.plan import Plan


class Document(models.Model):
    """Le PDF d'un plan à une révision : demandé par une écriture, produit hors du web."""

    class Etat(models.TextChoices):
        DEMANDE = "demande", "Demandé"
        EN_COURS = "en_cours", "En cours de production"
        PRET = "pret", "Prêt"
        ECHEC = "echec", "Échec"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="documents")
    revision = models.PositiveIntegerField("révision du plan")
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.DEMANDE)
    progression = models.PositiveSmallIntegerField("progression (%)", default=0)
    tentative = models.PositiveSmallIntegerField(default=0)
    battement = models.DateTimeField(null=True)
    fichier = models.FileField(upload_to="documents/", blank=True)
    empreinte = models.CharField("SHA-256 du fichier", max_length=64, blank=True)
    accessible = models.BooleanField("conforme PDF/UA", default=True)
    pages = models.PositiveIntegerField(null=True)
    erreur = models.TextField(blank=True)
    demande_le = models.DateTimeField(auto_now_add=True)
    produit_le = models.DateTimeField(null=True)

    class Meta:
        ordering = ["plan", "-revision"]
        verbose_name = "document"
        constraints = [
            models.UniqueConstraint(fields=["plan", "revision"], name="document_par_revision")
        ]

    def __str__(self):
        return f"{self.plan}, révision {self.revision}"
