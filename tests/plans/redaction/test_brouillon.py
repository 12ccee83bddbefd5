"""Ce qui se tape se garde : les brouillons, que leur auteur seul voit, et leur reprise."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from acteurs.models import Acte, Brouillon
from acteurs.models.ecriture import PAR_PART, SIGNES_AU_PLUS
from plans.models import Plan
from tests import factories as f


@pytest.fixture
def part(region):
    return f.make_contribution(region, texte="Le texte enregistré.")


@pytest.fixture
def rita(client, personnes):
    client.force_login(personnes["region"])
    return personnes["region"]


def page(part):
    return reverse("plans:contribution_update", args=[part.plan.slug, part.pk])


def garder(client, part, texte, identifiant=None, **champs):
    adresse = reverse("plans:part_brouillon", args=[part.plan.slug, "contributions", part.pk])
    envoi = {"texte": texte, "version": part.version, "brouillon": identifiant or uuid4()}
    return client.post(adresse, envoi | champs)


def test_garder_n_ecrit_ni_la_part_ni_le_journal(client, rita, part):
    response = garder(client, part, "Une demi-phr")

    assert response.json()["phrase"].startswith("Brouillon gardé à ")
    part.refresh_from_db()
    assert (part.texte, part.version) == ("Le texte enregistré.", 1)
    assert not Acte.objects.exists()
    brouillon = Brouillon.objects.get()
    assert brouillon.champs == {"texte": ["Une demi-phr"]}
    assert brouillon.utilisateur == rita


def test_la_meme_saisie_n_est_qu_un_brouillon_et_deux_onglets_ne_s_ecrasent_pas(client, rita, part):
    onglet = uuid4()
    for texte in ("Un", "Un mot", "Un mot de plus"):
        garder(client, part, texte, onglet)
    garder(client, part, "Dans l’autre onglet")
    textes = sorted(b.champs["texte"][0] for b in Brouillon.objects.all())
    assert textes == ["Dans l’autre onglet", "Un mot de plus"]


def test_reprendre_remet_le_texte_et_enregistrer_oublie_le_brouillon(client, rita, part):
    garder(client, part, "Une heure de travail.")
    brouillon = Brouillon.objects.get()
    reprise = f"{page(part)}?brouillon={brouillon.identifiant}"
    assertContains(client.get(page(part)), f'href="{reprise}"')

    response = client.get(reprise)
    assertContains(response, "Une heure de travail.</textarea>")
    assertContains(response, f'name="brouillon" value="{brouillon.identifiant}"')
    envoi = {"texte": "Une heure de travail.", "version": 1, "brouillon": brouillon.identifiant}
    assertRedirects(client.post(page(part), envoi), part.get_absolute_url())
    assert not Brouillon.objects.exists()


def test_un_brouillon_repris_tard_se_reunit_a_ce_que_d_autres_ont_ecrit(
    client, rita, region, personnes
):
    part = f.make_contribution(region, texte="Un.\n\nDeux.")
    garder(client, part, "Un, par Rita.\n\nDeux.")
    brouillon = Brouillon.objects.get()
    client.force_login(personnes["redactrice"])
    client.post(page(part), {"texte": "Un.\n\nDeux, par Rose.", "version": 1})

    client.force_login(rita)
    form = client.get(f"{page(part)}?brouillon={brouillon.identifiant}").context["form"]
    assert form["version"].value() == 1
    client.post(page(part), {"texte": form["texte"].value(), "version": form["version"].value()})
    part.refresh_from_db()
    assert part.texte == "Un, par Rita.\n\nDeux, par Rose."


def test_garde_pendant_un_conflit_il_repart_de_la_version_d_avant(client, rita, part):
    champs = {"a_choisir": "texte", "version_comparee": "1", "version": "4"}
    garder(client, part, "Mien", **champs)
    assert Brouillon.objects.get().version == 1
    garder(client, part, "Mien", **champs | {"version_comparee": ""})
    assert Brouillon.objects.first().version == 0


def test_enregistrer_une_autre_saisie_garde_les_autres_brouillons(client, rita, part):
    garder(client, part, "Commencé hier.")
    client.post(page(part), {"texte": "Écrit ce matin.", "version": 1, "brouillon": uuid4()})
    assert Brouillon.objects.get().champs == {"texte": ["Commencé hier."]}
    assertContains(client.get(page(part)), "Vous aviez commencé à écrire")


def test_un_brouillon_egal_a_ce_qui_est_enregistre_n_est_pas_propose(client, rita, part):
    garder(client, part, "Le texte enregistré.\r\n")
    assertNotContains(client.get(page(part)), "Vous aviez commencé à écrire")


def test_un_refus_d_enregistrer_garde_le_brouillon(client, rita, part, plan):
    nom = uuid4()
    garder(client, part, "Une heure de travail.", nom)
    Plan.objects.update(etat=Plan.Etat.ADOPTE)
    client.post(page(part), {"texte": "Une heure de travail.", "version": 1, "brouillon": nom})
    assert Brouillon.objects.exists()


@pytest.mark.parametrize("qui", ["departement", "redactrice", "admin"])
def test_un_brouillon_n_est_a_personne_d_autre(client, rita, part, personnes, qui):
    garder(client, part, "Ma phrase inachevée.")
    brouillon = Brouillon.objects.get()
    client.force_login(personnes[qui])
    for adresse in (page(part), reverse("plans:plan_detail", args=[part.plan.slug])):
        response = client.get(f"{adresse}?brouillon={brouillon.identifiant}")
        assert "Ma phrase inachevée." not in response.content.decode()
    assertNotContains(client.get(reverse("brouillon_list")), "Ma phrase inachevée.")
    assert client.post(reverse("brouillon_delete", args=[brouillon.pk])).status_code == 404
    # Le même identifiant, envoyé par une autre, n'écrase rien.
    garder(client, part, "Autre texte", brouillon.identifiant)
    brouillon.refresh_from_db()
    assert brouillon.champs == {"texte": ["Ma phrase inachevée."]}


def test_le_droit_se_demande_a_chaque_envoi(client, rita, part, departement, personnes):
    assert garder(client, part, "Avant").status_code == 200
    part.porteur = departement
    part.save()
    assert garder(client, part, "Après").status_code == 403
    assert Brouillon.objects.get().champs == {"texte": ["Avant"]}


@pytest.mark.parametrize("sort", ["attribuée", "supprimée"])
def test_la_part_perdue_rend_le_texte_a_son_auteur(client, rita, part, departement, sort):
    garder(client, part, "Une heure de travail.")
    if sort == "supprimée":
        part.delete()
    else:
        type(part).objects.update(porteur=departement)
    assertContains(client.get(reverse("brouillon_list")), "Une heure de travail.")
    client.post(reverse("brouillon_delete", args=[Brouillon.objects.get().pk]))
    assert not Brouillon.objects.exists()


def test_une_fiche_reprend_ses_dates_ses_cases_et_ses_textes(client, rita, region, plan):
    fiche = f.make_fiche(region)
    adresse = reverse("plans:fiche_action_update", args=[plan.slug, fiche.code])
    garde = reverse("plans:part_brouillon", args=[plan.slug, "fiches", fiche.pk])
    envoi = {
        "intitule": "Un garage solidaire à R",
        "debut": "2027-03-01",
        "publics": ["mobilite-reduite", "vulnerabilite-sociale"],
        "recurrente": "on",
        "version": 1,
        "brouillon": uuid4(),
    }
    assert client.post(garde, envoi).status_code == 200
    form = client.get(f"{adresse}?brouillon={envoi['brouillon']}").context["form"]
    assert form["intitule"].value() == "Un garage solidaire à R"
    assert form["publics"].value() == envoi["publics"]
    page = str(form)
    assert 'value="2027-03-01"' in page
    assert form["recurrente"].value() is True


@pytest.mark.parametrize("sorte", ["etapes", "budget", "indicateurs"])
def test_chaque_ligne_a_son_brouillon(client, rita, region, plan, sorte):
    fiche = f.make_fiche(region)
    fabriques = {"etapes": f.make_etape, "budget": f.make_budget, "indicateurs": f.make_indicateur}
    ligne = fabriques[sorte](fiche)
    adresse = reverse("plans:ligne_update", args=[plan.slug, fiche.code, sorte, ligne.pk])
    garde = reverse("plans:part_brouillon", args=[plan.slug, sorte, ligne.pk])
    assertContains(client.get(adresse), f'data-brouillon="{garde}"')
    champ = {"etapes": "libelle", "budget": "investissement", "indicateurs": "libelle"}[sorte]
    client.post(garde, {champ: "12 5", "version": 1, "brouillon": uuid4()})
    nom = Brouillon.objects.get().identifiant
    assertContains(client.get(f"{adresse}?brouillon={nom}"), "12 5")


def test_une_saisie_demesuree_le_dit_et_garde_la_precedente(client, rita, part):
    nom = uuid4()
    garder(client, part, "Raisonnable", nom)
    response = garder(client, part, "x" * (SIGNES_AU_PLUS + 1), nom)
    assert response.status_code == 413
    assert "un million de signes" in response.json()["phrase"]
    assert Brouillon.objects.get().champs == {"texte": ["Raisonnable"]}


@pytest.mark.parametrize("nom", ["", "n’importe quoi", "1" * 500])
def test_sans_nom_de_saisie_rien_n_est_garde(client, rita, part, nom):
    adresse = reverse("plans:part_brouillon", args=[part.plan.slug, "contributions", part.pk])
    assert client.post(adresse, {"texte": "x", "brouillon": nom}).status_code == 400
    assert not Brouillon.objects.exists()
    assert client.get(f"{page(part)}?brouillon={nom}").status_code == 200


def test_les_brouillons_d_une_part_sont_bornes_en_nombre(client, rita, part):
    for n in range(PAR_PART + 2):
        garder(client, part, f"Essai {n}")
    restants = [b.champs["texte"][0] for b in Brouillon.objects.all()]
    assert restants == [f"Essai {n}" for n in range(PAR_PART + 1, 1, -1)]


def test_l_elagage_oublie_les_brouillons_de_plus_de_soixante_jours(client, rita, part):
    garder(client, part, "Récent")
    garder(client, part, "Oublié")
    Brouillon.objects.filter(champs__texte=["Oublié"]).update(
        quand=timezone.now() - timedelta(days=61)
    )
    Brouillon.objects.elaguer()
    assert Brouillon.objects.get().champs == {"texte": ["Récent"]}


def test_la_page_des_brouillons_coute_autant_pour_un_que_pour_trois(
    client, rita, part, django_assert_num_queries
):
    for attendu in (1, 3):
        while Brouillon.objects.count() < attendu:
            garder(client, part, "Un texte")
        with django_assert_num_queries(6):
            client.get(reverse("brouillon_list"))
