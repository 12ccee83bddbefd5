"""Proposer une correction : la fiche en formulaire, dont seul ce qui change est proposé."""

import pytest
from pytest_django.asserts import assertContains

from dispositifs.models import Dispositif, Signalement
from tests import factories as f


@pytest.fixture
def fiche(territoire, association, saisie):
    return f.make_dispositif(
        association.acteur,
        **{**saisie, "publics": ["tous-publics"], "zone_eligibilite": ["epci-200043495"]},
    )


def proposer(client, fiche, saisie, **champs):
    donnees = saisie | {"version": fiche.version} | champs
    return client.post(f"/dispositifs/{fiche.pk}/proposer/", donnees)


def test_seul_ce_qui_change_est_propose_et_rien_n_est_ecrit(client, personnes, fiche, saisie):
    client.force_login(personnes["spe"])
    avant = fiche.valeurs()

    reponse = proposer(client, fiche, saisie, delai="Trois semaines", capacite="1 200")

    signalement = Signalement.objects.get()
    assert reponse.url == signalement.get_absolute_url()
    assert signalement.valeurs_proposees == {"delai": "Trois semaines", "capacite": 1200}
    assert Dispositif.objects.get().valeurs() == avant
    assertContains(client.get(reponse.url), "Trois semaines")


def test_sans_rien_changer_ni_dire_rien_n_est_propose(client, personnes, fiche, saisie):
    client.force_login(personnes["spe"])
    assertContains(proposer(client, fiche, saisie), "Vous n’avez rien changé")
    assert not Signalement.objects.exists()


def test_une_saisie_fausse_revient_avec_sa_raison(client, personnes, fiche, saisie):
    client.force_login(personnes["spe"])
    page = proposer(client, fiche, saisie, commune="Nulle-Part", delai="Trois semaines")
    assertContains(page, "Nulle-Part")
    assertContains(page, "Trois semaines")
    assert not Signalement.objects.exists()


def test_la_source_et_l_etat_ne_se_proposent_pas(client, personnes, fiche, saisie):
    client.force_login(personnes["spe"])
    proposer(client, fiche, saisie, source="Moi", statut="ferme", tenu_par="1", message="Voir")
    assert Signalement.objects.get().valeurs_proposees == {}


def test_ce_qu_un_autre_a_change_pendant_la_saisie_n_est_pas_defait(
    client, personnes, fiche, saisie
):
    perimee = fiche.version
    fiche.poser(personnes["associee"], None, "modifier", {"delai": "Deux jours"})
    client.force_login(personnes["spe"])

    proposer(client, fiche, saisie, version=perimee, delai="", adresse="1 rue du Pont")

    assert Signalement.objects.get().valeurs_proposees == {"adresse": "1 rue du Pont"}
