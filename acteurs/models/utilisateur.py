"""Les personnes, et ce qu'elles peuvent faire au nom d'un acteur."""

from collections import defaultdict
from datetime import timedelta
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone

from acteurs.models.acteur import Acteur
from pams_portal.droits import Place, Role


class UtilisateurManager(BaseUserManager):
    def create_user(self, courriel, password=None, **champs):
        utilisateur = self.model(courriel=self.normalize_email(courriel).lower(), **champs)
        utilisateur.set_password(password)
        utilisateur.save(using=self._db)
        return utilisateur

    def create_superuser(self, courriel, password=None, **champs):
        return self.create_user(courriel, password, is_staff=True, is_superuser=True, **champs)

    def get_by_natural_key(self, courriel):
        return self.get(courriel=courriel.lower())


class Utilisateur(AbstractBaseUser, PermissionsMixin):
    """Une personne, connue par son courriel professionnel."""

    courriel = models.EmailField("courriel", unique=True)
    nom = models.CharField("nom", max_length=150)
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("administration technique", default=False)
    date_joined = models.DateTimeField("créé le", default=timezone.now)
    # Un compte de démonstration n'ouvre une session que si DEMO est actif.
    demonstration = models.BooleanField("compte de démonstration", default=False, editable=False)

    objects = UtilisateurManager()
    USERNAME_FIELD = EMAIL_FIELD = "courriel"
    REQUIRED_FIELDS = ["nom"]

    class Meta:
        ordering = ["nom", "pk"]
        verbose_name = "utilisateur"

    def __str__(self):
        return self.nom or self.courriel

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


class Habilitation(models.Model):
    """Une personne agit pour un acteur, dans un rôle ; elle peut en tenir plusieurs."""

    utilisateur = models.ForeignKey(Utilisateur, models.CASCADE, related_name="habilitations")
    acteur = models.ForeignKey(Acteur, models.CASCADE, related_name="habilitations")
    role = models.CharField("rôle", max_length=20, choices=Role)

    class Meta:
        ordering = ["acteur", "utilisateur", "role"]
        verbose_name = "habilitation"
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "acteur", "role"], name="habilitation_unique"
            )
        ]

    def __str__(self):
        return f"{self.utilisateur}, {self.get_role_display()} pour {self.acteur}"


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
    def trop_nombreuses(cls, courriel, adresse):
        recentes = cls.objects.filter(quand__gte=timezone.now() - cls.FENETRE)
        return recentes.filter(courriel=courriel, adresse=adresse).count() >= cls.MAXIMUM
