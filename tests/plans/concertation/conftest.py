"""Un chapitre écrit par la Région, et de quoi le lire au nom de n'importe qui."""

import pytest

from tests import factories as f

TEXTE = "## Délais\n\nLe **point de conseil** ouvre dans les six mois, à Roye comme à Amiens."


@pytest.fixture
def contribution(region):
    return f.make_contribution(region, texte=TEXTE)
