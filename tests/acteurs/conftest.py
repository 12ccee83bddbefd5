import pytest
from stdnum import luhn

from pams_portal.droits import Role
from tests import factories as f


@pytest.fixture
def structure(db):
    """Une structure hors de tout plan, dont les personnes ci-dessous tiennent chacune un rôle."""
    return f.make_acteur(nom="Garage solidaire du Santerre", nature="association")


@pytest.fixture
def redactrice(structure):
    return f.make_utilisateur(structure, Role.REDACTEUR, nom="Rose, rédactrice")


@pytest.fixture
def lectrice(structure):
    return f.make_utilisateur(structure, Role.LECTEUR, nom="Lena, lectrice")


@pytest.fixture
def gestionnaire(structure):
    return f.make_utilisateur(structure, Role.GESTIONNAIRE, nom="Gaëlle, gestionnaire")


@pytest.fixture
def voisine(db):
    """Le même rôle, dans une autre structure."""
    return f.make_utilisateur(f.make_acteur(nom="Vélo pour tous"), Role.REDACTEUR, nom="Vera")


@pytest.fixture
def administratrice(client, db):
    ada = f.make_utilisateur(nom="Ada", is_staff=True, is_superuser=True)
    client.force_login(ada)
    return ada


@pytest.fixture
def courriels(settings, mailoutbox):
    """Les courriels partis : le travail de fond est fait aussitôt."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    return mailoutbox


@pytest.fixture
def make_siret():
    def make(siren, rang=1):
        racine = f"{siren}{rang:04d}"
        return racine + luhn.calc_check_digit(racine)

    return make
