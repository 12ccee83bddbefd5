"""Retirer une partie, changer sa qualité, attribuer : rien ne reste sans porteur ni sans plume."""

import pytest
from django.urls import reverse

from plans.models import AvisSurFiche, Observation, PartiePrenante
from tests import factories as f


def une_part(sorte, aom, region):
    """Une part de cette sorte, tenue ou signée par l'AOM."""
    if sorte == "avis":
        return AvisSurFiche.objects.create(
            fiche=f.make_fiche(region), porteur=aom, comite="cotech", sens="favorable"
        )
    fabriques = {
        "contribution": lambda: f.make_contribution(aom),
        "fiche": lambda: f.make_fiche(aom),
        "financement": lambda: f.make_financement(f.make_fiche(region), aom),
        "saisie": lambda: f.make_financement(f.make_fiche(region), saisi_par=aom),
        "partenariat": lambda: f.make_partenariat(f.make_fiche(region), aom),
        "indicateur": lambda: f.make_indicateur(f.make_fiche(region), porteur=aom),
        "suivi": lambda: f.make_indicateur(f.make_fiche(region), suivi_par=aom),
        "mesure": lambda: f.make_valeur(f.make_indicateur(f.make_fiche(region)), porteur=aom),
        "proposition": lambda: f.make_proposition(aom, f.make_contribution(region)),
        "suite": lambda: f.make_suite(f.make_point(f.make_seance(aom.plan)), aom),
        "visa": lambda: f.make_visa(f.make_version(aom.plan), aom),
    }
    return fabriques[sorte]()


SORTES = [
    *("contribution", "fiche", "financement", "saisie", "partenariat", "indicateur"),
    *("suivi", "mesure", "proposition", "visa", "avis", "suite"),
]


@pytest.mark.parametrize("sorte", SORTES)
def test_une_partie_qui_tient_ou_a_signe_reste(client, region, aom, personnes, sorte):
    part = une_part(sorte, aom, region)
    client.force_login(personnes["region"])

    page = client.post(reverse("plans:partie_delete", args=[aom.plan.slug, aom.pk]))

    assert page.status_code == 200
    assert "tient encore quelque chose" in page.content.decode()
    assert PartiePrenante.objects.filter(pk=aom.pk).exists()
    assert type(part).objects.filter(pk=part.pk).exists()


def test_ce_qu_une_partie_retiree_a_dit_reste_lisible(client, plan, region, aom, personnes):
    observation = f.make_observation(aom, personnes["aom"], texte="Le délai tient-il ?")
    client.force_login(personnes["region"])

    client.post(reverse("plans:partie_delete", args=[plan.slug, aom.pk]))

    assert not PartiePrenante.objects.filter(pk=aom.pk).exists()
    assert Observation.objects.get().porteur is None
    page = client.get(observation.get_absolute_url()).content.decode()
    assert "Le délai tient-il" in page
    assert "Amiens Métropole" in page


@pytest.mark.parametrize(
    "sorte", ["contribution", "fiche", "financement", "partenariat", "indicateur", "suivi"]
)
def test_nul_ne_devient_invite_avec_une_part_a_ecrire(client, region, aom, personnes, sorte):
    part = une_part(sorte, aom, region)
    client.force_login(personnes["region"])

    page = changer(client, aom, "invitee")

    assert str(part) in page.content.decode()
    aom.refresh_from_db()
    assert aom.qualite == "coordonnee"


def test_le_chapitre_du_spe_ne_reste_pas_a_un_associe(client, spe, personnes):
    f.make_contribution(spe, "mesures_spe")
    client.force_login(personnes["region"])

    changer(client, spe, "associee")

    spe.refresh_from_db()
    assert spe.qualite == "coordonnee"


def test_une_qualite_deja_tenue_est_refusee_avec_sa_raison(client, plan, aom, personnes):
    f.make_partie(plan, aom.acteur, "associee")
    client.force_login(personnes["region"])

    page = changer(client, aom, "associee")

    assert "a déjà cette qualité" in page.content.decode()


def test_sans_part_la_qualite_change_et_cela_se_lit(client, plan, aom, personnes):
    client.force_login(personnes["region"])

    assert changer(client, aom, "invitee").status_code == 302

    aom.refresh_from_db()
    assert (aom.qualite, aom.version) == ("invitee", 2)


def test_le_chapitre_du_spe_ne_s_attribue_qu_a_qui_peut_l_ecrire(
    client, plan, region, departement, aom, spe, association, personnes
):
    part = f.make_contribution(spe, "mesures_spe")
    client.force_login(personnes["region"])
    adresse = reverse("plans:contribution_attribuer", args=[plan.slug, part.pk])

    for refusee in (aom, association):
        client.post(adresse, {"porteur": refusee.pk})
        part.refresh_from_db()
        assert part.porteur == spe
    client.post(adresse, {"porteur": departement.pk})
    part.refresh_from_db()
    assert part.porteur == departement


def changer(client, partie, qualite):
    donnees = {"qualite": qualite, "precision": "", "trace": "", "version": partie.version}
    return client.post(reverse("plans:partie_update", args=[partie.plan.slug, partie.pk]), donnees)
