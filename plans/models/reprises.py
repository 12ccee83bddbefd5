"""D'où vient une pièce reprise d'un autre plan : sa source, qui reste nommée si elle disparaît."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from pams_portal.typographie import jour
from plans.models.fiche import FicheAction
from plans.models.plan import Plan
from plans.models.propositions import une_seule_remplie
from plans.models.redaction import Axe, Contribution, Objectif

REPRISES = ("contribution", "axe", "objectif", "fiche")


class RepriseQuerySet(models.QuerySet):
    def du_plan(self, plan):
        """Les reprises dont ce plan a hérité."""
        chemins = (
            "contribution__chapitre__plan",
            "axe__plan",
            "objectif__axe__plan",
            "fiche__plan",
        )
        return self.filter(reduce(or_, (Q(**{chemin: plan}) for chemin in chemins)))

    def poser_sur(self, parts, utilisateur):
        """Dit à chaque part d'où elle est reprise, en une requête pour toutes.

        `parts` : [(« contribution », part)…]. Chacune reçoit `repris_de`, une Reprise ou None, dont
        `lien` ne mène à la source que si cette personne peut la lire.
        """
        source = Plan.objects.visibles_par(utilisateur).filter(pk=OuterRef("source"))
        fiche = FicheAction.objects.visibles_par(utilisateur).filter(pk=OuterRef("source_fiche"))
        lues = self.select_related("source", "source_fiche", "contribution__chapitre").annotate(
            source_lisible=Exists(source), fiche_lisible=Exists(fiche)
        )
        par_part = {
            (nom, getattr(reprise, f"{nom}_id")): reprise
            for reprise in lues
            for nom in REPRISES
            if getattr(reprise, f"{nom}_id")
        }
        for nom, part in parts:
            part.repris_de = par_part.get((nom, part.pk))


class Reprise(models.Model):
    """Une pièce d'un plan, et celle d'un autre plan d'où elle vient.

    Les noms sont copiés : l'attribution reste lisible quand la source a disparu.
    """

    contribution = models.OneToOneField(
        Contribution, models.CASCADE, null=True, related_name="reprise"
    )
    axe = models.OneToOneField(Axe, models.CASCADE, null=True, related_name="reprise")
    objectif = models.OneToOneField(Objectif, models.CASCADE, null=True, related_name="reprise")
    fiche = models.OneToOneField(FicheAction, models.CASCADE, null=True, related_name="reprise")
    source = models.ForeignKey(Plan, models.SET_NULL, null=True, related_name="reprises_ailleurs")
    source_fiche = models.ForeignKey(
        FicheAction, models.SET_NULL, null=True, related_name="reprises_ailleurs"
    )
    # L'identifiant stable de la pièce d'origine, sans clé étrangère : il lui survit.
    source_piece = models.UUIDField("pièce d’origine")
    nom_du_plan = models.CharField(max_length=250)
    nom_de_la_piece = models.CharField(max_length=300)
    version_du_plan = models.PositiveIntegerField("version figée", null=True)
    revision_du_plan = models.PositiveIntegerField("révision du plan")
    repris_le = models.DateField("repris le", default=timezone.localdate)

    objects = RepriseQuerySet.as_manager()

    class Meta:
        verbose_name = "reprise"
        constraints = [
            models.CheckConstraint(condition=une_seule_remplie(REPRISES), name="reprise_une_seule")
        ]

    def __str__(self):
        return f"Repris de {self.d_ou}, le {jour(self.repris_le)}"

    @property
    def d_ou(self):
        """« PAMS Amiens » (version 2, fiche A1.2 Garage solidaire)"""
        version = f"révision {self.revision_du_plan}"
        if self.version_du_plan:
            version = f"version {self.version_du_plan}"
        return f"« {self.nom_du_plan} » ({version}, {self.nom_de_la_piece})"

    @property
    def lien(self):
        """L'adresse de la source, ou vide ; à lire sur une reprise posée par `poser_sur`."""
        if self.source_fiche_id:
            self.source_fiche.plan = self.source
            return self.source_fiche.get_absolute_url() if self.fiche_lisible else ""
        if self.source_id is None or not self.source_lisible:
            return ""
        cle = self.contribution.chapitre.cle if self.contribution_id else "orientations"
        return f"{self.source.get_absolute_url()}#chapitre-{cle}"
