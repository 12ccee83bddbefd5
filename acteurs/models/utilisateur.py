"""Les personnes, et ce qu'elles peuvent faire au nom d'un acteur."""

from collections import defaultdict
from datetime import timedelta
from functools import cached_property

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode

from acteurs.courriels import envoyer_changement_d_adresse, envoyer_lien
from acteurs.models.acteur import Acteur
from acteurs.models.journal import Acte, Versionne
from pams_portal.droits import ECHELLE, Droit, Place, Role
from pams_portal.elision import le


class UtilisateurManager(BaseUserManager):
    def create_user(self, courriel, password=None, **champs):
        utilisateur = self.model(courriel=self.normalize_email(courriel).lower(), **champs)
        utilisateur.set_password(password)
        utilisateur.save(using=self._db)
        return utilisateur

    @transaction.atomic
    def create_superuser(self, courriel, password=None, **champs):
        champs |= {"is_staff": True, "is_superuser": True}
        utilisateur = self.create_user(courriel, password, **champs)
        utilisateur.consigner(None, None, Acte.Verbe.CREER, signature="Commande du serveur")
        return utilisateur

    def get_by_natural_key(self, courriel):
        return self.get(courriel=courriel.lower())

    def inviter(self, courriel, nom):
        """Le compte de ce courriel, créé sans mot de passe s'il manque ; et s'il vient d'être créé.

        La personne créée reçoit par courriel le lien qui lui fait choisir son mot de passe.
        """
        defaut = {"nom": nom, "password": make_password(None)}
        utilisateur, nouvelle = self.get_or_create(courriel=courriel.lower(), defaults=defaut)
        if nouvelle:
            envoyer_lien.enqueue(utilisateur.pk, "invitation")
        return utilisateur, nouvelle

    def joignables(self):
        """Les comptes qui peuvent ouvrir une session, donc choisir un mot de passe."""
        comptes = self.filter(is_active=True)
        return comptes if settings.DEMO else comptes.filter(demonstration=False)

    def envoyer_un_lien(self, courriel):
        """Envoie le lien d'un mot de passe oublié au compte de ce courriel, s'il existe.

        Une demande par compte et par délai : qui la répète n'inonde pas la boîte d'un autre.
        """
        limite = timezone.now() - Utilisateur.DELAI_ENTRE_DEUX_LIENS
        comptes = self.joignables().filter(courriel=courriel.lower())
        libres = comptes.filter(
            models.Q(lien_demande_le=None) | models.Q(lien_demande_le__lt=limite)
        )
        with transaction.atomic():
            # L'écriture choisit entre deux demandes simultanées : une seule compte une ligne.
            if libres.update(lien_demande_le=timezone.now()):
                envoyer_lien.enqueue(comptes.get().pk, "oubli")

    def agissant_pour(self, *acteurs, role=Role.REDACTEUR):
        """Les comptes actifs qui tiennent au moins ce rôle dans l'un de ces acteurs."""
        roles = ECHELLE[ECHELLE.index(role) :]
        habilitations = Habilitation.objects.filter(acteur__in=acteurs, role__in=roles)
        return self.filter(is_active=True, pk__in=habilitations.values("utilisateur"))

    def ayant_place(self, dossier):
        """Les comptes actifs dont un acteur a une place dans le plan de cet identifiant."""
        places = Habilitation.objects.filter(acteur__places__plan__identifiant=dossier)
        return self.filter(is_active=True, pk__in=places.values("utilisateur"))

    def du_recapitulatif(self, jeton):
        """(le compte, None) si ce lien arrête encore un récapitulatif ; sinon (compte ou None, la
        raison du refus).

        Un lien ne vaut que pour le choix d'où il fut écrit : en changer l'éteint.
        """
        Refus, sel = Utilisateur.LienRefuse, Utilisateur.SEL_DU_RECAPITULATIF
        try:
            pk, tour = signing.loads(jeton, salt=sel, max_age=Utilisateur.VALIDITE_DU_LIEN)
        except signing.SignatureExpired:
            return None, Refus.PERIME
        except (signing.BadSignature, TypeError, ValueError):
            return None, Refus.FAUX
        utilisateur = self.filter(pk=pk).first() if isinstance(pk, int) else None
        if utilisateur is None:
            return None, Refus.FAUX
        if utilisateur.recapitulatif == Utilisateur.Recapitulatif.JAMAIS:
            return utilisateur, Refus.DEJA
        return utilisateur, None if utilisateur.tour_du_recapitulatif == tour else Refus.CHANGE

    def du_lien(self, uidb64, jeton):
        """Le compte pour qui ce lien de mot de passe a été écrit et vaut encore, ou None."""
        try:
            utilisateur = self.joignables().get(pk=int(urlsafe_base64_decode(uidb64)))
        except (ValueError, OverflowError, Utilisateur.DoesNotExist):
            return None
        return utilisateur if default_token_generator.check_token(utilisateur, jeton) else None


