"""Chaque écriture de l'administration technique est un acte, avec l'avant et l'après."""

import json

import pytest
from django.contrib import admin
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django_tasks_db.models import DBTaskResult

from acteurs.admin import VersionneAdmin
from acteurs.models import Acte, Fonction, Utilisateur, Versionne
from tests import factories as f

COMPTES = "/admin/acteurs/utilisateur/"


@pytest.fixture
def agente(structure):
    return f.make_utilisateur(structure, nom="Rita", courriel="rita@example.org")


def corriger(client, compte, **champs):
    """Envoie la fiche de ce compte, ces champs changés."""
    fiche = {"courriel": compte.courriel, "nom": compte.nom}
    fiche |= {nom: "on" for nom in ("is_active", "is_staff") if getattr(compte, nom)} | champs
    envoi = {nom: valeur for nom, valeur in fiche.items() if valeur}
    assert client.post(f"{COMPTES}{compte.pk}/change/", envoi).status_code == 302
    compte.refresh_from_db()


def dit(acte):
    assert (acte.nom_utilisateur, acte.nom_acteur) == ("Ada", "Administration technique")
    return acte.verbe, acte.avant, acte.apres


# --- Les comptes ---------------------------------------------------------------------------------


def test_chaque_changement_d_un_compte_est_un_acte(client, administratrice, courriels):
    noe = f.make_utilisateur(nom="Noé", courriel="noe@example.org")
    corriger(client, noe, courriel="Noe.Petit@example.org")
    corriger(client, noe, is_active="")
    corriger(client, noe, is_staff="on")
    corriger(client, noe, is_staff="")
    corriger(client, noe)
    assert [dit(acte) for acte in Acte.objects.sur(noe).order_by("pk")] == [
        ("modifier", {"courriel": "noe@example.org"}, {"courriel": "noe.petit@example.org"}),
        ("modifier", {"is_active": True}, {"is_active": False}),
        ("modifier", {"is_staff": False}, {"is_staff": True}),
        ("modifier", {"is_staff": True}, {"is_staff": False}),
    ]
    assert noe.version == 5
    assert noe.valeurs_a_la_version(1)["courriel"] == "noe@example.org"


def test_un_compte_ouvert_est_un_acte_qui_ne_dit_rien_du_mot_de_passe(
    client, administratrice, courriels
):
    envoi = {"courriel": "nina@example.org", "nom": " Nina\r\nDurand\x01", "is_active": "on"}
    client.post(f"{COMPTES}add/", envoi)
    nina = Utilisateur.objects.get(courriel="nina@example.org")
    apres = {"courriel": "nina@example.org", "nom": "Nina Durand"}
    apres |= {"is_active": True, "is_staff": False}
    assert dit(Acte.objects.get()) == ("creer", {}, apres)
    assert nina.password not in json.dumps(Acte.objects.values_list("avant", "apres")[0])


def test_un_compte_ouvert_en_invitant_est_un_acte_de_qui_invite(client, structure, courriels):
    gaelle = f.make_utilisateur(structure, "gestionnaire", nom="Gaëlle")
    client.force_login(gaelle)
    envoi = {"courriel": "nina@example.org", "nom": "Nina", "role": "redacteur"}
    for role in ("redacteur", "lecteur"):
        client.post(f"/acteurs/{structure.pk}/personnes/nouveau/", envoi | {"role": role})
    acte = Acte.objects.get(cible_type="acteurs.utilisateur")
    assert (acte.verbe, acte.utilisateur, acte.acteur) == ("creer", gaelle, structure)
    assert acte.apres["courriel"] == "nina@example.org"


def test_un_administrateur_ouvert_depuis_le_serveur_est_un_acte(db):
    compte = Utilisateur.objects.create_superuser("ada@example.org", "secret", nom="Ada")
    acte = Acte.objects.get()
    assert (acte.nom_utilisateur, acte.cible) == ("Commande du serveur", compte.identifiant)
    assert acte.apres["is_staff"] is True


# --- L'adresse quittée ---------------------------------------------------------------------------


def test_l_adresse_quittee_est_prevenue_sans_lien(client, administratrice, agente, courriels):
    corriger(client, agente, courriel="autre@example.org")
    envoye = courriels[0]
    assert (len(courriels), envoye.to) == (1, ["rita@example.org"])
    assert envoye.subject.startswith("L’adresse de votre compte a changé sur le ")
    assert "a changé l’adresse du compte de Rita" in envoye.body
    assert "C’était rita@example.org" in envoye.body
    assert "autre@example.org" not in envoye.body
    assert "http" not in envoye.body


def test_rien_ne_part_pendant_la_requete_ni_sans_changement_d_adresse(
    client, administratrice, agente, mailoutbox
):
    corriger(client, agente, nom="Rita Région")
    assert not DBTaskResult.objects.exists()
    corriger(client, agente, courriel="autre@example.org")
    travail = DBTaskResult.objects.get()
    assert travail.task_path == "acteurs.courriels.envoyer_changement_d_adresse"
    assert travail.args_kwargs["args"] == [Acte.objects.sur(agente).first().pk]
    assert mailoutbox == []


# --- Les fonctions -------------------------------------------------------------------------------


