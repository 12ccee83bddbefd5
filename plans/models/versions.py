"""Ce que les co-pilotes visent ensemble : une version scellée du plan, et ses visas."""

import json

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte, Motif, Utilisateur, prevenir
from pams_portal.droits import Droit, Role, exiger
from pams_portal.elision import de
from pams_portal.typographie import instant
from plans.etapes import Etat, passage_entre
from plans.models.parties import PartiePrenante
from plans.models.plan import PieceDePlan, Plan
from plans.versions.canonique import contenu_canonique, contenus_confidentiels, empreinte
from plans.versions.ecarts import en_une_phrase


class Refus(ValidationError):
    """Un passage ou un visa impossible, avec la phrase qui dit pourquoi."""


class VersionQuerySet(models.QuerySet):
    def figees(self):
        return self.filter(numero__isnull=False)

    def en_attente(self):
        """Celles qu'un co-pilote au moins vise, sans que tous l'aient fait."""
        vivants = Visa.objects.vivants().filter(version_visee__numero__isnull=True)
        return self.filter(numero__isnull=True, pk__in=vivants.values("version_visee"))

    def sceller(self, plan, vers, octets):
        """La version en attente de ce contenu, créée au premier visa."""
        defauts = {
            "contenu": octets.decode(),
            "confidentiel": contenus_confidentiels(plan),
            "revision": plan.revision,
        }
        cle = {"plan": plan, "vers": vers, "empreinte": empreinte(octets), "numero": None}
        version = self.get_or_create(**cle, defaults=defauts)[0]
        version.plan = plan
        return version

    def perimer(self, plans):
        """Fait tomber les visas en attente dont le contenu n'est plus celui de ces plans."""
        for version in self.en_attente().filter(plan__in=plans).select_related("plan__bassin"):
            octets = contenu_canonique(version.plan)
            if empreinte(octets) != version.empreinte:
                raison, auteur = version.ce_qui_a_change(octets)
                self.filter(pk=version.pk).annuler_les_visas(raison, auteur)

    def annuler_les_visas(self, raison, auteur=None):
        """Fait tomber les visas et prévient qui les avait donnés, sauf de son propre acte."""
        vivants = Visa.objects.vivants().filter(version_visee__in=self)
        tombes = list(vivants.select_related("version_visee__plan", "utilisateur"))
        vivants.update(annule_le=timezone.now(), raison=raison)
        for visa in tombes:
            donneurs = [visa.utilisateur] if visa.utilisateur else []
            prevenir(donneurs, "a fait tomber votre visa", visa, par=auteur, motif=Motif.DECISION)


