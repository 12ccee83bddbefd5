"""Ce que les parties écrivent : chapitres, contributions, axes et objectifs."""

from django.db import models
from django.db.models import F

from acteurs.models import Acte
from pams_portal.champs import TexteRicheField
from pams_portal.droits import Droit
from pams_portal.elision import de
from plans.annonces import signaler
from plans.models.parties import PartiePrenante
from plans.models.plan import PieceDePlan, Plan
from plans.sommaire import SOMMAIRE, Nature

CHAPITRES_TYPES = {modele.cle: modele for modele in SOMMAIRE}


class PieceQuerySet(models.QuerySet):
    """Les pièces d'un plan se voient quand le plan se voit."""

    def visibles_par(self, utilisateur):
        return self.filter(plan__in=Plan.objects.visibles_par(utilisateur))


class Chapitre(models.Model):
    """Un chapitre du sommaire : un ensemble ordonné de contributions."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="chapitres")
    cle = models.SlugField(max_length=40)
    numero = models.CharField("numéro", max_length=8, blank=True)
    titre = models.CharField("titre", max_length=200)
    ordre = models.PositiveSmallIntegerField()

    objects = PieceQuerySet.as_manager()

    class Meta:
        ordering = ["ordre"]
        verbose_name = "chapitre"
        constraints = [
            models.UniqueConstraint(fields=["plan", "cle"], name="chapitre_unique_par_plan")
        ]

    def __str__(self):
        return f"{self.numero} {self.titre}".strip()

    def get_absolute_url(self):
        return f"{self.plan.get_absolute_url()}#{self.ancre}"

    @property
    def ancre(self):
        return f"chapitre-{self.cle}"

    @property
    def aide(self):
        return CHAPITRES_TYPES[self.cle].aide

    @property
    def est_redige(self):
        return CHAPITRES_TYPES[self.cle].nature != Nature.FICHES

    @property
    def est_du_spe(self):
        return CHAPITRES_TYPES[self.cle].nature == Nature.SPE

    @property
    def droit_de_contribuer(self):
        return Droit.CONTRIBUER_SPE if self.est_du_spe else Droit.CONTRIBUER

    @property
    def niveau(self):
        return 2 if "." in self.numero else 1

    @property
    def niveau_des_titres(self):
        """Sous le titre du chapitre (h2 ou h3) : le document n'a pas de niveau sauté."""
        return self.niveau + 2


class ContributionQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        return self.filter(chapitre__plan__in=Plan.objects.visibles_par(utilisateur))

    def with_plan(self):
        return self.select_related("chapitre__plan__bassin", "porteur__acteur")


class Contribution(PieceDePlan):
    """La part qu'une partie écrit dans un chapitre ; commune, elle est validée par tous."""

    chapitre = models.ForeignKey(Chapitre, models.CASCADE, related_name="contributions")
    porteur = models.ForeignKey(PartiePrenante, models.PROTECT, related_name="contributions")
    commune = models.BooleanField("texte commun", default=False, editable=False)
    texte = TexteRicheField("texte")
    ordre = models.PositiveSmallIntegerField(default=0)
    modifie_le = models.DateTimeField(auto_now=True)

    objects = ContributionQuerySet.as_manager()
    champs_consignes = ("porteur", "texte", "ordre")
    nomme_par = ("chapitre", "porteur__acteur")

    class Meta:
        ordering = ["ordre", "pk"]
        verbose_name = "contribution"

    def __str__(self):
        nature = "texte commun" if self.commune else f"part {de(self.porteur.acteur.nom)}"
        return f"{self.chapitre} ({nature})"

    def get_absolute_url(self):
        return f"{self.plan.get_absolute_url()}#{self.ancre}"

    def annoncer(self, acte):
        if acte.verbe == Acte.Verbe.ATTRIBUER:
            signaler([self.porteur], "vous a attribué ce texte", self, acte)
        elif self.commune and "texte" in acte.apres and acte.verbe != Acte.Verbe.CREER:
            signaler(self.plan.parties.co_pilotes(), "a modifié le texte commun", self, acte)

    @property
    def nature_de_part(self):
        return "texte commun" if self.commune else "sa part"

    @property
    def ancre(self):
        return f"contribution-{self.pk}"

    @property
    def plan(self):
        return self.chapitre.plan

    @property
    def plan_id(self):
        return self.chapitre.plan_id

    @property
    def est_ouverte_au_porteur(self):
        """Le chapitre du service public de l'emploi est à ses organismes et aux co-pilotes."""
        return self.est_en_redaction and self.peut_revenir_a(self.porteur)

    def peut_revenir_a(self, partie):
        return partie.est_du_spe or partie.est_co_pilote


class Axe(PieceDePlan):
    """Un axe des orientations ; commun à toutes les parties."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="axes")
    lettre = models.CharField("lettre", max_length=2)
    intitule = models.CharField("intitulé", max_length=200)
    texte = TexteRicheField("texte")
    ordre = models.PositiveSmallIntegerField(default=0)

    objects = PieceQuerySet.as_manager()
    champs_consignes = ("lettre", "intitule", "texte", "ordre")
    porteur_id = None

    class Meta:
        ordering = ["ordre", "lettre"]
        verbose_name = "axe"
        constraints = [
            models.UniqueConstraint(fields=["plan", "lettre"], name="axe_unique_par_lettre")
        ]

    def __str__(self):
        return f"Axe {self.lettre} – {self.intitule}"

    def get_absolute_url(self):
        return f"{self.plan.get_absolute_url()}#chapitre-orientations"

    def annoncer(self, acte):
        if {"texte", "intitule"} & set(acte.apres) and acte.verbe != Acte.Verbe.CREER:
            signaler(self.plan.parties.co_pilotes(), "a modifié cet axe", self, acte)


class Objectif(PieceDePlan):
    """Un objectif d'un axe ; il retient le dernier numéro donné pour ne jamais le redonner."""

    axe = models.ForeignKey(Axe, models.CASCADE, related_name="objectifs")
    numero = models.PositiveSmallIntegerField("numéro", editable=False)
    intitule = models.CharField("intitulé", max_length=250)
    dernier_numero = models.PositiveSmallIntegerField(default=0, editable=False)

    champs_consignes = ("numero", "intitule")
    nomme_par = ("axe",)
    porteur_id = None

    class Meta:
        ordering = ["numero"]
        verbose_name = "objectif"
        constraints = [
            models.UniqueConstraint(fields=["axe", "numero"], name="objectif_unique_par_axe")
        ]

    def __str__(self):
        return f"{self.code} – {self.intitule}"

    @property
    def plan(self):
        return self.axe.plan

    @property
    def plan_id(self):
        return self.axe.plan_id

    @property
    def code(self):
        return f"{self.axe.lettre}{self.numero}"

    def save(self, *args, **kwargs):
        if self.numero is None:
            dernier = self.axe.objectifs.aggregate(models.Max("numero"))["numero__max"]
            self.numero = (dernier or 0) + 1
        super().save(*args, **kwargs)

    def numero_suivant(self):
        """Réserve et rend le numéro de la prochaine fiche ; à appeler dans une transaction."""
        Objectif.objects.filter(pk=self.pk).update(dernier_numero=F("dernier_numero") + 1)
        self.refresh_from_db(fields=["dernier_numero"])
        return self.dernier_numero
