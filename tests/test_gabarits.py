"""Les espaces insécables d'une page : dans son texte, jamais dans ses balises."""

from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import get_template, render_to_string

from pams_portal.gabarits import espacer_le_texte

FINE, INSECABLE = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("source", "attendue"),
    [
        ("Prix : {{ prix }} ; gratuit ?", "Prix~: {{ prix }}_; gratuit_?"),
        ("« {{ nom }} » !", "«~{{ nom }}~»_!"),
        ('<p title="a : b">c : d</p>', '<p title="a : b">c~: d</p>'),
        ('{% include "x" with y="a ; b" %} ; c', '{% include "x" with y="a ; b" %}_; c'),
        ('{{ x|default:"rien ?" }}\n : y', '{{ x|default:"rien ?" }}\n~: y'),
        ('<a href="{% url "x" %}?q=1">w ?</a>', '<a href="{% url "x" %}?q=1">w_?</a>'),
    ],
)
def test_seul_le_texte_s_espace(source, attendue):
    assert espacer_le_texte(source) == attendue.replace("~", INSECABLE).replace("_", FINE)


def test_une_page_servie_les_porte():
    page = render_to_string("includes/erreurs_formulaire.html", {"form": {"errors": {"nom": 1}}})

    assert f"Rien n’a été enregistré{INSECABLE}: 1 point" in page


def test_un_courriel_en_texte_reste_tel_quel():
    gabarit = get_template("acteurs/courriels/recapitulatif.txt").template

    assert gabarit.source == Path(gabarit.origin.name).read_text()
    assert " :" in gabarit.source


@pytest.mark.parametrize(
    ("nombre", "attendu"),
    [(0, "0 local"), (1, "1 local"), (2, "2 locaux"), (None, "None local"), ([], "[] local")],
)
def test_zero_est_au_singulier(nombre, attendu):
    gabarit = engines["django"].from_string("{{ n }} loc{{ n|pluralize:'al,aux' }}")
    assert gabarit.render({"n": nombre}) == attendu
