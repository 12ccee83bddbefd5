"""L'état de ce que montrent les listes publiques : il change à chaque écriture."""

import secrets

from django.db import connection, models, transaction

ETATS = "SELECT sujet, COUNT(*), SUM(tirage) FROM bassins_revision GROUP BY sujet"


class Sujet(models.TextChoices):
    TERRITOIRES = "territoires", "Territoires et bassins"
    INVENTAIRE = "inventaire", "Inventaire"


def tirer():
    return secrets.randbits(40)


class Revision(models.Model):
    """Une écriture sur un sujet, notée dans sa transaction.

    L'état d'un sujet est le compte et la somme de tirages au sort : il change à chaque écriture
    validée, dans quelque ordre qu'elles le soient, sans qu'aucune n'en attende une autre. Ce qui
    est gardé en mémoire porte cet état dans sa clé : tous les processus web sont d'accord.
    """

    GARDEES = 500

    sujet = models.CharField(max_length=20, choices=Sujet)
    tirage = models.BigIntegerField(default=tirer)

    class Meta:
        verbose_name = "révision"

    def __str__(self):
        return f"{self.sujet} {self.pk}"

    @classmethod
    def monter(cls, sujet):
        """À appeler dans la transaction qui écrit."""
        neuve = cls.objects.create(sujet=sujet)
        if neuve.pk % cls.GARDEES == 0:
            with transaction.atomic():
                # Celles qu'une autre écriture efface déjà, on les lui laisse.
                anciennes = cls.objects.filter(pk__lte=neuve.pk - cls.GARDEES)
                libres = anciennes.select_for_update(skip_locked=True).values_list("pk", flat=True)
                cls.objects.filter(pk__in=list(libres[: 2 * cls.GARDEES])).delete()

    @classmethod
    def etats(cls):
        """{sujet: état} ; un sujet sur lequel rien n'a été écrit n'y est pas. Une requête."""
        # Chaque page publique commence ici : écrite d'avance, la requête coûte deux fois moins.
        with connection.cursor() as curseur:
            curseur.execute(ETATS)
            return {sujet: f"{nombre}-{somme}" for sujet, nombre, somme in curseur.fetchall()}


class QuerySetSuivi(models.QuerySet):
    """Les écritures en lot montent aussi la révision du sujet."""

    def _suivre(self, ecrire, *args, **kwargs):
        with transaction.atomic(using=self.db):
            resultat = ecrire(*args, **kwargs)
            Revision.monter(self.model.sujet_suivi)
        return resultat

    def update(self, **valeurs):
        return self._suivre(super().update, **valeurs)

    def bulk_create(self, *args, **kwargs):
        return self._suivre(super().bulk_create, *args, **kwargs)

    def delete(self):
        return self._suivre(super().delete)

    update.alters_data = bulk_create.alters_data = delete.alters_data = True
    delete.queryset_only = True


class Suivi(models.Model):
    """Un objet que montrent les listes publiques."""

    sujet_suivi = None

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        Revision.monter(self.sujet_suivi)

    @transaction.atomic
    def delete(self, *args, **kwargs):
        efface = super().delete(*args, **kwargs)
        Revision.monter(self.sujet_suivi)
        return efface
