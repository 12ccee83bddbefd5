"""La page d'un plan : un document lisible, la part de chacun, et un nombre constant de requêtes."""

import pytest

from tests import factories as f


def remplir(plan, region, aom, nombre):
    for n in range(nombre):
        f.make_contribution(region, texte=f"Texte {n}")
        f.make_contribution(aom, cle="diagnostic", texte="")
        fiche = f.make_fiche(region)
        f.make_budget(fiche, fonctionnement=1000)
        f.make_financement(fiche, aom, montant=None, statut="sollicite")
        f.make_partenariat(fiche, aom)
        f.make_indicateur(fiche)
        f.make_etape(fiche)


@pytest.mark.parametrize("nombre", [1, 3])
@pytest.mark.parametrize(("qui", "requetes"), [("region", 41), ("aom", 34), ("lectrice", 22)])
def test_nombre_de_requetes_constant(
    client, plan, region, aom, personnes, nombre, qui, requetes, django_assert_num_queries
):
    remplir(plan, region, aom, nombre)
    client.force_login(personnes[qui])

    with django_assert_num_queries(requetes):
        html = client.get(plan.get_absolute_url()).content.decode()

    assert html.count("Texte ") == nombre


def test_chaque_part_dit_a_qui_elle_est(client, plan, region, aom, personnes):
    f.make_contribution(region, texte="Le texte de la Région.")
    f.make_contribution(aom, texte="Le texte de l’agglomération.")
    client.force_login(personnes["departement"])

    html = client.get(plan.get_absolute_url()).content.decode()

    assert html.index("Région Hauts-de-France") < html.index("Le texte de la Région.")
    assert html.index("Amiens Métropole") < html.index("Le texte de l’agglomération.")


def test_chacun_ne_voit_de_bouton_que_sur_sa_part(client, plan, region, departement, personnes):
    siennes = f.make_contribution(departement, texte="À nous.")
    f.make_contribution(region, texte="À eux.")
    client.force_login(personnes["departement"])

    html = client.get(plan.get_absolute_url()).content.decode()

    assert html.count("/modifier/") - html.count("/axes/") == 2  # sa part, et le titre du plan
    assert f"/contributions/{siennes.pk}/modifier/" in html


def test_le_texte_est_rendu_et_nettoye(client, plan, region, personnes):
    f.make_contribution(region, texte="Du **gras**.\n\n<script>alert(1)</script>")
    client.force_login(personnes["region"])

    html = client.get(plan.get_absolute_url()).content.decode()

    assert "<strong>gras</strong>" in html
    assert "<script>alert(1)</script>" not in html


def test_un_plan_fictif_le_dit(client, plan, region, personnes):
    plan.demonstration = True
    plan.save()
    client.force_login(personnes["region"])

    assert "DÉMONSTRATION, contenu fictif" in client.get(plan.get_absolute_url()).content.decode()


def test_ce_qui_manque_est_montre(client, plan, region, personnes):
    fiche = f.make_fiche(region)
    client.force_login(personnes["region"])

    html = client.get(plan.get_absolute_url()).content.decode()

    assert f"{fiche.code} : constat, objectif opérationnel, description" in html


def test_un_pdf_qui_n_est_pas_accessible_est_dit(client, plan, region, personnes):
    plan.documents.create(revision=plan.revision, etat="pret", accessible=False)
    client.force_login(personnes["region"])

    html = client.get(plan.get_absolute_url()).content.decode()

    assert "n’a pas pu être rendu accessible (PDF/UA)" in html
