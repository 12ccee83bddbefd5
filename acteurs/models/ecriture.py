"""Ce qu'une personne est en train d'écrire : ses brouillons, et sa présence sur une part.

Ni l'un ni l'autre n'est un acte : rien n'en va au journal, et une part n'en change pas. L'objet est
nommé comme dans le journal, par son type et son identifiant stable : un brouillon lui survit.
"""

from datetime import timedelta

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils import timezone

from acteurs.models.utilisateur import Utilisateur

GARDE = timedelta(days=60)
PRESENCE = timedelta(seconds=60)
PAR_PART = 20  # brouillons d'une personne sur une même part
SIGNES_AU_PLUS = 1_000_000


class BrouillonQuerySet(models.QuerySet):
    def garder(self, utilisateur, objet, identifiant, saisie, page):
        """Garde l'état présent d'une saisie, à la place de celui d'avant ; rend le brouillon.

        `saisie` : ({champ: valeurs}, version de départ) ; ValidationError si elle est démesurée.
        """
        champs, version = saisie
        if sum(len(valeur) for valeurs in champs.values() for valeur in valeurs) > SIGNES_AU_PLUS:
            raise ValidationError(
                "Ce texte dépasse un million de signes : le portail n’en garde pas de brouillon. "
                "Copiez-le ailleurs, ou raccourcissez-le."
            )
        brouillon = Brouillon(
            utilisateur=utilisateur,
            identifiant=identifiant,
            cible_type=objet._meta.concrete_model._meta.label_lower,
            cible=objet.identifiant,
            cible_libelle=str(objet)[:300],
            page=page,
            version=version,
            champs=champs,
        )
        ecrits = {nom: getattr(brouillon, nom) for nom in Brouillon.AU_FIL}
        siens = objet.brouillons_de(utilisateur)
        if not siens.filter(identifiant=identifiant).update(**ecrits):
            # Deux envois simultanés du même brouillon n'en font qu'un.
            self.bulk_create(
                [brouillon],
                update_conflicts=True,
                unique_fields=["utilisateur", "cible", "identifiant"],
                update_fields=Brouillon.AU_FIL,
            )
            en_trop = siens.values_list("pk", flat=True)[PAR_PART:]
            self.filter(pk__in=list(en_trop)).delete()
        return brouillon

    def elaguer(self):
        """Oublie ce que personne n'a repris depuis deux mois."""
        return self.filter(quand__lt=timezone.now() - GARDE).delete()


class Brouillon(models.Model):
    """Une saisie gardée au fil de la frappe, que son auteur seul voit, jusqu'à « Enregistrer »."""

    AU_FIL = ("cible_libelle", "page", "version", "champs", "quand")

    utilisateur = models.ForeignKey(Utilisateur, models.CASCADE, related_name="brouillons")
    # Donné par la page ouverte : deux onglets ne s'écrasent pas, un envoi répété ne double rien.
    identifiant = models.UUIDField()
    cible_type = models.CharField(max_length=60)
    cible = models.UUIDField()
    cible_libelle = models.CharField(max_length=300)
    page = models.CharField("où cela s’écrit", max_length=300)
    # 0 quand la version de départ était illisible : la reprise montrera alors les deux textes.
    version = models.PositiveIntegerField("version de départ")
    champs = models.JSONField()
    quand = models.DateTimeField(default=timezone.now)

    objects = BrouillonQuerySet.as_manager()

    class Meta:
        ordering = ["-quand", "-pk"]
        verbose_name = "brouillon"
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "cible", "identifiant"], name="brouillon_unique"
            )
        ]
        indexes = [models.Index(fields=["quand"])]

    def __str__(self):
        return f"{self.cible_libelle}, {self.utilisateur}"

    def textes(self):
        """[(libellé, texte)] : ce qui a été tapé, lisible sans l'objet, qui a pu disparaître."""
        champs = apps.get_model(self.cible_type)._meta
        for nom, valeurs in self.champs.items():
            try:
                champ = champs.get_field(nom)
            except FieldDoesNotExist:
                continue
            ecrit = isinstance(champ, models.CharField | models.TextField) and not champ.choices
            if ecrit and len(valeurs) == 1 and valeurs[0].strip():
                yield champ.verbose_name, valeurs[0]


class PresenceQuerySet(models.QuerySet):
    def signaler(self, utilisateur, place, objet):
        """Cette personne écrit sur cet objet, maintenant."""
        presence = Presence(
            utilisateur=utilisateur,
            nom=f"{utilisateur} ({place.acteur})"[:400],
            cible_type=objet._meta.concrete_model._meta.label_lower,
            cible=objet.identifiant,
            dossier=objet.dossier,
        )
        self.bulk_create(
            [presence],
            update_conflicts=True,
            unique_fields=["utilisateur", "cible"],
            update_fields=["nom", "vu_le"],
        )

    def en_ce_moment(self, dossier, sauf):
        """Qui, hors soi-même, écrit dans ce dossier ; un silence d'une minute efface."""
        recentes = self.filter(dossier=dossier, vu_le__gt=timezone.now() - PRESENCE)
        return recentes.exclude(utilisateur=sauf).order_by("nom")

    def elaguer(self):
        return self.filter(vu_le__lt=timezone.now() - PRESENCE).delete()


class Presence(models.Model):
    """Une personne écrit ici en ce moment : on le dit aux autres, sans jamais rien verrouiller."""

    utilisateur = models.ForeignKey(Utilisateur, models.CASCADE, related_name="presences")
    nom = models.CharField(max_length=400)
    cible_type = models.CharField(max_length=60)
    cible = models.UUIDField()
    dossier = models.UUIDField()
    vu_le = models.DateTimeField(default=timezone.now)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = "présence"
        constraints = [
            models.UniqueConstraint(fields=["utilisateur", "cible"], name="presence_unique")
        ]
        indexes = [models.Index(fields=["dossier", "vu_le"])]

    def __str__(self):
        return f"{self.nom}, {self.vu_le}"
