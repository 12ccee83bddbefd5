"""Reconnaître deux fiches qui parlent du même dispositif ; rien n'est jamais fusionné d'office.

Deux fiches se ressemblent quand leurs zones se touchent et qu'elles ont la même structure porteuse
et le même type, ou presque le même nom. Le portail connaît une structure par son SIREN : la zone
commune y tient lieu d'établissement (un réseau national porte dix plateformes, une par territoire).
"""

import re
from collections import defaultdict
from difflib import SequenceMatcher
from functools import lru_cache, reduce
from operator import and_, or_
from typing import NamedTuple

from django.db.models import Q

from acteurs.homonymes import ARTICLES, FORMES
from bassins.models import Commune
from dispositifs.models import Dispositif, Distinction
from dispositifs.territoires import Echelle, communes_de
from dispositifs.typologie import TYPES
from pams_portal.recherche import normaliser

RESSEMBLANCE = 0.85
LETTRES_COMMUNES = 3
AU_PLUS = 10
EXAMINES_AU_PLUS = 5000
VOISINS_AU_PLUS = 200
MEME_PORTEUR = "même structure porteuse et même type, zone commune"
NOM_PROCHE = "nom presque pareil, zone commune"
LUS = ("pk", "nom", "nom_normalise", "type", "porteur", "zone_eligibilite", "statut")


class Doublon(NamedTuple):
    """Une fiche qui parle sans doute du même dispositif, et ce qui le fait penser."""

    dispositif: Dispositif
    raison: str


def doublons_probables(dispositif):
    """[Doublon], les plus sûrs d'abord, en un nombre constant de requêtes.

    `dispositif` : une fiche enregistrée, ou celle qu'un formulaire s'apprête à enregistrer.
    """
    candidats = _candidats(dispositif)
    if dispositif.pk:
        distinctes = Distinction.objects.de(dispositif)
        candidats = candidats.exclude(pk=dispositif.pk).exclude(
            Q(pk__in=distinctes.values("un")) | Q(pk__in=distinctes.values("autre"))
        )
    examines = candidats.select_related("porteur").only(*LUS, "porteur__nom")[:EXAMINES_AU_PLUS]
    trouves = [(autre, raison) for autre in examines if (raison := _raison(dispositif, autre))]
    return _ranger(trouves, dispositif)


def doublons_du_lot(dispositifs):
    """{rang: [Doublon]} pour les fiches d'un import, pas encore enregistrées.

    Chacune est comparée à l'inventaire et à celles qui la précèdent dans le lot. Le nombre de
    requêtes ne dépend ni du lot, ni de l'inventaire.
    """
    connus = Dispositif.objects.select_related("porteur").only(*LUS, "porteur__nom")
    index = _Index(connus)
    trouves = {}
    for rang, dispositif in enumerate(dispositifs):
        if doublons := index.chercher(dispositif):
            trouves[rang] = doublons
        index.ajouter(dispositif)
    return trouves


# --- Comparer deux fiches ------------------------------------------------------------------------


class _Nom(NamedTuple):
    """Un nom découpé : tous ses mots utiles, et ceux qui ne disent pas seulement le métier."""

    mots: frozenset
    propres: frozenset
    colle: str  # « Solidar’auto » et « Solidarauto »

    @property
    def blocs(self):
        """Ce que deux noms proches ont forcément en commun : de quoi ne pas tout comparer."""
        if self.propres:
            return {mot[:LETTRES_COMMUNES] for mot in self.propres}
        return {" ".join(sorted(self.mots))}


def _mots(texte):
    """Les mots utiles, au singulier : « Garages solidaires » et « garage solidaire »."""
    mots = set(re.findall(r"\w+", normaliser(texte))) - ARTICLES
    return frozenset(mot.removesuffix("s") if len(mot) > 3 else mot for mot in mots)


MOTS_DU_METIER = frozenset().union(*(_mots(libelle) for _, types in TYPES for _, libelle in types))
MOTS_DU_METIER |= _mots(" ".join(FORMES)) | {
    *("mobilite", "solidaire", "service", "antenne", "site", "association", "associatif", "social"),
}


@lru_cache(maxsize=65536)
def _nom(texte):
    mots = _mots(texte)
    return _Nom(mots, mots - MOTS_DU_METIER, "".join(re.findall(r"\w+", normaliser(texte))))


def _raison(un, autre):
    """Ce qui rapproche deux fiches dont les zones se touchent ; vide si rien."""
    meme_type = un.type == autre.type
    if meme_type and un.porteur_id == autre.porteur_id:
        return MEME_PORTEUR
    return NOM_PROCHE if _noms_proches(_nom(un.nom), _nom(autre.nom), meme_type) else ""


def _noms_proches(un, autre, meme_type):
    """« Garage solidaire de Roye » n'est ni « Garage solidaire » ni « Auto-école de Roye »."""
    if not un.propres or not autre.propres:
        return bool(un.mots) and un.mots == autre.mots
    if un.colle == autre.colle:
        return True
    propres = _se_ressemblent(un.propres, autre.propres)
    return propres and (meme_type or _se_ressemblent(un.mots, autre.mots))


