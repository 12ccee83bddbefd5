"""Jusqu'où une personne a lu ce qui change dans un plan."""

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from plans.models.plan import Plan


class RepereQuerySet(models.QuerySet):
    @transaction.atomic
    def marquer(self, utilisateur, plan, instant):
        """Tout ce qui s'est fait jusqu'à `instant` est lu ; un repère ne recule jamais.

        L'instant est celui de la page lue : ce qui est arrivé depuis reste à lire.
        """
        instant = min(instant, timezone.now())
        repere, neuf = self.select_for_update().get_or_create(
            utilisateur=utilisateur, plan=plan, defaults={"lu_jusqu_a": instant}
        )
        if not neuf and repere.lu_jusqu_a < instant:
            repere.lu_jusqu_a = instant
            repere.save(update_fields=["lu_jusqu_a"])
        return repere


class Repere(models.Model):
    """Le marque-page d'une personne dans le journal d'un plan ; il n'est qu'à elle."""

    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reperes"
    )
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="reperes")
    lu_jusqu_a = models.DateTimeField("lu jusqu’à")

    objects = RepereQuerySet.as_manager()

    class Meta:
        verbose_name = "repère de lecture"
        verbose_name_plural = "repères de lecture"
        constraints = [
            models.UniqueConstraint(fields=["utilisateur", "plan"], name="repere_unique_par_plan")
        ]

    def __str__(self):
        return f"{self.utilisateur}, {self.plan}"
