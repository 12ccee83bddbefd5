"""L'éditeur livré, contrôlé sans Node : à jour de ses sources, sans adresse, avec ses licences."""

import hashlib
import json
import re
from pathlib import Path

from django.conf import settings

from pams_portal import texte

EDITEUR = Path(settings.BASE_DIR) / "static" / "editeur"
SOURCES = EDITEUR / "sources"


def empreinte_des_sources():
    fichiers = sorted([*SOURCES.glob("*.js"), SOURCES / "package-lock.json"], key=lambda f: f.name)
    empreinte = hashlib.sha256()
    for fichier in fichiers:
        empreinte.update(f"{fichier.name}\n".encode() + fichier.read_bytes())
    return empreinte.hexdigest()


def test_le_fichier_livre_est_celui_des_sources():
    premiere_ligne = (EDITEUR / "editeur.js").read_text("utf-8").split("\n", 1)[0]
    assert premiere_ligne == f"/* Licences : LICENCES.txt. Sources : {empreinte_des_sources()} */"


def test_le_verrou_fixe_chaque_paquet_par_son_empreinte_sans_adresse_de_registre():
    verrou = json.loads((SOURCES / "package-lock.json").read_text("utf-8"))
    paquets = {nom: paquet for nom, paquet in verrou["packages"].items() if nom}
    assert len(paquets) > 20
    assert [nom for nom, paquet in paquets.items() if "integrity" not in paquet] == []
    assert [nom for nom, paquet in paquets.items() if "resolved" in paquet] == []


def test_chaque_bibliotheque_declaree_a_sa_licence():
    declarees = json.loads((SOURCES / "package.json").read_text("utf-8"))["dependencies"]
    licences = (EDITEUR / "LICENCES.txt").read_text("utf-8")
    assert [nom for nom, version in declarees.items() if f"{nom} {version} (" not in licences] == []


def constante(nom):
    profil = (SOURCES / "profil.js").read_text("utf-8")
    return int(re.search(rf"{nom} = ([\d_]+)", profil)[1])


def test_l_editeur_et_le_serveur_ont_les_memes_limites_et_les_memes_regles():
    assert constante("LONGUEUR_MAXIMALE") == texte.LONGUEUR_MAXIMALE
    assert constante("PROFONDEUR_MAXIMALE") == texte.PROFONDEUR_MAXIMALE
    regles = re.search(
        r"REGLES_COUPEES = \[(.*?)\]", (SOURCES / "profil.js").read_text(), re.DOTALL
    )
    assert tuple(re.findall(r'"(\w+)"', regles[1])) == texte.REGLES_COUPEES
