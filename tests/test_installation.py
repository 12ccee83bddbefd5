"""L’installation : verrous sans adresse, dépendances justifiées, commandes qui existent."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions

import pytest
from django.conf import settings

RACINE = settings.BASE_DIR
# Écrits en morceaux, pour que ce fichier ne contienne pas ce qu’il cherche.
REGISTRES = [
    f"{debut}.{fin}"
    for debut, fin in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry.npmjs", "org"),
        ("registry.yarnpkg", "com"),
        ("deb.debian", "org"),
    ]
]
DOSSIERS_DE_MACHINE = [f"/{dossier}/" for dossier in ("home", "root", "work", "opt", "Users")]


@cache
def fichiers_suivis():
    if not (shutil.which("git") and (RACINE / ".git").exists()):
        pytest.skip("sans git ou sans historique, la liste des fichiers suivis est inconnue")
    sortie = subprocess.run(
        ["git", "ls-files", "-z"], cwd=RACINE, capture_output=True, text=True, check=True
    )
    chemins = [RACINE / nom for nom in sortie.stdout.split("\0") if nom]
    return [chemin for chemin in chemins if chemin.is_file()]


@cache
def textes_suivis():
    """Le contenu de chaque fichier de texte suivi, par chemin relatif."""
    textes = {}
    for chemin in fichiers_suivis():
        octets = chemin.read_bytes()
        if b"\0" not in octets[:8000]:
            textes[str(chemin.relative_to(RACINE))] = octets.decode("utf-8", "replace")
    return textes


@cache
def projet():
    return tomllib.loads((RACINE / "pyproject.toml").read_text())


def nom_normalise(exigence):
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", exigence)[0]).lower()


def declarees(groupe=None):
    exigences = (
        projet()["dependency-groups"][groupe] if groupe else projet()["project"]["dependencies"]
    )
    return {nom_normalise(exigence) for exigence in exigences}


def verrouillees(fichier):
    lignes = (RACINE / fichier).read_text().splitlines()
    return {
        nom_normalise(ligne): ligne.split(" ")[0]
        for ligne in lignes
        if re.match(r"[\w.-]+==", ligne)
    }


def test_aucun_fichier_suivi_ne_nomme_un_registre_de_paquets():
    fautes = [
        (nom, registre)
        for nom, texte in textes_suivis().items()
        for registre in REGISTRES
        if registre in texte
    ]
    assert fautes == []


def test_aucun_fichier_suivi_ne_porte_un_chemin_de_machine():
    # Précédé d’une lettre, d’un point ou d’une barre, le dossier appartient à une adresse web.
    motif = re.compile(r"(?<![\w./:-])(?:" + "|".join(DOSSIERS_DE_MACHINE) + r")\w")
    fautes = [(nom, m[0]) for nom, texte in textes_suivis().items() for m in motif.finditer(texte)]
    assert fautes == []


def test_chaque_dependance_porte_sa_raison_sur_sa_ligne():
    lignes = (RACINE / "pyproject.toml").read_text().splitlines()
    exigences = [ligne for ligne in lignes if re.match(r'    "[\w.-]+(\[\w+\])?>=', ligne)]
    sans_raison = [ligne for ligne in exigences if not re.search(r"# \w.{15,}$", ligne)]
    assert sans_raison == []
    assert len(exigences) == len(declarees()) + len(declarees("dev"))


def test_les_verrous_contiennent_ce_que_le_projet_declare():
    assert declarees() - set(verrouillees("requirements.txt")) == set()
    assert declarees("dev") - set(verrouillees("requirements-dev.txt")) == set()


def test_le_verrou_de_production_ne_contient_aucun_outil_de_developpement():
    assert declarees("dev") & set(verrouillees("requirements.txt")) == set()


def test_le_verrou_de_developpement_reprend_celui_de_production_a_l_identique():
    assert verrouillees("requirements.txt").items() <= verrouillees("requirements-dev.txt").items()


@pytest.mark.parametrize("fichier", ["requirements.txt", "requirements-dev.txt"])
def test_chaque_version_verrouillee_porte_ses_empreintes_et_rien_d_autre(fichier):
    paquets = re.split(r"\n(?=\S)", (RACINE / fichier).read_text().strip())
    version = r"[\w.-]+(\[[\w,-]+\])?==[\w.]+( ; [^\\\n]+)?"
    attendu = re.compile(version + r"( \\\n    --hash=sha256:[0-9a-f]{64})+")
    assert [paquet.splitlines()[0] for paquet in paquets if not attendu.fullmatch(paquet)] == []


def modules_importes(dossiers):
    for nom, texte in textes_suivis().items():
        if nom.endswith(".py") and nom.split("/")[0] in dossiers:
            for noeud in ast.walk(ast.parse(texte)):
                if isinstance(noeud, ast.Import):
                    yield from (alias.name.split(".")[0] for alias in noeud.names)
                elif isinstance(noeud, ast.ImportFrom) and not noeud.level:
                    yield noeud.module.split(".")[0]


@pytest.mark.parametrize(
    ("dossiers", "groupes"),
    [
        ({"pams_portal", "bassins", "acteurs", "dispositifs", "plans"}, [None]),
        ({"tests", "benchmarks", ".ci"}, [None, "dev"]),
    ],
)
def test_tout_ce_qui_est_importe_est_declare(dossiers, groupes):
    """Un paquet présent par hasard sur une machine manquerait sur une machine neuve."""
    maison = {chemin.parent.name for chemin in RACINE.glob("*/__init__.py")} | {"benchmarks"}
    exterieurs = set(modules_importes(dossiers)) - sys.stdlib_module_names - maison
    fournisseurs = packages_distributions()
    permis = set().union(*(declarees(groupe) for groupe in groupes))
    inconnus = {
        module
        for module in exterieurs
        if not {nom_normalise(nom) for nom in fournisseurs.get(module, [module])} & permis
    }
    assert inconnus == set()


def test_les_commandes_make_citees_dans_la_documentation_existent():
    cibles = set(re.findall(r"^([a-z-]+):", (RACINE / "Makefile").read_text(), re.MULTILINE))
    documents = [RACINE / "README.md", *RACINE.glob("docs/**/*.md")]
    citees = {
        cible
        for document in documents
        for cible in re.findall(r"(?:`|^)make ([a-z-]+)", document.read_text(), re.MULTILINE)
    }
    assert {"run", "test", "test-rapide", "check"} <= citees
    assert citees - cibles == set()


def test_les_reglages_cites_dans_le_readme_sont_lus_par_les_reglages():
    cites = re.findall(r"^\| `([A-Z_]+)` \|", (RACINE / "README.md").read_text(), re.MULTILINE)
    reglages = (RACINE / "pams_portal/settings.py").read_text()
    assert len(cites) == 7
    assert [nom for nom in cites if f'"{nom}"' not in reglages] == []


def test_les_liens_internes_de_la_documentation_menent_quelque_part():
    documents = [RACINE / "README.md", RACINE / "CHANGELOG.md", *RACINE.glob("docs/**/*.md")]
    perdus = [
        (document.name, lien)
        for document in documents
        for lien in re.findall(r"\]\(([^)#:]+)\)", document.read_text())
        if not (document.parent / lien).exists()
    ]
    assert perdus == []


def test_sur_un_autre_port_les_liens_menent_au_portail(tmp_path):
    """`make run PORT=8001` : un courriel, une page suivante de l'API ne renvoient pas à 8000."""
    milieu = {**os.environ, "PORT": "8001", "DONNEES_DIR": str(tmp_path)}
    milieu.pop("SITE_URL", None)
    dire = "from pams_portal import settings; print(settings.SITE_URL)"
    dit = subprocess.check_output([sys.executable, "-c", dire], cwd=RACINE, env=milieu, text=True)

    assert dit.strip() == "http://127.0.0.1:8001"