def _se_ressemblent(mots, autres):
    if mots == autres:
        return True
    if _nombres(mots) != _nombres(autres):  # « Antenne 1 » et « Antenne 2 »
        return False
    comparaison = SequenceMatcher(None, " ".join(sorted(mots)), " ".join(sorted(autres)))
    return (
        comparaison.real_quick_ratio() >= RESSEMBLANCE
        and comparaison.quick_ratio() >= RESSEMBLANCE
        and comparaison.ratio() >= RESSEMBLANCE
    )


def _nombres(mots):
    return {mot for mot in mots if mot.isdecimal()}


def _ranger(trouves, dispositif):
    """Les dix plus sûrs : le même nom, puis la même structure, puis un nom proche."""
    mots = _nom(dispositif.nom).mots

    def surete(couple):
        autre, raison = couple
        return (_nom(autre.nom).mots != mots, raison != MEME_PORTEUR, autre.nom_normalise)

    return [Doublon(*couple) for couple in sorted(trouves, key=surete)[:AU_PLUS]]


# --- Une fiche -----------------------------------------------------------------------------------


def _candidats(dispositif):
    """Les fiches dont la zone touche la sienne, et dont le nom ou la structure peut convenir."""
    nom = _nom(dispositif.nom)
    debuts = [Q(nom_normalise__contains=mot[:LETTRES_COMMUNES]) for mot in nom.propres or nom.mots]
    meme_porteur = Q(porteur=dispositif.porteur_id, type=dispositif.type)
    nom_possible = reduce(or_ if nom.propres else and_, debuts, Q()) if debuts else Q(pk=None)
    candidats = Dispositif.objects.filter(meme_porteur | nom_possible)
    cles = dispositif.zone_eligibilite
    if not cles or Echelle.FRANCE in cles:
        return candidats
    return candidats.touchant(communes_de(cles))


# --- Un lot --------------------------------------------------------------------------------------


class _Zone(NamedTuple):
    communes: frozenset
    departements: frozenset


class _Index:
    """L'inventaire rangé pour qu'une fiche ne soit comparée qu'à celles qui peuvent convenir.

    Le rangement croise les débuts de mots et les départements ; les zones qui couvrent toute la
    France, ou qu'on ignore, sont sous « partout ».
    """

    PARTOUT = "partout"

    def __init__(self, dispositifs):
        self.communes, self.departements = _communes_par_cle()
        self.zones, self.rayons = {}, defaultdict(list)
        for dispositif in dispositifs:
            self.ajouter(dispositif)

    def ajouter(self, dispositif):
        zone = self.zone(dispositif)
        for bloc in self.blocs(dispositif):
            self.rayons[bloc].append(dispositif)
            for departement in zone.departements if zone else [self.PARTOUT]:
                self.rayons[bloc, departement].append(dispositif)

    def chercher(self, dispositif):
        trouves = [
            (autre, raison)
            for autre in self.voisins(dispositif)
            if (autre.pk is None or autre.pk != dispositif.pk)
            and (raison := _raison(dispositif, autre))
            and self.se_touchent(dispositif, autre)
        ]
        return _ranger(trouves, dispositif)

    def voisins(self, dispositif):
        """Ceux à qui la comparer, les plus sûrs d'abord, en nombre borné : les dix mille lignes
        d'une même structure ne se comparent pas toutes entre elles."""
        zone, voisins = self.zone(dispositif), {}
        for bloc in self.blocs(dispositif):
            for rayon in (
                [(bloc, d) for d in (*zone.departements, self.PARTOUT)] if zone else [bloc]
            ):
                reste = VOISINS_AU_PLUS - len(voisins)
                voisins |= {id(autre): autre for autre in self.rayons.get(rayon, ())[:reste]}
        return voisins.values()

    @staticmethod
    def blocs(dispositif):
        """Les rayons d'une fiche : celui de son nom exact, de sa structure, puis de ses mots."""
        nom = _nom(dispositif.nom)
        return [nom.colle, f"{dispositif.porteur_id} {dispositif.type}", *sorted(nom.blocs)]

    def se_touchent(self, un, autre):
        zone, voisine = self.zone(un), self.zone(autre)
        return not zone or not voisine or not zone.communes.isdisjoint(voisine.communes)

    def zone(self, dispositif):
        """Les communes de la zone ; None pour la France entière, ou une zone qu'on ignore."""
        cles = tuple(dispositif.zone_eligibilite)
        if cles not in self.zones:
            partout = not cles or Echelle.FRANCE in cles
            communes = frozenset().union(*(self.communes.get(cle, ()) for cle in cles))
            departements = frozenset(self.departements[commune] for commune in communes)
            self.zones[cles] = None if partout else _Zone(communes, departements)
        return self.zones[cles]


def _communes_par_cle():
    """{clé de territoire: {codes de communes}} et {commune: département}, en une requête."""
    par_cle, departements = defaultdict(set), {}
    lignes = Commune.objects.order_by().values_list(
        "pk", "epci", "departement", "departement__region", "millesime", "epci__millesime"
    )
    for code, epci, departement, region, millesime, millesime_de_l_epci in lignes:
        departements[code] = departement
        par_cle[f"{Echelle.COMMUNE}-{code}"].add(code)
        par_cle[f"{Echelle.DEPARTEMENT}-{departement}"].add(code)
        par_cle[f"{Echelle.REGION}-{region}"].add(code)
        # Une commune disparue garde son ancien EPCI : elle n'en fait plus partie.
        if millesime == millesime_de_l_epci:
            par_cle[f"{Echelle.EPCI}-{epci}"].add(code)
    return par_cle, departements
