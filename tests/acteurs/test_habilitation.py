import re

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from acteurs.models import Acte, Habilitation, Utilisateur
from pams_portal.droits import Role
from tests import factories as f


@pytest.fixture
def liste(structure):
    return f"/acteurs/{structure.pk}/personnes/"


def roles(personne):
    return sorted(personne.habilitations.values_list("acteur__nom", "role"))


def ajouter(client, liste, courriel, role=Role.REDACTEUR, nom=""):
    return client.post(f"{liste}nouveau/", {"courriel": courriel, "nom": nom, "role": role})


def retirer(client, liste, habilitation):
    return client.post(f"{liste}{habilitation.pk}/retirer/")


# --- Voir ----------------------------------------------------------------------------------------


def test_le_gestionnaire_voit_les_personnes_et_leurs_roles(client, gestionnaire, redactrice, liste):
    client.force_login(gestionnaire)
    response = client.get(liste)
    for texte in ("Gaëlle, gestionnaire", redactrice.courriel, "Rédacteur"):
        assertContains(response, texte)


def test_personne_d_autre_ne_voit_la_liste(client, redactrice, lectrice, voisine, liste):
    admin = f.make_utilisateur(is_staff=True, is_superuser=True)
    for personne in (redactrice, lectrice, voisine, admin):
        client.force_login(personne)
        assert client.get(liste).status_code == 403


def test_la_liste_ne_fait_pas_plus_de_requetes_pour_trois_personnes(
    client, gestionnaire, structure, liste, django_assert_num_queries
):
    client.force_login(gestionnaire)
    ajouter(client, liste, "une@example.org", nom="Une")
    client.get(liste)
    for n in range(2):
        with django_assert_num_queries(7):
            client.get(liste)
        ajouter(client, liste, f"encore{n}@example.org", nom="Encore")


# --- Ajouter -------------------------------------------------------------------------------------


def test_une_personne_nouvelle_recoit_un_courriel_et_choisit_son_mot_de_passe(
    client, gestionnaire, structure, liste, courriels
):
    client.force_login(gestionnaire)
    response = ajouter(client, liste, "Nina@Example.org", nom="Nina")
    assertRedirects(response, liste)
    nina = Utilisateur.objects.get(courriel="nina@example.org")
    assert roles(nina) == [(structure.nom, "redacteur")]
    assert not nina.has_usable_password()
    assert courriels[0].to == ["nina@example.org"]
    lien = re.search(r"/mot-de-passe/nouveau/\S+", courriels[0].body)[0]
    client.logout()
    client.post(lien, {"new_password1": "Trois mésanges", "new_password2": "Trois mésanges"})
    donnees = {"username": "nina@example.org", "password": "Trois mésanges"}
    assert client.post("/connexion/", donnees).status_code == 302


def test_un_nom_tient_sur_une_ligne_sans_signe_de_controle(client, gestionnaire, liste):
    client.force_login(gestionnaire)
    ajouter(client, liste, "nina@example.org", nom=" Nina\r\nBcc:\x01 \ufffeDurand\u2028")
    assert Utilisateur.objects.get(courriel="nina@example.org").nom == "Nina Bcc: Durand"
    response = ajouter(client, liste, "vide@example.org", nom="\x01\ufffe")
    assertContains(response, "donnez le nom à inscrire")
    assert not Utilisateur.objects.filter(courriel="vide@example.org").exists()


def test_une_personne_connue_recoit_le_role_sans_nouveau_compte_ni_courriel(
    client, gestionnaire, voisine, structure, liste, courriels
):
    client.force_login(gestionnaire)
    ajouter(client, liste, voisine.courriel.upper(), Role.LECTEUR, nom="Un autre nom")
    voisine.refresh_from_db()
    assert voisine.nom == "Vera"
    assert roles(voisine) == [(structure.nom, "lecteur"), ("Vélo pour tous", "redacteur")]
    assert courriels == []


def test_le_journal_dit_qui_a_donne_quel_role_a_qui(
    client, gestionnaire, voisine, structure, liste
):
    client.force_login(gestionnaire)
    ajouter(client, liste, voisine.courriel, Role.LECTEUR)
    acte = Acte.objects.du_dossier(structure.identifiant).get()
    assert (acte.verbe, acte.utilisateur, acte.acteur) == ("creer", gestionnaire, structure)
    assert acte.apres == {"utilisateur": voisine.pk, "acteur": structure.pk, "role": "lecteur"}
    phrase = "a donné le rôle\u00a0: Vera, Lecteur pour le Garage solidaire"
    assertContains(client.get(liste), phrase)


def test_un_compte_inconnu_sans_nom_le_demande_et_garde_la_saisie(client, gestionnaire, liste):
    client.force_login(gestionnaire)
    response = ajouter(client, liste, "nina@example.org", Role.VALIDEUR)
    assert list(response.context["form"].errors) == ["nom"]
    assertContains(response, 'value="nina@example.org"')
    assertContains(response, '<option value="valideur" selected>')
    assert not Utilisateur.objects.filter(courriel="nina@example.org").exists()


