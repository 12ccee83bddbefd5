"""Rappeler à une partie ce que le plan attend d'elle."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte, Motif, Utilisateur, prevenir
from pams_portal.droits import Droit, exiger
from pams_portal.elision import de, le
from pams_portal.typographie import jour
from plans.models.parties import PartiePrenante
from plans.models.plan import PieceDePlan, Plan

# Une relance par semaine et par partie, de quelque co-pilote qu'elle vienne.
ENTRE_DEUX = timedelta(days=7)


class RelanceQuerySet(models.QuerySet):
    def dernieres(self, plan):
        """{partie: l'instant de sa dernière relance}"""
        siennes = self.filter(partie__plan=plan).order_by()
        return dict(siennes.values_list("partie").annotate(models.Max("envoyee_le")))

    @transaction.atomic
    def envoyer(self, utilisateur, partie, attendu, consulte=None):
        """Prévient ceux qui écrivent pour cette partie ; `attendu` dit quoi, en mots.

        `consulte` : l'organisme dont l'avis est attendu, quand c'est de cela qu'on le relance.

        Le verrou du plan fait que deux co-pilotes ne relancent pas ensemble la même partie.
        """
        plan = Plan.objects.select_for_update(of=("self",)).get(pk=partie.plan_id)
        partie = PartiePrenante.objects.select_related("acteur").get(pk=partie.pk)
        partie.plan = plan
        place = self._exiger(utilisateur, plan, partie, consulte)
        personnes = Utilisateur.objects.agissant_pour(partie.acteur)
        self._verifier(partie, place, attendu, personnes)
        relance = self.create(partie=partie, attendu=attendu)
        relance.consigner(utilisateur, place, Acte.Verbe.RELANCER)
        phrase = "vous rappelle ce que le plan attend de votre structure"
        commun = {"par": utilisateur, "acteur": place.acteur, "motif": Motif.DECISION}
        prevenir(personnes, phrase, consulte or relance, **commun)
        return relance

    def _exiger(self, utilisateur, plan, partie, consulte):
        if consulte is None:
            return exiger(utilisateur, Droit.RELANCER, partie)
        consulte.plan.etat = plan.etat  # relu sous verrou
        return exiger(utilisateur, Droit.CONSULTER, consulte)

    def _verifier(self, partie, place, attendu, personnes):
        nom = partie.acteur.nom
        if partie.acteur_id == place.acteur.pk:
            raise ValidationError("C’est votre structure : rien ne sert de la relancer d’ici.")
        if not attendu:
            raise ValidationError(f"Le plan n’attend rien {de(nom)} pour l’instant.")
        if not personnes.exists():
            raise ValidationError(
                f"Personne n’agit pour {le(nom)} sur le portail : écrivez-lui, et gardez-en la "
                "trace sur sa ligne, à la page des parties."
            )
        recente = self.filter(partie=partie, envoyee_le__gt=timezone.now() - ENTRE_DEUX).first()
        if recente:
            quand = jour(recente.envoyee_le)
            raise ValidationError(
                f"{nom} a déjà reçu une relance le {quand} : une par semaine, pas davantage."
            )


class Relance(PieceDePlan):
    """Un rappel envoyé à une partie par un co-pilote, et ce qu'il disait d'attendu."""

    partie = models.ForeignKey(PartiePrenante, models.CASCADE, related_name="relances")
    attendu = models.CharField("attendu", max_length=250)
    envoyee_le = models.DateTimeField("envoyée le", default=timezone.now)

    objects = RelanceQuerySet.as_manager()
    champs_consignes = ("partie", "attendu")

    class Meta:
        ordering = ["-envoyee_le", "-pk"]
        verbose_name = "relance"

    def __str__(self):
        return f"{self.partie.acteur} ({self.attendu})"

    def get_absolute_url(self):
        return reverse("plans:partie_parts", args=[self.plan.slug, self.partie_id])

    @property
    def plan(self):
        return self.partie.plan

    @property
    def plan_id(self):
        return self.partie.plan_id

    @property
    def porteur_id(self):
        return self.partie_id

    def apres_ecriture(self):
        """Rien : rappeler ne change pas le plan."""
