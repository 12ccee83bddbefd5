"""Dire qu'une fiche est fausse, ou comment la corriger ; et la réponse de qui en répond."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from acteurs.models import Acte, Acteur, Motif, Utilisateur, Versionne, prevenir
from dispositifs.fraicheur.destinataires import est_sans_personne
from dispositifs.models.dispositif import Dispositif
from dispositifs.models.fraicheur import FICHE_CHANGEE, DemandeDeConfirmation
from dispositifs.models.index import Zone
from dispositifs.territoires import cles_touchant, communes_pilotees
from pams_portal.droits import Droit, Place, Qualite, exiger, place_qui_permet

DU_PUBLIC = "Une personne non connectée"


class SignalementQuerySet(models.QuerySet):
    def en_attente(self):
        return self.filter(etat=Signalement.Etat.ATTENTE)

    def en_vigueur(self):
        """Sans ceux d'une fiche fondue dans une autre, qui reviennent si la fusion est défaite."""
        return self.filter(dispositif__fusionne_avec__isnull=True)

    def a_traiter(self):
        """Ce qui attend une réponse, ou d'être appliqué par la structure qui tient la fiche."""
        accepte = Q(etat=Signalement.Etat.ACCEPTE, applique_le__isnull=True)
        return self.en_vigueur().filter(
            Q(etat=Signalement.Etat.ATTENTE) | (accepte & ~Q(valeurs_proposees={}))
        )

    def sur_les_fiches_de(self, acteurs):
        return self.filter(Q(dispositif__porteur__in=acteurs) | Q(dispositif__tenu_par__in=acteurs))

    def visibles_par(self, utilisateur):
        """Les siens, ceux des fiches de ses structures et, pour un co-pilote, de son bassin."""
        acteurs = list(utilisateur.roles_par_acteur)
        sien = Q(utilisateur=utilisateur)
        sien |= Q(dispositif__porteur__in=acteurs) | Q(dispositif__tenu_par__in=acteurs)
        cles = cles_touchant(communes_pilotees(utilisateur))
        sien |= Q(dispositif__in=Zone.objects.filter(cle__in=cles).values("dispositif"))
        return self.en_vigueur().filter(sien)


