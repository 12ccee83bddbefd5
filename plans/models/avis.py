"""Les avis rendus sur la version envoyée en concertation, et ce que les co-pilotes y répondent."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte
from pams_portal.champs import TexteRicheField
from pams_portal.elision import de
from plans.annonces import demander, signaler
from plans.models.concertation import (
    OrganismeConsulte,
    PieceDeConcertation,
    enregistre,
)
from plans.models.fiche import FicheAction
from plans.models.parties import PartiePrenante
from plans.models.pieces import AvecPiece
from plans.models.redaction import Chapitre


class AvisSurPlanQuerySet(models.QuerySet):
    def a_traiter(self):
        """Sans réponse, ou dont la réponse parlait d'un avis changé depuis."""
        changes = Q(reponse__version_de_l_avis__lt=F("version"))
        return self.filter(Q(reponse__isnull=True) | changes)


class AvisSurPlan(AvecPiece, PieceDeConcertation):
    """L'avis d'un organisme consulté, sur la version envoyée.

    `saisi_par` vide : l'organisme l'a rendu lui-même. Sinon un co-pilote l'a saisi d'après une
    pièce, qu'il peut joindre, et il n'est jamais compté comme confirmé.
    """

    class Sens(models.TextChoices):
        FAVORABLE = "favorable", "Favorable"
        RESERVES = "reserves", "Favorable avec réserves ou observations"
        DEFAVORABLE = "defavorable", "Défavorable"
        SANS_AVIS = "sans_avis", "Sans avis exprimé"

    TONS = {Sens.FAVORABLE: "succes", Sens.RESERVES: "attente", Sens.DEFAVORABLE: "danger"}

    consulte = models.OneToOneField(OrganismeConsulte, models.CASCADE, related_name="avis")
    sens = models.CharField("avis", max_length=12, choices=Sens)
    texte = TexteRicheField("ce que dit l’avis", blank=True)
    rendu_le = models.DateField("rendu le", default=timezone.localdate)
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
    signataire = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    nom_signataire = models.CharField(max_length=200, editable=False)

    objects = AvisSurPlanQuerySet.as_manager()
    champs_consignes = (
        *("sens", "texte", "rendu_le", "reference", "saisi_par"),
        *AvecPiece.CONSIGNES_DE_LA_PIECE,
    )

    class Meta:
        ordering = ["rendu_le", "pk"]
        verbose_name = "avis sur le plan"
        verbose_name_plural = "avis sur le plan"

    def __str__(self):
        return f"avis {de(self.consulte.nom)} sur le plan"

    def get_absolute_url(self):
        return self.consulte.get_absolute_url()

    @property
    def url_de_la_piece(self):
        return reverse("plans:avis_piece_detail", args=[self.plan.slug, self.consulte_id])

    @property
    def concertation(self):
        return self.consulte.concertation

    @property
    def porteur_id(self):
        return self.consulte.partie_id

    @property
    def ton(self):
        return self.TONS.get(self.sens, "neutre")

    @property
    def est_confirme(self):
        return self.saisi_par_id is None

    @property
    def est_hors_delai(self):
        return self.rendu_le > self.concertation.date_limite

    @property
    def est_a_rendre(self):
        return self.registre_ouvert and self.concertation.est_la_derniere

    @property
    def est_a_saisir(self):
        """Ce que l'organisme a rendu lui-même, personne d'autre ne le réécrit."""
        return self.est_a_rendre and (self.pk is None or self.saisi_par_id is not None)

    @property
    def repondu(self):
        """Ce que les co-pilotes y ont répondu, ou None."""
        return enregistre(getattr(self, "reponse", None))

    @property
    def reponse_attendue(self):
        """Sa réponse, ou une réponse neuve à écrire."""
        return self.repondu or ReponseAvis(
            avis=self, identifiant=self.identifiant_promis("reponse")
        )

    @property
    def est_a_traiter(self):
        return self.repondu is None or not self.repondu.est_a_jour

    @property
    def etat_de_la_reponse(self):
        if self.repondu is None:
            return "À répondre"
        return "Répondu" if self.repondu.est_a_jour else "À revoir : l’avis a changé depuis"

    def annoncer(self, acte):
        """Un avis appelle une réponse des co-pilotes ; saisi, celle de l'organisme aussi."""
        sens = self.get_sens_display().lower()
        phrase = f"a rendu son avis ({sens}) : votre réponse est attendue"
        if not self.est_confirme:
            phrase = f"a saisi l’avis {de(self.consulte.nom)} ({sens}) : une réponse est attendue"
            if self.consulte.partie_id:
                a_confirmer = "a saisi l’avis de votre structure : rendez-le vous-même"
                demander(self.consulte.partie, a_confirmer, self.consulte, acte)
        for pilote in self.plan.parties.co_pilotes():
            demander(pilote, phrase, self.concertation, acte)


class ReponseAvis(PieceDeConcertation):
    """Ce que les co-pilotes répondent à un avis, et ce qu'ils en retiennent."""

    class Decision(models.TextChoices):
        RETENU = "retenu", "Pris en compte"
        EN_PARTIE = "en_partie", "Pris en compte en partie"
        ECARTE = "ecarte", "Non retenu"

    TONS = {Decision.RETENU: "succes", Decision.EN_PARTIE: "attente", Decision.ECARTE: "neutre"}

    avis = models.OneToOneField(AvisSurPlan, models.CASCADE, related_name="reponse")
    decision = models.CharField("suite donnée", max_length=10, choices=Decision)
    explication = TexteRicheField("explication", blank=True)
    chapitres = models.ManyToManyField(
        Chapitre, blank=True, related_name="+", verbose_name="chapitres modifiés"
    )
    fiches = models.ManyToManyField(
        FicheAction, blank=True, related_name="+", verbose_name="fiches modifiées"
    )
    # Si l'avis change ensuite, la réponse ne parle plus de lui : cela se dit.
    version_de_l_avis = models.PositiveIntegerField("version de l’avis", editable=False)
    ecrite_par = models.ForeignKey(
        PartiePrenante, models.PROTECT, related_name="+", verbose_name="écrite par", editable=False
    )
    donnee_le = models.DateField("donnée le", default=timezone.localdate, editable=False)

    champs_consignes = (
        *("decision", "explication", "chapitres", "fiches", "version_de_l_avis", "ecrite_par"),
    )

    class Meta:
        verbose_name = "réponse à un avis"
        verbose_name_plural = "réponses aux avis"

    def __str__(self):
        return f"réponse à l’{self.avis}"

    def get_absolute_url(self):
        return self.avis.get_absolute_url()

    @property
    def concertation(self):
        return self.avis.concertation

    @property
    def ton(self):
        return self.TONS.get(self.decision, "neutre")

    @property
    def est_a_jour(self):
        return self.version_de_l_avis >= self.avis.version

    @property
    def appelle_une_reponse(self):
        return self.registre_ouvert

    def annoncer(self, acte):
        if self.avis.consulte.partie_id and acte.verbe not in Acte.FINS:
            phrase = f"a répondu à votre avis : {self.get_decision_display().lower()}"
            signaler([self.avis.consulte.partie], phrase, self.avis, acte)
