"""Les clés de territoire `echelle-code`, où `departement-32` ne se confond pas avec `region-32`.

Un territoire est l'ensemble de ses communes, à toutes les échelles : deux territoires se touchent
quand ils ont une commune commune. Tout le reste s'en déduit, dans les deux sens.
"""

import re
from collections import defaultdict
from difflib import get_close_matches
from functools import lru_cache

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from bassins.models import Bassin, Commune, Departement, Epci, Perimetre, Region
from pams_portal.droits import Qualite
from pams_portal.recherche import mots


class Echelle(models.TextChoices):
    COMMUNE = "commune", "Commune"
    EPCI = "epci", "EPCI"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
    FRANCE = "france", "France entière"


MODELES = {
    Echelle.COMMUNE: Commune,
    Echelle.EPCI: Epci,
    Echelle.DEPARTEMENT: Departement,
    Echelle.REGION: Region,
}


# Ce qui, dans un nom, dit la nature d'une collectivité.
NATURES = {
    "communaute de communes": "cc",
    "communaute d agglomeration": "ca",
    "communaute urbaine": "cu",
    "conseil departemental": "departement",
    "conseil regional": "region",
    "c c": "cc",
    "c a": "ca",
}
_NATURE = re.compile(rf"^({'|'.join(NATURES)})\b")
_USUEL = re.compile(r"^(cc|ca|cu|departement|region)\b|\b(de|du|des|d|la|le|les|l)\b")


LES_PLUS_PEUPLEES = (F("population").desc(nulls_last=True), "nom_normalise", "pk")


def nom_abrege(nom):
    """« Communauté de communes du Val » comme l'écrit le référentiel : « cc du val »."""
    return _NATURE.sub(lambda trouve: NATURES[trouve[1]], " ".join(mots(nom)))


@lru_cache(maxsize=5000)
def nom_usuel(nom):
    """« CC du Grand Roye » et « Grand Roye » ont le même : « grand roye »."""
    return " ".join(_USUEL.sub(" ", nom_abrege(nom)).split())


def codes_par_echelle(cles):
    """{échelle: {codes}} pour une liste de clés ; lève ValueError sur une échelle inconnue."""
    codes = defaultdict(set)
    for cle in cles:
        echelle, _, code = cle.partition("-")
        codes[Echelle(echelle)].add(code)
    return codes


def noms_des_territoires(cles, etat=None):
    """{clé: nom} des clés connues du référentiel ; une requête par échelle présente.

    `etat` : celui des territoires, s'il est connu ; leurs noms sont alors gardés, sauf ceux des
    communes, trop nombreuses.
    """
    noms = {Echelle.FRANCE.value: Echelle.FRANCE.label}
    for echelle, codes in codes_par_echelle(cles).items():
        if echelle == Echelle.FRANCE:
            continue
        if etat and echelle != Echelle.COMMUNE:
            gardes = _noms_gardes(echelle, etat)
            noms |= {f"{echelle}-{code}": gardes[code] for code in codes if code in gardes}
        else:
            trouves = MODELES[echelle].objects.filter(pk__in=codes).values_list("pk", "nom")
            noms |= {f"{echelle}-{code}": nom for code, nom in trouves}
    return noms


@lru_cache(maxsize=3)  # une échelle, une entrée : le dernier état chasse l'ancien
def _noms_gardes(echelle, etat):
    return dict(MODELES[echelle].objects.order_by().values_list("pk", "nom"))


def zone_en_mots(cles, noms, au_plus=None):
    """« Somme, CC du Grand Roye et 3 autres » : les noms, du plus large au plus fin."""
    ordre = [Echelle.FRANCE, Echelle.REGION, Echelle.DEPARTEMENT, Echelle.EPCI, Echelle.COMMUNE]
    rangees = sorted(cles, key=lambda cle: (ordre.index(cle.partition("-")[0]), noms.get(cle, cle)))
    montres = [noms.get(cle, cle) for cle in rangees[:au_plus]]
    reste = len(rangees) - len(montres)
    suite = f" et {reste} autre{'s' if reste > 1 else ''}" if reste else ""
    return ", ".join(montres) + suite


