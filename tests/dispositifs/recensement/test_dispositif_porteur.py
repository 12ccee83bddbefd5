"""Corriger la structure porteuse : un acte à part, qui peut changer la fiche de main."""

import pytest

from acteurs.models import Acte
from dispositifs.models import Dispositif
from tests import factories as f


def adresse(dispositif):
    return f"/dispositifs/{dispositif.pk}/porteur/"


@pytest.fixture
def tenue(absente, region):
    return f.make_dispositif(absente, tenu_par=region.acteur, statut="signale")


def test_designer_une_structure_du_portail_lui_donne_la_fiche(
    client, redacteur, personnes, tenue, association
):
    client.force_login(redacteur)

    reponse = client.post(adresse(tenue), {"porteur": association.acteur.pk})

    tenue.refresh_from_db()
    assert reponse.url == tenue.get_absolute_url()
    assert (tenue.porteur, tenue.tenu_par) == (association.acteur, association.acteur)
    acte = Acte.objects.sur(tenue).get()
    assert (acte.verbe, sorted(acte.apres)) == ("attribuer", ["porteur", "tenu_par"])


def test_designer_une_autre_structure_absente_laisse_la_fiche_a_qui_la_tient(
    client, redacteur, region, tenue
):
    autre = f.make_acteur(nom="Autre absente")
    client.force_login(redacteur)

    client.post(adresse(tenue), {"porteur": autre.pk, "tenu_par": autre.pk})

    tenue.refresh_from_db()
    assert (tenue.porteur, tenue.tenu_par) == (autre, region.acteur)


@pytest.mark.parametrize("porteur", ["", "424242", "abc", "1" * 30])
def test_une_structure_inconnue_ne_change_rien(client, redacteur, tenue, absente, porteur):
    client.force_login(redacteur)

    reponse = client.post(adresse(tenue), {"porteur": porteur})

    tenue.refresh_from_db()
    assert reponse.status_code == 200
    assert tenue.porteur == absente


@pytest.mark.parametrize("qui", ["departement", "lectrice", "etrangere", "admin"])
def test_un_autre_ne_designe_pas_la_structure_porteuse(client, personnes, tenue, absente, qui):
    client.force_login(personnes[qui])

    assert client.get(adresse(tenue)).status_code == 403
    reponse = client.post(adresse(tenue), {"porteur": personnes[qui].pk})
    assert reponse.status_code == 403
    assert Dispositif.objects.get(pk=tenue.pk).porteur == absente


def test_la_recherche_propose_des_structures_a_designer(client, redacteur, tenue):
    f.make_acteur(nom="Garage des Trois Rivières")
    client.force_login(redacteur)

    page = client.get(adresse(tenue), {"q": "trois rivieres"}).content.decode()

    assert 'Désigner<span class="hors-ecran"> Garage des Trois Rivières</span>' in page
