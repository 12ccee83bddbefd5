"""Le journal d'un plan : tous les actes, lisibles, en un nombre constant de requêtes."""

import pytest
from django.urls import reverse

from pams_portal.droits import Droit
from tests import factories as f


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant(
    client, plan, region, aom, personnes, nombre, django_assert_num_queries
):
    for _ in range(nombre):
        fiche = f.make_fiche(region)
        fiche.agir(personnes["region"], Droit.ATTRIBUER, "attribuer", porteur=aom)
    client.force_login(personnes["departement"])

    with django_assert_num_queries(10):
        html = client.get(reverse("plans:plan_journal", args=[plan.slug])).content.decode()

    assert html.count("a attribué") == nombre


def test_les_relations_se_lisent_par_leur_nom(client, plan, region, aom, personnes):
    fiche = f.make_fiche(region)
    fiche.agir(personnes["region"], Droit.ATTRIBUER, "attribuer", porteur=aom)
    client.force_login(personnes["departement"])

    html = client.get(reverse("plans:plan_journal", args=[plan.slug])).content.decode()

    assert "<del>Région Hauts-de-France (co-pilote)</del>" in html
    assert "<ins>Amiens Métropole (partie coordonnée)</ins>" in html


def test_le_journal_d_un_autre_plan_ne_s_y_mele_pas(client, plan, etrangere, personnes):
    f.make_fiche(etrangere).agir(personnes["etrangere"], Droit.ORDONNER, "ordonner", ordre=7)
    client.force_login(personnes["region"])

    html = client.get(reverse("plans:plan_journal", args=[plan.slug])).content.decode()

    assert "Éva" not in html
