"""Lire un territoire comme une personne l'écrit : rien n'est deviné, tout se dit."""

import pytest
from django.core.exceptions import ValidationError

from dispositifs.recensement.champs import CommuneField
from dispositifs.recensement.saisie import (
    AU_PLUS,
    codes_equivoques,
    decouper,
    lignes_des_cles,
    lire_territoires,
)
from dispositifs.territoires import Echelle
from tests import factories as f
from tests.dispositifs.conftest import un_epci


@pytest.mark.parametrize(
    ("ligne", "cle"),
    [
        *(("Laon", "commune-02408"), ("  laon ", "commune-02408"), ("02408", "commune-02408")),
        *(("commune-02408", "commune-02408"), ("Laon (commune 02408)", "commune-02408")),
        *(("CA du Pays de Laon", "epci-200043495"), ("200 043 495", "epci-200043495")),
        *(
            ("Aisne", "departement-02"),
            ("02", "departement-02"),
            ("Département 02", "departement-02"),
        ),
        *(
            ("région 32", "region-32"),
            ("REGION-32", "region-32"),
            ("pays de la loire", "region-52"),
        ),
        *(("France", "france"), ("France entière", "france"), ("99100", "france")),
        *(("Saint-Denis (60)", "commune-60578"), ("St-Denis, 49", "commune-49270")),
        ("Saint-Denis, Oise (commune 60578)", "commune-60578"),
        *(("Laon (02000)", "commune-02408"), ("02408 Laon", "commune-02408")),
        *(("Aisne (02)", "departement-02"), ("02 - Aisne", "departement-02")),
        ("CA du Pays de Laon (200043495)", "epci-200043495"),
    ],
)
def test_un_nom_ou_un_code_est_compris(territoire, ligne, cle):
    lecture = lire_territoires(decouper(ligne))

    assert (lecture.cles, lecture.erreurs) == ([cle], [])


@pytest.mark.parametrize(
    ("ligne", "cle", "lu"),
    [
        (
            "Communauté de communes de la Picardie Verte",
            "epci-246000848",
            "CC de la Picardie Verte",
        ),
        ("C.C. Picardie Verte", "epci-246000848", "CC de la Picardie Verte"),
        ("Pays de Laon", "epci-200043495", "CA du Pays de Laon"),
        ("Conseil départemental de l’Aisne", "departement-02", "Aisne"),
        ("Région Pays de la Loire", "region-52", "Pays de la Loire"),
    ],
)
def test_un_nom_d_usage_est_compris_et_cela_se_dit(territoire, ligne, cle, lu):
    lecture = lire_territoires([ligne])

    assert (lecture.cles, lecture.erreurs) == ([cle], [])
    assert lecture.remarques[0].startswith(f"« {ligne} » est lu {lu} (")


def test_un_nom_d_usage_ne_prend_pas_le_pas_sur_un_nom(territoire):
    un_epci("200000002", "CA de Saumur")

    assert lire_territoires(["Saumur"]).cles == ["commune-49328"]
    assert "n’est le nom d’aucun" in lire_territoires(["02408 Grandvilliers"]).erreurs[0]


def test_un_code_reste_du_texte(db):
    corse = f.make_departement("2A", f.make_region("94"), nom="Corse-du-Sud")
    ain = f.make_departement("01", f.make_region("84"), nom="Ain")
    f.make_commune(None, corse, code="2A004", nom="Ajaccio")
    f.make_commune(None, ain, code="01004", nom="Ambérieu-en-Bugey")

    lecture = lire_territoires(["2A", "2a004", "01", "01004"])

    assert lecture.erreurs == []
    assert lecture.cles == ["commune-01004", "commune-2A004", "departement-01", "departement-2A"]


def test_un_departement_ne_se_confond_pas_avec_la_region_du_meme_code(territoire):
    f.make_departement("32", f.make_region("76"), nom="Gers")

    assert lire_territoires(["32"]).cles == ["departement-32"]
    assert lire_territoires(["région 32"]).cles == ["region-32"]


def test_tout_un_bassin_s_ecrit_par_ses_epci(territoire):
    assert lire_territoires(["bassin Aisne et Oise"]).cles == ["epci-200043495", "epci-246000848"]
    assert lire_territoires(["tout le bassin d’Anjou Est"]).cles == ["epci-200071876"]
    assert lire_territoires(["anjou est"]).cles == ["epci-200071876"]


