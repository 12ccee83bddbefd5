import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from acteurs.models import TentativeDeConnexion, Utilisateur
from tests import factories as f

NOUVEAU = "Trois mésanges bleues"


@pytest.fixture
def agente(structure):
    return f.make_utilisateur(structure, courriel="agente@example.org", password="un bon secret")


def lien_recu(courriels):
    (courriel,) = courriels
    return re.search(r"http://127\.0\.0\.1:8000(/mot-de-passe/nouveau/\S+)", courriel.body)[1]


def demander(client, courriel):
    return client.post("/mot-de-passe/oublie/", {"courriel": courriel})


def choisir(client, lien, mot_de_passe=NOUVEAU):
    return client.post(lien, {"new_password1": mot_de_passe, "new_password2": mot_de_passe})


# --- Changer -------------------------------------------------------------------------------------


def test_on_change_son_mot_de_passe_en_donnant_l_ancien(client, agente):
    client.force_login(agente)
    donnees = {"old_password": "un bon secret", "new_password1": NOUVEAU, "new_password2": NOUVEAU}
    assertRedirects(client.post("/mot-de-passe/", donnees), "/")
    agente.refresh_from_db()
    assert agente.check_password(NOUVEAU)
    assert get_user(client) == agente


def test_sans_l_ancien_mot_de_passe_rien_ne_change(client, agente):
    client.force_login(agente)
    donnees = {"old_password": "au hasard", "new_password1": NOUVEAU, "new_password2": NOUVEAU}
    response = client.post("/mot-de-passe/", donnees)
    assert list(response.context["form"].errors) == ["old_password"]
    agente.refresh_from_db()
    assert agente.check_password("un bon secret")


def test_un_mot_de_passe_court_est_refuse_avec_une_phrase_claire(client, agente):
    client.force_login(agente)
    donnees = {"old_password": "un bon secret", "new_password1": "court", "new_password2": "court"}
    assertContains(client.post("/mot-de-passe/", donnees), "au minimum 12 caractères")


def test_changer_son_mot_de_passe_demande_une_session(client, db):
    assertRedirects(client.get("/mot-de-passe/"), "/connexion/?next=/mot-de-passe/")


# --- Oublié --------------------------------------------------------------------------------------


def test_le_lien_recu_par_courriel_fait_choisir_un_mot_de_passe(client, agente, courriels):
    assertRedirects(demander(client, "Agente@example.org"), "/mot-de-passe/envoye/")
    assert courriels[0].to == ["agente@example.org"]
    lien = lien_recu(courriels)
    page = client.get(lien)
    assertContains(page, 'autocomplete="new-password"', count=2)
    assertContains(page, "agente@example.org")
    assertRedirects(choisir(client, lien), "/mot-de-passe/enregistre/")
    agente.refresh_from_db()
    assert agente.check_password(NOUVEAU)


def test_le_lien_ne_sert_qu_une_fois(client, agente, courriels):
    demander(client, agente.courriel)
    lien = lien_recu(courriels)
    choisir(client, lien)
    response = choisir(client, lien, "Quatre mésanges noires")
    assert response.status_code == 410
    assertContains(response, "Ce lien ne sert plus", status_code=410)
    agente.refresh_from_db()
    assert agente.check_password(NOUVEAU)


def test_le_lien_ne_depend_pas_de_l_hote_annonce_par_la_requete(
    client, agente, courriels, settings
):
    settings.ALLOWED_HOSTS = ["*"]
    client.post(
        "/mot-de-passe/oublie/", {"courriel": agente.courriel}, headers={"Host": "piege.example"}
    )
    assert "piege.example" not in courriels[0].body
    assert lien_recu(courriels)


def test_un_courriel_inconnu_recoit_la_meme_reponse_et_aucun_courriel(client, agente, courriels):
    connu = demander(client, agente.courriel)
    inconnu = demander(client, "personne@example.org")
    assert (connu.status_code, connu.url) == (inconnu.status_code, inconnu.url)
    assert len(courriels) == 1


def test_redemander_aussitot_n_envoie_pas_un_second_courriel(client, agente, courriels):
    for _ in range(3):
        assertRedirects(demander(client, "Agente@example.org"), "/mot-de-passe/envoye/")
    assert len(courriels) == 1


def test_redemander_apres_le_delai_envoie_un_nouveau_lien(client, agente, courriels):
    demander(client, agente.courriel)
    Utilisateur.objects.update(lien_demande_le=timezone.now() - timedelta(minutes=6))
    demander(client, agente.courriel)
    assert len(courriels) == 2


def test_le_courriel_part_hors_de_la_reponse(client, agente, mailoutbox):
    """Sans travail de fond, le temps d'un envoi dirait que le compte existe."""
    from django_tasks_db.models import DBTaskResult

    demander(client, agente.courriel)
    assert mailoutbox == []
    travail = DBTaskResult.objects.get()
    assert travail.args_kwargs == {"args": [agente.pk, "oubli"], "kwargs": {}}


def test_un_compte_ferme_ne_recoit_rien(client, agente, courriels):
    agente.is_active = False
    agente.save()
    demander(client, agente.courriel)
    assert courriels == []


def test_un_compte_invite_qui_a_laisse_passer_le_delai_peut_redemander_un_lien(
    client, agente, courriels
):
    agente.set_unusable_password()
    agente.save()
    demander(client, agente.courriel)
    choisir(client, lien_recu(courriels))
    agente.refresh_from_db()
    assert agente.check_password(NOUVEAU)


def test_hors_demonstration_un_compte_de_demonstration_ne_recoit_pas_de_lien(
    client, agente, courriels, settings
):
    agente.demonstration = True
    agente.save()
    settings.DEMO = False
    demander(client, agente.courriel)
    assert courriels == []


def test_un_nouveau_mot_de_passe_leve_l_attente_apres_trop_d_essais(client, agente, courriels):
    for _ in range(11):
        client.post("/connexion/", {"username": agente.courriel, "password": "faux"})
    demander(client, agente.courriel)
    choisir(client, lien_recu(courriels))
    assert not TentativeDeConnexion.objects.exists()
    client.post("/connexion/", {"username": agente.courriel, "password": NOUVEAU})
    assert get_user(client) == agente


def test_ouvrir_le_lien_n_ecrit_rien(client, agente, courriels, django_assert_num_queries):
    demander(client, agente.courriel)
    with django_assert_num_queries(1) as requetes:
        client.get(lien_recu(courriels))
    assert requetes[0]["sql"].startswith("SELECT")


@pytest.mark.parametrize("uid", ["MQ", "n'importe quoi", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ", "_"])
def test_un_lien_forge_dit_qu_il_ne_sert_plus(client, agente, uid):
    assert client.get(f"/mot-de-passe/nouveau/{uid}/c0ffee-123/").status_code == 410


def test_le_jeton_d_un_compte_ne_vaut_pas_pour_un_autre(client, agente, structure, courriels):
    autre = f.make_utilisateur(structure, password="un autre secret")
    demander(client, agente.courriel)
    jeton = lien_recu(courriels).split("/")[-2]
    uid = urlsafe_base64_encode(force_bytes(autre.pk))
    assert choisir(client, f"/mot-de-passe/nouveau/{uid}/{jeton}/").status_code == 410
    autre.refresh_from_db()
    assert autre.check_password("un autre secret")


def test_un_courriel_mal_forme_est_garde_et_signale(client, db):
    response = demander(client, "pas un courriel")
    assertContains(response, 'value="pas un courriel"')
    assertContains(response, "adresse de courriel valide")
    assertNotContains(response, "Consultez votre messagerie")
