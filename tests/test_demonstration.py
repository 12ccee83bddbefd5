"""La démonstration : complète, marquée, sans rien de vrai qui ne soit sourcé, sans effet deux fois.

La base chargée est partagée par tous les essais de ce fichier : chacun l'essaie dans sa propre
transaction, annulée ensuite.
"""

import re

import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError, call_command
from django.db.models import F
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from acteurs.models import Acte, Acteur, Etablissement, Fonction, Utilisateur
from bassins.models import Commune
from dispositifs.models import Dispositif, Ecart, Importation, Signalement
from dispositifs.recensement.doublons import doublons_probables
from dispositifs.territoires import noms_des_territoires
from dispositifs.typologie import FAMILLES
from pams_portal.demonstration.contenu import DOSSIER
from pams_portal.demonstration.inventaire import SOURCE
from plans import models as plans
from tests import factories as f

pytestmark = [pytest.mark.lent, pytest.mark.django_db]

GRAND_AMIENOIS = "grand-amienois-grand-roye"
ANCIEN = "amienois-2024"
# Une personne par ligne : sa place dans le plan du Grand Amiénois et ce que répond sa page.
PLACES = """
region@example.org         Région Hauts-de-France            co_pilote   valideur,gestionnaire 200
departement@example.org    Département de la Somme           co_pilote   valideur,gestionnaire 200
aom@example.org            CA Amiens Métropole               coordonnee  valideur              200
france-travail@example.org France Travail                    coordonnee  valideur              200
association@example.org    Roues et relais (Démonstration)   associee    valideur              200
invite@example.org         CC du Grand Roye                  invitee     valideur              200
assemblees@example.org     Département de la Somme           co_pilote   assemblees            200
lecteur@example.org        Région Hauts-de-France            co_pilote   lecteur               200
autre@example.org          Région Pays de la Loire           -           valideur              404
admin@example.org          -                                 -           -                     404
"""
LIGNES = [
    re.split(r" {2,}| (?=\d{3}$)| (?=France T)", ligne) for ligne in PLACES.split("\n") if ligne
]


@pytest.fixture
def plan(demonstration):
    return plans.Plan.objects.get(slug=GRAND_AMIENOIS)


def tout_compter():
    """{modèle: (nombre de lignes)} et la révision de chaque plan."""
    modeles = [m for nom in ("acteurs", "bassins", "dispositifs", "plans") for m in
               apps.get_app_config(nom).get_models()]  # fmt: skip
    nombres = {modele._meta.label: modele.objects.count() for modele in modeles}
    return nombres | dict(plans.Plan.objects.values_list("slug", "revision"))


# --- Les refus : avant tout chargement ------------------------------------------------------------


def test_une_base_aux_vrais_comptes_est_refusee_en_clair(db):
    f.make_utilisateur(nom="Une vraie personne")

    with pytest.raises(CommandError, match="contient de vrais comptes \\(1\\)") as refus:
        call_command("demo")

    assert refus.value.returncode == 1
    assert (Commune.objects.count(), Utilisateur.objects.count()) == (0, 1)


def test_la_production_est_refusee(db, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="impossible en production"):
        call_command("demo")

    assert not Utilisateur.objects.exists()


# --- Les comptes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ligne", LIGNES, ids=lambda ligne: ligne[0])
def test_chaque_compte_se_connecte_et_tient_sa_place(demonstration, client, settings, ligne):
    settings.DEMO = True
    courriel, acteur, qualite, roles, code = ligne
    plan = plans.Plan.objects.get(slug=GRAND_AMIENOIS)

    client.post(reverse("connexion"), {"username": courriel, "password": "demonstration-pams"})
    personne = Utilisateur.objects.get(pk=client.session["_auth_user_id"])

    places = personne.places_sur(plan.pk)
    assert personne.courriel == courriel
    assert personne.demonstration
    assert [str(p.acteur) for p in places] == ([] if acteur == "-" else [acteur])
    assert [p.qualite or "-" for p in places] == ([] if acteur == "-" else [qualite])
    assert [set(p.roles) for p in places] == ([] if roles == "-" else [set(roles.split(","))])
    assert client.get(plan.get_absolute_url()).status_code == int(code)


