"""La concertation au fil du texte : observations, messages, mentions."""

from functools import lru_cache

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Abonnement, Acte, Motif, Notification, Utilisateur, prevenir
from acteurs.models.notification import DELAI
from pams_portal.champs import TexteRicheField
from pams_portal.droits import Droit, Place, exiger, plans_ou
from pams_portal.recherche import normaliser
from pams_portal.texte import en_texte_brut
from plans.models.fiche import FicheAction
from plans.models.parties import PartiePrenante
from plans.models.plan import PieceDePlan, Plan
from plans.models.redaction import Chapitre, Contribution

# Corrigé dans ce délai, un message n'a encore été envoyé à personne.
CORRECTION = DELAI


class ObservationQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Entre parties seulement : une observation n'est jamais publique, même après adoption."""
        return self.filter(plan__in=plans_ou(utilisateur, Droit.LIRE_PLAN))

    def non_resolues(self):
        return self.exclude(etat=Observation.Etat.RESOLUE)

    def mentionnant(self, utilisateur):
        """Celles où l'on nomme la personne, ou un organisme pour lequel elle agit."""
        cite = Message.objects.filter(
            Q(personnes=utilisateur) | Q(parties__acteur__habilitations__utilisateur=utilisateur)
        )
        return self.filter(pk__in=cite.values("observation"))

    def with_cible(self):
        return self.select_related(
            *("plan", "chapitre__plan", "contribution__chapitre__plan", "fiche__plan"),
            *("porteur__acteur", "contribution__porteur__acteur", "fiche__porteur__acteur"),
        )

    def with_textes(self):
        """De quoi dire, pour chacune, si son passage est encore là."""
        soeurs = Contribution.objects.select_related("chapitre__plan")
        return self.with_cible().prefetch_related(Prefetch("chapitre__contributions", soeurs))


