"""La commande qui refait les fichiers du référentiel depuis le paquet npm."""

import csv
import gzip
import json
import tarfile
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from bassins.referentiel import fichiers
from tests.bassins.conftest import ajouter, fabriquer_paquet


@pytest.fixture
def reconstruire(tmp_path, dossier):
    """Refait les fichiers depuis un contenu de paquet et les rend relus."""

    def _reconstruire(contenu, **options):
        archive = fabriquer_paquet(tmp_path / "paquet.tgz", contenu, **options)
        call_command("reconstruire_referentiel", archive=archive, dossier=dossier)
        chemins = fichiers(options.get("annee", 2026), dossier)
        return SimpleNamespace(
            entete=json.loads(chemins.regions_departements.read_text()),
            epci=list(csv.DictReader(chemins.epci.read_text().splitlines())),
            communes=list(
                csv.DictReader(gzip.decompress(chemins.communes.read_bytes()).decode().splitlines())
            ),
        )

    return _reconstruire


def test_la_source_et_le_millesime_viennent_du_paquet(reconstruire, contenu):
    refait = reconstruire(contenu, version="7.0.0", annee=2027)

    assert refait.entete["millesime"] == 2027
    assert refait.entete["source"].endswith("npm @etalab/decoupage-administratif 7.0.0")
    assert refait.entete["licence"] == "Licence Ouverte"


def test_seuls_les_vrais_departements_et_regions_sont_gardes_tries(reconstruire, contenu):
    refait = reconstruire(contenu)

    assert [r["code"] for r in refait.entete["regions"]] == ["32", "94"]
    assert [d["code"] for d in refait.entete["departements"]] == ["02", "2A", "80"]


def test_seules_les_communes_actuelles_sont_gardees_triees(reconstruire, contenu):
    refait = reconstruire(contenu)

    codes = [commune["code_insee"] for commune in refait.communes]
    assert codes == ["02001", "2A004", "80021", "97502"]


def test_une_commune_dit_son_epci_et_ses_codes_postaux(reconstruire, contenu):
    refait = reconstruire(contenu)

    amiens = refait.communes[2]
    assert amiens["siren_epci"] == "200000002"
    assert amiens["codes_postaux"] == "80000|80080"
    saint_pierre = refait.communes[3]
    assert (saint_pierre["siren_epci"], saint_pierre["siren"]) == ("", "")


def test_un_epci_dit_ses_departements_et_compte_ses_communes(reconstruire, contenu):
    refait = reconstruire(contenu)

    assert [e["siren"] for e in refait.epci] == ["200000001", "200000002"]
    assert refait.epci[1]["departements"] == "02|80"
    assert refait.epci[1]["nb_communes"] == "2"
    assert refait.epci[1]["nom"] == "CA Amiens, Aisne et Somme"


def test_le_meme_paquet_redonne_les_memes_octets_meme_dans_un_autre_ordre(
    reconstruire, contenu, dossier
):
    reconstruire(contenu)
    premiers = [chemin.read_bytes() for chemin in fichiers(2026, dossier)]

    reconstruire({cle: lignes[::-1] for cle, lignes in contenu.items()})

    assert [chemin.read_bytes() for chemin in fichiers(2026, dossier)] == premiers
    assert premiers[2][4:8] == bytes(4)  # aucune date dans l'en-tête gzip


def test_une_version_sans_millesime_connu_est_refusee(tmp_path, dossier, contenu):
    archive = fabriquer_paquet(tmp_path / "p.tgz", contenu)
    with tarfile.open(tmp_path / "sans.tgz", "w:gz") as sortie, tarfile.open(archive) as entree:
        for membre in entree:
            octets = entree.extractfile(membre).read()
            ajouter(sortie, membre.name, octets.replace(b"| 2026  |", b"| an  |"))

    with pytest.raises(CommandError, match="ne donne pas le millésime de la version 6.0.0"):
        call_command("reconstruire_referentiel", archive=tmp_path / "sans.tgz", dossier=dossier)

    assert list(dossier.iterdir()) == []


def test_le_paquet_d_un_autre_nom_est_refuse(tmp_path, dossier, contenu):
    archive = fabriquer_paquet(tmp_path / "p.tgz", contenu, nom="autre-paquet")

    with pytest.raises(CommandError, match="n’est pas celle de @etalab/decoupage-administratif"):
        call_command("reconstruire_referentiel", archive=archive, dossier=dossier)


@pytest.mark.parametrize("octets", [b"", b"ceci n'est pas une archive", b"\x1f\x8b\x08\x00"])
def test_un_fichier_qui_n_est_pas_une_archive_est_refuse(tmp_path, dossier, octets):
    (tmp_path / "p.tgz").write_bytes(octets)

    with pytest.raises(CommandError, match="illisible"):
        call_command("reconstruire_referentiel", archive=tmp_path / "p.tgz", dossier=dossier)


def test_une_donnee_manquante_n_ecrit_rien(tmp_path, dossier, contenu):
    del contenu["epci"][0]["modeFinancement"]
    archive = fabriquer_paquet(tmp_path / "p.tgz", contenu)

    with pytest.raises(CommandError, match="modeFinancement"):
        call_command("reconstruire_referentiel", archive=archive, dossier=dossier)

    assert list(dossier.iterdir()) == []


def test_un_chemin_qui_remonte_n_est_ni_lu_ni_ecrit(tmp_path, dossier, contenu):
    del contenu["epci"]
    archive = fabriquer_paquet(tmp_path / "p.tgz", contenu)
    with tarfile.open(tmp_path / "piege.tgz", "w:gz") as sortie, tarfile.open(archive) as entree:
        for membre in entree:
            ajouter(sortie, membre.name, entree.extractfile(membre).read())
        ajouter(sortie, "package/../../evade.txt", b"dehors")
        lien = tarfile.TarInfo("package/data/epci.json")
        lien.type, lien.linkname = tarfile.SYMTYPE, "/etc/passwd"
        sortie.addfile(lien)

    with pytest.raises(CommandError, match="epci.json de l’archive n’est pas un fichier normal"):
        call_command("reconstruire_referentiel", archive=tmp_path / "piege.tgz", dossier=dossier)

    assert not list(tmp_path.rglob("evade.txt"))
    assert not (tmp_path.parent / "evade.txt").exists()


def test_sans_npm_la_phrase_dit_quoi_faire(monkeypatch, tmp_path, dossier):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CommandError, match="npm est introuvable : installez Node.js"):
        call_command("reconstruire_referentiel", paquet="6.0.0", dossier=dossier)


def test_npm_est_appele_avec_la_version_et_son_refus_est_dit(monkeypatch, tmp_path, dossier):
    npm = tmp_path / "npm"
    npm.write_text('#!/bin/sh\necho "refus: $*" >&2\nexit 1\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CommandError, match=r"refus: pack @etalab/decoupage-administratif@9\.9\.9"):
        call_command("reconstruire_referentiel", paquet="9.9.9", dossier=dossier)


def test_un_dossier_inconnu_est_refuse(tmp_path):
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("reconstruire_referentiel", dossier=tmp_path / "nulle-part")
