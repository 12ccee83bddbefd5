"""Le référentiel national livré avec le portail : le lire, le charger en base.

Les fichiers compacts de `bassins/donnees` portent leur millésime dans leur nom ; leur source et
leur licence sont écrites dans celui des régions, d'où elles passent à chaque ligne.
"""

import csv
import gzip
import json
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from bassins.models import Bassin, Commune, Departement, Epci, Perimetre, Region
from bassins.revision import Revision, Sujet
from pams_portal.recherche import normaliser

DOSSIER = Path(__file__).parent / "donnees"
LOT = 5000  # lignes par instruction sur PostgreSQL ; SQLite en fait moins de lui-même


class ReferentielIntrouvable(Exception):
    """Aucun jeu complet de fichiers du référentiel dans le dossier."""


class Fichiers(NamedTuple):
    """Les trois fichiers d'un millésime."""

    regions_departements: Path
    epci: Path
    communes: Path


def fichiers(millesime, dossier=DOSSIER):
    """Les chemins des fichiers d'un millésime (année sur quatre chiffres)."""
    return Fichiers(
        dossier / f"regions_departements_{millesime}.json",
        dossier / f"epci_france_{millesime}.csv",
        dossier / f"communes_france_{millesime}.csv.gz",
    )


def dernier_millesime(dossier=DOSSIER):
    """L'année du référentiel le plus récent dont les trois fichiers sont là.

    Erreur : `ReferentielIntrouvable` s'il n'y en a aucun.
    """
    annees = (chemin.stem[-4:] for chemin in dossier.glob("regions_departements_*.json"))
    complets = [int(a) for a in annees if all(f.exists() for f in fichiers(a, dossier))]
    if not complets:
        raise ReferentielIntrouvable(f"Aucun référentiel complet dans {dossier}.")
    return max(complets)


def charger(dossier=DOSSIER):
    """Met en base le dernier millésime, en une transaction ; relancer ne change rien.

    Un code déjà connu est mis à jour ; un code disparu reste, avec son ancien millésime.
    Sortie : le nombre de lignes chargées, par nom d'objet.
    """
    chemins = fichiers(dernier_millesime(dossier), dossier)
    entete = json.loads(chemins.regions_departements.read_text(encoding="utf-8"))
    provenance = {"source": entete["source"], "millesime": entete["millesime"]}
    with transaction.atomic():
        Revision.monter(Sujet.TERRITOIRES)
        return {
            "régions": _charger_regions(entete["regions"], provenance),
            "départements": _charger_departements(entete["departements"], provenance),
            "EPCI": _charger_epci(_lignes(chemins.epci), provenance),
            "communes": _charger_communes(_lignes(chemins.communes), provenance),
        }


def _lignes(chemin):
    ouvrir = gzip.open if chemin.suffix == ".gz" else open
    with ouvrir(chemin, "rt", encoding="utf-8", newline="") as fichier:
        return list(csv.DictReader(fichier))


def _enregistrer(modele, objets):
    cle = modele._meta.pk.name
    champs = [champ.name for champ in modele._meta.concrete_fields if champ.name != cle]
    modele.objects.bulk_create(
        objets, LOT, update_conflicts=True, update_fields=champs, unique_fields=[cle]
    )
    return len(objets)


def _charger_regions(lignes, provenance):
    return _enregistrer(Region, [Region(**ligne, **provenance) for ligne in lignes])


def _charger_departements(lignes, provenance):
    return _enregistrer(
        Departement,
        [
            Departement(
                code=ligne["code"],
                nom=ligne["nom"],
                region_id=ligne["region"],
                chef_lieu=ligne["chef_lieu"],
                **provenance,
            )
            for ligne in lignes
        ],
    )


def _charger_epci(lignes, provenance):
    nombre = _enregistrer(
        Epci,
        [
            Epci(**{cle: v for cle, v in ligne.items() if cle != "departements"}, **provenance)
            for ligne in lignes
        ],
    )
    liens = Epci.departements.through
    liens.objects.filter(epci__in=Epci.objects.filter(millesime=provenance["millesime"])).delete()
    liens.objects.bulk_create(
        [
            liens(epci_id=ligne["siren"], departement_id=code)
            for ligne in lignes
            for code in ligne["departements"].split("|")
        ],
        LOT,
    )
    return nombre


def _charger_communes(lignes, provenance):
    # Une collectivité d'outre-mer n'est pas un département : ses communes n'en ont pas.
    departements = set(Departement.objects.values_list("pk", flat=True))
    return _enregistrer(
        Commune,
        [
            Commune(
                code=ligne["code_insee"],
                nom=ligne["nom"],
                nom_normalise=normaliser(ligne["nom"]),
                siren=ligne["siren"],
                departement_id=ligne["departement"]
                if ligne["departement"] in departements
                else None,
                epci_id=ligne["siren_epci"] or None,
                population=ligne["population"] or None,
                codes_postaux=ligne["codes_postaux"].replace("|", " "),
                **provenance,
            )
            for ligne in lignes
        ],
    )


def charger_bassins(chemin=DOSSIER / "bassins_verifies.json"):
    """Crée les bassins livrés qui manquent ; ne retouche jamais un bassin déjà en base.

    Sortie : les bassins créés.
    """
    connus = set(Bassin.objects.values_list("slug", flat=True))
    fiches = json.loads(chemin.read_text(encoding="utf-8"))["bassins"]
    with transaction.atomic():
        return [_creer_bassin(fiche) for fiche in fiches if fiche["slug"] not in connus]


def _creer_bassin(fiche):
    bassin = Bassin.objects.create(nom=fiche["nom"], slug=fiche["slug"])
    perimetre = Perimetre.objects.create(bassin=bassin, **fiche["perimetre"])
    perimetre.epci.set(fiche["epci"])
    return bassin


def perimetres_a_revoir():
    """Les périmètres sans fin dont un EPCI a disparu du dernier millésime chargé."""
    dernier = Epci.objects.order_by("-millesime").values("millesime")[:1]
    return (
        Perimetre.objects.filter(jusqu_au__isnull=True, epci__millesime__lt=dernier)
        .select_related("bassin")
        .distinct()
    )
