"""Les doublons probables : ce qui rapproche deux fiches, et ce qui ne suffit pas."""

import pytest

from dispositifs.models import Dispositif
from dispositifs.recensement import doublons
from dispositifs.recensement.doublons import (
    MEME_PORTEUR,
    NOM_PROCHE,
    doublons_du_lot,
    doublons_probables,
)
from tests import factories as f

LAON, PICARDE, SAUMUR = "epci-200043495", "epci-246000848", "epci-200071876"


def trouves(dispositif):
    """{nom: raison} par la recherche d'une fiche ; celle d'un lot doit dire la même chose."""
    seul = {d.dispositif.nom: d.raison for d in doublons_probables(dispositif)}
    lot = {d.dispositif.nom: d.raison for d in doublons_du_lot([dispositif]).get(0, [])}
    assert seul == lot
    return seul


def neuf(porteur, nom, type_="garage-solidaire", zone=LAON):
    return Dispositif(porteur=porteur, nom=nom, type=type_, zone_eligibilite=[zone])


@pytest.fixture
def wimoov(db):
    return f.make_acteur(nom="Wimoov")


def test_meme_porteur_et_meme_type_dans_une_zone_qui_touche(territoire, wimoov):
    f.make_dispositif(wimoov, nom="Centre de Laon", type="tad", zone_eligibilite=[LAON])

    assert trouves(neuf(wimoov, "Navettes", "tad", "commune-02408")) == {
        "Centre de Laon": MEME_PORTEUR
    }
    assert trouves(neuf(wimoov, "Navettes", "tad", "departement-02")) != {}
    assert trouves(neuf(wimoov, "Navettes", "tad", "france")) != {}


def test_un_reseau_porte_une_plateforme_par_territoire_sans_doublon(territoire, wimoov):
    f.make_dispositif(wimoov, nom="Wimoov", type="plateforme-mobilite", zone_eligibilite=[LAON])

    assert trouves(neuf(wimoov, "Wimoov", "plateforme-mobilite", SAUMUR)) == {}


@pytest.mark.parametrize(
    ("un", "autre"),
    [
        ("Garage solidaire de Laon", "GARAGES SOLIDAIRES DE LAON"),
        ("Garage solidaire de Laon", "Le garage associatif de Laon"),
        ("Mobil’Aisne", "Mobil Aisne"),
        ("Solidarauto 02", "Solidar’auto 02"),
        ("Garage solidaire", "Le garage solidaire"),
    ],
)
def test_un_nom_presque_pareil_chez_deux_porteurs(territoire, un, autre):
    f.make_dispositif(nom=un, zone_eligibilite=[LAON])

    assert trouves(neuf(f.make_acteur(), autre)) == {un: NOM_PROCHE}


@pytest.mark.parametrize(
    ("un", "autre", "type_"),
    [
        ("Garage solidaire de Laon", "Auto-école sociale de Laon", "auto-ecole-sociale"),
        ("Garage solidaire de Laon", "Garage solidaire de Noyon", "garage-solidaire"),
        ("Garage solidaire de Laon", "Garage solidaire", "garage-solidaire"),
        ("Garage Mobil 1", "Garage Mobil 2", "garage-solidaire"),
        ("Garage solidaire", "Self-garage", "self-garage"),
        ("Garage solidaire de Laon", "Garage solidaire du Laonnois", "garage-solidaire"),
    ],
)
def test_des_mots_du_metier_en_commun_ne_suffisent_pas(territoire, un, autre, type_):
    f.make_dispositif(nom=un, zone_eligibilite=[LAON])

    assert trouves(neuf(f.make_acteur(), autre, type_)) == {}


def test_le_meme_nom_loin_de_la_n_est_pas_un_doublon(territoire):
    f.make_dispositif(nom="Mobil’Aisne", zone_eligibilite=[SAUMUR])

    assert trouves(neuf(f.make_acteur(), "Mobil’Aisne")) == {}


def test_une_fiche_n_est_pas_son_propre_doublon_et_les_plus_sures_viennent_d_abord(
    territoire, wimoov
):
    fiche = f.make_dispositif(wimoov, nom="Mobil’Aisne", zone_eligibilite=[LAON])
    f.make_dispositif(wimoov, nom="Atelier", zone_eligibilite=[LAON])
    f.make_dispositif(nom="Mobil Aisnes", zone_eligibilite=[LAON, PICARDE])

    assert list(trouves(fiche)) == ["Mobil Aisnes", "Atelier"]


def test_sans_zone_connue_rien_n_est_ecarte(territoire, wimoov):
    f.make_dispositif(wimoov, nom="Atelier", zone_eligibilite=[LAON])
    sans_zone = Dispositif(porteur=wimoov, nom="", type="garage-solidaire", zone_eligibilite=[])

    assert trouves(sans_zone) == {"Atelier": MEME_PORTEUR}


def test_un_lot_voit_aussi_ses_propres_lignes(territoire, wimoov):
    lot = [neuf(wimoov, "Atelier"), neuf(f.make_acteur(), "Rien"), neuf(wimoov, "L’atelier")]

    [(rang, [doublon])] = doublons_du_lot(lot).items()

    assert rang == 2 and doublon.dispositif is lot[0]


def test_les_lignes_d_une_meme_structure_ne_se_comparent_pas_toutes(
    territoire, wimoov, monkeypatch
):
    """Dix mille lignes d'une structure et d'un type prendraient des minutes."""
    monkeypatch.setattr(doublons, "VOISINS_AU_PLUS", 5)
    compares, raison = [], doublons._raison
    monkeypatch.setattr(doublons, "_raison", lambda *deux: compares.append(1) or raison(*deux))
    lot = [neuf(wimoov, f"Atelier numéro {rang}") for rang in range(40)]
    meme_nom = neuf(f.make_acteur(), "Atelier numéro 39")

    trouves = doublons_du_lot([*lot, meme_nom])

    assert len(compares) <= 5 * 41
    assert trouves[40][0].dispositif is lot[39]


@pytest.mark.parametrize("combien", [1, 3])
def test_le_nombre_de_requetes_ne_depend_ni_de_l_inventaire_ni_du_lot(
    territoire, wimoov, django_assert_num_queries, combien
):
    for rang in range(combien):
        f.make_dispositif(nom=f"Mobil’Aisne {'abc'[rang]}", zone_eligibilite=[LAON])
    fiche = neuf(wimoov, "Mobil’Aisne")

    with django_assert_num_queries(2):
        assert len(doublons_probables(fiche)) == combien
    with django_assert_num_queries(2):
        lot = doublons_du_lot([fiche, *(neuf(wimoov, "Mobil’Aisne") for _ in range(combien))])
    assert len(lot) == combien + 1
