"""Remettre la fiche à la structure porteuse, quand elle arrive sur le portail."""

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied, ValidationError

from acteurs.models import Acte
from pams_portal.droits import Role
from tests import factories as f


@pytest.fixture
def tenue(absente, region):
    """La fiche d'une structure absente, que la Région tient en attendant."""
    return f.make_dispositif(
        absente, tenu_par=region.acteur, saisi_par=region.acteur, statut="signale"
    )


def remettre(client, dispositif):
    return client.post(f"/dispositifs/{dispositif.pk}/remettre/")


def bouton_propose(client, dispositif):
    page = client.get(dispositif.get_absolute_url()).content.decode()
    return "Remettre à la structure porteuse" in page


def test_tant_que_la_structure_est_absente_on_ne_lui_remet_rien(client, redacteur, tenue, region):
    client.force_login(redacteur)

    reponse = remettre(client, tenue)

    tenue.refresh_from_db()
    assert not bouton_propose(client, tenue)
    assert [str(m) for m in get_messages(reponse.wsgi_request)] == [
        "La structure porteuse n’a encore personne sur le portail."
    ]
    assert tenue.tenu_par == region.acteur


def test_la_structure_arrivee_recoit_sa_fiche_et_l_acte_se_lit(client, redacteur, tenue, absente):
    f.make_utilisateur(absente, Role.REDACTEUR)
    client.force_login(redacteur)
    assert bouton_propose(client, tenue)

    reponse = remettre(client, tenue)

    tenue.refresh_from_db()
    assert reponse.status_code == 302
    assert tenue.tenu_par == absente
    acte = Acte.objects.sur(tenue).get()
    assert (acte.verbe, acte.apres) == ("attribuer", {"tenu_par": absente.pk})
    assert client.get(f"/dispositifs/{tenue.pk}/modifier/").status_code == 403


def test_la_structure_porteuse_reprend_elle_meme_sa_fiche(client, tenue, absente):
    client.force_login(f.make_utilisateur(absente, Role.REDACTEUR))

    remettre(client, tenue)

    tenue.refresh_from_db()
    assert tenue.tenu_par == absente


def test_une_fiche_deja_tenue_par_sa_structure_n_est_pas_remise(personnes, garage):
    with pytest.raises(ValidationError):
        garage.remettre_au_porteur(personnes["associee"])


def test_un_autre_ne_remet_pas_la_fiche(client, personnes, tenue, absente):
    f.make_utilisateur(absente, Role.REDACTEUR)
    for qui in ("departement", "lectrice", "etrangere", "admin"):
        client.force_login(personnes[qui])
        assert remettre(client, tenue).status_code == 403
        with pytest.raises(PermissionDenied):
            tenue.remettre_au_porteur(personnes[qui])


def test_lire_l_adresse_ne_remet_rien(client, redacteur, tenue):
    client.force_login(redacteur)

    assert client.get(f"/dispositifs/{tenue.pk}/remettre/").status_code == 405
