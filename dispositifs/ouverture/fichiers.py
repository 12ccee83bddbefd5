"""Les fichiers de données ouvertes : écrits ligne à ligne, en mémoire constante."""

import json
from functools import partial
from itertools import chain
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from acteurs.models import Acteur
from bassins.models import Bassin
from dispositifs.lots import par_lots
from dispositifs.models import Dispositif
from dispositifs.ouverture import geometrie, paire, representation
from dispositifs.ouverture.reponses import LICENCE, LICENCE_ADRESSE
from dispositifs.ouverture.tables import ligne_csv
from dispositifs.territoires import noms_des_territoires
from pams_portal.tableau import MARQUE

# Ce qu'une cellule de tableur ne peut pas tenir à plat devient une ou deux colonnes.
COLONNES_DISPOSITIFS = [
    *("identifiant", "nom", "type", "famille", "thematiques", "porteur", "porteur_siren"),
    *("financeurs", "description", "publics", "conditions", "motifs", "zone_eligibilite"),
    *("zone_codes", "commune", "code_insee", "adresse", "horaires", "frais"),
    *("frais_precisions", "mobilisable_par", "modes_mobilisation", "lien_mobilisation"),
    *("courriel", "telephone", "capacite", "beneficiaires", "delai", "etp", "cout_annuel"),
    *("debut_financement", "fin_financement", "statut", "fraicheur", "confirme_le"),
    *("confirme_par_le_porteur", "source", "lien_source", "date_source", "modifie_le", "page"),
    "demonstration",
]
COLONNES_ACTEURS = [
    *("identifiant", "siren", "nom", "sigle", "nature", "fonctions", "site", "courriel"),
    *("telephone", "page", "demonstration"),
]
COLONNES_BASSINS = [
    *("identifiant", "nom", "depuis", "departements", "epci", "epci_siren"),
    *("nombre_de_communes", "population_municipale", "etat_nom", "etat_composition", "page"),
]


class Fichier(NamedTuple):
    """Un fichier à prendre : ce qu'il contient, son type, et la fonction qui en rend le texte."""

    contenu: str
    type_mime: str
    morceaux: object


# --- Les lignes --------------------------------------------------------------------------------


def dispositifs(publies):
    """Les dictionnaires de `representation.dispositif`, avec leur objet, par lots."""
    rangees = publies.order_by("nom_normalise", "pk").values_list("pk", flat=True)
    for cles in par_lots(rangees.iterator(), paire.LOT):
        lus = publies.filter(pk__in=cles).with_acteurs().prefetch_related("financeurs")
        par_cle = {fiche.pk: fiche for fiche in lus}
        fiches = [par_cle[cle] for cle in cles if cle in par_cle]
        noms = noms_des_territoires({cle for fiche in fiches for cle in fiche.zone_eligibilite})
        for fiche in fiches:
            yield fiche, representation.dispositif(fiche, noms)


def _joindre(valeurs):
    return " ; ".join(valeurs)


def _a_plat(dit):
    """Une fiche de dispositif en cellules."""
    zone, porteur, commune = dit["zone_eligibilite"], dit["porteur"], dit["commune"] or {}
    plat = dit | {
        "porteur": porteur["nom"],
        "porteur_siren": porteur["siren"],
        "financeurs": _joindre(financeur["nom"] for financeur in dit["financeurs"]),
        "zone_eligibilite": _joindre(territoire["nom"] for territoire in zone),
        "zone_codes": _joindre(f"{t['echelle']} {t['code']}" for t in zone),
        "commune": commune.get("nom"),
        "code_insee": commune.get("code"),
        "confirme_par_le_porteur": "oui" if dit["confirme_par_le_porteur"] else "non",
        "demonstration": MARQUE if dit["demonstration"] else "",
    }
    return [_joindre(v) if isinstance(v, list) else v for v in map(plat.get, COLONNES_DISPOSITIFS)]


def csv_dispositifs(publies):
    yield ligne_csv(COLONNES_DISPOSITIFS)
    for _, dit in dispositifs(publies):
        yield ligne_csv(_a_plat(dit))


