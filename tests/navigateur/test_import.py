"""Importer un fichier de partenaire, de son dépôt à la décision, accessible à chaque état."""

import json

import pytest
from playwright.sync_api import expect

from dispositifs.models import Dispositif, Importation
from dispositifs.taches import avancer
from pams_portal.droits import Droit
from tests.dispositifs.importation import fichiers
from tests.dispositifs.importation.test_data_inclusion import SERVICE, STRUCTURE
from tests.navigateur.accessibilite import verifier_axe

pytestmark = pytest.mark.navigateur

TITRES = ["Ref", "Action", "Type de dispositif", "Descriptif", "Territoire", "Capacité"]
# Une couleur en pleine transition n'est ni l'ancienne ni la nouvelle.
CALME = {"reduced_motion": "reduce"}


@pytest.fixture
def fichier(tmp_path):
    """`fichier("nom", 40)` : le recensement d'un partenaire, une ligne juste et une fausse."""

    def ecrire(nom, capacite):
        chemin = tmp_path / "recensement.xlsx"
        juste = ["r-1", nom, "garage", "Réparation à prix réduit.", "CC du Grand Roye", capacite]
        fausse = ["r-2", "Soucoupe", "soucoupe volante", "Vole.", "CC du Grand Roye", ""]
        chemin.write_bytes(fichiers.xlsx(TITRES, juste, fausse).read())
        return chemin

    return ecrire


def deposer(page, chemin):
    page.goto("/dispositifs/importer/")
    page.get_by_label("Fichier").set_input_files(chemin)
    page.get_by_role("button", name="Déposer").click()


def travailler():
    """Ce que l'ouvrier ferait."""
    assert avancer.call(Importation.objects.latest("pk").pk) == "fait"


def essayer(page):
    page.get_by_role("button", name="Essayer sans rien écrire").click()
    expect(page.get_by_text("L’import attend son tour")).to_be_visible()
    verifier_axe(page)
    travailler()
    expect(page.get_by_text("Rien n’est encore écrit.")).to_be_visible()
    verifier_axe(page)


def importer(page):
    page.get_by_role("button", name="Importer", exact=True).click()
    travailler()
    expect(page.get_by_text("L’import est fait.")).to_be_visible()
    verifier_axe(page)


def test_importer_corriger_reimporter_decider(visiteur, fichier, tmp_path):
    page = visiteur("region", **CALME)
    piege = tmp_path / "piege.xlsx"
    piege.write_bytes(b"MZ\x90\x00")
    deposer(page, piege)
    expect(page.get_by_text("Ce fichier n’est ni un CSV ni un classeur").first).to_be_visible()
    verifier_axe(page)

    deposer(page, fichier("Garage du parcours", 40))
    page.get_by_role("button", name="Essayer sans rien écrire").click()
    expect(page.get_by_text("Dites quelle colonne donne").first).to_be_visible()
    verifier_axe(page)
    page.get_by_label("Action").select_option("nom")
    page.get_by_label("Ref", exact=True).select_option("source_id")
    essayer(page)
    expect(page.get_by_text("« soucoupe volante » n’est pas un choix connu")).to_be_visible()
    importer(page)

    page.get_by_role("link", name="Garage du parcours").click()
    page.get_by_text("D’où vient chaque information").click()
    expect(page.get_by_text("Importé du fichier recensement.xlsx, ligne 2").first).to_be_visible()
    verifier_axe(page)
    fiche = Dispositif.objects.get(nom="Garage du parcours")
    utilisateur = Importation.objects.latest("pk").utilisateur
    fiche.agir(utilisateur, Droit.MODIFIER_DISPOSITIF, "modifier", capacite=55)

    deposer(page, fichier("Garage du parcours", 60))
    expect(page.get_by_label("Action")).to_have_value("nom")
    essayer(page)
    importer(page)
    page.goto("/ma-part/")
    page.get_by_role("link", name="Décider de ce qu’un import propose : Garage du parcours").click()
    verifier_axe(page)
    page.get_by_role("button", name="Prendre celle du fichier").click()
    expect(page.get_by_text("Rien à décider")).to_be_visible()
    fiche.refresh_from_db()
    assert fiche.capacite == 60


def test_sans_javascript_l_import_se_fait_aussi(visiteur, fichier):
    page = visiteur("region", java_script_enabled=False)
    deposer(page, fichier("Garage sans script", 40))
    page.get_by_label("Action").select_option("nom")
    page.get_by_role("button", name="Essayer sans rien écrire").click()
    travailler()
    page.get_by_role("link", name="Actualiser").click()
    page.get_by_role("button", name="Importer", exact=True).click()
    travailler()
    page.get_by_role("link", name="Actualiser").click()
    expect(page.get_by_text("L’import est fait.")).to_be_visible()
    assert Dispositif.objects.filter(nom="Garage sans script").exists()


def test_des_services_data_inclusion_puis_leurs_structures(visiteur, tmp_path):
    page = visiteur("region", **CALME)
    services, structures = tmp_path / "services.json", tmp_path / "structures.json"
    services.write_text(json.dumps([SERVICE | {"zone_eligibilite": ["80"]}]))
    structures.write_text(json.dumps([STRUCTURE | {"siret": "35600000000048"}]))
    deposer(page, services)
    expect(page.get_by_text("Ajoutez le fichier de leurs structures")).to_be_visible()
    verifier_axe(page)
    essayer(page)
    expect(page.get_by_text("n’est pas dans le fichier des structures")).to_be_visible()

    page.get_by_role("link", name="Revoir les fichiers").click()
    page.get_by_label("Fichier des structures").set_input_files(structures)
    essayer(page)
    importer(page)
    assert Dispositif.objects.get(nom=SERVICE["nom"]).porteur.siren == "356000000"
