"""Un plan que ses deux co-pilotes peuvent arrêter."""

import pytest
from django.utils import timezone

from plans.conformite import conformite
from plans.models import Plan, Visa
from plans.versions import contenu_canonique, empreinte
from tests import factories as f


def relu(plan):
    return Plan.objects.get(pk=plan.pk)


def empreinte_de(plan):
    return empreinte(contenu_canonique(relu(plan)))


def lever_le_reste(plan):
    """Motive la levée de tout ce qui se lève ; ce qui reste est un défaut au regard du texte."""
    for constat in conformite(plan, timezone.localdate()):
        if constat.bloque and constat.est_levable:
            plan.levees.create(regle=constat.cle, motif="Vu en comité technique.")


@pytest.fixture
def pret(plan, region, departement, association):
    """Le plan satisfait au texte de loi ; les règles de notre lecture sont levées."""
    perimetre = plan.bassin.perimetre
    f.make_fonction(region.acteur, "region", regions=perimetre.regions())
    f.make_fonction(departement.acteur, "departement", departements=perimetre.departements())
    for cle in ("accompagnement", "mesures_spe", "gouvernance", "roles"):
        f.make_contribution(region, cle, commune=True, texte=f"Ce que dit {cle}.")
    f.make_fiche(region, intitule="Un garage solidaire")
    lever_le_reste(plan)
    return relu(plan)


@pytest.fixture
def viser(pret, personnes):
    """`viser("region")` : le visa de cette personne, au nom de sa partie, sur ce qu'elle lit."""

    def viser(qui, vers="arrete", lue=None):
        acteurs = personnes[qui].habilitations.values("acteur")
        partie = pret.parties.get(acteur__in=acteurs)
        lue = lue or empreinte_de(pret)
        return Visa.objects.donner(personnes[qui], partie, vers, lue)

    return viser


@pytest.fixture
def arrete(pret, viser):
    viser("region")
    viser("departement")
    return relu(pret)
