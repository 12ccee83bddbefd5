"""Un mot, une classe : le glossaire et le code disent la même chose."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from pams_portal.recherche import normaliser

GLOSSAIRE = Path(__file__).parent.parent / "docs" / "glossaire.md"
APPLICATIONS = ["bassins", "acteurs", "dispositifs", "plans"]
# Une charpente que personne ne voit ni ne nomme à l'écran.
SANS_MOT = {
    "DeReference": "ce que partagent les lignes du référentiel",
    "Versionne": "ce que partagent les objets dont chaque écriture est un acte",
    "Suivi": "ce que partagent les objets dont une écriture change les listes publiques",
    "PieceDePlan": "ce que partagent les objets portés par une partie",
    "PieceDeConcertation": "ce que partagent les lignes d'un registre de concertation",
    "PieceDeFiche": "ce que partagent les lignes d'une fiche",
    "PieceDeSeance": "ce que partagent les objets qui s'écrivent en séance de comité",
    "AvecPiece": "ce que partagent les objets qui peuvent porter une pièce jointe",
    "LigneAvecPiece": "les lignes d'une fiche qui peuvent porter une pièce jointe",
    "DuPorteurDeLaFiche": "les lignes qui sont au porteur de la fiche",
}
# Où chercher un nom qui n'est pas une classe de modèle ; les autres s'écrivent avec leur module.
MODULES = ["pams_portal.droits", "acteurs.publics"]


def lignes():
    """[[mot, définition, code, source]] de la première table."""
    table = GLOSSAIRE.read_text().split("| --- | --- | --- | --- |\n")[1].split("\n\n")[0]
    return [ligne.strip("| ").split(" | ") for ligne in table.splitlines()]


def noms_du_code():
    return [nom for ligne in lignes() for nom in re.findall(r"`([^`]+)`", ligne[2])]


def classes_de_modeles():
    """{nom: classe} des classes concrètes et des vues d'une même table (proxy) de la maison."""
    return {m.__name__: m for app in APPLICATIONS for m in apps.get_app_config(app).get_models()}


def charpentes():
    """Les noms des classes abstraites dont héritent nos modèles."""
    ancetres = {parent for classe in classes_de_modeles().values() for parent in classe.__mro__}
    return {
        ancetre.__name__
        for ancetre in ancetres
        if getattr(getattr(ancetre, "_meta", None), "abstract", False)
        and ancetre.__module__.split(".")[0] in APPLICATIONS
    }


def trouver(nom):
    """L'objet que désigne un nom du glossaire ; lève AttributeError ou ImportError s'il manque."""
    tete, *suite = nom.split(".")
    if tete in classes_de_modeles():
        objet = classes_de_modeles()[tete]
    elif tete[0].isupper():
        module = next(m for m in map(import_module, MODULES) if hasattr(m, tete))
        objet = getattr(module, tete)
    else:
        *chemin, objet, suite = decouper(nom)
        objet = getattr(import_module(".".join(chemin)), objet)
    for morceau in suite:
        objet = attribut_ou_champ(objet, morceau)
    return objet


def decouper(nom):
    """`paquet.module.Objet.reste` → (paquet, module, Objet, [reste])."""
    morceaux = nom.split(".")
    rang = next(i for i, morceau in enumerate(morceaux) if morceau[0].isupper())
    return *morceaux[: rang + 1], morceaux[rang + 1 :]


def attribut_ou_champ(objet, nom):
    if isinstance(objet, type) and issubclass(objet, models.Model):
        try:
            return objet._meta.get_field(nom)
        except FieldDoesNotExist:
            return getattr(objet, nom)
    return getattr(objet, nom)


@pytest.mark.parametrize("nom", sorted(classes_de_modeles()))
def test_chaque_classe_a_son_mot(nom):
    assert nom in {cite.split(".")[0] for cite in noms_du_code() if "." not in cite}


@pytest.mark.parametrize("nom", sorted(set(noms_du_code())))
def test_chaque_nom_du_glossaire_existe(nom):
    assert trouver(nom) is not None


def test_chaque_charpente_sans_mot_est_connue():
    assert charpentes() == set(SANS_MOT)


def test_chaque_ligne_a_ses_quatre_cases():
    incompletes = [ligne for ligne in lignes() if len(ligne) != 4 or not all(ligne)]
    assert incompletes == []


def test_un_mot_n_a_qu_une_definition_et_se_trouve_a_son_rang():
    mots = [normaliser(ligne[0]) for ligne in lignes()]
    assert mots == sorted(set(mots))


def test_chaque_mot_dit_d_ou_il_vient():
    """Un article, un référentiel nommé, ou l'aveu qu'il n'est pas dans la loi."""
    dites = re.compile(
        r"L\. \d|[Pp]as un mot de loi|[Nn]otre lecture|INSEE|DGCL|Sirene|data·inclusion"
    )
    assert [ligne[0] for ligne in lignes() if not dites.search(ligne[3])] == []
