"""Ce qu'un import propose et n'écrit pas : une personne en décide."""

from django.core.exceptions import ValidationError
from django.db import models, transaction

from acteurs.models import Acte, Acteur, Versionne
from dispositifs.models.dispositif import Dispositif
from pams_portal.droits import Droit
from pams_portal.valeurs import valeur_simple

DEJA_DECIDE = "Cette différence a déjà été tranchée : rechargez la page."
A_CHANGE = "La valeur d’ici a changé depuis que vous avez ouvert la page : relisez-la."


class EcartQuerySet(models.QuerySet):
    def a_decider(self):
        return self.filter(decision=Ecart.Decision.ATTEND)


class Ecart(Versionne):
    """Une valeur de fichier qui contredit ce qu'une personne a écrit, ou ce qu'un autre tient.

    La valeur d'ici, qui l'a écrite et quand se lisent dans la fiche et son journal.
    """

    class Decision(models.TextChoices):
        ATTEND = "attend", "À décider"
        PRIS = "pris", "Valeur du fichier retenue"
        GARDE = "garde", "Valeur d’ici gardée"

    dispositif = models.ForeignKey(Dispositif, models.CASCADE, related_name="ecarts")
    champ = models.CharField(max_length=40)
    valeur = models.JSONField("valeur du fichier")
    origine = models.CharField("fichier et ligne", max_length=300)
    propose_par = models.ForeignKey(
        Acteur, models.SET_NULL, null=True, related_name="ecarts_proposes"
    )
    propose_le = models.DateTimeField(auto_now_add=True)
    decision = models.CharField(
        "décision", max_length=10, choices=Decision, default=Decision.ATTEND
    )

    objects = EcartQuerySet.as_manager()
    champs_consignes = ("decision",)

    class Meta:
        ordering = ["dispositif", "pk"]
        verbose_name = "écart"
        indexes = [models.Index(fields=["decision", "dispositif"])]

    def __str__(self):
        return f"{self.dispositif} : {self.libelle}"

    @property
    def libelle(self):
        return Dispositif._meta.get_field(self.champ).verbose_name

    @property
    def dossier(self):
        """La décision se lit dans le journal de la fiche."""
        return self.dispositif.identifiant

    def est_a(self, place):
        return self.dispositif.est_a(place)

    @transaction.atomic
    def decider(self, utilisateur, decision, version):
        """Retient la valeur du fichier, ou garde celle d'ici ; `version` : celle de la fiche lue.

        Lève PermissionDenied sans le droit de modifier la fiche, ValidationError si l'écart est
        déjà tranché ou si la valeur d'ici a changé depuis cette version.
        """
        dispositif = self.dispositif.verrouiller()
        ecart = self.verrouiller()
        if ecart.decision != self.Decision.ATTEND:
            raise ValidationError(DEJA_DECIDE)
        dernier = dispositif.dernier_acte_sur(self.champ)
        if dernier is not None and dernier.version > version:
            raise ValidationError(A_CHANGE)
        if decision == self.Decision.PRIS:
            dispositif.agir(
                utilisateur,
                Droit.MODIFIER_DISPOSITIF,
                Acte.Verbe.IMPORTER,
                origine=self.origine,
                **{nom_d_ecriture(self.champ): en_valeur(self.champ, self.valeur)},
            )
        verbe = Acte.Verbe.REPONDRE
        return ecart.agir(utilisateur, Droit.MODIFIER_DISPOSITIF, verbe, decision=decision)


def nom_d_ecriture(champ):
    """Le nom sous lequel une valeur simple se pose : `commune_id` pour une relation simple."""
    field = Dispositif._meta.get_field(champ)
    return champ if field.many_to_many else field.attname


def en_valeur(champ, simple):
    """La valeur de champ d'une valeur simple du journal : un nombre, une date, une liste."""
    field = Dispositif._meta.get_field(champ)
    if field.is_relation:
        return simple
    valeur = field.to_python(simple)
    if valeur_simple(valeur) != simple:
        raise ValueError(f"{champ} : {simple!r}")
    return valeur
