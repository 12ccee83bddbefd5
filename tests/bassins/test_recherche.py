"""La forme de recherche des textes, commune à tout le portail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pams_portal.recherche import normaliser


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("Grand Amiénois – Grand Roye", "grand amienois grand roye"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("L'Île-d'Yeu", "l ile d yeu"),
        ("Œuvre sociale de Lætitia", "oeuvre sociale de laetitia"),
        ("Saint\u00a0Omer   \n Nord", "saint omer nord"),
        ("BÂGÉ ‑ ÇA", "bage ca"),
        ("e\u0301te\u0301", "ete"),
        ("", ""),
        (None, ""),
    ],
)
def test_normaliser(texte, attendu):
    assert normaliser(texte) == attendu


@given(st.text())
def test_normaliser_deux_fois_ne_change_plus_rien(texte):
    une_fois = normaliser(texte)

    assert normaliser(une_fois) == une_fois
    assert une_fois == une_fois.strip()
