"""Ce que le portail garde : jamais périmé, jamais montré à qui ne doit pas le voir."""

import pytest
from django.conf import settings as reglages
from django.core.cache import caches

from bassins.models import Perimetre, Revision
from dispositifs.models import Dispositif
from tests import factories as f

URL = "/dispositifs/"
A_TOUS_VENTS = reglages.CACHES["inventaire"]


@pytest.fixture(autouse=True)
def avec_memoire(settings):
    settings.CACHES = settings.CACHES | {"inventaire": A_TOUS_VENTS}
    yield
    caches["inventaire"].clear()


def page(client, **filtres):
    return client.get(URL, filtres).content.decode()


def test_la_seconde_visite_ne_recompte_rien(client, territoire, django_assert_num_queries):
    f.make_dispositif(nom="Navette")
    premiere = page(client)

    with django_assert_num_queries(1):
        assert page(client) == premiere


def test_chaque_ecriture_se_voit_aussitot(client, territoire, redacteur):
    fiche = f.make_dispositif(nom="Navette")
    assert "Navette" in page(client)

    fiche.nom = "Minibus"
    fiche.save()
    assert "Minibus" in page(client)
    Dispositif.objects.filter(pk=fiche.pk).update(frais="gratuit")
    assert "Gratuit" in page(client)
    fiche.porteur.nom = "Roues neuves"
    fiche.porteur.save()
    assert "porté par Roues neuves" in page(client)
    Dispositif.objects.bulk_create(
        [Dispositif(nom="Lot", nom_normalise="lot", type="tad", porteur=fiche.porteur,
                    tenu_par=fiche.porteur, statut="verifie", description="x")]
    )  # fmt: skip
    assert "2 dispositifs" in page(client)
    fiche.delete()
    assert "Minibus" not in page(client)


def test_un_perimetre_change_recompte_les_bassins(client, territoire):
    f.make_dispositif(zone_eligibilite=["commune-02408"])
    assert "Aisne et Oise (1)" in page(client)

    Perimetre.objects.filter(bassin=territoire["ouest"]).update(jusqu_au="2023-12-31")

    assert "Aisne et Oise" not in page(client)


def test_le_public_ne_recoit_jamais_ce_qui_a_ete_fait_pour_une_personne_connectee(
    client, territoire, redacteur
):
    f.make_dispositif(nom="Secret", statut="signale")
    client.force_login(redacteur)
    assert "Secret" in page(client)
    client.logout()

    assert "Secret" not in page(client)
    client.force_login(redacteur)
    assert "Secret" in page(client)


def test_ajouter_ne_s_offre_qu_a_qui_le_peut_meme_quand_la_page_est_gardee(client, personnes):
    client.force_login(personnes["redactrice"])
    assert "Ajouter le premier dispositif" in page(client)
    client.force_login(personnes["lectrice"])
    assert "Ajouter le premier dispositif" not in page(client)


def test_une_visite_de_retour_du_public_repond_304_jusqu_a_la_prochaine_ecriture(
    client, territoire, django_assert_num_queries
):
    fiche = f.make_dispositif(nom="Navette")
    etag = client.get(URL)["ETag"]

    with django_assert_num_queries(1):
        reponse = client.get(URL, headers={"If-None-Match": etag})
    assert (reponse.status_code, reponse.content) == (304, b"")
    fiche.save()
    reponse = client.get(URL, headers={"If-None-Match": etag})
    assert (reponse.status_code, reponse["ETag"] == etag) == (200, False)


def test_chaque_adresse_a_son_etag(client, territoire):
    f.make_dispositif(nom="Navette")
    adresses = ["", "?q=navette", "?page=2", "?q=navette&tri=nom"]

    assert len({client.get(URL + adresse)["ETag"] for adresse in adresses}) == len(adresses)


def test_une_page_qui_nomme_quelqu_un_n_a_pas_d_etag(client, territoire, redacteur):
    f.make_dispositif(nom="Navette")
    public = client.get(URL)
    assert "private" in public["Cache-Control"]
    client.force_login(redacteur)

    reponse = client.get(URL, headers={"If-None-Match": public["ETag"]})

    assert reponse.status_code == 200
    assert "ETag" not in reponse
    assert str(redacteur) in reponse.content.decode()


def test_l_etat_change_quel_que_soit_l_ordre_des_ecritures_et_les_anciennes_s_effacent(db):
    vus = set()
    for _ in range(3):
        Revision.monter("inventaire")
        vus.add(Revision.etats()["inventaire"])
    assert len(vus) == 3

    Revision.objects.bulk_create([Revision(sujet="inventaire") for _ in range(1200)])
    dernier = Revision.objects.order_by("-pk")[0].pk
    for _ in range(Revision.GARDEES - dernier % Revision.GARDEES):
        Revision.monter("territoires")

    assert Revision.objects.count() <= 2 * Revision.GARDEES
    assert set(Revision.etats()) == {"territoires", "inventaire"}


def test_la_fiche_du_public_se_garde_et_chaque_ecriture_s_y_voit(
    client, territoire, redacteur, django_assert_num_queries
):
    fiche = f.make_dispositif(nom="Navette", zone_eligibilite=["epci-200043495"])
    adresse = fiche.get_absolute_url()
    premiere = client.get(adresse)

    with django_assert_num_queries(1):
        assert client.get(adresse).content == premiere.content
    with django_assert_num_queries(1):
        assert client.get(adresse, headers={"If-None-Match": premiere["ETag"]}).status_code == 304
    fiche.porteur.nom = "Roues neuves"
    fiche.porteur.save()
    assert "Roues neuves" in client.get(adresse).content.decode()
    client.force_login(redacteur)
    connecte = client.get(adresse, headers={"If-None-Match": premiere["ETag"]})
    assert (connecte.status_code, "ETag" in connecte) == (200, False)
    client.logout()
    Dispositif.objects.filter(pk=fiche.pk).update(statut="signale")
    assert client.get(adresse).status_code == 404


def test_une_fiche_absorbee_mene_a_la_survivante_meme_gardee(client, territoire):
    gardee, absorbee = f.make_dispositif(nom="Navette"), f.make_dispositif(nom="Minibus")
    absorbee.fusionne_avec = gardee
    absorbee.save()

    for _ in range(2):
        reponse = client.get(absorbee.get_absolute_url())
        assert (reponse.status_code, reponse.url) == (302, gardee.get_absolute_url())
