"""L'ordre du jour d'un comité : ce qui est en suspens dans le plan, et ce qu'il en est advenu.

Rien n'est inventé : chaque sujet est un objet du plan que quelqu'un attend de voir traité. Le point
en garde la nature et l'identifiant ; l'objet, lui, continue de vivre et le point dit où il en est.
"""

from collections import defaultdict
from typing import NamedTuple
from uuid import UUID

from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from pams_portal.elision import a, de
from plans.conformite import conformite
from plans.models import (
    FicheAction,
    Observation,
    PartiePrenante,
    PointDeSeance,
    Proposition,
    Representation,
)
from plans.parts import parts_de
from plans.qui_doit_quoi import par_partie

Nature = PointDeSeance.Nature
RIEN = ""


class Suspens(NamedTuple):
    """Un sujet à mettre à l'ordre du jour : les champs d'un `PointDeSeance`."""

    nature: str
    cible: str
    titre: str
    presentation: str = ""


class Objet(NamedTuple):
    """Ce dont parle un point : où il se lit, et s'il a été traité depuis (en mots, sinon vide).

    `renvoi` : à qui revient d'agir ; le comité, lui, n'écrit pas à sa place.
    """

    url: str
    libelle: str
    traite: str = RIEN
    renvoi: str = RIEN


class EtatDuPlan:
    """Ce que la conformité et les parts disent du plan, calculé une fois au plus par page."""

    def __init__(self, plan):
        self.plan = plan

    @cached_property
    def constats(self):
        return conformite(self.plan, timezone.localdate())

    @cached_property
    def manques(self):
        """[(partie, ce qui en est encore attendu, en mots)]"""
        parties = list(self.plan.parties.select_related("acteur", "plan"))
        parts = parts_de([partie.pk for partie in parties])
        lignes = par_partie(self.plan, parties, parts, {})
        attendus = [(ligne.partie, ligne.attendu()) for ligne in lignes]
        return [(partie, attendu) for partie, attendu in attendus if attendu]


DISPARU = Objet("", "", "Son objet a été retiré du plan")


def en_suspens(plan, comite, etat=None):
    """Ce qui attend une décision dans ce plan, devant ce comité ; nombre constant de requêtes.

    Entrées : le plan ; « cotech » ou « copil » ; l'`EtatDuPlan` s'il est déjà lu. Sortie : des
    `Suspens`, les décisions d'abord. Hors de la rédaction, il n'y a plus rien à écrire ni à décider
    d'une part : les observations restent.
    """
    etat, sujets = etat or EtatDuPlan(plan), []
    if plan.est_en_redaction:
        sujets += _fiches(plan, comite)
        sujets += _propositions(plan)
        sujets += _regles(etat)
    sujets += _observations(plan)
    if plan.est_en_redaction:
        sujets += _parts(etat)
    return sujets


def _sujet(nature, cible, titre, presentation=""):
    return Suspens(nature, str(cible), truncatechars(titre, 300), truncatechars(presentation, 4000))


def _fiches(plan, comite):
    fiches = plan.fiches.select_related("porteur__acteur").order_by("code")
    for fiche in fiches.filter(etat__in=[FicheAction.Etat.ENGAGEE, FicheAction.Etat.COTECH]):
        if fiche.comite_saisi == comite:
            presentation = (
                f"Fiche {de(fiche.porteur.acteur)} : les co-pilotes ont à donner leur avis."
            )
            yield _sujet(Nature.FICHE, fiche.identifiant, f"Fiche {fiche}", presentation)


def _propositions(plan):
    ouvertes = plan.propositions.ouvertes().with_part().order_by("deposee_le", "pk")
    for proposition in ouvertes:
        titre = f"Proposition {de(proposition.porteur.acteur)} : {proposition}"
        yield _sujet(Nature.PROPOSITION, proposition.identifiant, titre, proposition.motif)


def _regles(etat):
    for constat in etat.constats:
        if constat.bloque:
            titre = f"{constat.code} ({constat.get_portee_display().lower()}) : {constat.intitule}"
            yield _sujet(Nature.REGLE, constat.cle, titre, "\n".join(constat.manques))


def _observations(plan):
    ouvertes = plan.observations.non_resolues().prefetch_related("messages")
    for observation in ouvertes.order_by("numero"):
        premier = observation.messages.all()[:1]
        dite = f"{premier[0].nom_acteur} : {premier[0].texte}" if premier else ""
        titre = f"Observation n° {observation.numero} sur {observation.cible_libelle}"
        yield _sujet(Nature.OBSERVATION, observation.identifiant, titre, dite)


def _parts(etat):
    """Un seul point pour tout ce qui manque : la page « Qui doit quoi » en tient le détail."""
    if manques := etat.manques:
        lignes = [f"{partie.acteur} : {attendu}" for partie, attendu in manques]
        pluriel = "s" * (len(manques) > 1)
        titre = f"Ce qui manque encore à {len(manques)} partie{pluriel}"
        yield _sujet(Nature.PARTS, "parts", titre, "\n".join(lignes))


