"""Prévenir les personnes : dans le portail toujours, par courriel selon ce qu'elles ont choisi.

Rien n'est envoyé ici : un acte dépose des notifications dans sa transaction, et l'ouvrier range
plus tard dans un courriel celles qui ont attendu `DELAI` sans être lues ni corrigées.
"""

from datetime import timedelta

from django.core import signing
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from acteurs.models.courriel import Courriel
from acteurs.models.utilisateur import Utilisateur
from pams_portal.texte import normaliser

# Le temps qu'a l'auteur d'un message pour le corriger ou le retirer avant que rien ne parte.
DELAI = timedelta(minutes=10)
# Après une longue panne, on ne réveille pas les gens pour ce qu'ils ont pu lire depuis.
PEREMPTION = timedelta(days=10)
RETENTION = timedelta(days=180)
HEURE_DU_RECAPITULATIF = 7
EXTRAIT = 600


class Motif(models.TextChoices):
    """Pourquoi cette personne est prévenue ; seuls les deux premiers valent un courriel à part."""

    MENTION = "mention", "vous êtes mentionné"
    DECISION = "decision", "votre décision est demandée"
    SUIVI = "suivi", "vous suivez ce fil"


IMMEDIATS = (Motif.MENTION, Motif.DECISION)


@transaction.atomic
def prevenir(personnes, phrase, objet, *, par, acteur=None, motif=Motif.SUIVI, source=None):
    """Prévient ces personnes de ce que `par` vient de faire ; à appeler dans la transaction.

    `phrase` suit le nom de l'auteur (« vous a mentionné »). `objet`, versionné et pourvu de
    `get_absolute_url`, est ce dont on parle : son identifiant fait le fil, que chacun peut quitter.
    `source` est le message, s'il y en a un : versionné, avec un `texte` ; corrigé ou retiré avant
    l'envoi (`rectifier`, `retirer`), il part corrigé, ou ne part pas.

    Nul n'est prévenu de ses propres actes, ni d'un plan où il n'a pas de place, ni deux fois du
    même message, ni d'un fil qu'il a quitté, sauf s'il y est mentionné ou que sa décision y est
    demandée. Répéter un acte que la personne n'a pas encore lu n'ajoute rien.
    """
    destinataires = Utilisateur.objects.filter(is_active=True, pk__in=[p.pk for p in personnes])
    if par is not None:
        destinataires = destinataires.exclude(pk=par.pk)
    dossier = objet.dossier if objet.plan_id else None
    if dossier:
        destinataires = destinataires.filter(pk__in=Utilisateur.objects.ayant_place(dossier))
    auteur = normaliser(f"{par} ({acteur})" if acteur else par or "Le portail")
    phrase = normaliser(phrase)
    deja = Notification.objects.filter(fil=objet.identifiant)
    if source is None:
        deja = deja.en_attente().filter(phrase=phrase, auteur=auteur, motif=motif)
    else:
        deja = deja.filter(source=source.identifiant)
    destinataires = destinataires.exclude(pk__in=deja.values("destinataire"))
    if motif == Motif.SUIVI:
        quittes = Abonnement.objects.filter(fil=objet.identifiant, actif=False)
        destinataires = destinataires.exclude(pk__in=quittes.values("utilisateur"))
    return Notification.objects.bulk_create(
        Notification(
            destinataire=destinataire,
            motif=motif,
            auteur=auteur[:400],
            phrase=phrase[:200],
            objet=normaliser(objet)[:300],
            url=objet.get_absolute_url(),
            fil=objet.identifiant,
            dossier=dossier,
            cadre=str(getattr(objet, "plan", objet))[:200] if dossier else "",
            source=source.identifiant if source else None,
            extrait=source.texte[:EXTRAIT] if source else "",
        )
        for destinataire in destinataires
    )


def creneau(recapitulatif, maintenant):
    """Le dernier matin (ou lundi matin) où ce récapitulatif a dû partir ; None si jamais."""
    if recapitulatif == Utilisateur.Recapitulatif.JAMAIS:
        return None
    local = timezone.localtime(maintenant)
    matin = local.replace(hour=HEURE_DU_RECAPITULATIF, minute=0, second=0, microsecond=0)
    if matin > local:
        matin -= timedelta(days=1)
    if recapitulatif == Utilisateur.Recapitulatif.HEBDOMADAIRE:
        matin -= timedelta(days=matin.weekday())
    return matin


