"""« Qui doit quoi » : par partie, par chapitre, et la liste derrière chaque compte."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from plans.models import AvisSurPlan, Concertation, PartiePrenante, Plan
from plans.qui_doit_quoi import attendu_de
from tests import factories as f


def lire(client, plan, qui):
    client.force_login(qui)
    return client.get(reverse("plans:qui_doit_quoi", args=[plan.slug]))


def comptes(page, partie):
    [ligne] = [ligne for ligne in page.context["lignes"] if ligne.partie == partie]
    colonnes = [(c.faits, c.demandes) for c in [*ligne.comptes, ligne.visas, ligne.total]]
    return dict(
        zip(("textes", "fiches", "montants", "roles", "visas", "tout"), colonnes, strict=True)
    )


@pytest.fixture
def rempli(plan, region, departement, aom):
    fiche = f.make_fiche(region)
    f.make_contribution(region, texte="Écrit.")
    f.make_contribution(aom, texte="")
    f.make_financement(fiche, aom, montant=None)
    f.make_financement(fiche, aom, annee=2028, statut="annonce")
    f.make_partenariat(fiche, aom, reponse="decline")
    f.make_visa(f.make_version(plan), region)


def test_les_comptes_de_chacun(client, plan, region, departement, aom, personnes, rempli):
    page = lire(client, plan, personnes["associee"])

    rien = {"textes": (0, 0), "fiches": (0, 0), "montants": (0, 0), "roles": (0, 0)}
    assert comptes(page, aom) == rien | {
        "textes": (0, 1),
        "montants": (1, 2),
        "roles": (1, 1),
        "visas": (0, 0),
        "tout": (2, 5),
    }
    assert comptes(page, departement) == rien | {"visas": (0, 1), "tout": (0, 1)}
    attendus = {"textes": (1, 1), "fiches": (0, 1), "visas": (1, 1), "tout": (2, 3)}
    assert comptes(page, region) == rien | attendus
    assert page.context["lignes"][0].partie == aom  # à qui il manque le plus


def test_sans_reponse_n_est_jamais_compte_comme_fait(client, plan, aom, personnes):
    page = lire(client, plan, personnes["region"])
    assert comptes(page, aom)["tout"] == (0, 1)
    assert "Sollicitée, sans réponse" in page.content.decode()

    PartiePrenante.objects.filter(pk=aom.pk).update(reponse="decline")
    page = lire(client, plan, personnes["region"])
    assert comptes(page, aom)["tout"] == (1, 1)
    assert "Décline" in page.content.decode()


def test_chaque_chapitre_dit_a_qui_il_manque(client, plan, region, aom, personnes, rempli):
    f.make_chapitre(plan, "fiches", titre="Fiches")
    f.make_chapitre(plan, "calendrier", titre="Déduit des fiches")

    page = lire(client, plan, personnes["region"])

    assert [
        (a.chapitre.cle, a.compte.faits, a.compte.demandes, a.manquantes)
        for a in page.context["chapitres"]
    ] == [
        ("accompagnement", 1, 2, ["Amiens Métropole"]),
        ("fiches", 0, 1, ["Région Hauts-de-France"]),
    ]


def test_chaque_compte_mene_a_sa_liste(client, plan, aom, personnes, rempli):
    adresse = reverse("plans:partie_parts", args=[plan.slug, aom.pk])
    assert f'href="{adresse}#montants"' in lire(client, plan, personnes["region"]).content.decode()

    page = client.get(adresse)

    assert 'id="montants"' in page.content.decode()
    assert [(s.value, [part.etat for part in parts]) for s, parts in page.context["sortes"]] == [
        ("textes", ["À écrire"]),
        ("montants", ["Sollicité, sans réponse", "Annoncé"]),
        ("roles", ["Décliné"]),
    ]


def test_ce_qui_est_attendu_se_dit_en_mots(plan, departement, aom, rempli):
    assert attendu_de(aom) == "sa réponse, 1 texte, 1 montant"
    assert attendu_de(departement) == "son visa"


# --- Ce que la concertation attend ---------------------------------------------------------------


@pytest.fixture
def concertation(plan, region, departement, aom, association, invitee):
    """L'AOM se tait, l'association a rendu un avis, on en a saisi un pour l'invitée."""
    Plan.objects.filter(pk=plan.pk).update(etat="concertation")
    ouverte = f.make_concertation(Plan.objects.get(pk=plan.pk))
    f.make_consulte(ouverte, aom)
    f.make_avis_sur_plan(f.make_consulte(ouverte, association))
    f.make_avis_sur_plan(f.make_consulte(ouverte, invitee), saisi_par=region)
    return ouverte


def concertes(page, partie):
    """(avis rendus, demandés), (réponses données, attendues)"""
    [ligne] = [ligne for ligne in page.context["lignes"] if ligne.partie == partie]
    return [(c.faits, c.demandes) for c in ligne.comptes[4:]]


def lignes_du_tableau(page):
    texte = re.sub(r"<[^>]+>", " ", page.content.decode().replace("\xa0", " "))
    return " ".join(texte.split())