class Signalement(Versionne):
    """Une erreur dite sur une fiche, ou une correction proposée ; rien n'y change sans réponse."""

    class Origine(models.TextChoices):
        COMPTE = "compte", "Une personne connectée"
        LIEN = "lien", "La structure, par le lien reçu"
        PUBLIC = "public", "Le public"

    class Etat(models.TextChoices):
        ATTENTE = "attente", "En attente de réponse"
        ACCEPTE = "accepte", "Accepté"
        REFUSE = "refuse", "Refusé"

        @property
        def ton(self):
            """Le ton du composant d'état ; il ne fait qu'appuyer les mots."""
            return {"attente": "attente", "accepte": "succes", "refuse": "neutre"}[self.value]

    EN_ATTENTE_DU_PUBLIC = 20

    dispositif = models.ForeignKey(Dispositif, models.CASCADE, related_name="signalements")
    origine = models.CharField("origine", max_length=10, choices=Origine)
    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="signalements"
    )
    acteur = models.ForeignKey(
        Acteur, models.SET_NULL, null=True, related_name="signalements", verbose_name="structure"
    )
    # Copié : le signalement reste lisible quand la personne ou l'acteur a disparu.
    auteur = models.CharField("auteur", max_length=200)
    message = models.TextField("message", blank=True)
    valeurs_proposees = models.JSONField("valeurs proposées", default=dict)
    vu_a_la_version = models.PositiveIntegerField("version lue de la fiche")
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.ATTENTE)
    reponse = models.TextField("réponse", blank=True)
    repondu_pour = models.ForeignKey(
        Acteur, models.SET_NULL, null=True, related_name="+", verbose_name="répondu par"
    )
    cree_le = models.DateTimeField("reçu le", auto_now_add=True)
    repondu_le = models.DateTimeField("répondu le", null=True)
    applique_le = models.DateTimeField("appliqué le", null=True)

    objects = SignalementQuerySet.as_manager()
    champs_consignes = ("message", "etat", "reponse")

    class Meta:
        ordering = ["-cree_le", "-pk"]
        verbose_name = "signalement"
        indexes = [models.Index(fields=["etat", "-cree_le"])]

    def __str__(self):
        return f"Signalement sur {self.dispositif}"

    def get_absolute_url(self):
        return reverse("dispositifs:signalement_detail", args=[self.pk])

    @property
    def ton(self):
        return self.Etat(self.etat).ton

    # --- Prévenir ------------------------------------------------------------------------------

    def annoncer(self, acte):
        """Signaler demande une réponse à qui tient la fiche ; elle revient à qui signalait."""
        par = acte.utilisateur
        qui = {"par": par, "acteur": acte.acteur if par else None}
        if acte.verbe == Acte.Verbe.CREER:
            phrase = "signale une erreur" if par else "vous transmet un signalement"
            prevenir(self.personnes_qui_repondent(), phrase, self, motif=Motif.DECISION, **qui)
        elif acte.verbe == Acte.Verbe.REPONDRE and self.utilisateur_id:
            verbe = "a accepté" if self.etat == self.Etat.ACCEPTE else "a refusé"
            prevenir([self.utilisateur], f"{verbe} votre signalement", self, **qui)

    def personnes_qui_repondent(self):
        """Qui écrit pour la structure de la fiche ; à défaut, les co-pilotes de son territoire."""
        fiche = self.dispositif
        acteurs = [fiche.porteur_id, fiche.tenu_par_id]
        if est_sans_personne(fiche):
            acteurs = Acteur.objects.filter(
                places__plan__in=self.plans_touches, places__qualite=Qualite.CO_PILOTE
            )
        return Utilisateur.objects.agissant_pour(*acteurs)

    # --- Droits --------------------------------------------------------------------------------

    def est_a(self, place):
        return self.dispositif.est_a(place)

    @property
    def plans_touches(self):
        return self.dispositif.plans_du_territoire

    @property
    def vient_d_un_absent(self):
        """La structure porteuse l'a envoyé par son lien, et personne n'a de compte ici."""
        de_la_structure = self.acteur_id == self.dispositif.porteur_id
        return (
            self.origine == self.Origine.LIEN
            and de_la_structure
            and est_sans_personne(self.dispositif)
        )

    def place_qui_applique(self, utilisateur):
        """La place qui peut écrire cette correction sur la fiche, ou None : un co-pilote n'écrit
        pas sur le dispositif d'un autre, sauf ce que cet autre, absent, a lui-même envoyé."""
        return place_qui_permet(
            utilisateur, Droit.MODIFIER_DISPOSITIF, self.dispositif
        ) or place_qui_permet(utilisateur, Droit.APPLIQUER_CORRECTION, self)

    @property
    def est_a_appliquer(self):
        return bool(
            self.etat == self.Etat.ACCEPTE and self.valeurs_proposees and self.applique_le is None
        )

    # --- Actes ---------------------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def deposer(cls, dispositif, message, valeurs=None, utilisateur=None, demande=None):
        """Garde un signalement, par une personne connectée, par un lien reçu, ou du public.

        Par un lien, le lien est consommé ; lève LienRefuse s'il vient de servir.
        """
        acteur = None
        if demande:
            dispositif = demande.reserver(DemandeDeConfirmation.Reponse.CORRIGE)
            origine, acteur, auteur = cls.Origine.LIEN, demande.acteur, demande.signature
        elif utilisateur:
            acteur = next(iter(utilisateur.roles_par_acteur), None)
            origine, auteur = cls.Origine.COMPTE, str(utilisateur)
        else:
            origine, auteur = cls.Origine.PUBLIC, DU_PUBLIC
        signalement = cls.objects.create(
            dispositif=dispositif,
            origine=origine,
            utilisateur=utilisateur,
            acteur=acteur,
            auteur=auteur[:200],
            message=message,
            valeurs_proposees=valeurs or {},
            vu_a_la_version=dispositif.version,
        )
        place = Place(acteur, frozenset()) if acteur else None
        signalement.consigner(utilisateur, place, Acte.Verbe.CREER, signature=auteur)
        return signalement

    @transaction.atomic
    def repondre(self, utilisateur, accepte, reponse, vue):
        """Accepte ou refuse, avec une réponse ; applique la correction si la personne le peut.

        `vue` : la version de la fiche lue. Lève PermissionDenied, ou ValidationError.
        """
        objet, dispositif = self._sous_verrou()
        place = exiger(utilisateur, Droit.REPONDRE_SIGNALEMENT, objet)
        if objet.etat != self.Etat.ATTENTE:
            raise ValidationError("Quelqu’un a répondu entre-temps : rechargez la page.")
        valeurs = {
            "etat": self.Etat.ACCEPTE if accepte else self.Etat.REFUSE,
            "reponse": reponse,
            "repondu_pour": place.acteur,
            "repondu_le": timezone.now(),
        }
        ecrivain = objet.valeurs_proposees and objet.place_qui_applique(utilisateur)
        if accepte and ecrivain:
            objet._appliquer(utilisateur, ecrivain, dispositif, vue)
            valeurs["applique_le"] = timezone.now()
        return objet.poser(utilisateur, place, Acte.Verbe.REPONDRE, valeurs)

    @transaction.atomic
    def appliquer(self, utilisateur, vue):
        """Écrit sur la fiche ce qu'un co-pilote avait accepté sans pouvoir l'écrire."""
        objet, dispositif = self._sous_verrou()
        place = objet.place_qui_applique(utilisateur) or exiger(
            utilisateur, Droit.MODIFIER_DISPOSITIF, dispositif
        )
        if not objet.est_a_appliquer:
            raise ValidationError("Cette correction n’attend plus d’être appliquée.")
        objet._appliquer(utilisateur, place, dispositif, vue)
        objet.applique_le = timezone.now()
        objet.save(update_fields=["applique_le"])
        return objet

    def _sous_verrou(self):
        """La fiche d'abord, comme partout où l'on tient les deux."""
        dispositif = self.dispositif.verrouiller()
        objet = self.verrouiller()
        objet.dispositif = dispositif
        return objet, dispositif

    def _appliquer(self, utilisateur, place, dispositif, vue):
        if dispositif.version != vue:
            raise ValidationError(FICHE_CHANGEE)
        avant, change = dispositif.valeurs(), self.valeurs_proposees
        # Qui répond par son lien a relu toute la fiche : le reste est exact, s'il n'a pas bougé.
        relue = self.origine == self.Origine.LIEN and dispositif.version == self.vu_a_la_version
        for nom, valeur in change.items():
            champ = Dispositif._meta.get_field(nom)
            if champ.many_to_many:
                dispositif.financeurs.set(Acteur.objects.filter(pk__in=valeur))
            else:
                setattr(dispositif, champ.attname, champ.to_python(valeur))
        verifier_champs(dispositif, change)
        if relue and dispositif.est_en_service:
            dispositif.statut, dispositif.raison_statut = Dispositif.Statut.VERIFIE, ""
            dispositif.confirme_le = timezone.localdate(self.cree_le)
            dispositif.confirme_par = self.acteur
        dispositif.save()
        signature = f"{utilisateur}, sur proposition de : {self.auteur}"
        dispositif.consigner(utilisateur, place, Acte.Verbe.MODIFIER, avant, signature)


