"""Qui peut faire quoi : la table des droits du portail.

Une ligne par droit, une colonne par place. Deux règles la gouvernent, tirées des trois verbes de
l'article L.1215-3 du code des transports (« pilotent », « coordonnent leur action », « sont
associés ») : tous les co-pilotes doivent valider, aucun ne peut figer seul ; personne n'écrit
l'engagement, le montant ou l'indicateur d'une autre partie.

Un droit est tenu par un acteur, en sa qualité dans un plan, et exercé par une personne selon son
rôle dans l'acteur. Ce module n'importe aucune application. D'un objet il ne lit que `plan_id`
(None hors d'un plan ; `plans_touches` dit alors d'où on le voit aussi), `est_a(place)` pour la
portée SIEN, `porteur` pour SAUF_PILOTE, et la propriété nommée par `si`.
"""

from enum import StrEnum
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import models


class Qualite(models.TextChoices):
    """La place d'un acteur dans un plan."""

    CO_PILOTE = "co_pilote", "Co-pilote"
    COORDONNEE = "coordonnee", "Partie coordonnée"
    ASSOCIEE = "associee", "Organisme associé"
    INVITEE = "invitee", "Invité"


class Role(models.TextChoices):
    """La place d'une personne dans un acteur ; les trois premiers s'emboîtent."""

    LECTEUR = "lecteur", "Lecteur"
    REDACTEUR = "redacteur", "Rédacteur"
    VALIDEUR = "valideur", "Valideur"
    GESTIONNAIRE = "gestionnaire", "Gestionnaire"
    ASSEMBLEES = "assemblees", "Service des assemblées"


ECHELLE = [Role.LECTEUR, Role.REDACTEUR, Role.VALIDEUR]


class Droit(models.TextChoices):
    LIRE_PLAN = "lire_plan", "Lire un plan qui n’est pas encore adopté"
    OUVRIR_PLAN = "ouvrir_plan", "Ouvrir le plan d’un bassin"
    MODIFIER_PLAN = "modifier_plan", "Modifier le titre et le calendrier du plan"
    CONDUIRE_PLAN = "conduire_plan", "Faire passer le plan d’une étape à l’autre"
    VISER = "viser", "Viser le plan au nom de sa structure"
    LEVER_REGLE = "lever_regle", "Motiver la levée d’une règle de notre lecture"
    GERER_PARTIES = "gerer_parties", "Ajouter une partie, changer sa qualité, la retirer"
    RELANCER = "relancer", "Rappeler à une partie ce que le plan attend d’elle"
    REPONDRE_COMME_PARTIE = "repondre_comme_partie", "Dire si sa structure contribue au plan"
    CONTRIBUER = "contribuer", "Ajouter et modifier sa contribution à un chapitre"
    CONTRIBUER_SPE = "contribuer_spe", "Contribuer au chapitre du service public de l’emploi"
    ATTRIBUER = "attribuer", "Attribuer une contribution ou une fiche à une autre partie"
    ORDONNER = "ordonner", "Changer l’ordre des contributions et des fiches"
    MODIFIER_AXES = "modifier_axes", "Modifier les axes et les objectifs"
    MODIFIER_FICHE = "modifier_fiche", "Créer et modifier sa fiche-action, ses étapes, son budget"
    RETIRER_FICHE = "retirer_fiche", "Retirer sa fiche-action tant qu’elle est un brouillon"
    PROPOSER_FICHE = "proposer_fiche", "Proposer sa fiche-action, ou la reprendre en brouillon"
    DONNER_AVIS = (
        "donner_avis",
        "Donner l’avis de sa structure sur une fiche-action ; celui d’un co-pilote décide",
    )
    REPONDRE_PARTENARIAT = "repondre_partenariat", "Confirmer ou décliner son rôle sur une fiche"
    SAISIR_REPONSE = (
        "saisir_reponse",
        "Saisir ce qu’un partenaire ou un financeur absent du plan a répondu, avec la pièce",
    )
    MODIFIER_FINANCEMENT = "modifier_financement", "Saisir et confirmer son propre financement"
    SOLLICITER_FINANCEMENT = "solliciter_financement", "Solliciter un financeur sur sa fiche"
    MODIFIER_INDICATEUR = "modifier_indicateur", "Créer et modifier son indicateur"
    SAISIR_VALEUR = "saisir_valeur", "Saisir les valeurs d’un indicateur que sa structure suit"
    PROPOSER = "proposer", "Proposer de modifier la part d’une autre partie"
    REPRENDRE_PROPOSITION = "reprendre_proposition", "Reprendre sa proposition tant qu’elle attend"
    OBSERVER = "observer", "Faire une observation sur le plan, répondre à celle d’un autre"
    CORRIGER_MESSAGE = "corriger_message", "Corriger son propre message, peu après l’avoir écrit"
    RETIRER_MESSAGE = "retirer_message", "Retirer son propre message, peu après l’avoir écrit"
    RESOUDRE_OBSERVATION = "resoudre_observation", "Marquer une observation résolue, ou la rouvrir"
    TENIR_SEANCE = (
        "tenir_seance",
        "Préparer une séance de comité, son ordre du jour, et y consigner les décisions",
    )
    VALIDER_RELEVE = "valider_releve", "Valider le relevé de décisions d’une séance, le rouvrir"
    FAIRE_SUITE = "faire_suite", "Dire faite une suite confiée à sa structure par un comité"
    CONSULTER = "consulter", "Consulter sur la version envoyée : organismes, date limite, relances"
    RENDRE_AVIS = "rendre_avis", "Rendre l’avis de sa structure sur la version envoyée"
    SAISIR_AVIS = (
        "saisir_avis",
        "Saisir l’avis reçu d’un organisme, avec la pièce qui le prouve",
    )
    REPONDRE_AVIS = "repondre_avis", "Répondre à un avis, dire ce qui en est retenu"
    CREER_DISPOSITIF = "creer_dispositif", "Ajouter un dispositif à l’inventaire"
    IMPORTER_DISPOSITIFS = (
        "importer_dispositifs",
        "Importer un fichier de dispositifs au nom de sa structure",
    )
    MODIFIER_DISPOSITIF = "modifier_dispositif", "Modifier un dispositif que sa structure tient"
    CONFIRMER_DISPOSITIF = "confirmer_dispositif", "Confirmer un dispositif que sa structure tient"
    REPONDRE_SIGNALEMENT = (
        "repondre_signalement_dispositif",
        "Répondre à un signalement : sur un dispositif que sa structure tient, ou, co-pilote, "
        "sur tout dispositif de son bassin",
    )
    DEMANDER_CONFIRMATION = (
        "demander_confirmation_dispositif",
        "Demander à une structure de confirmer un dispositif de son bassin",
    )
    APPLIQUER_CORRECTION = (
        "appliquer_correction_dispositif",
        "Appliquer la correction envoyée par une structure qui n’a personne sur le portail",
    )
    MODIFIER_ACTEUR = (
        "modifier_acteur",
        "Inscrire un organisme absent, modifier la page de sa structure",
    )
    GERER_HABILITATIONS = "gerer_habilitations", "Gérer les personnes de sa structure"


