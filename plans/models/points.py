"""L'ordre du jour d'un comité : ses points, ce qui s'y décide, et qui fera quoi pour quand."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte
from pams_portal.champs import TexteRicheField
from pams_portal.droits import Droit, exiger, plans_ou
from plans.annonces import signaler
from plans.models.comite import PieceDeSeance, SeanceDeComite
from plans.models.parties import PartiePrenante


class PointDeSeanceQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        return self.filter(seance__plan__in=plans_ou(utilisateur, Droit.LIRE_PLAN))

    def with_seance(self):
        return self.select_related("seance__plan")

    def with_suites(self):
        suites = SuiteADonner.objects.select_related("porteur__acteur")
        return self.prefetch_related(models.Prefetch("suites", suites))


class PointDeSeance(PieceDeSeance):
    """Un point de l'ordre du jour, et ce que le comité en décide.

    `nature` et `cible` disent de quel objet du plan il parle : son identifiant stable, ou la clé
    d'une règle. L'objet peut disparaître ; le titre et la présentation, copiés, restent.
    """

    class Nature(models.TextChoices):
        LIBRE = "libre", "Point libre"
        FICHE = "fiche", "Fiche qui attend un avis"
        PROPOSITION = "proposition", "Proposition en attente"
        REGLE = "regle", "Règle qui bloque"
        OBSERVATION = "observation", "Observation ouverte"
        PARTS = "parts", "Parts manquantes"

    class Issue(models.TextChoices):
        ADOPTE = "adopte", "Adopté"
        ADOPTE_MODIFIE = "adopte_modifie", "Adopté avec modification"
        REPORTE = "reporte", "Reporté"
        REFUSE = "refuse", "Refusé"
        INFORMATION = "information", "Pour information"

    TONS = {
        Issue.ADOPTE: "succes",
        Issue.ADOPTE_MODIFIE: "succes",
        Issue.REPORTE: "attente",
        Issue.REFUSE: "danger",
        Issue.INFORMATION: "neutre",
    }

    seance = models.ForeignKey(SeanceDeComite, models.CASCADE, related_name="points")
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    nature = models.CharField(
        "nature", max_length=12, choices=Nature, default=Nature.LIBRE, editable=False
    )
    cible = models.CharField(max_length=60, blank=True, editable=False)
    titre = models.CharField("titre", max_length=300)
    presentation = models.TextField(
        "de quoi il s’agit",
        blank=True,
        max_length=4000,
        help_text="Ce que chacun doit savoir avant d’en parler.",
    )
    issue = models.CharField("issue", max_length=15, choices=Issue, blank=True)
    decision = TexteRicheField("décision")

    objects = PointDeSeanceQuerySet.as_manager()
    champs_consignes = ("ordre", "titre", "presentation", "issue", "decision")

    class Meta:
        ordering = ["ordre", "pk"]
        verbose_name = "point de séance"
        verbose_name_plural = "points de séance"
        constraints = [
            models.UniqueConstraint(
                fields=["seance", "nature", "cible"],
                condition=~Q(cible=""),
                name="point_unique_par_objet",
            )
        ]

    def __str__(self):
        return f"{self.titre or 'Point à ajouter'} ({self.seance})"[:300]

    def get_absolute_url(self):
        return reverse("plans:point_detail", args=[self.plan.slug, self.seance_id, self.pk])

    @property
    def ton(self):
        return self.TONS.get(self.issue, "neutre")

    @property
    def a_une_decision(self):
        return bool(self.issue or self.decision)

    @transaction.atomic
    def retirer(self, utilisateur):
        """Le retire de l'ordre du jour ; lève ValidationError s'il porte déjà une décision."""
        point = self.verrouiller()
        exiger(utilisateur, Droit.TENIR_SEANCE, point)
        if point.a_une_decision or point.suites.exists():
            raise ValidationError(
                "Ce point porte une décision ou une suite : il ne se retire plus. "
                "Reportez-le, ou videz d’abord ce qu’il porte."
            )
        point.supprimer(utilisateur, Droit.TENIR_SEANCE, Acte.Verbe.RETIRER)


class SuiteADonnerQuerySet(models.QuerySet):
    def en_attente(self):
        return self.filter(faite_le=None)

    def with_seance(self):
        return self.select_related("point__seance__plan", "porteur__acteur")


class SuiteADonner(PieceDeSeance):
    """Qui fait quoi pour quand ; `porteur`, la partie désignée, ou un co-pilote, la dit faite."""

    point = models.ForeignKey(PointDeSeance, models.CASCADE, related_name="suites")
    porteur = models.ForeignKey(
        PartiePrenante, models.PROTECT, related_name="suites", verbose_name="qui"
    )
    quoi = models.CharField("fait quoi", max_length=300)
    echeance = models.DateField("pour quand", null=True, blank=True)
    notee_le = models.DateTimeField("notée le", default=timezone.now, editable=False)
    faite_le = models.DateTimeField("faite le", null=True, blank=True, editable=False)
    faite_par = models.CharField("dite faite par", max_length=300, blank=True, editable=False)

    objects = SuiteADonnerQuerySet.as_manager()
    champs_consignes = ("porteur", "quoi", "echeance", "faite_le", "faite_par")

    class Meta:
        ordering = ["point", "pk"]
        verbose_name = "suite à donner"
        verbose_name_plural = "suites à donner"

    def __str__(self):
        qui = self.porteur.acteur if self.porteur_id else "Suite à noter"
        return f"{qui} : {self.quoi or self.point.titre}"[:300]

    def get_absolute_url(self):
        return self.point.get_absolute_url()

    @property
    def seance(self):
        return self.point.seance

    @property
    def sous(self):
        return self.point

    @property
    def est_faite(self):
        return self.faite_le is not None

    @property
    def en_retard(self):
        echue = self.echeance and self.echeance < timezone.localdate()
        return bool(echue) and not self.est_faite

    def annoncer(self, acte):
        if acte.verbe == Acte.Verbe.CREER:
            signaler([self.porteur], "confie une suite à votre structure", self, acte)
        elif acte.verbe == Acte.Verbe.ACCOMPLIR:
            signaler(self.plan.parties.co_pilotes(), "a fait", self, acte)

    @transaction.atomic
    def marquer(self, utilisateur, faite):
        """La dit faite, ou à faire de nouveau ; sans effet si elle l'est déjà."""
        suite = self.verrouiller()
        place = exiger(utilisateur, Droit.FAIRE_SUITE, suite)
        if suite.est_faite == faite:
            return suite
        verbe = Acte.Verbe.ACCOMPLIR if faite else Acte.Verbe.ROUVRIR
        signature = f"{utilisateur}, {place.acteur.nom}"[:300] if faite else ""
        valeurs = {"faite_le": timezone.now() if faite else None, "faite_par": signature}
        return suite.poser(utilisateur, place, verbe, valeurs)
