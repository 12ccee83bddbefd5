"""Les lignes d'une fiche-action : ce qu'elles partagent, ses étapes et ses partenaires."""

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from acteurs.models import Acte
from pams_portal.droits import exiger
from plans.annonces import demander, signaler
from plans.models.fiche import FicheAction
from plans.models.parties import PartiePrenante
from plans.models.pieces import AvecPiece
from plans.models.plan import PieceDePlan


class PieceDeFiche(PieceDePlan):
    """Une ligne d'une fiche-action ; par défaut, au porteur de la fiche."""

    class Meta:
        abstract = True

    def consigner(self, utilisateur, place, verbe, *suite, **autres):
        """Ce qui change sur une ligne peut faire avancer, ou reculer, sa fiche."""
        acte = super().consigner(utilisateur, place, verbe, *suite, **autres)
        if acte and verbe not in Acte.FINS:
            self.fiche.reexaminer(utilisateur, place)
        return acte

    @transaction.atomic
    def supprimer(self, utilisateur, droit, verbe=Acte.Verbe.SUPPRIMER):
        place = exiger(utilisateur, droit, self)
        super().supprimer(utilisateur, droit, verbe)
        self.fiche.reexaminer(utilisateur, place)

    @property
    def plan(self):
        return self.fiche.plan

    @property
    def plan_id(self):
        return self.fiche.plan_id

    def get_absolute_url(self):
        return self.fiche.get_absolute_url()


class LigneAvecPiece(AvecPiece, PieceDeFiche):
    """Une ligne qui peut porter la pièce établissant ce qu'elle dit d'un organisme absent."""

    class Meta:
        abstract = True

    @property
    def url_de_la_piece(self):
        nature = self._meta.get_field("fiche").remote_field.related_name
        return reverse(
            "plans:piece_detail", args=[self.plan.slug, self.fiche.code, nature, self.pk]
        )


class VuDeQuiSaisit:
    """La ligne d'un organisme absent, vue de qui dit ce qu'il a répondu : le porteur de la
    fiche, ou un co-pilote. Attend `ANNONCE`, ce qui en est dit au porteur."""

    @property
    def porteur_id(self):
        return self.fiche.porteur_id

    @property
    def est_pour_un_absent(self):
        return self.est_en_redaction and bool(self.organisme)

    def annoncer(self, acte):
        if acte.verbe == Acte.Verbe.MODIFIER:
            signaler([self.fiche.porteur], self.ANNONCE, self, acte)


class DuPorteurDeLaFiche(PieceDeFiche):
    class Meta:
        abstract = True

    @property
    def porteur_id(self):
        return self.fiche.porteur_id


class Etape(DuPorteurDeLaFiche):
    fiche = models.ForeignKey(FicheAction, models.CASCADE, related_name="etapes")
    libelle = models.CharField("étape", max_length=250)
    echeance = models.DateField("échéance", null=True, blank=True)
    faite = models.BooleanField("faite", default=False)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)

    champs_consignes = ("libelle", "echeance", "faite", "ordre")

    class Meta:
        ordering = ["ordre", "pk"]
        verbose_name = "étape"

    def __str__(self):
        return f"{self.fiche.code} – {self.libelle}"


