"""Le document produit : le PDF d'un plan à une révision donnée."""

from datetime import timedelta
from hashlib import sha256

from django.core.files.base import ContentFile
from django.db import OperationalError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import Truncator

from pams_portal.droits import Droit, plans_ou
from plans.models.plan import Plan

# Une rafale d'écritures ne produit qu'un document : celui qui suit la dernière.
REGROUPEMENT = timedelta(seconds=4)
# Bien plus que l'intervalle entre deux battements, bien moins que la patience d'une personne.
SILENCE = timedelta(minutes=2)
# Un document demandé dont le travail s'est perdu est redemandé après ce délai.
OUBLI = timedelta(minutes=15)
TENTATIVES = 3
ANCIENS_GARDES = 3


class DocumentQuerySet(models.QuerySet):
    def lisibles_par(self, utilisateur):
        """Hors du plan, seuls se lisent les documents produits pour le public."""
        lisible = Q(public=True) | Q(plan__in=plans_ou(utilisateur, Droit.LIRE_PLAN))
        return self.filter(lisible, plan__in=Plan.objects.visibles_par(utilisateur))

    def prets(self):
        return self.filter(etat=Document.Etat.PRET)

    def de(self, plan):
        """Le document de la révision présente d'un plan, créé s'il manque."""
        return self.get_or_create(plan=plan, revision=plan.revision)[0]

    def demander(self, plans, delai=REGROUPEMENT):
        """Demande le document de la révision présente de ces plans, dans la même transaction."""
        for plan_id, revision in plans.values_list("pk", "revision"):
            document, nouveau = self.get_or_create(plan_id=plan_id, revision=revision)
            if nouveau:
                document.mettre_en_file(delai)

    def demander_ceux_qui_manquent(self):
        """Un plan arrivé sans écriture (démonstration, restauration) a aussi son document."""
        manquants = Plan.objects.exclude(documents__revision=F("revision"))
        self.demander(manquants, delai=timedelta())

    def relever(self):
        """Reprend les documents dont l'ouvrier est mort, et ceux dont le travail s'est perdu."""
        maintenant = timezone.now()
        muets = self.filter(etat=Document.Etat.EN_COURS, battement__lt=maintenant - SILENCE)
        for document in muets:
            document.abandonner("L’ouvrier s’est arrêté pendant la mise en page.")
        oublies = self.filter(etat=Document.Etat.DEMANDE, battement__lt=maintenant - OUBLI)
        # Un plan adopté, ou rouvert, ne montre plus les mêmes fiches.
        publics = Q(plan__etat__in=Plan.ETATS_PUBLICS)
        perimes = self.prets().filter(
            publics & Q(public=False) | ~publics & Q(public=True), revision=F("plan__revision")
        )
        for document in oublies | perimes:
            document.mettre_en_file()

    def elaguer(self):
        """Retire ce qui ne servira plus : les demandes dépassées et les vieux fichiers."""
        depasses = self.filter(revision__lt=F("plan__revision"))
        depasses.filter(etat__in=[Document.Etat.DEMANDE, Document.Etat.ECHEC]).delete()
        gardes = {}
        for document in depasses.prets().order_by("plan", "-revision"):
            gardes.setdefault((document.plan_id, document.public), []).append(document)
        for documents in gardes.values():
            for document in documents[ANCIENS_GARDES:]:
                document.retirer()


