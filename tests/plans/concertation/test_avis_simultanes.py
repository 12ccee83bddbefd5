"""Deux avis, un avis et une saisie, un avis et un retrait, au même instant."""

import pytest
from django.db import connection
from django.urls import reverse

from plans.etapes import Etat
from plans.models import AvisSurPlan, OrganismeConsulte, Plan
from tests import factories as f
from tests.plans.versions.test_visas_simultanes import ensemble

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
FOIS = 4


@pytest.fixture(autouse=True)
def sur_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite n’a qu’un écrivain à la fois")


@pytest.fixture
def concertation(plan, region, aom):
    Plan.objects.filter(pk=plan.pk).update(etat=Etat.CONCERTATION)
    return f.make_concertation(Plan.objects.get(pk=plan.pk))


def envoi(client, nom, consulte, **champs):
    url = reverse(f"plans:{nom}", args=[consulte.plan.slug, consulte.pk])
    return lambda: client.post(url, champs)


def test_deux_valideurs_d_une_partie_rendent_ensemble_un_seul_avis(
    concertation, aom, au_nom_de, client
):
    client.force_login(f.make_utilisateur(aom.acteur, nom="Un collègue"))
    for _ in range(FOIS):
        consulte = f.make_consulte(concertation, aom)
        reponses = ensemble(
            *(
                envoi(qui, "avis_sur_plan_update", consulte, sens="defavorable", texte=texte)
                for qui, texte in ((au_nom_de("aom"), "Le premier."), (client, "Le second."))
            )
        )
        assert sorted(reponse.status_code for reponse in reponses) == [200, 302]
        [refusee] = [reponse for reponse in reponses if reponse.status_code == 200]
        garde = {"Le premier.", "Le second."} - {AvisSurPlan.objects.get().texte}
        assert garde.pop() in refusee.content.decode()
        consulte.delete()


def test_l_avis_de_la_partie_l_emporte_sur_la_saisie_du_meme_instant(concertation, aom, au_nom_de):
    """Qu'elle arrive avant ou après la saisie : jamais sa place prise, jamais deux avis."""
    piece = {"rendu_le": "2026-11-01", "reference": "Un courrier", "texte": "Saisi."}
    for _ in range(FOIS):
        consulte = f.make_consulte(concertation, aom)
        ensemble(
            envoi(au_nom_de("aom"), "avis_sur_plan_update", consulte, sens="favorable"),
            envoi(au_nom_de("region"), "avis_sur_plan_saisir", consulte, sens="reserves", **piece),
        )
        avis = AvisSurPlan.objects.get()
        assert (avis.sens, avis.est_confirme) in [("favorable", True), ("reserves", False)]
        # Arrivée seconde, elle reprend sa place d'un envoi de plus.
        envoi(au_nom_de("aom"), "avis_sur_plan_update", consulte, sens="favorable", version="1")()
        avis.refresh_from_db()
        assert avis.est_confirme
        consulte.delete()


def test_un_avis_et_un_retrait_au_meme_instant_ne_perdent_pas_l_avis(concertation, aom, au_nom_de):
    for _ in range(FOIS):
        consulte = f.make_consulte(concertation, aom)
        envoyee, _ = ensemble(
            envoi(
                au_nom_de("aom"), "avis_sur_plan_update", consulte, sens="favorable", texte="Oui."
            ),
            envoi(au_nom_de("region"), "consulte_delete", consulte),
        )
        rendu = envoyee.status_code == 302
        assert AvisSurPlan.objects.exists() == OrganismeConsulte.objects.exists() == rendu
        OrganismeConsulte.objects.all().delete()