class Version(models.Model):
    """Un contenu scellé. Sans numéro, des co-pilotes le visent ; numéroté, tous l'ont figé.

    `contenu` est le JSON canonique, publiable ; `confidentiel` garde, pour les seules parties, les
    fiches dont `contenu` ne porte que l'empreinte.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    vers = models.CharField("étape ouverte", max_length=20, choices=Etat)
    empreinte = models.CharField("SHA-256 du contenu", max_length=64)
    contenu = models.TextField()
    confidentiel = models.JSONField(default=dict)
    numero = models.PositiveIntegerField("numéro", null=True)
    revision = models.PositiveIntegerField("révision du plan")
    scellee_le = models.DateTimeField(auto_now_add=True)
    figee_le = models.DateTimeField(null=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "-numero", "-pk"]
        verbose_name = "version"
        constraints = [
            models.UniqueConstraint(fields=["plan", "numero"], name="version_unique_par_numero"),
            models.UniqueConstraint(
                fields=["plan", "vers", "empreinte"],
                condition=Q(numero__isnull=True),
                name="version_en_attente_unique",
            ),
        ]

    def __str__(self):
        if self.numero:
            return f"version {self.numero} ({self.get_vers_display()})"
        return f"contenu {self.empreinte[:12]}…"

    def get_absolute_url(self):
        return reverse("plans:version_detail", args=[self.plan.slug, self.numero])

    def donnees(self):
        return json.loads(self.contenu)["plan"]

    def ce_qui_a_change(self, octets):
        """(« Le contenu a changé : … », la personne) : quoi, et le dernier acte qui l'explique."""
        quoi = en_une_phrase(self.donnees(), json.loads(octets)["plan"])
        acte = Acte.objects.du_dossier(self.plan.identifiant).exclude(
            cible_type=Visa._meta.label_lower
        )
        dernier = acte.filter(quand__gte=self.scellee_le).first()
        phrase = f"Le contenu a changé : {quoi}."
        if dernier is None:
            ailleurs = "La source est hors du plan : un acteur, ou un dispositif qu’il cite."
            return f"{phrase} {ailleurs}", None
        quand = instant(dernier.quand)
        return (
            f"{phrase} Dernier acte : {dernier} ({dernier.nom_acteur}), le {quand}.",
            dernier.utilisateur,
        )

    def figer(self, utilisateur, place):
        """Le dernier visa est là : la version prend son numéro, et le plan passe l'étape."""
        dernier = self.plan.versions.aggregate(Max("numero"))["numero__max"]
        self.numero, self.figee_le = (dernier or 0) + 1, timezone.now()
        self.revision = self.plan.revision + 1  # celle que l'acte ci-dessous va ouvrir
        self.save(update_fields=["numero", "figee_le", "revision"])
        self.plan.avancer(utilisateur, place, self.vers, Acte.Verbe.FIGER)

    def attendus(self):
        """Les co-pilotes dont le visa manque encore."""
        vises = self.visas.vivants().values("partie")
        return self.plan.parties.co_pilotes().exclude(pk__in=vises).select_related("acteur")


class VisaQuerySet(models.QuerySet):
    def vivants(self):
        return self.filter(annule_le__isnull=True)

    @transaction.atomic
    def donner(self, utilisateur, partie, vers, lue):
        """Le visa d'un co-pilote sur le contenu d'empreinte `lue` ; fige quand il est le dernier.

        Rejoué, il ne change rien. Lève PermissionDenied sans le droit, et Refus si le passage n'est
        plus ouvert, si le contenu n'est plus celui qui a été lu, ou si une règle l'empêche.
        """
        plan = Plan.objects.select_for_update(of=("self",)).get(pk=partie.plan_id)
        partie = PartiePrenante.objects.select_related("acteur").get(pk=partie.pk)
        partie.plan = plan
        place = exiger(utilisateur, Droit.VISER, partie)
        deja = self.vivants().filter(partie=partie, version_visee__vers=vers)
        rejoue = deja.filter(version_visee__empreinte=lue).first()
        if rejoue:
            return rejoue
        version = self._version_a_viser(plan, utilisateur, vers, lue)
        visa = self.create(
            version_visee=version,
            partie=partie,
            utilisateur=utilisateur,
            nom_utilisateur=str(utilisateur),
            nom_acteur=str(partie.acteur),
        )
        visa.consigner(utilisateur, place, Acte.Verbe.VISER)
        visa.demander_les_autres(utilisateur)
        if not version.attendus():
            plan.refresh_from_db()
            version.figer(utilisateur, place)
        return visa

    def _version_a_viser(self, plan, utilisateur, vers, lue):
        """La version en attente que ce visa viserait, ou Refus avec la raison."""
        passage = passage_entre(plan.etat, vers)
        if passage is None or not passage.visas:
            etape = plan.get_etat_display()
            raise Refus(f"Ce visa n’est plus demandé : le plan est à l’étape « {etape} ».")
        octets = contenu_canonique(plan)
        if empreinte(octets) != lue:
            raise Refus(
                "Le contenu a changé depuis que vous l’avez lu : votre visa n’a pas été posé. "
                "Relisez ci-dessous ce qui est visé, puis visez de nouveau."
            )
        if passage.conforme and (bloquants := obstacles(plan)):
            codes = ", ".join(sorted({constat.code for constat in bloquants}))
            raise Refus(f"Le projet ne peut pas encore être arrêté : voyez {codes} ci-dessous.")
        version = plan.versions.sceller(plan, vers, octets)
        if version.visas.vivants().filter(utilisateur=utilisateur).exists():
            raise Refus("Une même personne ne vise pas pour deux co-pilotes.")
        return version


