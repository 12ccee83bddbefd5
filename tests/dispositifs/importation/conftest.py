"""Qui importe dans ces essais, et de quoi faire une ligne complète."""

import pytest

from dispositifs.importation.lignes import LigneLue, OrganismeLu
from dispositifs.importation.moteur import Contexte
from dispositifs.models import Dispositif
from pams_portal.droits import Droit, exiger
from tests import factories as f


@pytest.fixture
def contexte(redacteur, region):
    """La Région importe un fichier de partenaire."""
    objet = Dispositif(saisi_par=region.acteur)
    place = exiger(redacteur, Droit.CREER_DISPOSITIF, objet)
    return Contexte("partenaires.xlsx", redacteur, place)


@pytest.fixture
def porteuse(db):
    """Une association qui n'a personne sur le portail."""
    return f.make_acteur(nom="Mobil’Vimeu", nature="association")


@pytest.fixture
def ligne(territoire, porteuse):
    """`ligne(3, nom="…")` : une ligne lue, complète, dont on change ce qu'on veut."""

    def faire(numero=2, source_id="", identifiant="", **valeurs):
        defaut = {
            "nom": "Garage de Friville",
            "type": "garage-solidaire",
            "description": "Réparation à prix solidaire.",
            "zone_eligibilite": ["epci-200043495"],
            "porteur": OrganismeLu(siren=porteuse.siren),
        }
        source = "Observatoire" if source_id else ""
        return LigneLue(numero, defaut | valeurs, source, source_id, identifiant=identifiant)

    return faire
