"""Arrêter le récapitulatif d'un clic : un lien signé, qui ne touche que ce réglage (RFC 8058)."""

import logging
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail, signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Courriel, Motif, Notification, Utilisateur, prevenir
from pams_portal.typographie import espacer
from tests import factories as f

Rythme, Refus = Utilisateur.Recapitulatif, Utilisateur.LienRefuse
UN_CLIC = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def denis(personnes):
    return personnes["departement"]


@pytest.fixture
def agir(region, denis, personnes):
    """Rita agit, et deux jours passent."""

    def agir(motif=Motif.SUIVI):
        [notification] = prevenir(
            [denis], "a agi", f.make_contribution(region), par=personnes["region"], motif=motif
        )
        il_y_a_deux_jours = timezone.now() - timedelta(days=2)
        Notification.objects.filter(pk=notification.pk).update(partira_le=il_y_a_deux_jours)

    return agir


def envoyer():
    """Les courriels partis à la ronde de l'ouvrier."""
    mail.outbox.clear()
    Notification.objects.ranger()
    for courriel in Courriel.objects.a_essayer():
        courriel.envoyer()
    return mail.outbox


@pytest.fixture
def recapitulatif(agir):
    agir()
    [message] = envoyer()
    return message


@pytest.fixture
def lien(recapitulatif):
    entete = recapitulatif.extra_headers["List-Unsubscribe"]
    return entete.strip("<>").removeprefix(settings.SITE_URL)


def rythme(denis):
    denis.refresh_from_db()
    return denis.recapitulatif


def test_le_courriel_porte_les_en_tetes_et_dit_ce_qui_continue(recapitulatif, lien):
    assert recapitulatif.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"Ne plus recevoir ce récapitulatif : {settings.SITE_URL}{lien}\n" in recapitulatif.body
    assert "demande votre décision continuera de vous être envoyé" in recapitulatif.body


def test_ouvrir_le_lien_n_ecrit_rien_le_bouton_arrete_ce_seul_reglage(lien, denis):
    avant = Utilisateur.objects.filter(pk=denis.pk).values().get()
    anonyme = Client()

    ouverte = anonyme.get(lien)
    assert espacer("Ne plus recevoir le récapitulatif ?") in ouverte.text
    assert "demande votre décision, continue de vous être envoyé" in ouverte.text
    assert Utilisateur.objects.filter(pk=denis.pk).values().get() == avant

    assert "Vous ne recevrez plus le récapitulatif" in anonyme.post(lien).text
    apres = Utilisateur.objects.filter(pk=denis.pk).values().get()
    change = {cle for cle in avant if avant[cle] != apres[cle]}
    assert change == {"recapitulatif", "recapitulatif_arrete_le", "tour_du_recapitulatif"}
    assert apres["recapitulatif"] == Rythme.JAMAIS


def test_la_messagerie_arrete_d_un_seul_envoi_sans_session_ni_jeton(lien, denis, caplog):
    caplog.set_level(logging.INFO)

    assert Client(enforce_csrf_checks=True).post(lien, UN_CLIC).status_code == 200

    assert rythme(denis) == Rythme.JAMAIS
    assert f"Récapitulatif arrêté par le lien d’un courriel, {denis.pk}" in caplog.messages
    client = Client()
    client.force_login(denis)
    assert (
        "Vous avez arrêté le récapitulatif le" in client.get(reverse("notification_reglages")).text
    )


def test_arrete_ce_qui_demande_une_decision_arrive_encore(lien, denis, agir):
    Client().post(lien, UN_CLIC)
    agir()
    agir(Motif.DECISION)

    [message] = envoyer()

    assert message.to == [denis.courriel]
    assert "votre décision est demandée" in message.body


def test_qui_a_aussi_renonce_aux_decisions_l_apprend(lien, denis):
    Utilisateur.objects.filter(pk=denis.pk).update(immediat=False)

    assert "le portail ne vous enverra plus ces courriels-là" in Client().get(lien).text


def test_arrete_pendant_qu_il_attendait_il_ne_part_plus(agir, denis):
    agir()
    Notification.objects.ranger()
    denis.choisir_le_recapitulatif(Rythme.JAMAIS)

    assert Courriel.objects.get().envoyer() == "sans objet"


# --- Les liens qui ne valent pas ----------------------------------------------------------------


def refus_de(lien):
    """Ce que la page répond à un POST refusé."""
    reponse = Client().post(lien, UN_CLIC)
    assert reponse.status_code == 410
    assert "Rien n’a été changé." in reponse.text
    return reponse.text


def lien_de(jeton):
    return reverse("recapitulatif_arreter", args=[jeton])


def test_un_lien_falsifie_est_refuse(lien, denis):
    falsifie = lien[:-3] + ("A" if lien[-3] != "A" else "B") + lien[-2:]

    assert Refus.FAUX.label in refus_de(falsifie)
    assert rythme(denis) == Rythme.QUOTIDIEN


@pytest.mark.parametrize("contenu", [[], {}, "1", [None, 1], [0, 1], [10**30, 1], ["a", 1]])
def test_un_contenu_inattendu_mais_signe_est_refuse(denis, contenu):
    jeton = signing.dumps(contenu, salt=Utilisateur.SEL_DU_RECAPITULATIF)

    assert Refus.FAUX.label in refus_de(lien_de(jeton))


def test_la_signature_d_un_autre_but_est_refusee(denis):
    jeton = signing.dumps([denis.pk, 1], salt="acteurs.abonnement")

    assert Refus.FAUX.label in refus_de(lien_de(jeton))


def test_un_lien_de_plus_de_trois_mois_est_refuse(lien, denis, monkeypatch):
    plus_tard = time.time() + Utilisateur.VALIDITE_DU_LIEN.total_seconds() + 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: plus_tard)

    assert Refus.PERIME.label in refus_de(lien)
    assert rythme(denis) == Rythme.QUOTIDIEN


def test_un_lien_rejoue_est_refuse_avec_la_raison(lien, denis):
    Client().post(lien, UN_CLIC)

    assert Refus.DEJA.label in refus_de(lien)
    denis.refresh_from_db()
    assert denis.tour_du_recapitulatif == 2


def test_apres_s_etre_reabonne_l_ancien_lien_ne_vaut_plus(lien, denis, client):
    Client().post(lien, UN_CLIC)
    client.force_login(denis)
    client.post(reverse("notification_reglages"), {"immediat": "on", "recapitulatif": "quotidien"})

    assert Refus.CHANGE.label in refus_de(lien)
    assert rythme(denis) == Rythme.QUOTIDIEN
    assert denis.recapitulatif_arrete_le is None


def test_changer_l_autre_reglage_n_eteint_pas_le_lien(lien, denis, client):
    client.force_login(denis)
    client.post(reverse("notification_reglages"), {"recapitulatif": "quotidien"})

    assert Client().post(lien, UN_CLIC).status_code == 200
    denis.refresh_from_db()
    assert (denis.recapitulatif, denis.immediat) == (Rythme.JAMAIS, False)


def test_un_choix_fait_entre_la_lecture_et_l_ecriture_l_emporte(denis):
    lu = Utilisateur.objects.get(pk=denis.pk)
    denis.choisir_le_recapitulatif(Rythme.HEBDOMADAIRE)

    assert not lu.choisir_le_recapitulatif(Rythme.JAMAIS)
    assert rythme(denis) == Rythme.HEBDOMADAIRE
