import re
from datetime import date

import pytest
from django.urls import reverse

from bassins.models import Bassin, Perimetre
from pams_portal.typographie import espacer
from plans.models import Plan
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def lire(client):
    def _lire(bassin):
        response = client.get(bassin.get_absolute_url())
        assert response.status_code == 200
        return response.content.decode()

    return _lire


def texte(html):
    """Le texte de la page, sans balises, espaces réduites."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_un_bassin_inconnu_est_introuvable(client):
    response = client.get(reverse("bassins:bassin_detail", args=["nulle-part"]))

    assert response.status_code == 404


def test_les_reserves_sur_la_composition_se_lisent_avec_leur_source(lire):
    bassin = f.make_bassin()
    Perimetre.objects.update(
        depuis=date(2022, 1, 27),
        deliberation_date=date(2022, 1, 27),
        etat_nom="verifie",
        source_nom="Presse locale.",
        etat_composition="deduit",
        source_composition="Somme exacte de 466 communes.",
        source_url="https://www.data.gouv.fr/datasets/perimetres",
    )

    html = lire(bassin)

    assert "depuis le 27 janvier 2022" in texte(html)
    assert "du 27 janvier 2022, référence non renseignée" in texte(html)
    assert "Nom vérifié Presse locale." in texte(html)
    assert "Composition déduite, à confirmer Somme exacte de 466 communes." in texte(html)
    assert 'href="https://www.data.gouv.fr/datasets/perimetres"' in html


def test_la_deliberation_se_lit_avec_son_lien(lire):
    bassin = f.make_bassin()
    Perimetre.objects.update(
        deliberation_reference="n° 2022.00123", deliberation_url="https://example.org/d.pdf"
    )

    html = lire(bassin)

    assert "n° 2022.00123" in html
    assert '<a href="https://example.org/d.pdf">Lire la délibération</a>' in html


def test_le_tableau_des_epci_dit_la_meme_chose_que_la_carte(lire):
    amiens = f.make_epci(
        siren="248000531",
        nom="CA Amiens Métropole",
        nature="CA",
        nb_communes=39,
        population_municipale=180000,
    )
    noye = f.make_epci(siren="200070969", nom="CC Avre Luce Noye", nb_communes=47)

    html = lire(f.make_bassin(amiens, noye))

    assert "1 CA Amiens Métropole Communauté d’agglomération Département 80 39" in texte(html)
    assert "2 CC Avre Luce Noye Communauté de communes Département 80 47" in texte(html)
    assert "Ensemble des EPCI 86 181 000" in texte(html)
    assert html.count('class="carte-zone"') == 4  # deux contours, deux ronds
    assert "<title>1. CA Amiens Métropole</title>" in html
    assert "IGN ADMIN EXPRESS" in html


def test_le_millesime_et_la_source_accompagnent_les_populations(lire):
    epci = f.make_epci(millesime=2026, source="DGCL & INSEE")

    html = lire(f.make_bassin(epci))

    assert '<td class="nombre">2026</td>' in html
    assert espacer("Source : DGCL &amp; INSEE.") in html


def test_un_epci_disparu_du_dernier_millesime_est_signale(lire):
    html = lire(f.make_bassin(f.make_epci(millesime=2026), f.make_epci(millesime=2027)))

    assert texte(html).count("2026 (disparu depuis)") == 1
    assert "2027 (disparu depuis)" not in texte(html)


def test_regions_et_departements_concernes(lire):
    normandie = f.make_region("28", nom="Normandie")
    somme = f.make_departement("80", f.make_region("32", nom="Hauts-de-France"), nom="Somme")
    maritime = f.make_departement("76", normandie, nom="Seine-Maritime")

    html = lire(f.make_bassin(f.make_epci(somme), f.make_epci(maritime)))

    assert "Régions Hauts-de-France, Normandie" in texte(html)
    assert "Départements Seine-Maritime (76), Somme (80)" in texte(html).replace(" ,", ",")


def test_un_bassin_sans_perimetre_en_vigueur_le_dit(lire):
    html = lire(Bassin.objects.create(nom="À venir", slug="a-venir"))

    assert "Aucun périmètre n’est en vigueur aujourd’hui" in html
    assert '<svg class="carte-bassin"' not in html


def test_les_perimetres_successifs_se_lisent(lire):
    bassin = f.make_bassin()
    Perimetre.objects.create(bassin=bassin, depuis=date(2019, 1, 1), jusqu_au=date(2022, 1, 26))

    assert "depuis le 1 janvier 2019, jusqu’au 26 janvier 2022" in re.sub(
        "1er", "1", texte(lire(bassin))
    )


def test_les_acteurs_du_territoire_viennent_de_leurs_fonctions(lire):
    hauts = f.make_region("32", nom="Hauts-de-France")
    somme = f.make_departement("80", hauts)
    epci = f.make_epci(somme, nom="CC du Grand Roye")
    f.make_fonction(f.make_acteur(nom="La Région"), "region", regions=[hauts], etat="verifie")
    transports = f.make_acteur(nom="Transports du Santerre")
    f.make_fonction(transports, "aom", epci=[epci], etat="a_verifier")
    f.make_fonction(f.make_acteur(nom="D’ailleurs"), "aom", epci=[f.make_epci()])

    html = texte(lire(f.make_bassin(epci)))

    assert "Hauts-de-France La Région : Région" in html
    assert "Transports du Santerre : Autorité organisatrice de la mobilité" in html
    assert "(à vérifier)" in html
    assert "D’ailleurs" not in html


def test_seuls_les_plans_visibles_sont_montres(lire, client, plan, personnes):
    f.make_plan(plan.bassin, titre="Plan adopté", etat=Plan.Etat.ADOPTE)

    anonyme = lire(plan.bassin)
    client.force_login(personnes["region"])
    copilote = lire(plan.bassin)

    assert "Plan adopté" in anonyme
    assert "PAMS Grand Amiénois" not in anonyme
    assert "Plan adopté" in copilote
    assert "PAMS Grand Amiénois" in copilote


def test_aucun_style_ni_script_en_ligne(lire):
    html = lire(f.make_bassin(f.make_epci(siren="248000531")))

    assert not re.search(r"\sstyle=|<style|\son\w+=", html)


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant(lire, nombre, django_assert_num_queries):
    somme = f.make_departement("80")
    epci = [f.make_epci(somme) for _ in range(nombre)]
    bassin = f.make_bassin(*epci)
    for numero in range(nombre):
        f.make_plan(bassin, etat=Plan.Etat.ADOPTE)
        f.make_fonction(f.make_acteur(), "aom", epci=[epci[numero]])
        f.make_fonction(f.make_acteur(), "spe", departements=[somme], regions=[somme.region])

    with django_assert_num_queries(14):
        html = lire(bassin)

    assert html.count("Autorité organisatrice") == nombre
