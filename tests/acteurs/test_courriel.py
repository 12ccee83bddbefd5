"""La file des courriels : rien ne se perd, presque rien ne se double, rien ne s'y glisse."""

import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from datetime import timedelta
from email import message_from_bytes, policy
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django.asserts import assertRedirects

from acteurs.models import Abonnement, Courriel, Motif, Notification, prevenir
from acteurs.models.courriel import ATTENTES, SILENCE
from tests import factories as f

Etat = Courriel.Etat


@pytest.fixture
def denis(personnes):
    return personnes["departement"]


def deposer(region, denis, par, texte="a agi"):
    """Un courriel prêt à partir vers Denis."""
    contribution = f.make_contribution(region)
    (notification,) = prevenir([denis], texte, contribution, par=par, motif=Motif.MENTION)
    Notification.objects.filter(pk=notification.pk).update(
        partira_le=timezone.now() - timedelta(seconds=1)
    )
    Notification.objects.ranger()
    return Courriel.objects.latest("pk")


@pytest.fixture
def courriel(region, denis, personnes):
    return deposer(region, denis, personnes["region"])


class ServeurEnPanne:
    """Un serveur d'envoi qui refuse, dans l'ordre, ce qu'on lui dit de refuser."""

    def __init__(self, *refus):
        self.refus = list(refus)

    def send_messages(self, messages):
        if self.refus and (erreur := self.refus.pop(0)):
            raise erreur
        mail.outbox.extend(messages)
        return len(messages)


@pytest.fixture
def panne(monkeypatch):
    def installer(*refus):
        serveur = ServeurEnPanne(*refus)
        monkeypatch.setattr(
            "django.core.mail.message.EmailMessage.get_connection", lambda *a: serveur
        )

    return installer


# --- Envoyer, réessayer, renoncer --------------------------------------------------------------


def test_le_depot_fait_naitre_le_travail_dans_la_meme_transaction(courriel):
    (travail,) = DBTaskResult.objects.filter(task_path="acteurs.courriels.envoyer_courriel")
    assert travail.args_kwargs["args"] == [courriel.pk]
    assert mail.outbox == []  # jamais dans la requête


def test_un_refus_passager_fait_reessayer_de_plus_en_plus_tard(courriel, panne):
    panne(*[SMTPServerDisconnected("occupé")] * len(ATTENTES), None)
    for tentative, attente in enumerate(ATTENTES, start=1):
        assert courriel.envoyer() == "reporté"
        courriel.refresh_from_db()
        assert (courriel.etat, courriel.tentatives) == (Etat.A_ENVOYER, tentative)
        ecart = courriel.prochain_essai - timezone.now() - attente
        assert abs(ecart) < timedelta(seconds=10)
        assert courriel.envoyer() == "déjà pris"  # pas avant l'heure
        Courriel.objects.update(prochain_essai=timezone.now())
    assert courriel.envoyer() == "envoyé"
    assert len(mail.outbox) == 1


def test_apres_six_essais_on_renonce_et_cela_se_voit(courriel, panne, denis):
    panne(*[OSError("réseau coupé")] * 6)
    bilans = []
    for _ in range(6):
        Courriel.objects.update(prochain_essai=timezone.now())
        bilans.append(courriel.envoyer())
    courriel.refresh_from_db()
    client = Client()
    client.force_login(denis)

    assert bilans == ["reporté"] * 5 + ["abandonné"]
    assert (courriel.etat, courriel.erreur) == (Etat.ABANDONNE, "réseau coupé")
    assert "n’a pas pu vous être remis" in " ".join(client.get("/notifications/").text.split())


def test_une_adresse_refusee_pour_de_bon_n_est_pas_reessayee(courriel, panne, denis):
    panne(SMTPRecipientsRefused({denis.courriel: (550, b"inconnu ici")}))
    assert courriel.envoyer() == "abandonné"


def test_une_liste_grise_n_est_pas_un_refus_pour_de_bon(courriel, panne, denis):
    panne(SMTPRecipientsRefused({denis.courriel: (451, b"plus tard")}))
    assert courriel.envoyer() == "reporté"


def test_l_administration_fait_repartir_un_courriel_abandonne(courriel, personnes):
    Courriel.objects.update(etat=Etat.ABANDONNE, tentatives=6)
    client = Client()
    client.force_login(personnes["admin"])
    liste = reverse("admin:acteurs_courriel_changelist")
    assert client.get(liste).status_code == 200
    client.post(liste, {"action": "essayer_de_nouveau", "_selected_action": [courriel.pk]})

    assert courriel.envoyer() == "envoyé"


# --- Mourir au milieu --------------------------------------------------------------------------


