"""Deux fiches d'un même dispositif : les fusionner, défaire, ou dire qu'elles sont distinctes."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q

from acteurs.models import Acte, Versionne
from dispositifs.models.dispositif import Dispositif
from pams_portal.droits import Droit, exiger

PLUS_LA = "L’une des deux fiches a déjà été fusionnée ou retirée : rien n’est changé."


class FichesChangees(ValidationError):
    """Quelqu'un a écrit dans l'une des deux fiches pendant qu'on les comparait."""


def verrouiller_les_deux(un, autre):
    """Les deux fiches relues sous verrou, toujours dans le même ordre ; {clé: fiche}."""
    toutes = Dispositif.tous.select_for_update(of=("self",)).order_by("pk")
    return {fiche.pk: fiche for fiche in toutes.filter(pk__in=[un.pk, autre.pk])}


def ecrire(dispositif, simples):
    """Pose des valeurs simples, telles que le journal les garde, et enregistre la fiche."""
    for nom, simple in simples.items():
        champ = dispositif._meta.get_field(nom)
        if champ.many_to_many:
            getattr(dispositif, nom).set(simple)
        else:
            valeur = simple if champ.is_relation else champ.to_python(simple)
            setattr(dispositif, champ.attname, valeur)
    dispositif.save()


class FusionQuerySet(models.QuerySet):
    def en_vigueur(self):
        return self.filter(defaite=False)

    @transaction.atomic
    def fusionner(self, utilisateur, gardee, absorbee, valeurs, versions):
        """Fond `absorbee` dans `gardee`, qui prend `valeurs` ({champ: valeur simple}).

        `versions` : celles des deux fiches que la personne a vues. Lève PermissionDenied si l'une
        des deux ne lui appartient pas, FichesChangees si quelqu'un y a écrit depuis, ou
        si l'une a disparu.
        """
        fiches = verrouiller_les_deux(gardee, absorbee)
        if len(fiches) < 2 or any(fiche.fusionne_avec_id for fiche in fiches.values()):
            raise FichesChangees(PLUS_LA)
        gardee, absorbee = fiches[gardee.pk], fiches[absorbee.pk]
        place = exiger(utilisateur, Droit.MODIFIER_DISPOSITIF, gardee)
        exiger(utilisateur, Droit.MODIFIER_DISPOSITIF, absorbee)
        if versions != (gardee.version, absorbee.version):
            raise FichesChangees("Une fiche a changé pendant que vous compariez.")
        avant, avant_absorbee = gardee.valeurs(), absorbee.valeurs()
        ecrire(gardee, valeurs)
        acte = gardee.consigner(utilisateur, place, Acte.Verbe.FUSIONNER, avant)
        liens = self._deplacer_les_liens(utilisateur, place, gardee, absorbee)
        absorbee.fusionne_avec = gardee
        absorbee.consigner(utilisateur, place, Acte.Verbe.FUSIONNER, avant_absorbee)
        absorbee.save(update_fields=["fusionne_avec"])
        return self.create(gardee=gardee, absorbee=absorbee, acte=acte, liens=liens)

    @staticmethod
    def _deplacer_les_liens(utilisateur, place, gardee, absorbee):
        """Les fiches-actions qui citaient l'absorbée citent la gardée ; [(fiche, déjà citée)]."""
        liens = []
        for fiche in absorbee.fiches.order_by("plan", "pk"):
            fiche = fiche.verrouiller()
            avant = fiche.valeurs()
            deja = fiche.dispositifs.filter(pk=gardee.pk).exists()
            fiche.dispositifs.remove(absorbee)
            fiche.dispositifs.add(gardee)
            fiche.consigner(utilisateur, place, Acte.Verbe.FUSIONNER, avant)
            liens.append([fiche.pk, deja])
        return liens


