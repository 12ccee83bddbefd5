"""Deux visas, un visa et une écriture, au même instant : PostgreSQL seul le montre."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from pams_portal.droits import Droit
from plans.etapes import Etat
from plans.models import Contribution, Version, Visa
from tests.plans.versions.conftest import empreinte_de, relu

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
FOIS = 4


@pytest.fixture(autouse=True)
def sur_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite n’a qu’un écrivain à la fois")


def ensemble(*actes):
    """Joue chaque acte dans son fil, sa connexion, au même instant ; rend résultats ou refus."""
    depart = Barrier(len(actes))

    def jouer(acte):
        depart.wait()
        try:
            return acte()
        except (ValidationError, PermissionDenied) as refus:
            return refus
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actes)) as fils:
        return list(fils.map(jouer, actes))


def reprendre(plan):
    type(plan).objects.filter(pk=plan.pk).update(etat=Etat.REDACTION)
    Visa.objects.all().delete()
    Version.objects.all().delete()


def test_deux_visas_au_meme_instant_figent_une_fois(pret, viser):
    for _ in range(FOIS):
        lue = empreinte_de(pret)
        visas = ensemble(
            lambda lue=lue: viser("region", lue=lue), lambda lue=lue: viser("departement", lue=lue)
        )
        assert [type(visa) for visa in visas] == [Visa, Visa]
        assert relu(pret).etat == Etat.ARRETE
        assert [v.numero for v in Version.objects.all()] == [1]
        reprendre(pret)


def test_le_meme_visa_envoye_quatre_fois_n_en_fait_qu_un(pret, viser):
    lue = empreinte_de(pret)
    visas = ensemble(*[lambda: viser("region", lue=lue)] * 4)
    assert len({visa.pk for visa in visas}) == Visa.objects.count() == 1
    assert relu(pret).etat == Etat.REDACTION


def test_une_ecriture_et_le_dernier_visa_ne_se_croisent_pas(pret, viser, personnes):
    """Ou bien le texte change et rien n'est figé, ou bien c'est figé et le texte ne change pas."""
    for fois in range(FOIS * 2):
        viser("region")
        lue = empreinte_de(pret)
        part = Contribution.objects.get(chapitre__cle="roles")
        ensemble(
            lambda lue=lue: viser("departement", lue=lue),
            lambda part=part, fois=fois: part.agir(
                personnes["region"], Droit.CONTRIBUER, "modifier", texte=f"Texte {fois}."
            ),
        )
        fige, inchange = relu(pret).etat == Etat.ARRETE, empreinte_de(pret) == lue
        assert fige == inchange
        assert Version.objects.figees().count() == fige
        reprendre(pret)


def test_deux_retours_en_redaction_au_meme_instant_n_en_font_qu_un(arrete, personnes):
    issues = ensemble(
        lambda: arrete.passer(personnes["region"], "redaction", "De la Région."),
        lambda: arrete.passer(personnes["departement"], "redaction", "Du Département."),
    )
    assert sorted(isinstance(issue, ValidationError) for issue in issues) == [False, True]
    assert len({visa.raison for visa in Visa.objects.all()}) == 1