class Utilisateur(Versionne, AbstractBaseUser, PermissionsMixin):
    """Une personne, connue par son courriel professionnel."""

    DELAI_ENTRE_DEUX_LIENS = timedelta(minutes=5)

    class Recapitulatif(models.TextChoices):
        QUOTIDIEN = "quotidien", "Chaque matin, s’il s’est passé quelque chose"
        HEBDOMADAIRE = "hebdomadaire", "Le lundi matin, s’il s’est passé quelque chose"
        JAMAIS = "jamais", "Jamais"

    class LienRefuse(models.TextChoices):
        """Pourquoi le lien d'un récapitulatif ne l'arrête pas."""

        FAUX = "faux", "Il est incomplet, ou n’est pas de ce portail."
        PERIME = "perime", "Il a plus de trois mois."
        DEJA = "deja", "Vous ne recevez déjà plus de récapitulatif."
        CHANGE = "change", "Vous avez changé ce réglage depuis ce courriel."

    SEL_DU_RECAPITULATIF = "acteurs.recapitulatif"
    VALIDITE_DU_LIEN = timedelta(days=92)

    courriel = models.EmailField("courriel", unique=True)
    nom = models.CharField("nom", max_length=150)
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("administration technique", default=False)
    date_joined = models.DateTimeField("créé le", default=timezone.now)
    lien_demande_le = models.DateTimeField("lien demandé le", null=True, editable=False)
    # Un compte de démonstration n'ouvre une session que si DEMO est actif.
    demonstration = models.BooleanField("compte de démonstration", default=False, editable=False)
    immediat = models.BooleanField(
        "un courriel quand on me mentionne ou que ma décision est demandée",
        default=True,
        help_text="Dix minutes après, le temps que l’auteur se relise ; sinon au récapitulatif.",
    )
    recapitulatif = models.CharField(
        "récapitulatif du reste", max_length=12, choices=Recapitulatif, default="quotidien"
    )
    # Monte à chaque choix : les liens des courriels d'avant ne valent plus.
    tour_du_recapitulatif = models.PositiveIntegerField(default=1, editable=False)
    recapitulatif_arrete_le = models.DateTimeField(
        "récapitulatif arrêté par un lien le", null=True, editable=False
    )

    objects = UtilisateurManager()
    # Jamais le mot de passe, même haché : le journal ne s'efface pas.
    champs_consignes = ("courriel", "nom", "is_active", "is_staff")
    USERNAME_FIELD = EMAIL_FIELD = "courriel"
    REQUIRED_FIELDS = ["nom"]

    class Meta:
        ordering = ["nom", "pk"]
        verbose_name = "utilisateur"

    def __str__(self):
        return self.nom or self.courriel

    def annoncer(self, acte):
        """L'adresse quittée en est prévenue : un compte ne se prend pas en silence."""
        if acte.verbe == Acte.Verbe.MODIFIER and "courriel" in acte.avant:
            envoyer_changement_d_adresse.enqueue(acte.pk)

    @property
    def jeton_du_recapitulatif(self):
        """Ce qui permet d'arrêter ce récapitulatif sans ouvrir de session, et rien d'autre."""
        return signing.dumps([self.pk, self.tour_du_recapitulatif], salt=self.SEL_DU_RECAPITULATIF)

    def choisir_le_recapitulatif(self, rythme, arrete_le=None):
        """Change de rythme ; faux si un autre choix a été fait depuis que ce compte est lu."""
        lu = Utilisateur.objects.filter(
            pk=self.pk, tour_du_recapitulatif=self.tour_du_recapitulatif
        )
        change = lu.update(
            recapitulatif=rythme,
            recapitulatif_arrete_le=arrete_le,
            tour_du_recapitulatif=models.F("tour_du_recapitulatif") + 1,
        )
        self.refresh_from_db()
        return bool(change)

    @cached_property
    def non_lues(self):
        """Combien de notifications à lire ; la connexion l'a déjà compté avec le compte."""
        return self.notifications.non_lues().count()

    @cached_property
    def roles_par_acteur(self):
        """{acteur: {rôles}}, chargés une fois par requête."""
        roles = defaultdict(set)
        habilitations = self.habilitations.select_related("acteur")
        for habilitation in habilitations.prefetch_related("acteur__places"):
            roles[habilitation.acteur].add(habilitation.role)
        return roles

    @cached_property
    def places_par_plan(self):
        """{identifiant de plan: [places]} ; deux requêtes, puis aucune."""
        places = defaultdict(list)
        for acteur, roles in self.roles_par_acteur.items():
            for partie in acteur.places.all():
                places[partie.plan_id].append(
                    Place(acteur, frozenset(roles), partie.pk, partie.qualite)
                )
        return dict(places)

    def places_sur(self, plan_id):
        """Les places de la personne sur un plan ; à défaut, celles hors plan de ses acteurs."""
        return self.places_par_plan.get(plan_id) or [
            Place(acteur, frozenset(roles)) for acteur, roles in self.roles_par_acteur.items()
        ]


