"""Ce qui a changé dans les plans d'une personne depuis qu'elle l'a marqué comme lu."""

from collections import defaultdict
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.apps import apps
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte
from plans.models import Repere

# Qui n'a encore rien marqué n'a pas à lire toute la vie du plan.
AU_DEBUT = timedelta(days=30)
ACTES_LUS = 600
PARTS_MONTREES = 8

# Sous quelle part se range l'acte de chaque sorte d'objet, et le chemin de cette part au plan.
RANGEMENT = {
    "plans.contribution": ("", "chapitre__plan"),
    "plans.ficheaction": ("", "plan"),
    "plans.axe": ("", "plan"),
    "plans.objectif": ("axe", "axe__plan"),
    "plans.observation": ("", "plan"),
    "plans.message": ("observation", "observation__plan"),
    "plans.proposition": ("", "plan"),
    "plans.partieprenante": ("", "plan"),
    "plans.visa": ("", "version_visee__plan"),
    "plans.seancedecomite": ("", "plan"),
    "plans.representation": ("seance", "seance__plan"),
    "plans.pointdeseance": ("seance", "seance__plan"),
    "plans.valeurindicateur": ("fiche", "indicateur__fiche__plan"),
    "plans.suiteadonner": ("seance", "point__seance__plan"),
    "plans.concertation": ("", "plan"),
    "plans.organismeconsulte": ("concertation", "concertation__plan"),
    "plans.avissurplan": ("concertation", "consulte__concertation__plan"),
    "plans.reponseavis": ("concertation", "avis__consulte__concertation__plan"),
} | {
    f"plans.{ligne}": ("fiche", "fiche__plan")
    for ligne in (
        *("etape", "lignebudget", "financement", "partenariat", "indicateur", "avissurfiche"),
    )
}


class Changement(NamedTuple):
    """Une part, et ce que d'autres y ont fait : [actes], le dernier d'abord."""

    objet: str
    url: str
    actes: list

    @property
    def dernier(self):
        return self.actes[0]


class Nouveautes(NamedTuple):
    """Ce qu'un plan a de nouveau pour une personne ; `jusqu_a` est l'instant à marquer comme lu."""

    plan: object
    depuis: object
    marque: bool  # la personne a déjà posé un repère dans ce plan
    changements: list
    jusqu_a: object

    @property
    def montres(self):
        return self.changements[:PARTS_MONTREES]

    @property
    def reste(self):
        return max(len(self.changements) - PARTS_MONTREES, 0)


def nouveautes_de(utilisateur, plans):
    """Les plans où d'autres ont agi ; les requêtes ne dépendent que des sortes d'objets cités."""
    plans = list(plans)
    reperes = Repere.objects.filter(utilisateur=utilisateur, plan__in=plans)
    lus = dict(reperes.values_list("plan", "lu_jusqu_a"))
    debut = timezone.now() - AU_DEBUT
    par_dossier = defaultdict(list)
    actes = _actes_des_autres(
        utilisateur, {plan.identifiant: lus.get(plan.pk, debut) for plan in plans}
    )
    parts = _parts_citees(actes)
    for acte in actes:
        par_dossier[acte.dossier].append(acte)
    return [
        Nouveautes(
            plan=plan,
            depuis=lus.get(plan.pk, debut),
            marque=plan.pk in lus,
            changements=_par_part(plan, par_dossier[plan.identifiant], parts),
            jusqu_a=par_dossier[plan.identifiant][0].quand,
        )
        for plan in plans
        if par_dossier[plan.identifiant]
    ]


def _actes_des_autres(utilisateur, depuis):
    """Les actes de ces dossiers depuis l'instant de chacun, hors ceux de la personne."""
    if not depuis:
        return []
    recents = reduce(or_, (Q(dossier=cle, quand__gt=quand) for cle, quand in depuis.items()))
    actes = Acte.objects.filter(recents).exclude(utilisateur=utilisateur)
    actes = actes.exclude(verbe=Acte.Verbe.ECARTER).order_by("-quand", "-pk")
    return list(actes.defer("avant", "apres")[:ACTES_LUS])


def _parts_citees(actes):
    """{identifiant cité: la part où son acte se range} ; une requête par sorte d'objet."""
    cites = defaultdict(set)
    for acte in actes:
        cites[acte.cible_type].add(acte.cible)
    parts = {}
    for sorte, identifiants in cites.items():
        if sorte in RANGEMENT:
            vers, chemin = RANGEMENT[sorte]
            modele = apps.get_model(sorte)
            trouves = modele.objects.filter(identifiant__in=identifiants).select_related(chemin)
            parts |= {o.identifiant: getattr(o, vers) if vers else o for o in trouves}
    return parts


def _par_part(plan, actes, parts):
    """Les actes d'un plan rangés par part ; un objet disparu mène au journal, qui le raconte."""
    journal = reverse("plans:plan_journal", args=[plan.slug])
    ranges = {}
    for acte in actes:
        part = parts.get(acte.cible)
        cle = part.identifiant if part else acte.cible
        if cle not in ranges:
            direct = part is None or part.identifiant == acte.cible
            objet = acte.cible_libelle if direct else str(part)
            ranges[cle] = Changement(objet, part.get_absolute_url() if part else journal, [])
        ranges[cle].actes.append(acte)
    return list(ranges.values())
