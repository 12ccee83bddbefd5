"""Ce qu'une main malveillante ou un robot peut envoyer : refusé ou compris, jamais une panne."""

import itertools
import re

import pytest
from django.urls import get_resolver, reverse

from acteurs.models import Brouillon
from plans.models import FicheAction, Financement, Proposition
from tests import factories as f

ENORMES = ["000000001" + "9" * 30, "0000000019999999999", "9" * 5000, "0000000035", "-1", "²"]


@pytest.fixture
def part(region):
    return f.make_contribution(region, texte="Un.")


@pytest.fixture
def connecte(client, personnes):
    """`connecte("region")` : le navigateur de cette personne."""

    def connecter(qui):
        client.force_login(personnes[qui])
        return client

    return connecter


# --- Un numéro de version impossible -------------------------------------------------------------


@pytest.mark.parametrize("version", ENORMES)
def test_une_version_impossible_est_un_conflit_et_non_une_panne(connecte, part, version):
    url = reverse("plans:contribution_update", args=[part.plan.slug, part.pk])
    reponse = connecte("region").post(url, {"texte": "Deux.", "version": version})
    assert reponse.status_code == 200
    assert "version de départ de ce formulaire est illisible" in reponse.content.decode()
    champs = {"version": "1", "version_comparee": version, "a_choisir": "texte"}
    reponse = connecte("region").post(url, {"texte": "Deux.", "choix_texte": "leur"} | champs)
    part.refresh_from_db()
    assert part.texte == "Un."


@pytest.mark.parametrize("version", ENORMES)
def test_une_proposition_part_toujours_d_une_version_qui_a_existe(connecte, part, version):
    url = reverse("plans:proposition_create", args=[part.plan.slug, "contributions", part.pk])
    envoi = {"texte": "Deux.", "motif": "", "version": version}
    assert connecte("departement").post(f"{url}?champ=texte", envoi).status_code == 302
    assert Proposition.objects.get().version_de_depart == 1


def test_le_pdf_d_une_revision_impossible_n_existe_pas(connecte, plan):
    url = reverse("plans:plan_pdf", args=[plan.slug])
    assert connecte("region").get(url, {"revision": "9" * 5000}).status_code == 404


# --- Une clé que nulle base ne porte -------------------------------------------------------------


@pytest.mark.parametrize("champ", ["dispositifs", "autres_bassins"])
def test_une_cle_demesuree_est_un_choix_refuse(connecte, plan, champ):
    url = reverse("plans:fiche_action_create", args=[plan.slug])
    reponse = connecte("region").post(url, {"intitule": "Rouler", champ: "9" * 30})
    assert reponse.status_code == 200
    assert champ in reponse.context["form"].errors
    assert not FicheAction.objects.exists()


# --- L'octet nul ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "chemin",
    [
        "/solutions/%00/affiche/",
        "/plans/grand-amienois/fiches/A1.1%00/",
        "/plans/grand-amienois/observations/nouvelle/fiche/%00/",
    ],
)
def test_un_chemin_a_octet_nul_n_existe_pas(connecte, plan, chemin):
    assert connecte("region").get(chemin).status_code == 404


@pytest.mark.parametrize(
    "chemin",
    [
        "/acteurs/",
        "/dispositifs/",
        "/dispositifs/nouveau/",
        "/solutions/",
        "/plans/grand-amienois/parties/nouvelle/",
    ],
)
def test_un_octet_nul_cherche_ne_fait_pas_de_panne(connecte, plan, chemin):
    recherche = {"q": "a\0b", "commune": "\0"}
    assert connecte("region").get(chemin, recherche).status_code == 200


def test_un_octet_nul_envoye_ne_fait_pas_de_panne(connecte, region, part):
    slug, client = part.plan.slug, connecte("region")
    url = reverse("plans:part_brouillon", args=[slug, "contributions", part.pk])
    identifiant = "6e0c2f0e-3f0e-4b6c-9d0a-111111111111"
    envoi = {"texte": "a\0b", "version": "1", "brouillon": identifiant}
    assert client.post(url, envoi).status_code == 200
    assert Brouillon.objects.get().champs["texte"] == ["ab"]
    url = reverse("plans:visa_create", args=[slug, region.pk])
    assert client.post(url, {"vers": "\0", "empreinte": "\0"}).status_code == 302
    url = reverse("plans:plan_passer", args=[slug])
    assert client.post(url, {"vers": "cadrage\0", "motif": "\0"}).status_code == 302


