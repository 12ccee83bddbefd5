"""Les séances des comités : qui y siège, de quoi on y parle, ce qui s'y décide, qui fera quoi.

Une décision de comité n'écrit la part de personne : elle renvoie à qui la tient. L'avis qui valide
une fiche garde son acte à lui (`plans.models.validation`).
"""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from acteurs.models import Acte
from pams_portal.champs import TexteRicheField
from pams_portal.droits import Droit, exiger, plans_ou
from plans.annonces import signaler
from plans.models.plan import PartiePrenante, PieceDePlan, Plan
from plans.models.validation import AvisSurFiche


class SeanceDeComiteQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Entre parties seulement : une séance n'est jamais publique, même après adoption."""
        return self.filter(plan__in=plans_ou(utilisateur, Droit.LIRE_PLAN))


class SeanceDeComite(PieceDePlan):
    """Une réunion du COTECH ou du COPIL d'un plan ; son relevé validé, elle ne s'écrit plus."""

    Comite = AvisSurFiche.Comite
    porteur_id = None

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="seances")
    comite = models.CharField("comité", max_length=10, choices=Comite)
    jour = models.DateField("date")
    horaire = models.CharField("horaire", max_length=60, blank=True)
    lieu = models.CharField(
        "lieu ou lien", max_length=300, blank=True, help_text="Une salle, une adresse, une visio."
    )
    presidence = models.CharField(
        "présidence",
        max_length=300,
        blank=True,
        help_text="Nom, fonction et structure de qui préside.",
    )
    autres = models.TextField(
        "autres personnes présentes",
        blank=True,
        max_length=2000,
        help_text="Celles qui ne représentent aucune partie du plan : une par ligne.",
    )
    validee_le = models.DateTimeField("relevé validé le", null=True, blank=True, editable=False)
    validee_par = models.CharField("relevé validé par", max_length=300, blank=True, editable=False)

    objects = SeanceDeComiteQuerySet.as_manager()
    champs_consignes = (
        *("comite", "jour", "horaire", "lieu", "presidence", "autres"),
        *("validee_le", "validee_par"),
    )

    class Meta:
        ordering = ["-jour", "-pk"]
        verbose_name = "séance de comité"
        verbose_name_plural = "séances de comité"

    def __str__(self):
        return f"{self.get_comite_display()} du {date_format(self.jour, 'j F Y')}"

    def get_absolute_url(self):
        return reverse("plans:seance_detail", args=[self.plan.slug, self.pk])

    @property
    def est_validee(self):
        return self.validee_le is not None

    @property
    def est_observable(self):
        return self.plan.est_observable

    @property
    def est_a_tenir(self):
        return not self.est_validee and self.est_observable

    def apres_ecriture(self):
        """Rien : une séance parle du plan, elle n'en change ni le contenu ni le document."""

    def annoncer(self, acte):
        phrases = {
            Acte.Verbe.CREER: "prépare une séance :",
            Acte.Verbe.VALIDER: "a validé le relevé de décisions :",
            Acte.Verbe.ROUVRIR: "a rouvert le relevé de décisions :",
        }
        if phrase := phrases.get(acte.verbe):
            signaler(self.plan.parties.all(), phrase, self, acte)

    # --- Les actes -----------------------------------------------------------------------------

    @transaction.atomic
    def inscrire(self, utilisateur, suspens):
        """Met à l'ordre du jour ce qui n'y est pas encore ; rend combien de points sont ajoutés.

        `suspens` : des `plans.ordre_du_jour.Suspens`. Lève PermissionDenied si le droit manque.
        """
        seance = self.verrouiller()
        place = exiger(utilisateur, Droit.TENIR_SEANCE, seance)
        inscrits = set(seance.points.values_list("nature", "cible"))
        neufs = [sujet for sujet in suspens if (sujet.nature, sujet.cible) not in inscrits]
        depart = seance.rang_suivant()
        for rang, sujet in enumerate(neufs, start=depart):
            point = PointDeSeance.objects.create(seance=seance, ordre=rang, **sujet._asdict())
            point.consigner(utilisateur, place, Acte.Verbe.CREER)
        return len(neufs)

    def rang_suivant(self):
        dernier = self.points.aggregate(models.Max("ordre"))["ordre__max"]
        return 0 if dernier is None else dernier + 1

    @transaction.atomic
    def valider(self, utilisateur):
        """Fige la séance ; lève ValidationError si un point n'a pas de décision."""
        seance = self.verrouiller()
        place = exiger(utilisateur, Droit.VALIDER_RELEVE, seance)
        if seance.est_validee:
            raise ValidationError("Le relevé est déjà validé.")
        points = list(seance.points.all())
        sans_issue = [str(rang) for rang, p in enumerate(points, start=1) if not p.issue]
        if not points:
            raise ValidationError("L’ordre du jour est vide : il n’y a rien à valider.")
        if sans_issue:
            raise ValidationError(
                f"Il manque une issue aux points : {', '.join(sans_issue)}. Un point qui n’a pas "
                "été abordé est « reporté », ou se retire de l’ordre du jour."
            )
        signature = f"{utilisateur}, {place.acteur.nom}"[:300]
        valeurs = {"validee_le": timezone.now(), "validee_par": signature}
        return seance.poser(utilisateur, place, Acte.Verbe.VALIDER, valeurs)

    @transaction.atomic
    def rouvrir(self, utilisateur):
        """Le relevé redevient un projet ; le journal garde qui l'avait validé."""
        seance = self.verrouiller()
        place = exiger(utilisateur, Droit.VALIDER_RELEVE, seance)
        if not seance.est_validee:
            raise ValidationError("Le relevé n’est pas validé : il s’écrit encore.")
        valeurs = {"validee_le": None, "validee_par": ""}
        return seance.poser(utilisateur, place, Acte.Verbe.ROUVRIR, valeurs)


