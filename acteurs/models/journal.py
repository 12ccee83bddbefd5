"""Le journal des actes : la seule mémoire de ce que chacun a fait, et des états successifs.

Chaque acte garde les valeurs d'avant et d'après des champs qu'il a changés. L'état d'un objet à
une version passée se déduit donc du journal : il n'y a pas d'historique à côté qui puisse dire
autre chose.
"""

import uuid

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models, transaction
from django.db.models import F
from django.http import Http404

from pams_portal.droits import exiger
from pams_portal.valeurs import valeur_simple

ADMINISTRATION = "Administration technique"


class ActeQuerySet(models.QuerySet):
    def du_dossier(self, dossier):
        """Les actes d'un dossier (un plan, par son identifiant), les plus récents d'abord."""
        return self.filter(dossier=dossier).order_by("-quand", "-pk")

    def sur(self, objet):
        return self.filter(cible=objet.identifiant)


class Acte(models.Model):
    """Qui, pour quel acteur, a fait quoi, quand ; avant et après."""

    class Verbe(models.TextChoices):
        CREER = "creer", "a créé"
        MODIFIER = "modifier", "a modifié"
        SUPPRIMER = "supprimer", "a supprimé"
        ATTRIBUER = "attribuer", "a attribué"
        ORDONNER = "ordonner", "a déplacé"
        REPONDRE = "repondre", "a répondu pour"
        CONFIRMER = "confirmer", "a confirmé"
        RETIRER = "retirer", "a retiré"
        OUVRIR = "ouvrir", "a ouvert"
        IMPORTER = "importer", "a mis à jour par un import"
        FUSIONNER = "fusionner", "a fusionné"
        DEFAIRE = "defaire", "a défait la fusion de"
        ECARTER = "ecarter", "n’a pas gardé son texte pour"
        RETABLIR = "retablir", "a rétabli un état de"
        PROPOSER = "proposer", "a fait une proposition :"
        ACCEPTER = "accepter", "a accepté une proposition :"
        REFUSER = "refuser", "a refusé une proposition :"
        REPRENDRE = "reprendre", "a repris une proposition :"
        VISER = "viser", "a visé"
        FIGER = "figer", "a figé, par le dernier visa,"
        PASSER = "passer", "a fait passer d’étape"
        RELANCER = "relancer", "a relancé"
        RESOUDRE = "resoudre", "a résolu"
        ROUVRIR = "rouvrir", "a rouvert"
        CONSIGNER = "consigner", "a consigné une décision :"
        VALIDER = "valider", "a validé le relevé :"
        ACCOMPLIR = "accomplir", "a dit faite la suite :"

    DEBUTS = {Verbe.CREER, Verbe.OUVRIR, Verbe.PROPOSER}
    FINS = {Verbe.SUPPRIMER, Verbe.RETIRER}
    SANS_VERSION = DEBUTS | FINS | {Verbe.ECARTER}

    quand = models.DateTimeField(auto_now_add=True, db_index=True)
    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="actes"
    )
    acteur = models.ForeignKey("acteurs.Acteur", models.SET_NULL, null=True, related_name="actes")
    # Les noms sont copiés : le journal reste lisible quand la personne ou l'acteur a disparu.
    nom_utilisateur = models.CharField(max_length=200, blank=True)
    nom_acteur = models.CharField(max_length=250, blank=True)
    verbe = models.CharField(max_length=20, choices=Verbe)
    # Un nom de type et un identifiant stable, sans clé étrangère vers le haut de la maison.
    cible_type = models.CharField(max_length=60)
    cible = models.UUIDField()
    cible_libelle = models.CharField(max_length=300)
    dossier = models.UUIDField(null=True)
    version = models.PositiveIntegerField()
    avant = models.JSONField(default=dict)
    apres = models.JSONField(default=dict)
    # « inventaire.xlsx, ligne 12 » quand les valeurs viennent d'un fichier et non d'une personne.
    origine = models.CharField("d’où viennent les valeurs", max_length=300, blank=True)

    objects = ActeQuerySet.as_manager()

    class Meta:
        ordering = ["-quand", "-pk"]
        indexes = [
            models.Index(fields=["cible", "version"]),
            models.Index(fields=["dossier", "-quand"]),
        ]

    def __str__(self):
        return f"{self.nom_utilisateur} {self.get_verbe_display()} {self.cible_libelle}"


