"""Ce qu'une fiche a d'étonnant se dit, sans rien refuser."""

import pytest

from dispositifs.models import Dispositif
from dispositifs.recensement.avertissements import avertissements
from tests import factories as f

LONGUE = "Une description assez longue pour être utile à qui la lit. " * 4


def fiche(porteur=None, **champs):
    defaut = {"type": "garage-solidaire", "description": LONGUE, "publics": ["seniors"]}
    return Dispositif(porteur=porteur or f.make_acteur(), **defaut | champs)


def test_une_fiche_bien_remplie_n_a_rien_d_etonnant(db):
    assert avertissements(fiche()) == []


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"description": "x" * 199}, "La description fait 199 caractères"),
        ({"publics": []}, "Aucun public n’est coché"),
        ({"frais": "payant"}, "le prix n’est pas dit"),
        ({"courriel": "jean.petit@GMAIL.com"}, "ressemble à une adresse personnelle"),
        ({"courriel": "garage.roye@gmail.com"}, "les données ouvertes l’omettent"),
        ({"telephone": "06 12 34 56 78"}, "est un mobile"),
        ({"conditions": "Appeler le 06 12 34 56 78."}, "(06 12 34 56 78) : les données ouvertes"),
    ],
)
def test_ce_qui_manque_se_dit(db, champs, phrase):
    [trouve] = avertissements(fiche(**champs))

    assert phrase in trouve


@pytest.mark.parametrize(
    "champs",
    [
        {"description": "x" * 200},
        {"frais": "payant", "frais_precisions": "5 €"},
        {"frais": "gratuit"},
        {"courriel": "accueil@somme.fr"},
    ],
)
def test_ce_qui_suffit_ne_se_dit_pas(db, champs):
    assert avertissements(fiche(**champs)) == []


@pytest.mark.parametrize(
    ("type_", "nature", "fonction", "etonne"),
    [
        ("tus", "association", None, False),
        ("tus", "communaute_communes", "aom", True),
        ("tad", "association", None, True),
        ("tad", "communaute_communes", None, True),
        ("tad", "communaute_communes", "aom", False),
        ("tad", "region", "region", False),
        ("tpmr", "association", None, False),
    ],
)
def test_le_tus_est_aux_associations_et_le_tad_aux_autorites(db, type_, nature, fonction, etonne):
    porteur = f.make_acteur(nature=nature)
    if fonction:
        f.make_fonction(porteur, fonction)

    trouves = avertissements(fiche(porteur, type=type_))

    assert [("Cerema, 2022" in phrase) for phrase in trouves] == ([True] if etonne else [])
