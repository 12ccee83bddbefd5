"""La pièce jointe à un avis saisi : mêmes refus et même discrétion que celle d'une ligne."""

from hashlib import sha256

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte
from plans.etapes import Etat
from plans.forms.pieces import POIDS_AU_PLUS
from plans.models import AvisSurPlan, Plan, elaguer_les_pieces
from tests import factories as f

PDF = b"%PDF-1.7\nDeliberation du comite, exemple.org"
REFUSES = {"programme": b"MZ\x90\x00", "page": b"<html><script>alert(1)</script>%PDF-</html>"}


@pytest.fixture
def absent(plan, region, departement, aom):
    Plan.objects.filter(pk=plan.pk).update(etat=Etat.CONCERTATION)
    concertation = f.make_concertation(Plan.objects.get(pk=plan.pk))
    return f.make_consulte(concertation, organisme="Comité des partenaires")


def fichiers():
    return default_storage.listdir("pieces")[1] if default_storage.exists("pieces") else []


def joindre(client, consulte, contenu=PDF, **champs):
    saisie = {
        "sens": "favorable",
        "rendu_le": timezone.localdate().isoformat(),
        "reference": "Délibération du 3 novembre",
    }
    if contenu is not None:
        piece = SimpleUploadedFile("Délibération.pdf", contenu, content_type="application/pdf")
        saisie["piece"] = piece
    url = reverse("plans:avis_sur_plan_saisir", args=[consulte.plan.slug, consulte.pk])
    return client.post(url, saisie | champs)


def prendre(client, consulte):
    return client.get(reverse("plans:avis_piece_detail", args=[consulte.plan.slug, consulte.pk]))


def test_la_piece_prouve_et_ne_confirme_rien(absent, au_nom_de):
    assert joindre(au_nom_de("redactrice"), absent).status_code == 302

    avis = AvisSurPlan.objects.get()
    assert (avis.piece_nom, avis.piece_poids) == ("deliberation.pdf", len(PDF))
    assert not avis.est_confirme
    acte = Acte.objects.sur(avis).get()
    assert acte.apres["piece_empreinte"] == sha256(PDF).hexdigest()
    client = au_nom_de("aom")
    page = client.get(absent.get_absolute_url()).content.decode()
    assert avis.url_de_la_piece in page
    assert "non confirmé par le Comité des partenaires" in page
    prise = prendre(client, absent)
    assert b"".join(prise.streaming_content) == PDF
    assert prise["Content-Disposition"] == 'attachment; filename="deliberation.pdf"'
    assert prise["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in prise["Cache-Control"]
    reponse = reverse("plans:reponse_update", args=[absent.plan.slug, avis.pk])
    assert avis.url_de_la_piece in au_nom_de("region").get(reponse).content.decode()


@pytest.mark.parametrize("quoi", [*REFUSES, "lourde", "vide"])
def test_ce_qui_n_est_pas_un_document_est_refuse_et_rien_de_tape_ne_se_perd(
    absent, au_nom_de, quoi
):
    contenu = REFUSES.get(quoi, b"%PDF-" + b"x" * POIDS_AU_PLUS if quoi == "lourde" else b"")
    page = joindre(au_nom_de("region"), absent, contenu, texte="Long travail.")

    assert page.status_code == 200
    assert "piece" in page.context["form"].errors
    assert "Long travail." in page.content.decode()
    assert (AvisSurPlan.objects.count(), fichiers()) == (0, [])


def test_un_avis_incomplet_demande_de_choisir_de_nouveau_le_fichier(absent, au_nom_de):
    page = joindre(au_nom_de("region"), absent, reference="")
    assert "Choisissez de nouveau" in str(page.context["form"].errors["piece"])
    assert fichiers() == []


@pytest.mark.django_db(transaction=True)
def test_remplacer_puis_retirer_ne_laisse_aucun_fichier(absent, au_nom_de):
    client = au_nom_de("region")
    joindre(client, absent)
    [premier] = fichiers()
    joindre(client, absent, b"\x89PNG\r\n\x1a\n....", version="1")
    [second] = fichiers()
    assert (AvisSurPlan.objects.get().piece_nom, second != premier) == ("deliberation.png", True)
    joindre(client, absent, None, version="2", retirer_la_piece="on")
    avis = AvisSurPlan.objects.get()
    assert (avis.piece.name, avis.piece_nom, avis.piece_poids) == ("", "", 0)
    assert fichiers() == []


@pytest.mark.django_db(transaction=True)
def test_l_organisme_qui_rend_le_sien_efface_la_piece_saisie_pour_lui(absent, aom, au_nom_de):
    consulte = f.make_consulte(absent.concertation, aom)
    joindre(au_nom_de("region"), consulte)
    assert len(fichiers()) == 1

    url = reverse("plans:avis_sur_plan_update", args=[consulte.plan.slug, consulte.pk])
    piece = SimpleUploadedFile("a.pdf", PDF)
    au_nom_de("aom").post(url, {"sens": "favorable", "version": "1", "piece": piece})

    avis = AvisSurPlan.objects.get()
    assert (avis.est_confirme, avis.piece_nom, avis.piece.name) == (True, "", "")
    assert fichiers() == []
    assert prendre(au_nom_de("aom"), consulte).status_code == 404


def test_le_plan_adopte_la_piece_reste_entre_parties(absent, au_nom_de, client):
    joindre(au_nom_de("region"), absent)
    Plan.objects.update(etat=Etat.ADOPTE)
    assert prendre(client, absent).status_code == 302
    assert prendre(au_nom_de("etrangere"), absent).status_code == 403
    assert b"".join(prendre(au_nom_de("invitee"), absent).streaming_content) == PDF


def test_un_fichier_disparu_se_dit(absent, au_nom_de):
    joindre(au_nom_de("region"), absent)
    default_storage.delete(AvisSurPlan.objects.get().piece.name)
    assert prendre(au_nom_de("region"), absent).status_code == 404


def test_l_ouvrier_garde_la_piece_d_un_avis(absent, au_nom_de):
    from datetime import timedelta

    joindre(au_nom_de("region"), absent)
    elaguer_les_pieces(timedelta())
    assert len(fichiers()) == 1