def test_un_role_deja_tenu_ou_inconnu_est_refuse(client, gestionnaire, redactrice, liste):
    client.force_login(gestionnaire)
    response = ajouter(client, liste, redactrice.courriel)
    assertContains(response, "Rose, rédactrice tient déjà ce rôle.")
    response = ajouter(client, liste, redactrice.courriel, "empereur")
    assert list(response.context["form"].errors) == ["role"]
    assert redactrice.habilitations.count() == 1


def test_un_compte_ferme_ne_recoit_pas_de_role(client, gestionnaire, liste):
    ancienne = f.make_utilisateur(is_active=False)
    client.force_login(gestionnaire)
    assertContains(ajouter(client, liste, ancienne.courriel), "Ce compte est fermé")
    assert roles(ancienne) == []


def test_un_redacteur_ne_se_promeut_pas(client, redactrice, liste, structure):
    client.force_login(redactrice)
    for role in Role:
        assert ajouter(client, liste, redactrice.courriel, role).status_code == 403
    assert roles(redactrice) == [(structure.nom, "redacteur")]


def test_un_gestionnaire_ne_donne_rien_au_nom_d_une_autre_structure(
    client, gestionnaire, voisine, liste, structure
):
    (autre,) = voisine.roles_par_acteur
    client.force_login(gestionnaire)
    response = ajouter(client, f"/acteurs/{autre.pk}/personnes/", gestionnaire.courriel)
    assert response.status_code == 403
    envoi = {"courriel": gestionnaire.courriel, "role": "redacteur", "acteur": autre.pk}
    client.post(f"{liste}nouveau/", envoi)
    assert not autre.habilitations.filter(utilisateur=gestionnaire).exists()
    assert (structure.nom, "redacteur") in roles(gestionnaire)


def test_un_champ_de_trop_ne_cree_pas_d_administrateur(client, gestionnaire, liste):
    client.force_login(gestionnaire)
    envoi = {"courriel": "nina@example.org", "nom": "Nina", "role": "lecteur", "is_staff": "on"}
    client.post(f"{liste}nouveau/", envoi | {"is_superuser": "on"})
    nina = Utilisateur.objects.get(courriel="nina@example.org")
    assert (nina.is_staff, nina.is_superuser) == (False, False)


# --- Retirer -------------------------------------------------------------------------------------


def test_un_role_retire_ne_donne_plus_aucun_droit_et_le_journal_le_garde(
    client, gestionnaire, redactrice, structure, liste
):
    client.force_login(gestionnaire)
    assertRedirects(retirer(client, liste, redactrice.habilitations.get()), liste)
    acte = Acte.objects.du_dossier(structure.identifiant).get()
    assert (acte.verbe, acte.avant["role"]) == ("supprimer", "redacteur")
    assertContains(client.get(liste), "a retiré le rôle\u00a0: Rose, rédactrice, Rédacteur pour")
    client.force_login(redactrice)
    assert client.get(f"/acteurs/{structure.pk}/modifier/").status_code == 403


def test_le_dernier_gestionnaire_ne_peut_pas_se_retirer(client, gestionnaire, structure, liste):
    client.force_login(gestionnaire)
    response = client.post(f"{liste}{gestionnaire.habilitations.get().pk}/retirer/", follow=True)
    assertContains(response, "est la dernière personne à gérer")
    assert roles(gestionnaire) == [(structure.nom, "gestionnaire")]


def test_un_gestionnaire_au_compte_ferme_ne_compte_pas(client, gestionnaire, structure, liste):
    f.make_utilisateur(structure, Role.GESTIONNAIRE, is_active=False)
    client.force_login(gestionnaire)
    retirer(client, liste, gestionnaire.habilitations.get())
    assert roles(gestionnaire) == [(structure.nom, "gestionnaire")]


def test_un_gestionnaire_se_retire_quand_un_autre_prend_la_suite(
    client, gestionnaire, structure, liste
):
    f.make_utilisateur(structure, Role.GESTIONNAIRE)
    client.force_login(gestionnaire)
    response = retirer(client, liste, gestionnaire.habilitations.get())
    assertRedirects(response, structure.get_absolute_url())
    assert roles(gestionnaire) == []
    assert client.get(liste).status_code == 403


def test_on_ne_retire_pas_un_role_d_une_autre_structure(client, gestionnaire, voisine, liste):
    sienne = voisine.habilitations.get()
    client.force_login(gestionnaire)
    assert retirer(client, f"/acteurs/{sienne.acteur_id}/personnes/", sienne).status_code == 403
    assert retirer(client, liste, sienne).status_code == 404
    assert Habilitation.objects.filter(pk=sienne.pk).exists()


def test_un_lien_ne_retire_rien(client, gestionnaire, redactrice, liste):
    client.force_login(gestionnaire)
    habilitation = redactrice.habilitations.get()
    assert client.get(f"{liste}{habilitation.pk}/retirer/").status_code == 405
    assert Habilitation.objects.filter(pk=habilitation.pk).exists()


def test_le_journal_des_personnes_ne_montre_pas_les_autres_actes(
    client, gestionnaire, redactrice, structure, liste
):
    structure.consigner(redactrice, None, "modifier", {"sigle": "avant"})
    client.force_login(gestionnaire)
    assertNotContains(client.get(liste), "Derniers changements")
