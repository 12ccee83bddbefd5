"""Une carte dont chaque zone est un lien et porte son nombre : des EPCI, ou des EPCI réunis en
départements ou en régions. Ce qu'elle dit est à redire dans un tableau, à côté."""

from collections import defaultdict
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from bassins.contours import (
    Cadre,
    aire,
    anneaux_de,
    contours_connus,
    contours_epci,
    interieur,
    pied,
)

LARGEUR = 400
VIGNETTE = 72  # un territoire d'outre-mer, sous la France hexagonale
ECART = 8
PIED = 34
HEXAGONE = (-6, 41, 10, 52)  # ouest, sud, est, nord ; la Corse comprise
PAS = 0.5  # le grain du dessin, en unités : plus fin pèse sans se voir
POUSSIERE = 2  # en unités carrées : un îlot, ou le jour laissé entre deux contours simplifiés


class Zone(NamedTuple):
    """Un territoire de la carte ; `sirens`, les EPCI dont les contours réunis le dessinent."""

    code: str
    nom: str
    nombre: int
    sirens: tuple
    libelle: str = ""  # « CC du Grand Roye : 12 dispositifs »
    adresse: str = ""  # vide : rien à voir derrière, la zone n'est pas un lien
    choisie: bool = False


class Point(NamedTuple):
    longitude: float
    latitude: float
    libelle: str


def carte_de_liens(zones, *, titre, points=()):
    """Le dessin des zones, leurs nombres et leurs liens ; vide si aucun contour n'est connu.

    Un territoire d'outre-mer montré avec l'Hexagone a son cadre à lui, à une autre échelle.
    """
    inconnues = sans_contour(zones)
    dessinees = [zone for zone in zones if zone not in inconnues]
    proches = [zone for zone in dessinees if _est_dans_l_hexagone(zone)] or dessinees
    if not proches:
        return SafeString("")
    cadre, dessins = _dessiner(proches, LARGEUR)
    lointaines = [zone for zone in dessinees if zone not in proches]
    haut = round(cadre.hauteur) + PIED
    vignettes = [_vignette(zone, rang, haut) for rang, zone in enumerate(lointaines)]
    return format_html(
        '<svg class="carte-liens" xmlns="http://www.w3.org/2000/svg" role="group"'
        ' aria-label="{titre}" viewBox="0 0 {l} {h}" width="{l}" height="{h}">'
        '<clipPath id="cadre-des-liens"><rect width="{l}" height="{bas}"/></clipPath>'
        '<g clip-path="url(#cadre-des-liens)" stroke-linejoin="round">{voisins}{zones}{points}</g>'
        "{nombres}{pied}{vignettes}</svg>",
        titre=titre,
        l=LARGEUR,
        h=haut + (VIGNETTE if vignettes else 0),
        bas=round(cadre.hauteur),
        voisins=_voisins(cadre, {siren for zone in zones for siren in zone.sirens}),
        zones=_zones(dessins),
        points=_points(cadre, points),
        nombres=_nombres(dessins),
        pied=pied(cadre, []),
        vignettes=SafeString("".join(vignettes)),
    )


def sans_contour(zones):
    """Les zones que l'on ne sait pas dessiner."""
    connus = contours_connus()
    return [zone for zone in zones if not any(siren in connus for siren in zone.sirens)]


def _est_dans_l_hexagone(zone):
    connus = contours_connus()
    ouest, sud, *_ = next(connus[siren].emprise for siren in zone.sirens if siren in connus)
    return HEXAGONE[0] < ouest < HEXAGONE[2] and HEXAGONE[1] < sud < HEXAGONE[3]


def _vignette(zone, rang, haut):
    cadre, dessins = _dessiner([zone], VIGNETTE)
    return format_html(
        '<svg x="{}" y="{}" width="{}" height="{}">{}{}</svg>',
        rang * (VIGNETTE + ECART),
        haut,
        VIGNETTE,
        round(cadre.hauteur),
        _zones(dessins),
        _nombres(dessins),
    )


def _dessiner(zones, largeur):
    """(cadre, [(zone, son tour en unités du dessin)])"""
    cadre, tours = _tours(tuple(zone.sirens for zone in zones), largeur)
    return cadre, list(zip(zones, tours, strict=True))


