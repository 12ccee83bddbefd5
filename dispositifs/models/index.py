"""Les index d'un dispositif : ses territoires et ses mots, pour le trouver sans relire sa fiche."""

from django.db import connection, models, transaction

from dispositifs.recherche.mots import mots_ponderes

INSERER = "INSERT INTO dispositifs_mot (dispositif_id, mot, poids) VALUES "
PAR_LOT = 300


class Zone(models.Model):
    """L'index des zones d'éligibilité : une ligne par territoire, pour chercher par territoire."""

    dispositif = models.ForeignKey("dispositifs.Dispositif", models.CASCADE, related_name="zones")
    cle = models.CharField("territoire", max_length=25)

    class Meta:
        ordering = ["cle"]
        constraints = [
            models.UniqueConstraint(fields=["dispositif", "cle"], name="zone_unique"),
        ]
        indexes = [models.Index(fields=["cle"])]

    def __str__(self):
        return self.cle


class MotQuerySet(models.QuerySet):
    def indexer(self, dispositifs):
        """Refait l'index de ces dispositifs ; n'écrit rien si leurs mots n'ont pas changé.

        À appeler après toute écriture qui ne passe pas par `Dispositif.save`.
        """
        actuels = {dispositif.pk: {} for dispositif in dispositifs}
        lignes = self.filter(dispositif__in=actuels).values_list("dispositif", "mot", "poids")
        for pk, mot, poids in lignes.order_by():
            actuels[pk][mot] = poids
        voulus = {dispositif.pk: mots_ponderes(dispositif) for dispositif in dispositifs}
        changes = [pk for pk in voulus if voulus[pk] != actuels[pk]]
        neufs = [(pk, mot, poids) for pk in changes for mot, poids in voulus[pk].items()]
        if changes:
            with transaction.atomic(), connection.cursor() as curseur:
                self.filter(dispositif__in=changes).delete()
                # Quarante lignes par dispositif : `bulk_create` coûterait dix fois plus, et une
                # ligne par ordre, autant d'allers et retours.
                for debut in range(0, len(neufs), PAR_LOT):
                    lot = neufs[debut : debut + PAR_LOT]
                    valeurs = ", ".join(["(%s, %s, %s)"] * len(lot))
                    curseur.execute(INSERER + valeurs, [v for ligne in lot for v in ligne])


class Mot(models.Model):
    """L'index des mots : une ligne par mot d'un dispositif, avec ce qu'il pèse."""

    dispositif = models.ForeignKey(
        "dispositifs.Dispositif", models.CASCADE, related_name="mots", db_index=False
    )
    mot = models.CharField(max_length=40)
    poids = models.PositiveSmallIntegerField()

    objects = MotQuerySet.as_manager()

    class Meta:
        ordering = ["mot"]
        verbose_name = "mot de l’index"
        constraints = [
            # Un mot d'abord, pour chercher ; un dispositif d'abord, pour refaire son index.
            models.UniqueConstraint(fields=["dispositif", "mot"], name="mot_unique"),
        ]
        indexes = [models.Index(fields=["mot", "dispositif", "poids"], name="mot_cherche")]

    def __str__(self):
        return self.mot
