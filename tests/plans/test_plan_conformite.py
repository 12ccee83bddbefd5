"""La page de conformité."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plans.models import Plan
from tests import factories as f

ADRESSE = "/plans/grand-amienois/conformite/"


def test_l_adresse_est_celle_du_contrat():
    assert reverse("plans:plan_conformite", args=["grand-amienois"]) == ADRESSE


def test_la_page_nomme_les_trois_portees_et_ce_qui_manque(client, personnes):
    client.force_login(personnes["aom"])
    page = client.get(ADRESSE).content.decode()
    for titre in ("Texte de loi", "Notre lecture", "Recommandation"):
        assert f">{titre}</h2>" in page
    assert "Rien de ce qui suit n’est demandé par la loi." in page
    assert "Le chapitre « accompagnement » n’est pas rédigé." in page
    assert "https://www.legifrance.gouv.fr/" in page


def test_une_preuve_mene_au_registre(client, personnes, region):
    contribution = f.make_contribution(region, texte="Oui.")
    client.force_login(personnes["region"])
    page = client.get(ADRESSE).content.decode()
    assert f'href="/plans/grand-amienois/#contribution-{contribution.pk}"' in page


def test_le_public_la_lit_une_fois_le_plan_adopte(client, plan):
    assert client.get(ADRESSE).status_code == 404
    Plan.objects.update(etat=Plan.Etat.ADOPTE)
    assert client.get(ADRESSE).status_code == 200


@pytest.mark.parametrize("taille", [1, 3])
def test_autant_de_requetes_pour_une_fiche_que_pour_trois(client, plan, region, taille):
    for _ in range(taille):
        f.make_fiche(region)
    Plan.objects.update(etat=Plan.Etat.ADOPTE)
    with CaptureQueriesContext(connection) as requetes:
        client.get(ADRESSE)
    assert len(requetes) == 17
