"""Le guide de l'agent nomme les boutons comme l'écran les écrit, et ses liens mènent à une page."""

import re
from pathlib import Path

import pytest

RACINE = Path(__file__).parent.parent
GUIDE = RACINE / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))
# Le gras sert aussi à ouvrir un paragraphe par une phrase ; un libellé n'a pas de point final.
PHRASE = re.compile(r"[.?!]$")


def nom(page):
    return page.stem


def texte_de_l_ecran():
    """Tout ce qui peut paraître à l'écran : gabarits, phrases du code, barre de l'éditeur."""
    dossiers = ["acteurs", "bassins", "dispositifs", "plans", "pams_portal"]
    sources = [*(RACINE / "templates").rglob("*.html")]
    sources += [source for dossier in dossiers for source in (RACINE / dossier).rglob("*.py")]
    sources += [RACINE / "static/editeur/sources/boutons.js"]
    return "\n".join(source.read_text() for source in sources)


def libelles(page):
    return [mot for mot in re.findall(r"\*\*(.+?)\*\*", page.read_text()) if not PHRASE.search(mot)]


@pytest.mark.parametrize("page", PAGES, ids=nom)
def test_chaque_libelle_cite_est_a_l_ecran(page):
    ecran = texte_de_l_ecran().lower()
    assert [mot for mot in libelles(page) if mot.lower() not in ecran] == []


@pytest.mark.parametrize("page", PAGES, ids=nom)
def test_chaque_lien_mene_a_une_page(page):
    liens = re.findall(r"\]\(([^)]+\.md)\)", page.read_text())
    assert [lien for lien in liens if not (page.parent / lien).exists()] == []


def test_chaque_page_est_au_sommaire():
    sommaire = (GUIDE / "index.md").read_text()
    assert [p.name for p in PAGES if p.name != "index.md" and f"({p.name})" not in sommaire] == []
