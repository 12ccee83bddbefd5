"""Les recherches enregistrées : un nom, des filtres, et une seule personne pour les voir."""

import pytest

from dispositifs.models import RechercheEnregistree
from tests import factories as f

URL = "/dispositifs/recherches/"


@pytest.fixture
def garder(client, redacteur):
    client.force_login(redacteur)

    def faire(nom="Mes garages", filtres="type=garage-solidaire"):
        return client.post(f"{URL}nouvelle/", {"nom": nom, "filtres": filtres})

    return faire


def test_on_garde_les_filtres_sans_la_page_ni_la_selection(client, garder, redacteur):
    reponse = garder(filtres="type=garage-solidaire&q=&page=3&d=12&public=jeunes")

    recherche = RechercheEnregistree.objects.get()
    assert recherche.utilisateur == redacteur
    assert recherche.filtres == "type=garage-solidaire&public=jeunes"
    assert reponse.url == "/dispositifs/?type=garage-solidaire&public=jeunes"
    assert 'href="/dispositifs/?type=garage-solidaire&amp;public=jeunes">Mes garages' in (
        client.get("/dispositifs/").content.decode()
    )


def test_la_liste_propose_de_garder_ce_qu_elle_montre(client, redacteur):
    lien = '/dispositifs/recherches/nouvelle/?q=garage"'
    f.make_dispositif(nom="Garage")
    assert lien not in client.get("/dispositifs/?q=garage").content.decode()
    client.force_login(redacteur)

    assert lien in client.get("/dispositifs/?q=garage&d=4&page=1").content.decode()
    assert "recherches/nouvelle" not in client.get("/dispositifs/").content.decode()
    assert client.get(f"{URL}nouvelle/?q=garage").context["form"]["filtres"].value() == "q=garage"


@pytest.mark.parametrize(
    ("nom", "filtres", "champ"),
    [
        ("", "q=a", "nom"),
        ("x" * 81, "q=a", "nom"),
        ("Mes garages", "", "filtres"),
        ("Mes garages", "page=2&q=", "filtres"),
        ("Mes garages", "q=" + "a" * 2000, "filtres"),
    ],
)
def test_ce_qui_ne_va_pas_se_dit_et_reste_a_l_ecran(garder, nom, filtres, champ):
    page = garder(nom, filtres)

    assert list(page.context["form"].errors) == [champ]
    assert page.context["form"]["nom"].value() == nom
    assert not RechercheEnregistree.objects.exists()


def test_deux_recherches_du_meme_nom_se_confondraient(garder, region):
    garder()
    page = garder(filtres="q=autre")
    assert page.context["form"].errors == {"nom": ["Vous avez déjà une recherche de ce nom."]}

    voisin = f.make_utilisateur(region.acteur)
    RechercheEnregistree.objects.create(utilisateur=voisin, nom="Autre", filtres="q=a")
    assert garder("Autre").status_code == 302


def test_cinquante_recherches_au_plus(garder, redacteur):
    RechercheEnregistree.objects.bulk_create(
        RechercheEnregistree(utilisateur=redacteur, nom=f"n° {n}", filtres="q=a") for n in range(50)
    )

    assert "Vous gardez déjà 50 recherches" in garder().content.decode()


def test_on_renomme_et_on_retire_les_siennes(client, garder):
    garder()
    recherche = RechercheEnregistree.objects.get()

    client.post(f"{URL}{recherche.pk}/renommer/", {"nom": "Garages", "filtres": "q=pirate"})

    recherche.refresh_from_db()
    assert (recherche.nom, recherche.filtres) == ("Garages", "type=garage-solidaire")
    assert "Garages" in client.get(URL).content.decode()
    client.post(f"{URL}{recherche.pk}/retirer/")
    assert not RechercheEnregistree.objects.exists()


def test_celles_d_autrui_n_existent_pas(client, garder, region):
    voisin = f.make_utilisateur(region.acteur)
    sienne = RechercheEnregistree.objects.create(utilisateur=voisin, nom="Secrète", filtres="q=a")
    garder()

    assert "Secrète" not in client.get(URL).content.decode()
    assert "Secrète" not in client.get("/dispositifs/").content.decode()
    assert client.get(f"{URL}{sienne.pk}/renommer/").status_code == 404
    assert client.post(f"{URL}{sienne.pk}/renommer/", {"nom": "À moi"}).status_code == 404
    assert client.post(f"{URL}{sienne.pk}/retirer/").status_code == 404
    assert RechercheEnregistree.objects.get(pk=sienne.pk).nom == "Secrète"
