"""Où dessiner un dispositif, un bassin : des points et des contours d'EPCI, et l'aveu de ce qu'ils
sont. Rien ne localise une adresse : un point est dans la commune, pas sur la porte."""

from itertools import pairwise
from typing import NamedTuple

from bassins.contours import ATTRIBUTION, contours_epci, points_communes, points_epci
from dispositifs.territoires import Echelle, codes_par_echelle

__all__ = ["ATTRIBUTION", "Dessin", "de_bassin", "de_dispositif"]

COMMUNE = "un point dans la commune d’accueil"
EPCI = "un point dans l’EPCI de la commune d’accueil"
POINTS = "un point dans chaque EPCI de la zone d’éligibilité"
ABSENTE = "aucune : ni commune d’accueil, ni EPCI dans la zone d’éligibilité"
CONTOURS = "les contours des EPCI du bassin, simplifiés, côte à côte"
SANS_CONTOUR = "aucune : le contour de ces EPCI n’est pas connu"


class Dessin(NamedTuple):
    """Une géométrie GeoJSON (WGS 84) ou None, et la phrase qui dit ce qu'elle est."""

    geometrie: dict | None
    nature: str


def de_dispositif(dispositif):
    """Un point de sa commune d'accueil, à défaut de l'EPCI de celle-ci, à défaut de sa zone."""
    commune = dispositif.commune
    if commune and (point := points_communes().get(commune.pk)):
        return Dessin({"type": "Point", "coordinates": list(point)}, COMMUNE)
    if commune and commune.epci_id and (points := points_epci([commune.epci_id])):
        return Dessin({"type": "Point", "coordinates": points[commune.epci_id]}, EPCI)
    epci = sorted(codes_par_echelle(dispositif.zone_eligibilite)[Echelle.EPCI])
    if points := points_epci(epci):
        coordonnees = [points[siren] for siren in epci if siren in points]
        return Dessin({"type": "MultiPoint", "coordinates": coordonnees}, POINTS)
    return Dessin(None, ABSENTE)


def de_bassin(bassin):
    """Les polygones de ses EPCI."""
    perimetre = bassin.perimetre
    contours = contours_epci(epci.pk for epci in perimetre.epci.all()) if perimetre else {}
    if not contours:
        return Dessin(None, SANS_CONTOUR)
    polygones = []
    for _, contour in sorted(contours.items()):
        anneaux = contour["coordinates"]
        polygones += [anneaux] if contour["type"] == "Polygon" else anneaux
    orientes = [_orienter(polygone) for polygone in polygones]
    return Dessin({"type": "MultiPolygon", "coordinates": orientes}, CONTOURS)


def _orienter(polygone):
    """Le tour dans le sens inverse des aiguilles d'une montre, ses trous dans l'autre."""
    tour, *trous = polygone
    dehors = tour if _aire(tour) > 0 else tour[::-1]
    return [dehors, *(trou if _aire(trou) < 0 else trou[::-1] for trou in trous)]


def _aire(anneau):
    """Positive si l'anneau tourne dans le sens inverse des aiguilles d'une montre."""
    return sum(x * b - a * y for (x, y), (a, b) in pairwise(anneau))
