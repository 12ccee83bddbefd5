"""Tenir l'inventaire à jour : demander à qui sait, par un lien signé qui ne vaut que pour cela."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import models, transaction
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte, Acteur
from dispositifs.fraicheur.courriels import envoyer_demandes
from dispositifs.fraicheur.destinataires import destinataires
from dispositifs.models.dispositif import Dispositif
from pams_portal.droits import Droit, Place, exiger
from pams_portal.elision import le

DEMANDES_SANS_REPONSE = 3
FICHE_CHANGEE = (
    "La fiche a changé pendant que vous la lisiez. Rien n’est enregistré : relisez-la, puis "
    "répondez de nouveau."
)


class EnvoiQuerySet(models.QuerySet):
    @transaction.atomic
    def preparer_du_mois(self, mois, destinataire, demandes):
        """Le courriel du mois pour une adresse, ou None s'il est déjà préparé.

        La contrainte d'unicité tranche entre deux commandes lancées ensemble ; la demande et le
        travail qui l'envoie entrent dans la même transaction : ni l'un sans l'autre, ni deux fois.
        """
        envoi, neuf = self.get_or_create(
            courriel=destinataire.courriel,
            mois=mois,
            tournee=True,
            defaults={"nom": destinataire.nom},
        )
        if not neuf:
            return None
        DemandeDeConfirmation.objects.bulk_create(
            [
                DemandeDeConfirmation(
                    envoi=envoi,
                    dispositif=dispositif,
                    acteur=acteur,
                    courriel=envoi.courriel,
                    mois=mois,
                )
                for dispositif, acteur in demandes
            ],
            ignore_conflicts=True,
        )
        envoyer_demandes.enqueue(envoi.pk)
        return envoi

    @transaction.atomic
    def demander(self, utilisateur, dispositif):
        """Un co-pilote demande de confirmer une fiche, une fois par mois et par adresse.

        Rend le nombre d'adresses sollicitées ; lève PermissionDenied, ou ValidationError.
        """
        dispositif = dispositif.verrouiller()
        place = exiger(
            utilisateur, Droit.DEMANDER_CONFIRMATION, DemandeDeConfirmation(dispositif=dispositif)
        )
        if not dispositif.est_en_service:
            raise ValidationError("Ce dispositif n’est plus en service.")
        hier = timezone.now() - timedelta(days=1)
        recents = self.filter(pour=place.acteur, cree_le__gt=hier)
        if recents.count() >= self.model.DEMANDES_PAR_JOUR:
            raise ValidationError("Votre structure a déjà beaucoup demandé aujourd’hui : à demain.")
        mois = timezone.localdate().replace(day=1)
        deja = set(dispositif.demandes.filter(mois=mois).values_list("courriel", flat=True))
        adresses = destinataires_de(dispositif.pk)
        if not adresses:
            raise ValidationError("La fiche ne porte aucune adresse : il n’y a personne à joindre.")
        neuves = [adresse for adresse in adresses if adresse.courriel not in deja]
        if not neuves:
            raise ValidationError("Une confirmation a déjà été demandée ce mois-ci.")
        for courriel, acteur, nom in neuves:
            envoi = self.create(
                courriel=courriel, nom=nom, mois=mois, tournee=False, pour=place.acteur
            )
            envoi.demandes.create(
                dispositif=dispositif, acteur=acteur, courriel=courriel, mois=mois
            )
            envoyer_demandes.enqueue(envoi.pk)
        return len(neuves)

    def relever(self):
        """Reprend les envois pris par un ouvrier mort, ou refusés par le serveur de courriel."""
        perdus = self.filter(
            envoye_le__isnull=True,
            pris_le__lt=timezone.now() - self.model.REPRISE,
            tentatives__lt=self.model.TENTATIVES,
        )
        for envoi in perdus:
            envoyer_demandes.enqueue(envoi.pk)

    def elaguer(self):
        """Oublie les adresses après treize mois ; le journal des fiches garde les réponses."""
        self.filter(cree_le__lt=timezone.now() - self.model.MEMOIRE).delete()


class Envoi(models.Model):
    """Un courriel de demandes : un par adresse et par mois, quoi que l'on relance."""

    VALABLE = timedelta(days=45)
    REPRISE = timedelta(minutes=15)
    TENTATIVES = 8
    DEMANDES_PAR_JOUR = 50
    MEMOIRE = timedelta(days=396)

    identifiant = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    courriel = models.EmailField("adresse")
    nom = models.CharField("nom de la personne", max_length=150, blank=True)
    mois = models.DateField("mois", help_text="Le premier jour du mois.")
    tournee = models.BooleanField("de la tournée du mois", default=True)
    pour = models.ForeignKey(
        Acteur,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="demandes_de_confirmation",
        verbose_name="demandé par",
    )
    cree_le = models.DateTimeField(auto_now_add=True)
    pris_le = models.DateTimeField(null=True)
    envoye_le = models.DateTimeField(null=True)
    tentatives = models.PositiveSmallIntegerField(default=0)

    objects = EnvoiQuerySet.as_manager()

    class Meta:
        ordering = ["-mois", "courriel"]
        verbose_name = "envoi"
        constraints = [
            models.UniqueConstraint(
                fields=["courriel", "mois"],
                condition=Q(tournee=True),
                name="envoi_unique_par_adresse_et_par_mois",
            )
        ]

    def __str__(self):
        return f"{self.courriel}, {self.mois:%Y-%m}"

    def prendre(self):
        """Réserve l'envoi à un ouvrier ; faux s'il est parti, ou si un autre s'en occupe."""
        libre = Q(pris_le__isnull=True) | Q(pris_le__lt=timezone.now() - self.REPRISE)
        pris = Envoi.objects.filter(libre, pk=self.pk, envoye_le__isnull=True).update(
            pris_le=timezone.now(), tentatives=F("tentatives") + 1
        )
        return bool(pris)

    def noter_parti(self):
        Envoi.objects.filter(pk=self.pk).update(envoye_le=timezone.now())


