"""Le périmètre d'un bassin : ses dates, sa composition, ce qui s'en déduit."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from bassins.models import Bassin, Perimetre
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def bassin():
    return Bassin.objects.create(nom="Bassin", slug="bassin")


def faire(bassin, depuis, jusqu_au=None, *epci):
    perimetre = Perimetre(bassin=bassin, depuis=depuis, jusqu_au=jusqu_au)
    perimetre.full_clean()
    perimetre.save()
    perimetre.epci.set(epci)
    return perimetre


def test_le_perimetre_d_une_date_bornes_comprises(bassin):
    ancien = faire(bassin, date(2020, 1, 1), date(2021, 12, 31))
    actuel = faire(bassin, date(2022, 1, 1))

    assert bassin.perimetre_au(date(2019, 12, 31)) is None
    assert bassin.perimetre_au(date(2020, 1, 1)) == ancien
    assert bassin.perimetre_au(date(2021, 12, 31)) == ancien
    assert bassin.perimetre_au(date(2022, 1, 1)) == actuel
    assert bassin.perimetre == actuel


def test_un_bassin_sans_perimetre_en_vigueur_n_en_a_pas(bassin):
    faire(bassin, date(2000, 1, 1), date(2000, 12, 31))
    faire(bassin, date(2999, 1, 1))

    assert bassin.perimetre is None


@pytest.mark.parametrize(
    ("depuis", "jusqu_au"),
    [
        (date(2021, 1, 1), date(2021, 6, 30)),  # dedans
        (date(2019, 1, 1), date(2020, 1, 1)),  # touche le premier jour
        (date(2022, 12, 31), None),  # touche le dernier jour
        (date(2019, 1, 1), None),  # autour
    ],
)
def test_deux_perimetres_d_un_bassin_ne_se_chevauchent_pas(bassin, depuis, jusqu_au):
    faire(bassin, date(2020, 1, 1), date(2022, 12, 31))

    with pytest.raises(ValidationError) as erreur:
        faire(bassin, depuis, jusqu_au)

    assert erreur.value.message_dict == {
        "depuis": ["Un autre périmètre de ce bassin est en vigueur à ces dates."]
    }


def test_deux_perimetres_qui_se_suivent_sont_permis(bassin):
    faire(bassin, date(2020, 1, 1), date(2022, 12, 31))
    faire(bassin, date(2019, 1, 1), date(2019, 12, 31))
    faire(bassin, date(2023, 1, 1))

    assert bassin.perimetres.count() == 3


def test_deux_bassins_peuvent_avoir_les_memes_dates(bassin):
    faire(bassin, date(2020, 1, 1))
    autre = Bassin.objects.create(nom="Autre", slug="autre")

    assert faire(autre, date(2020, 1, 1)).pk


def test_un_perimetre_se_modifie_sans_se_chevaucher_lui_meme(bassin):
    perimetre = faire(bassin, date(2020, 1, 1))
    perimetre.depuis = date(2020, 2, 1)

    perimetre.full_clean()


@pytest.mark.parametrize("fin", [date(2020, 1, 1), date(2019, 1, 1)])
def test_la_fin_suit_le_debut_jusque_dans_la_base(bassin, fin):
    with pytest.raises(ValidationError, match="La date de fin doit suivre la date de début"):
        faire(bassin, date(2020, 1, 1), fin)
    with pytest.raises(IntegrityError), transaction.atomic():
        Perimetre.objects.create(bassin=bassin, depuis=date(2020, 1, 1), jusqu_au=fin)


def test_la_base_refuse_deux_perimetres_sans_fin(bassin):
    faire(bassin, date(2020, 1, 1))

    with pytest.raises(IntegrityError), transaction.atomic():
        Perimetre.objects.create(bassin=bassin, depuis=date(2021, 1, 1))


def test_regions_et_departements_viennent_des_communes_couvertes(bassin):
    normandie, hauts = f.make_region("28"), f.make_region("32")
    somme = f.make_departement("80", hauts)
    maritime = f.make_departement("76", normandie)
    f.make_departement("62", hauts)
    villes_soeurs = f.make_epci(somme)
    f.make_commune(villes_soeurs, maritime)

    perimetre = faire(bassin, date(2020, 1, 1), None, villes_soeurs)

    assert [d.code for d in perimetre.departements()] == ["76", "80"]
    assert {r.code for r in perimetre.regions()} == {"28", "32"}
    assert perimetre.communes_couvertes().count() == 2


def test_une_commune_isolee_compte_sans_meler_les_millesimes_de_population(bassin):
    epci = f.make_epci(nb_communes=3, population_municipale=2000)
    vendee = f.make_departement("85", f.make_region("52"))
    ile = f.make_commune(departement=vendee, nom="L’Île-d’Yeu", population=5000)
    perimetre = faire(bassin, date(2020, 1, 1), None, epci)
    perimetre.communes.add(ile)

    assert perimetre.nb_communes() == 4
    assert perimetre.population_municipale() == 2000
    assert ile in perimetre.communes_couvertes()
    assert [d.code for d in perimetre.departements()] == ["80", "85"]
    assert [d.code for d in perimetre.departements_precharges()] == ["80", "85"]


def test_une_commune_disparue_du_dernier_millesime_n_est_plus_couverte(bassin):
    epci = f.make_epci(millesime=2027)
    epci.communes.update(millesime=2027)
    f.make_commune(epci, millesime=2026, nom="Fusionnée")

    perimetre = faire(bassin, date(2020, 1, 1), None, epci)

    assert "Fusionnée" not in [c.nom for c in perimetre.communes_couvertes()]
    assert perimetre.communes_couvertes().count() == 1


def test_un_epci_peut_appartenir_a_deux_bassins(bassin):
    epci = f.make_epci()
    autre = f.make_bassin(epci)
    faire(bassin, date(2020, 1, 1), None, epci)

    assert {p.bassin for p in epci.perimetres.all()} == {bassin, autre}


def test_with_perimetre_charge_tout_en_cinq_requetes(django_assert_num_queries):
    for _ in range(3):
        f.make_bassin(f.make_epci(), f.make_epci())

    with django_assert_num_queries(5):
        for bassin in Bassin.objects.with_perimetre():
            perimetre = bassin.perimetre
            assert perimetre.nb_communes() == 2
            assert perimetre.population_municipale() == 2000
            assert perimetre.millesimes() == [2026]
            assert len(perimetre.departements_precharges()) == 1
