"""Un import : le fichier déposé, ce qu'il deviendrait ligne à ligne, puis ce qu'il est devenu."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acteur
from bassins.models import Bassin
from dispositifs.models.dispositif import Dispositif

# Bien plus que l'intervalle entre deux battements, bien moins que la patience d'une personne.
SILENCE = timedelta(minutes=2)
OUBLI = timedelta(minutes=15)
TENTATIVES = 3
ABANDON = timedelta(days=7)
INTERROMPU = "L’import s’est interrompu plusieurs fois : rien n’est écrit. Réessayez."


class ImportationQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Un import n'est connu que dans la structure pour qui il est fait."""
        if not utilisateur.is_authenticated:
            return self.none()
        return self.filter(acteur__in=utilisateur.roles_par_acteur)

    def relever(self):
        """Reprend les travaux dont l'ouvrier est mort, et ceux qui se sont perdus."""
        maintenant = timezone.now()
        a_faire = self.filter(etat__in=Importation.TRAVAUX)
        for importation in a_faire.filter(prise=True, battement__lt=maintenant - SILENCE):
            importation.reprendre()
        for importation in a_faire.filter(prise=False, battement__lt=maintenant - OUBLI):
            importation.mettre_en_file()

    def elaguer(self):
        """Retire les imports laissés en route ; ce qui est importé garde sa page, sans fichier."""
        laisses = self.exclude(etat=Importation.Etat.FAITE)
        for importation in laisses.filter(battement__lt=timezone.now() - ABANDON):
            importation.abandonner()


