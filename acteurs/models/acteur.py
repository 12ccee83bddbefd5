"""Les acteurs de la mobilité solidaire et les fonctions que la loi leur reconnaît."""

import re

from django.db import models
from django.urls import reverse

from acteurs.contacts import refuser_les_adresses_de_personnes
from acteurs.models.journal import Versionne
from acteurs.publics import PUBLICS_ASSOCIES
from acteurs.validators import valider_siren, valider_siret
from bassins.models import Commune, Departement, Epci, Region
from bassins.revision import QuerySetSuivi, Suivi, Sujet
from pams_portal.champs import ChoixMultiplesField
from pams_portal.recherche import normaliser

MOTS_VIDES = {"de", "du", "la", "le", "les", "des", "d", "l", "et", "en", "demonstration"}


class ActeurQuerySet(QuerySetSuivi):
    def cherchant(self, saisie):
        """Ceux dont le nom ou le sigle contient la saisie, ou dont le SIREN commence ainsi."""
        mots = normaliser(saisie)
        if not mots:
            return self.none()
        trouve = models.Q(nom_normalise__contains=mots)
        chiffres = "".join(saisie.split())
        if chiffres.isdecimal():
            trouve |= models.Q(siren__startswith=chiffres)
        return self.filter(trouve)

    def with_fonctions(self):
        return self.prefetch_related(
            "fonctions__regions", "fonctions__departements", "fonctions__epci"
        )


class Acteur(Suivi, Versionne):
    """Une personne morale : un SIREN, une fois."""

    sujet_suivi = Sujet.INVENTAIRE  # son nom, ses lieux et ses fonctions y paraissent

    class Nature(models.TextChoices):
        REGION = "region", "Région"
        DEPARTEMENT = "departement", "Département"
        COLLECTIVITE_UNIQUE = "collectivite_unique", "Collectivité à statut particulier"
        METROPOLE = "metropole", "Métropole"
        COMMUNAUTE_URBAINE = "communaute_urbaine", "Communauté urbaine"
        COMMUNAUTE_AGGLOMERATION = "communaute_agglomeration", "Communauté d’agglomération"
        COMMUNAUTE_COMMUNES = "communaute_communes", "Communauté de communes"
        COMMUNE = "commune", "Commune"
        SYNDICAT_MIXTE = "syndicat_mixte", "Syndicat mixte"
        POLE_METROPOLITAIN = "pole_metropolitain", "Pôle métropolitain"
        PETR = "petr", "Pôle d’équilibre territorial et rural"
        ETABLISSEMENT_PUBLIC = "etablissement_public", "Établissement public"
        ETAT = "etat", "Service de l’État"
        SECURITE_SOCIALE = "securite_sociale", "Organisme de sécurité sociale"
        ASSOCIATION = "association", "Association"
        ENTREPRISE = "entreprise", "Entreprise"
        AUTRE = "autre", "Autre organisme"

    siren = models.CharField(
        "SIREN",
        max_length=9,
        unique=True,
        null=True,
        blank=True,
        validators=[valider_siren],
        help_text="Neuf chiffres, sans espace. Vide pour un organisme qui n’en a pas.",
    )
    nom = models.CharField("nom", max_length=200)
    nom_normalise = models.CharField(max_length=200, editable=False, db_index=True)
    sigle = models.CharField("sigle", max_length=30, blank=True)
    nature = models.CharField("nature juridique", max_length=30, choices=Nature)
    publics = ChoixMultiplesField(
        "publics accompagnés",
        choices=[(public.value, public.label) for public in PUBLICS_ASSOCIES],
        help_text="Parmi les publics que nomme l’alinéa 3 de l’article L. 1215-3.",
    )
    site = models.URLField("site internet", blank=True)
    courriel = models.EmailField(
        "courriel institutionnel",
        blank=True,
        validators=[refuser_les_adresses_de_personnes],
        help_text="Une adresse de service, pas de personne.",
    )
    telephone = models.CharField("téléphone du service", max_length=20, blank=True)
    demonstration = models.BooleanField("acteur fictif", default=False, editable=False)

    objects = ActeurQuerySet.as_manager()
    champs_consignes = (
        "siren",
        "nom",
        "sigle",
        "nature",
        "publics",
        "site",
        "courriel",
        "telephone",
    )

    class Meta:
        ordering = ["nom_normalise", "pk"]
        verbose_name = "acteur"

    def __str__(self):
        return self.nom

    def save(self, *args, **kwargs):
        self.nom_normalise = normaliser(f"{self.nom} {self.sigle}")[:200]
        self.siren = self.siren or None
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("acteurs:acteur_detail", args=[self.pk])

    @property
    def dossier(self):
        return self.identifiant

    def est_a(self, place):
        """Un organisme absent du portail s'inscrit par quiconque en a besoin pour écrire."""
        return self.pk is None or self.pk == place.acteur.pk

    @property
    def initiales(self):
        """Deux ou trois lettres pour le monogramme : le sigle, sinon les initiales du nom."""
        if self.sigle:
            return self.sigle[:3].upper()
        mots = re.findall(r"\w+", normaliser(self.nom))
        utiles = [mot for mot in mots if mot not in MOTS_VIDES]
        return "".join(mot[0] for mot in utiles[:3]).upper()

    def apres_ecriture(self):
        """Le nom d'un acteur paraît dans les documents des plans où il a une place."""
        self.places.toucher_les_plans()