@pytest.mark.parametrize(
    ("arrondissement", "commune"),
    [("75101", "75056"), ("75120", "75056"), ("69389", "69123"), ("13216", "13055")],
)
def test_un_arrondissement_municipal_devient_sa_commune_et_cela_se_dit(db, arrondissement, commune):
    departement = f.make_departement(commune[:2], f.make_region("11"))
    f.make_commune(None, departement, code=commune, nom="La ville")

    lecture = lire_territoires([arrondissement])

    assert lecture.cles == [f"commune-{commune}"]
    assert lecture.remarques == [
        f"« {arrondissement} » est un arrondissement : la zone retient sa commune, La ville."
    ]


@pytest.mark.parametrize(
    ("ligne", "phrase"),
    [
        ("75121", "« 75121 » n’est un code connu ni de commune, ni d’EPCI, ni de département."),
        ("2C", "« 2C » n’est le nom d’aucun territoire connu."),
        ("99", "« 99 » n’est un code connu"),
        ("region-99", "n’est un code connu"),
        ("1004", "quatre chiffres : le zéro du début manque, écrivez « 01004 »"),
        ("49400", "code postal, pas un code INSEE. Recopiez celui que vous voulez dire : Saumur"),
        ("Atlantide", "« Atlantide » n’est le nom d’aucun territoire connu."),
        ("Sau", "Recopiez celui que vous voulez dire : Saumur, Maine-et-Loire (commune 49328)"),
        ("Saumure", "Recopiez celui que vous voulez dire : Saumur, Maine-et-Loire"),
        ("Picardie", "Recopiez celui que vous voulez dire : CC de la Picardie Verte (EPCI 246"),
        ("Aisne et", "Recopiez celui que vous voulez dire : bassin Aisne et Oise"),
        ("Saint-Denis", "désigne 2 territoires"),
        ("Laon (60)", "n’est le nom d’aucun territoire connu"),
        ("france-12", "n’est le nom d’aucun territoire connu"),
        ("('; DROP TABLE", "n’est le nom d’aucun territoire connu"),
        ("%", "n’est le nom d’aucun territoire connu."),
    ],
)
def test_ce_qui_n_est_pas_compris_est_refuse_avec_la_raison(territoire, ligne, phrase):
    lecture = lire_territoires([ligne])

    assert lecture.cles == []
    assert len(lecture.erreurs) == 1
    assert phrase in lecture.erreurs[0]


def test_un_code_insee_qui_est_aussi_un_code_postal_fait_choisir(territoire):
    f.make_commune(None, territoire["saumur"].departement, code="49400", nom="Homonyme")

    phrases = codes_equivoques(["49400", "49328", "Saumur", "02408"])

    assert phrases == {
        "49400": "« 49400 » est un code INSEE et un code postal. Recopiez celui que vous voulez "
        "dire : Homonyme, Maine-et-Loire (commune 49400) ; "
        "Saumur, Maine-et-Loire (commune 49328)"
    }
    assert CommuneField().clean("Homonyme (commune 49400)").nom == "Homonyme"
    with pytest.raises(ValidationError, match="est un code INSEE et un code postal"):
        CommuneField().clean("49400")


def test_ce_que_la_page_ecrit_elle_sait_le_relire(territoire):
    cles = ["commune-02408", "departement-60", "epci-200071876", "france", "region-52"]

    assert lire_territoires(lignes_des_cles(cles)).cles == cles


def test_une_commune_d_accueil_n_est_pas_un_epci(territoire):
    lecture = lire_territoires(["CA du Pays de Laon"], echelles=(Echelle.COMMUNE,))

    assert lecture.cles == []
    assert len(lecture.erreurs) == 1


@pytest.mark.parametrize(
    ("texte", "lignes"),
    [
        ("Laon\r\nSaumur;Roye\t80", ["Laon", "Saumur", "Roye", "80"]),
        ("02408, 49328 2A004", ["02408", "49328", "2A004"]),
        ("200 043 495", ["200043495"]),
        (" \n ; \n", []),
        ("Saint-Denis, Oise (commune 60578)", ["Saint-Denis, Oise (commune 60578)"]),
    ],
)
def test_une_saisie_se_decoupe_en_lignes(texte, lignes):
    assert decouper(texte) == lignes


def test_des_milliers_de_lignes_sont_refusees_sans_une_requete(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        lecture = lire_territoires([f"{n:05d}" for n in range(AU_PLUS + 1)])

    assert lecture.cles == []
    assert len(lecture.erreurs) == 1


@pytest.mark.parametrize("nombre", [1, 3])
def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_lignes(
    territoire, django_assert_num_queries, nombre
):
    lignes = [*["Laon", "Saumur", "Grandvilliers"][:nombre], *["Où", "Nulle part", "x"][:nombre]]
    codes = [*["02408", "49328", "60286"][:nombre], *["11111", "22222", "33333"][:nombre]]

    with django_assert_num_queries(8):
        lire_territoires([*lignes, *codes])
