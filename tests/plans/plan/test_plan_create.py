"""Ouvrir le plan d'un bassin : ses parties viennent du territoire, son sommaire du canon."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from acteurs.models import Acte, Fonction
from pams_portal.droits import Qualite, Role
from plans.models import Plan
from plans.sommaire import AXES_PROPOSES, SOMMAIRE
from tests import factories as f

N = Fonction.Nature


@pytest.fixture
def territoire(db):
    """Un bassin à cheval sur deux départements, et les fonctions qui s'y exercent."""
    somme, oise = f.make_departement("80"), f.make_departement("60")
    epci = [f.make_epci(somme), f.make_epci(oise)]
    bassin = f.make_bassin(*epci, nom="Deux Rives", slug="deux-rives")
    acteurs = {nom: f.make_acteur(nom=nom) for nom in ("Région", "Somme", "Oise", "AOM", "FT")}
    f.make_fonction(acteurs["Région"], N.REGION, regions=[somme.region])
    f.make_fonction(acteurs["Région"], N.AOM, epci=epci[1:], par_substitution=True)
    f.make_fonction(acteurs["Somme"], N.DEPARTEMENT, departements=[somme])
    f.make_fonction(acteurs["Oise"], N.DEPARTEMENT, departements=[oise])
    f.make_fonction(acteurs["AOM"], N.AOM, epci=epci[:1])
    f.make_fonction(acteurs["FT"], N.SPE, regions=[somme.region])
    f.make_fonction(f.make_acteur(nom="Garage"), N.ACCOMPAGNEMENT, epci=epci[:1])
    f.make_fonction(f.make_acteur(nom="CC"), N.APPUI, epci=epci[1:])
    ailleurs = f.make_departement("49", f.make_region("52"))
    f.make_fonction(f.make_acteur(nom="Ailleurs"), N.DEPARTEMENT, departements=[ailleurs])
    return bassin, acteurs


def test_les_parties_viennent_des_fonctions_sur_le_bassin(territoire):
    bassin, acteurs = territoire
    plan = Plan.ouvrir(f.make_utilisateur(acteurs["Somme"]), bassin)

    parties = {(p.acteur.nom, p.qualite, p.precision) for p in plan.parties.all()}
    aom = "Autorité organisatrice de la mobilité (L. 1231-1)"
    assert parties == {
        ("Région", Qualite.CO_PILOTE, "Région"),
        ("Somme", Qualite.CO_PILOTE, "Compétences du Département"),
        ("Oise", Qualite.CO_PILOTE, "Compétences du Département"),
        ("Région", Qualite.COORDONNEE, f"{aom} par substitution"),
        ("AOM", Qualite.COORDONNEE, aom),
        ("FT", Qualite.COORDONNEE, "Organisme concourant au service public de l’emploi"),
        ("Garage", Qualite.ASSOCIEE, "Insertion et accompagnement des personnes"),
        ("CC", Qualite.INVITEE, "Sans place nommée par L. 1215-3"),
    }


def test_une_autorite_dont_le_statut_est_a_verifier_est_proposee_comme_invitee(territoire):
    bassin, acteurs = territoire
    Fonction.objects.filter(acteur=acteurs["AOM"]).update(etat=Fonction.Etat.A_VERIFIER)
    plan = Plan.ouvrir(f.make_utilisateur(acteurs["Somme"]), bassin)

    partie = plan.parties.get(acteur=acteurs["AOM"])
    aom = "Autorité organisatrice de la mobilité (L. 1231-1)"
    assert (partie.qualite, partie.precision) == (Qualite.INVITEE, f"{aom}, statut à vérifier")


def test_le_plan_s_ouvre_avec_son_sommaire_et_ses_axes(territoire):
    bassin, acteurs = territoire
    plan = Plan.ouvrir(f.make_utilisateur(acteurs["Région"]), bassin)

    assert [c.cle for c in plan.chapitres.all()] == [modele.cle for modele in SOMMAIRE]
    assert [axe.lettre for axe in plan.axes.all()] == [lettre for lettre, *_ in AXES_PROPOSES]
    spe = plan.chapitres.get(cle="mesures_spe").contributions.all()
    assert [(c.porteur.acteur.nom, c.commune) for c in spe] == [("Région", True), ("FT", False)]


def test_l_ouverture_est_consignee(territoire):
    bassin, acteurs = territoire
    plan = Plan.ouvrir(f.make_utilisateur(acteurs["Somme"]), bassin)

    acte = Acte.objects.du_dossier(plan.identifiant).get()
    assert (acte.verbe, acte.nom_acteur, acte.apres["bassin"]) == ("ouvrir", "Somme", bassin.pk)


@pytest.mark.parametrize("qui", ["AOM", "FT"])
def test_seul_un_co_pilote_de_droit_ouvre_le_plan(territoire, qui):
    bassin, acteurs = territoire
    with pytest.raises(PermissionDenied):
        Plan.ouvrir(f.make_utilisateur(acteurs[qui]), bassin)
    assert Plan.objects.count() == 0


def test_un_redacteur_n_engage_pas_sa_collectivite(territoire):
    bassin, acteurs = territoire
    with pytest.raises(PermissionDenied):
        Plan.ouvrir(f.make_utilisateur(acteurs["Somme"], Role.REDACTEUR), bassin)


def test_la_page_ouvre_le_plan(client, territoire):
    bassin, acteurs = territoire
    client.force_login(f.make_utilisateur(acteurs["Somme"]))

    response = client.post(reverse("plans:plan_create"), {"bassin": bassin.pk})

    assert response.url == "/plans/deux-rives/"
    assert client.get(response.url).status_code == 200


def test_un_bassin_etranger_ne_s_ouvre_pas_par_un_post_fait_main(client, territoire):
    bassin, _ = territoire
    client.force_login(f.make_utilisateur(f.make_acteur(nom="Étranger")))

    response = client.post(reverse("plans:plan_create"), {"bassin": bassin.pk})

    assert response.status_code == 200
    assert Plan.objects.count() == 0


def test_un_bassin_dont_le_plan_est_en_cours_ne_s_ouvre_pas_deux_fois(client, territoire):
    bassin, acteurs = territoire
    Plan.ouvrir(f.make_utilisateur(acteurs["Somme"]), bassin)
    client.force_login(f.make_utilisateur(acteurs["Région"]))

    client.post(reverse("plans:plan_create"), {"bassin": bassin.pk})

    assert Plan.objects.count() == 1


def test_l_ile_de_france_n_a_pas_besoin_de_bassin(db):
    idf = f.make_region("11")
    idfm, paris = f.make_acteur(nom="IDFM"), f.make_acteur(nom="Ville de Paris")
    f.make_fonction(idfm, N.IDFM, regions=[idf])
    f.make_fonction(paris, N.DEPARTEMENT, departements=[f.make_departement("75", idf)])

    plan = Plan.ouvrir(f.make_utilisateur(idfm), None)

    assert (plan.regime, plan.bassin, plan.territoire) == ("L.1215-4", None, "Île-de-France")
    assert {p.acteur.nom for p in plan.parties.co_pilotes()} == {"IDFM", "Ville de Paris"}