def test_aucun_compte_de_plus(demonstration):
    comptes = list(Utilisateur.objects.order_by("pk").values_list("courriel", flat=True))

    assert comptes == [ligne[0] for ligne in LIGNES]


def test_l_administration_technique_n_a_aucun_droit_sur_le_contenu(demonstration):
    admin = Utilisateur.objects.get(courriel="admin@example.org")

    assert (admin.is_staff, admin.is_superuser) == (True, True)
    assert list(admin.habilitations.all()) == []
    assert Utilisateur.objects.filter(is_staff=True).count() == 1


def test_hors_de_la_demonstration_aucun_compte_ne_s_ouvre(demonstration, client, settings):
    settings.DEMO = False

    assert not client.login(username="region@example.org", password="demonstration-pams")


def test_la_region_pays_de_la_loire_pilote_l_autre_bassin(demonstration):
    personne = Utilisateur.objects.get(courriel="autre@example.org")
    anjou = plans.Plan.objects.get(slug="anjou-est")

    assert [place.qualite for place in personne.places_sur(anjou.pk)] == ["co_pilote"]


# --- Ce qui est chargé ---------------------------------------------------------------------------


def test_le_plan_est_ecrit_par_ses_parties(plan):
    fiches = plan.fiches.all()

    assert plan.demonstration
    assert [fiche.code for fiche in fiches] == [
        *("A1.1", "A1.2", "A1.3", "A1.4", "A2.1", "A2.2", "B1.1", "B1.2", "B1.3"),
        *("C1.1", "C1.2", "C1.3", "C2.1", "C2.2", "D1.1", "D1.2", "D2.1", "D2.2"),
    ]
    assert {str(fiche.porteur.acteur) for fiche in fiches} == {
        *("Région Hauts-de-France", "Département de la Somme", "CA Amiens Métropole"),
        *("France Travail", "Roues et relais (Démonstration)"),
    }
    assert [fiche.code for fiche in fiches if fiche.confidentielle] == ["B1.3"]


@pytest.mark.parametrize("slug", [GRAND_AMIENOIS, "anjou-est", ANCIEN])
def test_le_code_d_une_fiche_est_celui_de_son_fichier(demonstration, slug):
    noms = [chemin.stem for chemin in sorted((DOSSIER / slug / "fiches").glob("*.toml"))]
    ecrites = plans.FicheAction.objects.filter(plan__slug=slug, reprise=None)
    codes = ecrites.values_list("code", flat=True)

    assert list(codes) == [".".join(nom.split("-")[:2]) for nom in noms]


def test_tous_les_cas_d_un_plan_se_rencontrent(plan):
    fiches = plan.fiches

    def valeurs(queryset, champ):
        return set(queryset.values_list(champ, flat=True))

    assert valeurs(fiches, "perimetre") == set(plans.FicheAction.Perimetre.values)
    assert valeurs(fiches, "type") == set(plans.FicheAction.Type.values)
    assert valeurs(fiches, "lien_legal") == set(plans.FicheAction.LienLegal.values)
    assert valeurs(fiches, "priorite") == set(plans.FicheAction.Priorite.values)
    assert valeurs(plan.parties, "reponse") == set(plans.PartiePrenante.Reponse.values)
    lignes = plans.Financement.objects.filter(fiche__plan=plan)
    assert valeurs(lignes, "statut") == set(plans.Financement.Statut.values)
    assert lignes.filter(financeur=None).exists()
    roles = plans.Partenariat.objects.filter(fiche__plan=plan)
    assert valeurs(roles, "role") == set(plans.Partenariat.Role.values)
    assert valeurs(roles, "reponse") == set(plans.Partenariat.Reponse.values)


