"""Le décor commun : un bassin de deux co-pilotes, un plan, et une personne par place.

La distribution suit la table des droits : une personne par colonne, et l'étrangère qui tient le
même rôle dans un autre bassin.
"""

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

from pams_portal.droits import Qualite, Role
from tests import factories as f

RAPIDE = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def statiques_sans_manifeste():
    """Les essais servent les fichiers de `static/` tels quels, sans collecte préalable."""
    simple = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    from django.conf import settings

    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": simple}):
        yield


@pytest.fixture(autouse=True)
def fichiers_jetables(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "fichiers"
    # Un essai lit ce qu'une page compte ; ceux de la mémoire la demandent (`avec_memoire`).
    sans_memoire = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    settings.CACHES = settings.CACHES | {"inventaire": sans_memoire}
    settings.PASSWORD_HASHERS = RAPIDE


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker, tmp_path_factory):
    """La démonstration chargée une fois, annulée à la fin du fichier ; rend où sont ses pièces."""
    fichiers = tmp_path_factory.mktemp("demonstration")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PASSWORD_HASHERS=RAPIDE, MEDIA_ROOT=fichiers):
            call_command("demo", verbosity=0)
        yield fichiers
        transaction.set_rollback(True)


@pytest.fixture
def bassin(db):
    return f.make_bassin(nom="Grand Amiénois", slug="grand-amienois")


@pytest.fixture
def plan(bassin):
    return f.make_plan(bassin, titre="PAMS Grand Amiénois", slug="grand-amienois")


@pytest.fixture
def region(plan):
    """La Région, co-pilote."""
    return f.make_partie(plan, f.make_acteur(nom="Région Hauts-de-France", nature="region"))


@pytest.fixture
def departement(plan):
    """Le Département, co-pilote."""
    acteur = f.make_acteur(nom="Département de la Somme", nature="departement")
    return f.make_partie(plan, acteur)


@pytest.fixture
def aom(plan):
    acteur = f.make_acteur(nom="Amiens Métropole", nature="communaute_agglomeration")
    return f.make_partie(plan, acteur, Qualite.COORDONNEE, fonctions=["aom"])


@pytest.fixture
def spe(plan):
    acteur = f.make_acteur(nom="France Travail", nature="etablissement_public")
    return f.make_partie(plan, acteur, Qualite.COORDONNEE, fonctions=["spe"])


@pytest.fixture
def association(plan):
    acteur = f.make_acteur(nom="Roues libres", nature="association")
    return f.make_partie(plan, acteur, Qualite.ASSOCIEE)


@pytest.fixture
def invitee(plan):
    acteur = f.make_acteur(nom="CC du Grand Roye", nature="communaute_communes")
    return f.make_partie(plan, acteur, Qualite.INVITEE)


@pytest.fixture
def autre_plan(db):
    return f.make_plan(slug="autre-plan")


@pytest.fixture
def etrangere(autre_plan):
    """Une Région, co-pilote d'un autre bassin."""
    return f.make_partie(autre_plan, f.make_acteur(nom="Région Pays de la Loire"))


@pytest.fixture
def personnes(region, departement, aom, spe, association, invitee, etrangere):
    """Une personne par colonne de la table des droits."""
    return {
        "region": f.make_utilisateur(region.acteur, nom="Rita, Région"),
        "departement": f.make_utilisateur(departement.acteur, nom="Denis, Département"),
        "redactrice": f.make_utilisateur(region.acteur, Role.REDACTEUR, nom="Rose, rédactrice"),
        "lectrice": f.make_utilisateur(region.acteur, Role.LECTEUR, nom="Lena, lectrice"),
        "gestionnaire": f.make_utilisateur(region.acteur, Role.GESTIONNAIRE, nom="Gaël"),
        "assemblees": f.make_utilisateur(departement.acteur, Role.ASSEMBLEES, nom="Sacha"),
        "aom": f.make_utilisateur(aom.acteur, nom="Amina, AOM"),
        "spe": f.make_utilisateur(spe.acteur, nom="Farid, France Travail"),
        "associee": f.make_utilisateur(association.acteur, nom="Aïcha, association"),
        "invitee": f.make_utilisateur(invitee.acteur, nom="Inès, invitée"),
        "etrangere": f.make_utilisateur(etrangere.acteur, nom="Éva, étrangère"),
        "sans_acteur": f.make_utilisateur(nom="Noé, sans habilitation"),
        "admin": f.make_utilisateur(nom="Ada", is_staff=True, is_superuser=True),
    }


@pytest.fixture
def au_nom_de(personnes):
    """`au_nom_de("region")` : un navigateur connecté."""

    def connecter(qui):
        client = Client()
        client.force_login(personnes[qui])
        return client

    return connecter
