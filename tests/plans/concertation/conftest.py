"""Un chapitre écrit par la Région, et de quoi le lire au nom de n'importe qui."""

import pytest
from django.test import Client

from tests import factories as f

TEXTE = "## Délais\n\nLe **point de conseil** ouvre dans les six mois, à Roye comme à Amiens."


@pytest.fixture
def contribution(region):
    return f.make_contribution(region, texte=TEXTE)


@pytest.fixture
def au_nom_de(personnes):
    """`au_nom_de("region")` : un navigateur connecté."""

    def connecter(qui):
        client = Client()
        client.force_login(personnes[qui])
        return client

    return connecter