def test_mort_avant_l_envoi_il_repart_mort_apres_il_garde_son_message_id(courriel):
    courriel.commencer()  # l'ouvrier meurt ici, avant ou après l'envoi : on ne peut le savoir
    Courriel.objects.relever()
    assert courriel.envoyer() == "déjà pris"  # il vit peut-être encore

    Courriel.objects.update(pris_le=timezone.now() - SILENCE - timedelta(seconds=1))
    Courriel.objects.relever()
    Courriel.objects.update(prochain_essai=timezone.now())
    repris = Courriel.objects.get()
    assert repris.envoyer() == "envoyé"
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{courriel.identifiant}@127.0.0.1>"


def test_un_ouvrier_en_retard_n_ecrit_plus_sur_l_envoi_repris(courriel):
    courriel.commencer()
    en_retard = Courriel.objects.get()
    Courriel.objects.update(pris_le=timezone.now() - timedelta(hours=1))
    Courriel.objects.relever()
    Courriel.objects.update(prochain_essai=timezone.now())
    Courriel.objects.get().envoyer()

    assert en_retard.reporter("trop tard") == "repris par un autre"
    assert Courriel.objects.get().etat == Etat.ENVOYE


def test_un_travail_perdu_est_redemande(courriel):
    DBTaskResult.objects.all().delete()
    Courriel.objects.update(prochain_essai=timezone.now() - timedelta(hours=1))
    Courriel.objects.relever()

    assert DBTaskResult.objects.count() == 1


def test_la_commande_planifiee_fait_tout_le_chemin(courriel, capsys):
    call_command("notifier")
    assert capsys.readouterr().out == "0 courriel(s) de plus dans la file, 1 envoyé(s).\n"
    assert len(mail.outbox) == 1


# --- Ce que le texte des autres ne peut pas faire ----------------------------------------------


@pytest.mark.parametrize(
    "hostile",
    [
        "a agi\r\nBcc: tous@example.org",
        "a agi\nContent-Type: text/html\n\n<script>",
        "a agi\u2028Bcc: tous@example.org",
        "a agi\x00\x0b\x0cBcc: tous@example.org",
        "=?utf-8?q?a=0D=0ABcc=3A_tous=40example.org?=",
        "é" * 200,
    ],
)
def test_un_texte_hostile_n_ajoute_aucun_en_tete(region, denis, personnes, hostile):
    personnes["region"].nom = f"Rita\r\nBcc: tous@example.org {hostile[:60]}"
    deposer(region, denis, personnes["region"], texte=hostile).envoyer()
    recu = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)

    assert set(recu) == {
        *("Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To"),
        *("Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"),
    }
    assert recu.get_content_type() == "text/plain"
    assert recu["To"] == denis.courriel
    assert len(recu["Subject"].strip()) <= 150


# --- Quitter un fil par son lien ---------------------------------------------------------------


@pytest.fixture
def lien(courriel):
    courriel.envoyer()
    entete = mail.outbox[0].extra_headers["List-Unsubscribe"]
    return entete.strip("<>").removeprefix(settings.SITE_URL)


def test_ouvrir_le_lien_ne_change_rien_le_bouton_quitte(lien, denis):
    assert lien in mail.outbox[0].body
    anonyme = Client()
    assert "Ne plus suivre ce fil" in anonyme.get(lien).text
    assert Abonnement.objects.get().actif

    assert "Vous ne suivez plus ce fil" in anonyme.post(lien).text
    assert not Abonnement.objects.get().actif
    assert "Vous ne suivez plus ce fil" in anonyme.get(lien).text  # rejoué : sans effet