class Habilitation(Versionne):
    """Une personne agit pour un acteur, dans un rôle ; elle peut en tenir plusieurs."""

    utilisateur = models.ForeignKey(Utilisateur, models.CASCADE, related_name="habilitations")
    acteur = models.ForeignKey(Acteur, models.CASCADE, related_name="habilitations")
    role = models.CharField("rôle", max_length=20, choices=Role)

    champs_consignes = ("utilisateur", "acteur", "role")

    class Meta:
        ordering = ["acteur", "utilisateur", "role"]
        verbose_name = "habilitation"
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "acteur", "role"], name="habilitation_unique"
            )
        ]

    def __str__(self):
        return f"{self.utilisateur}, {self.get_role_display()} pour {le(self.acteur)}"

    @property
    def dossier(self):
        return self.acteur.identifiant

    def est_a(self, place):
        return self.acteur_id == place.acteur.pk

    def verrouiller_dossier(self):
        """Verrouille l'acteur : deux gestionnaires ne se retirent pas l'un l'autre ensemble."""
        self.acteur.verrouiller()

    @transaction.atomic
    def retirer(self, par):
        """Retire ce rôle ; lève ValidationError si l'acteur n'aurait plus de gestionnaire."""
        self.verrouiller_dossier()
        if self.est_du_dernier_gestionnaire():
            raise ValidationError(
                f"{self.utilisateur} est la dernière personne à gérer {self.acteur}. Donnez "
                "d’abord le rôle de gestionnaire à quelqu’un d’autre."
            )
        self.supprimer(par, Droit.GERER_HABILITATIONS)

    def est_du_dernier_gestionnaire(self):
        if self.role != Role.GESTIONNAIRE:
            return False
        autres = self.acteur.habilitations.exclude(pk=self.pk)
        return not autres.filter(role=Role.GESTIONNAIRE, utilisateur__is_active=True).exists()


class TentativeDeConnexion(models.Model):
    """Les échecs récents par compte et par adresse : ils ralentissent qui devine."""

    courriel = models.CharField(max_length=254)
    adresse = models.GenericIPAddressField(null=True)
    quand = models.DateTimeField(default=timezone.now)

    FENETRE = timedelta(minutes=15)
    MAXIMUM = 10

    class Meta:
        indexes = [models.Index(fields=["courriel", "adresse", "quand"])]

    def __str__(self):
        return f"{self.courriel}, {self.quand}"

    @classmethod
    def noter(cls, courriel, adresse):
        """Compte un essai, avant de le juger : des essais simultanés ne passent pas tous.

        Rend False s'il y en a eu trop. L'essai refusé ne prolonge pas l'attente.
        """
        cls.objects.filter(quand__lt=timezone.now() - cls.FENETRE).delete()
        tentative = cls.objects.create(courriel=courriel, adresse=adresse)
        if cls.objects.filter(courriel=courriel, adresse=adresse).count() > cls.MAXIMUM:
            tentative.delete()
            return False
        return True

    @classmethod
    def oublier(cls, courriel, **criteres):
        """Efface les essais d'un compte : la personne a prouvé qui elle est."""
        cls.objects.filter(courriel=courriel, **criteres).delete()
