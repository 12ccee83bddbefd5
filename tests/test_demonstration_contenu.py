"""Le contenu de la démonstration, fichier par fichier : rien d’inventé ne passe pour vrai."""

import re

import pytest

from pams_portal.demonstration.contenu import DOSSIER

LIENS = re.compile(r"https?://([^/\s)>\"]+)")
HOTES = re.compile(r"([\w-]+\.)*example\.org|www\.legifrance\.gouv\.fr")
COURRIELS = re.compile(r"[\w.+-]+@([\w.-]+)")
TELEPHONES = re.compile(r"(?<!\d)0\d(?:[ .]?\d\d){4}(?!\d)")
# Les plages que l'ARCEP réserve à la fiction.
NUMEROS_FICTIFS = re.compile(r"(01 99 00|02 61 91|03 53 01|04 65 71|05 36 49) \d\d \d\d")
CITATIONS = re.compile(r"« \*(.+?)\* »")
# Les seuls fragments de L. 1215-3 que l'on cite.
FRAGMENTS_DE_LA_LOI = {
    "coordonnent leur action en faveur de la mobilité solidaire",
    "pilotent l’élaboration et suivent la mise en œuvre",
    "sont associés",
    "définit les conditions",
    "conseil et d’un accompagnement individualisé à la mobilité",
    "d’un conseil et d’un accompagnement individualisé à la mobilité",
    "notamment",
    "à tout demandeur d’emploi, toute personne éloignée de l’emploi, ou au jeune en contrat "
    "d’apprentissage",
    "tout demandeur d’emploi, toute personne éloignée de l’emploi, ou au jeune en contrat "
    "d’apprentissage",
}


SUFFIXES = (".toml", ".md", ".csv")


def fichiers_du_contenu():
    return sorted(chemin for chemin in DOSSIER.rglob("*") if chemin.suffix in SUFFIXES)


@pytest.mark.parametrize("chemin", fichiers_du_contenu(), ids=lambda c: f"{c.parent.name}/{c.stem}")
def test_aucune_adresse_ni_numero_d_une_vraie_personne(chemin):
    texte = chemin.read_text(encoding="utf-8")

    assert [hote for hote in LIENS.findall(texte) if not HOTES.fullmatch(hote)] == []
    assert [hote for hote in COURRIELS.findall(texte) if not HOTES.fullmatch(hote)] == []
    assert [n for n in TELEPHONES.findall(texte) if not NUMEROS_FICTIFS.fullmatch(n)] == []


@pytest.mark.parametrize("chemin", sorted(DOSSIER.rglob("*.md")), ids=lambda c: c.stem)
def test_un_chiffre_invente_est_dit_fictif_et_la_loi_citee_a_la_lettre(chemin):
    texte = chemin.read_text(encoding="utf-8")

    assert not re.search(r"\d\s?%", texte) or re.search("ficti[fv]", texte.lower())
    assert [c for c in CITATIONS.findall(texte) if c not in FRAGMENTS_DE_LA_LOI] == []
