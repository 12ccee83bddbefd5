import pytest
from pytest_django.asserts import assertContains, assertRedirects

from acteurs.models import Acte
from tests import factories as f


def saisie(acteur, **champs):
    return {
        "siren": acteur.siren,
        "nom": acteur.nom,
        "sigle": acteur.sigle,
        "nature": acteur.nature,
        "publics": acteur.publics,
        "site": acteur.site,
        "courriel": acteur.courriel,
        "telephone": acteur.telephone,
        "version": acteur.version,
    } | champs


@pytest.fixture
def adresse(structure):
    return f"/acteurs/{structure.pk}/modifier/"


def test_un_redacteur_modifie_la_page_de_sa_structure(client, structure, redactrice, adresse):
    client.force_login(redactrice)
    response = client.post(adresse, saisie(structure, sigle="GSS", telephone="03 22 11 22 33"))
    assertRedirects(response, structure.get_absolute_url())
    structure.refresh_from_db()
    assert (structure.sigle, structure.version) == ("GSS", 2)
    acte = Acte.objects.sur(structure).get()
    assert acte.avant == {"sigle": "", "telephone": ""}
    assert acte.apres == {"sigle": "GSS", "telephone": "03 22 11 22 33"}
    assert Acte.objects.du_dossier(structure.identifiant).get() == acte


def test_ni_une_voisine_ni_une_lectrice_ni_un_administrateur_ne_modifient(
    client, structure, lectrice, gestionnaire, voisine, adresse
):
    admin = f.make_utilisateur(is_staff=True, is_superuser=True)
    for personne in (lectrice, gestionnaire, voisine, admin):
        client.force_login(personne)
        assert client.get(adresse).status_code == 403
        assert client.post(adresse, saisie(structure, nom="Détourné")).status_code == 403
    structure.refresh_from_db()
    assert structure.nom == "Garage solidaire du Santerre"


def test_un_envoi_ne_change_que_les_champs_de_la_page(client, structure, redactrice, adresse):
    identifiant = structure.identifiant
    client.force_login(redactrice)
    client.post(
        adresse,
        saisie(structure, sigle="GSS", demonstration="on", identifiant="0" * 32, id=1, pk=1),
    )
    structure.refresh_from_db()
    assert structure.sigle == "GSS"
    assert structure.identifiant == identifiant
    assert structure.demonstration is False


def test_deux_personnes_qui_changent_deux_champs_ne_se_genent_pas(
    client, structure, redactrice, adresse
):
    depart = saisie(structure)
    client.force_login(redactrice)
    client.post(adresse, depart | {"sigle": "GSS"})
    response = client.post(adresse, depart | {"telephone": "03 22 11 22 33"}, follow=True)
    structure.refresh_from_db()
    assert (structure.sigle, structure.telephone) == ("GSS", "03 22 11 22 33")
    assertContains(response, "Ce que d’autres ont changé entre-temps est gardé")


def test_deux_personnes_qui_changent_le_meme_champ_choisissent(
    client, structure, redactrice, adresse
):
    depart = saisie(structure)
    client.force_login(redactrice)
    client.post(adresse, depart | {"sigle": "GSS"})
    response = client.post(adresse, depart | {"sigle": "GARAGE"})
    (conflit,) = response.context["form"].conflits
    assert (conflit.champ.name, conflit.champ.value(), conflit.leur) == ("sigle", "GARAGE", "GSS")
    structure.refresh_from_db()
    assert structure.sigle == "GSS"


def test_prendre_le_siren_d_un_autre_est_refuse(client, structure, redactrice, adresse):
    f.make_acteur(nom="Région Hauts-de-France", siren="200053742")
    client.force_login(redactrice)
    response = client.post(adresse, saisie(structure, siren="200053742"))
    assertContains(response, "Ce SIREN est déjà celui de")
    structure.refresh_from_db()
    assert structure.siren != "200053742"


def test_une_version_trafiquee_est_dite_illisible_et_rien_n_est_ecrit(
    client, structure, redactrice, adresse
):
    client.force_login(redactrice)
    response = client.post(adresse, saisie(structure, sigle="GSS", version="99999"))
    assertContains(response, "illisible")
    structure.refresh_from_db()
    assert structure.sigle == ""