def verifier_champs(dispositif, noms):
    """Lève ValidationError, en une phrase, si l'une de ces valeurs n'est plus possible."""
    autres = {champ.name for champ in Dispositif._meta.fields} - set(noms)
    try:
        dispositif.clean_fields(exclude=autres)
    except ValidationError as erreur:
        champs = [Dispositif._meta.get_field(nom).verbose_name for nom in erreur.error_dict]
        raise ValidationError(
            f"Une valeur proposée n’est plus possible ({', '.join(champs)}) : rien n’est écrit. "
            "Corrigez la fiche à la main."
        ) from None


class DepotPublic(models.Model):
    """Le passage récent d'un visiteur qui a signalé : une empreinte, jamais son adresse."""

    FENETRE = timedelta(hours=1)
    MAXIMUM = 5

    empreinte = models.CharField(max_length=64)
    quand = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["empreinte", "quand"])]
        verbose_name = "dépôt public"

    def __str__(self):
        return f"{self.empreinte[:8]}, {self.quand}"

    @classmethod
    def noter(cls, adresse):
        """Compte un envoi avant de le juger ; faux s'il y en a eu trop en une heure.

        L'empreinte est scellée par la clé du portail : elle ne redonne pas l'adresse.
        """
        cls.objects.filter(quand__lt=timezone.now() - cls.FENETRE).delete()
        empreinte = salted_hmac("dispositifs.depot", str(adresse), algorithm="sha256").hexdigest()
        depot = cls.objects.create(empreinte=empreinte)
        if cls.objects.filter(empreinte=empreinte).count() > cls.MAXIMUM:
            depot.delete()
            return False
        return True
