"""Les contributions : chacun sa part, dans l'ordre que fixent les co-pilotes."""

from django.urls import reverse

from acteurs.models import Acte
from plans.models import Contribution
from tests import factories as f


def test_ajouter_sa_contribution(client, plan, aom, personnes):
    f.make_chapitre(plan)
    client.force_login(personnes["aom"])

    client.post(
        reverse("plans:contribution_create", args=[plan.slug, "accompagnement"]),
        {"texte": "## Notre offre\r\n\r\nDeux conseillers."},
    )

    contribution = Contribution.objects.get()
    assert contribution.porteur == aom
    assert contribution.texte == "## Notre offre\n\nDeux conseillers."


def test_le_departement_n_ecrit_pas_la_part_de_la_region(client, plan, region, personnes):
    part = f.make_contribution(region, texte="À nous.")
    client.force_login(personnes["departement"])

    url = reverse("plans:contribution_update", args=[plan.slug, part.pk])
    response = client.post(url, {"texte": "À eux.", "version": 1})

    part.refresh_from_db()
    assert response.status_code == 403
    assert part.texte == "À nous."


def test_la_part_d_un_plan_ne_s_atteint_pas_par_un_autre(
    client, plan, region, autre_plan, etrangere, personnes
):
    part = f.make_contribution(region, texte="À nous.")
    client.force_login(personnes["etrangere"])

    url = reverse("plans:contribution_update", args=[autre_plan.slug, part.pk])

    assert client.post(url, {"texte": "x", "version": 1}).status_code == 404


def test_l_ordre_change_sans_changer_les_versions_des_textes_en_cours(
    client, plan, region, aom, personnes
):
    une, deux = (
        f.make_contribution(region, texte="1", ordre=0),
        f.make_contribution(aom, texte="2", ordre=1),
    )
    client.force_login(personnes["departement"])
    client.post(reverse("plans:contribution_deplacer", args=[plan.slug, deux.pk]), {"sens": "haut"})
    assert [c.texte for c in une.chapitre.contributions.all()] == ["2", "1"]

    # Un formulaire ouvert avant le déplacement s'enregistre sans conflit.
    client.force_login(personnes["region"])
    url = reverse("plans:contribution_update", args=[plan.slug, une.pk])
    assert client.post(url, {"texte": "1 bis", "version": 1}).status_code == 302


def test_supprimer_garde_le_texte_au_journal(client, plan, aom, personnes):
    part = f.make_contribution(aom, texte="Un texte.")
    client.force_login(personnes["aom"])

    client.post(reverse("plans:contribution_delete", args=[plan.slug, part.pk]))

    assert not Contribution.objects.exists()
    assert Acte.objects.get().avant["texte"] == "Un texte."


def test_cinq_megaoctets_de_html_colle_recoivent_une_phrase(client, plan, region, personnes):
    part = f.make_contribution(region, texte="À garder.")
    client.force_login(personnes["region"])
    colle = "<script>alert(1)</script><p>bonjour</p>" * 130_000

    response = client.post(
        reverse("plans:contribution_update", args=[plan.slug, part.pk]),
        {"texte": colle, "version": 1},
    )

    part.refresh_from_db()
    assert response.status_code == 200
    assert response.context["form"].errors["texte"]
    assert part.texte == "À garder."
    assert "<script>alert(1)" not in response.content.decode()
