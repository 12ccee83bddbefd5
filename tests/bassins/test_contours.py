"""La carte d'un bassin, la même à l'écran et dans le PDF."""

import csv
import gzip
import io
import re
from xml.etree import ElementTree

import pytest
from pikepdf import Dictionary, Pdf
from pypdf import PdfReader
from weasyprint import HTML

from bassins.contours import carte_svg, contours_connus, contours_epci, numeroter, points_communes
from bassins.models import Epci
from bassins.referentiel import fichiers

SVG = "{http://www.w3.org/2000/svg}"
AMIENOIS = ["248000531", "200070969", "200070951", "200070977"]
AMIENOIS += ["200071181", "248000499", "200071223", "248000747"]


def des_epci(*sirens):
    return [Epci(siren=siren, nom=f"EPCI {siren}") for siren in sirens]


def chemins(svg, classe):
    return ElementTree.fromstring(svg).findall(f".//{SVG}path[@class='{classe}']")


def test_contours_epci_ne_rend_que_les_contours_connus():
    contours = contours_epci(["248000531", "000000000"])

    assert list(contours) == ["248000531"]
    assert contours["248000531"]["type"] == "Polygon"


def test_chaque_epci_est_dessine_et_numerote_dans_l_ordre_de_la_legende():
    epci = des_epci(*AMIENOIS)

    svg = carte_svg(epci, titre="Le bassin")

    noms = [chemin.find(f"{SVG}title").text for chemin in chemins(svg, "carte-zone")]
    assert noms == [f"{numero}. {un_epci.nom}" for numero, un_epci in numeroter(epci)]
    textes = [t.text for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert textes[:8] == ["1", "2", "3", "4", "5", "6", "7", "8"]


def test_les_voisins_sont_dessines_legerement_et_jamais_deux_fois():
    svg = carte_svg(des_epci(*AMIENOIS), titre="Le bassin")

    voisins = chemins(svg, "carte-zone-douce")
    assert len(voisins) > 5
    dessines = {chemin.get("d") for chemin in chemins(svg, "carte-zone")}
    assert dessines.isdisjoint(voisin.get("d") for voisin in voisins)


def test_deux_epci_voisins_n_ont_pas_la_meme_teinte():
    svg = carte_svg(des_epci(*AMIENOIS), titre="Le bassin")

    traces = [
        (chemin.get("fill"), set(re.findall(r"[\d.]+ [\d.]+", chemin.get("d"))))
        for chemin in chemins(svg, "carte-zone")
    ]
    voisins = [
        (teinte, autre)
        for i, (teinte, points) in enumerate(traces)
        for autre, autres_points in traces[:i]
        if points & autres_points
    ]
    assert len(voisins) >= 10
    assert all(teinte != autre for teinte, autre in voisins)


def test_le_numero_est_pose_dans_son_epci():
    svg = carte_svg(des_epci(*AMIENOIS), titre="Le bassin")

    ronds = ElementTree.fromstring(svg).findall(f".//{SVG}circle")
    for rond, chemin in zip(ronds, chemins(svg, "carte-zone"), strict=True):
        assert dans(chemin.get("d"), float(rond.get("cx")), float(rond.get("cy")))


def dans(trace, x, y):
    """Règle pair-impair sur les anneaux d'un chemin « MxyLxy…Z »."""
    dedans = False
    for anneau in trace.strip("MZ").split("ZM"):
        points = [tuple(map(float, point.split())) for point in anneau.split("L")]
        for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                dedans = not dedans
    return dedans


def test_les_distances_sont_gardees_dans_les_deux_sens():
    """À 49,9° de latitude, un degré de longitude fait 71,7 km, un degré de latitude 111,3 km."""
    svg = carte_svg(des_epci(*AMIENOIS), titre="Le bassin")

    texte = next(t.text for t in ElementTree.fromstring(svg).iter(f"{SVG}text") if "km" in t.text)
    longueur = float(re.search(r"v5h([\d.]+)v-5", svg)[1])
    unites_par_km = longueur / int(texte.removesuffix(" km"))
    abscisses = [float(x) for c in chemins(svg, "carte-zone") for x in points(c, 0)]
    ordonnees = [float(y) for c in chemins(svg, "carte-zone") for y in points(c, 1)]
    largeur_km = (max(abscisses) - min(abscisses)) / unites_par_km
    hauteur_km = (max(ordonnees) - min(ordonnees)) / unites_par_km
    longitudes, latitudes = emprise(AMIENOIS)
    assert largeur_km == pytest.approx((longitudes[1] - longitudes[0]) * 71.7, rel=0.01)
    assert hauteur_km == pytest.approx((latitudes[1] - latitudes[0]) * 111.3, rel=0.01)


def points(chemin, rang):
    return [point.split()[rang] for point in re.findall(r"[\d.]+ [\d.]+", chemin.get("d"))]


def emprise(sirens):
    bruts = [
        point
        for g in contours_epci(sirens).values()
        for anneau in g["coordinates"]
        for point in anneau
    ]
    return [(min(v), max(v)) for v in zip(*bruts, strict=True)]


def test_un_epci_sans_contour_est_avoue():
    svg = carte_svg(des_epci("248000531", "000000000"), titre="Le bassin")

    assert "Sans contour connu : 2" in svg
    assert len(chemins(svg, "carte-zone")) == 1


@pytest.mark.parametrize("sirens", [[], ["000000000"]])
def test_sans_aucun_contour_il_n_y_a_pas_de_carte(sirens):
    assert carte_svg(des_epci(*sirens), titre="Le bassin") == ""


def test_le_titre_et_les_noms_sont_echappes():
    epci = [Epci(siren="248000531", nom='<script>alert("x")</script>')]

    svg = carte_svg(epci, titre="<b>Bassin & Cie</b>", identifiant="annexe-b")

    racine = ElementTree.fromstring(svg)
    assert racine.find(f"{SVG}title").text == "<b>Bassin & Cie</b>"
    assert racine.get("aria-labelledby") == racine.find(f"{SVG}title").get("id")
    assert "<script" not in svg


def test_la_carte_respecte_la_politique_de_securite_et_reste_legere():
    svg = carte_svg(des_epci(*AMIENOIS), titre="Le bassin")

    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", svg)
    assert len(svg) < 80_000


def test_un_bassin_tout_en_hauteur_tient_sur_une_page():
    svg = carte_svg(des_epci("200071876", "244900882"), titre="Anjou Est", largeur=500)

    _, _, largeur, hauteur = map(int, ElementTree.fromstring(svg).get("viewBox").split())
    assert largeur == 500
    assert hauteur < 500


@pytest.mark.parametrize("sirens", [AMIENOIS, ["200067932"], ["249740119", "242900074"]])
def test_tout_epci_se_dessine(sirens):
    """Un bassin ordinaire, des îles, deux EPCI d'hémisphères opposés."""
    svg = carte_svg(des_epci(*sirens), titre="Le bassin")

    assert len(chemins(svg, "carte-zone")) == len(sirens)


def test_weasyprint_dessine_la_carte():
    svg = carte_svg(des_epci(*AMIENOIS), titre="Le bassin")

    pdf = HTML(string=f"<html lang=fr><title>Carte</title><body>{svg}</body></html>").write_pdf()

    page = PdfReader(io.BytesIO(pdf)).pages[0]
    assert page.extract_text().split() == [*"12345678", "20", "km"]
    dessin = page.get_contents().get_data().decode("latin-1")
    # Chaque contour du bassin est rempli puis tracé (« B » ou « B* » dans le langage du PDF).
    remplis = len(re.findall(r"\bB\*?\n", dessin))
    assert remplis >= 8


def test_dans_un_pdf_accessible_le_titre_de_la_carte_est_son_alternative():
    svg = carte_svg(des_epci(*AMIENOIS), titre="Les EPCI du bassin", identifiant="annexe-b")

    html = HTML(string=f"<html lang=fr><title>Carte</title><body>{svg}</body></html>")
    pdf = html.write_pdf(pdf_variant="pdf/ua-1")

    with Pdf.open(io.BytesIO(pdf)) as document:
        figures = [
            objet
            for objet in document.objects
            if isinstance(objet, Dictionary) and objet.get("/S") == "/Figure"
        ]
        assert [str(figure.Alt) for figure in figures] == ["Les EPCI du bassin"]


def test_chaque_commune_du_referentiel_a_son_point_dans_l_emprise_de_son_epci():
    """Les manquantes sont celles que la documentation nomme."""
    with gzip.open(fichiers(2026).communes, "rt", encoding="utf-8", newline="") as ouvert:
        communes = {c["code_insee"]: c["siren_epci"] for c in csv.DictReader(ouvert)}
    points, contours = points_communes(), contours_connus()
    sans_point = communes.keys() - points.keys()
    manquent = sorted(code for code in sans_point if not code.startswith(("97", "98")))

    egarees = [
        code
        for code, (x, y) in points.items()
        if (contour := contours.get(communes[code])) and not dans_l_emprise(contour, x, y)
    ]
    assert egarees == []
    assert manquent == ["12218", "14581", "15031", "15035", "15047", "15171", "49126", "69114"]


def dans_l_emprise(contour, x, y):
    ouest, sud, est, nord = contour.emprise
    return ouest < x < est and sud < y < nord
