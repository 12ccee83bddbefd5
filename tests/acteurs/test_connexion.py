from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from acteurs.models import TentativeDeConnexion
from pams_portal.droits import Role
from tests import factories as f

ADRESSE = "/connexion/"
REFUS = "Ce courriel et ce mot de passe ne vont pas ensemble."
ATTENDRE = "Attendez 15 minutes"


@pytest.fixture
def agente(structure):
    return f.make_utilisateur(structure, courriel="agente@example.org", password="un bon secret")


def se_connecter(client, courriel="agente@example.org", mot_de_passe="un bon secret", **reste):
    donnees = {"username": courriel, "password": mot_de_passe, **reste}
    return client.post(ADRESSE, donnees)


def test_on_se_connecte_avec_son_courriel_quelle_que_soit_la_casse(client, agente):
    response = se_connecter(client, " Agente@Example.org ")
    assertRedirects(response, reverse("plans:ma_part"), fetch_redirect_response=False)
    assert get_user(client) == agente


def test_apres_la_connexion_on_arrive_ou_l_on_allait(client, agente):
    response = client.get("/mot-de-passe/", follow=True)
    assertContains(response, '<input type="hidden" name="next" value="/mot-de-passe/">', html=True)
    response = se_connecter(client, next="/mot-de-passe/")
    assertRedirects(response, "/mot-de-passe/", fetch_redirect_response=False)


@pytest.mark.parametrize(
    "ailleurs", ["https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)"]
)
def test_next_ne_mene_jamais_hors_du_portail(client, agente, ailleurs):
    response = se_connecter(client, next=ailleurs)
    assertRedirects(response, reverse("plans:ma_part"), fetch_redirect_response=False)


def test_un_refus_garde_le_courriel_tape_et_jamais_le_mot_de_passe(client, agente):
    response = se_connecter(client, mot_de_passe="une erreur de frappe")
    assertContains(response, REFUS)
    assertContains(response, 'value="agente@example.org"')
    assertNotContains(response, "une erreur de frappe")
    assert not get_user(client).is_authenticated


def test_un_compte_inconnu_recoit_la_meme_reponse_qu_un_mauvais_mot_de_passe(client, agente):
    inconnu = se_connecter(client, "personne@example.org")
    connu = se_connecter(client, mot_de_passe="faux")
    assert inconnu.context["form"].errors == connu.context["form"].errors
    assert inconnu.status_code == connu.status_code == 200


def test_un_compte_inconnu_coute_autant_de_hachages_qu_un_compte_connu(
    client, agente, settings, monkeypatch
):
    from django.contrib.auth.hashers import MD5PasswordHasher

    hachages = []
    encoder = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *a, **k: hachages.append(1) or encoder(*a, **k)
    )
    se_connecter(client, mot_de_passe="faux")
    connu = len(hachages)
    se_connecter(client, "personne@example.org", "faux")
    assert len(hachages) == 2 * connu > 0


def test_un_compte_ferme_ne_se_connecte_pas_et_recoit_la_meme_phrase(client, agente):
    agente.is_active = False
    agente.save()
    assertContains(se_connecter(client), REFUS)


def test_le_onzieme_essai_est_refuse_meme_avec_le_bon_mot_de_passe(client, agente):
    for _ in range(10):
        assertContains(se_connecter(client, mot_de_passe="faux"), REFUS)
    assertContains(se_connecter(client), ATTENDRE)
    assert not get_user(client).is_authenticated


def test_les_essais_sur_un_compte_inconnu_sont_comptes_de_meme(client, db):
    for _ in range(10):
        assertContains(se_connecter(client, "personne@example.org"), REFUS)
    assertContains(se_connecter(client, "personne@example.org"), ATTENDRE)


def test_un_essai_refuse_pour_exces_ne_prolonge_pas_l_attente(client, agente):
    for _ in range(15):
        se_connecter(client, mot_de_passe="faux")
    assert TentativeDeConnexion.objects.count() == 10


def test_l_attente_ne_gene_ni_un_autre_compte_ni_un_autre_poste(client, agente, structure):
    autre = f.make_utilisateur(structure, password="un autre secret")
    for _ in range(11):
        se_connecter(client, mot_de_passe="faux")
    client.post(ADRESSE, {"username": autre.courriel, "password": "un autre secret"})
    assert get_user(client) == autre
    client.post("/deconnexion/")
    donnees = {"username": agente.courriel, "password": "un bon secret"}
    client.post(ADRESSE, donnees, REMOTE_ADDR="192.0.2.7")
    assert get_user(client) == agente


