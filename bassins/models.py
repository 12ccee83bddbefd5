"""Les territoires : le référentiel national, les bassins de mobilité et leurs périmètres datés."""

from itertools import chain

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from bassins.revision import QuerySetSuivi, Revision, Suivi, Sujet
from pams_portal.recherche import normaliser

__all__ = ["Bassin", "Commune", "Departement", "Epci", "Perimetre", "Region", "Revision"]


class DeReference(models.Model):
    """Une ligne du référentiel national : elle dit toujours d'où elle vient et de quand."""

    source = models.CharField("source", max_length=200)
    millesime = models.PositiveSmallIntegerField("millésime")

    class Meta:
        abstract = True

    def __str__(self):
        return self.nom


class Region(DeReference):
    ILE_DE_FRANCE = "11"

    code = models.CharField("code INSEE", max_length=2, primary_key=True)
    nom = models.CharField("nom", max_length=100)
    chef_lieu = models.CharField("commune chef-lieu", max_length=5)

    class Meta:
        ordering = ["nom"]
        verbose_name = "région"


class Departement(DeReference):
    code = models.CharField("code INSEE", max_length=3, primary_key=True)
    nom = models.CharField("nom", max_length=100)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="departements", verbose_name="région"
    )
    chef_lieu = models.CharField("commune chef-lieu", max_length=5)

    class Meta:
        ordering = ["code"]
        verbose_name = "département"


class Epci(DeReference):
    """Établissement public de coopération intercommunale à fiscalité propre."""

    class Nature(models.TextChoices):
        CC = "CC", "Communauté de communes"
        CA = "CA", "Communauté d’agglomération"
        CU = "CU", "Communauté urbaine"
        METRO = "METRO", "Métropole"
        MET69 = "MET69", "Métropole de Lyon"

    class Financement(models.TextChoices):
        FPU = "FPU", "Fiscalité professionnelle unique"
        FA = "FA", "Fiscalité additionnelle"

    siren = models.CharField("SIREN", max_length=9, primary_key=True)
    nom = models.CharField("nom", max_length=200)
    nature = models.CharField("nature juridique", max_length=5, choices=Nature)
    financement = models.CharField("mode de financement", max_length=3, choices=Financement)
    nb_communes = models.PositiveIntegerField("nombre de communes")
    population_municipale = models.PositiveIntegerField("population municipale")
    population_totale = models.PositiveIntegerField("population totale")
    departements = models.ManyToManyField(
        Departement, related_name="epci", verbose_name="départements"
    )

    class Meta:
        ordering = ["nom", "siren"]
        verbose_name = "EPCI"
        verbose_name_plural = "EPCI"


class Commune(DeReference):
    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    nom = models.CharField("nom", max_length=100)
    nom_normalise = models.CharField(max_length=100, editable=False, db_index=True)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    # Une commune d'une collectivité d'outre-mer (975, 977… 989) n'a ni département ni région.
    departement = models.ForeignKey(
        Departement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="communes",
        verbose_name="département",
    )
    epci = models.ForeignKey(
        Epci,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="communes",
        verbose_name="EPCI",
    )
    # D'un autre millésime que les populations des EPCI : ne jamais additionner les deux.
    population = models.PositiveIntegerField("population", null=True, blank=True)
    codes_postaux = models.CharField("codes postaux", max_length=200, blank=True)

    class Meta:
        ordering = ["nom_normalise", "code"]
        verbose_name = "commune"

    def save(self, *args, **kwargs):
        self.nom_normalise = normaliser(self.nom)
        super().save(*args, **kwargs)


class BassinQuerySet(QuerySetSuivi):
    def with_perimetre(self):
        """Charge les périmètres et leur composition en un nombre constant de requêtes."""
        return self.prefetch_related(
            models.Prefetch("perimetres", Perimetre.objects.with_composition())
        )


class Bassin(Suivi):
    """Bassin de mobilité au sens de l'article L. 1215-1 du code des transports."""

    sujet_suivi = Sujet.TERRITOIRES

    nom = models.CharField("nom", max_length=120)
    slug = models.SlugField("identifiant dans l’adresse", max_length=120, unique=True)

    objects = BassinQuerySet.as_manager()

    class Meta:
        ordering = ["nom"]
        verbose_name = "bassin de mobilité"
        verbose_name_plural = "bassins de mobilité"

    def __str__(self):
        return self.nom

    def get_absolute_url(self):
        return reverse("bassins:bassin_detail", args=[self.slug])

    @property
    def perimetre(self):
        """Le périmètre en vigueur aujourd'hui, ou `None`."""
        return self.perimetre_au(timezone.localdate())

    def perimetre_au(self, jour):
        """Le périmètre en vigueur à une date, ou `None` ; lit les périmètres préchargés."""
        return next((p for p in self.perimetres.all() if p.est_en_vigueur(jour)), None)


class PerimetreQuerySet(QuerySetSuivi):
    def en_vigueur(self, jour):
        ouverts = Q(jusqu_au__isnull=True) | Q(jusqu_au__gte=jour)
        return self.filter(ouverts, depuis__lte=jour)

    def with_composition(self):
        return self.prefetch_related("epci__departements", "communes__departement")


