"""Le plan d'action commun, et ce qu'ont de commun ses pièces."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import slugify

from acteurs.models import Acte, Versionne
from bassins.models import Bassin
from pams_portal.droits import Droit, Qualite, exiger, plans_ou
from pams_portal.texte import normaliser
from plans.etapes import Etat, passage_entre
from plans.places import QUALITE_PAR_FONCTION, fonctions_sur, place_proposee
from plans.sommaire import AXES_PROPOSES, SOMMAIRE


class PlanQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Les plans adoptés, et ceux où l'utilisateur a une place."""
        return self.filter(
            Q(etat__in=Plan.ETATS_PUBLICS) | Q(pk__in=plans_ou(utilisateur, Droit.LIRE_PLAN))
        )

    def non_figes(self):
        """Ceux dont le document suit encore les acteurs et l'inventaire qu'il cite."""
        return self.filter(etat__in=Plan.ETATS_DE_REDACTION)

    def toucher(self):
        """Note que ces plans ont changé : leurs visas périmés tombent, leurs documents se refont.

        Dans la transaction de l'écriture : ni document oublié, ni document d'une écriture annulée.
        """
        from plans.models.document import Document  # le document et les versions connaissent
        from plans.models.versions import Version  # le plan

        plans = Plan.objects.filter(pk__in=list(self.values_list("pk", flat=True)))
        with transaction.atomic():
            plans.update(revision=F("revision") + 1)
            Version.objects.perimer(plans)
            Document.objects.demander(plans)


