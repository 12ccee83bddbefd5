"""Ce qui existe : les dispositifs de mobilité solidaire, leur zone et leur fraîcheur."""

from datetime import timedelta

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acteur, Versionne
from acteurs.publics import Public
from bassins.models import Bassin, Commune
from dispositifs.territoires import Echelle, cles_du_perimetre, codes_par_echelle
from dispositifs.typologie import (
    FAMILLE_PAR_TYPE,
    THEMATIQUES_PAR_TYPE,
    TYPES,
    MobilisablePar,
    ModeMobilisation,
    Motif,
    Thematique,
)
from pams_portal.champs import ChoixMultiplesField
from pams_portal.recherche import normaliser


class DispositifQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Le public voit ce qui est publié ; un acteur voit en plus ce qu'il tient ou porte, et
        toute personne connectée voit les signalements."""
        if utilisateur.is_authenticated:
            return self
        return self.filter(statut__in=Dispositif.STATUTS_PUBLICS)

    def du_bassin(self, bassin):
        """Les dispositifs dont la zone d'éligibilité touche le périmètre en vigueur d'un bassin."""
        return self.filter(pk__in=Zone.objects.touchant(bassin).values("dispositif_id"))

    def en_service(self):
        return self.exclude(statut__in=[Dispositif.Statut.SUSPENDU, Dispositif.Statut.FERME])

    def with_porteur(self):
        return self.select_related("porteur", "tenu_par", "commune")


class Dispositif(Versionne):
    """Une offre de mobilité solidaire que quelqu'un peut mobiliser."""

    class Statut(models.TextChoices):
        SIGNALE = "signale", "Signalé"
        VERIFIE = "verifie", "Vérifié"
        A_CONFIRMER = "a_confirmer", "À confirmer"
        SUSPENDU = "suspendu", "Suspendu"
        FERME = "ferme", "Fermé"

    class Frais(models.TextChoices):
        INCONNU = "", "Non renseigné"
        GRATUIT = "gratuit", "Gratuit"
        PAYANT = "payant", "Payant"

    class Fraicheur(models.TextChoices):
        """Les seuils de data·inclusion : six mois, vingt-quatre mois."""

        VERT = "vert", "Confirmé il y a moins de 6 mois"
        ORANGE = "orange", "Confirmé il y a 6 à 24 mois"
        ROUGE = "rouge", "Jamais confirmé, ou il y a plus de 24 mois"

    STATUTS_PUBLICS = (Statut.VERIFIE, Statut.A_CONFIRMER)

    nom = models.CharField("nom", max_length=150)
    type = models.CharField("type", max_length=40, choices=TYPES)
    porteur = models.ForeignKey(
        Acteur, models.PROTECT, related_name="dispositifs", verbose_name="structure porteuse"
    )
    tenu_par = models.ForeignKey(
        Acteur,
        models.PROTECT,
        related_name="dispositifs_tenus",
        verbose_name="fiche tenue par",
        editable=False,
        help_text="La structure porteuse, ou celle qui la remplace tant qu’elle n’a pas de compte.",
    )
    financeurs = models.ManyToManyField(
        Acteur, blank=True, related_name="dispositifs_finances", verbose_name="financeurs"
    )
    description = models.TextField("description", help_text="De 200 à 2 000 caractères, en clair.")
    publics = ChoixMultiplesField("publics", choices=Public)
    conditions = models.TextField("conditions et justificatifs", blank=True)
    motifs = ChoixMultiplesField("motifs de déplacement", choices=Motif)
    # Des clés `echelle-code` (voir `Echelle`) ; les lignes `Zone` n'en sont que l'index.
    zone_eligibilite = ChoixMultiplesField("zone d’éligibilité", choices=None)
    commune = models.ForeignKey(
        Commune,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dispositifs",
        verbose_name="commune d’accueil",
    )
    adresse = models.CharField("adresse", max_length=250, blank=True)
    horaires = models.CharField(
        "horaires", max_length=250, blank=True, help_text="Au format OSM : Mo-Fr 09:00-17:00."
    )
    frais = models.CharField("frais", max_length=10, choices=Frais, blank=True)
    frais_precisions = models.CharField("précision sur les frais", max_length=250, blank=True)
    mobilisable_par = ChoixMultiplesField("mobilisable par", choices=MobilisablePar)
    modes_mobilisation = ChoixMultiplesField("comment le mobiliser", choices=ModeMobilisation)
    lien_mobilisation = models.URLField("lien de mobilisation", blank=True)
    courriel = models.EmailField(
        "courriel institutionnel", blank=True, help_text="Une adresse de service, pas de personne."
    )
    telephone = models.CharField("téléphone du service", max_length=20, blank=True)
    capacite = models.PositiveIntegerField("capacité par an", null=True, blank=True)
    beneficiaires = models.PositiveIntegerField("bénéficiaires l’an dernier", null=True, blank=True)
    delai = models.CharField("file d’attente ou délai", max_length=120, blank=True)
    etp = models.DecimalField(
        "équivalents temps plein",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    cout_annuel = models.DecimalField(
        "coût annuel (€)",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    debut_financement = models.DateField("début du financement", null=True, blank=True)
    fin_financement = models.DateField("fin du financement", null=True, blank=True)
    statut = models.CharField("statut", max_length=20, choices=Statut, default=Statut.SIGNALE)
    confirme_le = models.DateField("confirmé le", null=True, blank=True, editable=False)
    confirme_par = models.ForeignKey(
        Acteur,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="confirmations",
        editable=False,
    )
    source = models.CharField("source", max_length=300, blank=True)
    source_id = models.CharField("identifiant à la source", max_length=200, blank=True)
    demonstration = models.BooleanField("dispositif fictif", default=False, editable=False)
    recherche = models.TextField(editable=False)
    modifie_le = models.DateTimeField(auto_now=True)

    objects = DispositifQuerySet.as_manager()
    champs_consignes = (
        *("nom", "type", "porteur", "tenu_par", "financeurs", "description", "publics"),
        *(
            "conditions",
            "motifs",
            "zone_eligibilite",
            "commune",
            "adresse",
            "horaires",
            "frais",
            "frais_precisions",
        ),
        *("mobilisable_par", "modes_mobilisation", "lien_mobilisation", "courriel", "telephone"),
        *("capacite", "beneficiaires", "delai", "etp", "cout_annuel", "debut_financement"),
        *("fin_financement", "statut", "confirme_le", "confirme_par", "source", "source_id"),
    )

    class Meta:
        ordering = ["nom", "pk"]
        verbose_name = "dispositif"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"],
                condition=~Q(source_id=""),
                name="dispositif_unique_par_source",
            )
        ]
        indexes = [models.Index(fields=["statut", "nom"])]

    def __str__(self):
        return self.nom

    def save(self, *args, **kwargs):
        morceaux = [self.nom, self.get_type_display(), self.porteur.nom, self.description]
        self.recherche = normaliser(" ".join(morceaux))
        super().save(*args, **kwargs)
        self.zones.exclude(cle__in=self.zone_eligibilite).delete()
        Zone.objects.bulk_create(
            [Zone(dispositif=self, cle=cle) for cle in self.zone_eligibilite],
            ignore_conflicts=True,
        )

    def get_absolute_url(self):
        return reverse("dispositifs:dispositif_detail", args=[self.pk])

    def est_a(self, place):
        return self.tenu_par_id == place.acteur.pk

    @property
    def famille(self):
        return FAMILLE_PAR_TYPE[self.type]

    @property
    def thematiques(self):
        return [Thematique(t) for t in THEMATIQUES_PAR_TYPE[self.type]]

    @property
    def fraicheur(self):
        if self.confirme_le is None:
            return self.Fraicheur.ROUGE
        age = timezone.localdate() - self.confirme_le
        if age < timedelta(days=183):
            return self.Fraicheur.VERT
        return self.Fraicheur.ORANGE if age < timedelta(days=730) else self.Fraicheur.ROUGE

    @property
    def est_confirme_par_son_porteur(self):
        return self.confirme_par_id is not None and self.confirme_par_id == self.porteur_id

    def bassins(self):
        """Les bassins dont un périmètre touche la zone d'éligibilité du dispositif."""
        codes = codes_par_echelle(self.zone_eligibilite)
        if Echelle.FRANCE in codes:
            return Bassin.objects.all()
        touche = (
            Q(perimetres__epci__in=codes[Echelle.EPCI])
            | Q(perimetres__epci__communes__in=codes[Echelle.COMMUNE])
            | Q(perimetres__communes__in=codes[Echelle.COMMUNE])
            | Q(perimetres__epci__departements__in=codes[Echelle.DEPARTEMENT])
            | Q(perimetres__epci__departements__region__in=codes[Echelle.REGION])
        )
        return Bassin.objects.filter(touche).distinct()

    def apres_ecriture(self):
        """L'inventaire entre dans le diagnostic et l'annexe des plans de ses bassins."""
        for bassin in self.bassins():
            bassin.plans.all().toucher()


class ZoneQuerySet(models.QuerySet):
    def touchant(self, bassin):
        """Les zones qui recouvrent tout ou partie du périmètre en vigueur d'un bassin."""
        perimetre = bassin.perimetre
        return self.filter(cle__in=cles_du_perimetre(perimetre)) if perimetre else self.none()


class Zone(models.Model):
    """L'index des zones d'éligibilité : une ligne par territoire, pour chercher par territoire."""

    dispositif = models.ForeignKey(Dispositif, models.CASCADE, related_name="zones")
    cle = models.CharField("territoire", max_length=25)

    objects = ZoneQuerySet.as_manager()

    class Meta:
        ordering = ["cle"]
        constraints = [
            models.UniqueConstraint(fields=["dispositif", "cle"], name="zone_unique"),
        ]
        indexes = [models.Index(fields=["cle"])]

    def __str__(self):
        return self.cle
