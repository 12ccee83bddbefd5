"""La concertation : qui l'on consulte, sur quelle version figée, jusqu'à quand.

L. 1215-3 ne demande ni consultation, ni avis, ni délai. Deux règles restent les nôtres : un
organisme qui a une place au plan rend seul son avis, et qui se tait n'est jamais réputé d'accord.
"""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from acteurs.contacts import refuser_les_adresses_de_personnes
from acteurs.models import Acte
from pams_portal.droits import Droit, exiger
from pams_portal.typographie import jour
from plans.annonces import demander, signaler
from plans.etapes import Etat
from plans.models.parties import PartiePrenante
from plans.models.plan import PieceDePlan, Plan
from plans.models.versions import Version

# Jusqu'à l'arrêt du projet : un seul co-pilote peut revenir en rédaction, cela ne doit pas couper
# la parole à ceux que tous ont consultés.
ETATS_OUVERTS = (*Plan.ETATS_DE_REDACTION, Etat.CONCERTATION)


class PieceDeConcertation(PieceDePlan):
    """Ce qui se lit au registre d'une concertation ; attend `concertation`."""

    porteur_id = None

    class Meta:
        abstract = True

    @property
    def plan(self):
        return self.concertation.plan

    @property
    def plan_id(self):
        return self.concertation.plan_id

    @property
    def registre_ouvert(self):
        return self.plan.etat in ETATS_OUVERTS

    def verrouiller_dossier(self):
        super().verrouiller_dossier()
        self.concertation.__dict__.pop("est_la_derniere", None)

    def get_absolute_url(self):
        return self.concertation.get_absolute_url()