class Plan(Versionne):
    """Plan d'action commun en matière de mobilité solidaire (L.1215-3 ou L.1215-4)."""

    class Regime(models.TextChoices):
        BASSIN = "L.1215-3", "À l’échelle d’un bassin de mobilité (L. 1215-3)"
        ILE_DE_FRANCE = "L.1215-4", "En Île-de-France (L. 1215-4)"

    Etat = Etat
    ETATS_DE_REDACTION = (Etat.CADRAGE, Etat.DIAGNOSTIC, Etat.ORIENTATIONS, Etat.REDACTION)
    ETATS_PUBLICS = (Etat.ADOPTE, Etat.MISE_EN_OEUVRE, Etat.CLOS)

    regime = models.CharField("régime", max_length=10, choices=Regime, default=Regime.BASSIN)
    bassin = models.ForeignKey(
        Bassin, models.PROTECT, null=True, blank=True, related_name="plans", verbose_name="bassin"
    )
    titre = models.CharField("titre", max_length=200)
    slug = models.SlugField(max_length=120, unique=True)
    debut = models.DateField("début prévu", null=True, blank=True)
    fin = models.DateField(
        "fin prévue",
        null=True,
        blank=True,
        help_text="La loi ne fixe aucune durée : laissez vide si les parties n’en fixent pas.",
    )
    etat = models.CharField("état", max_length=20, choices=Etat, default=Etat.REDACTION)
    motif = models.TextField("motif du dernier retour", blank=True, editable=False)
    # Monte à chaque écriture dans le plan ou dans ce qu'il cite : la clé du document produit.
    revision = models.PositiveIntegerField(default=1, editable=False)
    demonstration = models.BooleanField("contenu fictif", default=False, editable=False)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)

    objects = PlanQuerySet.as_manager()
    champs_consignes = ("regime", "bassin", "titre", "debut", "fin", "etat", "motif")

    class Meta:
        ordering = ["titre", "pk"]
        verbose_name = "plan"
        constraints = [
            models.CheckConstraint(
                condition=Q(regime="L.1215-3", bassin__isnull=False)
                | Q(regime="L.1215-4", bassin__isnull=True),
                name="bassin_selon_le_regime",
            ),
            models.CheckConstraint(
                condition=Q(debut__isnull=True) | Q(fin__isnull=True) | Q(debut__lte=F("fin")),
                name="plan_debut_avant_fin",
            ),
        ]

    def __str__(self):
        return self.titre

    def get_absolute_url(self):
        return reverse("plans:plan_detail", args=[self.slug])

    def clean(self):
        super().clean()
        if self.debut and self.fin and self.debut > self.fin:
            raise ValidationError({"fin": "La fin prévue précède le début."})

    # --- Droits et journal ---------------------------------------------------------------------

    @property
    def plan_id(self):
        return self.pk

    @property
    def dossier(self):
        return self.identifiant

    def est_a(self, place):
        """Avant son ouverture, un plan est à qui en serait co-pilote de droit."""
        return place.acteur.pk in {
            fonction.acteur_id
            for fonction in fonctions_sur(self.bassin)
            if QUALITE_PAR_FONCTION[fonction.nature] == Qualite.CO_PILOTE
        }

    def apres_ecriture(self):
        Plan.objects.filter(pk=self.pk).toucher()

    @property
    def est_en_redaction(self):
        return self.etat in self.ETATS_DE_REDACTION

    @property
    def est_gerable(self):
        return self.est_en_redaction

    @property
    def est_observable(self):
        """On peut en parler tant qu'il vit, y compris pendant les délibérations et le suivi."""
        return self.etat != self.Etat.CLOS

    @property
    def est_public(self):
        return self.etat in self.ETATS_PUBLICS

    @property
    def article(self):
        """« L. 1215-3 », insécable."""
        return self.regime.replace("L.", "L.\N{NO-BREAK SPACE}")

    @property
    def territoire(self):
        return self.bassin.nom if self.bassin_id else "Île-de-France"

    @transaction.atomic
    def passer(self, utilisateur, vers, motif=""):
        """Passe une étape qui ne demande pas de visas ; ceux qui étaient donnés tombent."""
        plan = self.verrouiller()
        place = exiger(utilisateur, Droit.CONDUIRE_PLAN, plan)
        passage = passage_entre(plan.etat, vers)
        if passage is None or passage.visas:
            etape = plan.get_etat_display()
            raise ValidationError(f"Ce passage n’est pas possible depuis l’étape « {etape} ».")
        motif = normaliser(motif).strip() if passage.motive else ""
        if passage.motive and not motif:
            raise ValidationError("Dites pourquoi : le motif est gardé avec les visas qui tombent.")
        raison = f"{passage.verbe} : {motif}" if motif else passage.verbe
        plan.versions.annuler_les_visas(raison, utilisateur)
        plan.avancer(utilisateur, place, vers, Acte.Verbe.PASSER, motif)
        return plan

    def avancer(self, utilisateur, place, vers, verbe, motif=""):
        """Pose l'étape et la consigne ; à appeler sous verrou, le droit vérifié."""
        avant = self.valeurs()
        self.etat, self.motif = vers, motif
        self.save(update_fields=["etat", "motif"])
        self.consigner(utilisateur, place, verbe, avant)

    # --- Ouverture -----------------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def ouvrir(cls, utilisateur, bassin=None, source=None, quoi=(), **champs):
        """Ouvre le plan d'un bassin (ou d'Île-de-France) : parties, sommaire et axes proposés.

        `source` : un autre plan, dont ce plan reprend ce que dit `quoi` (`plans.reprise.Repris`).
        Lève PermissionDenied si la personne n'agit pas pour un co-pilote de droit.
        """
        from plans.reprise import Repris, reprendre  # la reprise lit toutes les pièces d'un plan

        territoire = bassin.nom if bassin else "Île-de-France"
        plan = cls(
            regime=cls.Regime.BASSIN if bassin else cls.Regime.ILE_DE_FRANCE,
            bassin=bassin,
            **{"titre": f"PAMS {territoire}", "slug": cls.slug_libre(territoire)} | champs,
        )
        place = exiger(utilisateur, Droit.OUVRIR_PLAN, plan)
        plan.save()
        plan._proposer_les_parties()
        ouvreur = plan.parties.get(acteur=place.acteur, qualite=Qualite.CO_PILOTE)
        plan._poser_le_sommaire(ouvreur)
        if source is None or Repris.AXES not in quoi:
            plan._proposer_les_axes()
        acte = plan.consigner(utilisateur, place, Acte.Verbe.OUVRIR)
        if source:
            reprendre(plan, source, quoi, ouvreur, utilisateur, place)
        for partie in plan.parties.select_related("acteur", "plan"):
            partie.solliciter(acte)
        return plan

    @classmethod
    def slug_libre(cls, territoire):
        """Le slug du territoire, suivi d'un rang s'il a déjà servi à un plan."""
        racine = slugify(territoire)
        pris = set(cls.objects.filter(slug__startswith=racine).values_list("slug", flat=True))
        candidats = (racine if rang == 1 else f"{racine}-{rang}" for rang in range(1, 1000))
        return next(slug for slug in candidats if slug not in pris)

    def _proposer_les_parties(self):
        """Une partie par acteur et par qualité ; une Région aussi AOM en a donc deux."""
        from plans.models.parties import PartiePrenante  # les parties connaissent le plan

        retenues = {}
        for fonction in fonctions_sur(self.bassin):
            qualite, precision = place_proposee(fonction)
            retenues.setdefault((fonction.acteur_id, qualite), []).append((fonction, precision))
        for (acteur_id, qualite), places in retenues.items():
            # Piloter est un devoir de la loi (al. 2), les autres parties sont à solliciter.
            reponses = PartiePrenante.Reponse
            pilote = qualite == Qualite.CO_PILOTE
            PartiePrenante.objects.create(
                reponse=reponses.CONTRIBUE if pilote else reponses.SOLLICITEE,
                plan=self,
                acteur_id=acteur_id,
                qualite=qualite,
                fonctions=sorted({fonction.nature for fonction, _ in places}),
                precision="; ".join(sorted({precision for _, precision in places})),
            )

    def _poser_le_sommaire(self, ouvreur):
        """Les chapitres, un texte commun par chapitre de texte, une part par organisme du SPE."""
        for ordre, modele in enumerate(SOMMAIRE):
            chapitre = self.chapitres.create(
                cle=modele.cle, numero=modele.numero, titre=modele.titre, ordre=ordre
            )
            if chapitre.est_redige:
                chapitre.contributions.create(porteur=ouvreur, commune=True)
            if chapitre.est_du_spe:
                for partie in self.parties.all():
                    if partie.est_du_spe:
                        chapitre.contributions.create(porteur=partie, ordre=1)

    def _proposer_les_axes(self):
        for ordre, (lettre, intitule, objectif) in enumerate(AXES_PROPOSES):
            axe = self.axes.create(lettre=lettre, intitule=intitule, ordre=ordre)
            axe.objectifs.create(numero=1, intitule=objectif)


class PieceDePlan(Versionne):
    """Un objet versionné d'un plan, porté par une de ses parties.

    Attend `plan_id` et `porteur_id` (le `PartiePrenante` qui en répond).
    """

    class Meta:
        abstract = True

    @property
    def dossier(self):
        return self.plan.identifiant

    @property
    def est_en_redaction(self):
        return self.plan.est_en_redaction

    def est_a(self, place):
        return place.partie_id is not None and self.porteur_id == place.partie_id

    def verrouiller_dossier(self):
        """Verrouille le plan : aucune écriture ne croise un changement d'état."""
        self.plan.etat = Plan.objects.select_for_update().get(pk=self.plan_id).etat

    def apres_ecriture(self):
        Plan.objects.filter(pk=self.plan_id).toucher()
