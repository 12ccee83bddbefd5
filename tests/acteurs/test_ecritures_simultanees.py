"""Deux personnes inscrivent le même organisme au même instant, sur de vraies connexions."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.http import Http404

from acteurs.models import Acte, Acteur, Etablissement
from pams_portal.droits import Droit, Role
from tests import factories as f
from tests.acteurs.test_acteur_create import ADRESSE, SAISIE


def attendre_un_verrou():
    """Revient quand une autre connexion attend la nôtre, ou après dix secondes."""
    for _ in range(200):
        with connection.cursor() as curseur:
            curseur.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if curseur.fetchone()[0]:
                return
        time.sleep(0.05)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_la_seconde_inscription_du_meme_siren_est_expliquee_et_rend_sa_saisie(client):
    client.force_login(f.make_utilisateur(f.make_acteur(), Role.REDACTEUR))
    inscrit = threading.Event()

    def inscrire():
        try:
            with transaction.atomic():
                f.make_acteur(nom="Inscrite la première", siren="200053742")
                inscrit.set()
                attendre_un_verrou()
        finally:
            connection.close()

    rivale = threading.Thread(target=inscrire)
    rivale.start()
    inscrit.wait(timeout=10)
    response = client.post(ADRESSE, SAISIE | {"siren": "200053742"})
    rivale.join()
    assert response.status_code == 200
    assert "déjà celui de" in response.context["form"].errors["siren"][0]
    assert response.context["form"]["nom"].value() == "Roues libres"
    assert list(Acteur.objects.filter(siren="200053742").values_list("nom", flat=True)) == [
        "Inscrite la première"
    ]


@pytest.mark.django_db
def test_supprimer_ce_qui_vient_de_l_etre_dit_que_ce_n_est_plus_la():
    """Deux personnes, ou deux clics : jamais une panne, et rien au journal."""
    personne = f.make_utilisateur(f.make_acteur(), Role.GESTIONNAIRE)
    etablissement = f.make_etablissement(personne.habilitations.get().acteur)
    vu_par_un_autre = Etablissement.objects.get(pk=etablissement.pk)
    etablissement.delete()

    with pytest.raises(Http404, match="vient de le supprimer"):
        vu_par_un_autre.supprimer(personne, Droit.MODIFIER_ACTEUR)
    assert Acte.objects.count() == 0
