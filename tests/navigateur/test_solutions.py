"""Trouver une solution près de chez soi, et l'affiche d'une commune, dans un vrai navigateur."""

from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from bassins.models import Commune
from dispositifs.typologie import TYPES
from tests import factories as f
from tests.navigateur.accessibilite import verifier_axe

pytestmark = pytest.mark.navigateur
SANS_SCRIPT = {"java_script_enabled": False}


@pytest.mark.parametrize("options", [{}, SANS_SCRIPT])
def test_un_prescripteur_trouve_en_trois_gestes_et_emporte_sa_selection(visiteur, options):
    page = visiteur(**options)
    page.goto("/solutions/")
    page.get_by_label("Où habitez-vous").fill("Roye")
    page.get_by_label("Me rendre quelque part").check()
    page.get_by_role("button", name="Voir les solutions").click()
    # Deux communes de France s'appellent Roye : la page demande laquelle.
    page.get_by_role("listitem").filter(has_text="Somme").get_by_role("link", name="Roye").click()
    expect(page.get_by_role("status").filter(has_text="à Roye")).to_be_visible()
    solution = page.get_by_role("heading", level=3).first
    nom = solution.inner_text()
    page.get_by_label(f"Choisir {nom}").check()
    page.get_by_role("button", name="Voir la sélection").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma sélection")
    expect(page.get_by_role("link", name=nom, exact=True)).to_be_visible()
    if not options:
        verifier_axe(page)


def test_l_affiche_tient_sur_une_page_a4_meme_avec_des_textes_longs(visiteur):
    long = "Un service au nom interminable, avec une précision qui n’en finit vraiment jamais"
    types = [code for _, types in TYPES[:6] for code, _ in types]
    for n in range(40):
        f.make_dispositif(
            f.make_acteur(nom=f"{long} {n}"),
            nom=f"{long} numéro {n}",
            type=types[n % len(types)],
            frais="payant",
            frais_precisions=long,
            telephone="03 22 00 00 00",
            zone_eligibilite=["commune-49007"],
        )
    page = visiteur()
    page.goto(f"/solutions/{Commune.objects.get(pk='49007').pk}/affiche/")
    document = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(document.pages) == 1
    texte = document.pages[0].extract_text()
    assert "Se déplacer à Angers" in texte
    assert "Téléphonez avant de vous déplacer" in texte
