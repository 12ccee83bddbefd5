"""Deux tournées, deux réponses, deux ouvriers en même temps : PostgreSQL seul le montre."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django_tasks_db.models import DBTaskResult

from dispositifs.fraicheur.courriels import envoyer_demandes
from dispositifs.models import DemandeDeConfirmation, Dispositif, Envoi, LienRefuse
from tests import factories as f

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ENSEMBLE = 4


@pytest.fixture(autouse=True)
def sur_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite n’a qu’un écrivain à la fois")


def ensemble(acte):
    """Joue l'acte dans quatre fils partis au même instant ; rend ce que chacun a obtenu."""
    depart = Barrier(ENSEMBLE)

    def jouer(rang):
        depart.wait()
        try:
            return acte(rang)
        except LienRefuse as refus:
            return refus.motif
        finally:
            connection.close()

    with ThreadPoolExecutor(ENSEMBLE) as fils:
        return list(fils.map(jouer, range(ENSEMBLE)))


def test_quatre_tournees_lancees_ensemble_ne_preparent_qu_un_courriel_par_adresse():
    for rang in range(20):
        f.make_dispositif(statut="signale", courriel=f"contact{rang}@example.org")

    ensemble(lambda _: call_command("demander_confirmations", stdout=StringIO()))

    adresses = sorted(Envoi.objects.values_list("courriel", flat=True))
    assert adresses == sorted(f"contact{rang}@example.org" for rang in range(20))
    assert DemandeDeConfirmation.objects.count() == DBTaskResult.objects.count() == 20


def test_quatre_ouvriers_sur_le_meme_travail_n_envoient_qu_une_fois():
    demande = f.make_demande(f.make_dispositif(statut="signale", courriel="a@example.org"))

    faits = ensemble(lambda _: envoyer_demandes.func(demande.envoi_id))

    assert sorted(faits) == ["déjà pris", "déjà pris", "déjà pris", "envoyé"]
    assert len(mail.outbox) == 1


def test_quatre_reponses_par_le_meme_lien_n_en_font_qu_une():
    dispositif = f.make_dispositif(statut="signale", courriel="a@example.org")
    pk = f.make_demande(dispositif).pk

    def repondre(rang):
        demande = DemandeDeConfirmation.objects.select_related("dispositif").get(pk=pk)
        return str(demande.confirmer(1) if rang % 2 else demande.fermer(1))

    faits = ensemble(repondre)

    assert faits.count(dispositif.nom) == 1
    assert Dispositif.objects.get().version == 2
