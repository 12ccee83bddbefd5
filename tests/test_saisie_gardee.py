"""Rien de ce qui a été tapé n'est perdu : refus de droit, jeton périmé, session expirée."""

from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from pams_portal import saisie
from pams_portal.droits import Role
from tests import factories as f

ICI = {"origin": "http://testserver"}
TEXTE = "\n  Première ligne, « l’écart »\r\n\r\n<script>alert('x')</script> & \"fin\"</textarea>"


class Formulaire(HTMLParser):
    """Ce qu'un navigateur enverrait du formulaire qui porte le bouton « Envoyer de nouveau »."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.action, self.champs, self._dans, self._texte = None, [], False, None
        self.feed(page)

    def handle_starttag(self, balise, attributs):
        attributs = dict(attributs)
        if balise == "form":
            self._dans = "data-cookie-csrf" in attributs
            self.action = attributs["action"] if self._dans else self.action
        elif balise == "input" and self._dans:
            self.champs.append((attributs["name"], attributs["value"]))
        elif balise == "textarea" and self._dans:
            self._texte = [attributs["name"], ""]

    def handle_data(self, donnees):
        if self._texte:
            self._texte[1] += donnees

    def handle_endtag(self, balise):
        if balise == "textarea" and self._texte:
            nom, valeur = self._texte
            # La norme : le premier saut de ligne est ignoré, les autres partent en CRLF.
            valeur = valeur.removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")
            self.champs.append((nom, valeur))
            self._texte = None
        elif balise == "form":
            self._dans = False

    def donnees(self):
        donnees = {}
        for nom, valeur in self.champs:
            donnees.setdefault(nom, []).append(valeur)
        return donnees


def formulaire(response):
    return Formulaire(response.content.decode())


@pytest.fixture
def structure(db):
    return f.make_acteur(nom="Roues libres", nature="association")


@pytest.fixture
def redactrice(structure):
    return f.make_utilisateur(structure, Role.REDACTEUR, password="un bon secret")


@pytest.fixture
def adresse(structure):
    return f"/acteurs/{structure.pk}/modifier/"


@pytest.fixture
def envoi(structure):
    return {
        "nom": "Roues libres du Santerre",
        "siren": structure.siren,
        "nature": "association",
        "publics": ["mobilite-reduite", "vulnerabilite-sociale"],
        "telephone": "03 22 00 00 00",
        "version": 1,
    }


@pytest.fixture
def navigateur():
    """Un client qui contrôle le jeton des formulaires, comme en service."""
    return Client(enforce_csrf_checks=True, headers=ICI)


def jeton(client, adresse="/connexion/"):
    client.get(adresse)
    return client.cookies["csrftoken"].value


# --- Session expirée -----------------------------------------------------------------------------


def test_session_expiree_page_connexion_renvoi_et_c_est_enregistre(
    navigateur, redactrice, structure, adresse, envoi
):
    navigateur.force_login(redactrice)
    envoi["csrfmiddlewaretoken"] = jeton(navigateur, adresse)
    del navigateur.cookies["sessionid"]

    refus = navigateur.post(adresse, envoi)
    assert refus.status_code == 403
    assertContains(refus, "Votre session a expiré", status_code=403)
    assertContains(refus, "Roues libres du Santerre", status_code=403)
    page = formulaire(refus)
    assert page.action == adresse

    # La connexion, dans un autre onglet, change le jeton.
    onglet = {"username": redactrice.courriel, "password": "un bon secret"}
    onglet["csrfmiddlewaretoken"] = jeton(navigateur)
    assert navigateur.post("/connexion/", onglet).status_code == 302

    # Sans JavaScript, le jeton de la page est périmé : elle revient, connectée, et se renvoie.
    retour = navigateur.post(adresse, page.donnees())
    assertContains(retour, "Vous êtes connecté", status_code=403)
    response = navigateur.post(formulaire(retour).action, formulaire(retour).donnees())
    assertRedirects(response, structure.get_absolute_url())
    structure.refresh_from_db()
    assert structure.nom == "Roues libres du Santerre"
    assert structure.publics == ["mobilite-reduite", "vulnerabilite-sociale"]


def test_avec_javascript_le_jeton_du_moment_suffit_a_un_seul_renvoi(
    navigateur, redactrice, structure, adresse, envoi
):
    envoi["csrfmiddlewaretoken"] = jeton(navigateur)
    refus = navigateur.post(adresse, envoi)
    onglet = {"username": redactrice.courriel, "password": "un bon secret"}
    onglet["csrfmiddlewaretoken"] = navigateur.cookies["csrftoken"].value
    navigateur.post("/connexion/", onglet)
    # Ce que fait static/js/saisie.js : la valeur du cookie, telle quelle.
    donnees = formulaire(refus).donnees()
    donnees["csrfmiddlewaretoken"] = navigateur.cookies["csrftoken"].value
    assertRedirects(navigateur.post(adresse, donnees), structure.get_absolute_url())


def test_la_page_de_session_expiree_mene_a_la_connexion_dans_un_nouvel_onglet(
    client, adresse, envoi
):
    response = client.post(adresse, envoi)
    assertContains(
        response,
        '<a class="bouton bouton-secondaire" href="/connexion/?next=/" target="_blank" '
        'rel="noopener">Se connecter (nouvel onglet)</a>',
        status_code=403,
        html=True,
    )


def test_un_get_sans_session_mene_toujours_a_la_connexion(client, adresse):
    assertRedirects(client.get(adresse), f"/connexion/?next={adresse}")


def test_sans_session_rien_n_est_enregistre(client, structure, adresse, envoi):
    client.post(adresse, envoi)
    structure.refresh_from_db()
    assert structure.nom == "Roues libres"


# --- Jeton périmé --------------------------------------------------------------------------------


def test_un_jeton_perime_rend_la_saisie_et_un_jeton_neuf(
    navigateur, redactrice, structure, adresse, envoi
):
    navigateur.force_login(redactrice)
    refus = navigateur.post(adresse, envoi | {"csrfmiddlewaretoken": "x" * 64})
    assertContains(refus, "resté ouvert trop longtemps", status_code=403)
    assertRedirects(
        navigateur.post(adresse, formulaire(refus).donnees()), structure.get_absolute_url()
    )


def test_un_envoi_venu_d_un_autre_site_n_est_pas_proposable_de_nouveau(
    redactrice, structure, adresse, envoi
):
    """Sinon un clic, sur une page du portail, suffirait à enregistrer ce qu'un autre a écrit."""
    for entetes in (
        {"origin": "https://piege.example"},
        {"origin": "null"},
        {"referer": "https://piege.example/page"},
        {"sec-fetch-site": "cross-site"},
    ):
        client = Client(enforce_csrf_checks=True, headers=entetes)
        client.force_login(redactrice)
        response = client.post(adresse, envoi)
        assertContains(response, "Cet envoi vient d’un autre site", status_code=403)
        assertNotContains(response, "Envoyer de nouveau", status_code=403)
        assert formulaire(response).action is None


