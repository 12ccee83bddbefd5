"""Redemander un document : un POST, jamais un GET."""

import pytest
from django_tasks_db.models import DBTaskResult

from plans.models import Document

ADRESSE = "/plans/grand-amienois/plan.pdf/demander/"


@pytest.fixture
def echec(plan):
    return Document.objects.create(
        plan=plan, revision=1, etat=Document.Etat.ECHEC, tentative=3, erreur="La mise en page…"
    )


def test_une_partie_redemande_un_document_en_echec(client, personnes, echec):
    client.force_login(personnes["lectrice"])
    response = client.post(ADRESSE, follow=True)
    echec.refresh_from_db()
    assert response.redirect_chain == [("/plans/grand-amienois/plan.pdf", 302)]
    assert response.status_code == 202
    assert "de nouveau en préparation" in response.content.decode()
    assert (echec.etat, echec.tentative, echec.erreur) == ("demande", 0, "")
    assert DBTaskResult.objects.count() == 1


def test_redemander_deux_fois_ne_fait_qu_un_travail(client, personnes, echec):
    client.force_login(personnes["lectrice"])
    client.post(ADRESSE)
    client.post(ADRESSE)
    assert DBTaskResult.objects.count() == 1


def test_un_document_en_cours_n_est_pas_redemande(client, personnes, plan):
    Document.objects.create(plan=plan, revision=1, etat=Document.Etat.EN_COURS, tentative=1)
    client.force_login(personnes["region"])
    client.post(ADRESSE)
    assert Document.objects.get().etat == Document.Etat.EN_COURS
    assert DBTaskResult.objects.count() == 0


def test_un_get_ne_redemande_pas(client, personnes, echec):
    client.force_login(personnes["region"])
    assert client.get(ADRESSE).status_code == 405


def test_une_etrangere_ne_redemande_pas(client, personnes, echec):
    client.force_login(personnes["etrangere"])
    assert client.post(ADRESSE).status_code == 404
    assert Document.objects.get().etat == Document.Etat.ECHEC
