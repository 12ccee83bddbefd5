"""Les règles de la maison que le linter ne sait pas vérifier."""

import ast
import re
from pathlib import Path

import pytest

RACINE = Path(__file__).parent.parent
APPLICATIONS = ["bassins", "acteurs", "dispositifs", "plans"]
# Les feuilles de pams_portal que les applications peuvent importer.
FEUILLES = {
    "administration",
    "impression",
    "droits",
    "edition",
    "conflit",
    "valeurs",
    "champs",
    "texte",
    "elision",
    "recherche",
    "comparaison",
    "fusion",
    "passages",
    "typographie",
    "tableau",
    "formules",
    "requete",
}
# Appelés par Django ou par héritage, jamais nommés dans le code.
GABARITS_DE_DJANGO = ("django/", "400.html", "403.html", "404.html", "500.html")
LIGNES_MAX = {"tests": 500}  # 400 ailleurs
PAGES = re.compile(r"^(bassins|acteurs|dispositifs|plans)\.(forms|views|urls)\b")


def modules(dossier):
    return [f for f in (RACINE / dossier).rglob("*.py") if "migrations" not in f.parts]


def imports(fichier):
    for noeud in ast.walk(ast.parse(fichier.read_text())):
        if isinstance(noeud, ast.ImportFrom):
            yield noeud.module
        elif isinstance(noeud, ast.Import):
            yield from (alias.name for alias in noeud.names)


@pytest.mark.parametrize("app", APPLICATIONS)
def test_une_application_n_importe_que_ce_qui_la_precede(app):
    permises = APPLICATIONS[: APPLICATIONS.index(app) + 1]
    for fichier in modules(app):
        for module in imports(fichier):
            tete, *suite = module.split(".")
            if tete in APPLICATIONS:
                assert tete in permises, f"{fichier} importe {module}"
            if tete == "pams_portal":
                assert suite and suite[0] in FEUILLES, f"{fichier} importe {module}"


@pytest.mark.parametrize("feuille", sorted(FEUILLES))
def test_les_feuilles_n_importent_aucune_application(feuille):
    for module in imports(RACINE / "pams_portal" / f"{feuille}.py"):
        assert module.split(".")[0] not in APPLICATIONS


@pytest.mark.parametrize("app", APPLICATIONS)
def test_les_modeles_n_importent_ni_formulaires_ni_vues(app):
    for fichier in modules(app):
        if "models" in fichier.stem or "models" in fichier.parts:
            interdits = [m for m in imports(fichier) if PAGES.search(m)]
            assert interdits == [], f"{fichier} importe {interdits}"


def test_aucun_gabarit_orphelin():
    sources = [
        f.read_text() for dossier in (*APPLICATIONS, "pams_portal") for f in modules(dossier)
    ]
    sources += [f.read_text() for f in (RACINE / "templates").rglob("*.html")]
    for gabarit in (RACINE / "templates").rglob("*.html"):
        nom = gabarit.relative_to(RACINE / "templates").as_posix()
        if not nom.startswith(GABARITS_DE_DJANGO):
            utilise = any(f'"{nom}"' in source for source in sources)
            assert utilise, f"{nom} n'est utilisé nulle part"


@pytest.mark.parametrize("dossier", [*APPLICATIONS, "pams_portal", "tests"])
def test_aucune_piece_ne_deborde(dossier):
    for fichier in modules(dossier):
        lignes = len(fichier.read_text().splitlines())
        assert lignes <= LIGNES_MAX.get(dossier, 400), (
            f"{fichier} a {lignes} lignes : en faire un dossier"
        )


def test_pas_de_tiroir_fourre_tout():
    interdits = {"utils", "common", "core", "services", "mixins", "helpers"}
    for dossier in (*APPLICATIONS, "pams_portal", "templates", "tests"):
        for chemin in (RACINE / dossier).rglob("*"):
            assert chemin.stem not in interdits, chemin


def test_aucun_style_ni_script_en_ligne():
    """La politique de sécurité les refuserait, sans message pour la personne."""
    motif = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)
    for gabarit in (RACINE / "templates").rglob("*.html"):
        if "document" not in gabarit.parts:  # le document imprimé n'est pas servi au navigateur
            trouve = motif.search(gabarit.read_text())
            assert trouve is None, f"{gabarit} : {trouve.group()}"
