"""L'adresse du PDF d'un plan."""

from hashlib import sha256

import pytest
from django.db import connection
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from pams_portal.impression import Impression
from plans.models import Document, Plan

ADRESSE = "/plans/grand-amienois/plan.pdf"


def make_document(plan, revision=None, contenu=b"%PDF-1.7 essai", **champs):
    """Un document prêt, comme l'ouvrier le range."""
    document = Document.objects.create(plan=plan, revision=revision or plan.revision)
    document.commencer()
    document.reussir(Impression(contenu, 12))
    Document.objects.filter(pk=document.pk).update(**champs)
    return Document.objects.get(pk=document.pk)


def contenu(response):
    return b"".join(response.streaming_content)


@pytest.fixture
def refuse_d_ecrire():
    def refuser(execute, sql, *args):
        assert sql.lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE")), sql
        return execute(sql, *args)

    with connection.execute_wrapper(refuser):
        yield


@pytest.fixture
def agente(client, personnes):
    client.force_login(personnes["region"])
    return client


def test_l_adresse_est_celle_du_contrat():
    assert reverse("plans:plan_pdf", args=["grand-amienois"]) == ADRESSE


def test_le_document_pret_est_servi(agente, plan):
    document = make_document(plan)
    response = agente.get(ADRESSE)
    assert response.status_code == 200
    assert contenu(response) == b"%PDF-1.7 essai"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="pams-grand-amienois-r1.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["ETag"] == f'"{sha256(b"%PDF-1.7 essai").hexdigest()}"'
    assert response["Cache-Control"] == "private, no-cache"
    assert document.est_servable


def test_le_navigateur_qui_l_a_deja_ne_le_recoit_pas_deux_fois(agente, plan):
    document = make_document(plan)
    response = agente.get(ADRESSE, headers={"If-None-Match": f'"{document.empreinte}"'})
    assert response.status_code == 304
    assert response["ETag"] == f'"{document.empreinte}"'


def test_un_plan_inchange_est_resservi_sans_rien_produire(agente, plan):
    make_document(plan)
    assert contenu(agente.get(ADRESSE)) == contenu(agente.get(ADRESSE))
    assert DBTaskResult.objects.count() == 0


@pytest.mark.parametrize(
    ("etat", "phrase"),
    [
        (Document.Etat.DEMANDE, "Le document attend son tour"),
        (Document.Etat.EN_COURS, "Mise en page du document"),
    ],
)
def test_un_document_en_preparation_dit_ou_il_en_est(agente, plan, etat, phrase):
    Document.objects.create(plan=plan, revision=1, etat=etat, progression=40)
    response = agente.get(ADRESSE)
    assert response.status_code == 202
    page = response.content.decode()
    assert phrase in page
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh" content="4"></noscript>' in page


def test_demander_a_voir_n_ecrit_rien(agente, plan, refuse_d_ecrire):
    assert agente.get(ADRESSE).status_code == 202


def test_une_revision_anterieure_prete_est_proposee_et_datee(agente, plan):
    make_document(plan)
    Plan.objects.update(revision=2)
    page = agente.get(ADRESSE).content.decode()
    assert "Révision 1, plus ancienne" in page
    assert 'href="?revision=1"' in page
    assert contenu(agente.get(ADRESSE, {"revision": 1})) == b"%PDF-1.7 essai"


@pytest.mark.parametrize("revision", ["99", "2", "x", "-1", "9" * 30])
def test_une_revision_sans_document_n_existe_pas(agente, plan, revision):
    make_document(plan)
    Plan.objects.update(revision=2)
    assert agente.get(ADRESSE, {"revision": revision}).status_code == 404


def test_un_echec_dit_pourquoi_et_se_redemande(agente, plan):
    Document.objects.create(
        plan=plan, revision=1, etat=Document.Etat.ECHEC, erreur="La mise en page a échoué."
    )
    response = agente.get(ADRESSE)
    page = response.content.decode()
    assert response.status_code == 202
    assert "La mise en page a échoué." in page
    assert "Préparer de nouveau" in page
    assert "hx-trigger" not in page
    assert "refresh" not in page


def test_un_fichier_disparu_se_redemande(agente, plan):
    document = make_document(plan)
    document.fichier.storage.delete(document.fichier.name)
    page = agente.get(ADRESSE).content.decode()
    assert "n’est plus là" in page
    assert "Préparer de nouveau" in page


def test_la_page_d_attente_ouvre_le_pdf_quand_il_est_pret(agente, plan):
    make_document(plan)
    response = agente.get(ADRESSE, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert response["HX-Redirect"] == ADRESSE


def test_le_public_lit_un_plan_adopte_et_pas_un_projet(client, plan):
    make_document(plan, public=True)
    assert client.get(ADRESSE).status_code == 404
    Plan.objects.update(etat=Plan.Etat.ADOPTE)
    assert contenu(client.get(ADRESSE)) == b"%PDF-1.7 essai"


def test_le_public_d_un_plan_adopte_ne_lit_pas_ses_projets(client, personnes, plan):
    make_document(plan, contenu=b"%PDF avec une fiche confidentielle")
    Plan.objects.update(etat=Plan.Etat.ADOPTE, revision=2)
    assert client.get(ADRESSE, {"revision": 1}).status_code == 404
    page = client.get(ADRESSE).content.decode()
    assert "plus ancienne" not in page
    client.force_login(personnes["etrangere"])
    assert client.get(ADRESSE, {"revision": 1}).status_code == 404
    client.force_login(personnes["region"])
    assert contenu(client.get(ADRESSE, {"revision": 1})).startswith(b"%PDF")


@pytest.mark.parametrize("revision", ["", "1"])
def test_une_etrangere_ne_sait_pas_que_le_projet_existe(client, personnes, plan, revision):
    make_document(plan)
    client.force_login(personnes["etrangere"])
    assert client.get(ADRESSE, {"revision": revision}).status_code == 404
