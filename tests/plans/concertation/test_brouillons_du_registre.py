"""Un avis et une réponse se gardent pendant qu'on les tape, avant même d'exister."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte, Brouillon
from plans.etapes import Etat
from plans.models import AvisSurPlan, Plan, ReponseAvis
from tests import factories as f

PAGES = {
    "avis": "avis_sur_plan_update",
    "avis-saisis": "avis_sur_plan_saisir",
    "reponses": "reponse_update",
}


@pytest.fixture
def concertation(plan, region, departement, aom):
    Plan.objects.filter(pk=plan.pk).update(etat=Etat.CONCERTATION)
    return f.make_concertation(Plan.objects.get(pk=plan.pk))


@pytest.fixture
def consulte(concertation, aom):
    return f.make_consulte(concertation, aom)


def page(sorte, objet):
    return reverse(f"plans:{PAGES[sorte]}", args=[objet.plan.slug, objet.pk])


def garder(client, sorte, objet, identifiant=None, **champs):
    adresse = reverse("plans:part_brouillon", args=[objet.plan.slug, sorte, objet.pk])
    return client.post(adresse, {"brouillon": identifiant or uuid4()} | champs)


def texte(reponse):
    return " ".join(reponse.content.decode().replace("\xa0", " ").split())


def lignes_du_registre():
    return AvisSurPlan.objects.count(), ReponseAvis.objects.count()


@pytest.mark.parametrize(
    ("sorte", "qui", "champs"),
    [
        ("avis", "aom", {"sens": "reserves", "texte": "Le quai de R"}),
        ("avis-saisis", "redactrice", {"sens": "reserves", "texte": "Le quai de R"}),
        ("reponses", "region", {"decision": "en_partie", "explication": "Le quai de R"}),
    ],
)
def test_ce_qui_se_tape_se_retrouve_d_un_autre_poste(
    consulte, au_nom_de, personnes, sorte, qui, champs
):
    objet = f.make_avis_sur_plan(consulte) if sorte == "reponses" else consulte
    avant = lignes_du_registre()

    reponse = garder(au_nom_de(qui), sorte, objet, **champs)

    assert reponse.json()["phrase"].startswith("Brouillon gardé à ")
    assert (lignes_du_registre(), Acte.objects.count()) == (avant, 0)
    brouillon = Brouillon.objects.get()
    assert (brouillon.utilisateur, brouillon.page) == (personnes[qui], page(sorte, objet))
    ailleurs = au_nom_de(qui)
    adresse = f"{page(sorte, objet)}?brouillon={brouillon.identifiant}"
    assert f'href="{adresse}"' in texte(ailleurs.get(page(sorte, objet)))
    assert adresse in texte(ailleurs.get(reverse("brouillon_list")))
    repris = texte(ailleurs.get(adresse))
    assert "Le quai de R</textarea>" in repris
    choisi = champs.get("sens") or champs["decision"]
    assert re.findall(r'value="(\w+)"[^>]* checked', repris) == [choisi]


def test_rendre_son_avis_oublie_son_brouillon_et_celui_de_personne_d_autre(
    consulte, aom, au_nom_de
):
    collegue = f.make_utilisateur(aom.acteur)
    identifiant = uuid4()
    garder(au_nom_de("aom"), "avis", consulte, identifiant, texte="Le quai.")
    Brouillon.objects.create(
        utilisateur=collegue,
        identifiant=uuid4(),
        cible_type="plans.avissurplan",
        cible=consulte.avis_attendu.identifiant,
        cible_libelle="avis",
        page="/",
        version=0,
        champs={"texte": ["Un autre."]},
    )
    saisie = {"sens": "reserves", "texte": "Le quai.", "brouillon": identifiant}

    assert au_nom_de("aom").post(page("avis", consulte), saisie).status_code == 302

    assert AvisSurPlan.objects.get().texte == "Le quai."
    assert [b.utilisateur for b in Brouillon.objects.all()] == [collegue]


def test_commence_avant_l_avis_d_un_autre_il_se_reprend_et_les_deux_se_comparent(
    concertation, region, au_nom_de, personnes
):
    absent = f.make_consulte(concertation)
    identifiant = uuid4()
    garder(au_nom_de("departement"), "avis-saisis", absent, identifiant, texte="Le nôtre.")
    saisie = {
        "sens": "reserves",
        "texte": "Le leur.",
        "rendu_le": timezone.localdate().isoformat(),
        "reference": "Courrier",
    }
    au_nom_de("region").post(page("avis-saisis", absent), saisie)

    client = au_nom_de("departement")
    reprise = client.get(f"{page('avis-saisis', absent)}?brouillon={identifiant}")
    assert "Le nôtre.</textarea>" in texte(reprise)
    suite = client.post(
        page("avis-saisis", absent),
        saisie | {"texte": "Le nôtre.", "version": "0", "brouillon": identifiant},
    )

    assert [conflit.champ.name for conflit in suite.context["form"].conflits] == ["texte"]
    assert "Le leur." in texte(suite)
    assert AvisSurPlan.objects.get().texte == "Le leur."
    assert Brouillon.objects.filter(utilisateur=personnes["departement"]).exists()


def test_une_reponse_reprise_apres_que_l_avis_a_change_demande_de_le_relire(
    consulte, region, au_nom_de
):
    avis = f.make_avis_sur_plan(consulte, sens="reserves", texte="Un quai manque.")
    identifiant, client = uuid4(), au_nom_de("region")
    saisie = {"decision": "ecarte", "explication": "Le calendrier est tenu.", "avis_lu": "1"}
    garder(client, "reponses", avis, identifiant, **saisie)
    au_nom_de("aom").post(
        page("avis", consulte), {"sens": "reserves", "texte": "Deux quais.", "version": "1"}
    )

    reprise = client.get(f"{page('reponses', avis)}?brouillon={identifiant}")

    assert 'name="avis_lu" value="1"' in texte(reprise)
    assert "Deux quais." in texte(reprise)
    refus = client.post(page("reponses", avis), saisie | {"brouillon": identifiant})
    assert "L’avis a changé pendant que vous répondiez" in texte(refus)
    assert not ReponseAvis.objects.exists()
    client.post(page("reponses", avis), saisie | {"brouillon": identifiant, "avis_lu": "2"})
    assert ReponseAvis.objects.get().version_de_l_avis == 2
    assert not Brouillon.objects.exists()


def test_le_brouillon_survit_a_l_organisme_retire(consulte, au_nom_de):
    garder(au_nom_de("aom"), "avis", consulte, texte="Une heure de travail.")
    au_nom_de("region").post(
        reverse("plans:consulte_delete", args=[consulte.plan.slug, consulte.pk])
    )

    assert garder(au_nom_de("aom"), "avis", consulte, texte="Encore.").status_code == 404
    assert "Une heure de travail." in texte(au_nom_de("aom").get(reverse("brouillon_list")))


def test_le_projet_arrete_ne_garde_plus_rien(consulte, au_nom_de):
    Plan.objects.update(etat=Etat.ARRETE)
    assert garder(au_nom_de("aom"), "avis", consulte, texte="Tard.").status_code == 403
    assert not Brouillon.objects.exists()