class PieceDeSeance(PieceDePlan):
    """Ce qui s'écrit en séance ; attend `seance`. Elle est à tous les co-pilotes."""

    porteur_id = None

    class Meta:
        abstract = True

    @property
    def plan(self):
        return self.seance.plan

    @property
    def plan_id(self):
        return self.seance.plan_id

    @property
    def est_a_tenir(self):
        return self.seance.est_a_tenir

    @property
    def est_observable(self):
        return self.seance.est_observable

    def verrouiller_dossier(self):
        """Le relevé a pu être validé depuis que la page est ouverte."""
        super().verrouiller_dossier()
        self.seance.refresh_from_db(fields=["validee_le"])

    def apres_ecriture(self):
        """Rien : une séance parle du plan, elle n'en change ni le contenu ni le document."""


class Representation(PieceDeSeance):
    """Une partie devant un comité : qui la représente, nommé en toutes lettres, et s'il est là."""

    class Etat(models.TextChoices):
        PRESENTE = "presente", "Présente"
        EXCUSEE = "excusee", "Excusée"
        ABSENTE = "absente", "Absente"

    seance = models.ForeignKey(SeanceDeComite, models.CASCADE, related_name="representations")
    # La partie peut être retirée du plan : ce qui s'est dit avec elle garde son nom.
    partie = models.ForeignKey(
        PartiePrenante, models.SET_NULL, null=True, related_name="representations"
    )
    nom_partie = models.CharField("partie", max_length=300, editable=False)
    representants = models.TextField(
        "représentée par",
        blank=True,
        max_length=1000,
        help_text="Nom, prénom et fonction, une personne par ligne.",
    )
    etat = models.CharField("présence", max_length=10, choices=Etat, blank=True)

    champs_consignes = ("representants", "etat")

    class Meta:
        ordering = ["pk"]
        verbose_name = "représentation"
        constraints = [
            models.UniqueConstraint(
                fields=["seance", "partie"], name="representation_unique_par_partie"
            )
        ]

    def __str__(self):
        return f"{self.seance} – {self.nom_partie}"

    def get_absolute_url(self):
        return self.seance.get_absolute_url()

    def save(self, *args, **kwargs):
        if self.partie_id:
            self.nom_partie = str(self.partie)[:300]
        super().save(*args, **kwargs)


class PointDeSeanceQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        return self.filter(seance__plan__in=plans_ou(utilisateur, Droit.LIRE_PLAN))

    def with_seance(self):
        return self.select_related("seance__plan")

    def with_suites(self):
        suites = SuiteADonner.objects.select_related("porteur__acteur")
        return self.prefetch_related(models.Prefetch("suites", suites))