class ConcertationQuerySet(models.QuerySet):
    def dernieres(self):
        """La plus récente de chaque plan : un avis ne se rend que sur elle."""
        suivantes = Concertation.objects.filter(plan=OuterRef("plan"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(suivantes))

    def ouvertes(self):
        """Celles dont on attend encore des avis."""
        return self.dernieres().filter(plan__etat__in=ETATS_OUVERTS)


class Concertation(PieceDeConcertation):
    """Une consultation sur la version du plan que tous les co-pilotes ont figée pour elle."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="concertations")
    version_envoyee = models.OneToOneField(
        Version, models.CASCADE, related_name="concertation", verbose_name="version envoyée"
    )
    date_limite = models.DateField("date limite des avis")
    mode = models.CharField(
        "comment on consulte",
        max_length=300,
        help_text="En mots simples : « un courrier et le PDF », « réunion du comité des "
        "partenaires »…",
    )

    objects = ConcertationQuerySet.as_manager()
    champs_consignes = ("version_envoyee", "date_limite", "mode")

    class Meta:
        ordering = ["-pk"]
        verbose_name = "concertation"

    def __str__(self):
        return f"concertation sur la version {self.version_envoyee.numero}"

    def get_absolute_url(self):
        return reverse("plans:plan_concertation", args=[self.plan.slug])

    @property
    def concertation(self):
        return self

    @cached_property
    def est_la_derniere(self):
        return not self.plan.concertations.filter(pk__gt=self.pk or 0).exists()

    @property
    def est_echue(self):
        return self.date_limite < timezone.localdate()

    @property
    def est_consultable(self):
        """On consulte sur la version présente, que le plan en concertation ne change plus."""
        return (
            self.plan.etat == Etat.CONCERTATION
            and self.version_envoyee_id is not None
            and self.version_envoyee_id == getattr(version_a_envoyer(self.plan), "pk", None)
        )

    def annoncer(self, acte):
        if acte.verbe == Acte.Verbe.MODIFIER and "date_limite" in acte.apres:
            muets = self.consultes.filter(partie__isnull=False, avis__isnull=True)
            parties = [consulte.partie for consulte in muets.select_related("partie")]
            limite = jour(self.date_limite)
            signaler(parties, f"a reporté au {limite} la date limite des avis", self, acte)


def version_a_envoyer(plan):
    """La dernière version figée pour la concertation, ou None."""
    return plan.versions.figees().filter(vers=Etat.CONCERTATION).order_by("-numero").first()


def enregistre(piece):
    """La pièce si elle est en base : une neuve, à peine nommée, se voit déjà de son vis-à-vis."""
    return piece if piece and piece.pk else None


class OrganismeConsulteQuerySet(models.QuerySet):
    def sans_avis_a_soi(self):
        """Ceux qui n'ont pas rendu eux-mêmes leur avis : rien, ou ce qu'un co-pilote a saisi."""
        return self.filter(Q(avis__isnull=True) | Q(avis__saisi_par__isnull=False))

    def with_concertation(self):
        """Avec la concertation et l'avis, sans les contenus entiers de la version envoyée."""
        envoyee = "concertation__version_envoyee"
        lus = self.select_related("concertation__plan", envoyee, "partie__acteur", "avis")
        return lus.defer(f"{envoyee}__contenu", f"{envoyee}__confidentiel")


class OrganismeConsulte(PieceDeConcertation):
    """Une partie du plan, ou un organisme hors du portail, dont on demande l'avis."""

    concertation = models.ForeignKey(Concertation, models.CASCADE, related_name="consultes")
    partie = models.ForeignKey(
        PartiePrenante,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="consultations",
        verbose_name="partie du plan",
        help_text="Elle seule rendra son avis ; ses valideurs en sont prévenus.",
    )
    organisme = models.CharField(
        "organisme absent du plan",
        max_length=200,
        blank=True,
        help_text="Comité des partenaires (L. 1231-5), conseil territorial, association… "
        "Vous saisirez son avis, avec la pièce qui le prouve.",
    )
    contact = models.CharField(
        "contact institutionnel",
        max_length=200,
        blank=True,
        validators=[refuser_les_adresses_de_personnes],
        help_text="Facultatif. Une adresse de service, jamais celle d’une personne.",
    )
    consulte_le = models.DateField("consulté le", default=timezone.localdate)

    objects = OrganismeConsulteQuerySet.as_manager()
    champs_consignes = ("partie", "organisme", "contact", "consulte_le")

    class Meta:
        ordering = ["consulte_le", "pk"]
        verbose_name = "organisme consulté"
        verbose_name_plural = "organismes consultés"
        constraints = [
            models.CheckConstraint(
                condition=Q(partie__isnull=False, organisme="")
                | Q(partie__isnull=True) & ~Q(organisme=""),
                name="consulte_partie_ou_organisme",
            ),
            models.UniqueConstraint(
                fields=["concertation", "partie"], name="partie_consultee_une_fois"
            ),
        ]

    def __str__(self):
        return f"{self.nom}, consulté"

    def get_absolute_url(self):
        return f"{super().get_absolute_url()}#consulte-{self.pk}"

    @property
    def nom(self):
        return self.partie.acteur.nom if self.partie_id else self.organisme

    @property
    def porteur_id(self):
        return self.partie_id

    @property
    def est_consultable(self):
        return self.concertation.est_consultable

    @property
    def rendu(self):
        """Son avis, ou None."""
        return enregistre(getattr(self, "avis", None))

    @property
    def etat_de_l_avis(self):
        """« Sollicité, sans réponse », ce qui ne vaut jamais accord, ou d'où vient son avis."""
        if self.rendu:
            return "Rendu" if self.rendu.est_confirme else "Saisi pour lui, non confirmé"
        echu = ", échéance dépassée" if self.concertation.est_echue else ""
        return f"Sollicité, sans réponse{echu}"

    @property
    def avis_attendu(self):
        """Son avis, ou un avis neuf à écrire."""
        from plans.models.avis import AvisSurPlan  # les avis connaissent qui est consulté

        return self.rendu or AvisSurPlan(consulte=self, identifiant=self.identifiant_promis("avis"))

    def annoncer(self, acte):
        if not self.partie_id:
            return
        if acte.verbe == Acte.Verbe.CREER:
            limite = jour(self.concertation.date_limite)
            phrase = f"demande l’avis de votre structure, au plus tard le {limite}"
            demander(self.partie, phrase, self, acte)
        elif acte.verbe == Acte.Verbe.RETIRER:
            signaler([self.partie], "ne demande plus l’avis de votre structure", self, acte)

    @transaction.atomic
    def retirer(self, utilisateur):
        """Retire un organisme de la liste ; lève ValidationError s'il a déjà un avis."""
        consulte = self.verrouiller()
        exiger(utilisateur, Droit.CONSULTER, consulte)
        if consulte.rendu:
            raise ValidationError(
                f"{consulte.nom} a déjà un avis au registre : il y reste, avec son avis."
            )
        consulte.supprimer(utilisateur, Droit.CONSULTER, Acte.Verbe.RETIRER)