def test_ce_qui_manque_manque_expres(plan):
    incomplete = plan.fiches.get(code="C1.3")
    vides = plans.Contribution.objects.filter(chapitre__plan=plan, texte="")

    assert (incomplete.budgets.count(), incomplete.indicateurs.count()) == (0, 0)
    assert incomplete.description == ""
    assert {(part.chapitre.cle, str(part.porteur.acteur)) for part in vides} == {
        ("engagements", "France Travail"),
        ("mesures_spe", "Emploi et handicap en Somme (Démonstration)"),
        ("mesures_spe", "Mission locale de la vallée (Démonstration)"),
    }


def test_les_parties_proposees_sont_a_leur_place(plan):
    def acteurs(qualite):
        return [str(partie.acteur) for partie in plan.parties.filter(qualite=qualite)]

    assert acteurs("co_pilote") == ["Département de la Somme", "Région Hauts-de-France"]
    assert acteurs("coordonnee") == [
        *("CA Amiens Métropole", "CC Nièvre et Somme"),
        "Emploi et handicap en Somme (Démonstration)",
        *("France Travail", "Mission locale de la vallée (Démonstration)"),
    ]
    assert "CC du Grand Roye" in acteurs("invitee")
    roye = plan.parties.get(acteur__siren="200070977")
    assert roye.precision == "Statut d’autorité organisatrice de la mobilité à vérifier"


def test_l_inventaire_a_toutes_les_familles_et_toutes_les_fraicheurs(demonstration):
    dispositifs = Dispositif.objects.filter(demonstration=True)

    assert dispositifs.count() == 35  # dont un que l'import a créé
    assert {dispositif.famille for dispositif in dispositifs} == set(FAMILLES)
    assert {dispositif.fraicheur for dispositif in dispositifs} == set(Dispositif.Fraicheur)
    assert {d.statut for d in dispositifs} == {"signale", "verifie", "a_confirmer", "suspendu"}
    assert {cle.split("-")[0] for d in dispositifs for cle in d.zone_eligibilite} == {
        *("commune", "epci", "departement", "region", "france"),
    }


def test_les_zones_d_eligibilite_existent(demonstration):
    for dispositif in Dispositif.objects.filter(demonstration=True):
        zone = dispositif.zone_eligibilite
        assert set(noms_des_territoires(zone)) >= set(zone), dispositif.nom


def test_la_population_du_texte_est_celle_du_referentiel(plan):
    texte = plan.chapitres.get(cle="synthese").contributions.get().texte

    assert "466 communes et 380 650 habitants (population municipale, millésime 2026)" in (
        texte.replace("\N{NARROW NO-BREAK SPACE}", " ")
    )
    assert "[[" not in "".join(plans.Contribution.objects.values_list("texte", flat=True))


# --- Les marques, et rien de vrai qui ne soit sourcé ---------------------------------------------


def test_un_acteur_fictif_le_dit_et_n_a_ni_siren_ni_etablissement(demonstration):
    fictifs = Acteur.objects.filter(demonstration=True)

    assert [acteur for acteur in fictifs if not acteur.nom.endswith(" (Démonstration)")] == []
    assert list(fictifs.filter(siren__isnull=False)) == []
    assert list(Etablissement.objects.filter(acteur__in=fictifs)) == []
    assert list(Acteur.objects.filter(nom__contains="Démonstration", demonstration=False)) == []


def test_un_acteur_reel_a_un_siren_exact_et_seulement_des_faits(demonstration):
    releves = Dispositif.objects.filter(demonstration=False).values("porteur")
    reels = Acteur.objects.filter(demonstration=False).exclude(pk__in=releves, siren=None)

    for acteur in reels:
        acteur.full_clean(exclude=["nom_normalise"])
        assert (acteur.siren is not None, acteur.courriel, acteur.telephone) == (True, "", "")


def test_chaque_fonction_dit_sa_source(demonstration):
    assert list(Fonction.objects.filter(source="")) == []


def test_le_statut_d_aom_n_est_verifie_que_de_source_sure(demonstration):
    verifiees = Fonction.objects.filter(nature="aom", etat="verifie").order_by("acteur__nom")

    assert [str(fonction.acteur) for fonction in verifiees] == [
        "CA Amiens Métropole",
        "CA Saumur Val de Loire",
        "CC Nièvre et Somme",
    ]


