"""L'assistant reconnaît data·inclusion : services et structures, ensemble ou l'un puis l'autre."""

import csv
import io
import json
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dispositifs.models import Dispositif, Importation
from dispositifs.taches import avancer
from tests.dispositifs.importation.test_data_inclusion import SERVICE, STRUCTURE

DEPOT = "/dispositifs/importer/"
PORTEUSE = STRUCTURE | {"siret": "35600000000048", "reseaux_porteurs": ["association"]}
ANJOU = SERVICE | {"id": "dora--43", "nom": "Garage d’Anjou", "zone_eligibilite": ["49"]}
SANTE = SERVICE | {"id": "dora--44", "thematiques": ["sante--x"]}


def en_json(objets, nom):
    return SimpleUploadedFile(nom, json.dumps(objets).encode())


def en_csv(objets, nom):
    """Comme pandas les écrit : les listes en leur forme Python."""
    sortie = io.StringIO(newline="")
    table = csv.DictWriter(sortie, sorted({champ for objet in objets for champ in objet}))
    table.writeheader()
    table.writerows(objets)
    return SimpleUploadedFile(nom, sortie.getvalue().encode())


def services(ecrire=en_json, objets=(SERVICE, ANJOU, SANTE)):
    return ecrire(list(objets), f"services.{ecrire.__name__[3:]}")


def structures(ecrire=en_json):
    return ecrire([PORTEUSE], f"structures.{ecrire.__name__[3:]}")


@pytest.fixture
def connecte(client, redacteur, territoire):
    client.force_login(redacteur)
    return client


@pytest.fixture
def deposer(connecte, region):
    def faire(**champs):
        return connecte.post(DEPOT, {"acteur": region.acteur.pk} | champs)

    return faire


def completer(client, **fichiers):
    """L'étape 2 ; puis l'essai, si elle y mène."""
    importation = Importation.objects.get()
    reponse = client.post(
        reverse("dispositifs:importation_update", args=[importation.pk]), fichiers
    )
    avancer.call(importation.pk)
    importation.refresh_from_db()
    return importation, reponse


def page(client, importation):
    url = reverse("dispositifs:importation_detail", args=[importation.pk])
    return " ".join(client.get(url).content.decode().split())


def importer(client, importation):
    client.post(reverse("dispositifs:importation_appliquer", args=[importation.pk]))
    avancer.call(importation.pk)
    importation.refresh_from_db()


@pytest.mark.parametrize("ecrire", [en_json, en_csv])
def test_deux_fichiers_deposes_ensemble_se_lisent_puis_s_ecrivent(connecte, deposer, ecrire):
    reponse = deposer(fichier=services(ecrire), structures=structures(ecrire))
    assert "il reste à essayer" in connecte.get(reponse.url).content.decode()

    importation, _ = completer(connecte)
    assert (importation.etat, importation.comptes) == ("examinee", {"creer": 2})
    assert not Dispositif.objects.exists()
    lu = page(connecte, importation)
    assert "Garage solidaire de Laon" in lu and "Type déduit" in lu
    assert "1 service sans thématique de mobilité n’est pas lu." in lu

    noms = [importation.fichier.name, importation.structures.name]
    importer(connecte, importation)
    assert importation.etat == "faite"
    fiches = Dispositif.objects.order_by("nom")
    assert [str(fiche) for fiche in fiches] == ["Garage d’Anjou", "Garage solidaire de Laon"]
    assert {fiche.porteur.siren for fiche in fiches} == {"356000000"}
    assert not any(map(default_storage.exists, noms))


def test_des_signes_impossibles_n_arretent_ni_la_lecture_ni_la_page(connecte, deposer):
    """Un nul ou un demi-codet, dans un nom comme dans une colonne."""
    abime = SERVICE | {"nom": "Garage\ud800 solidaire\0 de Laon", "cle\ud800\0": "x"}
    deposer(fichier=services(objets=[abime]), structures=structures())

    importation, _ = completer(connecte)
    assert importation.comptes == {"creer": 1}
    assert "Garage solidaire de Laon" in page(connecte, importation)

    importer(connecte, importation)
    assert Dispositif.objects.get().nom == "Garage solidaire de Laon"


def test_recommencer_le_meme_import_ne_change_rien(connecte, deposer):
    for _ in range(2):
        deposer(fichier=services(), structures=structures())
        importation, _ = completer(connecte)
        comptes = importation.comptes
        importer(connecte, importation)
        Importation.objects.all().delete()

    assert comptes == {"inchangee": 2}
    assert Dispositif.objects.count() == 2


def test_les_services_d_abord_puis_leurs_structures(connecte, deposer):
    deposer(fichier=services())
    importation, _ = completer(connecte)
    assert importation.comptes == {"refusee": 2}
    assert "n’est pas dans le fichier des structures" in page(connecte, importation)
    assert "Revoir les fichiers" in page(connecte, importation)

    importation, _ = completer(connecte, structures=structures())
    assert importation.comptes == {"creer": 2}