# --- Se faire passer pour un autre ---------------------------------------------------------------


@pytest.mark.parametrize("nom", ["Département de la Somme", "  departement de la SOMME "])
def test_un_organisme_absent_ne_prend_pas_le_nom_d_une_partie(connecte, region, departement, nom):
    fiche = f.make_fiche(region)
    url = reverse(
        "plans:ligne_create", args=[fiche.plan.slug, fiche.code, "demandes-de-financement"]
    )
    envoi = {"organisme": nom, "annee": 2027, "montant": "999", "statut": "delibere"}
    reponse = connecte("region").post(url, envoi | {"reference": "Délibération 3"})
    assert "est une partie du plan" in reponse.content.decode()
    assert not Financement.objects.exists()


def test_l_administration_technique_ne_recoit_aucun_role(connecte, personnes, region):
    url = reverse("acteurs:habilitation_create", args=[region.acteur_id])
    admin = personnes["admin"]
    envoi = {"courriel": admin.courriel, "nom": "", "role": "valideur"}
    reponse = connecte("gestionnaire").post(url, envoi)
    assert "administre le portail" in reponse.content.decode()
    assert not admin.habilitations.exists()


def test_une_formule_pleine_chasse_sort_desarmee(connecte, part):
    f.make_observation(part.porteur, texte="＝1+1")
    url = reverse("plans:observation_csv", args=[part.plan.slug])
    assert "'＝1+1" in connecte("region").get(url).content.decode("utf-8-sig")


# --- Un entier démesuré dans une adresse ---------------------------------------------------------


def adresses_a_entiers(motifs=None, debut=""):
    """Chaque motif du portail qui porte un entier, hors administration."""
    for motif in motifs or get_resolver().url_patterns:
        route = debut + str(motif.pattern)
        if hasattr(motif, "url_patterns"):
            if motif.namespace != "admin":
                yield from adresses_a_entiers(motif.url_patterns, route)
        elif "<int:" in route or "<entier:" in route:
            yield route


ADRESSES_A_ENTIERS = list(adresses_a_entiers())
AUTRES_PLACES = {"slug": "grand-amienois", "sorte": "contributions", "nature": "etapes"}


def avec(route, rang, demesure):
    """L'adresse de ce motif, l'entier de ce rang démesuré, les autres ordinaires."""
    entiers = itertools.count()

    def remplir(trouve):
        sorte, nom = trouve.groups()
        if sorte in ("int", "entier"):
            return str(demesure if next(entiers) == rang else 1)
        return AUTRES_PLACES.get(nom, "A1.1")

    return "/" + re.sub(r"<(\w+):(\w+)>", remplir, route)


# Le second est le plus long que l'adresse accepte : il va jusqu'à la base.
@pytest.mark.parametrize("demesure", ["9999999999999999999", "999999999999999999"])
def test_un_entier_demesure_dans_une_adresse_ne_fait_jamais_de_panne(connecte, region, demesure):
    f.make_fiche(region, code="A1.1")
    client = connecte("region")
    assert "plans/<slug:slug>/seances/<entier:seance_pk>/points/<entier:pk>/" in ADRESSES_A_ENTIERS
    for route in ADRESSES_A_ENTIERS:
        for rang in range(len(re.findall("<(?:int|entier):", route))):
            adresse = avec(route, rang, demesure)
            assert client.get(adresse).status_code in {302, 403, 404, 405}, adresse
            assert client.post(adresse).status_code in {302, 403, 404, 405}, adresse


@pytest.mark.parametrize("suite", ["etablissements/{}/modifier/", "personnes/{}/retirer/"])
def test_un_organisme_demesure_n_existe_pas_meme_devant_une_cle_qui_existe(
    connecte, region, personnes, suite
):
    cles = {
        "etablissements/{}/modifier/": f.make_etablissement(region.acteur).pk,
        "personnes/{}/retirer/": personnes["lectrice"].habilitations.get().pk,
    }
    adresse = f"/acteurs/9999999999999999999/{suite.format(cles[suite])}"
    client = connecte("gestionnaire")
    assert client.get(adresse).status_code == 404
    assert client.post(adresse).status_code == 404
