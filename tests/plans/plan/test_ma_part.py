"""« Ma part » : ce qui attend ma structure, dans tous ses plans."""

import pytest
from django.urls import reverse

from tests import factories as f


def test_ce_qui_attend_l_aom(client, plan, region, aom, personnes):
    fiche = f.make_fiche(region, intitule="Garage mobile")
    f.make_financement(fiche, aom, montant=None, statut="sollicite")
    f.make_partenariat(fiche, aom)
    f.make_contribution(aom, texte="")
    client.force_login(personnes["aom"])

    attentes = client.get(reverse("plans:ma_part")).context["attentes"]

    assert [attente.verbe for attente in attentes] == [
        "Dire si vous contribuez",
        "Saisir votre financement",
        "Répondre : opérateur",
        "Écrire",
    ]


def test_la_part_d_un_autre_n_attend_pas_ici(client, region, aom, personnes):
    f.make_contribution(region, texte="")
    aom.reponse = "contribue"
    aom.save()
    client.force_login(personnes["aom"])

    assert client.get(reverse("plans:ma_part")).context["attentes"] == []


def test_un_lecteur_n_a_rien_a_faire(client, region, personnes):
    f.make_contribution(region, texte="")
    client.force_login(personnes["lectrice"])

    assert client.get(reverse("plans:ma_part")).context["attentes"] == []


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant(
    client, region, aom, personnes, nombre, django_assert_num_queries
):
    for _ in range(nombre):
        fiche = f.make_fiche(aom)
        f.make_contribution(aom, texte="")
        f.make_partenariat(f.make_fiche(region), aom)
        f.make_financement(fiche, region)
    client.force_login(personnes["aom"])

    with django_assert_num_queries(22):
        client.get(reverse("plans:ma_part"))
