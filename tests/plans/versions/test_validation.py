"""L'état d'une fiche se déduit des faits : proposition, engagements, avis des co-pilotes."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from acteurs.models import Acte
from pams_portal.droits import Droit
from pams_portal.typographie import espacer
from plans.models import AvisSurFiche, FicheAction, Financement, Partenariat
from tests import factories as f

Etat = FicheAction.Etat


@pytest.fixture
def fiche(region, departement, aom):
    """Une fiche complète de l'AOM, où le Département est financeur et l'association absente."""
    fiche = f.make_fiche(
        aom,
        constat="Constat.",
        objectif_operationnel="Objectif.",
        description="Décrire.",
        debut=date(2027, 1, 1),
        fin=date(2028, 1, 1),
    )
    f.make_etape(fiche)
    f.make_budget(fiche, fonctionnement=5000)
    f.make_indicateur(fiche)
    f.make_partenariat(fiche, region)
    f.make_partenariat(fiche)
    f.make_financement(fiche, departement, statut="annonce")
    f.make_financement(fiche)
    return fiche


def relue(fiche):
    return FicheAction.objects.select_related("plan").get(pk=fiche.pk)


def confirmer(fiche, personnes):
    role = Partenariat.objects.get(fiche=fiche, partie__isnull=False)
    role.agir(personnes["region"], Droit.REPONDRE_PARTENARIAT, "repondre", reponse="confirme")
    montant = Financement.objects.get(fiche=fiche, financeur__isnull=False)
    montant.agir(
        personnes["departement"], Droit.MODIFIER_FINANCEMENT, "confirmer", statut="confirme"
    )


def donner(client, fiche, personne, sens="favorable", texte=""):
    client.force_login(personne)
    avis = AvisSurFiche.objects.filter(
        fiche=fiche, porteur__acteur__habilitations__utilisateur=personne
    ).last()
    version = {"version": avis.version} if avis else {}
    url = reverse("plans:avis_update", args=[fiche.plan.slug, fiche.code])
    return client.post(url, {"sens": sens, "texte": texte} | version, follow=True)


@pytest.fixture
def engagee(fiche, personnes):
    fiche.proposer(personnes["aom"], Etat.PROPOSEE)
    confirmer(fiche, personnes)
    return relue(fiche)


@pytest.fixture
def copil(client, engagee, personnes):
    for _ in range(2):
        for qui in ("region", "departement"):
            donner(client, engagee, personnes[qui])
    return relue(engagee)


def test_son_porteur_la_propose_et_lui_seul(fiche, personnes, client):
    url = reverse("plans:fiche_action_proposer", args=[fiche.plan.slug, fiche.code])
    for qui in ("region", "departement", "associee", "invitee", "lectrice"):
        client.force_login(personnes[qui])
        assert client.post(url, {"etat": "proposee"}).status_code == 403, qui
    client.force_login(personnes["aom"])
    for forge in ("copil", "adoptee", "", "engagee"):
        client.post(url, {"etat": forge})
        assert relue(fiche).etat == Etat.BROUILLON
    client.post(url, {"etat": "proposee"})
    client.post(url, {"etat": "proposee"})
    assert relue(fiche).etat == Etat.PROPOSEE
    assert Acte.objects.sur(fiche).filter(verbe="passer").count() == 1
    client.post(url, {"etat": "brouillon"})
    assert relue(fiche).etat == Etat.BROUILLON


def test_elle_avance_quand_les_parties_confirment_et_l_absent_n_y_compte_pas(fiche, personnes):
    fiche.proposer(personnes["aom"], Etat.PROPOSEE)
    assert relue(fiche).etat == Etat.PROPOSEE
    confirmer(fiche, personnes)
    assert relue(fiche).etat == Etat.ENGAGEE
    acte = Acte.objects.sur(fiche).filter(verbe="passer").first()
    assert (acte.nom_utilisateur, acte.apres) == ("Denis, Département", {"etat": "engagee"})


def test_une_fiche_sans_partenaire_a_deja_ses_engagements(aom, personnes):
    fiche = f.make_fiche(aom)
    fiche.proposer(personnes["aom"], Etat.PROPOSEE)
    assert relue(fiche).etat == Etat.ENGAGEE


def test_un_engagement_repris_la_fait_reculer(engagee, personnes):
    role = Partenariat.objects.get(fiche=engagee, partie__isnull=False)
    role.agir(personnes["region"], Droit.REPONDRE_PARTENARIAT, "repondre", reponse="decline")
    assert relue(engagee).etat == Etat.PROPOSEE
    role.supprimer(personnes["region"], Droit.REPONDRE_PARTENARIAT)
    assert relue(engagee).etat == Etat.ENGAGEE


def test_un_brouillon_ne_bouge_pas_quand_on_s_y_engage(fiche, personnes):
    confirmer(fiche, personnes)
    assert relue(fiche).etat == Etat.BROUILLON


def test_tous_les_co_pilotes_valident_comite_apres_comite(client, engagee, personnes):
    attendus = [Etat.ENGAGEE, Etat.COTECH, Etat.COTECH, Etat.COPIL]
    for qui, attendu in zip(["region", "departement"] * 2, attendus, strict=True):
        reponse = donner(client, engagee, personnes[qui])
        assert "Votre avis est enregistré" in reponse.text
        assert relue(engagee).etat == attendu


def test_un_seul_co_pilote_ne_valide_pas_meme_deux_fois(client, engagee, personnes):
    for _ in range(3):
        donner(client, engagee, personnes["region"])
    assert relue(engagee).etat == Etat.ENGAGEE
    assert AvisSurFiche.objects.count() == 1


def test_l_avis_des_autres_parties_se_lit_et_ne_decide_pas(client, engagee, personnes):
    for qui in ("spe", "associee", "aom"):
        reponse = donner(client, engagee, personnes[qui], "defavorable", f"Raison de {qui}.")
        assert f"Raison de {qui}." in reponse.text
    assert relue(engagee).etat == Etat.ENGAGEE
    for qui in ("region", "departement"):
        donner(client, engagee, personnes[qui])
    assert relue(engagee).etat == Etat.COTECH
    donner(client, engagee, personnes["region"], "defavorable", "Non.")
    assert relue(engagee).etat == Etat.COTECH


@pytest.mark.parametrize("qui", ["redactrice", "lectrice", "invitee", "assemblees", "gestionnaire"])
def test_les_autres_ne_donnent_pas_d_avis(client, engagee, personnes, qui):
    assert donner(client, engagee, personnes[qui]).status_code == 403
    assert not AvisSurFiche.objects.exists()


@pytest.mark.parametrize("etat", [Etat.BROUILLON, Etat.PROPOSEE, Etat.COPIL, Etat.ADOPTEE])
def test_hors_des_comites_aucun_avis_n_est_recu(client, engagee, personnes, etat):
    FicheAction.objects.filter(pk=engagee.pk).update(etat=etat)
    assert donner(client, engagee, personnes["region"]).status_code == 403


def test_un_co_pilote_ne_valide_pas_une_fiche_incomplete(client, engagee, personnes):
    engagee.indicateurs.all().delete()
    reponse = donner(client, engagee, personnes["region"])
    assert (
        espacer("La fiche ne peut pas encore être validée : il y manque indicateur.")
        in reponse.text
    )
    assert not AvisSurFiche.objects.exists()
    donner(client, engagee, personnes["region"], "defavorable", "Pas d’indicateur.")
    assert AvisSurFiche.objects.get().sens == "defavorable"


def test_une_reserve_se_dit(client, engagee, personnes):
    assert "Dites ce que vous réservez" in donner(client, engagee, personnes["aom"], "reserve").text


# --- Ce qui la renvoie devant les comités --------------------------------------------------------


def changer(nom):
    return lambda fiche, qui: fiche.agir(qui["aom"], Droit.MODIFIER_FICHE, "modifier", **nom)


SUBSTANTIELS = {
    "texte": changer({"description": "Tout autre."}),
    "calendrier": changer({"fin": date(2029, 1, 1)}),
    "publics": changer({"publics": ["seniors"]}),
    "intitulé": changer({"intitule": "Autre"}),
    "étape": lambda fiche, qui: fiche.etapes.first().supprimer(qui["aom"], Droit.MODIFIER_FICHE),
    "budget": lambda fiche, qui: fiche.budgets.first().agir(
        qui["aom"], Droit.MODIFIER_FICHE, "modifier", fonctionnement=9000
    ),
    "montant": lambda fiche, qui: Financement.objects.get(
        fiche=fiche, financeur__isnull=False
    ).agir(qui["departement"], Droit.MODIFIER_FINANCEMENT, "modifier", montant=1),
    "indicateur": lambda fiche, qui: fiche.indicateurs.first().agir(
        qui["aom"], Droit.MODIFIER_INDICATEUR, "modifier", cible=12
    ),
}
SANS_PORTEE = {
    "référent": changer({"referent_technique": "Service des mobilités"}),
    "priorité": changer({"priorite": "haute"}),
    "avancement": changer({"avancement": "en_cours"}),
    "étape faite": lambda fiche, qui: fiche.etapes.first().agir(
        qui["aom"], Droit.MODIFIER_FICHE, "modifier", faite=True
    ),
    "engagement avancé": lambda fiche, qui: Financement.objects.get(
        fiche=fiche, financeur__isnull=False
    ).agir(qui["departement"], Droit.MODIFIER_FINANCEMENT, "confirmer", statut="delibere"),
}


@pytest.mark.parametrize("nom", SUBSTANTIELS)
def test_un_changement_de_fond_la_renvoie_devant_les_comites(client, copil, personnes, nom):
    SUBSTANTIELS[nom](copil, personnes)
    assert relue(copil).etat == Etat.ENGAGEE
    client.force_login(personnes["aom"])
    lu = client.get(copil.get_absolute_url()).text
    assert "a changé depuis qu’un comité l’a examinée" in lu
    assert lu.count("Ne compte plus : la fiche a changé") == 4


@pytest.mark.parametrize("nom", SANS_PORTEE)
def test_un_changement_sans_portee_la_laisse_validee(copil, personnes, nom):
    SANS_PORTEE[nom](copil, personnes)
    assert relue(copil).etat == Etat.COPIL


def test_elle_se_revalide_sur_son_nouveau_contenu(client, copil, personnes):
    SUBSTANTIELS["texte"](copil, personnes)
    for _ in range(2):
        for qui in ("region", "departement"):
            donner(client, copil, personnes[qui])
    assert relue(copil).etat == Etat.COPIL


def test_dans_un_plan_fige_plus_rien_n_avance(engagee, personnes, client):
    type(engagee.plan).objects.update(etat="arrete")
    assert donner(client, engagee, personnes["region"]).status_code == 403
    with pytest.raises(PermissionDenied):
        relue(engagee).proposer(personnes["aom"], Etat.BROUILLON)


def test_un_etat_qui_avance_ne_change_pas_ce_que_dit_le_plan(client, engagee, personnes):
    from plans.versions import contenu_canonique

    avant = contenu_canonique(engagee.plan)
    for qui in ("region", "departement"):
        donner(client, engagee, personnes[qui])
    assert relue(engagee).etat == Etat.COTECH
    assert contenu_canonique(relue(engagee).plan) == avant