class Observation(PieceDePlan):
    """Un fil de discussion sur un chapitre, un passage, une fiche ou l'un de ses champs.

    `porteur` est la partie qui l'a ouverte. La cible peut disparaître (une fiche retirée) :
    son libellé est copié, l'observation reste.
    """

    class Etat(models.TextChoices):
        OUVERTE = "ouverte", "Ouverte"
        REPONDUE = "repondue", "Répondue"
        RESOLUE = "resolue", "Résolue"

    TONS = {Etat.OUVERTE: "attente", Etat.REPONDUE: "accent", Etat.RESOLUE: "succes"}

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="observations")
    porteur = models.ForeignKey(
        PartiePrenante, models.SET_NULL, null=True, related_name="observations"
    )
    numero = models.PositiveIntegerField("numéro", editable=False)
    chapitre = models.ForeignKey(
        Chapitre, models.SET_NULL, null=True, blank=True, related_name="observations"
    )
    contribution = models.ForeignKey(
        Contribution, models.SET_NULL, null=True, blank=True, related_name="observations"
    )
    fiche = models.ForeignKey(
        FicheAction, models.SET_NULL, null=True, blank=True, related_name="observations"
    )
    champ = models.CharField(max_length=40, blank=True)
    cible_libelle = models.CharField("ce qui est observé", max_length=300)
    passage = models.TextField(
        "passage observé",
        blank=True,
        max_length=1000,
        help_text="Copiez ici les mots dont vous parlez, tels qu’ils sont dans le texte. "
        "Laissez vide pour parler de l’ensemble.",
    )
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.OUVERTE)
    cree_le = models.DateTimeField("ouverte le", default=timezone.now)

    objects = ObservationQuerySet.as_manager()
    champs_consignes = ("etat", "cible_libelle", "passage")

    class Meta:
        ordering = ["-cree_le", "-pk"]
        verbose_name = "observation"
        constraints = [
            models.UniqueConstraint(fields=["plan", "numero"], name="observation_unique_par_numero")
        ]

    def __str__(self):
        return f"observation n° {self.numero} sur {self.cible_libelle}"

    def get_absolute_url(self):
        return reverse("plans:observation_detail", args=[self.plan.slug, self.numero])

    def save(self, *args, **kwargs):
        if self.numero is None:
            dernier = self.plan.observations.aggregate(models.Max("numero"))["numero__max"]
            self.numero = (dernier or 0) + 1
            self.cible_libelle = self.decrire_la_cible()[:300]
        super().save(*args, **kwargs)

    # --- Droits et journal ---------------------------------------------------------------------

    @property
    def est_observable(self):
        return self.plan.est_observable

    def est_a(self, place):
        """À qui l'a ouverte, et à qui porte le texte ou la fiche dont elle parle."""
        return place.partie_id is not None and place.partie_id in {
            self.porteur_id,
            self.contribution.porteur_id if self.contribution_id else None,
            self.fiche.porteur_id if self.fiche_id else None,
        }

    def apres_ecriture(self):
        """Rien : discuter d'un plan n'en change pas le document."""

    # --- Ce dont elle parle --------------------------------------------------------------------

    def decrire_la_cible(self):
        if self.fiche_id and self.champ:
            return f"{self.fiche}, {self.libelle_du_champ}"
        return str(self.fiche or self.contribution or self.chapitre)

    @property
    def libelle_du_champ(self):
        """Le nom du champ observé, tel qu'il se lit sur la fiche."""
        return FicheAction._meta.get_field(self.champ).verbose_name

    @property
    def ton(self):
        return self.TONS[self.etat]

    @property
    def est_resolue(self):
        return self.etat == self.Etat.RESOLUE

    def textes(self):
        """[(adresse, texte)] où le passage peut se trouver, le sien d'abord.

        Un paragraphe peut passer d'une contribution à l'autre du même chapitre, ou d'un champ à
        l'autre de la même fiche.
        """
        if self.fiche_id:
            champs = [n for n in champs_observables() if texte_riche(n)]
            champs.sort(key=lambda nom: nom != self.champ)
            return [(self.fiche.get_absolute_url(), getattr(self.fiche, nom)) for nom in champs]
        if not self.chapitre_id:
            return []
        soeurs = list(self.chapitre.contributions.all())
        soeurs.sort(key=lambda contribution: contribution.pk != self.contribution_id)
        return [(contribution.get_absolute_url(), contribution.texte) for contribution in soeurs]

    def ou_est_le_passage(self):
        """L'adresse du texte où le passage se lit aujourd'hui, ou None s'il a été modifié."""
        cherche = normaliser(self.passage)
        trouves = (adresse for adresse, texte in self.textes() if contient(texte, cherche))
        return next(trouves, None)

    def adresse_de_la_cible(self):
        """Où se lit ce dont elle parle ; le plan si la fiche a été retirée."""
        return (self.fiche or self.contribution or self.chapitre or self.plan).get_absolute_url()

    # --- Qui prévenir --------------------------------------------------------------------------

    def concernes(self):
        """Qui peut écrire ce dont on parle : le porteur, et tous les co-pilotes d'un commun."""
        piece = self.fiche or self.contribution
        if piece is None:
            return Utilisateur.objects.none()
        acteurs = {piece.porteur.acteur_id}
        if self.contribution_id and self.contribution.commune:
            acteurs |= set(self.plan.parties.co_pilotes().values_list("acteur", flat=True))
        return Utilisateur.objects.agissant_pour(*acteurs)

    def abonnes(self):
        fils = Abonnement.objects.filter(fil=self.identifiant, actif=True)
        return Utilisateur.objects.filter(pk__in=fils.values("utilisateur"))

    # --- Les actes -----------------------------------------------------------------------------

    def annoncer(self, acte):
        """Résoudre et rouvrir se disent à qui suit le fil ; « répondue », le message l'a dit."""
        phrases = {Acte.Verbe.RESOUDRE: "a résolu", Acte.Verbe.ROUVRIR: "a rouvert"}
        if phrase := phrases.get(acte.verbe):
            prevenir(self.abonnes(), phrase, self, par=acte.utilisateur, acteur=acte.acteur)

    def resoudre(self, utilisateur):
        droit = Droit.RESOUDRE_OBSERVATION
        return self.agir(utilisateur, droit, Acte.Verbe.RESOUDRE, etat=self.Etat.RESOLUE)

    def rouvrir(self, utilisateur):
        etat = self.Etat.REPONDUE if self.a_une_reponse() else self.Etat.OUVERTE
        return self.agir(utilisateur, Droit.RESOUDRE_OBSERVATION, Acte.Verbe.ROUVRIR, etat=etat)

    def a_une_reponse(self):
        """Vrai si une autre partie que celle qui l'a ouverte y a écrit."""
        return Message.objects.filter(observation=self).exclude(porteur=self.porteur_id).exists()

    def noter_la_reponse(self, utilisateur, acteur):
        """Ouverte ou répondue, selon ce qui est écrit ; une observation résolue le reste."""
        etat = self.Etat.REPONDUE if self.a_une_reponse() else self.Etat.OUVERTE
        if self.est_resolue or etat == self.etat:
            return
        avant = self.valeurs()
        self.etat = etat
        self.save(update_fields=["etat"])
        self.consigner(utilisateur, Place(acteur, frozenset()), Acte.Verbe.MODIFIER, avant)


@lru_cache(maxsize=256)
def mots(texte):
    """Un texte riche réduit à ses mots : ni mise en forme, ni accents, ni espaces doubles."""
    return normaliser(en_texte_brut(texte))


def contient(texte, cherche):
    return bool(cherche) and cherche in mots(texte)


def texte_riche(nom):
    return isinstance(FicheAction._meta.get_field(nom), TexteRicheField)


def champs_observables():
    """Les champs d'une fiche sur lesquels on peut s'arrêter : ce qui se lit sur sa page."""
    muets = {"objectif", "porteur", "code", "etat", "ordre", "confidentielle", "commentaire_annuel"}
    return [nom for nom in FicheAction.champs_consignes if nom not in muets]


