"""Une recherche qui ne trouve rien, ou qui nomme un lieu, mène quelque part."""

import pytest

from dispositifs.recherche.mots import lire_recherche
from tests import factories as f

URL = "/dispositifs/"


def pistes(client, **filtres):
    """[(phrase, nombre)] des pistes de la page ; chacune mène à ce nombre de dispositifs."""
    trouvees = client.get(URL, filtres).context["pistes"]
    for piste in trouvees:
        page = client.get(f"{URL}?{piste.parametres.urlencode()}").context["page"]
        assert piste.nombre in (None, page.paginator.count), piste
    return [(piste.phrase, piste.nombre) for piste in trouvees]


@pytest.fixture
def garage(territoire):
    return f.make_dispositif(
        nom="Garage solidaire", zone_eligibilite=["commune-02408"], publics=["jeunes"]
    )


@pytest.mark.parametrize(
    ("saisie", "corrigee"),
    [
        ("garage solidare", "garage solidaire"),
        ("garrage", "garage"),
        ("solidiare", "solidaire"),
    ],
)
def test_un_mot_mal_ecrit_propose_son_voisin(client, garage, saisie, corrigee):
    assert pistes(client, q=saisie)[0] == (f"Vouliez-vous dire « {corrigee} » ?", 1)


def test_un_nom_que_la_personne_ne_voit_pas_n_est_pas_propose(client, garage, redacteur):
    f.make_dispositif(nom="Zanzibarette", statut="signale")
    assert pistes(client, q="zanzibartte") == []
    client.force_login(redacteur)
    assert pistes(client, q="zanzibartte") == [("Vouliez-vous dire « zanzibarette » ?", 1)]


def test_un_lieu_cherche_comme_un_mot_devient_un_territoire(client, garage):
    assert pistes(client, q="garage Laon")[0] == ("Chercher « garage » à Laon (02)", 1)
    f.make_dispositif(nom="Transport pour Laon", zone_eligibilite=["commune-49328"])
    assert pistes(client, q="laon") == [("Voir ce qui est ouvert à Laon (02)", None)]
    assert pistes(client, q="transport laon") == [("Chercher « transport » à Laon (02)", None)]


def test_un_lieu_que_deux_communes_portent_se_choisit_et_un_mot_du_metier_n_en_est_pas(
    client, garage
):
    f.make_commune(nom="Garage")
    assert pistes(client, q="garage") == []
    phrases = [phrase for phrase, _ in pistes(client, q="solidaire saint-denis")]
    assert phrases == ["Chercher seulement « solidaire »"]  # rien n'est ouvert à Saint-Denis
    f.make_dispositif(nom="Saint Denis")
    phrases = [phrase for phrase, _ in pistes(client, q="saint denis")]
    assert phrases == [
        "Voir ce qui est ouvert à Saint-Denis (49)",
        "Voir ce qui est ouvert à Saint-Denis (60)",
    ]


def test_chaque_filtre_qui_cache_tout_se_retire(client, garage):
    assert pistes(client, q="garage", public="seniors", type="auto-ecole-sociale") == [
        ("Retirer tous les filtres", 1)
    ]
    assert pistes(client, q="garage trottinette", public="jeunes") == [
        ("Chercher seulement « garage »", 1)
    ]
    assert pistes(client, territoire="Saumur", public="jeunes") == [
        ("Retirer le filtre « Commune, EPCI ou département »", 1)
    ]


def test_sans_piste_la_page_reste_celle_d_avant(client, garage):
    assert pistes(client, q="trottinette") == pistes(client, q="...") == pistes(client) == []
    assert "Recherches proches" not in client.get(URL, {"q": "trottinette"}).content.decode()


def test_une_saisie_hostile_reste_du_texte(client, garage):
    page = client.get(URL, {"q": 'garage "><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page


def test_un_sigle_a_points_est_un_sigle():
    assert lire_recherche("T.A.D.") == lire_recherche("TAD") == lire_recherche("t.a.d")
    assert [mot.ecrit for mot in lire_recherche("garage.velo")] == ["garage", "velo"]
