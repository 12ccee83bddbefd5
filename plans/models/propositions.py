"""Ce qu'une partie propose de changer à la part d'une autre ; celle-ci seule décide."""

from collections import Counter, defaultdict

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from acteurs.models import Acte
from pams_portal.droits import Droit, Role, exiger, plans_ou
from pams_portal.elision import de
from plans.annonces import demander, signaler
from plans.models.fiche import FicheAction
from plans.models.parties import PartiePrenante
from plans.models.plan import PieceDePlan, Plan
from plans.models.redaction import Axe, Contribution, Objectif

VISEES = ("contribution", "fiche", "axe", "objectif")


class PropositionQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Une proposition se lit entre parties du plan, même après l'adoption."""
        return self.filter(plan__in=plans_ou(utilisateur, Droit.LIRE_PLAN))

    def ouvertes(self):
        return self.filter(etat=Proposition.Etat.OUVERTE)

    def with_part(self):
        return self.select_related(
            "plan",
            "porteur__acteur",
            "contribution__chapitre__plan",
            "contribution__porteur__acteur",
            "fiche__plan",
            "fiche__porteur__acteur",
            "axe__plan",
            "objectif__axe__plan",
        )

    def poser_sur(self, parts):
        """Dit à chaque part, en une requête pour toutes, ce que l'on y propose.

        `parts` : [(« contribution », part)…]. Chacune reçoit `propositions_ouvertes`, un nombre,
        et `inspirateurs`, les structures dont une proposition y a été acceptée.
        """
        ouvertes, acceptees = Counter(), defaultdict(set)
        visees = [f"{nom}_id" for nom in VISEES]
        for *cles, etat, acteur in self.order_by().values_list(
            *visees, "etat", "porteur__acteur__nom"
        ):
            [visee] = [paire for paire in zip(VISEES, cles, strict=True) if paire[1] is not None]
            if etat == Proposition.Etat.OUVERTE:
                ouvertes[visee] += 1
            elif etat in (Proposition.Etat.ACCEPTEE, Proposition.Etat.AMENDEE):
                acceptees[visee].add(acteur)
        for nom, part in parts:
            part.propositions_ouvertes = ouvertes[nom, part.pk]
            part.inspirateurs = sorted(acceptees[nom, part.pk])


def une_seule_remplie(cles):
    """La condition que remplit une ligne dont exactement une de ces clés étrangères l'est."""
    condition = Q()
    for remplie in cles:
        condition |= Q(**{f"{cle}__isnull": cle != remplie for cle in cles})
    return condition


