"""La vie d'un document : demandé par une écriture, produit, repris, élagué."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from pams_portal.droits import Droit
from pams_portal.impression import Impression, ImpressionImpossible
from plans.models import Document, Plan
from plans.models.document import ANCIENS_GARDES, OUBLI, REGROUPEMENT, SILENCE, TENTATIVES
from plans.taches import produire_document
from tests import factories as f

PDF = Impression(b"%PDF-1.7 essai", 12)


@pytest.fixture
def imprimerie(monkeypatch):
    """Remplace le seul processus d'impression ; rend la liste des pages imprimées."""
    imprimees = []

    def imprimer(html, progression):
        imprimees.append(html)
        progression(40)
        return PDF

    monkeypatch.setattr("plans.taches.imprimer_a_part", imprimer)
    return imprimees


@pytest.fixture
def document(plan):
    Document.objects.demander(Plan.objects.filter(pk=plan.pk))
    return plan.documents.get()


def produire(document):
    return produire_document.call(document.pk)


def test_une_ecriture_demande_le_document_de_sa_revision(plan, region, personnes):
    contribution = f.make_contribution(region)
    contribution.agir(personnes["region"], Droit.CONTRIBUER, "modifier", texte="Un mot.")
    plan.refresh_from_db()
    document = plan.documents.get(revision=plan.revision)
    assert document.etat == Document.Etat.DEMANDE
    travail = DBTaskResult.objects.get(args_kwargs__args=[document.pk])
    assert travail.task_path == "plans.taches.produire_document"
    assert travail.run_after - document.demande_le <= REGROUPEMENT + timedelta(seconds=1)
    assert travail.run_after > timezone.now()


def test_une_ecriture_annulee_ne_demande_rien(plan):
    with transaction.atomic():
        Plan.objects.filter(pk=plan.pk).toucher()
        transaction.set_rollback(True)
    assert Document.objects.count() == 0
    assert DBTaskResult.objects.count() == 0


def test_un_dispositif_et_un_acteur_refont_les_documents_des_plans(plan, region, personnes):
    region.acteur.agir(personnes["region"], Droit.MODIFIER_ACTEUR, "modifier", sigle="HDF")
    plan.refresh_from_db()
    assert plan.documents.filter(revision=plan.revision).exists()
    avant = plan.revision
    dispositif = f.make_dispositif(region.acteur)
    dispositif.agir(personnes["region"], Droit.MODIFIER_DISPOSITIF, "modifier", nom="Navette")
    plan.refresh_from_db()
    assert plan.revision > avant
    assert plan.documents.filter(revision=plan.revision).exists()


def test_le_travail_range_le_fichier(document, imprimerie):
    assert produire(document) == "prêt"
    document.refresh_from_db()
    assert document.etat == Document.Etat.PRET
    with document.fichier.open() as fichier:
        assert fichier.read() == PDF.contenu
    assert document.fichier.name == "documents/pams-grand-amienois-r1.pdf"
    assert (document.pages, document.progression, document.accessible) == (12, 100, True)
    assert document.public is False


def test_une_reserve_se_garde_avec_le_document(document, monkeypatch):
    reserve = Impression(b"%PDF", 1, "Le balisage du document a échoué.")
    monkeypatch.setattr("plans.taches.imprimer_a_part", lambda html, progression: reserve)
    produire(document)
    document.refresh_from_db()
    assert document.est_pret
    assert (document.accessible, document.erreur) == (False, reserve.reserve)


def test_une_revision_depassee_n_est_pas_imprimee(document, imprimerie):
    Plan.objects.filter(pk=document.plan_id).update(revision=2)
    assert produire(document) == "dépassé"
    assert imprimerie == []


def test_une_ecriture_pendant_la_lecture_laisse_la_place_a_la_suivante(
    document, imprimerie, monkeypatch
):
    def lire_pendant_une_ecriture(plan, le):
        Plan.objects.filter(pk=plan.pk).toucher()
        return "<p>"

    monkeypatch.setattr("plans.taches.plan_html", lire_pendant_une_ecriture)
    assert produire(document) == "dépassé"
    assert imprimerie == []
    assert list(Document.objects.values_list("revision", "etat")) == [(2, "demande")]


def test_un_travail_deja_pris_ne_se_fait_pas_deux_fois(document, imprimerie):
    produire(document)
    assert produire(document) == "déjà pris"
    assert len(imprimerie) == 1


