"""Les fichiers ouverts se préparent hors du web, et se servent tels qu'ils ont été préparés."""

import hashlib
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from dispositifs.models import FichierOuvert, Publication
from dispositifs.models.publication import INTERVALLE, SILENCE
from dispositifs.ouverture.fichiers import FICHIERS, morceaux
from dispositifs.ouverture.preparation import preparer
from dispositifs.ouverture.reponses import etat_public
from dispositifs.taches import preparer_les_fichiers
from pams_portal.typographie import espacer
from tests import factories as f
from tests.acces import statut

CSV = "/donnees-ouvertes/dispositifs.csv"


def faire_la_ronde():
    """Ce que l'ouvrier fait des fichiers, sans fermer la connexion comme il le fait."""
    Publication.objects.relever()
    Publication.objects.elaguer()
    Publication.objects.demander(etat_public())
    for publication in Publication.objects.filter(prete_le=None):
        assert preparer_les_fichiers.call(publication.pk) == "prête"


def vieillir(delai=INTERVALLE):
    avant = timezone.now() - delai - timedelta(seconds=1)
    Publication.objects.update(demandee_le=avant, battement=avant)


def contenu(reponse):
    return b"".join(reponse.streaming_content).decode()


def fichiers_gardes():
    return sorted((settings.MEDIA_ROOT / "donnees-ouvertes").iterdir())


@pytest.fixture
def prepares(publie):
    faire_la_ronde()


def test_tant_que_rien_n_est_pret_l_adresse_dit_de_revenir(client, publie):
    reponse = client.get(CSV)

    assert (reponse.status_code, reponse["Retry-After"]) == (503, "120")
    assert "revenez dans quelques minutes" in reponse.json()["erreur"]
    assert "Cache-Control" not in reponse
    page = client.get(reverse("donnees_ouvertes")).content.decode()
    assert espacer("Ils se préparent : revenez dans quelques minutes.") in page
    assert Publication.objects.count() == 0, "un GET ne demande rien"


@pytest.mark.parametrize("nom", FICHIERS)
def test_un_fichier_a_une_adresse_stable_et_la_date_de_sa_preparation(client, prepares, nom):
    racine, _, extension = nom.rpartition(".")
    jour = timezone.localdate() - timedelta(days=1)
    Publication.objects.update(prete_le=timezone.now() - timedelta(days=1))

    reponse = client.get(f"/donnees-ouvertes/{nom}")

    octets = b"".join(reponse.streaming_content)
    assert reponse.status_code == 200
    assert octets.decode() == "".join(morceaux(nom))
    assert reponse["Content-Length"] == str(len(octets))
    assert reponse["Content-Type"] == FICHIERS[nom].type_mime
    assert reponse["Content-Disposition"] == (
        f'attachment; filename="{racine}-{jour.isoformat()}.{extension}"'
    )
    assert reponse["Access-Control-Allow-Origin"] == "*"
    assert reponse["Cache-Control"] == "public, max-age=300"
    assert reponse["ETag"] == f'"{hashlib.sha256(octets).hexdigest()}"'


def test_qui_a_deja_le_fichier_n_en_recoit_rien(client, prepares):
    premier = client.get(CSV)
    assert statut(premier) == 200
    dates = {"If-None-Match": premier["ETag"]}, {"If-Modified-Since": premier["Last-Modified"]}

    for entetes in dates:
        revenu = client.get(CSV, headers=entetes)
        assert (revenu.status_code, revenu.content) == (304, b"")
        assert revenu["ETag"] == premier["ETag"]
    assert client.post(CSV).status_code == 405


def test_servir_un_fichier_coute_une_requete(client, prepares, django_assert_num_queries):
    with django_assert_num_queries(1):
        reponse = client.get(CSV)
    assert contenu(reponse)


