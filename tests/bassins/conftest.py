"""Un petit paquet npm de la vraie forme : deux régions, trois départements, deux EPCI."""

import io
import json
import tarfile

import pytest


def une_commune(code, departement="80", region="32", **champs):
    commune = {
        "code": code,
        "nom": f"Commune {code}",
        "typeLiaison": 0,
        "zone": "metro",
        "departement": departement,
        "region": region,
        "type": "commune-actuelle",
        "siren": f"21{code}00",
        "codesPostaux": [f"{code[:3]}00"],
        "population": 100,
    }
    return commune | champs


def un_epci(code, *membres, **champs):
    epci = {
        "code": code,
        "nom": f"CC {code}",
        "type": "CC",
        "modeFinancement": "FPU",
        "populationTotale": 1010,
        "populationMunicipale": 1000,
        "membres": [{"code": membre, "populationMunicipale": 10} for membre in membres],
    }
    return epci | champs


def contenu_du_paquet():
    return {
        "regions": [
            {"code": "94", "nom": "Corse", "chefLieu": "2A004", "zone": "metro"},
            {"code": "32", "nom": "Hauts-de-France", "chefLieu": "59350", "zone": "metro"},
            {"code": "975", "nom": "Saint-Pierre-et-Miquelon", "zone": "com"},
        ],
        "departements": [
            {"code": "80", "nom": "Somme", "region": "32", "chefLieu": "80021", "zone": "metro"},
            {"code": "02", "nom": "Aisne", "region": "32", "chefLieu": "02408", "zone": "metro"},
            {"code": "2A", "nom": "Corse-du-Sud", "region": "94", "chefLieu": "2A004"}
            | {"zone": "metro"},
            {"code": "975", "nom": "Saint-Pierre-et-Miquelon", "zone": "com"},
        ],
        "communes": [
            une_commune("80021", nom="Amiens", codesPostaux=["80000", "80080"]),
            une_commune("02001", departement="02", nom="Abbécourt"),
            une_commune("2A004", departement="2A", region="94", nom="Ajaccio"),
            une_commune("80022", type="commune-deleguee", chefLieu="80021"),
            une_commune("80023", type="commune-associee", chefLieu="80021"),
            une_commune("80024", type="arrondissement-municipal", commune="80021"),
            {
                "code": "97502",
                "nom": "Saint-Pierre",
                "departement": "975",
                "region": "975",
                "zone": "com",
                "type": "commune-actuelle",
            },
        ],
        "epci": [
            un_epci("200000002", "80021", "02001", nom="CA Amiens, Aisne et Somme", type="CA"),
            un_epci("200000001", "2A004"),
        ],
    }


def fabriquer_paquet(chemin, contenu, version="6.0.0", annee=2026, nom=None):
    """Écrit une archive .tgz telle que `npm pack` la livre."""
    fichiers = {f"data/{cle}.json": json.dumps(lignes) for cle, lignes in contenu.items()} | {
        "package.json": json.dumps(
            {"name": nom or "@etalab/decoupage-administratif", "version": version}
        ),
        "README.md": f"| Année | Version du package |\n|--|--|\n| {annee}  | {version}  | npm |\n",
    }
    with tarfile.open(chemin, "w:gz") as tar:
        for nom_du_fichier, texte in fichiers.items():
            ajouter(tar, f"package/{nom_du_fichier}", texte.encode())
    return chemin


def ajouter(tar, nom, octets):
    membre = tarfile.TarInfo(nom)
    membre.size = len(octets)
    tar.addfile(membre, io.BytesIO(octets))


@pytest.fixture
def contenu():
    return contenu_du_paquet()


@pytest.fixture
def dossier(tmp_path):
    dossier = tmp_path / "donnees"
    dossier.mkdir()
    return dossier
