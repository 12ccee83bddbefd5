"""La carte de la liste : combien des dispositifs filtrés desservent chaque territoire.

Un nombre est toujours celui de la liste où mène son lien. La maille suit le territoire demandé :
ses intercommunalités, ses départements s'il en a trop, les régions pour la France.
"""

from collections import Counter, defaultdict
from typing import NamedTuple

from django.db.models import Count, F
from django.urls import reverse

from bassins.carte_de_liens import Point, Zone, carte_de_liens, sans_contour
from bassins.contours import points_communes
from bassins.models import Commune
from dispositifs.recensement.saisie import en_mots
from dispositifs.recherche.cibles import cibles_par_cle, par_territoire
from dispositifs.recherche.memoire import etat_des_territoires, garder
from dispositifs.territoires import MODELES, Echelle, communes_de

INSECABLE = "\u00a0"
EPCI_AU_PLUS = 60  # au-delà, leurs nombres ne se lisent plus et la page pèse
DEPARTEMENTS_AU_PLUS = 20
DU_PLUS_FIN = [Echelle.EPCI, Echelle.DEPARTEMENT, Echelle.REGION, Echelle.FRANCE]
CHEMINS = {
    Echelle.EPCI: "epci",
    Echelle.DEPARTEMENT: "departement",
    Echelle.REGION: "departement__region",
}


class Accueil(NamedTuple):
    """Une commune d'accueil, ce qu'elle accueille, et si la carte sait l'y mettre."""

    commune: str
    nombre: int
    est_placee: bool


class Carte(NamedTuple):
    maille: Echelle
    zones: list  # de la plus desservie à la moins desservie
    accueils: list
    svg: str
    larges: int  # ouverts plus largement que la maille : ils comptent dans chaque zone couverte
    ailleurs: int  # ne desservent aucune zone de la carte
    sans_contour: list


def carte(filtre):
    """La carte d'un `DispositifFilter` lisible, en un nombre constant de requêtes."""
    territoire = _territoire(filtre)
    maille, codes = _maille(territoire)
    etat = etat_des_territoires(filtre.request)
    cibles, membres = _referentiel(maille, frozenset(codes), etat)
    dispositifs = _dispositifs(filtre, maille, cibles)
    lignes = list(dispositifs.values_list("zone_eligibilite").annotate(Count("pk")))
    desservies = [(zone, nombre) for zone, nombre in lignes if not cibles.keys().isdisjoint(zone)]
    zones = _zones(filtre, maille, membres, par_territoire(lignes, cibles))
    accueils = _accueils(dispositifs, codes) if maille == Echelle.EPCI else []
    plus_larges = tuple(DU_PLUS_FIN[DU_PLUS_FIN.index(maille) + 1 :])
    montrees = zones if desservies else []
    return Carte(
        maille,
        montrees,
        [accueil for accueil, _ in accueils],
        carte_de_liens(
            montrees,
            titre="Combien de dispositifs desservent chaque territoire",
            points=[point for _, point in accueils if point],
        ),
        sum(n for zone, n in desservies if any(cle.startswith(plus_larges) for cle in zone)),
        sum(n for _, n in lignes) - sum(n for _, n in desservies),
        [zone.nom for zone in sans_contour(montrees)],
    )


# --- Le territoire et sa maille -----------------------------------------------------------------


def _territoire(filtre):
    """Les communes du territoire demandé ; d'un EPCI seul, celles de ses départements."""
    valeurs = filtre.form.cleaned_data
    if bassin := valeurs["bassin"]:
        perimetre = filtre.une_fois("perimetre", lambda: bassin.perimetre)
        return perimetre.communes_couvertes() if perimetre else Commune.objects.none()
    if cles := valeurs["territoire"]:
        return communes_de(cles)
    if valeurs["epci"] or valeurs["commune"]:
        siennes = _communes_choisies(valeurs).values("departement")
        return Commune.objects.filter(departement__in=siennes)
    return Commune.objects.all()


def _communes_choisies(valeurs):
    if valeurs["commune"]:
        return Commune.objects.filter(pk=valeurs["commune"].pk)
    return communes_de([f"{Echelle.EPCI}-{valeurs['epci'].pk}"])