class Proposition(PieceDePlan):
    """Un autre texte, ou une autre valeur, pour un champ de la part d'une autre partie."""

    class Etat(models.TextChoices):
        OUVERTE = "ouverte", "En attente"
        ACCEPTEE = "acceptee", "Acceptée"
        AMENDEE = "amendee", "Acceptée après correction"
        REFUSEE = "refusee", "Refusée"
        REPRISE = "reprise", "Reprise par son auteur"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="propositions")
    porteur = models.ForeignKey(
        PartiePrenante,
        models.PROTECT,
        related_name="propositions",
        verbose_name="partie qui propose",
    )
    auteur = models.CharField("personne qui propose", max_length=200, editable=False)
    contribution = models.ForeignKey(
        Contribution, models.CASCADE, null=True, blank=True, related_name="propositions"
    )
    fiche = models.ForeignKey(
        FicheAction, models.CASCADE, null=True, blank=True, related_name="propositions"
    )
    axe = models.ForeignKey(Axe, models.CASCADE, null=True, blank=True, related_name="propositions")
    objectif = models.ForeignKey(
        Objectif, models.CASCADE, null=True, blank=True, related_name="propositions"
    )
    champ = models.CharField("champ visé", max_length=40)
    valeur = models.JSONField("valeur proposée", null=True)
    # La version de la part d'où l'auteur est parti : c'est de là que se fusionne la suite.
    version_de_depart = models.PositiveIntegerField("version de départ")
    motif = models.TextField(
        "pourquoi", blank=True, help_text="Une phrase pour la partie qui décidera."
    )
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.OUVERTE)
    reponse = models.TextField("réponse", blank=True)
    deposee_le = models.DateTimeField("déposée le", auto_now_add=True)
    decidee_le = models.DateTimeField("décidée le", null=True, blank=True)

    objects = PropositionQuerySet.as_manager()
    champs_consignes = (
        *("porteur", *VISEES, "champ", "valeur", "version_de_depart", "motif", "etat", "reponse"),
    )
    champs_muets = ("version_de_depart",)

    class Meta:
        ordering = ["-deposee_le", "-pk"]
        verbose_name = "proposition"
        constraints = [
            models.CheckConstraint(
                condition=une_seule_remplie(VISEES), name="proposition_vise_une_seule_part"
            )
        ]

    def __str__(self):
        return f"{self.libelle_du_champ} – {self.part}"

    def get_absolute_url(self):
        return reverse("plans:proposition_detail", args=[self.plan.slug, self.pk])

    def apres_ecriture(self):
        """Proposer ne change rien au plan : aucun document à refaire."""

    def annoncer(self, acte):
        """Proposer demande une décision à qui tient la part ; sa réponse revient."""
        if acte.verbe == Acte.Verbe.PROPOSER:
            for partie in self.parties_qui_decident:
                demander(partie, "vous propose une modification", self, acte, Role.REDACTEUR)
        elif acte.verbe == Acte.Verbe.REPRENDRE:
            signaler(self.parties_qui_decident, "a repris sa proposition", self, acte)
        elif phrase := REPONSES.get(self.etat):
            signaler([self.porteur], phrase, self, acte)

    @classmethod
    def champ_a_lire(cls, nom, valeurs):
        """La valeur proposée se lit comme le champ qu'elle vise."""
        visee = next((nom for nom in VISEES if valeurs.get(nom)), None)
        if visee and nom in ("champ", "valeur"):
            part = cls._meta.get_field(visee).related_model
            if nom == "valeur":
                return part.champ_a_lire(valeurs["champ"], {})
            champs = [(nom, part.libelle_de(nom)) for nom in part.champs_consignes]
            return models.CharField(choices=champs)
        return super().champ_a_lire(nom, valeurs)

    # --- La part visée -------------------------------------------------------------------------

    @property
    def nom_visee(self):
        return next(nom for nom in VISEES if getattr(self, f"{nom}_id"))

    @property
    def part(self):
        return getattr(self, self.nom_visee)

    @property
    def champ_modele(self):
        return self.part._meta.get_field(self.champ)

    @property
    def libelle_du_champ(self):
        return capfirst(self.champ_modele.verbose_name)

    @property
    def est_ouverte(self):
        return self.etat == self.Etat.OUVERTE

    @property
    def parties_qui_decident(self):
        """Qui tient la part visée ; un axe ou un objectif est à tous les co-pilotes."""
        if self.part.porteur_id:
            return [self.part.porteur]
        return list(self.plan.parties.co_pilotes())

    @property
    def droit_de_decider(self):
        """Décider, c'est écrire la part visée : le même droit, demandé à la part elle-même."""
        if self.contribution_id:
            return self.contribution.chapitre.droit_de_contribuer
        return Droit.MODIFIER_FICHE if self.fiche_id else Droit.MODIFIER_AXES

    # --- Les actes -----------------------------------------------------------------------------

    @transaction.atomic
    def deposer(self, utilisateur):
        """Enregistre une proposition neuve, au nom de la partie qui donne ce droit."""
        self.verrouiller_dossier()
        part = self.part.verrouiller()
        place = exiger(utilisateur, Droit.PROPOSER, part)
        self.porteur_id, self.auteur = place.partie_id, str(utilisateur)[:200]
        self.save()
        self.consigner(utilisateur, place, Acte.Verbe.PROPOSER)

    @transaction.atomic
    def accepter(self, utilisateur, form):
        """Enregistre `form`, le formulaire de la part prérempli de la proposition, et la clôt.

        Rend False si le formulaire refuse ou montre un conflit : rien n'est alors décidé.
        """
        proposition = self._a_decider()
        if not form.enregistrer(
            utilisateur,
            self.droit_de_decider,
            Acte.Verbe.ACCEPTER,
            f"{utilisateur}, sur proposition {de(self.auteur)} ({self.porteur.acteur.nom})",
        ):
            return False
        enregistree = form.instance.valeurs()[self.champ]
        amendee = enregistree != self.valeur and not form.reunis
        etat = self.Etat.AMENDEE if amendee else self.Etat.ACCEPTEE
        proposition._clore(utilisateur, Acte.Verbe.ACCEPTER, etat=etat)
        return True

    @transaction.atomic
    def refuser(self, utilisateur, raison):
        self._a_decider()._clore(
            utilisateur, Acte.Verbe.REFUSER, etat=self.Etat.REFUSEE, reponse=raison
        )

    def reprendre(self, utilisateur):
        """L'auteur retire sa proposition ; elle reste lisible."""
        self.agir(
            utilisateur,
            Droit.REPRENDRE_PROPOSITION,
            Acte.Verbe.REPRENDRE,
            etat=self.Etat.REPRISE,
            decidee_le=timezone.now(),
        )

    def _a_decider(self):
        proposition = self.verrouiller()
        if not proposition.est_ouverte:
            raise PermissionDenied(
                f"Cette proposition n’est plus ouverte : {proposition.get_etat_display().lower()}."
            )
        return proposition

    def _clore(self, utilisateur, verbe, **valeurs):
        place = exiger(utilisateur, self.droit_de_decider, self.part)
        self.poser(utilisateur, place, verbe, valeurs | {"decidee_le": timezone.now()})


# Ce qu'apprend la partie qui proposait, selon l'état que prend sa proposition.
REPONSES = {
    Proposition.Etat.ACCEPTEE: "a accepté votre proposition",
    Proposition.Etat.AMENDEE: "a accepté votre proposition en la corrigeant",
    Proposition.Etat.REFUSEE: "a refusé votre proposition",
}
