"""Les fichiers de données ouvertes, préparés hors du web et gardés jusqu'aux suivants."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

# Une suite d'écritures ne refait pas les fichiers plus souvent.
INTERVALLE = timedelta(minutes=10)
# Bien plus qu'un seul fichier n'en demande.
SILENCE = timedelta(minutes=15)
# La précédente sert encore à qui a commencé à la prendre.
GARDEES = 2


class PublicationQuerySet(models.QuerySet):
    def pretes(self):
        return self.filter(prete_le__isnull=False)

    def demander(self, etat):
        """Demande les fichiers de cet état, s'il est neuf et si les derniers ne le sont plus."""
        derniere = self.first()
        recente = derniere and derniere.demandee_le > timezone.now() - INTERVALLE
        if recente or (derniere and derniere.etat == etat):
            return
        with transaction.atomic():
            self.create(etat=etat).mettre_en_file()

    def relever(self):
        """Oublie ce que personne ne finira, et ce dont les fichiers ont disparu : on redemande."""
        muettes = self.filter(prete_le=None, battement__lt=timezone.now() - SILENCE)
        for publication in muettes:
            publication.retirer()
        derniere = self.pretes().first()
        if derniere and not derniere.est_servable:
            derniere.retirer()

    def elaguer(self):
        for publication in self.pretes()[GARDEES:]:
            publication.retirer()


class Publication(models.Model):
    """Tous les fichiers ouverts d'un même état de l'inventaire ; le public prend la dernière."""

    etat = models.CharField("état de l’inventaire", max_length=64)
    demandee_le = models.DateTimeField(default=timezone.now)
    battement = models.DateTimeField("dernier signe de vie", default=timezone.now)
    prete_le = models.DateTimeField(null=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-demandee_le", "-pk"]
        verbose_name = "publication"

    def __str__(self):
        return f"Données ouvertes demandées le {self.demandee_le:%d/%m/%Y à %H:%M}"

    @property
    def est_servable(self):
        fichier = self.fichiers.first()
        return fichier is not None and fichier.est_servable

    def mettre_en_file(self):
        from dispositifs.taches import preparer_les_fichiers  # les tâches connaissent les modèles

        preparer_les_fichiers.enqueue(self.pk)

    @transaction.atomic
    def ranger(self, nom, contenu, empreinte):
        """Garde un fichier préparé ; faux si un autre ouvrier a repris le travail."""
        mienne = Publication.objects.filter(pk=self.pk, prete_le=None)
        if not mienne.update(battement=timezone.now()):
            return False
        fichier = FichierOuvert(publication=self, nom=nom, empreinte=empreinte, poids=contenu.size)
        fichier.fichier.save(nom, contenu)
        return True

    def publier(self):
        Publication.objects.filter(pk=self.pk, prete_le=None).update(prete_le=timezone.now())

    def retirer(self):
        """Retire la publication et ses fichiers."""
        fichiers = [f.fichier for f in self.fichiers.all()]
        self.delete()
        for fichier in fichiers:
            fichier.storage.delete(fichier.name)


class FichierOuvertQuerySet(models.QuerySet):
    def derniers(self):
        """{nom: fichier} de la dernière publication prête."""
        prete = Publication.objects.pretes().values("pk")[:1]
        fichiers = self.filter(publication=models.Subquery(prete)).select_related("publication")
        return {fichier.nom: fichier for fichier in fichiers}


class FichierOuvert(models.Model):
    """Un fichier à prendre, tel qu'il a été préparé."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="fichiers")
    nom = models.CharField(max_length=60)
    fichier = models.FileField(upload_to="donnees-ouvertes/")
    empreinte = models.CharField("SHA-256 du fichier", max_length=64)
    poids = models.PositiveBigIntegerField("poids en octets")

    objects = FichierOuvertQuerySet.as_manager()

    class Meta:
        ordering = ["publication", "pk"]
        verbose_name = "fichier ouvert"
        constraints = [
            models.UniqueConstraint(fields=["publication", "nom"], name="fichier_par_publication")
        ]

    def __str__(self):
        return self.nom

    @property
    def est_servable(self):
        return self.fichier.storage.exists(self.fichier.name)

    @property
    def nom_date(self):
        """Son nom, qui dit de quand il est."""
        racine, _, extension = self.nom.rpartition(".")
        jour = timezone.localdate(self.publication.prete_le)
        return f"{racine}-{jour.isoformat()}.{extension}"
