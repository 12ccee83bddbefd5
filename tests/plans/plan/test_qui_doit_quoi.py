"""« Qui doit quoi » : par partie, par chapitre, et la liste derrière chaque compte."""

import pytest
from django.urls import reverse

from plans.models import PartiePrenante
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

    with django_assert_num_queries(19):
        client.get(reverse("plans:qui_doit_quoi", args=[plan.slug]))
