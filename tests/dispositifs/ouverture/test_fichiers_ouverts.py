"""Les fichiers de données ouvertes : datés, conformes, et sans rien qui ne soit publié."""

import csv
import io
import json

import pytest
from data_inclusion.schema import v1

from dispositifs.models import Dispositif
from dispositifs.ouverture import geometrie
from dispositifs.ouverture.fichiers import COLONNES_DISPOSITIFS, FICHIERS, morceaux
from tests import factories as f


def texte_de(nom):
    return "".join(morceaux(nom))


def table_de(nom):
    return list(csv.DictReader(io.StringIO(texte_de(nom))))


@pytest.mark.parametrize("nom", FICHIERS)
def test_rien_de_non_publie_ne_sort(jamais_publies, nom):
    texte = texte_de(nom)

    assert "SECRET" not in texte
    assert "Agent" not in texte
    for fiche in jamais_publies:
        assert str(fiche.identifiant) not in texte


@pytest.mark.parametrize("nom", FICHIERS)
def test_le_contact_d_une_personne_ne_sort_pas(publie, nom):
    publie.courriel = publie.porteur.courriel = "jean.petit@gmail.com"
    publie.telephone = publie.porteur.telephone = "06 12 34 56 78"
    for champ in ("nom", "adresse", "horaires", "source", "delai", "conditions"):
        setattr(publie, champ, "Voir jean.petit@gmail.com ou 06 12 34 56 78")
    publie.save()
    publie.porteur.save()

    texte = texte_de(nom)

    assert "jean.petit" not in texte
    assert "06 12" not in texte
    assert "612345678" not in texte


def test_le_csv_des_dispositifs_a_une_ligne_par_fiche(publie):
    [ligne] = table_de("dispositifs.csv")

    assert list(ligne) == COLONNES_DISPOSITIFS
    assert ligne["porteur"] == "Roues libres"
    assert ligne["zone_eligibilite"] == "Grandvilliers ; CA du Pays de Laon ; Région 32"
    assert ligne["zone_codes"] == "commune 60286 ; epci 200043495 ; region 32"
    assert (ligne["publics"], ligne["cout_annuel"]) == ("femmes ; seniors", "12000.5")
    assert ligne["demonstration"] == ""


def test_une_fiche_fictive_le_dit_dans_chaque_fichier(db):
    acteur = f.make_acteur(demonstration=True)
    f.make_dispositif(acteur, demonstration=True)

    for nom in ("dispositifs.csv", "acteurs.csv"):
        [ligne] = table_de(nom)
        assert ligne["demonstration"] == "DÉMONSTRATION, contenu fictif"
    [entite] = json.loads(texte_de("dispositifs.geojson"))["features"]
    assert entite["properties"]["demonstration"] is True
    for forme in ("json", "csv"):
        texte = texte_de(f"data-inclusion-services.{forme}")
        assert "DÉMONSTRATION, contenu fictif" in texte


def test_aucune_cellule_n_est_une_formule(publie):
    publie.nom = publie.description = publie.conditions = "=HYPERLINK(0)"
    publie.save()

    for nom in ("dispositifs.csv", "data-inclusion-services.csv"):
        for ligne in table_de(nom):
            assert not [v for v in ligne.values() if v.startswith(("=", "@", "-", "\t"))]


def test_le_csv_des_bassins_donne_leur_composition(publie):
    aisne, anjou = table_de("bassins.csv")

    assert aisne["identifiant"] == "aisne-et-oise"
    assert aisne["epci"] == "CA du Pays de Laon ; CC de la Picardie Verte"
    assert aisne["departements"] == "02 ; 60"
    assert anjou["epci_siren"] == "200071876"


def test_la_paire_data_inclusion_se_tient(publie):
    structures = json.loads(texte_de("data-inclusion-structures.json"))
    services = json.loads(texte_de("data-inclusion-services.json"))

    for modele, lignes in ((v1.Structure, structures), (v1.Service, services)):
        assert lignes
        for ligne in lignes:
            modele.model_validate(ligne, context={"ignore_warnings": False})
    assert {s["structure_id"] for s in services} == {s["id"] for s in structures}


# --- Dessiner ------------------------------------------------------------------------------------


def test_un_dispositif_est_un_point_de_sa_commune_d_accueil_et_le_dit(publie):
    [entite] = json.loads(texte_de("dispositifs.geojson"))["features"]

    longitude, latitude = entite["geometry"]["coordinates"]
    assert entite["geometry"]["type"] == "Point"
    assert (round(longitude, 1), round(latitude, 1)) == (3.6, 49.6)  # Laon
    assert entite["properties"]["geometrie"] == "un point dans la commune d’accueil"


def test_une_commune_sans_point_prend_celui_de_son_epci(territoire):
    nouvelle = f.make_commune(code="49126", nom="Orée d’Anjou", epci=territoire["laon"].epci)

    dessin = geometrie.de_dispositif(Dispositif(commune=nouvelle))

    assert dessin.geometrie["type"] == "Point"
    assert dessin.nature == "un point dans l’EPCI de la commune d’accueil"


@pytest.mark.parametrize(
    ("zone", "genre"),
    [
        *((["epci-200043495", "epci-246000848"], "MultiPoint"), (["region-32"], None)),
        *((["epci-999999999"], None), (["commune-02408"], None)),
    ],
)
def test_sans_commune_d_accueil_on_dessine_la_zone_ou_rien(territoire, zone, genre):
    dessin = geometrie.de_dispositif(Dispositif(zone_eligibilite=zone))

    assert (dessin.geometrie or {}).get("type") == genre
    assert dessin.nature.startswith("un point dans chaque" if genre else "aucune")


def sens(anneau):
    """Positif dans le sens inverse des aiguilles d'une montre, que veut la RFC 7946 d'un tour."""
    return sum(x * b - a * y for (x, y), (a, b) in zip(anneau, anneau[1:], strict=False))


def test_un_bassin_est_les_contours_de_ses_epci(publie):
    vide = f.make_bassin(f.make_epci(), nom="Zzz, sans contour connu")
    lu = json.loads(texte_de("bassins.geojson"))
    assert lu["licence"].startswith("Licence Ouverte") and lu["etat_au"] and lu["source"]
    aisne, _, sans = lu["features"]
    for tour, *trous in aisne["geometry"]["coordinates"]:
        assert sens(tour) > 0 and all(sens(trou) < 0 for trou in trous)

    assert aisne["geometry"]["type"] == "MultiPolygon"
    assert len(aisne["geometry"]["coordinates"]) >= 2
    assert sans["id"] == vide.slug
    assert sans["geometry"] is None
    assert sans["properties"]["geometrie"].startswith("aucune")