class Fusion(models.Model):
    """Une fiche fondue dans une autre, et les liens qui ont suivi.

    Les valeurs d'avant sont dans l'acte de la fiche gardée : le journal reste la seule mémoire.
    L'absorbée garde sa ligne, ses champs, son identifiant et celui de sa source.
    """

    gardee = models.ForeignKey(
        Dispositif, models.CASCADE, related_name="fusions", verbose_name="fiche gardée"
    )
    absorbee = models.ForeignKey(
        Dispositif, models.CASCADE, related_name="+", verbose_name="fiche fusionnée"
    )
    acte = models.OneToOneField(
        Acte, models.CASCADE, null=True, related_name="+", help_text="Vide si rien n’a changé."
    )
    liens = models.JSONField("fiches-actions déplacées", default=list)
    faite_le = models.DateTimeField("faite le", auto_now_add=True)
    defaite = models.BooleanField("défaite", default=False)

    objects = FusionQuerySet.as_manager()

    class Meta:
        ordering = ["-faite_le", "-pk"]
        verbose_name = "fusion"
        constraints = [
            models.UniqueConstraint(
                fields=["absorbee"], condition=Q(defaite=False), name="fusion_en_vigueur_unique"
            )
        ]

    def __str__(self):
        return f"{self.absorbee} → {self.gardee}"

    @transaction.atomic
    def defaire(self, utilisateur):
        """Rend aux deux fiches leurs valeurs et leurs liens d'avant.

        Rend les liens qu'une autre personne a repris depuis, et qui restent tels qu'elle les a
        voulus. Lève PermissionDenied, ou ValidationError avec ce qui l'empêche.
        """
        fiches = verrouiller_les_deux(self.gardee, self.absorbee)
        fusion = Fusion.objects.select_for_update(of=("self",)).get(pk=self.pk)
        gardee, absorbee = fiches[self.gardee_id], fiches[self.absorbee_id]
        place = exiger(utilisateur, Droit.MODIFIER_DISPOSITIF, gardee)
        exiger(utilisateur, Droit.MODIFIER_DISPOSITIF, absorbee)
        if fusion.defaite:
            raise ValidationError("Cette fusion est déjà défaite.")
        if gardee.fusionne_avec_id:
            raise ValidationError(
                f"« {gardee} » a depuis été fusionnée avec « {gardee.fusionne_avec} » : défaites "
                "d’abord cette fusion-là."
            )
        fusion._verifier_que_rien_n_a_change(gardee)
        avant, avant_absorbee = gardee.valeurs(), absorbee.valeurs()
        if fusion.acte_id:
            ecrire(gardee, fusion.acte.avant)
            gardee.consigner(utilisateur, place, Acte.Verbe.DEFAIRE, avant)
        absorbee.fusionne_avec = None
        absorbee.save(update_fields=["fusionne_avec"])
        absorbee.consigner(utilisateur, place, Acte.Verbe.DEFAIRE, avant_absorbee)
        fusion.defaite = True
        fusion.save(update_fields=["defaite"])
        return fusion._rendre_les_liens(utilisateur, place, gardee, absorbee)

    def _verifier_que_rien_n_a_change(self, gardee):
        """Ce que la fusion a écrit doit y être encore : défaire n’efface aucun travail."""
        if not self.acte_id:
            return
        valeurs = gardee.valeurs()
        erreurs = []
        for nom, apres in self.acte.apres.items():
            if valeurs[nom] != apres:
                qui = gardee.dernier_acte_sur(nom)
                libelle = gardee._meta.get_field(nom).verbose_name
                erreurs.append(
                    f"« {libelle} », changé par {qui.nom_utilisateur}" if qui else libelle
                )
        if erreurs:
            raise ValidationError(
                "La fusion ne peut plus être défaite sans perdre ce qui a été écrit depuis dans "
                f"« {gardee} » : {' ; '.join(erreurs)}."
            )

    def _rendre_les_liens(self, utilisateur, place, gardee, absorbee):
        modele = Dispositif._meta.get_field("fiches").related_model
        gardes = []
        for pk, deja in self.liens:
            fiche = modele._default_manager.filter(pk=pk).first()
            if fiche is None:
                continue
            fiche = fiche.verrouiller()
            avant = fiche.valeurs()
            if not fiche.dispositifs.filter(pk=gardee.pk).exists():
                gardes.append(fiche)
                continue
            fiche.dispositifs.add(absorbee)
            if not deja:
                fiche.dispositifs.remove(gardee)
            fiche.consigner(utilisateur, place, Acte.Verbe.DEFAIRE, avant)
        return gardes


class DistinctionQuerySet(models.QuerySet):
    def de(self, dispositif):
        return self.filter(Q(un=dispositif) | Q(autre=dispositif))

    def entre(self, un, autre):
        premier, second = sorted((un, autre), key=lambda fiche: fiche.pk)
        return self.filter(un=premier, autre=second)

    @transaction.atomic
    def declarer(self, utilisateur, un, autre):
        """« Ce ne sont pas des doublons » : retenu, et consigné ; le redire est sans effet."""
        fiches = verrouiller_les_deux(un, autre)
        premier, second = (fiches[pk] for pk in sorted(fiches))
        distinction = Distinction(un=premier, autre=second)
        place = exiger(utilisateur, Droit.MODIFIER_DISPOSITIF, distinction)
        if not self.entre(premier, second).exists():
            distinction.save()
            distinction.consigner(utilisateur, place, Acte.Verbe.CREER)


class Distinction(Versionne):
    """Deux fiches qui se ressemblent et que quelqu'un a dites différentes."""

    un = models.ForeignKey(Dispositif, models.CASCADE, related_name="+", verbose_name="une fiche")
    autre = models.ForeignKey(
        Dispositif, models.CASCADE, related_name="+", verbose_name="l’autre fiche"
    )

    objects = DistinctionQuerySet.as_manager()
    champs_consignes = ("un", "autre")

    class Meta:
        ordering = ["un", "autre"]
        verbose_name = "distinction"
        constraints = [
            models.UniqueConstraint(fields=["un", "autre"], name="distinction_unique"),
        ]

    def __str__(self):
        return f"{self.un} / {self.autre}"

    @property
    def dossier(self):
        return self.un.identifiant

    def est_a(self, place):
        """À qui tient l'une des deux fiches."""
        return self.un.est_a(place) or self.autre.est_a(place)