def csv_acteurs(publies):
    yield ligne_csv(COLONNES_ACTEURS)
    acteurs = Acteur.objects.with_fonctions().prefetch_related("etablissements__commune")
    for acteur in acteurs.iterator(chunk_size=paire.LOT):
        dit = representation.acteur(acteur)
        dit["fonctions"] = _joindre(map(str, acteur.fonctions.all()))
        dit["demonstration"] = MARQUE if dit["demonstration"] else ""
        yield ligne_csv(dit[colonne] for colonne in COLONNES_ACTEURS)


def csv_bassins(publies):
    yield ligne_csv(COLONNES_BASSINS)
    for bassin in Bassin.objects.with_perimetre():
        dit = representation.bassin(bassin)
        dit |= dit.pop("perimetre") or {}
        epci = dit.get("epci", [])
        dit["epci_siren"] = [un["siren"] for un in epci]
        dit["epci"] = [un["nom"] for un in epci]
        cellules = map(dit.get, COLONNES_BASSINS)
        yield ligne_csv(_joindre(v) if isinstance(v, list) else v for v in cellules)


# --- GeoJSON -----------------------------------------------------------------------------------


def geojson_dispositifs(publies):
    return _collection(
        _entite(geometrie.de_dispositif(fiche), dit) for fiche, dit in dispositifs(publies)
    )


def geojson_bassins(publies):
    return _collection(
        _entite(geometrie.de_bassin(bassin), representation.bassin(bassin))
        for bassin in Bassin.objects.with_perimetre()
    )


def _entite(dessin, proprietes):
    """Une entité ; `geometrie` dit ce que le dessin est, ou pourquoi il n'y en a pas."""
    return {
        "type": "Feature",
        "id": proprietes["identifiant"],
        "geometry": dessin.geometrie,
        "properties": proprietes | {"geometrie": dessin.nature},
    }


def _collection(entites):
    entete = {
        "type": "FeatureCollection",
        "source": settings.PORTAIL_NOM,
        "etat_au": timezone.localdate().isoformat(),
        "licence": LICENCE,
        "licence_adresse": LICENCE_ADRESSE,
        "attribution": geometrie.ATTRIBUTION,
    }
    yield json.dumps(entete, ensure_ascii=False)[:-1] + ', "features": [\n'
    avant = ""
    for entite in entites:
        yield avant + json.dumps(entite, ensure_ascii=False)
        avant = ",\n"
    yield "\n]}\n"


# --- data·inclusion ----------------------------------------------------------------------------


def _paire_json(nom, publies):
    return paire.en_json(paire.FICHIERS[nom][0](publies))


def _paire_csv(nom, publies):
    lignes, champs = paire.FICHIERS[nom]
    return paire.en_csv(lignes(publies), champs)


CSV, JSON, GEOJSON = "text/csv; charset=utf-8", "application/json", "application/geo+json"
FICHIERS = {
    "dispositifs.csv": Fichier("Les dispositifs publiés", CSV, csv_dispositifs),
    "dispositifs.geojson": Fichier("Les dispositifs, sur la carte", GEOJSON, geojson_dispositifs),
    "acteurs.csv": Fichier("Les acteurs", CSV, csv_acteurs),
    "bassins.csv": Fichier("Les bassins et leur composition", CSV, csv_bassins),
    "bassins.geojson": Fichier("Les bassins, sur la carte", GEOJSON, geojson_bassins),
    "data-inclusion-structures.json": Fichier(
        "data·inclusion v1, structures", JSON, partial(_paire_json, "structures")
    ),
    "data-inclusion-services.json": Fichier(
        "data·inclusion v1, services", JSON, partial(_paire_json, "services")
    ),
    "data-inclusion-structures.csv": Fichier(
        "data·inclusion v1, structures", CSV, partial(_paire_csv, "structures")
    ),
    "data-inclusion-services.csv": Fichier(
        "data·inclusion v1, services", CSV, partial(_paire_csv, "services")
    ),
}


def morceaux(nom):
    """Le texte d'un fichier, en morceaux d'une bonne taille pour le réseau."""
    suite = FICHIERS[nom].morceaux(Dispositif.objects.publies())
    for lot in par_lots(chain([""], suite), 200):
        yield "".join(lot)
