"""La commande d'import reconnaît data·inclusion : simuler, écrire, recommencer sans effet."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dispositifs.models import Dispositif
from tests import factories as f
from tests.dispositifs.importation.test_data_inclusion import SERVICE, STRUCTURE


@pytest.fixture
def fichiers(tmp_path, territoire):
    """Trois services, dont un d'Anjou et un hors sujet, et leur structure déjà inscrite."""
    f.make_acteur(nom=STRUCTURE["nom"])
    anjou = SERVICE | {"id": "dora--43", "nom": "Garage d’Anjou", "zone_eligibilite": ["49"]}
    sante = SERVICE | {"id": "dora--44", "thematiques": ["sante--x"]}
    services, structures = tmp_path / "services.json", tmp_path / "structures.json"
    services.write_text(json.dumps([SERVICE, anjou, sante]))
    structures.write_text(json.dumps([STRUCTURE]))
    return str(services), f"--structures={structures}"


def lancer(*arguments):
    sortie = StringIO()
    call_command("importer_dispositifs", *arguments, stdout=sortie)
    return sortie.getvalue()


def test_simuler_dit_tout_et_n_ecrit_rien(fichiers):
    dit = lancer(*fichiers, "--simuler")

    assert "Ligne 1 : à créer, Garage solidaire de Laon. Type déduit" in dit
    assert "2 lignes. à créer : 2." in dit
    assert "Services sans thématique de mobilité, laissés : 1." in dit
    assert not Dispositif.objects.exists()


def test_un_bassin_restreint_et_recommencer_ne_change_rien(fichiers):
    assert "ignorée : 1" in lancer(*fichiers, "--bassin=aisne-et-oise")
    assert [d.nom for d in Dispositif.objects.all()] == ["Garage solidaire de Laon"]

    assert "déjà à jour : 1, ignorée : 1" in lancer(*fichiers, "--bassin=aisne-et-oise")


def test_une_structure_manquante_refuse_ses_lignes_et_le_code_le_dit(fichiers):
    with pytest.raises(SystemExit) as sortie:
        lancer(fichiers[0])

    assert sortie.value.code == 2
    assert not Dispositif.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (["/nulle/part.json"], "ne s’ouvre pas"),
        ([__file__, "--bassin=inconnu"], "Aucun bassin"),
        ([__file__.replace(".py", "")], "ne s’ouvre pas"),
    ],
)
def test_ce_qui_ne_se_lit_pas_est_refuse_d_une_phrase(db, arguments, phrase):
    with pytest.raises(CommandError, match=phrase):
        lancer(*arguments)


def test_un_json_sans_service_est_refuse_et_un_tableur_n_a_pas_de_structures(tmp_path, fichiers):
    _, structures = fichiers
    with pytest.raises(CommandError, match="fait de structures data·inclusion"):
        lancer(structures.removeprefix("--structures="))
    autre = tmp_path / "autre.json"
    autre.write_text('[{"a": 1}]')
    with pytest.raises(CommandError, match="ni de services ni de structures"):
        lancer(str(autre))

    tableur = tmp_path / "partenaires.csv"
    tableur.write_text("Nom;Type;Description\nGarage;garage;Répare.\n")
    with pytest.raises(CommandError, match="est un tableur"):
        lancer(str(tableur), structures)


def test_des_services_en_csv_sont_reconnus(tmp_path, fichiers):
    _, structures = fichiers
    colonnes = {c: json.dumps(v) if isinstance(v, list) else v for c, v in SERVICE.items()}
    chemin = tmp_path / "services.csv"
    with chemin.open("w", newline="") as ouvert:
        table = csv.DictWriter(ouvert, colonnes)
        table.writeheader()
        table.writerow(colonnes)

    assert "Ligne 2 : à créer, Garage solidaire de Laon." in lancer(str(chemin), structures)