def test_une_connexion_au_jeton_perime_garde_le_courriel_et_jamais_le_mot_de_passe(navigateur, db):
    envoi = {"username": "agente@example.org", "password": "tr3s-secret", "next": "/mot-de-passe/"}
    refus = navigateur.post("/connexion/", envoi)
    assertContains(refus, "agente@example.org", status_code=403)
    assertNotContains(refus, "tr3s-secret", status_code=403)
    assertContains(refus, "Un mot de passe n’est jamais gardé", status_code=403)
    donnees = formulaire(refus).donnees()
    assert donnees["next"] == ["/mot-de-passe/"]
    response = navigateur.post("/connexion/", donnees)
    assertContains(response, 'value="agente@example.org"')


@pytest.mark.parametrize(
    "nom", ["password", "new_password1", "old_password", "csrfmiddlewaretoken", "mot_de_passe"]
)
def test_aucun_secret_n_est_rendu(client, redactrice, adresse, nom):
    response = client.post(adresse, {nom: "tr3s-secret", "nom": "Roues"})
    assertNotContains(response, "tr3s-secret", status_code=403)


# --- Droit refusé --------------------------------------------------------------------------------


def test_un_droit_refuse_dit_pourquoi_et_rend_le_texte_sans_proposer_de_le_renvoyer(
    client, structure, adresse, envoi
):
    client.force_login(f.make_utilisateur(f.make_acteur()))
    response = client.post(adresse, envoi)
    assertContains(response, "Votre place ne permet pas", status_code=403)
    assertContains(response, "Roues libres du Santerre", status_code=403)
    assertNotContains(response, "Envoyer de nouveau", status_code=403)


def test_un_droit_refuse_sans_rien_de_tape_garde_la_page_de_refus(client, redactrice, structure):
    client.force_login(redactrice)
    habilitation = redactrice.habilitations.get()
    response = client.post(f"/acteurs/{structure.pk}/personnes/{habilitation.pk}/retirer/")
    assertContains(response, "Votre place ne permet pas", status_code=403)
    assertNotContains(response, "saisi", status_code=403)