class Portee(StrEnum):
    NON = "non"
    SIEN = "sien"  # seulement ce qui appartient à sa structure
    SAUF_PILOTE = "sauf_pilote"  # tout, sauf ce qui appartient à un autre co-pilote
    TOUT = "tout"


NON, SIEN, SAUF_PILOTE, TOUT = Portee


class Regle(NamedTuple):
    """Une ligne de la table : une portée par place, puis le rôle exigé et la condition d'état."""

    co_pilote: Portee
    coordonnee: Portee
    associee: Portee
    invitee: Portee
    hors_plan: Portee  # un acteur inscrit, sans place dans le plan considéré
    assemblees: Portee
    role: Role
    si: str = ""

    def portees(self, place):
        """Les portées que cette ligne ouvre à une place (le service des assemblées a la sienne)."""
        if place.tient_le_role(self.role):
            yield getattr(self, place.qualite or "hors_plan")
        if Role.ASSEMBLEES in place.roles and place.partie_id:
            yield self.assemblees


LECTEUR, REDACTEUR, VALIDEUR, GESTIONNAIRE, _ = Role

# fmt: off
# ruff: noqa: E501
MATRICE = {
    #                                 co-pilote coord. associée invitée hors plan assemblées
    Droit.LIRE_PLAN:              Regle(TOUT, TOUT, TOUT, TOUT, NON,  TOUT, LECTEUR),
    Droit.OUVRIR_PLAN:            Regle(NON,  NON,  NON,  NON,  SIEN, NON,  VALIDEUR),
    Droit.MODIFIER_PLAN:          Regle(TOUT, NON,  NON,  NON,  NON,  NON,  REDACTEUR, "est_en_redaction"),
    Droit.CONDUIRE_PLAN:          Regle(TOUT, NON,  NON,  NON,  NON,  NON,  VALIDEUR),
    Droit.VISER:                  Regle(SIEN, NON,  NON,  NON,  NON,  NON,  VALIDEUR),
    Droit.LEVER_REGLE:            Regle(TOUT, NON,  NON,  NON,  NON,  NON,  VALIDEUR,  "est_en_redaction"),
    Droit.GERER_PARTIES:          Regle(TOUT, NON,  NON,  NON,  NON,  NON,  VALIDEUR,  "est_gerable"),
    Droit.RELANCER:               Regle(TOUT, NON,  NON,  NON,  NON,  NON,  REDACTEUR, "est_relancable"),
    Droit.REPONDRE_COMME_PARTIE:  Regle(NON,  SIEN, SIEN, SIEN, NON,  NON,  VALIDEUR,  "est_en_redaction"),
    Droit.CONTRIBUER:             Regle(SIEN, SIEN, SIEN, NON,  NON,  NON,  REDACTEUR, "est_en_redaction"),
    Droit.CONTRIBUER_SPE:         Regle(SIEN, SIEN, NON,  NON,  NON,  NON,  REDACTEUR, "est_ouverte_au_porteur"),
    Droit.ATTRIBUER:              Regle(SAUF_PILOTE, NON,  NON,  NON,  NON,  NON,  VALIDEUR,  "est_en_redaction"),
    Droit.ORDONNER:               Regle(TOUT, NON,  NON,  NON,  NON,  NON,  REDACTEUR, "est_en_redaction"),
    Droit.MODIFIER_AXES:          Regle(TOUT, NON,  NON,  NON,  NON,  NON,  REDACTEUR, "est_en_redaction"),
    Droit.MODIFIER_FICHE:         Regle(SIEN, SIEN, SIEN, NON,  NON,  NON,  REDACTEUR, "est_en_redaction"),
    Droit.RETIRER_FICHE:          Regle(SIEN, SIEN, SIEN, NON,  NON,  NON,  VALIDEUR,  "est_retirable"),
    Droit.PROPOSER_FICHE:         Regle(SIEN, SIEN, SIEN, NON,  NON,  NON,  REDACTEUR, "est_en_redaction"),
    Droit.DONNER_AVIS:            Regle(SIEN, SIEN, SIEN, NON,  NON,  NON,  VALIDEUR,  "est_recevable"),
    Droit.REPONDRE_PARTENARIAT:   Regle(SIEN, SIEN, SIEN, NON,  NON,  NON,  VALIDEUR,  "est_en_redaction"),
    Droit.SAISIR_REPONSE:         Regle(TOUT, SIEN, SIEN, NON,  NON,  NON,  REDACTEUR, "est_pour_un_absent"),
    Droit.MODIFIER_FINANCEMENT:   Regle(SIEN, SIEN, SIEN, NON,  NON,  NON,  VALIDEUR,  "est_en_redaction"),
    Droit.SOLLICITER_FINANCEMENT: Regle(SIEN, SIEN, SIEN, NON,  NON,  NON,  REDACTEUR, "est_en_redaction"),
    Droit.MODIFIER_INDICATEUR:    Regle(SIEN, SIEN, SIEN, NON,  NON,  NON,  REDACTEUR, "est_en_redaction"),
    Droit.SAISIR_VALEUR:          Regle(SIEN, SIEN, SIEN, NON,  NON,  NON,  REDACTEUR, "est_mesurable"),
    Droit.PROPOSER:               Regle(TOUT, TOUT, TOUT, NON,  NON,  NON,  REDACTEUR, "est_en_redaction"),
    Droit.REPRENDRE_PROPOSITION:  Regle(SIEN, SIEN, SIEN, NON,  NON,  NON,  REDACTEUR, "est_ouverte"),
    Droit.OBSERVER:               Regle(TOUT, TOUT, TOUT, TOUT, NON,  NON,  REDACTEUR, "est_observable"),
    Droit.CORRIGER_MESSAGE:       Regle(SIEN, SIEN, SIEN, SIEN, NON,  NON,  REDACTEUR, "est_corrigeable"),
    Droit.RETIRER_MESSAGE:        Regle(SIEN, SIEN, SIEN, SIEN, NON,  NON,  REDACTEUR, "est_reprenable"),
    Droit.RESOUDRE_OBSERVATION:   Regle(TOUT, SIEN, SIEN, SIEN, NON,  NON,  REDACTEUR, "est_observable"),
    Droit.TENIR_SEANCE:           Regle(TOUT, NON,  NON,  NON,  NON,  NON,  REDACTEUR, "est_a_tenir"),
    Droit.VALIDER_RELEVE:         Regle(TOUT, NON,  NON,  NON,  NON,  NON,  VALIDEUR,  "est_observable"),
    Droit.FAIRE_SUITE:            Regle(TOUT, SIEN, SIEN, SIEN, NON,  NON,  REDACTEUR, "est_observable"),
    Droit.CONSULTER:              Regle(TOUT, NON,  NON,  NON,  NON,  NON,  VALIDEUR,  "est_consultable"),
    Droit.RENDRE_AVIS:            Regle(NON,  SIEN, SIEN, SIEN, NON,  NON,  VALIDEUR,  "est_a_rendre"),
    Droit.SAISIR_AVIS:            Regle(TOUT, NON,  NON,  NON,  NON,  NON,  REDACTEUR, "est_a_saisir"),
    Droit.REPONDRE_AVIS:          Regle(TOUT, NON,  NON,  NON,  NON,  NON,  VALIDEUR,  "appelle_une_reponse"),
    Droit.CREER_DISPOSITIF:       Regle(SIEN, SIEN, SIEN, SIEN, SIEN, NON,  REDACTEUR),
    Droit.IMPORTER_DISPOSITIFS:   Regle(SIEN, SIEN, SIEN, SIEN, SIEN, NON,  REDACTEUR),
    Droit.MODIFIER_DISPOSITIF:    Regle(SIEN, SIEN, SIEN, SIEN, SIEN, NON,  REDACTEUR),
    Droit.CONFIRMER_DISPOSITIF:   Regle(SIEN, SIEN, SIEN, SIEN, SIEN, NON,  REDACTEUR),
    Droit.REPONDRE_SIGNALEMENT:   Regle(TOUT, SIEN, SIEN, SIEN, SIEN, NON,  REDACTEUR),
    Droit.DEMANDER_CONFIRMATION:  Regle(TOUT, NON,  NON,  NON,  NON,  NON,  REDACTEUR),
    Droit.APPLIQUER_CORRECTION:   Regle(TOUT, NON,  NON,  NON,  NON,  NON,  REDACTEUR, "vient_d_un_absent"),
    Droit.MODIFIER_ACTEUR:        Regle(SIEN, SIEN, SIEN, SIEN, SIEN, NON,  REDACTEUR),
    Droit.GERER_HABILITATIONS:    Regle(SIEN, SIEN, SIEN, SIEN, SIEN, NON,  GESTIONNAIRE),
}
# fmt: on


