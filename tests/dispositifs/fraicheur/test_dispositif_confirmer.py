"""« Toujours exact » : confirmer un dispositif, d'un bouton."""

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from acteurs.models import Acte
from dispositifs.models import Dispositif
from tests import factories as f


def confirmer(client, dispositif, **donnees):
    return client.post(f"/dispositifs/{dispositif.pk}/confirmer/", donnees)


def test_confirmer_publie_la_fiche_et_la_date_de_ce_jour(client, personnes, association, garage):
    client.force_login(personnes["associee"])

    reponse = confirmer(client, garage)

    garage.refresh_from_db()
    assert reponse.url == garage.get_absolute_url()
    assert (garage.statut, garage.confirme_le) == ("verifie", timezone.localdate())
    assert garage.confirme_par == association.acteur
    acte = Acte.objects.sur(garage).get()
    assert (acte.verbe, acte.utilisateur) == ("confirmer", personnes["associee"])
    client.logout()
    assert client.get(garage.get_absolute_url()).status_code == 200


def test_confirmer_deux_fois_le_meme_jour_est_sans_effet(client, personnes, garage):
    client.force_login(personnes["associee"])

    confirmer(client, garage)
    confirmer(client, garage)

    assert Acte.objects.sur(garage).count() == 1
    assert Dispositif.objects.get(pk=garage.pk).version == 2


def test_lire_l_adresse_ne_confirme_rien(client, personnes, garage):
    client.force_login(personnes["associee"])

    assert client.get(f"/dispositifs/{garage.pk}/confirmer/").status_code == 405
    assert Dispositif.objects.get(pk=garage.pk).confirme_le is None


@pytest.mark.parametrize("statut", ["signale", "ferme"])
@pytest.mark.parametrize("qui", ["region", "lectrice", "etrangere", "sans_acteur", "admin"])
def test_on_ne_confirme_pas_la_fiche_d_un_autre(client, personnes, garage, qui, statut):
    Dispositif.objects.filter(pk=garage.pk).update(statut=statut)
    client.force_login(personnes[qui])

    assert confirmer(client, garage).status_code == 403
    assert Dispositif.objects.get(pk=garage.pk).statut == statut


def test_on_ne_confirme_ni_pour_un_autre_ni_a_une_autre_date(client, personnes, garage, region):
    client.force_login(personnes["associee"])

    confirmer(client, garage, confirme_par=region.acteur.pk, confirme_le="2030-01-01")

    garage.refresh_from_db()
    assert garage.confirme_par == garage.porteur
    assert garage.confirme_le == timezone.localdate()


@pytest.mark.parametrize("statut", ["suspendu", "ferme"])
def test_un_dispositif_hors_service_se_rouvre_avant_de_se_confirmer(
    client, personnes, garage, statut
):
    Dispositif.objects.filter(pk=garage.pk).update(statut=statut)
    client.force_login(personnes["associee"])

    reponse = confirmer(client, garage)

    [message] = get_messages(reponse.wsgi_request)
    assert str(message) == "Ce dispositif n’est plus en service : rouvrez-le d’abord."
    assert Dispositif.objects.get(pk=garage.pk).statut == statut


def test_confirme_par_qui_tient_la_fiche_n_est_pas_confirme_par_la_structure_porteuse(
    client, redacteur, region, absente
):
    dispositif = f.make_dispositif(absente, tenu_par=region.acteur, saisi_par=region.acteur)
    client.force_login(redacteur)

    confirmer(client, dispositif)

    dispositif.refresh_from_db()
    assert (dispositif.statut, dispositif.confirme_par) == ("verifie", region.acteur)
    assert dispositif.reserve == f"Saisi par la {region.acteur}, non confirmé par {absente}."