def test_un_fichier_inconnu_est_introuvable(client, db):
    assert client.get("/donnees-ouvertes/personnes.csv").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_l_ouvrier_prepare_les_fichiers(client):
    f.make_dispositif(nom="Vélos de Guise")

    call_command("ouvrier", "--une-fois")

    assert "Guise" in contenu(client.get(CSV))


# --- Quand les refaire ---------------------------------------------------------------------------


def test_une_ecriture_refait_les_fichiers_une_fois_par_intervalle(client, prepares):
    f.make_dispositif(nom="Vélos de Guise")
    faire_la_ronde()
    assert "Guise" not in contenu(client.get(CSV)), "refaits trop tôt"

    vieillir()
    faire_la_ronde()
    assert "Guise" in contenu(client.get(CSV))
    assert Publication.objects.count() == 2


def test_sans_ecriture_rien_n_est_refait_avant_le_lendemain(prepares, monkeypatch):
    vieillir()
    faire_la_ronde()
    assert Publication.objects.count() == 1

    demain = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_: demain)
    faire_la_ronde()
    assert Publication.objects.count() == 2


def test_les_anciens_fichiers_ne_s_entassent_pas(client, prepares):
    for rang in range(3):
        f.make_dispositif(nom=f"Fiche {rang}")
        vieillir()
        faire_la_ronde()
    faire_la_ronde()

    assert Publication.objects.count() == 2
    assert len(fichiers_gardes()) == 2 * len(FICHIERS)
    assert "Fiche 2" in contenu(client.get(CSV))


# --- Rien ne se perd -----------------------------------------------------------------------------


def test_un_ouvrier_mort_en_route_est_remplace_et_l_ancien_reste_servi(client, prepares):
    f.make_dispositif(nom="Vélos de Guise")
    vieillir()
    Publication.objects.demander(etat_public())
    morte = Publication.objects.first()
    morte.ranger("acteurs.csv", ContentFile(b"reste"), "0" * 64)
    assert "Guise" not in contenu(client.get(CSV))

    vieillir(SILENCE)
    faire_la_ronde()

    assert "Guise" in contenu(client.get(CSV))
    assert not Publication.objects.filter(pk=morte.pk).exists()
    assert not [chemin for chemin in fichiers_gardes() if chemin.read_bytes() == b"reste"]
    # S'il n'était qu'en retard, il n'écrit plus rien.
    assert preparer(morte) == "dépassée"
    assert len(fichiers_gardes()) == 2 * len(FICHIERS)


def test_des_fichiers_disparus_se_refont(client, prepares):
    for chemin in fichiers_gardes():
        chemin.unlink()
    assert client.get(CSV).status_code == 503

    faire_la_ronde()

    assert statut(client.get(CSV)) == 200
    assert FichierOuvert.objects.count() == len(FICHIERS)


# --- La page -------------------------------------------------------------------------------------


def test_la_page_dit_ce_qu_il_y_a_la_licence_et_la_fraicheur(client, publie):
    page = client.get(reverse("donnees_ouvertes")).content.decode()

    for nom in FICHIERS:
        assert f'href="/donnees-ouvertes/{nom}"' in page
    assert "1 dispositif publié" in page
    assert "Licence Ouverte 2.0" in page
    assert f"/api/v1/dispositifs/{publie.identifiant}/" in page
    assert "DÉMONSTRATION" not in page


def test_la_page_avertit_quand_des_fiches_sont_inventees(client, db):
    f.make_dispositif(demonstration=True)

    assert "Écartez-les avant tout usage réel" in client.get("/donnees-ouvertes/").content.decode()


def test_les_exemples_de_la_page_repondent(client, publie):
    f.make_commune(code="80021")

    page = client.get("/donnees-ouvertes/").content.decode()

    adresses = [morceau.split('"')[0] for morceau in page.split('href="/api/')[1:]]
    assert len(adresses) >= 8
    for adresse in adresses:
        assert client.get("/api/" + adresse.replace("&amp;", "&")).status_code == 200