class Partenariat(LigneAvecPiece):
    """Le rôle d'une partie, ou d'un organisme absent du portail, sur la fiche d'une autre."""

    class Role(models.TextChoices):
        CO_PORTEUR = "co_porteur", "Co-porteur"
        FINANCEUR = "financeur", "Financeur"
        OPERATEUR = "operateur", "Opérateur"
        PRESCRIPTEUR = "prescripteur", "Prescripteur"

    class Reponse(models.TextChoices):
        SOLLICITE = "sollicite", "Sollicité, sans réponse"
        CONFIRME = "confirme", "Confirmé"
        DECLINE = "decline", "Décliné"
        # Ce qu'on a saisi pour un organisme absent : dit par une pièce, jamais confirmé par lui.
        ACCEPTE = "accepte", "Accepte, d’après la pièce citée"
        REFUSE = "refuse", "Décline, d’après la pièce citée"

    REPONSES_SAISIES = (Reponse.SOLLICITE, Reponse.ACCEPTE, Reponse.REFUSE)

    fiche = models.ForeignKey(FicheAction, models.CASCADE, related_name="partenariats")
    partie = models.ForeignKey(
        PartiePrenante,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="partenariats",
        verbose_name="partie du plan",
    )
    organisme = models.CharField(
        "organisme absent du plan",
        max_length=200,
        blank=True,
        help_text="À défaut d’une partie du plan ; sa réponse ne sera jamais tenue pour confirmée.",
    )
    role = models.CharField("rôle", max_length=12, choices=Role)
    reponse = models.CharField("réponse", max_length=10, choices=Reponse, default=Reponse.SOLLICITE)
    reference = models.CharField(
        "pièce qui le prouve",
        max_length=200,
        blank=True,
        help_text="Courrier, délibération, compte rendu : son objet et sa date.",
    )
    saisi_par = models.ForeignKey(
        PartiePrenante,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="saisi par",
        editable=False,
    )

    champs_consignes = (
        *("partie", "organisme", "role", "reponse", "reference", "saisi_par"),
        *LigneAvecPiece.CONSIGNES_DE_LA_PIECE,
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = "partenariat"
        constraints = [
            models.CheckConstraint(
                condition=Q(partie__isnull=False, organisme="")
                | Q(partie__isnull=True) & ~Q(organisme=""),
                name="partenariat_partie_ou_organisme",
            ),
            models.CheckConstraint(
                condition=Q(partie__isnull=False, reponse__in=["sollicite", "confirme", "decline"])
                | Q(partie__isnull=True, reponse__in=["sollicite", "accepte", "refuse"]),
                name="partenariat_absent_jamais_confirme",
            ),
        ]

    def __str__(self):
        return f"{self.fiche.code} – {self.nom} ({self.get_role_display().lower()})"

    def save(self, *args, **kwargs):
        """Ce qu'on écrit d'un absent est dit de quelqu'un : à défaut, du porteur de la fiche."""
        if self.partie_id is None and self.saisi_par_id is None:
            self.saisi_par_id = self.fiche.porteur_id
        super().save(*args, **kwargs)

    def annoncer(self, acte):
        if self.partie_id and acte.verbe == Acte.Verbe.CREER:
            demander(self.partie, "vous propose un rôle", self, acte)
        elif acte.verbe == Acte.Verbe.REPONDRE:
            reponse = f"a répondu « {self.get_reponse_display().lower()} »"
            signaler([self.fiche.porteur], reponse, self, acte)

    @property
    def nom(self):
        return self.partie.acteur.nom if self.partie_id else self.organisme

    @property
    def porteur_id(self):
        """Répondre n'appartient qu'à la partie sollicitée ; un organisme absent ne répond pas."""
        return self.partie_id

    @property
    def est_confirme(self):
        return self.partie_id is not None and self.reponse == self.Reponse.CONFIRME

    @property
    def vu_de_qui_saisit(self):
        """La même ligne, d'où se demande le droit d'y saisir la réponse d'un absent."""
        saisie = ReponseSaisie(pk=self.pk, organisme=self.organisme)
        saisie.fiche = self.fiche
        return saisie


class DemandeDePartenariat(Partenariat):
    """Le même rôle, vu du porteur de la fiche : il sollicite, et peut se raviser."""

    class Meta:
        proxy = True

    @property
    def porteur_id(self):
        return self.fiche.porteur_id

    def est_a(self, place):
        return super().est_a(place) and not self.est_confirme


class ReponseSaisie(VuDeQuiSaisit, Partenariat):
    """Le rôle d'un organisme absent, vu de qui saisit sa réponse."""

    ANNONCE = "a saisi la réponse d’un partenaire"

    class Meta:
        proxy = True