class Importation(models.Model):
    """Un fichier de partenaire, de son dépôt à son écriture ; `tentative` sert de bail."""

    class Etat(models.TextChoices):
        DEPOSEE = "deposee", "Colonnes à vérifier"
        EXAMEN = "examen", "Essai en cours"
        EXAMINEE = "examinee", "À relire"
        ECRITURE = "ecriture", "Import en cours"
        FAITE = "faite", "Importé"
        ECHEC = "echec", "Échec"

    class Format(models.TextChoices):
        TABLEUR = "tableur", "Tableur"
        DATA_INCLUSION = "data_inclusion", "data·inclusion"

    TRAVAUX = (Etat.EXAMEN, Etat.ECRITURE)

    acteur = models.ForeignKey(Acteur, models.CASCADE, related_name="importations")
    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="importations"
    )
    bassin = models.ForeignKey(
        Bassin, models.SET_NULL, null=True, blank=True, related_name="importations"
    )
    fichier = models.FileField(upload_to="importations/", blank=True)
    # Celui des structures, à côté de celui des services (data·inclusion).
    structures = models.FileField(upload_to="importations/", blank=True)
    format = models.CharField(max_length=20, choices=Format, default=Format.TABLEUR)
    nom_du_fichier = models.CharField(max_length=200)
    feuille = models.CharField(max_length=200, blank=True)
    source = models.CharField("nom de la source", max_length=300, blank=True)
    rang_des_titres = models.PositiveIntegerField(default=0)
    # [[titre, clé ou ""]] : ce que la personne a dit de chaque colonne, repris la fois suivante.
    colonnes = models.JSONField(default=list)
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.DEPOSEE)
    comptes = models.JSONField(default=dict)
    avis = models.TextField(blank=True)
    progression = models.PositiveSmallIntegerField(default=0)
    prise = models.BooleanField(default=False)
    tentative = models.PositiveSmallIntegerField(default=0)
    battement = models.DateTimeField("dernier signe de vie", default=timezone.now)
    depose_le = models.DateTimeField(default=timezone.now)
    fait_le = models.DateTimeField(null=True)

    objects = ImportationQuerySet.as_manager()

    class Meta:
        ordering = ["-depose_le", "-pk"]
        verbose_name = "import"

    def __str__(self):
        return self.nom_du_fichier

    def get_absolute_url(self):
        nom = "importation_update" if self.etat == self.Etat.DEPOSEE else "importation_detail"
        return reverse(f"dispositifs:{nom}", args=[self.pk])

    @property
    def plan_id(self):
        """Hors d'un plan : voir `pams_portal.droits`."""
        return None

    def est_a(self, place):
        return self.acteur_id == place.acteur.pk

    @property
    def est_en_travail(self):
        return self.etat in self.TRAVAUX

    @property
    def est_examinee(self):
        return self.etat == self.Etat.EXAMINEE

    @property
    def est_data_inclusion(self):
        return self.format == self.Format.DATA_INCLUSION

    @property
    def est_faite(self):
        return self.etat == self.Etat.FAITE

    @property
    def est_en_echec(self):
        return self.etat == self.Etat.ECHEC

    def colonnes_retenues(self):
        """{titre normalisé: clé} : ce que la structure a dit de ses colonnes, le plus récent."""
        from dispositifs.importation.colonnes import normaliser_titre

        retenues = {}
        anciennes = Importation.objects.filter(acteur=self.acteur_id).exclude(pk=self.pk)
        for colonnes in anciennes.order_by("depose_le").values_list("colonnes", flat=True):
            retenues |= {normaliser_titre(titre): cle for titre, cle in colonnes if titre}
        return retenues

    # --- La file ---------------------------------------------------------------------------------

    @transaction.atomic
    def demander(self, etat):
        """Demande l'essai ou l'écriture ; sans effet si un travail est déjà en cours."""
        libres = Importation.objects.filter(pk=self.pk).exclude(etat__in=self.TRAVAUX)
        if libres.exclude(etat=self.Etat.FAITE).update(etat=etat, tentative=0, avis=""):
            self.mettre_en_file()

    @transaction.atomic
    def mettre_en_file(self):
        from dispositifs.taches import avancer  # les tâches connaissent les modèles

        valeurs = {"prise": False, "progression": 0, "battement": timezone.now()}
        Importation.objects.filter(pk=self.pk).update(**valeurs)
        avancer.enqueue(self.pk)

    def commencer(self):
        """Prend le travail ; faux s'il est fait, ou pris par un autre ouvrier."""
        libre = Importation.objects.filter(pk=self.pk, etat__in=self.TRAVAUX, prise=False)
        pris = libre.update(prise=True, tentative=F("tentative") + 1, battement=timezone.now())
        if pris:
            self.refresh_from_db()
        return bool(pris)

    def mienne(self):
        """La ligne, tant que le bail court encore."""
        return Importation.objects.filter(pk=self.pk, prise=True, tentative=self.tentative)

    def battre(self, progression):
        self.mienne().update(progression=progression, battement=timezone.now())

    @transaction.atomic
    def reprendre(self):
        """L'ouvrier est mort : on recommence, ou l'on s'arrête ; rien n'a été écrit à moitié."""
        if self.tentative >= TENTATIVES:
            self.echouer(INTERROMPU)
        elif self.mienne().update(prise=False):
            self.mettre_en_file()

    def echouer(self, avis):
        self.mienne().update(etat=self.Etat.ECHEC, avis=avis, prise=False)

    def retirer_le_fichier(self):
        for fichier in filter(None, (self.fichier, self.structures)):
            fichier.storage.delete(fichier.name)
        Importation.objects.filter(pk=self.pk).update(fichier="", structures="")

    def remplacer(self, nom, fichier):
        """Prend ce fichier pour `nom` (« fichier » ou « structures ») et oublie l'ancien."""
        ancien = getattr(self, nom)
        if ancien:
            ancien.storage.delete(ancien.name)
        setattr(self, nom, fichier)

    def abandonner(self):
        """Oublie l'import et son fichier ; ce qui est importé reste."""
        self.retirer_le_fichier()
        self.delete()


class LigneImportee(models.Model):
    """Ce qu'une ligne du fichier deviendrait, ou est devenue, et pourquoi."""

    importation = models.ForeignKey(Importation, models.CASCADE, related_name="lignes")
    numero = models.PositiveIntegerField()
    sort = models.CharField(max_length=10)
    nom = models.CharField(max_length=150, blank=True)
    dispositif = models.ForeignKey(
        Dispositif, models.SET_NULL, null=True, related_name="lignes_importees"
    )
    raisons = models.JSONField(default=list)
    # [[libellé, valeur d'ici, valeur du fichier]]
    changements = models.JSONField(default=list)

    class Meta:
        ordering = ["importation", "numero"]
        indexes = [models.Index(fields=["importation", "sort", "numero"])]

    def __str__(self):
        return f"Ligne {self.numero} : {self.nom}"
