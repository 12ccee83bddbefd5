"""Ce qui existe : les dispositifs de mobilité solidaire, leur zone et leur fraîcheur."""

from functools import cached_property

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from acteurs.contacts import refuser_les_adresses_de_personnes
from acteurs.models import Acte, Acteur, Versionne
from acteurs.publics import Public
from bassins.models import Commune
from bassins.revision import Suivi, Sujet
from dispositifs import etats
from dispositifs.effets import plans_du_territoire, toucher_les_plans
from dispositifs.models.index import Mot, Zone
from dispositifs.recherche.requetes import DispositifManager, DispositifQuerySet
from dispositifs.territoires import bassins_touches
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
from pams_portal.droits import Droit, Role, exiger
from pams_portal.elision import le
from pams_portal.recherche import normaliser

# Qui peut écrire pour sa structure, ou y faire venir quelqu'un qui le pourra.
ROLES_AGISSANTS = (Role.REDACTEUR, Role.VALIDEUR, Role.GESTIONNAIRE)


TELEPHONE = RegexValidator(
    r"^\+?[0-9][0-9 .()-]{2,}$", "Un numéro s’écrit avec des chiffres : « 03 22 00 00 00 »."
)
# La fiche est publique : aucun de ses champs ne donne l'adresse d'une personne.
SANS_PERSONNE = [refuser_les_adresses_de_personnes]


def bornes(maximum, phrase):
    """Les validateurs d'un nombre : ni négatif, ni d'un autre ordre de grandeur que le réel."""
    return [MinValueValidator(0), MaxValueValidator(maximum, phrase)]


def est_sur_le_portail(acteur):
    """Vrai si une personne active peut écrire au nom de cet acteur, ou y faire venir quelqu'un."""
    habilitations = acteur.habilitations.filter(utilisateur__is_active=True)
    return habilitations.filter(role__in=ROLES_AGISSANTS).exists()


def tenant(porteur, acteur):
    """Qui tient la fiche d'un dispositif de `porteur` saisie par `acteur`.

    La structure porteuse dès qu'elle est sur le portail ; sinon celle qui saisit, en attendant.
    """
    return porteur if porteur == acteur or est_sur_le_portail(porteur) else acteur


