"""Un co-pilote demande de confirmer une fiche de son bassin : une fois par mois et par adresse."""

from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django.asserts import assertContains, assertNotContains

from dispositifs.models import Dispositif, Envoi
from tests import factories as f


@pytest.fixture
def locale(bassin, absente):
    [epci] = bassin.perimetre.epci.all()
    f.make_commune(epci)
    return f.make_dispositif(
        absente, courriel="contact@vimeu.example.org", zone_eligibilite=[f"epci-{epci.pk}"]
    )


def demander(client, dispositif):
    chemin = f"/dispositifs/{dispositif.pk}/demander-confirmation/"
    return client.post(chemin, follow=True)


def test_le_co_pilote_demande_et_la_fiche_le_dit(client, personnes, locale, courriels):
    client.force_login(personnes["region"])

    page = demander(client, locale)

    assertContains(page, "La confirmation est demandée à 1 adresse.")
    assertContains(page, "par Région Hauts-de-France, sans réponse pour l’instant")
    [courriel] = courriels
    assert courriel.to == ["contact@vimeu.example.org"]
    assert "Région Hauts-de-France vous demande de relire" in courriel.body
    assert Dispositif.objects.get().version == 1


def test_deux_co_pilotes_ne_demandent_pas_deux_fois_le_meme_mois(
    client, personnes, locale, courriels
):
    client.force_login(personnes["region"])
    demander(client, locale)
    client.force_login(personnes["departement"])

    assertContains(demander(client, locale), "a déjà été demandée ce mois-ci")
    assert len(courriels) == 1
    call_command("demander_confirmations", stdout=StringIO())
    assert len(courriels) == 1


def test_sans_adresse_on_le_dit(client, personnes, locale):
    Dispositif.objects.update(courriel="")
    client.force_login(personnes["region"])
    assertContains(demander(client, locale), "il n’y a personne à joindre")


def test_une_structure_ne_fait_pas_partir_mille_courriels(client, personnes, locale, monkeypatch):
    monkeypatch.setattr(Envoi, "DEMANDES_PAR_JOUR", 1)
    client.force_login(personnes["region"])
    demander(client, locale)
    Dispositif.objects.update(courriel="autre@vimeu.example.org")

    assertContains(demander(client, locale), "à demain")
    assert Envoi.objects.count() == 1


def test_le_bouton_n_est_qu_au_co_pilote_du_bassin(client, personnes, locale):
    for qui, montre in {
        "region": True,
        "departement": True,
        "etrangere": False,
        "spe": False,
    }.items():
        client.force_login(personnes[qui])
        verifier = assertContains if montre else assertNotContains
        verifier(client.get(locale.get_absolute_url()), "Demander confirmation")


def test_un_get_ne_demande_rien(client, personnes, locale):
    client.force_login(personnes["region"])
    chemin = f"/dispositifs/{locale.pk}/demander-confirmation/"
    assert client.get(chemin).status_code == 405
    assert not Envoi.objects.exists()
