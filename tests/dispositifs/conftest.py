"""Deux bassins voisins, à cheval sur deux départements, et des communes aux noms difficiles."""

import pytest

from bassins.models import Epci
from pams_portal.droits import Role
from tests import factories as f


def un_epci(siren, nom, *departements):
    """Un EPCI sans commune : les communes des essais ont leurs vrais codes."""
    epci = Epci.objects.create(
        siren=siren,
        nom=nom,
        nature="CC",
        financement="FPU",
        nb_communes=2,
        population_municipale=1000,
        population_totale=1010,
        **f.REFERENCE,
    )
    epci.departements.set(departements)
    return epci


@pytest.fixture
def territoire(db):
    """Un bassin sur l'Aisne et l'Oise, un autre en Maine-et-Loire, un Saint-Denis de trop."""
    aisne = f.make_departement("02", nom="Aisne")
    oise = f.make_departement("60", nom="Oise")
    loire = f.make_region("52", nom="Pays de la Loire")
    maine = f.make_departement("49", loire, nom="Maine-et-Loire")
    laon = un_epci("200043495", "CA du Pays de Laon", aisne)
    picarde = un_epci("246000848", "CC de la Picardie Verte", oise)
    saumur = un_epci("200071876", "CA Saumur Val de Loire", maine)
    communes = {
        "laon": f.make_commune(laon, aisne, code="02408", nom="Laon", codes_postaux="02000"),
        "grandvilliers": f.make_commune(picarde, oise, code="60286", nom="Grandvilliers"),
        "saumur": f.make_commune(saumur, maine, code="49328", nom="Saumur", codes_postaux="49400"),
        "denis_60": f.make_commune(picarde, oise, code="60578", nom="Saint-Denis"),
        "denis_49": f.make_commune(saumur, maine, code="49270", nom="Saint-Denis"),
    }
    return {
        **communes,
        "epci": laon,
        "ouest": f.make_bassin(laon, picarde, nom="Aisne et Oise", slug="aisne-et-oise"),
        "anjou": f.make_bassin(saumur, nom="Anjou Est", slug="anjou-est"),
    }


@pytest.fixture
def garage(association):
    """Un garage que l'association porte et tient."""
    return f.make_dispositif(
        association.acteur,
        nom="Garage solidaire de Roye",
        statut="signale",
        publics=["demandeurs-emploi"],
    )


@pytest.fixture
def absente(db):
    """Une structure qui porte un dispositif et n'a personne sur le portail."""
    return f.make_acteur(nom="Mobil’Vimeu", nature="association")


@pytest.fixture
def redacteur(region):
    return f.make_utilisateur(region.acteur, Role.REDACTEUR, nom="Rémi, Région")


@pytest.fixture
def courriels(settings, mailoutbox):
    """Les courriels partis : le travail de fond est fait aussitôt."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    return mailoutbox


@pytest.fixture
def muette(absente):
    """Une fiche jamais confirmée, d'une structure sans compte, qui a une adresse de service."""
    return f.make_dispositif(
        absente, nom="TUS du Vimeu", statut="signale", courriel="contact@vimeu.example.org"
    )


@pytest.fixture
def demande(muette):
    """Ce que la tournée du mois demande à l'adresse de ce service."""
    return f.make_demande(muette)


@pytest.fixture
def saisie(territoire):
    """Ce qu'une personne remplit au moins dans le formulaire."""
    return {
        "nom": "Atelier vélo",
        "type": "atelier-velo",
        "description": "Un atelier où l’on répare son vélo avec un bénévole. " * 6,
        "publics": ["tous-publics"],
        "zone_eligibilite": ["epci-200043495"],
    }