class Fonction(Suivi, Versionne):
    """Une fonction que la loi nomme, exercée par un acteur sur un territoire.

    Le Département est une fonction : la Métropole de Lyon, la Collectivité européenne d'Alsace ou
    la Ville de Paris l'exercent sans être un département. Une Région peut être aussi AOM par
    substitution : elle a alors deux fonctions.
    """

    class Nature(models.TextChoices):
        REGION = "region", "Région"
        DEPARTEMENT = "departement", "Compétences du Département"
        AOM = "aom", "Autorité organisatrice de la mobilité (L. 1231-1)"
        AO_LYON = "ao_lyon", "Autorité organisatrice des territoires lyonnais"
        IDFM = "idfm", "Île-de-France Mobilités"
        SYNDICAT_SRU = "syndicat_sru", "Syndicat mixte de transport (L. 1231-10)"
        SPE = "spe", "Organisme concourant au service public de l’emploi"
        ACCOMPAGNEMENT = "accompagnement", "Insertion et accompagnement des personnes"
        APPUI = "appui", "Sans place nommée par L. 1215-3"

    class Etat(models.TextChoices):
        VERIFIE = "verifie", "Vérifiée"
        A_VERIFIER = "a_verifier", "À vérifier"

    sujet_suivi = Sujet.INVENTAIRE
    acteur = models.ForeignKey(Acteur, models.CASCADE, related_name="fonctions")
    nature = models.CharField("fonction", max_length=20, choices=Nature)
    par_substitution = models.BooleanField("exercée par substitution", default=False)
    regions = models.ManyToManyField(Region, blank=True, related_name="fonctions")
    departements = models.ManyToManyField(Departement, blank=True, related_name="fonctions")
    epci = models.ManyToManyField(Epci, blank=True, related_name="fonctions")
    etat = models.CharField("état", max_length=12, choices=Etat, default=Etat.A_VERIFIER)
    source = models.CharField("source", max_length=300, blank=True)

    objects = QuerySetSuivi.as_manager()
    champs_consignes = (
        "acteur",
        "nature",
        "par_substitution",
        "regions",
        "departements",
        "epci",
        "etat",
        "source",
    )

    class Meta:
        ordering = ["acteur", "nature"]
        verbose_name = "fonction"

    def __str__(self):
        suffixe = " par substitution" if self.par_substitution else ""
        return f"{self.get_nature_display()}{suffixe}"

    @property
    def dossier(self):
        return self.acteur.identifiant

    @property
    def est_une_aom_a_verifier(self):
        return self.nature == self.Nature.AOM and self.etat == self.Etat.A_VERIFIER

    def territoires(self):
        """Les noms des territoires de la fonction, du plus large au plus fin."""
        return [t.nom for m in (self.regions, self.departements, self.epci) for t in m.all()]


class Etablissement(Suivi, Versionne):
    """Un lieu d'un acteur, par son SIRET (France Travail : un SIREN, beaucoup d'agences)."""

    sujet_suivi = Sujet.INVENTAIRE
    acteur = models.ForeignKey(Acteur, models.CASCADE, related_name="etablissements")
    siret = models.CharField("SIRET", max_length=14, unique=True, validators=[valider_siret])
    nom = models.CharField("nom", max_length=200)
    adresse = models.CharField("adresse", max_length=250, blank=True)
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, related_name="etablissements"
    )

    objects = QuerySetSuivi.as_manager()
    champs_consignes = ("siret", "nom", "adresse", "commune")

    class Meta:
        ordering = ["nom", "pk"]
        verbose_name = "établissement"

    def __str__(self):
        return self.nom

    @property
    def dossier(self):
        return self.acteur.identifiant

    def est_a(self, place):
        return self.acteur_id == place.acteur.pk
