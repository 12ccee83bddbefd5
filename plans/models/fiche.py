"""Les fiches-actions, et l'état que leurs faits leur donnent."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from acteurs.models import Acte
from acteurs.publics import Frein, Public, Situation
from bassins.models import Bassin, Commune, Epci
from dispositifs.models import Dispositif
from pams_portal.champs import ChoixMultiplesField, TexteRicheField
from pams_portal.droits import Droit, exiger, plans_ou
from plans.annonces import signaler
from plans.models.parties import PartiePrenante
from plans.models.pieces import oublier_les_fichiers
from plans.models.plan import PieceDePlan, Plan
from plans.models.redaction import Objectif, PieceQuerySet


class FicheActionQuerySet(PieceQuerySet):
    def visibles_par(self, utilisateur):
        """Une fiche confidentielle ne se voit que des parties, même après l'adoption."""
        parties = Q(plan__in=plans_ou(utilisateur, Droit.LIRE_PLAN))
        return super().visibles_par(utilisateur).filter(Q(confidentielle=False) | parties)

    def reprises_de(self, fiche):
        """Celles qui ont été copiées de cette fiche, dans d'autres plans."""
        return self.filter(reprise__source_fiche=fiche).select_related("plan")

    def with_lignes(self):
        """De quoi dire ce qui manque à chaque fiche et ce qu'elle coûte."""
        return self.select_related("objectif__axe", "porteur__acteur").prefetch_related(
            "etapes", "budgets", "financements", "indicateurs", "partenariats"
        )

    def with_moyens(self):
        """Tout ce que lit une page ou un document, en un nombre constant de requêtes."""
        return self.select_related(
            "plan__bassin", "objectif__axe", "porteur__acteur"
        ).prefetch_related(
            "etapes",
            "budgets",
            "financements__financeur__acteur",
            "financements__saisi_par__acteur",
            "partenariats__partie__acteur",
            "partenariats__saisi_par__acteur",
            "indicateurs__porteur__acteur",
            "indicateurs__suivi_par__acteur",
            "indicateurs__mesures__porteur__acteur",
            "dispositifs__porteur",
            "epci",
            "communes",
            "autres_bassins",
        )