class Dispositif(Suivi, Versionne):
    """Une offre de mobilité solidaire que quelqu'un peut mobiliser."""

    sujet_suivi = Sujet.INVENTAIRE
    Statut, Fraicheur, Frais = etats.Statut, etats.Fraicheur, etats.Frais
    STATUTS_PUBLICS = etats.PUBLICS

    nom = models.CharField("nom", max_length=150)
    nom_normalise = models.CharField(max_length=150, editable=False, db_index=True)
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
    saisi_par = models.ForeignKey(
        Acteur,
        models.SET_NULL,
        null=True,
        related_name="dispositifs_saisis",
        verbose_name="saisi par",
        editable=False,
    )
    financeurs = models.ManyToManyField(
        Acteur, blank=True, related_name="dispositifs_finances", verbose_name="financeurs"
    )
    description = models.TextField(
        "description", validators=SANS_PERSONNE, help_text="De 200 à 2 000 caractères, en clair."
    )
    publics = ChoixMultiplesField("publics", choices=Public)
    conditions = models.TextField(
        "conditions et justificatifs", blank=True, validators=SANS_PERSONNE
    )
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
    frais_precisions = models.CharField(
        "précision sur les frais", max_length=250, blank=True, validators=SANS_PERSONNE
    )
    mobilisable_par = ChoixMultiplesField("mobilisable par", choices=MobilisablePar)
    modes_mobilisation = ChoixMultiplesField("comment le mobiliser", choices=ModeMobilisation)
    lien_mobilisation = models.URLField("lien de mobilisation", blank=True)
    courriel = models.EmailField(
        "courriel institutionnel",
        blank=True,
        validators=SANS_PERSONNE,
        help_text="Une adresse de service, pas de personne.",
    )
    telephone = models.CharField(
        "téléphone du service", max_length=20, blank=True, validators=[TELEPHONE]
    )
    capacite = models.PositiveIntegerField(
        "capacité par an",
        null=True,
        blank=True,
        validators=bornes(1_000_000, "Plus d’un million de personnes par an : vérifiez la saisie."),
    )
    beneficiaires = models.PositiveIntegerField(
        "bénéficiaires l’an dernier",
        null=True,
        blank=True,
        validators=bornes(1_000_000, "Plus d’un million de personnes : vérifiez la saisie."),
    )
    delai = models.CharField("file d’attente ou délai", max_length=120, blank=True)
    etp = models.DecimalField(
        "équivalents temps plein",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=bornes(5000, "Plus de 5 000 équivalents temps plein : vérifiez la saisie."),
    )
    cout_annuel = models.DecimalField(
        "coût annuel (€)",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=bornes(1_000_000_000, "Plus d’un milliard d’euros par an : vérifiez la saisie."),
    )
    debut_financement = models.DateField("début du financement", null=True, blank=True)
    fin_financement = models.DateField("fin du financement", null=True, blank=True)
    statut = models.CharField("statut", max_length=20, choices=Statut, default=Statut.SIGNALE)
    raison_statut = models.CharField("raison de l’état", max_length=300, blank=True)
    confirme_le = models.DateField("confirmé le", null=True, blank=True, editable=False)
    confirme_par = models.ForeignKey(
        Acteur,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="confirmations",
        verbose_name="confirmé par",
        editable=False,
    )
    source = models.CharField(
        "source",
        max_length=300,
        blank=True,
        help_text="D’où vient l’information, si ce n’est de vous.",
    )
    lien_source = models.URLField("adresse de la source", max_length=500, blank=True)
    date_source = models.DateField("date de la source", null=True, blank=True)
    source_id = models.CharField("identifiant à la source", max_length=200, blank=True)
    demonstration = models.BooleanField("dispositif fictif", default=False, editable=False)
    recherche = models.TextField(editable=False)
    modifie_le = models.DateTimeField(auto_now=True)

    fusionne_avec = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="fusionnée avec",
        editable=False,
    )

    objects = DispositifManager()
    tous = DispositifQuerySet.as_manager()
    champs_consignes = (
        *("nom", "type", "porteur", "tenu_par", "financeurs", "description", "publics"),
        *("conditions", "motifs", "zone_eligibilite", "commune", "adresse", "horaires", "frais"),
        "frais_precisions",
        *("mobilisable_par", "modes_mobilisation", "lien_mobilisation", "courriel", "telephone"),
        *("capacite", "beneficiaires", "delai", "etp", "cout_annuel", "debut_financement"),
        *("fin_financement", "statut", "raison_statut", "confirme_le", "confirme_par"),
        *("source", "lien_source", "date_source", "source_id"),
        "fusionne_avec",
    )

    CALCULES = ("nom_normalise", "recherche")

    class Meta:
        ordering = ["nom_normalise", "pk"]
        verbose_name = "dispositif"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"],
                condition=~Q(source_id=""),
                name="dispositif_unique_par_source",
            )
        ]
        indexes = [
            # La liste se lit dans l'ordre des noms, sans relire les fiches qu'elle ne montre pas.
            models.Index(fields=["nom_normalise", "id", "statut"], name="dispositif_liste"),
            # Les comptes par facette se lisent tout entiers dans cet index.
            models.Index(
                fields=["statut", "type", "publics", "motifs", "confirme_le", "porteur"],
                name="dispositif_facettes",
            ),
        ]

    def __str__(self):
        return self.nom

    def calculer(self):
        """Pose les colonnes déduites (`CALCULES`) ; une écriture en lot l'appelle elle-même."""
        self.nom_normalise = normaliser(self.nom)[:150]
        commune = self.commune.nom if self.commune_id else ""
        morceaux = [self.nom, self.get_type_display(), self.famille, commune, self.description]
        self.recherche = normaliser(" ".join(morceaux))

    @transaction.atomic
    def save(self, *args, update_fields=None, **kwargs):
        self.calculer()
        if update_fields is not None:
            update_fields = {*update_fields, *self.CALCULES, "modifie_le"}
        super().save(*args, update_fields=update_fields, **kwargs)
        self.zones.exclude(cle__in=self.zone_eligibilite).delete()
        Zone.objects.bulk_create(
            [Zone(dispositif=self, cle=cle) for cle in self.zone_eligibilite],
            ignore_conflicts=True,
        )
        Mot.objects.indexer([self])

    def get_absolute_url(self):
        return reverse("dispositifs:dispositif_detail", args=[self.pk])

    # --- Droits et actes -----------------------------------------------------------------------

    def est_a(self, place):
        """À qui la saisit tant qu'elle n'existe pas ; puis à qui la tient, et à qui la porte."""
        if self.pk is None:
            return self.saisi_par_id == place.acteur.pk
        return place.acteur.pk in (self.tenu_par_id, self.porteur_id)

    def confirmer(self, utilisateur):
        """« Toujours exact » : vérifié aujourd'hui, par la structure de la personne.

        Lève PermissionDenied, ou ValidationError si le dispositif est suspendu ou fermé.
        """
        if not self.est_en_service:
            raise ValidationError("Ce dispositif n’est plus en service : rouvrez-le d’abord.")
        place = exiger(utilisateur, Droit.CONFIRMER_DISPOSITIF, self)
        return self.agir(
            utilisateur,
            Droit.CONFIRMER_DISPOSITIF,
            Acte.Verbe.CONFIRMER,
            statut=self.Statut.VERIFIE,
            raison_statut="",
            confirme_le=timezone.localdate(),
            confirme_par=place.acteur,
        )

    def changer_statut(self, utilisateur, statut, raison):
        """Suspend, ferme ou rouvre, avec la raison ; ValidationError si ce passage n'existe pas."""
        if statut not in self.statuts_suivants:
            raise ValidationError("Cet état ne peut plus être choisi : rechargez la page.")
        return self.agir(
            utilisateur,
            Droit.MODIFIER_DISPOSITIF,
            Acte.Verbe.MODIFIER,
            statut=statut,
            raison_statut=raison,
        )

    def remettre_au_porteur(self, utilisateur):
        """Remet la fiche à la structure porteuse, qui a désormais quelqu'un sur le portail."""
        if not self.est_a_remettre:
            raise ValidationError("La structure porteuse n’a encore personne sur le portail.")
        return self.agir(
            utilisateur, Droit.MODIFIER_DISPOSITIF, Acte.Verbe.ATTRIBUER, tenu_par=self.porteur
        )

    def changer_de_porteur(self, utilisateur, porteur):
        """Désigne une autre structure porteuse, à qui la fiche revient si elle est inscrite."""
        return self.agir(
            utilisateur,
            Droit.MODIFIER_DISPOSITIF,
            Acte.Verbe.ATTRIBUER,
            porteur=porteur,
            tenu_par=tenant(porteur, self.tenu_par),
        )

    def apres_ecriture(self):
        """L'inventaire entre dans le diagnostic et l'annexe des plans : leurs documents sont à
        refaire, y compris dans un bassin que le dispositif vient de quitter."""
        acte = Acte.objects.sur(self).first()
        quittees = acte.avant.get("zone_eligibilite", []) if acte else []
        toucher_les_plans({*self.zone_eligibilite, *quittees}, [self.pk])

    # --- Ce que la fiche dit d'elle-même -------------------------------------------------------

    @property
    def est_en_service(self):
        return self.statut not in etats.HORS_SERVICE and self.fusionne_avec_id is None

    @property
    def statuts_suivants(self):
        """Les états où l'on peut mener ce dispositif ; un signalement rouvert reste à vérifier."""
        if self.est_en_service:
            return [self.Statut.SUSPENDU, self.Statut.FERME]
        rouvert = self.Statut.A_CONFIRMER if self.confirme_le else self.Statut.SIGNALE
        return [rouvert, *([self.Statut.FERME] if self.statut == self.Statut.SUSPENDU else [])]

    @property
    def statut_affiche(self):
        """Le statut tel que le temps le fait : vérifié il y a plus de six mois, à confirmer."""
        return etats.statut_au(timezone.localdate(), self.statut, self.confirme_le)

    @property
    def reserve(self):
        """« Saisi par X, non confirmé par Y » ; vide quand la structure porteuse a confirmé."""
        if self.est_confirme_par_son_porteur:
            return ""
        if self.saisi_par is None:
            return (
                f"Relevé d’une source, à vérifier auprès de la structure porteuse : {self.porteur}."
            )
        if self.saisi_par == self.porteur:
            return f"Saisi par {le(self.porteur)}, pas encore confirmé."
        return f"Saisi par {le(self.saisi_par)}, non confirmé par {le(self.porteur)}."

    @cached_property
    def est_a_remettre(self):
        return self.tenu_par_id != self.porteur_id and est_sur_le_portail(self.porteur)

    @property
    def famille(self):
        return FAMILLE_PAR_TYPE[self.type]

    @property
    def thematiques(self):
        return [Thematique(t) for t in THEMATIQUES_PAR_TYPE[self.type]]

    @property
    def libelles_thematiques(self):
        return [thematique.label for thematique in self.thematiques]

    @property
    def fraicheur(self):
        return etats.fraicheur_au(timezone.localdate(), self.confirme_le)

    @property
    def fraicheur_en_mots(self):
        return etats.fraicheur_en_mots(timezone.localdate(), self.confirme_le)

    @property
    def fin_annoncee(self):
        return etats.fin_annoncee(timezone.localdate(), self.statut, self.fin_financement)

    @property
    def est_confirme_par_son_porteur(self):
        return self.confirme_par_id is not None and self.confirme_par_id == self.porteur_id

    def survivante(self):
        """La fiche qui remplace celle-ci au bout des fusions ; elle-même sans fusion."""
        return self.fusionne_avec.survivante() if self.fusionne_avec_id else self

    @cached_property
    def plans_du_territoire(self):
        """Les identifiants des plans dont le territoire touche la zone d'éligibilité."""
        return plans_du_territoire(self.zone_eligibilite)

    def bassins(self):
        """Les bassins dont le périmètre en vigueur touche la zone d'éligibilité du dispositif."""
        return bassins_touches(self.zone_eligibilite)
