import pytest
from django.urls import reverse

from bassins.models import Bassin, Perimetre
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def lire(client):
    def _lire():
        response = client.get(reverse("bassins:bassin_list"))
        assert response.status_code == 200
        return response.content.decode()

    return _lire


def test_un_bassin_se_presente_par_son_perimetre_en_vigueur(lire):
    epci = f.make_epci(nb_communes=466, population_municipale=380650)
    bassin = f.make_bassin(epci, nom="Grand Amiénois", slug="grand-amienois")

    html = lire()

    assert f'<a href="{bassin.get_absolute_url()}">Grand Amiénois</a>' in html
    assert "<li>Département 80 (80)</li>" in html
    assert "<li>1 EPCI</li>" in html
    assert "<li>466 communes</li>" in html
    assert "380\xa0650 habitants" in html


@pytest.mark.parametrize(
    ("etat", "phrase"),
    [
        ("verifie", "Composition vérifiée"),
        ("deduit", "Composition déduite, à confirmer"),
        ("a_verifier", "Composition à vérifier"),
    ],
)
def test_la_fiabilite_de_la_composition_se_voit(lire, etat, phrase):
    f.make_bassin()
    Perimetre.objects.update(etat_composition=etat)

    html = lire()

    autres = set(Perimetre.EtatComposition.labels) - {phrase}
    assert phrase in html
    assert not [autre for autre in autres if autre in html]


def test_un_bassin_sans_perimetre_en_vigueur_le_dit(lire):
    Bassin.objects.create(nom="À venir", slug="a-venir")

    assert "Aucun périmètre en vigueur aujourd’hui" in lire()


def test_une_liste_vide_explique_ce_qu_est_un_bassin(lire):
    assert "Aucun bassin" in lire()


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant(lire, nombre, django_assert_num_queries):
    for _ in range(nombre):
        f.make_bassin(*(f.make_epci() for _ in range(nombre)))

    with django_assert_num_queries(5):
        html = lire()

    assert html.count("habitants") == nombre
