"""Deux personnes tiennent la même feuille de présence : ce que la seconde écrit se fusionne."""

import pytest
from django.db import connection
from django.urls import reverse

from pams_portal.droits import Droit
from plans.forms.comite import RepresentationForm
from plans.models import Representation
from tests import factories as f
from tests.plans.versions.test_visas_simultanes import ensemble


@pytest.fixture
def remplir(seance, aom, personnes):
    """La seconde personne enregistre la ligne qu'elle a ouverte vide."""

    def remplir(**champs):
        form = RepresentationForm(champs, instance=Representation(seance=seance, partie=aom))
        return form, form.enregistrer(personnes["region"], Droit.TENIR_SEANCE)

    return remplir


@pytest.fixture
def premiere(seance, aom):
    return Representation.objects.create(
        seance=seance, partie=aom, etat="presente", representants="Mme Un"
    )


def test_la_meme_ligne_enregistree_deux_fois_n_en_fait_qu_une(remplir, premiere):
    form, reussi = remplir(etat="presente", representants="Mme Un")

    assert reussi, form.errors
    assert Representation.objects.get().version == premiere.version


def test_ce_que_l_un_laisse_vide_garde_ce_que_l_autre_a_ecrit(remplir, premiere):
    form, reussi = remplir(etat="presente", representants="")

    assert reussi, form.errors
    assert Representation.objects.get().representants == "Mme Un"
    assert form.fusionnes == ["representants"]


def test_deux_saisies_contraires_se_montrent_sans_rien_remplacer(remplir, premiere):
    form, reussi = remplir(etat="excusee", representants="M. Deux")

    assert not reussi
    assert [conflit.champ.name for conflit in form.conflits] == ["etat", "representants"]
    assert {"Présente", "Mme Un"} == {conflit.leur for conflit in form.conflits}
    assert "illisible" not in str(form.errors)
    assert Representation.objects.get().representants == "Mme Un"
    assert form["representants"].value() == "M. Deux"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_deux_co_pilotes_au_meme_instant_ne_perdent_rien(seance, aom, au_nom_de):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite n’a qu’un écrivain à la fois")
    url = reverse("plans:seance_presences", args=[seance.plan.slug, seance.pk])

    def envoi(qui, nom):
        champs = {f"{aom.pk}-etat": "presente", f"{aom.pk}-representants": nom}
        return lambda: au_nom_de(qui).post(url, champs)

    reponses = ensemble(envoi("region", "Mme Un"), envoi("departement", "M. Deux"))

    assert sorted(reponse.status_code for reponse in reponses) == [200, 302]
    [refusee] = [reponse for reponse in reponses if reponse.status_code == 200]
    page, garde = refusee.content.decode(), Representation.objects.get().representants
    assert {garde, ({"Mme Un", "M. Deux"} - {garde}).pop()} == {"Mme Un", "M. Deux"}
    assert "Mme Un" in page and "M. Deux" in page


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_retirer_deux_fois_la_meme_suite_dit_qu_elle_n_est_plus_la(seance, aom, au_nom_de):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite n’a qu’un écrivain à la fois")
    suite = f.make_suite(f.make_point(seance), aom)
    url = reverse("plans:suite_delete", args=[seance.plan.slug, suite.pk])

    reponses = ensemble(*[lambda: au_nom_de("region").post(url)] * 2)

    assert sorted(reponse.status_code for reponse in reponses) == [302, 404]
