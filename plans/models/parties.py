"""Les parties prenantes d'un plan : un acteur, en une qualité."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse

from acteurs.models import Acte, Acteur, Fonction
from pams_portal.droits import Droit, Qualite, exiger
from plans.annonces import demander, signaler
from plans.etapes import Etat
from plans.models.plan import PieceDePlan, Plan


class PartiePrenanteQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        return self.filter(plan__in=Plan.objects.visibles_par(utilisateur))

    def toucher_les_plans(self):
        Plan.objects.filter(pk__in=self.values("plan_id")).non_figes().toucher()

    def co_pilotes(self):
        return self.filter(qualite=Qualite.CO_PILOTE)


class PartiePrenante(PieceDePlan):
    """La place d'un acteur dans un plan, en une qualité."""

    class Reponse(models.TextChoices):
        SOLLICITEE = "sollicitee", "Sollicitée, sans réponse"
        CONTRIBUE = "contribue", "Contribue"
        DECLINE = "decline", "Décline"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="parties")
    acteur = models.ForeignKey(Acteur, models.PROTECT, related_name="places")
    qualite = models.CharField("qualité", max_length=12, choices=Qualite)
    fonctions = models.JSONField("fonctions", default=list, editable=False)
    precision = models.CharField("au titre de", max_length=300, blank=True)
    reponse = models.CharField(
        "réponse", max_length=12, choices=Reponse, default=Reponse.SOLLICITEE
    )
    trace = models.TextField(
        "trace de l’association", blank=True, help_text="Courrier, réunion, avis : quand et quoi."
    )

    objects = PartiePrenanteQuerySet.as_manager()
    champs_consignes = ("acteur", "qualite", "precision", "reponse", "trace")
    nomme_par = ("acteur",)

    class Meta:
        # co_pilote, coordonnee, associee, invitee : l'ordre de la loi, pas celui de l'alphabet.
        ordering = [
            models.Case(
                *(models.When(qualite=q, then=rang) for rang, q in enumerate(Qualite)),
                output_field=models.IntegerField(),
            ),
            "acteur__nom_normalise",
            "pk",
        ]
        verbose_name = "partie prenante"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "acteur", "qualite"], name="partie_unique_par_qualite"
            )
        ]

    def __str__(self):
        return f"{self.acteur.nom} ({self.get_qualite_display().lower()})"

    def get_absolute_url(self):
        return reverse("plans:partie_list", args=[self.plan.slug])

    def annoncer(self, acte):
        if acte.verbe == Acte.Verbe.CREER:
            self.solliciter(acte)
        elif acte.verbe == Acte.Verbe.REPONDRE:
            reponse = f"a répondu « {self.get_reponse_display().lower()} »"
            signaler(self.plan.parties.co_pilotes(), reponse, self, acte)

    def solliciter(self, acte):
        if self.reponse == self.Reponse.SOLLICITEE:
            demander(self, "demande si votre structure contribue au plan", self, acte)

    @property
    def porteur_id(self):
        return self.pk

    @property
    def est_co_pilote(self):
        return self.qualite == Qualite.CO_PILOTE

    @property
    def est_du_spe(self):
        return Fonction.Nature.SPE in self.fonctions

    @property
    def est_gerable(self):
        """Les co-pilotes le sont de droit (L.1215-3, al. 2) : aucun ne peut écarter l'autre."""
        return self.est_en_redaction and not self.est_co_pilote

    @property
    def est_relancable(self):
        """Tant qu'elle peut répondre : en concertation, un avis se rend et un visa se donne."""
        return self.est_en_redaction or self.plan.etat == Etat.CONCERTATION

    def parts(self):
        """Ce que la partie tient ou a signé, et qui empêche de la retirer."""
        from plans.models import Financement, Partenariat  # ils connaissent les parties

        portees = (self.contributions, self.fiches, self.financements, self.partenariats)
        signees = (self.propositions, self.avis, self.visas, self.suites, self.consultations)
        saisis = Financement.objects.filter(saisi_par=self).exclude(financeur=self)
        reponses = Partenariat.objects.filter(saisi_par=self)
        mesurees = (self.indicateurs, self.indicateurs_suivis, self.mesures)
        return [
            part for lot in (*portees, *mesurees, *signees, saisis, reponses) for part in lot.all()
        ]

    def parts_sans_plume(self, qualite):
        """Ce que la partie porte et ne pourrait plus écrire en cette qualité."""
        if qualite == Qualite.INVITEE:
            portees = (self.contributions, self.fiches, self.financements, self.partenariats)
            mesures = (self.indicateurs, self.indicateurs_suivis)
            return [part for lot in (*portees, *mesures) for part in lot.all()]
        if qualite == Qualite.ASSOCIEE:
            return [c for c in self.contributions.all() if c.chapitre.est_du_spe]
        return []

    @transaction.atomic
    def retirer(self, utilisateur):
        """Retire la partie du plan ; lève ValidationError si elle y tient encore quelque chose."""
        partie = self.verrouiller()
        exiger(utilisateur, Droit.GERER_PARTIES, partie)
        if partie.parts():
            raise ValidationError("Cette partie tient encore quelque chose dans le plan.")
        partie.supprimer(utilisateur, Droit.GERER_PARTIES, Acte.Verbe.RETIRER)