class Visa(PieceDePlan):
    """L'accord d'un co-pilote sur un contenu précis ; tout changement le fait tomber."""

    version_visee = models.ForeignKey(
        Version, models.CASCADE, related_name="visas", verbose_name="contenu visé"
    )
    partie = models.ForeignKey(PartiePrenante, models.PROTECT, related_name="visas")
    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="visas"
    )
    # Les noms sont copiés : un visa reste lisible quand la personne a disparu.
    nom_utilisateur = models.CharField(max_length=200)
    nom_acteur = models.CharField(max_length=250)
    donne_le = models.DateTimeField("donné le", default=timezone.now)
    annule_le = models.DateTimeField("tombé le", null=True)
    raison = models.TextField("pourquoi il est tombé", blank=True)

    objects = VisaQuerySet.as_manager()
    champs_consignes = ("version_visee", "partie")

    class Meta:
        ordering = ["-donne_le", "-pk"]
        verbose_name = "visa"
        constraints = [
            models.UniqueConstraint(
                fields=["version_visee", "partie"],
                condition=Q(annule_le__isnull=True),
                name="visa_vivant_unique",
            )
        ]

    def __str__(self):
        return f"{self.version_visee.get_vers_display()}, au nom {de(self.nom_acteur)}"

    @property
    def plan(self):
        return self.version_visee.plan

    @property
    def plan_id(self):
        return self.version_visee.plan_id

    @property
    def porteur_id(self):
        return self.partie_id

    def get_absolute_url(self):
        adresse = reverse("plans:plan_etapes", args=[self.plan.slug])
        return f"{adresse}#passage-{self.version_visee.vers}"

    def demander_les_autres(self, utilisateur):
        """Prévient les valideurs des co-pilotes dont le visa manque encore."""
        acteurs = [partie.acteur_id for partie in self.version_visee.attendus()]
        valideurs = Utilisateur.objects.agissant_pour(*acteurs, role=Role.VALIDEUR)
        phrase = "a visé ce contenu : votre visa est attendu"
        acteur = self.partie.acteur
        prevenir(valideurs, phrase, self, par=utilisateur, acteur=acteur, motif=Motif.DECISION)

    @transaction.atomic
    def retirer(self, utilisateur):
        """Un co-pilote reprend son visa tant que la version n'est pas figée."""
        self.plan.verrouiller()
        visa = Visa.objects.vivants().filter(pk=self.pk, version_visee__numero__isnull=True).first()
        if visa is None:
            raise Refus("Ce visa ne peut plus être retiré : il est tombé, ou la version est figée.")
        place = exiger(utilisateur, Droit.VISER, visa)
        visa.annule_le, visa.raison = timezone.now(), f"Retiré par {utilisateur}."
        visa.save(update_fields=["annule_le", "raison"])
        visa.consigner(utilisateur, place, Acte.Verbe.RETIRER, visa.valeurs())


class Levee(PieceDePlan):
    """Pourquoi une règle de notre lecture n'empêche pas d'arrêter le projet.

    Elle fait partie du contenu : elle ne vaut que visée par tous les co-pilotes, et s'imprime.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="levees")
    regle = models.CharField("règle", max_length=30, editable=False)
    motif = models.TextField("motif", help_text="Il sera imprimé dans l’annexe de conformité.")

    champs_consignes = ("regle", "motif")
    porteur_id = None

    class Meta:
        ordering = ["regle"]
        verbose_name = "levée d’une règle"
        constraints = [
            models.UniqueConstraint(fields=["plan", "regle"], name="levee_unique_par_regle")
        ]

    def __str__(self):
        return f"Règle {self.regle} levée"


def obstacles(plan):
    """Les constats qui empêchent d'arrêter le projet : ni satisfaits, ni levés."""
    from plans.conformite import conformite  # la conformité lit les modèles

    return [constat for constat in conformite(plan, timezone.localdate()) if constat.bloque]
