"""Les séances des comités d'un plan, et qui y siège.

Une décision de comité n'écrit la part de personne : elle renvoie à qui la tient. L'avis qui valide
une fiche garde son acte à lui (`plans.models.validation`).
"""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte
from pams_portal.droits import Droit, exiger, plans_ou
from pams_portal.typographie import jour
from plans.annonces import signaler
from plans.models.parties import PartiePrenante
from plans.models.plan import PieceDePlan, Plan
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
        return f"{self.get_comite_display()} du {jour(self.jour)}"

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
            Acte.Verbe.CREER: "prépare une séance",
            Acte.Verbe.VALIDER: "a validé le relevé de décisions",
            Acte.Verbe.ROUVRIR: "a rouvert le relevé de décisions",
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
            point = seance.points.create(ordre=rang, **sujet._asdict())
            point.consigner(utilisateur, place, Acte.Verbe.CREER)
        return len(neufs)

    def rang_suivant(self):
        dernier = self.points.aggregate(models.Max("ordre"))["ordre__max"]
        return 0 if dernier is None else dernier + 1

    @property
    def est_entamee(self):
        """Vrai dès qu'on y a décidé ou confié quelque chose."""
        dits = models.Q(decision__gt="") | models.Q(issue__gt="") | models.Q(suites__isnull=False)
        return self.points.filter(dits).exists()

    @transaction.atomic
    def retirer(self, utilisateur):
        """Supprime une séance qui n'a rien décidé ; lève ValidationError sinon."""
        seance = self.verrouiller()
        exiger(utilisateur, Droit.TENIR_SEANCE, seance)
        if seance.est_entamee:
            raise ValidationError(
                "Cette séance porte des décisions ou des suites : elle ne se supprime plus."
            )
        seance.supprimer(utilisateur, Droit.TENIR_SEANCE)

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

    @property
    def sous(self):
        """Ce qui la portera ; une pièce neuve s'y garde en brouillon, faute d'exister."""
        return self.seance

    @property
    def promise(self):
        return self.sous.identifiant_promis(self._meta.model_name)

    def brouillons_de(self, utilisateur):
        cible = self.promise if self._state.adding else self.identifiant
        return utilisateur.brouillons.filter(cible=cible)

    def oublier_brouillon(self, utilisateur, identifiant):
        """Neuve il y a un instant, elle est déjà en base : sa saisie était sous la promise."""
        siens = utilisateur.brouillons.filter(cible__in=[self.identifiant, self.promise])
        siens.filter(identifiant=identifiant).delete()

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
