"""Relancer une partie : par un co-pilote, une fois par semaine, et cela se lit."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte, Notification
from plans.models import PartiePrenante, Relance
from tests import factories as f


def relancer(client, partie, qui):
    client.force_login(qui)
    adresse = reverse("plans:partie_relancer", args=[partie.plan.slug, partie.pk])
    return client.post(adresse, follow=True)


def test_la_partie_est_prevenue_et_le_journal_le_garde(client, plan, aom, personnes):
    f.make_contribution(aom, texte="")
    f.make_utilisateur(aom.acteur, "lecteur")

    page = relancer(client, aom, personnes["redactrice"])

    assert "La relance d’Amiens Métropole part" in page.content.decode()
    [relance] = Relance.objects.all()
    assert relance.attendu == "sa réponse, 1 texte"
    [notification] = Notification.objects.all()
    assert notification.destinataire == personnes["aom"]
    assert notification.url == reverse("plans:partie_parts", args=[plan.slug, aom.pk])
    [acte] = Acte.objects.du_dossier(plan.identifiant)
    assert (acte.verbe, acte.apres["attendu"]) == ("relancer", "sa réponse, 1 texte")
    plan.refresh_from_db()
    assert plan.revision == 1  # le document n'a pas à se refaire


def test_une_par_semaine_de_quelque_co_pilote_qu_elle_vienne(client, plan, aom, personnes):
    relancer(client, aom, personnes["region"])
    page = relancer(client, aom, personnes["departement"])
    assert "a déjà reçu une relance" in page.content.decode()
    assert Relance.objects.count() == 1

    Relance.objects.update(envoyee_le=timezone.now() - timedelta(days=7, minutes=1))
    relancer(client, aom, personnes["departement"])
    assert Relance.objects.count() == 2


@pytest.mark.parametrize("qui", ["lectrice", "aom", "spe", "associee", "invitee", "admin"])
def test_nul_autre_qu_un_co_pilote_ne_relance(client, aom, personnes, qui):
    assert relancer(client, aom, personnes[qui]).status_code in (403, 404)
    assert not Relance.objects.exists()


def test_rien_a_rappeler_ne_se_rappelle_pas(client, aom, personnes):
    PartiePrenante.objects.update(reponse="contribue")

    page = relancer(client, aom, personnes["region"])

    assert "n’attend rien" in page.content.decode()
    assert not Relance.objects.exists()


def test_qui_n_a_personne_sur_le_portail_se_previent_autrement(client, plan, region, personnes):
    absente = f.make_partie(plan, qualite="associee")

    page = relancer(client, absente, personnes["region"])

    assert "Personne n’agit pour" in page.content.decode()
    assert not Relance.objects.exists()


def test_on_ne_relance_pas_sa_propre_structure(client, region, personnes):
    f.make_contribution(region, texte="")

    page = relancer(client, region, personnes["region"])

    assert "C’est votre structure" in page.content.decode()
    assert not Relance.objects.exists()


# --- Le plan a quitté la rédaction --------------------------------------------------------------


@pytest.fixture
def en_concertation(plan, region):
    """La Région a visé l'arrêt du projet ; le visa du Département est attendu."""
    type(plan).objects.update(etat="concertation")
    f.make_visa(f.make_version(plan), region)


def test_en_concertation_un_co_pilote_se_relance_pour_son_visa(
    client, plan, departement, personnes, en_concertation
):
    f.make_contribution(departement, texte="")  # elle ne peut plus s'écrire : rien ne la rappelle
    client.force_login(personnes["region"])
    page = client.get(reverse("plans:qui_doit_quoi", args=[plan.slug])).text
    assert reverse("plans:partie_relancer", args=[plan.slug, departement.pk]) in page

    relancer(client, departement, personnes["redactrice"])

    assert Relance.objects.get().attendu == "son visa"


def test_en_concertation_qui_ne_peut_plus_repondre_ne_se_relance_pas(
    client, aom, personnes, en_concertation
):
    f.make_contribution(aom, texte="")

    assert "n’attend rien" in relancer(client, aom, personnes["region"]).text
    assert not Relance.objects.exists()


def test_en_concertation_une_partie_consultee_se_relance_pour_son_avis(
    client, plan, aom, personnes
):
    type(plan).objects.update(etat="concertation")
    f.make_contribution(aom, texte="")
    f.make_consulte(f.make_concertation(type(plan).objects.get(pk=plan.pk)), aom)

    relancer(client, aom, personnes["redactrice"])

    assert Relance.objects.get().attendu == "1 avis sur le plan"


def test_en_concertation_un_visa_deja_donne_ne_se_rappelle_pas(
    client, region, personnes, en_concertation
):
    page = relancer(client, region, personnes["departement"])

    assert "n’attend rien" in page.text
    assert not Relance.objects.exists()


@pytest.mark.parametrize("etat", ["arrete", "deliberations", "adopte", "mise_en_oeuvre", "clos"])
def test_quand_plus_rien_ne_se_vise_nul_ne_se_relance(client, plan, departement, personnes, etat):
    type(plan).objects.update(etat=etat)

    assert relancer(client, departement, personnes["region"]).status_code == 403