def test_la_messagerie_quitte_d_un_seul_envoi(lien):
    messagerie = Client(enforce_csrf_checks=True)
    assert mail.outbox[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert messagerie.post(lien, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Abonnement.objects.get().actif


def test_un_lien_falsifie_ou_d_avant_un_reabonnement_est_refuse(lien, denis):
    abonnement = Abonnement.objects.get()
    falsifie = lien[:-3] + ("A" if lien[-3] != "A" else "B") + lien[-2:]
    assert Client().post(falsifie).status_code == 410

    abonnement.quitter()
    abonnement.suivre()
    assert Client().post(lien).status_code == 410
    assert Abonnement.objects.get().actif


def test_on_ne_quitte_pas_le_fil_d_un_autre_depuis_le_portail(lien, personnes):
    client = Client()
    client.force_login(personnes["aom"])
    fil = Abonnement.objects.get().fil
    assert client.post(reverse("fil_suivre", args=[fil])).status_code == 404
    assert Abonnement.objects.get().actif


@pytest.mark.parametrize(
    "retour", ["-1", "x y", "accueil", "//ailleurs.example.org/", "https://ailleurs.example.org/"]
)
def test_suivre_ne_ramene_qu_a_un_chemin_du_portail(lien, denis, retour):
    client = Client()
    client.force_login(denis)
    suivre = reverse("fil_suivre", args=[Abonnement.objects.get().fil])
    assertRedirects(client.post(suivre, {"retour": retour}), reverse("notification_list"))
    assert not Abonnement.objects.get().actif
    assert client.post(suivre, {"retour": "/plans/?x=1#y"}).url == "/plans/?x=1#y"
    assert Abonnement.objects.get().actif


# --- Plusieurs ouvriers, une mort subite, un vrai serveur --------------------------------------


class Boite(socketserver.StreamRequestHandler):
    """Un serveur SMTP de quelques lignes : il garde ce qu'il reçoit."""

    def handle(self):
        self.dire("220 essai")
        while ligne := self.rfile.readline():
            verbe = ligne[:4].upper()
            if verbe == b"DATA":
                self.dire("354 dites")
                lignes = iter(self.rfile.readline, b".\r\n")
                self.server.recus.append(message_from_bytes(b"".join(lignes)))
                self.dire("250 pris")
            elif verbe == b"QUIT":
                return self.dire("221 adieu")
            else:
                self.dire("250 oui")
        return None

    def dire(self, phrase):
        self.wfile.write(f"{phrase}\r\n".encode())


@pytest.fixture
def boite():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Boite) as serveur:
        serveur.recus = []
        threading.Thread(target=serveur.serve_forever, daemon=True).start()
        yield serveur
        serveur.shutdown()


def lancer(commande, boite):
    """Un processus à part, sur la base de l'essai et le serveur d'envoi de l'essai."""
    base = connection.settings_dict
    hote, port = boite.server_address
    acces = (
        f"{base['USER']}:{base['PASSWORD']}@{base['HOST'] or '127.0.0.1'}:{base['PORT'] or 5432}"
    )
    environnement = os.environ | {
        "DATABASE_URL": f"postgres://{acces}/{base['NAME']}",
        "EMAIL_URL": f"smtp://{hote}:{port}",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", *commande], cwd=settings.BASE_DIR, env=environnement
    )


def mentionner(nombre, region, denis, personnes):
    """Autant de fils, tous mûrs."""
    for _ in range(nombre):
        contribution = f.make_contribution(region)
        prevenir([denis], "a agi", contribution, par=personnes["region"], motif=Motif.MENTION)
    Notification.objects.update(partira_le=timezone.now() - timedelta(seconds=1))


@pytest.mark.postgres
@pytest.mark.lent
@pytest.mark.django_db(transaction=True)
def test_deux_ouvriers_a_la_fois_n_envoient_qu_une_fois(region, denis, personnes, boite):
    """Rangement et envoi se disputent les mêmes lignes, dans quatre processus."""
    mentionner(20, region, denis, personnes)
    processus = [lancer(["notifier"], boite) for _ in range(4)]
    assert [p.wait(timeout=120) for p in processus] == [0] * 4

    identifiants = [message["Message-ID"] for message in boite.recus]
    assert len(identifiants) == len(set(identifiants)) == 20
    assert Courriel.objects.filter(etat=Etat.ENVOYE).count() == 20


@pytest.mark.postgres
@pytest.mark.lent
@pytest.mark.django_db(transaction=True)
def test_tue_net_au_milieu_aucun_ne_se_perd(region, denis, personnes, boite):
    mentionner(30, region, denis, personnes)
    victime = lancer(["notifier"], boite)
    limite = time.monotonic() + 90
    while len(boite.recus) < 5 and time.monotonic() < limite:
        time.sleep(0.005)
    victime.send_signal(signal.SIGKILL)
    victime.wait()
    assert 5 <= len(boite.recus) < 30

    Courriel.objects.filter(etat=Etat.EN_COURS).update(pris_le=timezone.now() - timedelta(hours=1))
    Courriel.objects.relever()
    Courriel.objects.update(prochain_essai=timezone.now())
    assert lancer(["notifier"], boite).wait(timeout=120) == 0

    identifiants = [message["Message-ID"] for message in boite.recus]
    assert len(set(identifiants)) == 30
    assert len(identifiants) <= 31  # un seul a pu partir deux fois, sous le même identifiant


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_deux_rangements_simultanes_ne_font_qu_un_courriel(region, denis, personnes):
    """Le second attend le verrou du compte, puis ne trouve plus rien à ranger."""
    mentionner(1, region, denis, personnes)
    range_ = threading.Event()
    rangs = {}

    def second():
        range_.wait(10)
        rangs["second"] = Notification.objects.ranger()
        connection.close()

    fil = threading.Thread(target=second)
    fil.start()
    with transaction.atomic():
        rangs["premier"] = Notification.objects.ranger()
        range_.set()
        time.sleep(1)  # le second lit encore l'état d'avant, et va jusqu'au verrou
    fil.join(20)

    assert rangs == {"premier": 1, "second": 0}
    assert Courriel.objects.get().notifications.count() == 1