class Place(NamedTuple):
    """Une personne agissant pour un acteur, dans la qualité que celui-ci tient sur un plan.

    `partie_id` et `qualite` valent None hors d'un plan ou pour un acteur qui n'y a pas de place.
    """

    acteur: models.Model
    roles: frozenset
    partie_id: int | None = None
    qualite: str | None = None

    def tient_le_role(self, role):
        if role in ECHELLE:
            rangs = [ECHELLE.index(r) for r in self.roles if r in ECHELLE]
            # Le gestionnaire lit ce que lit son organisation ; écrire demande un rôle de plus.
            rangs += [0] if Role.GESTIONNAIRE in self.roles else []
            return bool(rangs) and max(rangs) >= ECHELLE.index(role)
        return role in self.roles


def places_devant(utilisateur, objet):
    """Les places d'où la personne regarde un objet : celles de son plan et, pour ce qui vit hors
    des plans mais touche leur territoire (`plans_touches`), celles qu'elle y tient."""
    yield from utilisateur.places_sur(objet.plan_id)
    if utilisateur.places_par_plan:
        for plan_id in getattr(objet, "plans_touches", ()):
            yield from utilisateur.places_par_plan.get(plan_id, ())


def place_qui_permet(utilisateur, droit, objet):
    """La place au nom de laquelle `utilisateur` tient `droit` sur `objet`, ou None."""
    if not utilisateur.is_authenticated:
        return None
    regle = MATRICE[droit]
    if regle.si and not getattr(objet, regle.si):
        return None
    for place in places_devant(utilisateur, objet):
        for portee in regle.portees(place):
            if portee == TOUT or (portee != NON and objet.est_a(place)):
                return place
            if portee == SAUF_PILOTE and not objet.porteur.est_co_pilote:
                return place
    return None


def peut(utilisateur, droit, objet):
    """Vrai si l'utilisateur tient ce droit sur cet objet."""
    return place_qui_permet(utilisateur, droit, objet) is not None


def exiger(utilisateur, droit, objet):
    """La place qui donne ce droit sur cet objet ; répond 403 s'il n'y en a pas."""
    place = place_qui_permet(utilisateur, droit, objet)
    if place is None:
        raise PermissionDenied(f"Votre place ne permet pas : {Droit(droit).label.lower()}.")
    return place


def plans_ou(utilisateur, droit):
    """Les identifiants des plans où l'utilisateur tient ce droit, fût-ce sur ses seuls objets."""
    if not utilisateur.is_authenticated:
        return set()
    return {
        plan_id
        for plan_id, places in utilisateur.places_par_plan.items()
        for place in places
        if any(portee != NON for portee in MATRICE[droit].portees(place))
    }