class PointDeSeance(PieceDeSeance):
    """Un point de l'ordre du jour, et ce que le comité en décide.

    `nature` et `cible` disent de quel objet du plan il parle : son identifiant stable, ou la clé
    d'une règle. L'objet peut disparaître ; le titre et la présentation, copiés, restent.
    """

    class Nature(models.TextChoices):
        LIBRE = "libre", "Point libre"
        FICHE = "fiche", "Fiche qui attend un avis"
        PROPOSITION = "proposition", "Proposition en attente"
        REGLE = "regle", "Règle qui bloque"
        OBSERVATION = "observation", "Observation ouverte"
        PARTS = "parts", "Parts manquantes"

    class Issue(models.TextChoices):
        ADOPTE = "adopte", "Adopté"
        ADOPTE_MODIFIE = "adopte_modifie", "Adopté avec modification"
        REPORTE = "reporte", "Reporté"
        REFUSE = "refuse", "Refusé"
        INFORMATION = "information", "Pour information"

    TONS = {
        Issue.ADOPTE: "succes",
        Issue.ADOPTE_MODIFIE: "succes",
        Issue.REPORTE: "attente",
        Issue.REFUSE: "danger",
        Issue.INFORMATION: "neutre",
    }

    seance = models.ForeignKey(SeanceDeComite, models.CASCADE, related_name="points")
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    nature = models.CharField(
        "nature", max_length=12, choices=Nature, default=Nature.LIBRE, editable=False
    )
    cible = models.CharField(max_length=60, blank=True, editable=False)
    titre = models.CharField("titre", max_length=300)
    presentation = models.TextField(
        "de quoi il s’agit",
        blank=True,
        max_length=4000,
        help_text="Ce que chacun doit savoir avant d’en parler.",
    )
    issue = models.CharField("issue", max_length=15, choices=Issue, blank=True)
    decision = TexteRicheField("décision")

    objects = PointDeSeanceQuerySet.as_manager()
    champs_consignes = ("ordre", "titre", "presentation", "issue", "decision")

    class Meta:
        ordering = ["ordre", "pk"]
        verbose_name = "point de séance"
        verbose_name_plural = "points de séance"
        constraints = [
            models.UniqueConstraint(
                fields=["seance", "nature", "cible"],
                condition=~Q(cible=""),
                name="point_unique_par_objet",
            )
        ]

    def __str__(self):
        return f"{self.titre} ({self.seance})"[:300]

    def get_absolute_url(self):
        return reverse("plans:point_detail", args=[self.plan.slug, self.seance_id, self.pk])

    @property
    def ton(self):
        return self.TONS.get(self.issue, "neutre")

    @property
    def a_une_decision(self):
        return bool(self.issue or self.decision)

    @transaction.atomic
    def retirer(self, utilisateur):
        """Le retire de l'ordre du jour ; lève ValidationError s'il porte déjà une décision."""
        point = self.verrouiller()
        exiger(utilisateur, Droit.TENIR_SEANCE, point)
        if point.a_une_decision or point.suites.exists():
            raise ValidationError(
                "Ce point porte une décision ou une suite : il ne se retire plus. "
                "Reportez-le, ou videz d’abord ce qu’il porte."
            )
        point.supprimer(utilisateur, Droit.TENIR_SEANCE, Acte.Verbe.RETIRER)


class SuiteADonnerQuerySet(models.QuerySet):
    def en_attente(self):
        return self.filter(faite_le=None)

    def with_seance(self):
        return self.select_related("point__seance__plan", "porteur__acteur")


class SuiteADonner(PieceDeSeance):
    """Qui fait quoi pour quand ; `porteur`, la partie désignée, ou un co-pilote, la dit faite."""

    point = models.ForeignKey(PointDeSeance, models.CASCADE, related_name="suites")
    porteur = models.ForeignKey(
        PartiePrenante, models.PROTECT, related_name="suites", verbose_name="qui"
    )
    quoi = models.CharField("fait quoi", max_length=300)
    echeance = models.DateField("pour quand", null=True, blank=True)
    notee_le = models.DateTimeField("notée le", default=timezone.now, editable=False)
    faite_le = models.DateTimeField("faite le", null=True, blank=True, editable=False)
    faite_par = models.CharField("dite faite par", max_length=300, blank=True, editable=False)

    objects = SuiteADonnerQuerySet.as_manager()
    champs_consignes = ("porteur", "quoi", "echeance", "faite_le", "faite_par")

    class Meta:
        ordering = ["point", "pk"]
        verbose_name = "suite à donner"
        verbose_name_plural = "suites à donner"

    def __str__(self):
        return f"{self.porteur.acteur} : {self.quoi}"[:300]

    def get_absolute_url(self):
        return self.point.get_absolute_url()

    @property
    def seance(self):
        return self.point.seance

    @property
    def est_faite(self):
        return self.faite_le is not None

    @property
    def en_retard(self):
        echue = self.echeance and self.echeance < timezone.localdate()
        return bool(echue) and not self.est_faite

    def annoncer(self, acte):
        if acte.verbe == Acte.Verbe.CREER:
            signaler([self.porteur], "confie une suite à votre structure :", self, acte)
        elif acte.verbe == Acte.Verbe.ACCOMPLIR:
            signaler(self.plan.parties.co_pilotes(), "a fait :", self, acte)

    @transaction.atomic
    def marquer(self, utilisateur, faite):
        """La dit faite, ou à faire de nouveau ; sans effet si elle l'est déjà."""
        suite = self.verrouiller()
        place = exiger(utilisateur, Droit.FAIRE_SUITE, suite)
        if suite.est_faite == faite:
            return suite
        verbe = Acte.Verbe.ACCOMPLIR if faite else Acte.Verbe.ROUVRIR
        signature = f"{utilisateur}, {place.acteur.nom}"[:300] if faite else ""
        valeurs = {"faite_le": timezone.now() if faite else None, "faite_par": signature}
        return suite.poser(utilisateur, place, verbe, valeurs)
