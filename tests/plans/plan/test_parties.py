"""Les parties : proposées, sollicitées, jamais réputées d'accord, jamais laissées sans porteur."""

from django.urls import reverse

from acteurs.models import Acte
from plans.models import PartiePrenante
from tests import factories as f


def test_un_co_pilote_ajoute_une_partie_a_solliciter(client, plan, personnes):
    acteur = f.make_acteur(nom="Mission locale")
    client.force_login(personnes["region"])

    client.post(
        reverse("plans:partie_create", args=[plan.slug]),
        {"acteur": acteur.pk, "qualite": "coordonnee"},
    )

    partie = plan.parties.get(acteur=acteur)
    assert (partie.qualite, partie.reponse) == ("coordonnee", "sollicitee")


def test_nul_ne_se_fait_co_pilote_par_un_post_fait_main(client, plan, aom, personnes):
    client.force_login(personnes["region"])

    creation = client.post(
        reverse("plans:partie_create", args=[plan.slug]),
        {"acteur": f.make_acteur().pk, "qualite": "co_pilote"},
    )
    client.post(
        reverse("plans:partie_update", args=[plan.slug, aom.pk]),
        {"qualite": "co_pilote", "version": 1},
    )

    aom.refresh_from_db()
    assert "qualite" in creation.context["form"].errors
    assert aom.qualite == "coordonnee"


def test_un_co_pilote_n_ecarte_pas_l_autre(client, plan, departement, personnes):
    client.force_login(personnes["region"])

    for page in ("partie_update", "partie_delete"):
        url = reverse(f"plans:{page}", args=[plan.slug, departement.pk])
        assert client.post(url, {"qualite": "invitee", "version": 1}).status_code == 403

    departement.refresh_from_db()
    assert departement.qualite == "co_pilote"


def test_une_partie_qui_porte_quelque_chose_ne_se_retire_pas(client, plan, aom, personnes):
    f.make_contribution(aom)
    client.force_login(personnes["region"])

    response = client.post(reverse("plans:partie_delete", args=[plan.slug, aom.pk]))

    assert "porte encore 1 part" in response.content.decode()
    assert PartiePrenante.objects.filter(pk=aom.pk).exists()


def test_une_partie_sans_part_se_retire_et_cela_se_lit(client, plan, invitee, personnes):
    client.force_login(personnes["region"])

    client.post(reverse("plans:partie_delete", args=[plan.slug, invitee.pk]))

    assert not PartiePrenante.objects.filter(pk=invitee.pk).exists()
    assert Acte.objects.get().verbe == "retirer"


def test_chacun_repond_pour_soi(client, plan, aom, personnes):
    url = reverse("plans:partie_repondre", args=[plan.slug, aom.pk])
    client.force_login(personnes["region"])
    assert client.post(url, {"reponse": "contribue"}).status_code == 403

    client.force_login(personnes["aom"])
    client.post(url, {"reponse": "contribue"})

    aom.refresh_from_db()
    assert aom.reponse == "contribue"


def test_la_recherche_trouve_par_nom_sigle_ou_siren(client, plan, personnes):
    f.make_acteur(nom="Mission locale d’Amiens", sigle="MLA", siren="130005481")
    client.force_login(personnes["region"])
    url = reverse("plans:partie_create", args=[plan.slug])

    for recherche in ("mission locale", "MLA", "130005481"):
        html = client.get(url, {"q": recherche}).content.decode()
        assert html.count("<option") - 4 == 1, recherche


def test_un_organisme_du_spe_ajoute_a_la_main_ecrit_son_chapitre(client, plan, personnes):
    mission_locale = f.make_acteur(nom="Mission locale")
    f.make_fonction(mission_locale, "spe", epci=plan.bassin.perimetre.epci.all())
    client.force_login(personnes["region"])

    client.post(
        reverse("plans:partie_create", args=[plan.slug]),
        {"acteur": mission_locale.pk, "qualite": "coordonnee"},
    )

    assert plan.parties.get(acteur=mission_locale).est_du_spe