def test_les_structures_d_abord_puis_leurs_services(connecte, deposer):
    reponse = deposer(fichier=structures())
    assert "Ajoutez le fichier de leurs services" in connecte.get(reponse.url).content.decode()
    importation, reponse = completer(connecte)
    assert reponse.context["form"].errors == {"services": ["Choisissez le fichier des services."]}
    assert importation.etat == "deposee"

    importation, _ = completer(connecte, services=services())
    assert (importation.nom_du_fichier, importation.comptes) == ("services.json", {"creer": 2})


def test_deposes_l_un_pour_l_autre_ils_sont_remis_a_leur_place(connecte, deposer):
    deposer(fichier=structures(), structures=services())
    importation, _ = completer(connecte)

    assert importation.comptes == {"creer": 2}


def test_un_bassin_ne_garde_que_ce_qui_touche_ses_communes(connecte, deposer, territoire):
    deposer(fichier=services(), structures=structures(), bassin=territoire["ouest"].pk)
    importation, _ = completer(connecte)
    assert importation.comptes == {"creer": 1, "ignoree": 1}

    importer(connecte, importation)
    assert [fiche.nom for fiche in Dispositif.objects.all()] == ["Garage solidaire de Laon"]


def test_remplacer_un_fichier_oublie_l_ancien(connecte, deposer):
    deposer(fichier=services(), structures=structures())
    importation, _ = completer(connecte, services=services(objets=[SERVICE]))

    assert importation.comptes == {"creer": 1}
    assert len(default_storage.listdir("importations")[1]) == 2


def test_un_fichier_trompeur_a_l_etape_2_est_refuse_a_cote_de_son_champ(connecte, deposer):
    deposer(fichier=services())
    importation, reponse = completer(connecte, structures=services())

    assert reponse.context["form"].errors == {
        "structures": ["Ce fichier n’est pas fait de structures data·inclusion."]
    }
    assert not importation.structures


def archive():
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w") as zip_:
        zip_.writestr("services.json", json.dumps([SERVICE]))
    return SimpleUploadedFile("services.json", sortie.getvalue())


@pytest.mark.parametrize(
    ("fichiers", "champ", "phrase"),
    [
        (lambda: {"fichier": en_json([{"a": 1}], "a.json")}, "fichier", "ni de services ni"),
        (lambda: {"fichier": en_json([1, 2], "a.json")}, "fichier", "ni un tableau JSON"),
        (lambda: {"fichier": SimpleUploadedFile("a.json", b'[{"id": 1')}, "fichier", "ni un tabl"),
        (lambda: {"fichier": SimpleUploadedFile("a.json", b"[" * 90_000)}, "fichier", "ni un tabl"),
        (lambda: {"fichier": archive()}, "fichier", "est une archive, pas un classeur"),
        (lambda: {"fichier": services(), "structures": archive()}, "structures", "est une archive"),
        (lambda: {"fichier": services(), "structures": services()}, "structures", "deux fichiers"),
        (
            lambda: {"fichier": SimpleUploadedFile("a.csv", b"Nom;Type\nA;tad\n"),
                     "structures": structures()},
            "structures",
            "l’un des deux est un tableur",
        ),
        (
            lambda: {"fichier": SimpleUploadedFile("a.json", b"[" + b" " * 11 * 1024**2 + b"]")},
            "fichier",
            "dépasse 10 Mio",
        ),
        (
            lambda: {"fichier": services(objets=[{"structure_id": 1, "thematiques": 2}] * 20_001)},
            "fichier",
            "plus de 20 000 lignes",
        ),
    ],
)  # fmt: skip
def test_ce_qui_n_en_est_pas_est_refuse_d_une_phrase(deposer, fichiers, champ, phrase):
    reponse = deposer(**fichiers())

    assert phrase in reponse.context["form"].errors[champ][0]
    assert not Importation.objects.exists()


def test_un_tableau_de_partenaire_qui_a_un_identifiant_reste_un_tableur(connecte, deposer):
    deposer(fichier=SimpleUploadedFile("a.csv", b"source;id;nom;type\nx;1;Garage;tad\n"))

    assert Importation.objects.get().format == "tableur"


def test_une_valeur_imbriquee_ou_un_caractere_nul_ne_derangent_rien(connecte, deposer):
    piege = SERVICE | {"nom": "Ga\0rage", "extra": {"a": [{"b": 1}]}, "publics": [["jeunes"]]}
    deposer(fichier=services(objets=[piege]), structures=structures())
    importation, _ = completer(connecte)

    assert importation.lignes.get().nom == "Garage"