def _maille(communes):
    """(échelle, codes) : la maille la plus fine qui reste lisible."""
    epci = communes.filter(millesime=F("epci__millesime"))
    for echelle, siennes, au_plus in (
        (Echelle.EPCI, epci, EPCI_AU_PLUS),
        (Echelle.DEPARTEMENT, communes, DEPARTEMENTS_AU_PLUS),
        (Echelle.REGION, communes, None),
    ):
        chemin = CHEMINS[echelle]
        codes = set(siennes.order_by().values_list(chemin, flat=True).distinct()) - {None}
        if au_plus is None or len(codes) <= au_plus:
            return echelle, codes
    raise AssertionError("La dernière maille n'a pas de maximum.")


@garder(8)
def _referentiel(maille, codes, etat):
    """({clé de territoire: {codes}}, {code: [SIREN]})"""
    communes = _communes_de_la_maille(maille, codes)
    return cibles_par_cle(communes, CHEMINS[maille]), _membres(maille, codes)


def _communes_de_la_maille(maille, codes):
    """Toutes celles de chaque zone, même hors du territoire demandé : le lien y mène aussi."""
    communes = Commune.objects.filter(**{f"{CHEMINS[maille]}__in": codes})
    return communes.filter(millesime=F("epci__millesime")) if maille == Echelle.EPCI else communes


# --- Compter et placer --------------------------------------------------------------------------


def _remplaces(maille):
    """Les filtres que le lien d'une zone remplace : les nombres ne les tiennent pas."""
    return ("epci", "commune") if maille == Echelle.EPCI else ("territoire", "epci", "commune")


def _dispositifs(filtre, maille, cibles):
    trouves = filtre.ensemble(*_remplaces(maille))
    valeurs = filtre.form.cleaned_data
    seul = (valeurs["epci"] or valeurs["commune"]) and not (
        valeurs["bassin"] or valeurs["territoire"]
    )
    return trouves.en_zone(sorted(cibles)) if seul else trouves


def _zones(filtre, maille, membres, comptes):
    choisi = filtre.form.cleaned_data["epci"]
    noms = MODELES[maille].objects.in_bulk(list(membres))
    zones = []
    for code, territoire in noms.items():
        nombre = comptes.get(code, 0)
        zones.append(
            Zone(
                code,
                territoire.nom,
                nombre,
                tuple(membres[code]),
                f"{territoire.nom}{INSECABLE}: {en_nombre(nombre)}",
                _adresse(filtre, maille, territoire) if nombre else "",
                choisi == territoire,
            )
        )
    return sorted(zones, key=lambda zone: (-zone.nombre, zone.nom, zone.code))


def en_nombre(nombre):
    return f"{nombre} dispositif{'s' if nombre > 1 else ''}"


def _membres(maille, codes):
    """{code: [SIREN]} : un EPCI à cheval va au territoire qui a le plus de ses communes."""
    if maille == Echelle.EPCI:
        return {code: [code] for code in codes}
    chemin = CHEMINS[maille]
    communes = Commune.objects.filter(millesime=F("epci__millesime"), departement__isnull=False)
    comptes = defaultdict(Counter)
    groupes = communes.order_by().values_list("epci", chemin).annotate(Count("pk"))
    for siren, code, nombre in groupes:
        comptes[siren][code] += nombre
    membres = {code: [] for code in codes}
    for siren, siens in sorted(comptes.items()):
        le_sien = max(siens, key=lambda code: (siens[code], code))
        if le_sien in membres:
            membres[le_sien].append(siren)
    return membres


def _adresse(filtre, maille, territoire):
    """La liste restreinte à ce territoire, le reste de l'adresse gardé."""
    reste = filtre.data.copy()
    for nom in list(reste):
        if nom in (*_remplaces(maille), "page") or not any(reste.getlist(nom)):
            del reste[nom]
    if maille == Echelle.EPCI:
        reste["epci"] = territoire.pk
    else:
        reste["territoire"] = en_mots(f"{maille}-{territoire.pk}", territoire.nom)
    return f"{reverse('dispositifs:dispositif_list')}?{reste.urlencode()}"


def _accueils(dispositifs, sirens):
    """[(Accueil, Point ou None)] des communes d'accueil de ces EPCI."""
    connus = points_communes()
    lignes = dispositifs.filter(commune__epci__in=sirens).values_list("commune", "commune__nom")
    accueils = []
    for code, nom, nombre in lignes.annotate(Count("pk")).order_by("commune__nom_normalise"):
        point = connus.get(code)
        libelle = f"{nom}{INSECABLE}: {en_nombre(nombre)}"
        place = Point(*point, libelle) if point else None
        accueils.append((Accueil(nom, nombre, place is not None), place))
    return accueils
