"""Deux personnes consignent au même instant dans la même séance : rien de perdu, rien de doublé."""

import pytest
from django.db import connection
from django.urls import reverse

from acteurs.models import Acte
from plans.models import PointDeSeance, SuiteADonner
from tests import factories as f
from tests.plans.versions.test_visas_simultanes import ensemble

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
FOIS = 4


@pytest.fixture(autouse=True)
def sur_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite n’a qu’un écrivain à la fois")


def envoi(client, nom, *args, **champs):
    return lambda: client.post(reverse(f"plans:{nom}", args=args), champs)


def decider(client, point, decision, issue="adopte"):
    adresse = [point.plan.slug, point.seance_id, point.pk]
    return envoi(client, "point_decider", *adresse, decision=decision, issue=issue, version="1")


def consignes(point):
    return Acte.objects.sur(point).filter(verbe=Acte.Verbe.CONSIGNER)


def test_deux_decisions_sur_deux_points_sont_toutes_deux_consignees(seance, au_nom_de):
    for _ in range(FOIS):
        premier, second = f.make_point(seance), f.make_point(seance)
        reponses = ensemble(
            decider(au_nom_de("region"), premier, "On ouvre à Roye."),
            decider(au_nom_de("departement"), second, "On attend.", "reporte"),
        )
        assert [reponse.status_code for reponse in reponses] == [302, 302]
        for point, decision in ((premier, "On ouvre à Roye."), (second, "On attend.")):
            point.refresh_from_db()
            assert (point.decision, point.version) == (decision, 2)
            assert consignes(point).count() == 1


def test_deux_decisions_sur_le_meme_point_la_seconde_se_voit_montrer_la_premiere(seance, au_nom_de):
    dites = ("On ouvre à Roye.", "On ouvre à Montdidier.")
    for _ in range(FOIS):
        point = f.make_point(seance)
        reponses = ensemble(
            decider(au_nom_de("region"), point, dites[0]),
            decider(au_nom_de("departement"), point, dites[1]),
        )
        assert sorted(reponse.status_code for reponse in reponses) == [200, 302]
        [arretee] = [reponse for reponse in reponses if reponse.status_code == 200]
        page = arretee.content.decode()
        assert all(dite.removeprefix("On ouvre à ") in page for dite in dites)
        point.refresh_from_db()
        assert point.decision in dites
        assert point.version == 2
        assert consignes(point).count() == 1


def test_la_meme_decision_envoyee_deux_fois_n_est_consignee_qu_une(seance, au_nom_de):
    for _ in range(FOIS):
        point = f.make_point(seance)
        reponses = ensemble(
            *(decider(au_nom_de(qui), point, "D’accord.") for qui in ("region", "departement"))
        )
        assert [reponse.status_code for reponse in reponses] == [302, 302]
        point.refresh_from_db()
        assert (point.decision, point.version, consignes(point).count()) == ("D’accord.", 2, 1)


def test_deux_points_neufs_ont_chacun_leur_rang(seance, au_nom_de):
    adresse = ["point_create", seance.plan.slug, seance.pk]
    for _ in range(FOIS):
        reponses = ensemble(
            envoi(au_nom_de("region"), *adresse, titre="Le garage"),
            envoi(au_nom_de("departement"), *adresse, titre="Les navettes"),
        )
        assert [reponse.status_code for reponse in reponses] == [302, 302]
    rangs = list(PointDeSeance.objects.values_list("ordre", flat=True))
    assert sorted(rangs) == list(range(2 * FOIS))


def test_deux_suites_neuves_sont_toutes_deux_notees(seance, aom, au_nom_de):
    point = f.make_point(seance)
    adresse = ["suite_create", point.plan.slug, seance.pk, point.pk]
    for _ in range(FOIS):
        ensemble(
            envoi(au_nom_de("region"), *adresse, porteur=aom.pk, quoi="Écrire aux communes"),
            envoi(au_nom_de("departement"), *adresse, porteur=aom.pk, quoi="Chiffrer"),
        )
    quoi = list(SuiteADonner.objects.values_list("quoi", flat=True))
    assert sorted(quoi) == ["Chiffrer"] * FOIS + ["Écrire aux communes"] * FOIS
    assert Acte.objects.filter(cible_type="plans.suiteadonner", verbe="creer").count() == 2 * FOIS
