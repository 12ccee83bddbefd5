"""La carte de la liste : des nombres exacts, des liens qui y mènent, un tableau qui dit tout."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.conf import settings as reglages
from django.core.cache import caches

from bassins.models import Epci
from dispositifs.models import Dispositif
from dispositifs.recherche import carte as module
from tests import factories as f

URL = "/dispositifs/carte/"
LISTE = "/dispositifs/"
SVG = "{http://www.w3.org/2000/svg}"
MEMOIRE = reglages.CACHES["inventaire"]
LAON, PICARDE, SAUMUR = "200043495", "246000848", "200071876"


def carte(client, **filtres):
    return client.get(URL, filtres).context["carte"]


def nombres(client, **filtres):
    return {zone.code: zone.nombre for zone in carte(client, **filtres).zones}


def texte(client, **filtres):
    return " ".join(client.get(URL, filtres).content.decode().split())


def dessin(la_carte):
    return ElementTree.fromstring(la_carte.svg)


@pytest.fixture
def inventaire(territoire):
    """Des zones de toutes les échelles, dont une qui vaut deux fois pour le même EPCI."""
    for nom, zone, commune in (
        ("A", ["commune-02408"], "laon"),
        ("B", [f"epci-{LAON}", f"epci-{PICARDE}"], None),
        ("C", ["departement-49"], "saumur"),
        ("D", ["france"], None),
        ("E", ["region-32", f"epci-{LAON}"], "laon"),
        ("F", ["commune-49328", "commune-49270"], "saumur"),
    ):
        f.make_dispositif(nom=nom, zone_eligibilite=zone, commune=territoire.get(commune))
    f.make_dispositif(nom="Tu", statut="signale", zone_eligibilite=["france"])
    return territoire


def test_les_nombres_sont_ceux_d_un_compte_naif(client, inventaire):
    zones = {
        LAON: {"commune-02408", f"epci-{LAON}", "departement-02", "region-32", "france"},
        PICARDE: {f"epci-{PICARDE}", "departement-60", "region-32", "france"},
        SAUMUR: {"commune-49328", f"epci-{SAUMUR}", "departement-49", "region-52", "france"},
    }
    publies = Dispositif.objects.publies()
    naif = {
        siren: sum(1 for d in publies if cles & set(d.zone_eligibilite))
        for siren, cles in zones.items()
    }

    assert nombres(client) == naif == {LAON: 4, PICARDE: 3, SAUMUR: 3}
    assert nombres(client, bassin="aisne-et-oise") == {LAON: 4, PICARDE: 3}


@pytest.mark.parametrize(
    "filtres",
    [
        {},
        {"bassin": "aisne-et-oise"},
        {"bassin": "aisne-et-oise", "epci": LAON},
        {"epci": SAUMUR},
        {"commune": "02408"},
        {"territoire": "60"},
        {"territoire": "Laon"},
        {"q": "garage", "tri": "recents", "page": "2", "d": "7"},
    ],
)
@pytest.mark.parametrize(("epci_au_plus", "departements_au_plus"), [(60, 20), (0, 20), (0, 0)])
def test_chaque_lien_mene_a_une_liste_de_ce_nombre(
    client, inventaire, filtres, epci_au_plus, departements_au_plus, monkeypatch
):
    monkeypatch.setattr(module, "EPCI_AU_PLUS", epci_au_plus)
    monkeypatch.setattr(module, "DEPARTEMENTS_AU_PLUS", departements_au_plus)

    zones = carte(client, **filtres).zones

    for zone in zones:
        if zone.adresse:
            liste = client.get(zone.adresse).context
            assert not liste["filtre"].form.errors
            assert liste["inventaire"].total == zone.nombre, zone
        else:
            assert zone.nombre == 0
    assert any(zone.adresse for zone in zones)


def test_la_maille_suit_le_territoire(client, inventaire, monkeypatch):
    monkeypatch.setattr(module, "EPCI_AU_PLUS", 2)
    monkeypatch.setattr(module, "DEPARTEMENTS_AU_PLUS", 2)

    assert nombres(client) == {"32": 4, "52": 3}
    assert nombres(client, territoire="region 32") == {LAON: 4, PICARDE: 3}
    assert nombres(client, territoire="France") == {"32": 4, "52": 3}
    monkeypatch.setattr(module, "EPCI_AU_PLUS", 1)
    assert nombres(client, territoire="region 32") == {"02": 4, "60": 3}
    assert len(dessin(carte(client)).findall(f".//{SVG}a")) == 2


def test_un_lien_garde_le_reste_de_l_adresse_et_remplace_l_epci_et_la_page(client, inventaire):
    demande = {"bassin": "aisne-et-oise", "epci": LAON, "q": "", "tri": "nom", "d": ["3", "4"]}

    la_carte = carte(client, **demande, page="2")

    adresses = {zone.code: parse_qs(urlsplit(zone.adresse).query) for zone in la_carte.zones}
    reste = {"bassin": ["aisne-et-oise"], "tri": ["nom"], "d": ["3", "4"]}
    assert adresses == {LAON: reste | {"epci": [LAON]}, PICARDE: reste | {"epci": [PICARDE]}}


def test_le_dessin_et_le_tableau_disent_la_meme_chose(client, inventaire):
    la_carte = carte(client, bassin="aisne-et-oise", epci=PICARDE)
    svg, page = dessin(la_carte), texte(client, bassin="aisne-et-oise", epci=PICARDE)

    liens = {a.get("aria-label"): a for a in svg.iter(f"{SVG}a")}
    assert list(liens) == [
        "CA du Pays de Laon\u00a0: 4 dispositifs",
        "CC de la Picardie Verte\u00a0: 3 dispositifs",
    ]
    assert [t.text for t in svg.iter(f"{SVG}text")][:2] == ["4", "3"]
    choisi = liens["CC de la Picardie Verte\u00a0: 3 dispositifs"]
    assert choisi.get("aria-current") == "true"
    assert choisi.find(f"{SVG}path").get("class") == "carte-zone carte-zone-choisie"
    for zone in la_carte.zones:
        assert liens[zone.libelle].get("href") == zone.adresse
        assert f'>{zone.nom}</a></th><td class="nombre">{zone.nombre}</td>' in page


def test_une_zone_vide_se_voit_et_n_est_pas_un_lien(client, territoire):
    f.make_dispositif(zone_eligibilite=["commune-02408"])

    la_carte = carte(client, bassin="aisne-et-oise")

    assert [(zone.code, zone.nombre, bool(zone.adresse)) for zone in la_carte.zones] == [
        (LAON, 1, True),
        (PICARDE, 0, False),
    ]
    assert len(list(dessin(la_carte).iter(f"{SVG}a"))) == 1
    assert "CC de la Picardie Verte</th><td" in texte(client, bassin="aisne-et-oise")


def test_ce_qui_est_plus_large_que_la_maille_se_dit(client, inventaire):
    la_carte = carte(client)
    assert (la_carte.larges, la_carte.ailleurs) == (3, 0)
    assert "3 sont ouverts plus largement" in texte(client)
    assert carte(client, territoire="49").larges == 2


def test_ce_que_la_carte_ne_montre_pas_se_dit(client, inventaire):
    ile = f.make_commune(None, f.make_departement("49"), code="49999", nom="L’Île")
    f.make_dispositif(zone_eligibilite=["commune-49999"], commune=ile)

    assert carte(client).ailleurs == 1
    assert "1 dispositif de la liste ne dessert aucun territoire" in texte(client)
    assert carte(client, epci=SAUMUR).ailleurs == 0


def test_un_point_est_une_commune_d_accueil_dont_la_place_est_connue(
    client, inventaire, territoire
):
    nouvelle = f.make_commune(territoire["saumur"].epci, code="49126", nom="Orée d’Anjou")
    f.make_dispositif(zone_eligibilite=[f"epci-{SAUMUR}"], commune=nouvelle)

    la_carte = carte(client)

    assert la_carte.accueils == [("Laon", 2, True), ("Orée d’Anjou", 1, False), ("Saumur", 2, True)]
    points = dessin(la_carte).findall(f".//{SVG}circle[@class='carte-point']/{SVG}title")
    attendus = ["Laon\u00a0: 2 dispositifs", "Saumur\u00a0: 2 dispositifs"]
    assert [titre.text for titre in points] == attendus
    assert "Laon (2), Orée d’Anjou (1, sans point sur la carte), Saumur (2)" in texte(client)


@pytest.mark.parametrize(
    "filtres",
    [{"territoire": "Atlantide"}, {"epci": "000000000"}, {"bassin": "x"}, {"commune": "zz"}],
)
def test_un_territoire_inconnu_renvoie_au_filtre(client, inventaire, filtres):
    assert carte(client, **filtres) is None
    assert "La carte attend un filtre lisible" in texte(client, **filtres)


def test_sans_resultat_ou_sans_perimetre_la_carte_le_dit(client, inventaire):
    f.make_bassin(nom="Futur", slug="futur").perimetres.all().delete()

    for filtres in ({"q": "introuvable"}, {"bassin": "futur"}):
        page = texte(client, **filtres)
        assert "Aucun dispositif à placer sur la carte pour ces filtres." in page
        assert "<svg" not in page.split('id="contenu-carte"')[1]


def test_sans_contour_connu_le_tableau_s_ouvre(client, db):
    epci = f.make_epci(nom="CC Sans contour")
    f.make_dispositif(zone_eligibilite=[f"epci-{epci.pk}"])

    la_carte = carte(client)

    assert (la_carte.svg, la_carte.sans_contour) == ("", ["CC Sans contour"])
    assert '<details class="repli" open>' in texte(client)


def test_un_nom_d_epci_ne_devient_jamais_du_code(client, inventaire):
    Epci.objects.filter(pk=LAON).update(nom='"><script>alert(1)</script>')

    assert "<script>alert" not in texte(client)


def test_une_personne_connectee_compte_aussi_ce_qui_n_est_pas_publie(client, inventaire, redacteur):
    client.force_login(redacteur)

    assert nombres(client).items() >= {LAON: 5, PICARDE: 4, SAUMUR: 4}.items()


@pytest.mark.parametrize("nombre", [1, 3])
@pytest.mark.parametrize(
    ("filtres", "requetes"),
    [({}, 6), ({"bassin": "aisne-et-oise"}, 9), ({"epci": SAUMUR}, 7)],
)
def test_les_requetes_ne_suivent_pas_les_dispositifs(
    client, territoire, nombre, filtres, requetes, django_assert_num_queries
):
    for n in range(nombre):
        zone = ["france", f"epci-{SAUMUR}", f"epci-{LAON}", f"commune-{['02408', '60286'][n % 2]}"]
        f.make_dispositif(zone_eligibilite=zone, commune=territoire["saumur"])
    module.points_communes()

    with django_assert_num_queries(requetes):
        client.get(URL, filtres)


def test_la_page_gardee_et_l_etag_suivent_chaque_ecriture(
    client, inventaire, settings, django_assert_num_queries
):
    settings.CACHES = settings.CACHES | {"inventaire": MEMOIRE}
    etag = client.get(URL)["ETag"]
    assert client.get(URL)["ETag"] == etag
    with django_assert_num_queries(1):
        assert client.get(URL, headers={"If-None-Match": etag}).status_code == 304
    with django_assert_num_queries(1):
        client.get(URL)

    Dispositif.objects.get(nom="A").delete()

    assert client.get(URL, headers={"If-None-Match": etag}).status_code == 200
    caches["inventaire"].clear()


def test_la_liste_mene_a_la_carte_de_la_meme_adresse(client, inventaire):
    page = client.get(LISTE, {"bassin": "aisne-et-oise", "page": "1"}).content.decode()

    assert 'href="/dispositifs/carte/?bassin=aisne-et-oise"' in page
    assert 'hx-get="/dispositifs/carte/?bassin=aisne-et-oise"' in page
