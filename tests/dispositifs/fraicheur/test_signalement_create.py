"""Signaler une erreur : chacun le peut ; le public, sans dire qui il est et sans submerger."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from acteurs.models import Acte
from dispositifs.forms import signalement as formulaires
from dispositifs.models import DepotPublic, Dispositif, Signalement
from tests import factories as f


@pytest.fixture
def publie(association):
    return f.make_dispositif(association.acteur, nom="Atelier vélo")


@pytest.fixture
def pressee(monkeypatch):
    """Une personne qui a déjà lu la page : l'essai n'attend pas deux secondes."""
    monkeypatch.setattr(formulaires, "SECONDES_AU_MOINS", -1)


def signaler(client, dispositif, message="Fermé le samedi", adresse="192.0.2.7", **champs):
    donnees = {"message": message, "ouvert": formulaires.maintenant(), "site": ""} | champs
    return client.post(f"/dispositifs/{dispositif.pk}/signaler/", donnees, REMOTE_ADDR=adresse)


# --- Le public -----------------------------------------------------------------------------------


def test_le_public_signale_et_suit_la_reponse_par_une_adresse_opaque(client, publie, pressee):
    reponse = signaler(client, publie)

    signalement = Signalement.objects.get()
    assert reponse.url == f"/dispositifs/signalements/suivi/{signalement.identifiant}/"
    page = client.get(reponse.url)
    assertContains(page, "Fermé le samedi")
    assertContains(page, "En attente de réponse")
    assertContains(page, "Gardez l’adresse de cette page")
    assert (signalement.origine, signalement.utilisateur, signalement.acteur) == (
        "public",
        None,
        None,
    )


def test_rien_n_est_garde_de_qui_signale(client, publie, pressee):
    signaler(client, publie, adresse="192.0.2.77")

    [depot] = DepotPublic.objects.values()
    assert "192.0.2.77" not in str(depot)
    acte = Acte.objects.get(cible_type="dispositifs.signalement")
    assert (acte.nom_utilisateur, acte.nom_acteur) == ("Une personne non connectée", "")
    assert "192.0.2.77" not in str(Signalement.objects.values()) + str(Acte.objects.values())


def test_signaler_ne_change_pas_la_fiche(client, publie, pressee):
    avant = publie.valeurs()
    signaler(client, publie, statut="ferme", nom="Pirate")
    assert Dispositif.objects.get().valeurs() == avant
    assert not Acte.objects.sur(publie).exists()


@pytest.mark.parametrize("statut", ["signale", "suspendu", "ferme"])
def test_le_public_ne_signale_que_sur_une_fiche_publiee(client, publie, pressee, statut):
    Dispositif.objects.update(statut=statut)
    assert signaler(client, publie).status_code == 404
    assert not Signalement.objects.exists()


def test_au_dela_de_cinq_par_heure_l_envoi_attend_et_reste_a_l_ecran(client, publie, pressee):
    for rang in range(5):
        assert signaler(client, publie, f"Erreur {rang}").status_code == 302

    page = signaler(client, publie, "La sixième")

    assertContains(page, "réessayez dans une heure")
    assertContains(page, "La sixième</textarea>")
    assert Signalement.objects.count() == DepotPublic.objects.count() == 5
    assert signaler(client, publie, adresse="192.0.2.8").status_code == 302


def test_une_heure_plus_tard_l_empreinte_est_oubliee(client, publie, pressee):
    for _ in range(5):
        signaler(client, publie)
    DepotPublic.objects.update(quand=timezone.now() - timedelta(minutes=61))

    assert signaler(client, publie).status_code == 302
    assert DepotPublic.objects.count() == 1


def test_une_fiche_ne_se_laisse_pas_submerger(client, publie, pressee):
    for _ in range(Signalement.EN_ATTENTE_DU_PUBLIC):
        f.make_signalement(publie)

    assertContains(signaler(client, publie), "a déjà reçu beaucoup de signalements")
    assert signaler(client, f.make_dispositif()).status_code == 302


def test_un_automate_qui_remplit_tout_est_arrete_sans_rien_perdre(client, publie, pressee):
    page = signaler(client, publie, "Achetez", site="http://spam.example")

    assertContains(page, "Ce champ doit rester vide")
    assertContains(page, "Achetez</textarea>")
    assert not Signalement.objects.exists()


def test_un_envoi_instantane_est_a_refaire(client, publie):
    assertContains(signaler(client, publie), "Cet envoi est très rapide")
    assert not Signalement.objects.exists()


@pytest.mark.parametrize("ouvert", ["", "n-importe-quoi", "ouvert:1abc:faux"])
def test_sans_la_page_pas_d_envoi(client, publie, pressee, ouvert):
    assert signaler(client, publie, ouvert=ouvert).status_code == 200
    assert not Signalement.objects.exists()


@pytest.mark.parametrize("message", ["", "   ", "x" * 2001])
def test_un_message_vide_ou_demesure_est_refuse_et_garde(client, publie, pressee, message):
    page = signaler(client, publie, message)
    assertContains(page, "Rien n’a été enregistré")
    assertContains(page, message.strip())
    assert not Signalement.objects.exists()


def test_le_suivi_ne_montre_que_ce_qui_vient_du_public(client, personnes, publie):
    signalement = f.make_signalement(publie, utilisateur=personnes["spe"])
    chemin = f"/dispositifs/signalements/suivi/{signalement.identifiant}/"
    assert client.get(chemin).status_code == 404


# --- Une personne connectée ----------------------------------------------------------------------


def test_une_personne_connectee_signale_au_nom_de_sa_structure(client, personnes, publie, spe):
    client.force_login(personnes["spe"])

    reponse = signaler(client, publie)

    signalement = Signalement.objects.get()
    assert reponse.url == signalement.get_absolute_url()
    assert (signalement.utilisateur, signalement.acteur) == (personnes["spe"], spe.acteur)
    assertContains(client.get(reponse.url), "Farid, France Travail (France Travail)")
    assert not DepotPublic.objects.exists()


def test_meme_sans_structure_on_signale(client, personnes, publie):
    client.force_login(personnes["sans_acteur"])
    signaler(client, publie)
    acte = Acte.objects.get(cible_type="dispositifs.signalement")
    assert (acte.utilisateur, acte.nom_utilisateur) == (
        personnes["sans_acteur"],
        "Noé, sans habilitation",
    )


def test_le_bouton_est_sur_la_fiche(client, personnes, publie):
    page = client.get(publie.get_absolute_url())
    assertContains(page, f"/dispositifs/{publie.pk}/signaler/")
    assertNotContains(page, "Proposer une correction")

    client.force_login(personnes["spe"])
    assertContains(client.get(publie.get_absolute_url()), "Proposer une correction")
    client.force_login(personnes["associee"])
    assertNotContains(client.get(publie.get_absolute_url()), "Proposer une correction")