def communes_de(cles):
    """Les communes que recouvre une liste de clés."""
    codes = codes_par_echelle(cles)
    if Echelle.FRANCE in codes:
        return Commune.objects.all()
    return Commune.objects.filter(
        Q(pk__in=codes[Echelle.COMMUNE])
        # Une commune disparue garde son ancien EPCI, d'un autre millésime : elle ne compte plus.
        | Q(epci__in=codes[Echelle.EPCI], millesime=F("epci__millesime"))
        | Q(departement__in=codes[Echelle.DEPARTEMENT])
        | Q(departement__region__in=codes[Echelle.REGION])
    )


def communes_au_nom_voisin(nom, noms_au_plus=3):
    """Les communes dont le nom ressemble à ce nom normalisé, les plus proches d'abord."""
    par_nom = defaultdict(list)
    debutent = Commune.objects.filter(nom_normalise__startswith=nom[:2])
    for commune in debutent.select_related("departement").order_by(*LES_PLUS_PEUPLEES):
        par_nom[commune.nom_normalise].append(commune)
    proches = get_close_matches(nom, par_nom, noms_au_plus, cutoff=0.8)
    return [commune for proche in proches for commune in par_nom[proche]]


def communes_d_ile_de_france():
    """Le territoire du régime de L.1215-4, qui n'a pas de bassin."""
    return Commune.objects.filter(departement__region=Region.ILE_DE_FRANCE)


def cles_touchant(communes):
    """Toutes les clés dont le territoire a au moins une de ces communes ; une requête."""
    prefixes = [Echelle.COMMUNE, Echelle.EPCI, Echelle.DEPARTEMENT, Echelle.REGION]
    lignes = communes.values_list("pk", "epci", "departement", "departement__region").order_by()
    cles = {
        f"{echelle}-{code}"
        for ligne in lignes
        for echelle, code in zip(prefixes, ligne, strict=True)
        if code
    }
    return sorted(cles | {Echelle.FRANCE.value}) if cles else []


def plans():
    """Les plans, par la relation inverse : cette application n'importe pas la leur."""
    return Bassin._meta.get_field("plans").related_model.objects


def _plans_pilotes(utilisateur):
    return [
        plan_id
        for plan_id, places in utilisateur.places_par_plan.items()
        if any(place.qualite == Qualite.CO_PILOTE for place in places)
    ]


def bassins_pilotes(utilisateur):
    """Les bassins des plans que pilote une structure de la personne."""
    return list(Bassin.objects.filter(plans__in=_plans_pilotes(utilisateur)).distinct())


def communes_pilotees(utilisateur):
    """Les communes des plans que pilote une structure de la personne ; trois requêtes au plus."""
    pilotes = _plans_pilotes(utilisateur)
    siens = (
        set(plans().filter(pk__in=pilotes).values_list("bassin", flat=True)) if pilotes else set()
    )
    du_jour = Perimetre.objects.en_vigueur(timezone.localdate())
    en_vigueur = du_jour.filter(bassin__in=siens - {None})
    couvertes = Q(epci__in=en_vigueur.values("epci"), millesime=F("epci__millesime"))
    couvertes |= Q(pk__in=en_vigueur.filter(communes__isnull=False).values("communes"))
    if None in siens:  # le plan d'Île-de-France n'a pas de bassin
        couvertes |= Q(departement__region=Region.ILE_DE_FRANCE)
    return Commune.objects.filter(couvertes) if siens else Commune.objects.none()


def bassins_touches(cles):
    """Les bassins dont le périmètre en vigueur a une commune dans ce territoire."""
    communes = communes_de(cles)
    couvertes = communes.filter(epci__isnull=False, millesime=F("epci__millesime"))
    perimetres = Perimetre.objects.en_vigueur(timezone.localdate()).filter(
        Q(epci__in=couvertes.values("epci")) | Q(communes__in=communes)
    )
    return Bassin.objects.filter(pk__in=perimetres.values("bassin"))
