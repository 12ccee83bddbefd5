"""Les contours des EPCI et la carte d'un bassin, la même à l'écran et dans le PDF.

Contours simplifiés à 600 m environ : bons pour dessiner, sans valeur cadastrale.
"""

import csv
import gzip
import json
from functools import cache
from itertools import pairwise
from math import cos, radians
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from bassins.referentiel import DOSSIER

FICHIER = DOSSIER / "epci_france_2026.geojson.gz"
POINTS = DOSSIER / "communes_points_2026.csv.gz"
ATTRIBUTION = "Contours : IGN ADMIN EXPRESS COG 2026, Licence Ouverte 2.0, simplifiés"

KM_PAR_DEGRE = 111.32  # de latitude
MARGE = 0.06  # part du bassin laissée aux voisins, de chaque côté
HAUTEUR_MAXIMALE = 0.9  # en part de la largeur
PIED = 34  # hauteur réservée sous la carte à l'échelle
# Pour le PDF, quatre clartés distinctes en noir et blanc ; à l'écran la feuille de style prend le
# dessus, thème sombre compris. Les traits et les numéros portent seuls l'information.
TEINTES = ("#e9eff5", "#c5d5e4", "#f6f8fa", "#a6bfd5")


def numeroter(territoire):
    """Les EPCI d'un périmètre, ou d'une liste, avec le numéro que la carte leur donne.

    Sortie : des couples (numéro, EPCI), à partir de 1.
    """
    epci = territoire.epci.all() if hasattr(territoire, "epci") else territoire
    return list(enumerate(epci, start=1))


def contours_epci(sirens):
    """Les géométries GeoJSON (degrés, WGS 84) des EPCI demandés, par SIREN.

    Un SIREN sans contour connu est absent du résultat.
    """
    index = contours_connus()
    return {siren: json.loads(index[siren].geometrie) for siren in sirens if siren in index}


def points_epci(sirens):
    """Un point [longitude, latitude] bien à l'intérieur de chaque EPCI demandé, par SIREN."""
    return {siren: point for siren in sirens if (point := _point(siren))}


@cache
def _point(siren):
    contour = contours_connus().get(siren)
    if contour is None:
        return None
    return [round(degres, 4) for degres in interieur(json.loads(contour.geometrie))]


@cache
def points_communes():
    """Un point (longitude, latitude) au plus large de chaque commune, par code INSEE.

    Manquent les collectivités d'outre-mer et huit communes nouvelles de 2026.
    """
    with gzip.open(POINTS, "rt", encoding="utf-8", newline="") as ouvert:
        lignes = csv.DictReader(ouvert)
        return {
            ligne["code_insee"]: (float(ligne["longitude"]), float(ligne["latitude"]))
            for ligne in lignes
        }


def _lire(fichier):
    with gzip.open(fichier, "rt", encoding="utf-8") as ouvert:
        return json.load(ouvert)["features"]


class _Contour(NamedTuple):
    emprise: tuple
    geometrie: str  # en texte : dix fois moins de mémoire que les listes de points


@cache
def contours_connus():
    """{SIREN: contour} de tous les EPCI."""
    return {
        entite["properties"]["siren"]: _Contour(
            _emprise([entite["geometry"]]), json.dumps(entite["geometry"])
        )
        for entite in _lire(FICHIER)
    }


def anneaux_de(geometrie):
    polygones = geometrie["coordinates"]
    if geometrie["type"] == "Polygon":
        polygones = [polygones]
    return [anneau for polygone in polygones for anneau in polygone]