class FicheAction(PieceDePlan):
    """Une action du plan. Son code, donné une fois, ne change plus."""

    class Type(models.TextChoices):
        NOUVELLE = "nouvelle", "Nouvelle action"
        RENFORCEMENT = "renforcement", "Renforcement"
        PERENNISATION = "perennisation", "Pérennisation"
        EXPERIMENTATION = "experimentation", "Expérimentation"

    class LienLegal(models.TextChoices):
        ACCOMPAGNEMENT = "accompagnement", "Conseil et accompagnement individualisé (alinéa 4)"
        SPE = "spe", "Mesure du service public de l’emploi (alinéa 4)"
        AUTRE = "autre", "Autre action de mobilité solidaire"

    class Perimetre(models.TextChoices):
        BASSIN = "bassin", "Tout le bassin"
        EPCI = "epci", "Certains EPCI"
        COMMUNES = "communes", "Certaines communes"
        MULTI = "multi", "Plusieurs bassins"

    class Priorite(models.TextChoices):
        HAUTE = "haute", "Haute"
        NORMALE = "normale", "Normale"
        BASSE = "basse", "Basse"

    class Etat(models.TextChoices):
        BROUILLON = "brouillon", "Brouillon"
        PROPOSEE = "proposee", "Proposée"
        ENGAGEE = "engagee", "Engagements confirmés"
        COTECH = "cotech", "Validée en COTECH"
        COPIL = "copil", "Validée en COPIL"
        ADOPTEE = "adoptee", "Adoptée"

    class Avancement(models.TextChoices):
        A_LANCER = "a_lancer", "À lancer"
        EN_COURS = "en_cours", "En cours"
        EN_RETARD = "en_retard", "En retard"
        SUSPENDUE = "suspendue", "Suspendue"
        REALISEE = "realisee", "Réalisée"
        ABANDONNEE = "abandonnee", "Abandonnée"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="fiches")
    objectif = models.ForeignKey(Objectif, models.PROTECT, related_name="fiches")
    porteur = models.ForeignKey(PartiePrenante, models.PROTECT, related_name="fiches")
    code = models.CharField("code", max_length=12, editable=False)
    intitule = models.CharField("intitulé", max_length=200)
    type = models.CharField("type", max_length=20, choices=Type, default=Type.NOUVELLE)
    lien_legal = models.CharField("lien avec L. 1215-3", max_length=20, choices=LienLegal)
    constat = TexteRicheField("constat")
    objectif_operationnel = TexteRicheField("objectif opérationnel")
    description = TexteRicheField("description")
    publics = ChoixMultiplesField("publics", choices=Public)
    situations = ChoixMultiplesField("situations", choices=Situation)
    freins = ChoixMultiplesField("freins visés", choices=Frein)
    perimetre = models.CharField(
        "périmètre", max_length=10, choices=Perimetre, default=Perimetre.BASSIN
    )
    epci = models.ManyToManyField(Epci, blank=True, related_name="+", verbose_name="EPCI")
    communes = models.ManyToManyField(Commune, blank=True, related_name="+")
    autres_bassins = models.ManyToManyField(Bassin, blank=True, related_name="+")
    referent_technique = models.CharField(
        "référent technique", max_length=150, blank=True, help_text="Un service ou une fonction."
    )
    elu_referent = models.CharField("élu référent", max_length=150, blank=True)
    debut = models.DateField("début", null=True, blank=True)
    fin = models.DateField("fin", null=True, blank=True)
    recurrente = models.BooleanField("se répète chaque année", default=False)
    priorite = models.CharField(
        "priorité", max_length=10, choices=Priorite, default=Priorite.NORMALE
    )
    reussite = TexteRicheField("conditions de réussite et risques")
    articulation = TexteRicheField(
        "articulation", help_text="Avec le contrat opérationnel de mobilité ou d’autres plans."
    )
    dispositifs = models.ManyToManyField(
        Dispositif, blank=True, related_name="fiches", verbose_name="dispositifs liés"
    )
    etat = models.CharField("état", max_length=12, choices=Etat, default=Etat.BROUILLON)
    avancement = models.CharField(
        "avancement", max_length=12, choices=Avancement, default=Avancement.A_LANCER
    )
    commentaire_annuel = TexteRicheField("commentaire annuel")
    confidentielle = models.BooleanField(
        "confidentielle",
        default=False,
        help_text="Visible des seules parties du plan, même après l’adoption.",
    )
    ordre = models.PositiveSmallIntegerField(default=0)
    modifie_le = models.DateTimeField(auto_now=True)

    objects = FicheActionQuerySet.as_manager()
    champs_consignes = (
        *("objectif", "porteur", "code", "intitule", "type", "lien_legal", "constat"),
        *("objectif_operationnel", "description", "publics", "situations", "freins", "perimetre"),
        *("epci", "communes", "autres_bassins", "referent_technique", "elu_referent", "debut"),
        *("fin", "recurrente", "priorite", "reussite", "articulation", "dispositifs", "etat"),
        *("avancement", "commentaire_annuel", "confidentielle", "ordre"),
    )

    class Meta:
        ordering = [
            "plan",
            "objectif__axe__ordre",
            "objectif__axe__lettre",
            "objectif__numero",
            "ordre",
            "pk",
        ]
        verbose_name = "fiche-action"
        verbose_name_plural = "fiches-actions"
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="fiche_unique_par_code"),
            models.CheckConstraint(
                condition=Q(debut__isnull=True) | Q(fin__isnull=True) | Q(debut__lte=F("fin")),
                name="fiche_debut_avant_fin",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.intitule}".strip()

    def get_absolute_url(self):
        return reverse("plans:fiche_action_detail", args=[self.plan.slug, self.code])

    def save(self, *args, **kwargs):
        if not self.code:
            numero = self.objectif.numero_suivant()
            self.code, self.ordre = f"{self.objectif.code}.{numero}", numero
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        oublier_les_fichiers([*self.financements.all(), *self.partenariats.all()])
        return super().delete(*args, **kwargs)

    def clean(self):
        super().clean()
        if self.debut and self.fin and self.debut > self.fin:
            raise ValidationError({"fin": "La fin précède le début."})

    def annoncer(self, acte):
        if acte.verbe == Acte.Verbe.ATTRIBUER:
            signaler([self.porteur], "vous a attribué cette fiche", self, acte)

    @property
    def ancre(self):
        return f"fiche-{self.code}".replace(".", "-")

    # --- Lecture -----------------------------------------------------------------------------

    def territoires(self):
        """Les territoires précis de l'action, quand elle ne couvre pas tout le bassin."""
        par_perimetre = {
            self.Perimetre.EPCI: self.epci,
            self.Perimetre.COMMUNES: self.communes,
            self.Perimetre.MULTI: self.autres_bassins,
        }
        choisis = par_perimetre.get(self.perimetre)
        return list(choisis.all()) if choisis else []

    def textes(self):
        """[(titre, texte riche)] dans l'ordre de lecture, sur la page comme dans le document."""
        noms = ("constat", "objectif_operationnel", "description", "reussite", "articulation")
        return [(capfirst(self._meta.get_field(n).verbose_name), getattr(self, n)) for n in noms]

    # --- Ce qui manque, ce que coûte ---------------------------------------------------------

    def manques(self):
        """Les noms des champs attendus pour valider la fiche et encore vides."""
        attendus = {
            "constat": self.constat,
            "objectif opérationnel": self.objectif_operationnel,
            "description": self.description,
            "publics": self.publics,
            "étapes": self.etapes.all(),
            "partenaires": self.partenariats.all(),
            "calendrier": self.debut and (self.fin or self.recurrente),
            "budget": self.budgets.all(),
            "financements": self.financements.all(),
            "indicateur": self.indicateurs.all(),
        }
        return [nom for nom, valeur in attendus.items() if not valeur]

    def date_depassee(self):
        """La date de son calendrier que l'action a dépassée sans le dire, ou None."""
        aujourd_hui = timezone.localdate()
        finie = self.avancement in (self.Avancement.REALISEE, self.Avancement.ABANDONNEE)
        if self.fin and self.fin < aujourd_hui and not finie:
            return self.fin
        a_lancer = self.avancement == self.Avancement.A_LANCER
        return self.debut if a_lancer and self.debut and self.debut < aujourd_hui else None

    @property
    def budget_total(self):
        """En euros, investissement et fonctionnement de toutes les années."""
        return sum((ligne.total for ligne in self.budgets.all()), Decimal(0))

    @property
    def financement_total(self):
        """En euros, tout ce qui est chiffré, quel qu'en soit le statut."""
        return sum((ligne.montant or 0 for ligne in self.financements.all()), Decimal(0))

    def exces_de_financement(self):
        """De combien les financements dépassent le budget (négatif s'il reste à financer)."""
        fraiche = FicheAction.objects.prefetch_related("budgets", "financements").get(pk=self.pk)
        return fraiche.financement_total - fraiche.budget_total if fraiche.budget_total else 0

    # --- L'état, qui se déduit des faits -----------------------------------------------------

    @property
    def comite_saisi(self):
        """Le comité devant lequel la fiche se trouve ; vide avant les engagements et après."""
        return {self.Etat.ENGAGEE: "cotech", self.Etat.COTECH: "copil"}.get(self.etat, "")

    def consigner(self, utilisateur, place, verbe, *suite, **autres):
        acte = super().consigner(utilisateur, place, verbe, *suite, **autres)
        if acte and verbe not in Acte.FINS:
            self.reexaminer(utilisateur, place)
        return acte

    def reexaminer(self, utilisateur, place):
        """Donne à une fiche proposée l'état que ses faits méritent ; le change au nom de l'acte."""
        from plans.models.validation import etat_merite  # la validation connaît les fiches

        fiche = FicheAction.objects.select_related("plan").get(pk=self.pk)
        if fiche.etat not in (self.Etat.BROUILLON, self.Etat.ADOPTEE):
            fiche.passer(utilisateur, place, etat_merite(fiche))
        self.etat, self.version = fiche.etat, fiche.version

    def passer(self, utilisateur, place, etat):
        avant = self.valeurs()
        self.etat = etat
        self.save(update_fields=["etat"])
        self.consigner(utilisateur, place, Acte.Verbe.PASSER, avant)

    @transaction.atomic
    def proposer(self, utilisateur, etat):
        """Le porteur propose sa fiche, ou la reprend en brouillon."""
        fiche = self.verrouiller()
        place = exiger(utilisateur, Droit.PROPOSER_FICHE, fiche)
        brouillon = fiche.etat == self.Etat.BROUILLON
        if etat not in (self.Etat.PROPOSEE, self.Etat.BROUILLON):
            raise ValidationError("Choisissez « Proposer » ou « Reprendre en brouillon ».")
        if brouillon == (etat == self.Etat.PROPOSEE):
            fiche.passer(utilisateur, place, etat)
        return fiche

    @property
    def est_copiable(self):
        """Ce que tout le monde lit dans un plan adopté peut servir à un autre plan."""
        return self.plan.est_public and not self.confidentielle

    @property
    def est_retirable(self):
        """Un brouillon, tant que personne d'autre ne s'y est engagé."""
        brouillon = self.est_en_redaction and self.etat == self.Etat.BROUILLON
        return brouillon and not self.engagements_d_autrui()

    def engagements_d_autrui(self):
        """Les financements chiffrés et les rôles confirmés par d'autres parties."""
        financements = self.financements.filter(financeur__isnull=False, montant__isnull=False)
        partenariats = self.partenariats.filter(reponse="confirme")
        return [
            *financements.exclude(financeur=self.porteur),
            *partenariats.exclude(partie=self.porteur),
        ]
