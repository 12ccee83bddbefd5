"""Reprendre d'un autre plan : ce qui se copie, ce qui ne se copie jamais, et d'où cela vient.

Rien de ce qui engage quelqu'un ne se copie : ni budget, ni financement, ni partenaire et sa
réponse, ni indicateur, ni dates, ni territoires, ni personnes. Rien de confidentiel non plus.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction

from acteurs.models import Acte
from pams_portal.droits import Droit, exiger
from plans.models.fiche import FicheAction
from plans.models.lignes import Etape
from plans.models.plan import Plan
from plans.models.redaction import Axe, Contribution, Objectif
from plans.models.reprises import Reprise
from plans.versions.canonique import DEMONSTRATION

DE_LA_FICHE = (
    *("intitule", "lien_legal", "constat", "objectif_operationnel", "description", "publics"),
    *("situations", "freins", "reussite"),
)


class Repris(models.TextChoices):
    """Ce que l'on coche à l'ouverture d'un plan."""

    TEXTES = "textes", "Les textes communs des chapitres"
    AXES = "axes", "Les axes et leurs objectifs"
    FICHES = "fiches", "Les fiches-actions, sans rien qui engage : ni montant, ni partenaire"


class Copie:
    """Une suite de pièces copiées d'un plan dans un autre, au nom d'une partie de celui-ci.

    Les actes et les attributions s'écrivent ensemble, à la fin : `terminer`.
    """

    def __init__(self, source, plan, porteur, utilisateur, place):
        self.source, self.plan, self.porteur = source, plan, porteur
        self.utilisateur, self.place = utilisateur, place
        figees = source.versions.figees().order_by("-numero")
        self.version = None if source.est_en_redaction else figees.first()
        # Ce qui est fictif le reste, où qu'on le copie.
        marque = f", {DEMONSTRATION}" if source.demonstration else ""
        self.nom = f"{source.titre}{marque}"
        self.reprises, self.actes = [], []

    def textes(self):
        """Les textes communs écrits, dans les chapitres de même clé."""
        communs = Contribution.objects.filter(chapitre__plan=self.source, commune=True)
        ecrits = {c.chapitre.cle: c for c in communs.select_related("chapitre") if c.texte.strip()}
        ici = Contribution.objects.filter(chapitre__plan=self.plan, commune=True)
        for contribution in ici.select_related("chapitre__plan"):
            if ecrit := ecrits.get(contribution.chapitre.cle):
                contribution.texte = ecrit.texte
                contribution.save(update_fields=["texte", "modifie_le"])
                self._noter(contribution, ecrit, f"chapitre {ecrit.chapitre}", "contribution")

    def axes(self):
        """Les axes et leurs objectifs ; rend {clé de l'objectif d'origine: le sien}."""
        objectifs = {}
        for axe in self.source.axes.prefetch_related("objectifs"):
            sien = Axe.objects.create(
                plan=self.plan,
                lettre=axe.lettre,
                intitule=axe.intitule,
                texte=axe.texte,
                ordre=axe.ordre,
            )
            self._noter(sien, axe, f"axe {axe.lettre}", "axe")
            for objectif in axe.objectifs.all():
                copie = Objectif(axe=sien, numero=objectif.numero, intitule=objectif.intitule)
                copie.save()
                nom = f"objectif {axe.lettre}{objectif.numero}"
                self._noter(copie, objectif, nom, "objectif")
                objectifs[objectif.pk] = copie
        return objectifs

    def fiches(self, objectifs):
        """Les fiches que la personne peut lire, hors les confidentielles."""
        lisibles = FicheAction.objects.visibles_par(self.utilisateur)
        lisibles = lisibles.filter(plan=self.source, confidentielle=False)
        for fiche in lisibles.prefetch_related("etapes"):
            self.fiche(fiche, objectifs[fiche.objectif_id])

    def fiche(self, fiche, objectif):
        """Une fiche, sous un objectif du plan, avec un code neuf ; ses étapes sont sans date."""
        valeurs = {nom: getattr(fiche, nom) for nom in DE_LA_FICHE}
        copie = FicheAction.objects.create(
            plan=self.plan, porteur=self.porteur, objectif=objectif, **valeurs
        )
        self._noter(copie, fiche, f"fiche {fiche}", "fiche", source_fiche=fiche)
        for etape in fiche.etapes.all():
            self._consigner(
                Etape.objects.create(fiche=copie, libelle=etape.libelle, ordre=etape.ordre),
                str(self.reprises[-1]),
            )
        return copie

    def terminer(self):
        Reprise.objects.bulk_create(self.reprises)
        Acte.objects.bulk_create(self.actes)
        self.plan.apres_ecriture()

    def _noter(self, piece, origine, nom, sorte, **champs):
        reprise = Reprise(
            source=self.source,
            source_piece=origine.identifiant,
            nom_du_plan=self.nom,
            nom_de_la_piece=nom[:300],
            version_du_plan=self.version and self.version.numero,
            revision_du_plan=self.source.revision,
            **{sorte: piece},
            **champs,
        )
        self.reprises.append(reprise)
        self._consigner(piece, str(reprise))

    def _consigner(self, piece, origine):
        verbe = Acte.Verbe.CREER
        acte = piece.acte(
            self.utilisateur, self.place, verbe, {}, piece.valeurs(), "", origine[:300]
        )
        self.actes.append(acte)


def reprendre(plan, source, quoi, porteur, utilisateur, place):
    """Remplit un plan qui s'ouvre de ce qui est coché dans un autre.

    `quoi` : des `Repris`. Lève PermissionDenied si la personne ne peut pas lire la source.
    """
    source = Plan.objects.visibles_par(utilisateur).filter(pk=source.pk).first()
    if source is None:
        raise PermissionDenied("Ce plan ne se lit pas d’ici : rien n’en est repris.")
    copie = Copie(source, plan, porteur, utilisateur, place)
    if Repris.TEXTES in quoi:
        copie.textes()
    if Repris.AXES in quoi:
        objectifs = copie.axes()
        if Repris.FICHES in quoi:
            copie.fiches(objectifs)
    copie.terminer()


@transaction.atomic
def copier_la_fiche(fiche, objectif, porteur, utilisateur):
    """Copie une fiche d'un plan adopté sous un objectif de son plan, et rend la copie.

    Lève PermissionDenied sans le droit d'écrire une fiche pour `porteur`, et ValidationError si la
    fiche ne se copie pas, ou l'est déjà dans ce plan.
    """
    plan = Plan.objects.select_for_update().get(pk=objectif.plan_id)
    porteur.plan = plan
    place = exiger(utilisateur, Droit.MODIFIER_FICHE, FicheAction(plan=plan, porteur=porteur))
    if not fiche.est_copiable:
        raise ValidationError("Seule une fiche publique d’un plan adopté se copie.")
    deja = plan.fiches.filter(reprise__source_fiche=fiche).first()
    if deja:
        raise ValidationError(f"Cette fiche est déjà reprise dans ce plan : {deja}.")
    copie = Copie(fiche.plan, plan, porteur, utilisateur, place)
    copiee = copie.fiche(fiche, objectif)
    copie.terminer()
    return copiee
