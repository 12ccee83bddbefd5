"""L'administrateur technique tient les faits institutionnels, jamais le référentiel."""

import pytest
from django.contrib import admin
from django.test import RequestFactory

from bassins.models import Commune, Departement, Epci, Perimetre, Region
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def requete():
    requete = RequestFactory().get("/admin/")
    requete.user = f.make_utilisateur(is_staff=True, is_superuser=True)
    return requete


@pytest.mark.parametrize("modele", [Region, Departement, Epci, Commune])
def test_le_referentiel_se_lit_sans_se_modifier(requete, modele):
    page = admin.site.get_model_admin(modele)

    assert page.has_view_permission(requete)
    assert not page.has_add_permission(requete)
    assert not page.has_change_permission(requete)
    assert not page.has_delete_permission(requete)


def test_un_chevauchement_est_refuse_a_cote_du_champ(requete):
    bassin = f.make_bassin()
    formulaire = admin.site.get_model_admin(Perimetre).get_form(requete)

    form = formulaire(
        {
            "bassin": bassin.pk,
            "depuis": "01/06/2023",
            "etat_nom": "verifie",
            "etat_composition": "verifie",
        }
    )

    assert form.errors["depuis"] == ["Un autre périmètre de ce bassin est en vigueur à ces dates."]


def test_l_adresse_d_un_bassin_ne_change_plus_apres_sa_creation(requete):
    page = admin.site.get_model_admin(f.make_bassin().__class__)

    assert page.get_readonly_fields(requete) == []
    assert page.get_readonly_fields(requete, f.make_bassin()) == ["slug"]
