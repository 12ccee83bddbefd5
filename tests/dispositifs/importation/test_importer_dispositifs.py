"""La commande d'import : elle dit d'abord, et ses codes de sortie se lisent dans un script."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from acteurs.models import Acte
from dispositifs.models import Dispositif
from tests import factories as f
from tests.dispositifs.importation import fichiers

TITRES = ["Nom", "Type", "SIREN", "Structure", "Description", "Territoire"]


@pytest.fixture
def fichier(tmp_path, territoire, porteuse):
    """`fichier(rang…)` : le chemin d'un CSV qui porte ces titres."""

    def ecrire(*rangs):
        chemin = tmp_path / "partenaires.csv"
        chemin.write_bytes(fichiers.texte(TITRES, *rangs).read())
        return str(chemin)

    return ecrire


@pytest.fixture
def garage(porteuse):
    return ["Garage", "garage", porteuse.siren, "", "Répare.", "CA du Pays de Laon"]


def lancer(*options):
    sortie = StringIO()
    code = 0
    try:
        call_command("importer_dispositifs", *options, stdout=sortie, stderr=sortie)
    except SystemExit as fin:
        code = fin.code
    return code, sortie.getvalue()


def test_simuler_dit_tout_et_n_ecrit_rien(fichier, garage):
    code, dit = lancer(fichier(garage), "--simuler")

    assert code == 0 and Dispositif.objects.count() == 0
    assert "Ligne 2 : à créer, Garage." in dit and "1 lignes. à créer : 1." in dit


def test_importer_deux_fois_ne_change_rien(fichier, garage, porteuse):
    assert lancer(fichier(garage))[0] == 0
    fiche = Dispositif.objects.get()
    assert (fiche.porteur, fiche.tenu_par, fiche.saisi_par) == (porteuse, porteuse, None)
    acte = Acte.objects.sur(fiche).get()
    assert (acte.nom_utilisateur, acte.origine) == (
        "Administration technique",
        "partenaires.csv, ligne 2",
    )
    code, dit = lancer(fichier(garage))
    assert code == 0 and "déjà à jour : 1" in dit and Acte.objects.count() == 1


def test_une_ligne_refusee_se_voit_au_code_de_sortie(fichier, garage):
    code, dit = lancer(fichier(garage, ["Sans type", *garage[1:3], "", "", ""]))

    assert code == 2 and Dispositif.objects.count() == 1
    assert "Ligne 3 : refusée, Sans type. Pour créer une fiche, il manque" in dit


def test_restreindre_a_un_bassin(fichier, garage):
    _, dit = lancer(fichier(garage), "--bassin", "anjou-est")

    assert "La zone ne touche pas le bassin Anjou Est." in dit and not Dispositif.objects.exists()


def test_un_nom_que_deux_communes_portent_est_celui_du_bassin(fichier, garage):
    chemin = fichier([*garage[:-1], "Saint-Denis"])

    code, dit = lancer(chemin)
    assert code == 2 and "« Saint-Denis » désigne 2 territoires" in dit

    code, dit = lancer(chemin, "--bassin", "aisne-et-oise")
    assert code == 0 and "« Saint-Denis » est lu Saint-Denis, Oise (commune 60578)." in dit
    assert Dispositif.objects.get().zone_eligibilite == ["commune-60578"]


@pytest.mark.parametrize(
    ("options", "phrase"),
    [
        (["/nulle/part.csv"], "ne s’ouvre pas"),
        (["{fichier}", "--bassin", "atlantide"], "Aucun bassin n’a pour adresse « atlantide »."),
    ],
)
def test_ce_qui_empeche_de_commencer_est_dit(fichier, garage, options, phrase):
    chemin = fichier(garage)
    with pytest.raises(CommandError, match=phrase):
        call_command("importer_dispositifs", *[o.format(fichier=chemin) for o in options])


def test_un_fichier_sans_colonne_connue_est_refuse(tmp_path, db):
    chemin = tmp_path / "x.csv"
    chemin.write_text("alpha;beta\n1;2\n")
    with pytest.raises(CommandError, match="Aucune colonne de ce fichier n’est reconnue"):
        call_command("importer_dispositifs", str(chemin))


def test_ce_qu_une_personne_a_ecrit_reste(fichier, garage, porteuse):
    fiche = f.make_dispositif(porteuse, nom="Garage", description="Écrite à la main.")
    code, dit = lancer(fichier(garage))

    fiche.refresh_from_db()
    assert code == 0 and fiche.description == "Écrite à la main." and "à faire décider : 1" in dit
