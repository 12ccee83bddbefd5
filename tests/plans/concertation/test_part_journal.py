"""Le journal d'une part : ses états par séance, deux états comparés, un état rétabli."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from acteurs.models import Acte
from pams_portal.droits import Droit, Role
from tests import factories as f


@pytest.fixture
def part(region):
    return f.make_contribution(region, texte="Un.\n\nDeux.")


def ecrire(part, qui, texte, il_y_a=timedelta()):
    part.agir(qui, Droit.CONTRIBUER, "modifier", texte=texte)
    acte = Acte.objects.sur(part).latest("pk")
    Acte.objects.filter(pk=acte.pk).update(quand=acte.quand - il_y_a)


def journal(client, qui, part, sorte="contributions", suite=""):
    client.force_login(qui)
    url = reverse("plans:part_journal", args=[part.plan.slug, sorte, part.pk])
    return client.get(url + suite)


def retablir(client, qui, part, etat, sorte="contributions", **donnees):
    client.force_login(qui)
    url = reverse("plans:part_retablir", args=[part.plan.slug, sorte, part.pk, etat])
    return client.post(url, donnees)


def test_les_enregistrements_d_une_seance_n_en_font_qu_un(client, personnes, region, part):
    collegue = f.make_utilisateur(region.acteur, Role.VALIDEUR, nom="Carole, collègue")
    ecrire(part, personnes["region"], "A", timedelta(minutes=100))
    ecrire(part, personnes["region"], "B", timedelta(minutes=50))
    ecrire(part, personnes["region"], "C", timedelta(minutes=30))
    ecrire(part, collegue, "D", timedelta(minutes=20))
    ecrire(part, personnes["region"], "E", timedelta(minutes=10))

    etats = journal(client, personnes["aom"], part).context["etats"]

    assert [(etat.version, etat.qui, etat.actes) for etat in etats] == [
        (6, "Rita, Région", 1),
        (5, "Carole, collègue", 1),
        (4, "Rita, Région", 2),
        (2, "Rita, Région", 1),
        (1, "", 0),
    ]


def test_sans_acte_un_seul_etat(client, personnes, part):
    response = journal(client, personnes["region"], part)
    assert [etat.version for etat in response.context["etats"]] == [1]
    assert "Rien ne change entre ces deux états." in response.content.decode()


def test_une_part_creee_a_la_main_part_de_son_creer(client, personnes, plan, region):
    f.make_chapitre(plan)
    client.force_login(personnes["region"])
    client.post(
        reverse("plans:contribution_create", args=[plan.slug, "accompagnement"]), {"texte": "Né."}
    )
    part = region.contributions.get()
    etats = journal(client, personnes["region"], part).context["etats"]
    assert [(etat.version, etat.verbe) for etat in etats] == [(1, "a créé")]


def test_comparer_deux_etats_choisis(client, personnes, part):
    ecrire(part, personnes["region"], "Un.\n\nDeux, mieux.", timedelta(hours=2))
    ecrire(part, personnes["region"], "Tout autre.")

    [(libelle, comparaison)] = journal(
        client, personnes["region"], part, suite="?avant=1&apres=2"
    ).context["comparaisons"]

    assert libelle == "texte"
    assert comparaison.bilan == "1 mot ajouté"


def test_comparer_cote_a_cote(client, personnes, part):
    ecrire(part, personnes["region"], "Un.\n\nTrois.")
    response = journal(client, personnes["region"], part, suite="?avant=2&apres=1&vue=cote")

    [(_, gauche, droite)] = response.context["comparaisons"]
    assert "Deux" in gauche.html and "<ins>" not in gauche.html
    assert "Trois" in droite.html and "<del>" not in droite.html


@pytest.mark.parametrize("suite", ["?avant=0&apres=9", "?avant=x&apres=²", "?avant=" + "9" * 400])
def test_un_choix_illisible_montre_les_deux_derniers(client, personnes, part, suite):
    ecrire(part, personnes["region"], "Autre.")
    contexte = journal(client, personnes["region"], part, suite=suite).context
    assert (contexte["avant"], contexte["apres"]) == (1, 2)


def test_un_texte_non_garde_se_lit_au_journal(client, personnes, part):
    ecrire(part, personnes["region"], "Le texte gardé.")
    place = personnes["region"].places_sur(part.plan_id)[0]
    part.refresh_from_db()
    part.consigner_ecarte(personnes["region"], place, {"texte": "Le texte abandonné."})

    response = journal(client, personnes["departement"], part)

    assert "Le texte abandonné." in response.content.decode()
    assert [etat.version for etat in response.context["etats"]] == [0, 2, 1]


def test_retablir_fait_un_etat_nouveau(client, personnes, part):
    ecrire(part, personnes["region"], "Tout autre.")
    client.force_login(personnes["region"])
    url = reverse("plans:part_retablir", args=[part.plan.slug, "contributions", part.pk, 1])
    form = client.get(url).context["form"]
    assert form["texte"].value() == "Un.\n\nDeux."

    client.post(url, {"texte": form["texte"].value(), "version": form["version"].value()})

    part.refresh_from_db()
    acte = Acte.objects.sur(part).latest("pk")
    assert (part.texte, part.version) == ("Un.\n\nDeux.", 3)
    assert (acte.verbe, acte.avant) == ("retablir", {"texte": "Tout autre."})


def test_retablir_pendant_qu_un_autre_ecrit_est_un_conflit(client, personnes, part):
    ecrire(part, personnes["region"], "Tout autre.")
    ecrire(part, personnes["redactrice"], "Encore autre.")

    response = retablir(client, personnes["region"], part, 1, texte="Un.\n\nDeux.", version="2")

    part.refresh_from_db()
    assert part.texte == "Encore autre."
    assert len(response.context["form"].conflits) == 1


@pytest.mark.parametrize("qui", ["departement", "lectrice", "aom", "invitee", "etrangere"])
def test_nul_autre_ne_retablit(client, personnes, part, qui):
    ecrire(part, personnes["region"], "Tout autre.")
    response = retablir(client, personnes[qui], part, 1, texte="Un.\n\nDeux.", version="2")

    part.refresh_from_db()
    assert response.status_code == (404 if qui == "etrangere" else 403)
    assert part.texte == "Tout autre."


@pytest.mark.parametrize("version", [0, 2, 3, 99])
def test_un_etat_qui_n_est_pas_passe_ne_se_retablit_pas(client, personnes, part, version):
    ecrire(part, personnes["region"], "Tout autre.")
    assert retablir(client, personnes["region"], part, version).status_code == 404


def test_chaque_champ_d_une_fiche_revient_tel_qu_il_etait(client, personnes, region):
    fiche = f.make_fiche(region, debut="2027-01-04", recurrente=True, constat="Avant.")
    fiche.agir(personnes["region"], Droit.MODIFIER_FICHE, "modifier", constat="Après.",
               debut=None, recurrente=False, publics=["apprentis"])  # fmt: skip
    client.force_login(personnes["region"])
    url = reverse("plans:part_retablir", args=[fiche.plan.slug, "fiches", fiche.pk, 1])

    form = client.get(url).context["form"]
    donnees = {c.html_name: c.value() for c in form if c.value() not in (None, False)}
    donnees["debut"] = donnees["debut"].isoformat()
    client.post(url, donnees)

    fiche.refresh_from_db()
    assert (fiche.constat, fiche.recurrente, str(fiche.debut)) == ("Avant.", True, "2027-01-04")
    assert fiche.publics == ["demandeurs-emploi"]


def test_un_montant_se_retablit_par_son_seul_financeur(client, personnes, region, aom):
    financement = f.make_financement(f.make_fiche(region), aom, montant=1000, statut="annonce")
    financement.agir(personnes["aom"], Droit.MODIFIER_FINANCEMENT, "modifier", montant=12500)
    donnees = {"montant": "1000", "statut": "annonce", "version": "2"}

    refus = retablir(client, personnes["region"], financement, 1, "financements", **donnees)
    retablir(client, personnes["aom"], financement, 1, "financements", **donnees)

    financement.refresh_from_db()
    assert refus.status_code == 403
    assert (financement.montant, financement.version) == (1000, 3)
    html = journal(client, personnes["aom"], financement, "financements").content.decode()
    assert "12 500" in re.sub(r"\s", " ", unescape(html))


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_constant(client, personnes, part, nombre, django_assert_num_queries):
    for n in range(nombre):
        ecrire(part, personnes["region"], f"Texte {n}", timedelta(hours=5 - n))
    client.force_login(personnes["aom"])
    url = reverse("plans:part_journal", args=[part.plan.slug, "contributions", part.pk])
    with django_assert_num_queries(8):
        client.get(url)