def test_l_attente_finit_au_bout_d_un_quart_d_heure_et_les_vieux_essais_s_effacent(client, agente):
    passe = timezone.now() - timedelta(minutes=16)
    for _ in range(10):
        TentativeDeConnexion.objects.create(
            courriel=agente.courriel, adresse="127.0.0.1", quand=passe
        )
    se_connecter(client)
    assert get_user(client) == agente
    assert not TentativeDeConnexion.objects.exists()


def test_une_connexion_reussie_efface_les_essais_manques(client, agente):
    for _ in range(9):
        se_connecter(client, mot_de_passe="faux")
    se_connecter(client)
    assert get_user(client) == agente
    assert not TentativeDeConnexion.objects.exists()


def test_en_production_l_adresse_est_celle_que_voit_le_serveur_mandataire(client, agente, settings):
    settings.PRODUCTION = True
    for n in range(11):
        donnees = {"username": agente.courriel, "password": "faux"}
        client.post(ADRESSE, donnees, headers={"X-Forwarded-For": f"198.51.100.{n}, 192.0.2.7"})
    assert set(TentativeDeConnexion.objects.values_list("adresse", flat=True)) == {"192.0.2.7"}


def test_hors_production_x_forwarded_for_ne_trompe_personne(client, agente):
    for n in range(11):
        donnees = {"username": agente.courriel, "password": "faux"}
        client.post(ADRESSE, donnees, headers={"X-Forwarded-For": f"198.51.100.{n}"})
    assert TentativeDeConnexion.objects.filter(adresse="127.0.0.1").count() == 10


def test_une_adresse_illisible_est_comptee_sans_panne(client, agente):
    client.post(ADRESSE, {"username": "a@b.fr", "password": "x"}, REMOTE_ADDR="unix:")
    assert TentativeDeConnexion.objects.get().adresse is None


def test_les_comptes_de_demonstration_se_lisent_en_demonstration_seulement(
    client, settings, structure
):
    f.make_utilisateur(structure, Role.VALIDEUR, courriel="demo@example.org", demonstration=True)
    settings.DEMO = True
    response = client.get(ADRESSE)
    assertContains(response, "demo@example.org")
    assertContains(response, "Garage solidaire du Santerre – Valideur")
    assertContains(response, "demonstration-pams")
    settings.DEMO = False
    response = client.get(ADRESSE)
    assertNotContains(response, "demo@example.org")
    assertNotContains(response, "demonstration-pams")


def test_un_compte_reel_n_est_jamais_affiche(client, settings, agente):
    settings.DEMO = True
    assertNotContains(client.get(ADRESSE), agente.courriel)


def test_hors_demonstration_un_compte_de_demonstration_n_ouvre_pas_de_session(
    client, settings, agente
):
    agente.demonstration = True
    agente.save()
    settings.DEMO = False
    assertContains(se_connecter(client), REFUS)
    settings.DEMO = True
    se_connecter(client)
    assert get_user(client) == agente


def test_hors_demonstration_une_session_de_demonstration_deja_ouverte_se_ferme(
    client, settings, agente
):
    agente.demonstration = True
    agente.save()
    settings.DEMO = True
    se_connecter(client)
    settings.DEMO = False
    assert not get_user(client).is_authenticated


def test_la_page_de_connexion_ne_fait_pas_plus_de_requetes_avec_trois_comptes(
    client, settings, structure, django_assert_num_queries
):
    settings.DEMO = True
    for _ in range(2):
        f.make_utilisateur(structure, demonstration=True)
        with django_assert_num_queries(3):
            client.get(ADRESSE)


def test_les_champs_aident_le_gestionnaire_de_mots_de_passe(client, db):
    response = client.get(ADRESSE)
    assertContains(response, 'autocomplete="username"')
    assertContains(response, 'autocomplete="current-password"')


def test_on_se_deconnecte_par_un_envoi_et_non_par_un_lien(client, agente):
    client.force_login(agente)
    assert client.get("/deconnexion/").status_code == 405
    assert get_user(client) == agente
    assertRedirects(client.post("/deconnexion/"), "/", fetch_redirect_response=False)
    assert not get_user(client).is_authenticated


def test_se_deconnecter_d_une_session_deja_expiree_n_est_pas_une_faute(client, db):
    assertRedirects(client.post("/deconnexion/"), "/", fetch_redirect_response=False)