class NotificationQuerySet(models.QuerySet):
    def non_lues(self):
        return self.filter(lue_le=None)

    def du_fil(self, objet):
        return self.filter(fil=objet.identifiant)

    def en_attente(self):
        """Ni lues, ni rangées dans un courriel."""
        return self.non_lues().filter(courriel=None)

    def lire(self):
        return self.non_lues().update(lue_le=timezone.now())

    def rectifier(self, source):
        """Un message a été corrigé : ce qui n'est ni lu ni parti s'oublie, à l'appelant de prévenir
        de nouveau qui est encore concerné ; ce qui a été lu dit le nouveau texte."""
        siennes = self.filter(source=source.identifiant)
        siennes.non_lues().filter(Courriel.pas_partis("courriel")).delete()
        siennes.update(extrait=source.texte[:EXTRAIT])

    def retirer(self, source):
        """Un message a été retiré : personne n'a plus à le lire."""
        self.filter(source=source.identifiant).delete()

    def a_ranger(self, maintenant):
        """Celles pour qui l'heure d'un courriel est venue, selon le choix de leur destinataire."""
        echues = Q(motif__in=IMMEDIATS, destinataire__immediat=True)
        for rythme in Utilisateur.Recapitulatif:
            if heure := creneau(rythme, maintenant):
                echues |= Q(destinataire__recapitulatif=rythme, partira_le__lte=heure)
        return self.mures(maintenant).filter(echues)

    def mures(self, maintenant):
        """Celles que leur auteur ne peut plus corriger, et que personne n'a encore envoyées."""
        return self.en_attente().filter(
            partira_le__lte=maintenant,
            partira_le__gt=maintenant - PEREMPTION,
            destinataire__is_active=True,
        )

    def ranger(self, maintenant=None):
        """Range dans des courriels ce qui doit partir ; rend le nombre de courriels créés."""
        maintenant = maintenant or timezone.now()
        dues = self.a_ranger(maintenant).order_by().values_list("destinataire", flat=True)
        return sum(self._ranger_pour(pk, maintenant) for pk in dues.distinct())

    @transaction.atomic
    def _ranger_pour(self, destinataire, maintenant):
        """Un courriel par fil où la personne est attendue, un récapitulatif de tout le reste.

        Le verrou sur le compte fait que deux ouvriers ne rangent pas deux fois la même chose.
        """
        personne = Utilisateur.objects.select_for_update(no_key=True).get(pk=destinataire)
        dues = list(self.a_ranger(maintenant).filter(destinataire=destinataire))
        mures = self.mures(maintenant).filter(destinataire=destinataire)
        vite = personne.immediat
        immediates = [n for n in dues if vite and n.motif in IMMEDIATS]
        lots = [(fil, mures.filter(fil=fil)) for fil in {n.fil for n in immediates}]
        if len(dues) > len(immediates):
            lots.append((None, mures))  # évalué en dernier : ce que les fils n'ont pas pris
        remplis = 0
        for fil, lot in lots:
            if lot.exists():
                lot.update(courriel=Courriel.objects.deposer(destinataire, fil))
                remplis += 1
        return remplis

    def elaguer(self):
        """Retire ce que personne ne relira."""
        self.filter(cree_le__lt=timezone.now() - RETENTION).delete()


def dans_dix_minutes():
    return timezone.now() + DELAI


class Notification(models.Model):
    """Ce dont une personne est prévenue : qui a fait quoi, sur quoi, et où le voir."""

    destinataire = models.ForeignKey(
        Utilisateur, models.CASCADE, related_name="notifications", verbose_name="destinataire"
    )
    motif = models.CharField(max_length=10, choices=Motif)
    auteur = models.CharField(max_length=400)
    phrase = models.CharField(max_length=200)
    objet = models.CharField(max_length=300)
    url = models.CharField(max_length=500)
    # Des identifiants stables, sans clé étrangère vers le haut de la maison.
    fil = models.UUIDField(db_index=True)
    dossier = models.UUIDField(null=True)
    cadre = models.CharField("titre du plan", max_length=200, blank=True)
    source = models.UUIDField("message d’origine", null=True, db_index=True)
    extrait = models.TextField(blank=True)
    cree_le = models.DateTimeField(default=timezone.now)
    partira_le = models.DateTimeField(default=dans_dix_minutes)
    lue_le = models.DateTimeField(null=True)
    courriel = models.ForeignKey(Courriel, models.SET_NULL, null=True, related_name="notifications")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-cree_le", "-pk"]
        verbose_name = "notification"
        indexes = [
            models.Index(fields=["destinataire", "lue_le"]),
            models.Index(fields=["courriel", "lue_le", "partira_le"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["destinataire", "source"], name="notification_unique_par_message"
            )
        ]

    def __str__(self):
        return f"{self.auteur} {self.phrase} : {self.objet}"


class AbonnementQuerySet(models.QuerySet):
    def abonner(self, personnes, objet):
        """Ces personnes suivent désormais le fil, sauf celles qui l'ont quitté."""
        self.bulk_create(
            [Abonnement(utilisateur=p, fil=objet.identifiant) for p in personnes],
            ignore_conflicts=True,
        )

    def du_jeton(self, jeton):
        """(abonnement, le lien vaut-il encore) ; (None, False) si le jeton est faux.

        Un lien ne vaut que pour l'abonnement où il a été écrit : se réabonner l'éteint.
        """
        try:
            pk, tour = signing.loads(jeton, salt=Abonnement.SEL)
        except (signing.BadSignature, TypeError, ValueError):
            return None, False
        if not isinstance(pk, int):
            return None, False
        abonnement = self.select_related("utilisateur").filter(pk=pk).first()
        return abonnement, abonnement is not None and abonnement.tour == tour


class Abonnement(models.Model):
    """Une personne suit un fil, ou l'a quitté."""

    SEL = "acteurs.abonnement"

    utilisateur = models.ForeignKey(Utilisateur, models.CASCADE, related_name="abonnements")
    fil = models.UUIDField()
    actif = models.BooleanField(default=True)
    tour = models.PositiveIntegerField(default=1)

    objects = AbonnementQuerySet.as_manager()

    class Meta:
        verbose_name = "abonnement"
        constraints = [
            models.UniqueConstraint(fields=["utilisateur", "fil"], name="abonnement_unique")
        ]

    def __str__(self):
        return f"{self.utilisateur}, {self.fil}"

    @property
    def jeton(self):
        """Ce qui permet de quitter ce fil sans ouvrir de session."""
        return signing.dumps([self.pk, self.tour], salt=self.SEL)

    def quitter(self):
        Abonnement.objects.filter(pk=self.pk).update(actif=False)
        self.actif = False

    def suivre(self):
        """Se réabonner éteint les liens d'avant."""
        quittes = Abonnement.objects.filter(pk=self.pk, actif=False)
        quittes.update(actif=True, tour=F("tour") + 1)
        self.refresh_from_db()