def test_un_avis_sollicite_ou_saisi_par_un_autre_reste_attendu(
    client, region, departement, aom, association, invitee, personnes, concertation
):
    page = lire(client, region.plan, personnes["aom"])

    assert [sorte.label for sorte in page.context["colonnes"]][4:] == [
        "Avis sur le plan",
        "Réponses aux avis",
    ]
    assert concertes(page, aom) == [(0, 1), (0, 0)]
    assert concertes(page, association) == [(1, 1), (0, 0)]
    assert concertes(page, invitee) == [(0, 1), (0, 0)]
    # Les deux avis reçus attendent une réponse, de l'un ou de l'autre co-pilote.
    assert concertes(page, region) == concertes(page, departement) == [(0, 0), (0, 2)]
    assert attendu_de(aom) == "sa réponse, 1 avis sur le plan"
    assert attendu_de(region) == "2 réponses à des avis"


def test_une_reponse_compte_pour_les_deux_co_pilotes_et_plus_si_l_avis_change(
    client, region, departement, association, personnes, concertation
):
    avis = AvisSurPlan.objects.get(consulte__partie=association)
    f.make_reponse(avis, departement)
    page = lire(client, region.plan, personnes["region"])
    assert concertes(page, region) == concertes(page, departement) == [(0, 0), (1, 2)]

    AvisSurPlan.objects.filter(pk=avis.pk).update(version=2)
    page = lire(client, region.plan, personnes["region"])
    assert concertes(page, region) == [(0, 0), (0, 2)]


def test_la_liste_derriere_le_compte_dit_sollicite_sans_reponse_puis_l_echeance(
    client, plan, aom, region, personnes, concertation
):
    client.force_login(personnes["region"])
    adresse = reverse("plans:partie_parts", args=[plan.slug, aom.pk])

    def etats(partie=aom):
        url = reverse("plans:partie_parts", args=[plan.slug, partie.pk])
        return [
            (s.value, part.etat) for s, parts in client.get(url).context["sortes"] for part in parts
        ]

    assert etats() == [("avis", "Sollicité, sans réponse")]
    hier = timezone.localdate() - timedelta(days=1)
    Concertation.objects.update(date_limite=hier)
    assert etats() == [("avis", "Sollicité, sans réponse, échéance dépassée")]
    assert etats(region) == [("reponses", "À répondre"), ("reponses", "À répondre")]
    page = client.get(adresse).content.decode()
    assert "accord" not in page.lower()
    consulte = aom.consultations.get()
    assert consulte.get_absolute_url() in page


def test_un_organisme_hors_du_plan_qui_se_tait_se_voit_aussi(
    client, plan, region, personnes, concertation
):
    muet = f.make_consulte(concertation, organisme="Comité des partenaires")
    f.make_avis_sur_plan(f.make_consulte(concertation, organisme="Conseil"), saisi_par=region)

    page = lire(client, plan, personnes["aom"])

    assert list(page.context["absents"]) == [muet]
    assert "Comité des partenaires Sollicité, sans réponse" in lignes_du_tableau(page)


@pytest.mark.parametrize("etat", ["arrete", "adopte"])
def test_le_registre_clos_n_attend_plus_rien(
    client, plan, region, aom, personnes, concertation, etat
):
    f.make_consulte(concertation)
    Plan.objects.update(etat=etat)

    page = lire(client, plan, personnes["region"])

    assert len(page.context["colonnes"]) == 4
    assert list(page.context["absents"]) == []
    assert concertes(page, aom) == concertes(page, region) == []


def test_seule_la_derniere_concertation_attend_des_avis(client, plan, aom, personnes, concertation):
    f.make_concertation(Plan.objects.get(pk=plan.pk))
    page = lire(client, plan, personnes["region"])
    assert "Avis sur le plan" not in [sorte.label for sorte in page.context["colonnes"]]


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant_en_concertation(
    client, plan, region, personnes, concertation, nombre, django_assert_num_queries
):
    for _ in range(nombre):
        f.make_consulte(concertation, f.make_partie(plan, qualite="associee"))
        f.make_consulte(concertation)
        autre = f.make_consulte(concertation, f.make_partie(plan, qualite="associee"))
        f.make_reponse(f.make_avis_sur_plan(autre), region)
    client.force_login(personnes["region"])

    with django_assert_num_queries(18):
        client.get(reverse("plans:qui_doit_quoi", args=[plan.slug]))


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant(
    client, plan, region, aom, personnes, nombre, django_assert_num_queries
):
    for _ in range(nombre):
        partie = f.make_partie(plan, qualite="coordonnee")
        fiche = f.make_fiche(partie)
        f.make_contribution(partie)
        f.make_financement(f.make_fiche(region), partie)
        f.make_partenariat(fiche, aom)
        f.make_indicateur(fiche)
    client.force_login(personnes["region"])

    with django_assert_num_queries(23):
        client.get(reverse("plans:qui_doit_quoi", args=[plan.slug]))