@lru_cache(maxsize=32)
def _tours(groupes, largeur):
    """Le cadre et le tour de chaque groupe d'EPCI : la même carte sert sous bien des filtres."""
    contours = contours_epci(chain.from_iterable(groupes))
    cadre = Cadre(contours.values(), largeur)
    siens = [[contours[siren] for siren in sirens if siren in contours] for sirens in groupes]
    return cadre, [_anneaux_reunis(cadre, geometries) for geometries in siens]


def _zones(dessins):
    return SafeString("".join(_zone(zone, anneaux) for zone, anneaux in dessins))


def _zone(zone, anneaux):
    classe = "carte-zone carte-zone-choisie" if zone.choisie else "carte-zone"
    dessin = format_html(
        '<title>{}</title><path class="{}" fill-rule="evenodd" d="{}"/>',
        zone.libelle,
        classe if zone.adresse else "carte-zone-douce",
        _trace(anneaux),
    )
    if not zone.adresse:
        return format_html("<g>{}</g>", dessin)
    return format_html(
        '<a href="{}" aria-label="{}"{}>{}</a>',
        zone.adresse,
        zone.libelle,
        SafeString(' aria-current="true"') if zone.choisie else "",
        dessin,
    )


def _voisins(cadre, montres):
    connus = contours_connus().items()
    proches = [s for s, contour in connus if s not in montres and cadre.croise(contour.emprise)]
    return format_html_join(
        "",
        '<path class="carte-zone-douce" stroke-dasharray="3 2" d="{}"/>',
        (
            (_trace(_anneaux_reunis(cadre, [geometrie])),)
            for geometrie in contours_epci(proches).values()
        ),
    )


def _points(cadre, points):
    return format_html_join(
        "",
        '<circle class="carte-point" cx="{}" cy="{}" r="3.5"><title>{}</title></circle>',
        (
            (*(f"{n:.1f}" for n in cadre.point(point.longitude, point.latitude)), point.libelle)
            for point in points
        ),
    )


def _nombres(dessins):
    """Les nombres, posés après les zones : aucune ne les recouvre, et un clic les traverse."""
    places = []
    for zone, anneaux in dessins:
        if anneaux:
            fermes = [[*anneau, anneau[0]] for anneau in anneaux]
            x, y = interieur({"type": "Polygon", "coordinates": fermes})
            places.append((f"{x:.1f}", f"{y + 4:.1f}", str(zone.nombre)))
    return format_html_join(
        "",
        '<text class="carte-nom" x="{}" y="{}" font-weight="bold" text-anchor="middle"'
        ' pointer-events="none" aria-hidden="true">{}</text>',
        places,
    )


# --- Réunir des contours ------------------------------------------------------------------------


def _anneaux_reunis(cadre, geometries):
    """Le tour de ces contours réunis, en unités du dessin : leurs frontières communes s'effacent.

    Simplifiés ensemble, deux voisins partagent exactement les points de leur frontière.
    """
    bords = set()
    for anneau in chain.from_iterable(anneaux_de(geometrie) for geometrie in geometries):
        points = [tuple(round(n / PAS) * PAS for n in cadre.point(*point)) for point in anneau]
        for depart, arrivee in pairwise(points):
            if depart != arrivee:
                # Parcouru deux fois, un bord est une frontière commune.
                bords ^= {(min(depart, arrivee), max(depart, arrivee))}
    return _chainer(bords)


def _chainer(bords):
    """Des bords épars aux anneaux : chaque sommet en a un nombre pair."""
    suites = defaultdict(set)
    for depart, arrivee in bords:
        suites[depart].add(arrivee)
        suites[arrivee].add(depart)
    anneaux = []
    for origine in sorted(suites):
        while suites[origine]:
            anneau, ici = [], origine
            while suites[ici]:
                anneau.append(ici)
                suivant = min(suites[ici])
                suites[ici].remove(suivant)
                suites[suivant].remove(ici)
                ici = suivant
            anneaux.append(anneau)
    return [anneau for anneau in anneaux if aire([*anneau, anneau[0]]) > POUSSIERE]


def _trace(anneaux):
    points = ("L".join(f"{x:g} {y:g}" for x, y in anneau) for anneau in anneaux)
    return "".join(f"M{suite}Z" for suite in points)