def test_une_aom_a_verifier_n_est_qu_invitee_au_plan(demonstration):
    a_verifier = Fonction.objects.filter(nature="aom", etat="a_verifier").values("acteur")
    parties = plans.PartiePrenante.objects.filter(acteur__in=a_verifier)

    # Six sur le bassin amiénois, qui a deux plans, et une sur l'autre.
    assert parties.count() == 13
    assert {partie.qualite for partie in parties} == {"invitee"}


def test_un_dispositif_fictif_le_dit(demonstration):
    fictifs = Dispositif.objects.filter(demonstration=True)

    assert [d for d in fictifs if not d.nom.endswith(" (Démonstration)")] == []
    assert set(fictifs.values_list("source", flat=True)) == {SOURCE}
    assert [d.nom for d in fictifs if not 200 <= len(d.description) <= 2000] == []


def test_un_dispositif_reel_reste_a_verifier_et_donne_sa_source(demonstration):
    reels = Dispositif.objects.filter(demonstration=False)

    assert {(d.statut, bool(d.lien_source)) for d in reels} == {("signale", True)}


# --- Les écrans de l'inventaire sont vivants -----------------------------------------------------


def test_un_import_passe_se_relit_ligne_a_ligne(demonstration, client, settings):
    settings.DEMO = True
    importation = Importation.objects.get()
    departement = Utilisateur.objects.get(courriel="departement@example.org")
    client.force_login(departement)

    assert (importation.etat, importation.utilisateur) == ("faite", departement)
    assert list(importation.lignes.values_list("numero", "sort")) == [
        *((3, "creer"), (4, "proposer"), (5, "proposer"), (6, "changer"), (7, "inchangee")),
        *((8, "refusee"), (9, "ignoree")),
    ]
    assert "L’import est fait." in client.get(importation.get_absolute_url()).content.decode()


def test_deux_ecarts_attendent_ceux_qui_tiennent_les_fiches(demonstration):
    ecarts = Ecart.objects.a_decider().select_related("dispositif__tenu_par")

    assert {(e.dispositif.source_id, e.champ, str(e.dispositif.tenu_par)) for e in ecarts} == {
        ("location-solidaire", "capacite", "Roues et relais (Démonstration)"),
        ("bus-services", "capacite", "Département de la Somme"),
    }


def test_un_doublon_probable_attend_le_departement(demonstration, client, settings):
    settings.DEMO = True
    neuf = Dispositif.objects.get(source_id="maison-12")
    [doublon] = doublons_probables(neuf)
    client.force_login(Utilisateur.objects.get(courriel="departement@example.org"))
    adresse = ("dispositifs:dispositif_fusionner", [doublon.dispositif.pk, neuf.pk])
    reponse = client.get(reverse(adresse[0], args=adresse[1]))

    assert doublon.dispositif.source_id == "garage-solidaire"
    assert reponse.context["fusionnables"]


def test_des_recherches_sont_gardees_et_trouvent(demonstration, client, settings):
    settings.DEMO = True
    for courriel in ("departement@example.org", "france-travail@example.org"):
        personne = Utilisateur.objects.get(courriel=courriel)
        client.force_login(personne)
        reponse = client.get(personne.recherches.get().get_absolute_url())
        assert reponse.status_code == 200 and reponse.context["page"].paginator.count


def test_un_signalement_attend_sa_reponse(demonstration):
    assert Signalement.objects.en_attente().filter(dispositif__demonstration=True).exists()


def test_seul_le_contenu_ecrit_ici_est_marque_fictif(demonstration):
    assert list(plans.Plan.objects.filter(demonstration=False)) == []


# --- Ce qui est enregistré est valide ------------------------------------------------------------


def test_chaque_ligne_du_plan_passe_les_validations(demonstration):
    modeles = [
        *(plans.Plan, plans.PartiePrenante, plans.Chapitre, plans.Contribution, plans.Axe),
        *(plans.Objectif, plans.FicheAction, plans.Etape, plans.LigneBudget, plans.Financement),
        *(plans.Partenariat, plans.Indicateur),
    ]
    for modele in modeles:
        assert modele.objects.exists()
        for objet in modele.objects.all():
            objet.full_clean()