class Document(models.Model):
    """Le PDF d'un plan à une révision : demandé par une écriture, produit hors du web.

    `tentative` sert de bail : un ouvrier en retard, dont le travail a été repris, n'écrit plus.
    """

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
    battement = models.DateTimeField("dernier signe de vie", default=timezone.now)
    fichier = models.FileField(upload_to="documents/", blank=True)
    empreinte = models.CharField("SHA-256 du fichier", max_length=64, blank=True)
    accessible = models.BooleanField("conforme PDF/UA", default=True)
    public = models.BooleanField("sans les fiches confidentielles", default=False)
    pages = models.PositiveIntegerField(null=True)
    erreur = models.TextField(blank=True)
    demande_le = models.DateTimeField(default=timezone.now)
    produit_le = models.DateTimeField(null=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "-revision"]
        verbose_name = "document"
        constraints = [
            models.UniqueConstraint(fields=["plan", "revision"], name="document_par_revision")
        ]

    def __str__(self):
        return f"{self.plan}, révision {self.revision}"

    @property
    def est_pret(self):
        return self.etat == self.Etat.PRET

    @property
    def est_en_cours(self):
        return self.etat == self.Etat.EN_COURS

    @property
    def est_en_echec(self):
        return self.etat == self.Etat.ECHEC

    @property
    def est_servable(self):
        return self.est_pret and self.fichier.storage.exists(self.fichier.name)

    @property
    def est_a_redemander(self):
        """Rien ne le refera tout seul : la production a échoué, ou le fichier a disparu."""
        return self.est_en_echec or (self.est_pret and not self.est_servable)

    @property
    def date(self):
        """La date que porte le document : celle de la révision qu'il imprime."""
        return timezone.localdate(self.demande_le)

    @property
    def nom_du_fichier(self):
        return f"pams-{self.plan.slug}-r{self.revision}.pdf"

    # --- La file ---------------------------------------------------------------------------------

    @transaction.atomic
    def mettre_en_file(self, delai=timedelta()):
        """Demande la production, au plus tôt dans `delai` ; le travail naît avec l'écriture."""
        from plans.taches import produire_document  # les tâches connaissent les modèles

        Document.objects.filter(pk=self.pk).update(
            etat=self.Etat.DEMANDE, progression=0, battement=timezone.now()
        )
        produire_document.using(run_after=timezone.now() + delai).enqueue(self.pk)

    @transaction.atomic
    def redemander(self):
        """Une personne demande une nouvelle préparation : le compte des tentatives repart."""
        Document.objects.filter(pk=self.pk).update(tentative=0, erreur="")
        self.mettre_en_file()

    # --- La production ---------------------------------------------------------------------------

    def commencer(self):
        """Prend le travail ; faux si un autre ouvrier l'a pris."""
        pris = Document.objects.filter(pk=self.pk, etat=self.Etat.DEMANDE).update(
            etat=self.Etat.EN_COURS,
            tentative=F("tentative") + 1,
            battement=timezone.now(),
            progression=0,
        )
        if pris:
            self.refresh_from_db()
        return bool(pris)

    def mien(self):
        """La ligne, tant que le bail court encore."""
        return Document.objects.filter(
            pk=self.pk, etat=self.Etat.EN_COURS, tentative=self.tentative
        )

    def battre(self, progression):
        """Dit que l'ouvrier vit, et où il en est ; une base occupée n'arrête pas la production."""
        try:
            self.mien().update(progression=progression, battement=timezone.now())
        except OperationalError:
            return

    def reussir(self, impression):
        """Range le fichier ; sans effet si le bail est perdu."""
        nom = self.fichier.storage.save(
            f"documents/{self.nom_du_fichier}", ContentFile(impression.contenu)
        )
        ancien = self.fichier.name
        tenu = self.mien().update(
            etat=self.Etat.PRET,
            progression=100,
            fichier=nom,
            empreinte=sha256(impression.contenu).hexdigest(),
            accessible=impression.accessible,
            public=self.plan.est_public,
            pages=impression.pages,
            erreur=impression.reserve,
            produit_le=timezone.now(),
        )
        perdu = ancien if tenu else nom
        if perdu:
            self.fichier.storage.delete(perdu)

    @transaction.atomic
    def abandonner(self, raison):
        """Une tentative est perdue : on recommence plus tard, ou l'on s'arrête en disant pourquoi.

        La raison, en français, est gardée ; le filtre sur la tentative écarte un ouvrier en retard.
        """
        finale = self.tentative >= TENTATIVES
        etat = self.Etat.ECHEC if finale else self.Etat.DEMANDE
        tenu = self.mien().update(etat=etat, erreur=Truncator(raison).chars(1000))
        if tenu and not finale:
            self.mettre_en_file(timedelta(seconds=5 * 2**self.tentative))

    def retirer(self):
        """Retire le document et son fichier."""
        self.delete()
        if self.fichier:
            self.fichier.storage.delete(self.fichier.name)