def test_un_get_refuse_garde_la_page_de_refus(client, adresse):
    client.force_login(f.make_utilisateur())
    response = client.get(adresse)
    assertContains(response, "Voir qui peut faire quoi", status_code=403)
    assertNotContains(response, "Rien n’est enregistré", status_code=403)


# --- Ce qui est rendu ----------------------------------------------------------------------------


def test_le_texte_revient_au_caractere_pres_et_ne_s_execute_pas(client, adresse):
    response = client.post(adresse, {"nom": TEXTE})
    assertNotContains(response, "<script>alert", status_code=403)
    attendu = TEXTE.replace("\r\n", "\n").replace("\n", "\r\n")
    assert formulaire(response).donnees()["nom"] == [attendu]


def test_un_nom_de_champ_hostile_ne_s_execute_pas(client, adresse):
    nom = '"><script>alert(1)</script>'
    response = client.post(adresse, {nom: "x"})
    assertNotContains(response, "<script>alert", status_code=403)
    assert formulaire(response).donnees()[nom] == ["x"]


def test_une_adresse_hostile_ne_mene_pas_hors_du_portail(client, db):
    response = client.post("//acteurs/nouveau/?x=%22%3E%3Cscript%3E", {"nom": "x"})
    assert response.status_code in (403, 404)
    assertNotContains(response, "<script>", status_code=response.status_code)


def test_chaque_texte_a_le_nom_de_son_champ(client, adresse):
    envoi = {
        "nature": "association",
        "telephone": "03",
        "etapes-1-libelle": "Ouvrir",
        "inconnu_x": "y",
    }
    page = client.post(adresse, envoi).content.decode()
    for libelle in ("Nature", "Téléphone du service", "Libelle (2)", "Inconnu x"):
        assert f">{libelle}</label>" in page


def test_les_champs_de_service_repartent_sans_etre_montres(client, adresse):
    envoi = {
        "version": "3",
        "version_comparee": "2",
        "etapes-TOTAL_FORMS": "2",
        "telephone": "",
        "nom": "Roues",
    }
    response = client.post(adresse, envoi)
    assert response.content.decode().count("readonly") == 1
    donnees = formulaire(response).donnees()
    donnees.pop("csrfmiddlewaretoken")
    assert donnees == {nom: [valeur] for nom, valeur in envoi.items()}


def test_les_fichiers_sont_nommes_et_dits_non_gardes(client, adresse):
    fichier = SimpleUploadedFile("déliberation <b>.pdf", b"%PDF-1.7")
    response = client.post(adresse, {"nom": "Roues", "piece": fichier})
    assertContains(response, "Les fichiers joints ne sont pas gardés", status_code=403)
    assertContains(response, "déliberation &lt;b&gt;.pdf", status_code=403)


def test_un_fichier_seul_suffit_a_expliquer_qu_il_n_est_pas_garde(client, redactrice, db):
    autre = f.make_acteur()
    client.force_login(redactrice)
    fichier = SimpleUploadedFile("avis.pdf", b"%PDF-1.7")
    response = client.post(f"/acteurs/{autre.pk}/modifier/", {"piece": fichier})
    assertContains(response, "avis.pdf", status_code=403)


def test_une_saisie_demesuree_est_montree_en_partie_et_jamais_renvoyee_tronquee(client, adresse):
    entier = client.post(adresse, {"nom": "x" * (saisie.SIGNES_AU_PLUS - 10)})
    assertContains(entier, "Envoyer de nouveau", status_code=403)
    trop = client.post(adresse, {"nom": "x" * (saisie.SIGNES_AU_PLUS + 1), "sigle": "RL"})
    assertContains(trop, "n’en montre que le début", status_code=403)
    assertNotContains(trop, "Envoyer de nouveau", status_code=403)
    assert len(trop.content) < saisie.SIGNES_AU_PLUS + 50_000


def test_la_page_n_est_gardee_par_aucun_cache(client, adresse):
    response = client.post(adresse, {"nom": "Roues"})
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_le_texte_envoye_a_une_part_supprimee_est_rendu(client, plan, region, personnes):
    part = f.make_contribution(region)
    url = f"/plans/{plan.slug}/contributions/{part.pk}/modifier/"
    part.delete()
    client.force_login(personnes["region"])

    response = client.post(url, {"texte": "Une heure de travail.", "version": 1}, headers=ICI)

    assertContains(response, "Une heure de travail.", status_code=404)
    assertNotContains(response, "Envoyer de nouveau", status_code=404)
