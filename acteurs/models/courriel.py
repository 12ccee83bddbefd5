"""La file des courriels : en base, avec essais et reprise ; jamais dans la requête.

Un courriel ne garde pas son texte : il est écrit au moment de partir, d'après les notifications
qu'il porte. Ce qui a été corrigé entre-temps part corrigé ; ce qui a été lu ou retiré ne part pas.
"""

import logging
import uuid
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from acteurs.courriels import ecrire_le_courriel, envoyer_courriel

journal = logging.getLogger(__name__)

# Après un échec : une minute, cinq, une demi-heure, deux heures, huit heures, puis on renonce.
ATTENTES = [timedelta(minutes=m) for m in (1, 5, 30, 120, 480)]
# Bien plus que la patience du serveur d'envoi (EMAIL_TIMEOUT).
SILENCE = timedelta(minutes=5)
OUBLI = timedelta(minutes=15)
RETENTION = timedelta(days=90)


class CourrielQuerySet(models.QuerySet):
    def deposer(self, destinataire, fil):
        """Un courriel de plus dans la file ; le travail naît dans la même transaction."""
        courriel = self.create(destinataire_id=destinataire, fil=fil)
        envoyer_courriel.enqueue(courriel.pk)
        return courriel

    def a_essayer(self, maintenant=None):
        echus = Q(prochain_essai__lte=maintenant or timezone.now())
        return self.filter(echus, etat=Courriel.Etat.A_ENVOYER)

    def relever(self):
        """Reprend les courriels dont l'ouvrier est mort, et ceux dont le travail s'est perdu."""
        maintenant = timezone.now()
        muets = self.filter(etat=Courriel.Etat.EN_COURS, pris_le__lt=maintenant - SILENCE)
        for courriel in muets:
            courriel.reporter("L’ouvrier s’est arrêté pendant l’envoi.")
        for courriel in self.a_essayer(maintenant - OUBLI):
            courriel.remettre_en_file(maintenant)

    def abandonnes(self):
        return self.filter(etat=Courriel.Etat.ABANDONNE)

    def elaguer(self):
        finis = (Courriel.Etat.ENVOYE, Courriel.Etat.SANS_OBJET)
        self.filter(etat__in=finis, cree_le__lt=timezone.now() - RETENTION).delete()


class Courriel(models.Model):
    """Un envoi à une personne : un fil où elle est attendue, ou le récapitulatif du reste.

    `tentatives` sert de bail : un ouvrier en retard, dont l'envoi a été repris, n'écrit plus.
    L'identifiant fait le Message-ID : si l'ouvrier meurt entre l'envoi et sa trace, le second
    exemplaire porte le même, et les messageries qui les rapprochent n'en montrent qu'un.
    """

    class Etat(models.TextChoices):
        A_ENVOYER = "a_envoyer", "À envoyer"
        EN_COURS = "en_cours", "En cours d’envoi"
        ENVOYE = "envoye", "Envoyé"
        ABANDONNE = "abandonne", "Abandonné"
        SANS_OBJET = "sans_objet", "Sans objet (tout a été lu ou retiré)"

    identifiant = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    destinataire = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="courriels"
    )
    fil = models.UUIDField("fil ; vide pour un récapitulatif", null=True)
    etat = models.CharField("état", max_length=12, choices=Etat, default=Etat.A_ENVOYER)
    tentatives = models.PositiveSmallIntegerField(default=0)
    prochain_essai = models.DateTimeField(default=timezone.now)
    pris_le = models.DateTimeField(null=True)
    erreur = models.TextField(blank=True)
    cree_le = models.DateTimeField("créé le", default=timezone.now)
    envoye_le = models.DateTimeField("envoyé le", null=True)

    objects = CourrielQuerySet.as_manager()

    class Meta:
        ordering = ["-cree_le", "-pk"]
        verbose_name = "courriel"
        indexes = [models.Index(fields=["etat", "prochain_essai"])]

    def __str__(self):
        return f"{self.destinataire}, {self.get_etat_display().lower()}"

    @classmethod
    def pas_partis(cls, chemin):
        """La condition, vue d'une relation, qu'aucun courriel ne soit parti ou en train."""
        sortis = (cls.Etat.EN_COURS, cls.Etat.ENVOYE)
        return Q(**{chemin: None}) | ~Q(**{f"{chemin}__etat__in": sortis})

    @transaction.atomic
    def remettre_en_file(self, quand):
        Courriel.objects.filter(pk=self.pk).update(etat=self.Etat.A_ENVOYER, prochain_essai=quand)
        envoyer_courriel.using(run_after=quand).enqueue(self.pk)

    @transaction.atomic
    def reprendre(self):
        """L'administration a corrigé l'adresse ou le serveur : le compte des essais repart."""
        Courriel.objects.filter(pk=self.pk, etat=self.Etat.ABANDONNE).update(tentatives=0)
        self.remettre_en_file(timezone.now())

    def commencer(self):
        """Prend l'envoi ; faux si un autre ouvrier l'a pris, ou si son heure n'est pas venue."""
        maintenant = timezone.now()
        pris = (
            Courriel.objects.a_essayer(maintenant)
            .filter(pk=self.pk)
            .update(etat=self.Etat.EN_COURS, tentatives=F("tentatives") + 1, pris_le=maintenant)
        )
        if pris:
            self.refresh_from_db()
        return bool(pris)

    def mien(self):
        """La ligne, tant que le bail court encore."""
        return Courriel.objects.filter(
            pk=self.pk, etat=self.Etat.EN_COURS, tentatives=self.tentatives
        )

    def envoyer(self):
        """Écrit et envoie ; rend ce qui s'est passé. Un refus du serveur fait réessayer."""
        if not self.commencer():
            return "déjà pris"
        message = ecrire_le_courriel(self)
        if message is None:
            self.mien().update(etat=self.Etat.SANS_OBJET)
            return "sans objet"
        try:
            message.send()
        except (SMTPException, OSError) as erreur:
            return self.reporter(str(erreur), definitif=est_definitif(erreur))
        self.mien().update(etat=self.Etat.ENVOYE, envoye_le=timezone.now(), erreur="")
        return "envoyé"

    @transaction.atomic
    def reporter(self, raison, definitif=False):
        """Une tentative est perdue : on recommence plus tard, ou l'on renonce en le disant."""
        finale = definitif or self.tentatives > len(ATTENTES)
        etat = self.Etat.ABANDONNE if finale else self.Etat.A_ENVOYER
        if not self.mien().update(etat=etat, erreur=raison[:1000]):
            return "repris par un autre"
        if finale:
            journal.error("Courriel %s abandonné : %s", self.identifiant, raison)
            return "abandonné"
        self.remettre_en_file(timezone.now() + ATTENTES[self.tentatives - 1])
        return "reporté"


def est_definitif(erreur):
    """Vrai si le serveur refuse le destinataire pour de bon (550) : insister n'y fera rien."""
    if not isinstance(erreur, SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _ in erreur.recipients.values())
