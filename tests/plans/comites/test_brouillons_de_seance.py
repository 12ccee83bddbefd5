"""Un point et une suite se gardent pendant qu'on les tape, avant même d'exister."""

from uuid import uuid4

import pytest
from django.urls import reverse

from acteurs.models import Acte, Brouillon
from plans.models import PointDeSeance, SuiteADonner
from tests import factories as f


@pytest.fixture
def point(seance):
    return f.make_point(seance, titre="Le garage mobile")


def garder(client, sorte, objet, identifiant=None, **champs):
    adresse = reverse("plans:part_brouillon", args=[objet.plan.slug, sorte, objet.pk])
    return client.post(adresse, {"brouillon": identifiant or uuid4()} | champs)


def page_de(sorte, point):
    if sorte == "points-neufs":
        return reverse("plans:point_create", args=[point.plan.slug, point.seance_id])
    return reverse("plans:suite_create", args=[point.plan.slug, point.seance_id, point.pk])


CAS = [
    ("points-neufs", {"titre": "Les navettes", "presentation": "Trois scéna"}, "Trois scéna"),
    ("suites-neuves", {"quoi": "Écrire aux commu"}, "Écrire aux commu"),
]


@pytest.mark.parametrize(("sorte", "champs", "tape"), CAS)
def test_ce_qui_se_tape_se_retrouve_d_un_autre_poste(client, point, personnes, sorte, champs, tape):
    client.force_login(personnes["region"])
    sous = point.seance if sorte == "points-neufs" else point

    assert "Brouillon gardé à" in garder(client, sorte, sous, **champs).json()["phrase"]

    assert (PointDeSeance.objects.count(), SuiteADonner.objects.count()) == (1, 0)
    assert not Acte.objects.exists()
    brouillon, page = Brouillon.objects.get(), page_de(sorte, point)
    assert brouillon.page == page
    reprise = f"{page}?brouillon={brouillon.identifiant}"
    assert reprise in client.get(page).text
    assert reprise in client.get(reverse("brouillon_list")).text
    assert tape in client.get(reprise).text


@pytest.mark.parametrize(("sorte", "champs", "tape"), CAS)
def test_enregistrer_oublie_cette_saisie_et_elle_seule(
    client, point, aom, personnes, sorte, champs, tape
):
    client.force_login(personnes["region"])
    sous = point.seance if sorte == "points-neufs" else point
    la_mienne = uuid4()
    garder(client, sorte, sous, la_mienne, **champs)
    garder(client, sorte, sous, **champs)

    client.post(page_de(sorte, point), champs | {"brouillon": la_mienne, "porteur": aom.pk})

    assert [b.identifiant == la_mienne for b in Brouillon.objects.all()] == [False]


def test_ni_la_decision_ni_les_collegues_ne_voient_la_suite_commencee(client, point, personnes):
    client.force_login(personnes["region"])
    garder(client, "suites-neuves", point, quoi="Écrire aux commu")
    garder(client, "points", point, issue="adopte", decision="On ouv")
    reprises = client.get(point.get_absolute_url()).text.count("reprendre ce brouillon")
    assert reprises == 2  # chacun dans son formulaire

    assert page_de("suites-neuves", point) in Brouillon.objects.get(champs__has_key="quoi").page
    client.force_login(personnes["departement"])
    assert "reprendre ce brouillon" not in client.get(point.get_absolute_url()).text


def test_le_releve_valide_on_ne_garde_plus_rien(client, point, personnes):
    type(point.seance).objects.update(validee_le="2026-11-07T10:00:00+00:00")
    client.force_login(personnes["region"])

    assert garder(client, "suites-neuves", point, quoi="Tard").status_code == 403
    assert garder(client, "points-neufs", point.seance, titre="Tard").status_code == 403