# --- Ce qu'il en est advenu ----------------------------------------------------------------------


def poser_les_objets(seance, points, etat=None):
    """Donne à chaque point son `objet` (None pour un point libre) ; une requête par nature."""
    cibles = defaultdict(set)
    for point in points:
        cibles[point.nature].add(point.cible)
    etat, objets = etat or EtatDuPlan(seance.plan), {}
    for nature, lire in LECTURES.items():
        if cibles[nature]:
            trouves = lire(seance, cibles[nature], etat)
            objets |= {(nature, cible): objet for cible, objet in trouves.items()}
    for point in points:
        libre = point.nature == Nature.LIBRE
        point.objet = None if libre else objets.get((point.nature, point.cible), DISPARU)


def _identifiants(cibles):
    return [UUID(cible) for cible in cibles]


def _lire_les_fiches(seance, cibles, etat):
    fiches = FicheAction.objects.filter(plan=seance.plan, identifiant__in=_identifiants(cibles))
    return {str(fiche.identifiant): _objet_fiche(seance, fiche) for fiche in fiches}


def _objet_fiche(seance, fiche):
    fiche.plan = seance.plan
    attendue = fiche.comite_saisi == seance.comite and seance.plan.est_en_redaction
    etat = fiche.get_etat_display().lower()
    return Objet(
        f"{fiche.get_absolute_url()}#validation",
        f"Ouvrir la fiche {fiche.code}",
        RIEN if attendue else f"Elle n’attend plus d’avis de ce comité : {etat}",
        "Consigner une décision ne donne aucun avis : chaque co-pilote rend le sien sur la fiche.",
    )


def _lire_les_propositions(seance, cibles, etat):
    propositions = Proposition.objects.filter(
        plan=seance.plan, identifiant__in=_identifiants(cibles)
    ).with_part()
    objets = {}
    for proposition in propositions:
        decidee = proposition.get_etat_display().lower()
        porteur = getattr(proposition.part, "porteur", None)
        a_qui = a(porteur.acteur) if porteur else "à un co-pilote"
        objets[str(proposition.identifiant)] = Objet(
            proposition.get_absolute_url(),
            "Ouvrir la proposition",
            RIEN if proposition.est_ouverte else f"Elle a été traitée : {decidee}",
            f"La part n’en est pas changée : accepter, corriger ou refuser revient {a_qui}.",
        )
    return objets


def _lire_les_regles(seance, cibles, etat):
    adresse = reverse("plans:plan_conformite", args=[seance.plan.slug])
    constats = {constat.cle: constat for constat in etat.constats}
    objets = {}
    for cle in cibles & set(constats):
        constat = constats[cle]
        leve = "levée par un motif écrit" if constat.est_levee else "satisfaite"
        traite = RIEN if constat.bloque else f"La règle ne bloque plus : {leve}"
        objets[cle] = Objet(adresse, "Ouvrir la conformité", traite)
    return objets


def _lire_les_observations(seance, cibles, etat):
    observations = Observation.objects.filter(
        plan=seance.plan, identifiant__in=_identifiants(cibles)
    )
    objets = {}
    for observation in observations:
        observation.plan = seance.plan
        traite = "Elle a été résolue" if observation.est_resolue else RIEN
        adresse = observation.get_absolute_url()
        objets[str(observation.identifiant)] = Objet(adresse, "Ouvrir l’observation", traite)
    return objets


def _lire_les_parts(seance, cibles, etat):
    adresse = reverse("plans:qui_doit_quoi", args=[seance.plan.slug])
    traite = RIEN if etat.manques else "Plus rien ne manque à personne"
    return {"parts": Objet(adresse, "Ouvrir « Qui doit quoi »", traite)}


LECTURES = {
    Nature.FICHE: _lire_les_fiches,
    Nature.PROPOSITION: _lire_les_propositions,
    Nature.REGLE: _lire_les_regles,
    Nature.OBSERVATION: _lire_les_observations,
    Nature.PARTS: _lire_les_parts,
}


def representations_de(seance):
    """[Representation] : une par partie du plan, neuve si rien n'en est encore dit, puis celles
    des parties retirées depuis."""
    dites = list(seance.representations.select_related("partie__acteur"))
    par_partie_dite = {dite.partie_id: dite for dite in dites if dite.partie_id}
    parties = PartiePrenante.objects.filter(plan=seance.plan).select_related("acteur")
    suite = [
        par_partie_dite.get(partie.pk) or Representation(seance=seance, partie=partie)
        for partie in parties
    ]
    return suite + [dite for dite in dites if dite.partie_id is None]


def decisions_sur(objet):
    """Les points où un comité a dit quelque chose de cet objet du plan, le dernier d'abord."""
    points = PointDeSeance.objects.filter(
        seance__plan=objet.plan_id, cible=str(objet.identifiant)
    ).exclude(issue="")
    return points.with_seance().order_by("-seance__jour", "-pk")