class Disparu(Http404, ObjectDoesNotExist):
    """Ce qu'on allait écrire n'existe plus : la page le dit, et rend ce qui était tapé."""


class Versionne(models.Model):
    """Un objet qui a un identifiant stable, une version, et dont chaque écriture est un acte."""

    identifiant = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    # Les champs dont le journal garde les valeurs, et que les formulaires peuvent fusionner.
    champs_consignes = ()
    # Ceux que nul ne lit : une empreinte, une version de départ.
    champs_muets = ()
    # Les relations que suit `__str__` : de quoi nommer plusieurs objets en une requête.
    nomme_par = ()

    class Meta:
        abstract = True

    @classmethod
    def libelle_de(cls, nom):
        """Comment nommer à l'écran un champ consigné ; il a pu disparaître depuis l'acte."""
        try:
            return str(cls._meta.get_field(nom).verbose_name)
        except FieldDoesNotExist:
            return nom.replace("_", " ")

    @classmethod
    def champ_a_lire(cls, nom, valeurs):
        """Le champ qui dit comment lire `nom` parmi les `valeurs` d'un acte, ou None."""
        try:
            return cls._meta.get_field(nom)
        except FieldDoesNotExist:
            return None

    @property
    def plan_id(self):
        """Hors d'un plan par défaut : voir `pams_portal.droits`."""
        return None

    @property
    def dossier(self):
        """L'identifiant du dossier où se lisent les actes portant sur cet objet."""
        return None

    def verrouiller_dossier(self):
        """Verrouille ce dont dépend le droit d'écrire (l'état d'un plan) ; rien par défaut."""

    def verrouiller(self):
        """Le même objet, relu sous verrou ; à appeler dans une transaction.

        Lève `Disparu` si quelqu'un l'a supprimé entre-temps.
        """
        self.verrouiller_dossier()
        objets = type(self)._default_manager.select_for_update(of=("self",))
        if (objet := objets.filter(pk=self.pk).first()) is None:
            raise Disparu("Quelqu’un vient de le supprimer.")
        return objet

    def valeurs(self):
        """Les valeurs simples (texte, nombre, liste de codes) des champs consignés."""
        return {
            nom: valeur_simple(
                getattr(self, nom).all()
                if self._meta.get_field(nom).many_to_many
                else getattr(self, self._meta.get_field(nom).attname)
            )
            for nom in self.champs_consignes
        }

    def valeurs_a_la_version(self, version):
        """Les valeurs qu'avaient les champs à une version passée, déduites du journal."""
        valeurs = self.valeurs()
        for acte in Acte.objects.sur(self).filter(version__gt=version).order_by("-version"):
            valeurs |= acte.avant
        return valeurs

    def dernier_acte_sur(self, nom):
        """Le dernier acte qui a changé le champ `nom`, ou None."""
        actes = Acte.objects.sur(self).exclude(verbe=Acte.Verbe.ECARTER).order_by("-version")
        return next((acte for acte in actes if nom in acte.apres), None)

    def consigner(self, utilisateur, place, verbe, avant=None, signature="", origine=""):
        """Écrit l'acte qui mène de `avant` aux valeurs présentes ; monte la version.

        Sans différence, rien n'est écrit et None est rendu : enregistrer deux fois est sans effet.
        `place` vaut None pour un acte d'administration technique, fait au nom de personne.
        `signature` : comment nommer qui agit sans compte, ou sur la proposition d'un autre.
        """
        apres = {} if verbe in Acte.FINS else self.valeurs()
        acte = self.acte(utilisateur, place, verbe, avant or {}, apres, signature, origine)
        if acte is None:
            return None
        if verbe not in Acte.SANS_VERSION:
            type(self)._default_manager.filter(pk=self.pk).update(version=F("version") + 1)
        acte.save()
        self.apres_ecriture()
        self.annoncer(acte)
        return acte

    def acte(self, utilisateur, place, verbe, avant, apres, signature="", origine=""):
        """L'acte qui mène de `avant` à `apres`, pas encore écrit ; None s'ils sont égaux.

        Qui l'écrit en lot monte aussi les versions en base et appelle ce qu'entraîne l'écriture.
        """
        changes = [cle for cle in {*avant, *apres} if avant.get(cle) != apres.get(cle)]
        if not changes:
            return None
        if verbe not in Acte.SANS_VERSION:
            self.version += 1
        return Acte(
            utilisateur=utilisateur,
            acteur=place.acteur if place else None,
            nom_utilisateur=(signature or str(utilisateur))[:200],
            nom_acteur=str(place.acteur) if place else ADMINISTRATION if utilisateur else "",
            verbe=verbe,
            cible_type=self._meta.concrete_model._meta.label_lower,
            cible=self.identifiant,
            cible_libelle=str(self)[:300],
            dossier=self.dossier,
            version=self.version,
            avant={cle: avant[cle] for cle in changes if cle in avant},
            apres={cle: apres[cle] for cle in changes if cle in apres},
            origine=origine,
        )

    def consigner_ecarte(self, utilisateur, place, valeurs):
        """Garde au journal ce qu'une personne avait écrit et a choisi de ne pas enregistrer.

        Sans « avant », cet acte ne compte pas quand un état passé se déduit du journal.
        """
        self.acte(utilisateur, place, Acte.Verbe.ECARTER, {}, valeurs).save()

    @transaction.atomic
    def agir(self, utilisateur, droit, verbe, *, origine="", **valeurs):
        """Un acte métier : pose `valeurs` sous verrou, après avoir exigé le droit, et consigne.

        Rend l'objet à jour ; lève PermissionDenied si le droit manque. `origine` nomme le fichier
        d'où viennent les valeurs.
        """
        objet = self.verrouiller()
        place = exiger(utilisateur, droit, objet)
        return objet.poser(utilisateur, place, verbe, valeurs, origine=origine)

    def poser(self, utilisateur, place, verbe, valeurs, signature="", origine=""):
        """Pose `valeurs` sur cet objet tenu sous verrou, et consigne ; le droit est déjà établi."""
        avant = self.valeurs()
        multiples = {nom for nom in valeurs if self._meta.get_field(nom).many_to_many}
        for nom, valeur in valeurs.items():
            getattr(self, nom).set(valeur) if nom in multiples else setattr(self, nom, valeur)
        self.save(update_fields=[nom for nom in valeurs if nom not in multiples])
        self.consigner(utilisateur, place, verbe, avant, signature, origine)
        return self

    @transaction.atomic
    def supprimer(self, utilisateur, droit, verbe=Acte.Verbe.SUPPRIMER):
        """Retire l'objet ; le journal en garde toutes les valeurs."""
        objet = self.verrouiller()
        place = exiger(utilisateur, droit, objet)
        objet.consigner(utilisateur, place, verbe, objet.valeurs())
        objet.delete()

    def identifiant_promis(self, nom):
        """L'identifiant de la seule pièce qui répondra à cet objet : son brouillon y est déjà."""
        return uuid.uuid5(self.identifiant, nom)

    def oublier_brouillon(self, utilisateur, identifiant):
        """Ce que cette personne gardait en brouillon vient d'être enregistré."""
        self.brouillons_de(utilisateur).filter(identifiant=identifiant).delete()

    def brouillons_de(self, utilisateur):
        """Ce que cette personne a commencé à écrire ici, sans l'enregistrer."""
        return utilisateur.brouillons.filter(cible=self.identifiant)

    def apres_ecriture(self):
        """Ce qu'une écriture entraîne ailleurs (un document à refaire) ; rien par défaut."""

    def annoncer(self, acte):
        """Prévient ceux que cet acte concerne, dans sa transaction ; personne par défaut."""
