"""Préparer une installation : tout la première fois, rien ensuite."""

import os
import time

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from bassins.models import Commune
from tests import factories as f


@pytest.fixture(autouse=True)
def statiques(settings, tmp_path):
    """Un seul petit dossier de fichiers statiques, et l’endroit où ils sont rassemblés."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "feuille.css").write_text("p { margin: 0 }")
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "statiques"
    return source


@pytest.fixture
def habitante(db):
    """Une vraie personne : la base appartient désormais à ses utilisateurs."""
    return f.make_utilisateur(nom="Hélène")


@pytest.mark.usefixtures("habitante")
def test_une_base_qui_a_un_compte_ne_recoit_rien_meme_en_demonstration(settings):
    settings.DEMO = True
    call_command("preparer")
    assert not Commune.objects.exists()
    assert get_user_model().objects.count() == 1


@pytest.mark.lent
@pytest.mark.django_db
def test_une_base_vide_recoit_le_referentiel_sans_compte_hors_demonstration(settings):
    settings.DEMO = False
    call_command("preparer")
    assert Commune.objects.count() == 34_969
    assert not get_user_model().objects.exists()


@pytest.mark.usefixtures("habitante")
def test_les_statiques_inchanges_ne_sont_pas_rassembles_deux_fois(capsys):
    call_command("preparer")
    assert capsys.readouterr().out == "Compression des fichiers statiques…\n"
    call_command("preparer")
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("habitante")
def test_un_fichier_statique_modifie_est_rassemble_de_nouveau(settings, statiques):
    call_command("preparer")
    feuille = statiques / "feuille.css"
    feuille.write_text("p { margin: 1rem }")
    os.utime(feuille, (time.time() + 10,) * 2)  # Django compare les dates à la seconde près
    call_command("preparer")
    assert (settings.STATIC_ROOT / "feuille.css").read_text() == "p { margin: 1rem }"


@pytest.mark.usefixtures("habitante")
def test_des_statiques_effaces_reviennent(settings):
    call_command("preparer")
    for fichier in settings.STATIC_ROOT.glob("*.*"):
        fichier.unlink()
    call_command("preparer")
    assert (settings.STATIC_ROOT / "feuille.css").exists()