def destinataires_de(pk):
    """À qui demander pour une fiche ; personne si elle n'est plus de l'inventaire."""
    trouves = destinataires(Dispositif.objects.filter(pk=pk))
    return trouves[0][1] if trouves else []


class LienRefuse(Exception):
    """Un lien qui ne vaut pas, et pourquoi ; `demande` est connue si la signature est bonne."""

    def __init__(self, motif, demande=None):
        super().__init__(motif)
        self.motif, self.demande = motif, demande


class DemandeQuerySet(models.QuerySet):
    def du_lien(self, jeton):
        """La demande pour laquelle ce lien a été écrit et vaut encore ; lève LienRefuse."""
        try:
            pk = signataire().unsign(jeton, max_age=Envoi.VALABLE)
        except SignatureExpired:
            raise LienRefuse("perime") from None
        except BadSignature:
            raise LienRefuse("illisible") from None
        if not pk.isdecimal():
            raise LienRefuse("illisible")
        demande = self.select_related("dispositif__porteur", "acteur").filter(pk=int(pk)).first()
        if demande is None:
            raise LienRefuse("caduc")
        demande.verifier()
        return demande

    def sans_reponse(self):
        """{(dispositif, adresse)} des services restés muets trop de fois depuis leur dernière
        confirmation : on ne leur écrit plus."""
        depuis = Q(dispositif__confirme_le__isnull=True) | Q(
            envoi__cree_le__date__gt=F("dispositif__confirme_le")
        )
        muettes = self.filter(depuis, envoi__nom="", reponse="").order_by()
        comptes = muettes.values("dispositif", "courriel").annotate(nombre=Count("pk"))
        return set(
            comptes.filter(nombre__gte=DEMANDES_SANS_REPONSE).values_list("dispositif", "courriel")
        )


def signataire():
    """Signe les liens de confirmation, et eux seuls : le sel les sépare de tout autre jeton."""
    return TimestampSigner(salt="dispositifs.confirmation", sep=".")


