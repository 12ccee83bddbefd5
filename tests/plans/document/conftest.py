import pytest
from django.db import transaction

from pams_portal.impression import imprimer
from plans.impression.html import plan_html
from tests.plans.document.decor import LE, lire, make_plan_garni


@pytest.fixture
def plan_garni(db):
    return make_plan_garni(fiches=2, dispositifs=3)


@pytest.fixture
def html(plan_garni):
    return plan_html(plan_garni, le=LE)


@pytest.fixture(scope="session")
def document_imprime(django_db_setup, django_db_blocker):
    """Imprime une fois pour tous les essais : `document_imprime(**champs du plan)`."""
    faits = {}

    def imprime(**champs):
        cle = tuple(sorted(champs.items()))
        if cle not in faits:
            with django_db_blocker.unblock(), transaction.atomic():
                html = plan_html(make_plan_garni(fiches=2, dispositifs=3, **champs), le=LE)
                transaction.set_rollback(True)
            faits[cle] = lire(imprimer(html))
        return faits[cle]

    return imprime