class Message(PieceDePlan):
    """Ce qu'une personne écrit dans une observation ; le premier message l'ouvre."""

    observation = models.ForeignKey(Observation, models.CASCADE, related_name="messages")
    porteur = models.ForeignKey(PartiePrenante, models.SET_NULL, null=True, related_name="messages")
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="messages"
    )
    # Les noms sont copiés : ce qui a été dit reste à qui l'a dit, même parti.
    nom_auteur = models.CharField(max_length=200, editable=False)
    nom_acteur = models.CharField(max_length=250, editable=False)
    texte = models.TextField("message", max_length=10_000)
    personnes = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name="personnes mentionnées"
    )
    parties = models.ManyToManyField(
        PartiePrenante, blank=True, related_name="+", verbose_name="organismes mentionnés"
    )
    ecrit_le = models.DateTimeField("écrit le", default=timezone.now)
    corrige_le = models.DateTimeField("corrigé le", null=True, editable=False)

    champs_consignes = ("texte", "personnes", "parties")

    class Meta:
        ordering = ["ecrit_le", "pk"]
        verbose_name = "message"

    def __str__(self):
        return f"son message ({self.observation})"

    def get_absolute_url(self):
        return f"{self.observation.get_absolute_url()}#message-{self.pk}"

    @property
    def plan(self):
        return self.observation.plan

    @property
    def plan_id(self):
        return self.observation.plan_id

    @property
    def est_observable(self):
        return self.observation.est_observable

    @property
    def est_corrigeable(self):
        """Peu après l'avoir écrit, et tant que la discussion est ouverte aux messages."""
        return self.est_observable and timezone.now() < self.ecrit_le + CORRECTION

    @property
    def correction_jusqu_a(self):
        return self.ecrit_le + CORRECTION

    @property
    def noms_mentionnes(self):
        nommes = [partie.acteur.nom for partie in self.parties.all()]
        return nommes + [str(personne) for personne in self.personnes.all()]

    @property
    def est_le_premier(self):
        return self.pk == min(message.pk for message in self.observation.messages.all())

    @property
    def est_reprenable(self):
        """Le premier message emporte le fil : il ne se retire plus dès qu'on lui a répondu."""
        seul = len(self.observation.messages.all()) == 1
        return self.est_corrigeable and (seul or not self.est_le_premier)

    def est_de(self, utilisateur):
        """La table des droits dit la partie ; un message, lui, est à une personne."""
        return self.auteur_id == utilisateur.pk

    def exiger_d_en_etre_l_auteur(self, utilisateur):
        if not self.est_de(utilisateur):
            raise PermissionDenied("Nul ne corrige ni ne retire le message d’une autre personne.")

    def apres_ecriture(self):
        """Rien : discuter d'un plan n'en change pas le document."""

    def mentionnes(self):
        """Les personnes nommées, et celles qui écrivent pour les organismes nommés."""
        nommees = Utilisateur.objects.filter(pk__in=self.personnes.values("pk"))
        acteurs = list(self.parties.values_list("acteur", flat=True))
        return nommees | Utilisateur.objects.agissant_pour(*acteurs)

    # --- Les actes -----------------------------------------------------------------------------

    def annoncer(self, acte):
        """Prévient qui est nommé, puis qui suit ; l'auteur suit désormais ce fil."""
        if acte.verbe in Acte.FINS:
            return
        observation = self.observation
        if acte.avant:
            Notification.objects.rectifier(self)
        elif self.est_le_premier:
            observation.consigner(acte.utilisateur, Place(acte.acteur, frozenset()), acte.verbe)
        Abonnement.objects.abonner([acte.utilisateur, *self.personnes.all()], observation)
        commun = {"par": acte.utilisateur, "acteur": acte.acteur, "source": self}
        prevenir(self.mentionnes(), "vous mentionne", observation, motif=Motif.MENTION, **commun)
        phrase = "a écrit" if self.est_le_premier else "a répondu"
        prevenir(observation.concernes() | observation.abonnes(), phrase, observation, **commun)
        observation.noter_la_reponse(acte.utilisateur, acte.acteur)

    @transaction.atomic
    def retirer(self, utilisateur):
        """Son auteur retire ce qu'il vient d'écrire ; seul message du fil, il emporte le fil.

        Rend l'observation, ou None si elle est partie avec lui.
        """
        self.exiger_d_en_etre_l_auteur(utilisateur)
        Notification.objects.retirer(self)
        observation = self.observation
        place = exiger(utilisateur, Droit.RETIRER_MESSAGE, self)
        self.supprimer(utilisateur, Droit.RETIRER_MESSAGE, Acte.Verbe.RETIRER)
        if not Message.objects.filter(observation=observation).exists():
            observation.consigner(utilisateur, place, Acte.Verbe.RETIRER, observation.valeurs())
            observation.delete()
            return None
        observation.noter_la_reponse(utilisateur, place.acteur)
        return observation
