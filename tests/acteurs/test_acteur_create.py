import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from acteurs.models import Acte, Acteur
from tests import factories as f

ADRESSE = "/acteurs/nouveau/"
SAISIE = {
    "siren": "",
    "nom": "Roues libres",
    "sigle": "",
    "nature": "association",
    "publics": ["mobilite-reduite"],
    "site": "",
    "courriel": "",
    "telephone": "",
}


@pytest.fixture
def connectee(client, redactrice):
    client.force_login(redactrice)
    return client


@pytest.mark.parametrize("siren", ["200 053 742", "200\u202f053\u00a0742", " ２００053742"])
def test_un_redacteur_inscrit_un_organisme_absent_et_le_journal_le_dit(
    connectee, redactrice, siren
):
    response = connectee.post(ADRESSE, SAISIE | {"siren": siren})
    acteur = Acteur.objects.get(nom="Roues libres")
    assertRedirects(response, acteur.get_absolute_url())
    assert acteur.siren == "200053742"
    assert acteur.publics == ["mobilite-reduite"]
    acte = Acte.objects.sur(acteur).get()
    assert (acte.verbe, acte.utilisateur) == ("creer", redactrice)
    assert acte.apres["siren"] == "200053742"


def test_inscrire_un_organisme_ne_donne_aucun_droit_sur_sa_page(connectee):
    connectee.post(ADRESSE, SAISIE)
    acteur = Acteur.objects.get(nom="Roues libres")
    assert connectee.get(f"/acteurs/{acteur.pk}/modifier/").status_code == 403


def test_un_lecteur_un_gestionnaire_et_une_personne_sans_structure_n_inscrivent_rien(
    client, lectrice, gestionnaire
):
    for personne in (lectrice, gestionnaire, f.make_utilisateur()):
        client.force_login(personne)
        assert client.get(ADRESSE).status_code == 403
        assert client.post(ADRESSE, SAISIE).status_code == 403
    assert not Acteur.objects.filter(nom="Roues libres").exists()


def test_inscrire_demande_une_session(client, db):
    assertRedirects(client.get(ADRESSE), f"/connexion/?next={ADRESSE}")


@pytest.mark.parametrize("siren", ["123456789", "20005374", "abcdefghi", "٢٠٠٠٥٣٧٤٢"])
def test_un_siren_faux_est_signale_a_cote_du_champ_et_toute_la_saisie_gardee(connectee, siren):
    response = connectee.post(ADRESSE, SAISIE | {"siren": siren, "telephone": "03 22 00 00 00"})
    assert list(response.context["form"].errors) == ["siren"]
    assertContains(response, "n’est pas un SIREN")
    for garde in (siren, "Roues libres", "03 22 00 00 00"):
        assertContains(response, f'value="{garde}"')
    assertContains(response, 'value="mobilite-reduite" id="id_publics_3" checked')
    assert not Acteur.objects.filter(nom="Roues libres").exists()


def test_un_siren_deja_inscrit_mene_a_la_page_existante(connectee):
    existant = f.make_acteur(nom="Région <Hauts-de-France>", siren="200053742")
    response = connectee.post(ADRESSE, SAISIE | {"siren": "200 053 742"})
    lien = f"<a href='{existant.get_absolute_url()}'>Région &lt;Hauts-de-France&gt;</a>"
    assertContains(response, lien)
    assert Acteur.objects.filter(siren="200053742").count() == 1


def test_plusieurs_organismes_sans_siren_coexistent(connectee):
    f.make_acteur(nom="Vélos du marais", siren=None)
    connectee.post(ADRESSE, SAISIE)
    assert Acteur.objects.filter(siren=None).count() == 2


def test_un_nom_presque_pareil_est_montre_avant_d_etre_cree_en_double(connectee):
    voisin = f.make_acteur(nom="Association Roues libres", siren="200053742")
    response = connectee.post(ADRESSE, SAISIE)
    assertContains(response, f'<a href="{voisin.get_absolute_url()}">Association Roues libres</a>')
    assertContains(response, "Créer quand même")
    assert not Acteur.objects.filter(nom="Roues libres").exists()
    response = connectee.post(ADRESSE, SAISIE | {"creer_quand_meme": "on"})
    assertRedirects(response, Acteur.objects.get(nom="Roues libres").get_absolute_url())


def test_sans_nom_proche_la_case_creer_quand_meme_n_apparait_pas(connectee):
    f.make_acteur(nom="Mission locale de Picardie")
    response = connectee.post(ADRESSE, SAISIE | {"siren": "faux"})
    assertNotContains(response, "Créer quand même")


@pytest.mark.parametrize(
    "champ", [{"nom": ""}, {"nature": "inconnue"}, {"publics": ["demandeurs-emploi"]}]
)
def test_une_saisie_impossible_est_signalee_a_cote_de_son_champ(connectee, champ):
    response = connectee.post(ADRESSE, SAISIE | champ)
    assert list(response.context["form"].errors) == list(champ)


def test_un_site_dangereux_est_refuse(connectee):
    response = connectee.post(ADRESSE, SAISIE | {"site": "javascript:alert(1)"})
    assert list(response.context["form"].errors) == ["site"]
