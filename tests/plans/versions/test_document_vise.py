"""Le document suit l'état du plan : filigrane, version, empreinte, visas, règles levées."""

import re

import pytest
from django.utils import timezone

from pams_portal.droits import Droit
from plans.impression.html import plan_html
from plans.models import Plan, Version
from tests.plans.versions.conftest import empreinte_de, relu


def page(plan):
    html = plan_html(relu(plan), le=timezone.localdate())
    return html, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_un_projet_en_redaction_porte_son_empreinte_et_ses_visas_a_recueillir(pret):
    html, lu = page(pret)
    assert "impression-projet.css" in html
    assert empreinte_de(pret) in lu
    assert lu.count("non recueilli") == 2
    assert "Les visas et les délibérations restent à recueillir." in lu


def test_un_projet_arrete_porte_son_numero_ses_visas_et_reste_un_projet(arrete):
    html, lu = page(arrete)
    assert "impression-projet.css" in html
    assert "Projet arrêté, version 1" in lu
    assert Version.objects.get().empreinte in lu
    assert lu.count("donné le") == 2 and "non recueilli" not in lu
    assert "par le visa de tous les co-pilotes" in lu


def test_le_motif_d_une_regle_levee_s_imprime(pret):
    _, lu = page(pret)
    assert "Règle levée" in lu and "Motif de la levée : Vu en comité technique." in lu


def test_revenu_en_redaction_le_document_n_a_plus_de_version(arrete, personnes):
    arrete.passer(personnes["region"], "redaction", "À revoir.")
    _, lu = page(arrete)
    assert "version 1" not in lu and lu.count("non recueilli") == 2


def test_un_document_qui_s_ecarte_du_contenu_fige_le_dit(arrete, personnes, region):
    assert "fait foi" not in page(arrete)[1]
    region.acteur.agir(personnes["region"], Droit.MODIFIER_ACTEUR, "modifier", sigle="HDF")
    _, lu = page(arrete)
    assert "Le contenu figé, désigné par son empreinte, fait foi." in lu
    assert Version.objects.get().empreinte in lu


@pytest.mark.parametrize("etat", [Plan.Etat.ADOPTE, Plan.Etat.MISE_EN_OEUVRE])
def test_adopte_le_filigrane_tombe(arrete, etat):
    Plan.objects.filter(pk=arrete.pk).update(etat=etat)
    html, lu = page(arrete)
    assert "impression-projet.css" not in html
    assert "Version adoptée, version 1" in lu


def test_chaque_passage_demande_un_document(arrete):
    assert arrete.documents.filter(revision=arrete.revision).exists()
    assert Version.objects.get().revision == arrete.revision
