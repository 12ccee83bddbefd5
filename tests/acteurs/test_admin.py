import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user
from pytest_django.asserts import assertContains, assertRedirects

from acteurs.models import Acte, Acteur, Habilitation, Utilisateur
from tests import factories as f


def test_aucun_contenu_de_plan_ni_d_inventaire_n_est_inscrit_a_l_administration():
    fond = {*apps.get_app_config("plans").get_models()}
    fond |= {*apps.get_app_config("dispositifs").get_models()}
    assert fond & set(admin.site._registry) == set()
    assert Acteur in admin.site._registry


def test_le_journal_se_lit_et_ne_s_ecrit_pas(client, administratrice, structure):
    acte = structure.consigner(administratrice, None, "modifier", {"nom": "Avant"})
    assertContains(client.get("/admin/acteurs/acte/"), "Garage solidaire du Santerre")
    assert client.get("/admin/acteurs/acte/add/").status_code == 403
    assert client.post(f"/admin/acteurs/acte/{acte.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(f"/admin/acteurs/acte/{acte.pk}/change/", {"nom_utilisateur": "Un autre"})
    assert Acte.objects.get().nom_utilisateur == "Ada"


def test_le_journal_d_un_plan_ne_se_lit_pas_a_l_administration(client, administratrice, structure):
    acte = structure.consigner(administratrice, None, "modifier", {"nom": "Avant"})
    Acte.objects.filter(pk=acte.pk).update(cible_type="plans.contribution")
    assertContains(client.get("/admin/acteurs/acte/"), "0 acte")


@pytest.mark.parametrize(
    "modele", ["acteur", "fonction", "etablissement", "habilitation", "utilisateur", "acte"]
)
def test_chaque_liste_de_l_administration_s_ouvre(client, administratrice, modele):
    assert client.get(f"/admin/acteurs/{modele}/").status_code == 200


@pytest.mark.parametrize(
    "modele", ["acteur", "fonction", "etablissement", "habilitation", "utilisateur"]
)
def test_chaque_formulaire_d_ajout_s_ouvre(client, administratrice, modele):
    assert client.get(f"/admin/acteurs/{modele}/add/").status_code == 200


def test_un_compte_cree_recoit_son_lien_et_personne_ne_tape_son_mot_de_passe(
    client, administratrice, courriels
):
    envoi = {"courriel": "Nina@example.org", "nom": "Nina", "is_active": "on"}
    client.post("/admin/acteurs/utilisateur/add/", envoi | {"password": "choisi par un autre"})
    nina = Utilisateur.objects.get(courriel="nina@example.org")
    assert not nina.has_usable_password()
    assert (nina.is_staff, nina.is_superuser) == (False, False)
    assert courriels[0].to == ["nina@example.org"]
    page = client.get(f"/admin/acteurs/utilisateur/{nina.pk}/change/").content.decode()
    assert 'name="password"' not in page
    assert "algorithm" not in page


def test_modifier_un_compte_ne_touche_pas_a_son_mot_de_passe(client, administratrice):
    agente = f.make_utilisateur(password="un bon secret")
    envoi = {"courriel": agente.courriel, "nom": "Nom corrigé", "is_active": "on"}
    client.post(f"/admin/acteurs/utilisateur/{agente.pk}/change/", envoi)
    agente.refresh_from_db()
    assert agente.nom == "Nom corrigé"
    assert agente.check_password("un bon secret")


def test_un_compte_se_ferme_mais_ne_s_efface_pas(client, administratrice, redactrice):
    adresse = f"/admin/acteurs/utilisateur/{redactrice.pk}/delete/"
    assert client.post(adresse, {"post": "yes"}).status_code == 403
    assert Utilisateur.objects.filter(pk=redactrice.pk).exists()


def test_l_administration_donne_un_role_et_le_journal_dit_que_c_est_elle(
    client, administratrice, structure
):
    premiere = f.make_utilisateur()
    envoi = {"utilisateur": premiere.pk, "acteur": structure.pk, "role": "gestionnaire"}
    client.post("/admin/acteurs/habilitation/add/", envoi)
    assert premiere.habilitations.get().role == "gestionnaire"
    acte = Acte.objects.du_dossier(structure.identifiant).get()
    assert (acte.nom_utilisateur, acte.nom_acteur) == ("Ada", "Administration technique")
    assert acte.acteur is None
    habilitation = premiere.habilitations.get()
    client.post(f"/admin/acteurs/habilitation/{habilitation.pk}/delete/", {"post": "yes"})
    assert not Habilitation.objects.exists()
    assert Acte.objects.du_dossier(structure.identifiant).first().verbe == "supprimer"


def test_l_administration_ne_se_donne_aucun_role(client, administratrice, structure):
    envoi = {"utilisateur": administratrice.pk, "acteur": structure.pk, "role": "valideur"}
    response = client.post("/admin/acteurs/habilitation/add/", envoi)
    assertContains(response, "aucun droit sur les contenus")
    assert not Habilitation.objects.exists()


def test_une_personne_habilitee_ne_devient_pas_administratrice(client, administratrice, redactrice):
    envoi = {"courriel": redactrice.courriel, "nom": "Rose", "is_active": "on", "is_staff": "on"}
    response = client.post(f"/admin/acteurs/utilisateur/{redactrice.pk}/change/", envoi)
    assertContains(response, "un second compte")
    redactrice.refresh_from_db()
    assert not redactrice.is_staff


def test_une_correction_de_l_administration_est_consignee_et_se_fusionne(
    client, administratrice, structure, redactrice
):
    envoi = {
        "nom": "Garage solidaire",
        "nature": structure.nature,
        "siren": structure.siren,
        "fonctions-TOTAL_FORMS": 0,
        "fonctions-INITIAL_FORMS": 0,
    }
    client.post(f"/admin/acteurs/acteur/{structure.pk}/change/", envoi)
    structure.refresh_from_db()
    assert (structure.nom, structure.version) == ("Garage solidaire", 2)
    client.force_login(redactrice)
    perimee = envoi | {"nom": "Garage solidaire du Santerre", "version": 1, "sigle": "GSS"}
    client.post(f"/acteurs/{structure.pk}/modifier/", perimee)
    structure.refresh_from_db()
    assert (structure.nom, structure.sigle) == ("Garage solidaire", "GSS")


def test_la_porte_de_l_administration_est_celle_du_portail(client, db):
    assertRedirects(client.get("/admin/login/"), "/connexion/?next=/admin/")
    envoi = {"username": "a@example.org", "password": "x"}
    assert client.post("/admin/login/", envoi).status_code == 302
    assert not get_user(client).is_authenticated


def test_qui_n_administre_pas_est_refuse_sans_tourner_en_rond(client, redactrice):
    client.force_login(redactrice)
    response = client.get("/admin/", follow=True)
    assert response.status_code == 403
    assertContains(response, "réservée à ceux qui la tiennent", status_code=403)


def test_qui_administre_entre_directement(client, administratrice):
    assertRedirects(client.get("/admin/login/"), "/admin/")
