"""Une carte dont chaque zone est un lien : contours réunis, nombres dedans, outre-mer à part."""

import re
from xml.etree import ElementTree

import pytest

from bassins.carte_de_liens import Zone, carte_de_liens, sans_contour
from bassins.contours import contours_connus

SVG = "{http://www.w3.org/2000/svg}"
AMIENS = "248000531"
ILE_DE_FRANCE = (1.4, 48.1, 3.6, 49.3)
MARTINIQUE = "249720061"


def zone(*sirens, nombre=3, adresse="/?epci=1"):
    return Zone(sirens[0], f"Zone {sirens[0]}", nombre, sirens, f"Zone {sirens[0]}", adresse)


def dans(ouest, sud, est, nord):
    connus = contours_connus().items()
    emprises = [(siren, contour.emprise) for siren, contour in connus]
    return [
        siren for siren, (o, s, e, n) in emprises if ouest < o and e < est and sud < s and n < nord
    ]


def dessin(zones, **options):
    return ElementTree.fromstring(carte_de_liens(zones, titre="La carte", **options))


def points(lien):
    return set(re.findall(r"[\d.]+ [\d.]+", lien.find(f"{SVG}path").get("d")))


def est_dedans(trace, x, y):
    dedans = False
    for anneau in trace.strip("MZ").split("ZM"):
        sommets = [tuple(map(float, point.split())) for point in anneau.split("L")]
        for (x1, y1), (x2, y2) in zip(sommets, [*sommets[1:], sommets[0]], strict=True):
            if (y1 > y) != (y2 > y) and x < x1 + (x2 - x1) * (y - y1) / (y2 - y1):
                dedans = not dedans
    return dedans


@pytest.mark.parametrize("territoire", [ILE_DE_FRANCE, (1.4, 49.3, 3.6, 50.5)])
def test_chaque_zone_porte_son_nombre_en_elle(territoire):
    zones = [zone(siren, nombre=n) for n, siren in enumerate(dans(*territoire))]

    svg = dessin(zones)

    liens = list(svg.iter(f"{SVG}a"))
    textes = [t for t in svg.iter(f"{SVG}text") if t.get("class") == "carte-nom"]
    assert [t.text for t in textes] == [str(z.nombre) for z in zones]
    assert len(liens) == len(zones) > 20
    for texte, lien in zip(textes, liens, strict=True):
        trace = lien.find(f"{SVG}path").get("d")
        assert est_dedans(trace, float(texte.get("x")), float(texte.get("y")) - 4), lien.attrib


def test_reunir_deux_voisins_efface_leur_frontiere():
    separes = dessin([zone(AMIENS), zone("200071223")])
    reunis = dessin([zone(AMIENS, "200071223")])

    amiens, voisin = map(points, separes.iter(f"{SVG}a"))
    ensemble = points(next(reunis.iter(f"{SVG}a")))
    assert len(amiens & voisin) > 3
    assert ensemble < amiens | voisin
    assert len(ensemble & amiens & voisin) <= 4  # là où la frontière rejoint le tour


def test_l_outre_mer_a_son_cadre_et_l_hexagone_garde_le_sien():
    seul = dessin([zone(AMIENS)])
    avec = dessin([zone(AMIENS), zone(MARTINIQUE)])

    traces = [svg.find(f".//{SVG}a/{SVG}path").get("d") for svg in (seul, avec)]
    assert traces[0] == traces[1]
    (vignette,) = avec.findall(f"{SVG}svg")
    assert len(list(vignette.iter(f"{SVG}a"))) == 1


def test_une_zone_sans_adresse_se_voit_sans_etre_un_lien():
    svg = dessin([zone(AMIENS, adresse=""), zone("200071223")])

    assert len(list(svg.iter(f"{SVG}a"))) == 1
    assert len([t for t in svg.iter(f"{SVG}text") if t.get("class") == "carte-nom"]) == 2


def test_sans_contour_connu_il_n_y_a_pas_de_dessin():
    inconnue = zone("000000000")

    assert carte_de_liens([inconnue], titre="Rien") == ""
    assert carte_de_liens([], titre="Rien") == ""
    assert sans_contour([inconnue, zone(AMIENS)]) == [inconnue]


def test_un_nom_ne_devient_jamais_du_code():
    piege = Zone("1", "x", 1, (AMIENS,), '"><script>alert(1)</script>', '/?a="><script>')

    assert "<script" not in carte_de_liens([piege], titre="<script>")
