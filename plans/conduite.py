"""Où en est un plan : ses étapes, ce que chaque passage demande, et ce qui y manque."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone

from pams_portal.droits import Droit, peut
from plans.conformite import Portee, conformite
from plans.etapes import Etat, Passage, passages_depuis
from plans.models import Visa
from plans.versions import contenu_canonique, empreinte

# Où se répare ce qu'une règle trouve absent : un chapitre du plan, ou une page.
CHAPITRES = {
    ("B5", Portee.LOI): "accompagnement",
    ("B6", Portee.LOI): "mesures_spe",
    ("B7", Portee.LECTURE): "roles",
    ("B8", Portee.LOI): "gouvernance",
    ("B5", Portee.LECTURE): "fiches",
    ("B6", Portee.LECTURE): "fiches",
    ("C1", Portee.LECTURE): "fiches",
}
DES_PARTIES = ("B2", "B3", "B4")


@dataclass(frozen=True)
class Manque:
    """Ce qu'une règle attend encore, et où agir."""

    constat: object
    adresse: str


@dataclass(frozen=True)
class VisaAttendu:
    """Un co-pilote, son visa s'il l'a donné, le dernier tombé sinon."""

    partie: object
    visa: object = None
    tombe: object = None
    a_moi: bool = False


@dataclass(frozen=True)
class PassageOffert:
    """Un passage possible depuis l'étape présente, et ce qu'il demande encore."""

    passage: Passage
    manques: list = field(default_factory=list)
    visas: list = field(default_factory=list)

    @property
    def vers(self):
        return Etat(self.passage.vers)

    @property
    def bloquants(self):
        return [manque for manque in self.manques if manque.constat.bloque]

    @property
    def leves(self):
        return [manque for manque in self.manques if manque.constat.est_levee]

    @property
    def recommandations(self):
        reco = Portee.RECOMMANDATION
        return [m for m in self.manques if m.constat.portee == reco]

    @property
    def vises(self):
        return [attendu for attendu in self.visas if attendu.visa]

    @property
    def est_un_retour(self):
        etapes = list(Etat)
        return etapes.index(self.passage.vers) < etapes.index(self.passage.de)


@dataclass(frozen=True)
class Conduite:
    """La page « Où en est le plan », prête à lire."""

    etapes: list
    passages: list
    empreinte: str
    versions: list
    tombes: list

    @property
    def derniere_version(self):
        return self.versions[0] if self.versions else None


def conduite_de(plan, utilisateur):
    """Ce que cette personne lit et peut faire ; nombre constant de requêtes."""
    constats = conformite(plan, timezone.localdate())
    manques = [
        Manque(constat, ou_agir(plan, constat)) for constat in constats if not constat.satisfait
    ]
    parties = list(plan.parties.co_pilotes().select_related("acteur", "plan"))
    visas = list(_visas_de(plan))
    passages = [
        PassageOffert(
            passage,
            manques=manques if passage.conforme else [],
            visas=_attendus(passage, parties, visas, utilisateur) if passage.visas else [],
        )
        for passage in passages_depuis(plan.etat)
    ]
    return Conduite(
        etapes=etapes_de(plan),
        passages=sorted(passages, key=lambda offre: offre.est_un_retour),
        empreinte=empreinte(contenu_canonique(plan)),
        versions=list(plan.versions.figees().prefetch_related("visas")),
        tombes=[visa for visa in visas if visa.annule_le],
    )


def etapes_de(plan):
    """[(étape, faite, présente)]"""
    rang = list(Etat).index(plan.etat)
    return [(etat, n < rang, n == rang) for n, etat in enumerate(Etat)]


def _visas_de(plan):
    visas = Visa.objects.filter(version_visee__plan=plan).select_related("version_visee")
    return visas.order_by("-donne_le", "-pk")


def _attendus(passage, parties, visas, utilisateur):
    """Un visa en attente porte toujours sur le contenu présent : un autre serait tombé."""
    du_passage = [v for v in visas if v.version_visee.vers == passage.vers]
    en_attente = [v for v in du_passage if not v.annule_le and not v.version_visee.numero]
    tombes = [v for v in du_passage if v.annule_le]
    return [
        VisaAttendu(
            partie=partie,
            visa=next((v for v in en_attente if v.partie_id == partie.pk), None),
            tombe=next((v for v in tombes if v.partie_id == partie.pk), None),
            a_moi=peut(utilisateur, Droit.VISER, partie),
        )
        for partie in parties
    ]


def ou_agir(plan, constat):
    """L'adresse où se répare ce qu'un constat trouve absent."""
    cle = CHAPITRES.get((constat.code, constat.portee))
    if cle:
        return f"{plan.get_absolute_url()}#chapitre-{cle}"
    if constat.code in DES_PARTIES:
        return reverse("plans:partie_list", args=[plan.slug])
    if constat.code == "B1" and plan.bassin_id:
        return plan.bassin.get_absolute_url()
    return reverse("plans:plan_conformite", args=[plan.slug])
