"""Qui écrit ici en ce moment : un avis discret, jamais un verrou."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Presence
from acteurs.models.ecriture import PRESENCE
from tests import factories as f

DENIS = "Denis, Département (Département de la Somme) écrit ici en ce moment."


@pytest.fixture
def commun(departement):
    return f.make_contribution(departement, commune=True)


def signaler(client, qui, part, sorte="contributions", **envoi):
    client.force_login(qui)
    return client.post(reverse("plans:part_presence", args=[part.plan.slug, sorte, part.pk]), envoi)


def lues(client, qui, plan):
    client.force_login(qui)
    return client.get(reverse("plans:presence_list", args=[plan.slug])).json()


def test_les_autres_le_lisent_et_soi_meme_non(client, plan, commun, personnes):
    for _ in range(2):
        assert signaler(client, personnes["departement"], commun).status_code == 204
    assert lues(client, personnes["region"], plan) == {str(commun.identifiant): DENIS}
    assert lues(client, personnes["departement"], plan) == {}


def test_elle_s_efface_d_elle_meme_et_en_partant(client, plan, commun, personnes):
    signaler(client, personnes["departement"], commun)
    Presence.objects.update(vu_le=timezone.now() - PRESENCE)
    assert lues(client, personnes["region"], plan) == {}
    signaler(client, personnes["departement"], commun)
    assert lues(client, personnes["region"], plan) != {}
    signaler(client, personnes["departement"], commun, partir="1")
    assert lues(client, personnes["region"], plan) == {}


def test_a_plusieurs_la_phrase_s_accorde(client, plan, region, personnes):
    part = f.make_contribution(region)
    for qui in ("region", "redactrice"):
        signaler(client, personnes[qui], part)
    [phrase] = lues(client, personnes["departement"], plan).values()
    assert phrase == (
        "Rita, Région (Région Hauts-de-France) et Rose, rédactrice (Région Hauts-de-France) "
        "écrivent ici en ce moment."
    )


def test_une_presence_n_empeche_personne_d_ecrire(client, plan, region, personnes):
    part = f.make_contribution(region)
    signaler(client, personnes["redactrice"], part)
    client.force_login(personnes["region"])
    url = reverse("plans:contribution_update", args=[plan.slug, part.pk])
    client.post(url, {"texte": "J’écris aussi.", "version": 1})
    part.refresh_from_db()
    assert part.texte == "J’écris aussi."


def test_ecrire_une_ligne_se_dit_sur_sa_fiche(client, plan, region, personnes):
    fiche = f.make_fiche(region)
    signaler(client, personnes["region"], f.make_etape(fiche), "etapes")
    assert list(lues(client, personnes["departement"], plan)) == [str(fiche.identifiant)]


def test_le_releve_d_un_plan_ne_dit_rien_d_un_autre(client, autre_plan, commun, personnes):
    signaler(client, personnes["departement"], commun)
    assert lues(client, personnes["etrangere"], autre_plan) == {}


def test_le_releve_coute_autant_pour_une_que_pour_trois(
    client, plan, region, personnes, django_assert_num_queries
):
    for attendu in (1, 3):
        while Presence.objects.count() < attendu:
            signaler(client, personnes["region"], f.make_contribution(region))
        client.force_login(personnes["departement"])
        with django_assert_num_queries(6):
            client.get(reverse("plans:presence_list", args=[plan.slug]))


def test_l_elagage_n_ote_que_les_silences(client, commun, personnes):
    signaler(client, personnes["departement"], commun)
    Presence.objects.elaguer()
    assert Presence.objects.exists()
    Presence.objects.update(vu_le=timezone.now() - PRESENCE - timedelta(seconds=1))
    Presence.objects.elaguer()
    assert not Presence.objects.exists()