def test_une_fonction_de_sa_page_est_consignee_avec_ses_territoires(
    client, administratrice, structure
):
    region, somme, aisne = f.make_region(), f.make_departement("80"), f.make_departement("02")
    page = "/admin/acteurs/fonction/"
    envoi = {"acteur": structure.pk, "nature": "spe", "etat": "a_verifier", "regions": region.pk}
    client.post(f"{page}add/", envoi | {"departements": [somme.pk]})
    fonction = Fonction.objects.get()
    client.post(f"{page}{fonction.pk}/change/", envoi | {"departements": [somme.pk, aisne.pk]})
    client.post(f"{page}{fonction.pk}/delete/", {"post": "yes"})
    assert not Fonction.objects.exists()
    creation, ajout, retrait = map(dit, Acte.objects.du_dossier(structure.identifiant)[::-1])
    assert creation[0] == "creer"
    assert (creation[2]["regions"], creation[2]["departements"]) == (["32"], ["80"])
    assert ajout == ("modifier", {"departements": ["80"]}, {"departements": ["02", "80"]})
    assert (retrait[0], retrait[2]) == ("supprimer", {})
    assert retrait[1]["departements"] == ["02", "80"]


def en_ligne(structure, *lignes):
    """La page d'un acteur, et ses fonctions en ligne : celles qui ont un « id » existent."""
    envoi = {"nom": structure.nom, "nature": structure.nature, "siren": structure.siren}
    envoi |= {"fonctions-TOTAL_FORMS": len(lignes)}
    envoi |= {"fonctions-INITIAL_FORMS": sum("id" in ligne for ligne in lignes)}
    for rang, ligne in enumerate(lignes):
        ligne = {"acteur": structure.pk, "etat": "verifie"} | ligne
        envoi |= {f"fonctions-{rang}-{nom}": valeur for nom, valeur in ligne.items()}
    return envoi


def test_les_fonctions_en_ligne_sont_consignees(client, administratrice, structure):
    somme = f.make_departement("80")
    gardee = f.make_fonction(structure, "aom")
    changee = f.make_fonction(structure, "spe")
    retiree = f.make_fonction(structure, "appui", departements=[somme])
    lignes = [
        {"id": gardee.pk, "nature": "aom"},
        {"id": changee.pk, "nature": "spe", "departements": "80"},
        {"id": retiree.pk, "nature": "appui", "departements": "80", "DELETE": "on"},
        {"nature": "region", "departements": "80"},
    ]
    page = f"/admin/acteurs/acteur/{structure.pk}/change/"
    assert client.post(page, en_ligne(structure, *lignes)).status_code == 302
    actes = {acte.cible: dit(acte) for acte in Acte.objects.all()}
    neuve = structure.fonctions.get(nature="region")
    assert {*actes} == {changee.identifiant, retiree.identifiant, neuve.identifiant}
    assert actes[changee.identifiant] == (
        "modifier",
        {"departements": []},
        {"departements": ["80"]},
    )
    verbe, avant, apres = actes[retiree.identifiant]
    assert (verbe, avant["departements"], apres) == ("supprimer", ["80"], {})
    verbe, avant, apres = actes[neuve.identifiant]
    assert (verbe, avant, apres["departements"]) == ("creer", {}, ["80"])


def test_un_acteur_supprime_consigne_ce_qu_il_emporte(client, administratrice, structure):
    habilitation = f.make_utilisateur(structure).habilitations.get()
    emportes = [habilitation, f.make_fonction(structure, "spe"), f.make_etablissement(structure)]
    client.post(f"/admin/acteurs/acteur/{structure.pk}/delete/", {"post": "yes"})
    actes = Acte.objects.filter(verbe="supprimer").values_list("cible", flat=True)
    assert {*actes} == {objet.identifiant for objet in (*emportes, structure)}


def test_chaque_objet_consigne_l_est_aussi_par_l_administration():
    for modele, table in admin.site._registry.items():
        if issubclass(modele, Versionne):
            assert isinstance(table, VersionneAdmin), modele
            for ligne in table.inlines:
                assert issubclass(ligne.model, Versionne), ligne


# --- Ce qui existait avant -----------------------------------------------------------------------


@pytest.mark.lent
@pytest.mark.django_db(transaction=True)
def test_les_lignes_d_avant_recoivent_chacune_un_identifiant():
    derniere = MigrationExecutor(connection).loader.graph.leaf_nodes()
    migrer = lambda *cibles: MigrationExecutor(connection).migrate(list(cibles))  # noqa: E731
    migrer(("acteurs", "0013_liens_du_recapitulatif"))
    try:
        avant = MigrationExecutor(connection).loader.project_state(
            [("acteurs", "0013_liens_du_recapitulatif")]
        )
        Compte = avant.apps.get_model("acteurs", "Utilisateur")
        for n in range(3):
            Compte.objects.create(courriel=f"{n}@example.org", nom=str(n), password="x")
        acteur = avant.apps.get_model("acteurs", "Acteur").objects.create(nom="A", nature="autre")
        for nature in ("aom", "spe"):
            acteur.fonctions.create(nature=nature)
    finally:
        migrer(*derniere)
    comptes = {*Utilisateur.objects.values_list("identifiant", flat=True)}
    assert len(comptes - {None}) == 3
    assert len({*Fonction.objects.values_list("identifiant", flat=True)} - {None}) == 2