def _emprise(geometries):
    points = [point for g in geometries for anneau in anneaux_de(g) for point in anneau]
    longitudes, latitudes = zip(*points, strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


class Cadre:
    """Le passage des degrés aux unités du dessin : équirectangulaire, redressé au cosinus."""

    def __init__(self, geometries, largeur):
        ouest, sud, est, nord = _emprise(geometries)
        self.aplatissement = cos(radians((sud + nord) / 2))
        haut, large = nord - sud, (est - ouest) * self.aplatissement
        marge = MARGE * max(large, haut)
        # Un bassin tout en hauteur doit tenir, lui aussi, sur une page : on l'élargit aux voisins.
        large = max(large + 2 * marge, (haut + 2 * marge) / HAUTEUR_MAXIMALE)
        milieu, demi = (ouest + est) / 2, large / self.aplatissement / 2
        self.ouest, self.est = milieu - demi, milieu + demi
        self.sud, self.nord = sud - marge, nord + marge
        self.echelle = largeur / large
        self.largeur, self.hauteur = largeur, (self.nord - self.sud) * self.echelle

    def point(self, longitude, latitude):
        x = (longitude - self.ouest) * self.aplatissement * self.echelle
        return x, (self.nord - latitude) * self.echelle

    def chemin(self, geometrie):
        """L'attribut `d` d'un chemin SVG."""
        traces = (
            "L".join("{:.1f} {:.1f}".format(*self.point(*point)) for point in anneau[:-1])
            for anneau in anneaux_de(geometrie)
        )
        return "".join(f"M{trace}Z" for trace in traces)

    def croise(self, emprise):
        ouest, sud, est, nord = emprise
        return ouest < self.est and est > self.ouest and sud < self.nord and nord > self.sud


def carte_svg(territoire, *, titre, largeur=640, identifiant="carte"):
    """Dessine les EPCI d'un bassin, numérotés, sur le fond clair de leurs voisins.

    Entrées : un périmètre ou une liste d'EPCI ; le titre lu par les lecteurs d'écran ; la largeur
    en unités SVG (pixels CSS) ; un identifiant, unique dans la page, pour relier le titre.
    Sortie : un élément `<svg>` sans style en ligne, vide si aucun contour n'est connu. La liste
    `numeroter(territoire)` en est la légende et l'équivalent : il faut l'afficher à côté.
    """
    numeros = numeroter(territoire)
    contours = contours_epci(epci.siren for _, epci in numeros)
    if not contours:
        return SafeString("")
    cadre = Cadre(contours.values(), largeur)
    return format_html(
        '<svg class="carte-bassin" xmlns="http://www.w3.org/2000/svg" role="img"'
        ' aria-labelledby="{id}-titre" viewBox="0 0 {l} {h}" width="{l}" height="{h}">'
        '<title id="{id}-titre">{titre}</title>'
        '<clipPath id="{id}-cadre"><rect width="{l}" height="{bas}"/></clipPath>'
        '<g clip-path="url(#{id}-cadre)" stroke-linejoin="round">{voisins}{epci}</g>'
        "{etiquettes}{pied}</svg>",
        id=identifiant,
        titre=titre,
        l=cadre.largeur,
        h=round(cadre.hauteur) + PIED,
        bas=round(cadre.hauteur),
        voisins=_voisins(cadre, contours),
        epci=_epci(cadre, numeros, contours),
        etiquettes=_etiquettes(cadre, numeros, contours),
        pied=pied(cadre, [numero for numero, epci in numeros if epci.siren not in contours]),
    )


def _voisins(cadre, contours):
    index = contours_connus()
    proches = [s for s, c in index.items() if s not in contours and cadre.croise(c.emprise)]
    return format_html_join(
        "",
        '<path class="carte-zone-douce" fill="none" stroke="#8a8f94" stroke-width="0.7"'
        ' stroke-dasharray="3 2" d="{}"/>',
        ((cadre.chemin(geometrie),) for geometrie in contours_epci(proches).values()),
    )


def _epci(cadre, numeros, contours):
    teintes = _teintes(contours)
    return format_html_join(
        "",
        '<path class="carte-zone" fill="{}" stroke="#1b2733" stroke-width="1.4"'
        ' fill-rule="evenodd" d="{}"><title>{}. {}</title></path>',
        (
            (
                TEINTES[teintes[epci.siren]],
                cadre.chemin(contours[epci.siren]),
                str(numero),
                epci.nom,
            )
            for numero, epci in numeros
            if epci.siren in contours
        ),
    )


def _teintes(contours):
    """Une teinte par EPCI, différente de celle de ses voisins tant que quatre y suffisent."""
    # Simplifiés ensemble, deux voisins partagent exactement les points de leur frontière.
    sommets = {
        siren: {tuple(point) for anneau in anneaux_de(g) for point in anneau}
        for siren, g in contours.items()
    }
    teintes = {}
    for siren, points in sommets.items():
        prises = [teintes[autre] for autre in teintes if points & sommets[autre]]
        teintes[siren] = min(range(len(TEINTES)), key=prises.count)
    return teintes


def _etiquettes(cadre, numeros, contours):
    places = (
        (numero, *cadre.point(*interieur(contours[epci.siren])))
        for numero, epci in numeros
        if epci.siren in contours
    )
    return format_html_join(
        "",
        '<circle class="carte-zone" cx="{x}" cy="{y}" r="11" fill="#ffffff"'
        ' stroke="#1b2733" stroke-width="1.2"/>'
        '<text class="carte-nom" x="{x}" y="{base}" font-size="13" font-weight="bold"'
        ' text-anchor="middle" fill="#1b2733">{numero}</text>',
        (
            {"numero": str(numero), "x": f"{x:.1f}", "y": f"{y:.1f}", "base": f"{y + 4.6:.1f}"}
            for numero, x, y in places
        ),
    )


def interieur(geometrie):
    """Un point bien à l'intérieur du plus grand anneau, pour y poser le numéro."""
    anneau = max(anneaux_de(geometrie), key=aire)
    bas, haut = min(y for _, y in anneau), max(y for _, y in anneau)
    candidats = (
        ((debut + fin) / 2, y, (fin - debut) / 2)
        for y in (bas + (haut - bas) * part / 12 for part in range(2, 11))
        for debut, fin in _passages(anneau, y)
    )
    x, y, _ = max(candidats, key=lambda candidat: _degagement(anneau, *candidat))
    return x, y


def _degagement(anneau, x, y, de_cote):
    """La distance au bord le plus proche, de côté ou au-dessus et au-dessous."""
    debout = [(latitude, longitude) for longitude, latitude in anneau]
    bords = [abs(y - bord) for passage in _passages(debout, x) for bord in passage]
    return min([de_cote, *bords])


def _passages(anneau, y):
    """Les intervalles (début, fin) de la première coordonnée que l'anneau couvre à hauteur `y`."""
    croisements = sorted(
        x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        for (x1, y1), (x2, y2) in pairwise(anneau)
        if (y1 > y) != (y2 > y)
    )
    return zip(croisements[::2], croisements[1::2], strict=True)


def aire(anneau):
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(anneau)))


def pied(cadre, sans_contour):
    """L'échelle, et l'aveu des EPCI que l'on ne sait pas dessiner."""
    unites_par_km = cadre.echelle / KM_PAR_DEGRE
    rondes = [n * 10**p for p in range(4) for n in (1, 2, 5)]
    km = max([k for k in rondes if k * unites_par_km < cadre.largeur / 4], default=1)
    y = round(cadre.hauteur) + 12
    manque = f"Sans contour connu : {', '.join(map(str, sans_contour))}" if sans_contour else ""
    return format_html(
        '<g font-size="12" fill="#1b2733">'
        '<path d="M1 {haut}v5h{long}v-5" fill="none" stroke="currentColor" stroke-width="1.2"/>'
        '<text x="{apres}" y="{base}">{km} km</text>'
        '<text x="{droite}" y="{base}" text-anchor="end">{manque}</text></g>',
        haut=y - 5,
        long=f"{km * unites_par_km:.1f}",
        apres=f"{km * unites_par_km + 8:.1f}",
        base=y + 4,
        droite=cadre.largeur - 1,
        km=km,
        manque=manque,
    )
