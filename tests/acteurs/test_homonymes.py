import pytest

from acteurs.homonymes import noms_proches
from acteurs.models import Acteur


@pytest.mark.parametrize(
    ("tape", "inscrit"),
    [
        ("Roues libres", "Association Roues libres"),
        ("CC du Grand Roye", "Communauté de communes du Grand Roye"),
        ("Wimov", "Wimoov"),
        ("FRANCE-TRAVAIL", "France Travail"),
        ("Mission locale de Picardie maritime", "Mission locale Picardie Maritimes"),
    ],
)
def test_un_nom_presque_pareil_est_reconnu(tape, inscrit):
    assert noms_proches(tape, [Acteur(nom=inscrit)])


@pytest.mark.parametrize(
    ("tape", "inscrit"),
    [
        ("Département de la Somme", "Département de l’Oise"),
        ("Mission locale de Picardie", "Mission locale de Bretagne"),
        ("Association", "Association Roues libres"),
        ("", "France Travail"),
    ],
)
def test_deux_noms_differents_ne_sont_pas_confondus(tape, inscrit):
    assert noms_proches(tape, [Acteur(nom=inscrit)]) == []


def test_les_plus_proches_viennent_d_abord_et_cinq_au_plus():
    acteurs = [Acteur(nom=f"Garage solidaire numéro {n}") for n in range(8)]
    acteurs.append(Acteur(nom="Garage solidaire"))
    proches = noms_proches("Garage solidaire", acteurs)
    assert proches[0].nom == "Garage solidaire"
    assert len(proches) == 5
