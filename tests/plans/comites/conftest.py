"""Une séance du COTECH et tout ce qui peut y venir."""

import pytest

from tests import factories as f


@pytest.fixture
def seance(plan, region, departement, aom):
    return f.make_seance(plan)


@pytest.fixture
def en_attente(plan, region, departement, aom):
    """Un objet en suspens de chaque nature, hors parts manquantes ; {nature: objet}."""
    return {
        "fiche": f.make_fiche(aom, etat="engagee", intitule="Garage mobile"),
        "proposition": f.make_proposition(
            departement, f.make_contribution(region, texte="Écrit."), motif="Plus clair."
        ),
        "observation": f.make_observation(aom, texte="Le délai tient-il ?"),
    }