class DemandeDeConfirmation(models.Model):
    """Une fiche dont on demande à une adresse si elle est exacte ; elle se répond une fois."""

    class Reponse(models.TextChoices):
        EXACT = "exact", "Toujours exact"
        CORRIGE = "corrige", "Correction proposée"
        FERME = "ferme", "Le service est fermé"

    envoi = models.ForeignKey(Envoi, models.CASCADE, related_name="demandes")
    dispositif = models.ForeignKey(Dispositif, models.CASCADE, related_name="demandes")
    acteur = models.ForeignKey(
        Acteur, models.CASCADE, related_name="+", verbose_name="au nom de qui l’on répond"
    )
    courriel = models.EmailField("adresse")
    mois = models.DateField("mois")
    reponse = models.CharField("réponse", max_length=10, choices=Reponse, blank=True)
    repondu_le = models.DateTimeField("répondu le", null=True)

    objects = DemandeQuerySet.as_manager()

    class Meta:
        ordering = ["dispositif", "pk"]
        verbose_name = "demande de confirmation"
        constraints = [
            models.UniqueConstraint(
                fields=["dispositif", "courriel", "mois"], name="demande_unique_par_mois"
            )
        ]

    def __str__(self):
        return f"{self.dispositif}, {self.courriel}"

    @property
    def lien(self):
        """L'adresse publique à mettre dans le courriel ; elle vient des réglages, pas de la
        requête, qui peut être forgée."""
        jeton = signataire().sign(str(self.pk))
        return settings.SITE_URL + reverse("dispositifs:demande_repondre", args=[jeton])

    @property
    def signature(self):
        """Comment le journal nomme qui a répondu : on sait l'adresse, pas la personne."""
        return f"{self.courriel}, par le lien reçu à cette adresse"

    # Vue des plans du territoire, pour le droit de demander : voir `pams_portal.droits`.
    plan_id = None

    @property
    def plans_touches(self):
        return self.dispositif.plans_du_territoire

    def est_a(self, place):
        return self.dispositif.est_a(place)

    @property
    def place(self):
        return Place(self.acteur, frozenset())

    def verifier(self):
        """Lève LienRefuse si cette demande n'attend plus de réponse de cette adresse."""
        if self.reponse:
            raise LienRefuse("servi", self)
        # Une fiche fondue dans une autre n'est plus de l'inventaire : personne n'en répond.
        adresses = destinataires_de(self.dispositif_id)
        if (self.courriel, self.acteur) not in {(d.courriel, d.acteur) for d in adresses}:
            raise LienRefuse("caduc", self)
        if not self.dispositif.est_en_service:
            raise LienRefuse("hors_service", self)

    # --- Répondre ------------------------------------------------------------------------------

    def confirmer(self, vue):
        """« Toujours exact » ; `vue` : la version de la fiche qui était sous les yeux."""
        return self._repondre(
            vue,
            self.Reponse.EXACT,
            Acte.Verbe.CONFIRMER,
            statut=Dispositif.Statut.VERIFIE,
            raison_statut="",
            confirme_le=timezone.localdate(),
            confirme_par=self.acteur,
        )

    def fermer(self, vue, raison=""):
        """« Le service est fermé » : l'état change, la fiche et son journal restent."""
        return self._repondre(
            vue,
            self.Reponse.FERME,
            Acte.Verbe.MODIFIER,
            statut=Dispositif.Statut.FERME,
            raison_statut=raison or f"Déclaré fermé par {le(self.acteur)}"[:300],
        )

    @transaction.atomic
    def _repondre(self, vue, reponse, verbe, **valeurs):
        """Écrit la réponse et elle seule, sur la fiche visée et elle seule.

        Lève LienRefuse si quelqu'un a répondu entre-temps par le même lien, ValidationError si la
        fiche n'est plus celle qui a été lue.
        """
        dispositif = self.reserver(reponse)
        if dispositif.version != vue:
            raise ValidationError(FICHE_CHANGEE)
        return dispositif.poser(None, self.place, verbe, valeurs, self.signature)

    def reserver(self, reponse):
        """Consomme le lien, sous verrou ; rend la fiche, verrouillée. Dans une transaction."""
        try:
            dispositif = self.dispositif.verrouiller()
            demande = DemandeDeConfirmation.objects.select_for_update().get(pk=self.pk)
        except ObjectDoesNotExist:
            raise LienRefuse("caduc") from None
        demande.dispositif = dispositif
        demande.verifier()
        demande.reponse, demande.repondu_le = reponse, timezone.now()
        demande.save(update_fields=["reponse", "repondu_le"])
        return dispositif