def test_chaque_acte_est_signe_par_une_personne_de_l_acteur(plan):
    actes = Acte.objects.du_dossier(plan.identifiant).select_related("utilisateur", "acteur")

    assert actes.exclude(utilisateur__habilitations__acteur=F("acteur")).count() == 0
    assert {str(acte.acteur) for acte in actes} == {
        *("Région Hauts-de-France", "Département de la Somme", "CA Amiens Métropole"),
        *("France Travail", "Roues et relais (Démonstration)", "CC du Grand Roye"),
    }


def test_chaque_piece_a_sa_ligne_de_creation_au_journal(demonstration):
    crees = set(Acte.objects.filter(verbe=Acte.Verbe.CREER).values_list("cible", flat=True))
    pieces = [
        *(plans.FicheAction, plans.Etape, plans.LigneBudget, plans.Financement),
        *(plans.Partenariat, plans.Indicateur),
    ]

    for modele in pieces:
        assert set(modele.objects.values_list("identifiant", flat=True)) <= crees
    fictifs = Dispositif.objects.filter(demonstration=True)
    assert set(fictifs.values_list("identifiant", flat=True)) <= crees


def test_le_journal_retrouve_le_texte_d_avant(plan):
    part = plan.chapitres.get(cle="synthese").contributions.get()

    assert part.version == 2
    assert part.valeurs_a_la_version(1)["texte"] == ""


def test_un_seul_document_est_demande_par_plan(demonstration):
    for plan in plans.Plan.objects.all():
        assert [document.revision for document in plan.documents.all()] == [plan.revision]
    assert DBTaskResult.objects.filter(task_path__contains="produire_document").count() == 3


# --- Deux fois ------------------------------------------------------------------------------------


def test_relancer_ne_change_rien(demonstration):
    avant = tout_compter()

    call_command("demo", verbosity=0)

    assert tout_compter() == avant


def test_relancer_ne_perd_rien_de_ce_qu_un_visiteur_a_change(demonstration, plan):
    part = plan.chapitres.get(cle="synthese").contributions.get()
    plans.Contribution.objects.filter(pk=part.pk).update(texte="Mon texte")
    plan.fiches.get(code="C1.3").delete()
    Dispositif.objects.filter(source_id="plateforme").update(nom="Autre nom", statut="ferme")
    Acteur.objects.filter(nom__startswith="Roues et relais").update(nom="Renommée")
    Utilisateur.objects.filter(courriel="region@example.org").update(
        nom="Autre nom", password=make_password("un-autre-mot-de-passe")
    )
    avant = tout_compter()

    call_command("demo", verbosity=0)

    assert tout_compter() == avant
    part.refresh_from_db()
    assert part.texte == "Mon texte"
    assert Dispositif.objects.get(source_id="plateforme").nom == "Autre nom"
    assert Acteur.objects.filter(nom="Renommée").count() == 1
    region = Utilisateur.objects.get(courriel="region@example.org")
    assert (region.nom, region.check_password("un-autre-mot-de-passe")) == ("Autre nom", True)


def test_ce_qui_manque_seul_revient(demonstration):
    """Une version du portail qui ajoute un compte l'ajoute aussi à une démonstration en service."""
    Utilisateur.objects.filter(courriel="lecteur@example.org").delete()

    call_command("demo", verbosity=0)

    lecteur = Utilisateur.objects.get(courriel="lecteur@example.org")
    assert list(lecteur.habilitations.values_list("acteur__nom", "role")) == [
        ("Région Hauts-de-France", "lecteur")
    ]


def test_la_commande_dit_ce_qu_elle_a_fait_et_les_comptes(demonstration, capsys):
    call_command("demo")

    sortie = capsys.readouterr().out
    assert "Démonstration, contenu fictif" in sortie
    assert [ligne[0] for ligne in LIGNES if ligne[0] in sortie] == [ligne[0] for ligne in LIGNES]
    assert "DEMO=1" in sortie