class Perimetre(Suivi):
    """La composition d'un bassin entre deux dates, et ce que l'on sait de sa fiabilité.

    Un EPCI peut appartenir à deux bassins, un bassin traverser départements et régions :
    les collectivités concernées se déduisent des communes couvertes.
    """

    sujet_suivi = Sujet.TERRITOIRES

    class EtatNom(models.TextChoices):
        VERIFIE = "verifie", "Nom vérifié"
        DEDUIT = "deduit", "Nom déduit, à confirmer"
        A_VERIFIER = "a_verifier", "Nom à vérifier"

    class EtatComposition(models.TextChoices):
        VERIFIE = "verifie", "Composition vérifiée"
        DEDUIT = "deduit", "Composition déduite, à confirmer"
        A_VERIFIER = "a_verifier", "Composition à vérifier"

    bassin = models.ForeignKey(Bassin, models.CASCADE, related_name="perimetres")
    depuis = models.DateField("en vigueur depuis le")
    jusqu_au = models.DateField("jusqu’au (inclus)", null=True, blank=True)
    epci = models.ManyToManyField(Epci, related_name="perimetres", blank=True, verbose_name="EPCI")
    communes = models.ManyToManyField(
        Commune,
        related_name="perimetres",
        blank=True,
        verbose_name="communes hors EPCI",
        limit_choices_to={"epci__isnull": True},
        help_text="Une commune isolée, qui n’appartient à aucun EPCI (île d’Yeu, Ouessant…).",
    )
    deliberation_reference = models.CharField(
        "référence de la délibération", max_length=200, blank=True
    )
    deliberation_date = models.DateField("date de la délibération", null=True, blank=True)
    deliberation_url = models.URLField("adresse de la délibération", max_length=500, blank=True)
    etat_nom = models.CharField(
        "état du nom", max_length=10, choices=EtatNom, default=EtatNom.A_VERIFIER
    )
    source_nom = models.TextField("source du nom", blank=True)
    etat_composition = models.CharField(
        "état de la composition",
        max_length=10,
        choices=EtatComposition,
        default=EtatComposition.A_VERIFIER,
    )
    source_composition = models.TextField("source de la composition", blank=True)
    source_url = models.URLField("adresse de la source", max_length=500, blank=True)

    objects = PerimetreQuerySet.as_manager()

    class Meta:
        ordering = ["bassin", "-depuis"]
        verbose_name = "périmètre"
        constraints = [
            models.CheckConstraint(
                condition=Q(jusqu_au__isnull=True) | Q(depuis__lt=F("jusqu_au")),
                name="perimetre_depuis_avant_jusqu_au",
                violation_error_message="La date de fin doit suivre la date de début.",
            ),
            models.UniqueConstraint(
                fields=["bassin"],
                condition=Q(jusqu_au__isnull=True),
                name="un_seul_perimetre_sans_fin",
                violation_error_message="Ce bassin a déjà un périmètre sans date de fin.",
            ),
        ]

    def __str__(self):
        return f"{self.bassin}, depuis le {self.depuis:%d/%m/%Y}"

    def clean(self):
        super().clean()
        if self.bassin_id and self.depuis and self._chevauche_un_autre():
            raise ValidationError(
                {"depuis": "Un autre périmètre de ce bassin est en vigueur à ces dates."}
            )

    def _chevauche_un_autre(self):
        autres = Perimetre.objects.filter(bassin=self.bassin_id).exclude(pk=self.pk)
        if self.jusqu_au:
            autres = autres.filter(depuis__lte=self.jusqu_au)
        return autres.filter(Q(jusqu_au__isnull=True) | Q(jusqu_au__gte=self.depuis)).exists()

    def est_en_vigueur(self, jour):
        return self.depuis <= jour and (self.jusqu_au is None or jour <= self.jusqu_au)

    def communes_couvertes(self):
        """Les communes des EPCI et les communes isolées, du même millésime que leur EPCI.

        Une commune disparue garde son ancien millésime : elle ne compte plus.
        """
        return Commune.objects.filter(
            Q(epci__in=self.epci.all(), millesime=F("epci__millesime"))
            | Q(pk__in=self.communes.values("pk"))
        )

    def departements(self):
        """Les départements concernés : ceux qui ont au moins une commune dans le périmètre."""
        return Departement.objects.filter(pk__in=self.communes_couvertes().values("departement"))

    def regions(self):
        """Les régions concernées : celles des départements concernés."""
        return Region.objects.filter(pk__in=self.communes_couvertes().values("departement__region"))

    def departements_precharges(self):
        """Les mêmes départements, lus sans requête après `with_composition`, pour une liste."""
        par_epci = (epci.departements.all() for epci in self.epci.all())
        isoles = (commune.departement for commune in self.communes.all() if commune.departement)
        return sorted({*chain.from_iterable(par_epci), *isoles}, key=lambda d: d.code)

    def nb_epci(self):
        return len(self.epci.all())

    def nb_communes_des_epci(self):
        return sum(epci.nb_communes for epci in self.epci.all())

    def nb_communes(self):
        """Nombre de communes d'après le fichier des EPCI, communes isolées comprises."""
        return self.nb_communes_des_epci() + len(self.communes.all())

    def population_municipale(self):
        """Habitants des EPCI, au millésime du fichier des EPCI.

        Sans les communes isolées : leur population vient d'un fichier d'un autre millésime.
        """
        return sum(epci.population_municipale for epci in self.epci.all())

    def millesimes(self):
        """Les millésimes des EPCI, du plus ancien au plus récent (un seul en temps normal)."""
        return sorted({epci.millesime for epci in self.epci.all()})