def test_une_impression_impossible_se_retente_puis_s_arrete_en_le_disant(document, monkeypatch):
    def echouer(html, progression):
        raise ImpressionImpossible("La mise en page a échoué.")

    monkeypatch.setattr("plans.taches.imprimer_a_part", echouer)
    for tentative in range(1, TENTATIVES + 1):
        assert produire(document) == "abandonné"
        document.refresh_from_db()
        assert document.tentative == tentative
    assert document.etat == Document.Etat.ECHEC
    assert document.erreur == "La mise en page a échoué."
    assert DBTaskResult.objects.count() == TENTATIVES


def test_une_erreur_imprevue_se_voit_dans_le_journal_et_se_retente(document, monkeypatch):
    monkeypatch.setattr("plans.taches.plan_html", lambda plan, le: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        produire(document)
    document.refresh_from_db()
    assert document.etat == Document.Etat.DEMANDE
    assert "erreur imprévue" in document.erreur


def test_un_ouvrier_mort_est_releve(document):
    document.commencer()
    Document.objects.update(battement=timezone.now() - SILENCE - timedelta(seconds=1))
    Document.objects.relever()
    document.refresh_from_db()
    assert document.etat == Document.Etat.DEMANDE
    assert "s’est arrêté" in document.erreur


def test_un_ouvrier_qui_bat_garde_son_travail(document):
    document.commencer()
    Document.objects.update(battement=timezone.now() - SILENCE - timedelta(seconds=1))
    document.battre(50)
    Document.objects.relever()
    document.refresh_from_db()
    assert (document.etat, document.progression) == (Document.Etat.EN_COURS, 50)


def test_un_ouvrier_en_retard_n_ecrase_pas_celui_qui_l_a_remplace(document, settings):
    document.commencer()
    tardif = Document.objects.get()
    tardif.abandonner("mort")
    Document.objects.get().commencer()
    tardif.reussir(Impression(b"%PDF perdu", 1))
    courant = Document.objects.get()
    assert (courant.etat, courant.tentative) == (Document.Etat.EN_COURS, 2)
    assert list((settings.MEDIA_ROOT / "documents").iterdir()) == []


def test_une_base_occupee_n_arrete_pas_la_production(document, monkeypatch):
    def occupee(*args, **kwargs):
        raise OperationalError("database is locked")

    document.commencer()
    monkeypatch.setattr("django.db.models.query.QuerySet.update", occupee)
    document.battre(50)


def test_un_travail_perdu_est_redemande(document):
    DBTaskResult.objects.all().delete()
    Document.objects.update(battement=timezone.now() - OUBLI - timedelta(seconds=1))
    Document.objects.relever()
    assert DBTaskResult.objects.count() == 1


def test_un_plan_sans_document_en_recoit_un_et_un_seul(plan, autre_plan):
    Document.objects.create(plan=autre_plan, revision=autre_plan.revision)
    Document.objects.create(plan=plan, revision=7, etat=Document.Etat.PRET)
    for _ in range(2):
        Document.objects.demander_ceux_qui_manquent()
    assert plan.documents.filter(revision=plan.revision).count() == 1
    assert autre_plan.documents.count() == 1
    assert DBTaskResult.objects.count() == 1


def test_un_plan_devenu_public_est_reimprime_sans_ses_fiches_confidentielles(document, imprimerie):
    produire(document)
    Plan.objects.update(etat=Plan.Etat.ADOPTE)
    Document.objects.relever()
    document.refresh_from_db()
    assert document.etat == Document.Etat.DEMANDE
    produire(document)
    document.refresh_from_db()
    assert (document.public, document.etat) == (True, Document.Etat.PRET)


def test_les_vieux_documents_partent_avec_leur_fichier(plan, imprimerie, settings):
    for revision in range(1, 8):
        Plan.objects.update(revision=revision)
        Document.objects.demander(Plan.objects.all())
        produire(plan.documents.get(revision=revision))
    Plan.objects.update(revision=9)
    Document.objects.create(plan=plan, revision=8, etat=Document.Etat.ECHEC)
    Document.objects.create(plan=plan, revision=9)
    Document.objects.elaguer()
    restent = list(plan.documents.values_list("revision", flat=True))
    assert restent == [9, 7, 6, 5]
    fichiers = {chemin.name for chemin in (settings.MEDIA_ROOT / "documents").iterdir()}
    assert fichiers == {f"pams-grand-amienois-r{n}.pdf" for n in (5, 6, 7)}
    assert ANCIENS_GARDES == 3


def test_rien_ne_s_imprime_dans_une_transaction(document, monkeypatch):
    """Rendre dans une transaction fermerait la base à tous pendant la mise en page."""
    dedans = []

    def imprimer(html, progression):
        dedans.append(len(connection.savepoint_ids))
        return PDF

    avant = len(connection.savepoint_ids)
    monkeypatch.setattr("plans.taches.imprimer_a_part", imprimer)
    produire(document)
    assert dedans == [avant]
