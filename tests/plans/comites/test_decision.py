"""En séance : consigner une décision sans rien perdre, confier une suite, la dire faite."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte, Notification
from plans.models import PointDeSeance, SuiteADonner
from plans.ordre_du_jour import en_suspens
from plans.views.parts import SORTES
from tests import factories as f


@pytest.fixture
def point(seance):
    return f.make_point(seance, titre="Calendrier")


def adresse(nom, point, *suite):
    return reverse(f"plans:{nom}", args=[point.plan.slug, point.seance_id, point.pk, *suite])


def decider(client, point, version=1, **champs):
    defaut = {"issue": "adopte", "decision": "", "version": str(version)}
    return client.post(adresse("point_decider", point), defaut | champs)


def relu(objet):
    return type(objet).objects.get(pk=objet.pk)


# --- Consigner -----------------------------------------------------------------------------------


def test_la_decision_se_consigne_et_mene_au_point_suivant(client, point, seance, personnes):
    suivant = f.make_point(seance)
    client.force_login(personnes["region"])

    reponse = decider(client, point, decision="Remise en **mars**.", suivant="1")

    assert reponse.url == suivant.get_absolute_url()
    assert (relu(point).issue, relu(point).decision) == ("adopte", "Remise en **mars**.")
    acte = Acte.objects.latest("pk")
    assert (acte.verbe, acte.avant["issue"], acte.apres["issue"]) == ("consigner", "", "adopte")
    assert decider(client, suivant, suivant="1").url == suivant.get_absolute_url()


def test_adopter_avec_modification_demande_de_dire_laquelle(client, point, personnes):
    client.force_login(personnes["region"])

    page = decider(client, point, issue="adopte_modifie")

    assert page.status_code == 200
    assert "Dites avec quelle modification" in page.content.decode()
    assert relu(point).issue == ""


def test_deux_personnes_qui_notent_a_la_fois_ne_se_perdent_rien(client, point, personnes):
    depart = "La Région écrit.\n\nLe Département relit."
    PointDeSeance.objects.filter(pk=point.pk).update(decision=depart)
    client.force_login(personnes["region"])
    decider(client, point, decision=depart.replace("écrit", "écrit avant mars"))
    client.force_login(personnes["departement"])

    decider(client, point, issue="", decision=depart.replace("relit", "relit en avril"))

    assert relu(point).decision == "La Région écrit avant mars.\n\nLe Département relit en avril."
    assert relu(point).issue == "adopte"


def test_le_meme_passage_note_deux_fois_se_departage(client, point, personnes):
    PointDeSeance.objects.filter(pk=point.pk).update(decision="Remise en mars.")
    client.force_login(personnes["region"])
    decider(client, point, decision="Remise en avril.")
    client.force_login(personnes["departement"])

    page = decider(client, point, decision="Remise en mai.").content.decode()

    assert "Remise en <ins" in page or "avril" in page
    assert "mai" in page
    assert relu(point).decision == "Remise en avril."


def test_ce_qui_se_tape_se_garde_en_brouillon(client, plan, point, personnes):
    client.force_login(personnes["region"])
    page = client.get(point.get_absolute_url())
    ecriture = page.context["ecriture"]
    champs = {"issue": "reporte", "decision": "À rev", "version": "1"}

    reponse = client.post(ecriture.garder, champs | {"brouillon": str(ecriture.brouillon)})

    assert reponse.status_code == 200
    assert relu(point).decision == ""
    retour = client.get(f"{ecriture.page}?brouillon={ecriture.brouillon}").content.decode()
    assert "À rev" in retour
    assert "Vous avez repris votre brouillon" in retour


def test_qui_ne_tient_pas_la_seance_la_lit_sans_formulaire(client, point, personnes):
    PointDeSeance.objects.filter(pk=point.pk).update(issue="refuse", decision="Trop cher.")
    client.force_login(personnes["invitee"])

    page = client.get(point.get_absolute_url())

    assert page.context["form"] is None
    assert "Refusé" in page.content.decode()
    assert "Trop cher." in page.content.decode()


@pytest.mark.parametrize("qui", ["aom", "associee", "invitee", "lectrice", "assemblees"])
def test_un_envoi_a_la_main_est_refuse_et_rendu(client, point, personnes, qui):
    client.force_login(personnes[qui])

    page = decider(client, point, decision="Glissé ici.")

    assert page.status_code == 403
    assert "Glissé ici." in page.content.decode()
    assert relu(point).decision == ""


# --- La part reste à qui la tient ----------------------------------------------------------------


def test_une_decision_ne_change_ni_la_part_ni_la_proposition(
    client, plan, en_attente, seance, personnes
):
    seance.inscrire(personnes["region"], en_suspens(plan, "cotech"))
    proposition = en_attente["proposition"]
    revision = relu(plan).revision
    client.force_login(personnes["departement"])
    point = seance.points.get(nature="proposition")

    decider(client, point, decision="Le comité y est favorable.")

    assert relu(proposition).etat == "ouverte"
    assert relu(proposition.contribution).texte == "Écrit."
    assert relu(plan).revision == revision
    page = client.get(point.get_absolute_url()).content.decode()
    assert "revient à la Région Hauts-de-France" in page
    assert proposition.get_absolute_url() in page


def test_l_avis_sur_une_fiche_garde_son_acte_a_lui(client, plan, en_attente, seance, personnes):
    seance.inscrire(personnes["region"], en_suspens(plan, "cotech"))
    fiche, point = en_attente["fiche"], seance.points.get(nature="fiche")
    client.force_login(personnes["region"])

    decider(client, point)

    assert (relu(fiche).etat, fiche.avis.count()) == ("engagee", 0)
    avis = reverse("plans:avis_update", args=[plan.slug, fiche.code])
    assert avis in client.get(point.get_absolute_url()).content.decode()
    client.force_login(personnes["lectrice"])
    assert avis not in client.get(point.get_absolute_url()).content.decode()
    type(fiche).objects.filter(pk=fiche.pk).update(etat="cotech")
    client.force_login(personnes["region"])
    assert avis not in client.get(point.get_absolute_url()).content.decode()


def test_on_ne_propose_pas_de_changer_une_decision(client, plan, point, personnes):
    client.force_login(personnes["aom"])

    assert SORTES["points"].champs == ()
    url = reverse("plans:proposition_create", args=[plan.slug, "points", point.pk])
    assert client.get(url).status_code == 403


# --- Qui fait quoi pour quand --------------------------------------------------------------------


def noter(client, point, porteur, **champs):
    defaut = {"porteur": porteur.pk, "quoi": "Écrire aux communes", "echeance": "2027-01-15"}
    return client.post(adresse("suite_create", point), defaut | champs)


def test_une_suite_parait_dans_ma_part_de_la_partie_designee(client, point, aom, spe, personnes):
    aom.reponse = spe.reponse = "contribue"
    aom.save()
    spe.save()
    client.force_login(personnes["region"])
    noter(client, point, aom)

    client.force_login(personnes["spe"])
    assert client.get(reverse("plans:ma_part")).context["attentes"] == []
    client.force_login(personnes["aom"])
    [attente] = client.get(reverse("plans:ma_part")).context["a_faire"]
    assert attente.verbe == "Faire, comme convenu au COTECH du 3 décembre 2026"
    assert (attente.objet, str(attente.echeance)) == ("Écrire aux communes", "2027-01-15")
    assert client.get(attente.url).status_code == 200
    SuiteADonner.objects.get().marquer(personnes["aom"], faite=True)
    assert client.get(reverse("plans:ma_part")).context["attentes"] == []
    notification = Notification.objects.filter(destinataire=personnes["aom"]).latest("pk")
    assert notification.phrase == "confie une suite à votre structure"


def test_une_suite_echue_est_en_retard(client, point, aom, personnes):
    aom.reponse = "contribue"
    aom.save()
    f.make_suite(point, aom, echeance=timezone.localdate() - timedelta(days=1))
    client.force_login(personnes["aom"])

    [attente] = client.get(reverse("plans:ma_part")).context["en_retard"]

    assert attente.objet == "Écrire aux communes"


@pytest.mark.parametrize("qui", ["aom", "region", "departement"])
def test_la_partie_designee_ou_un_co_pilote_la_dit_faite(client, plan, point, aom, personnes, qui):
    suite = f.make_suite(point, aom)
    client.force_login(personnes[qui])
    url = reverse("plans:suite_marquer", args=[plan.slug, suite.pk])

    client.post(url, {"etat": "faite"})
    assert relu(suite).est_faite
    assert relu(suite).faite_par.startswith(str(personnes[qui]))
    actes = Acte.objects.count()
    client.post(url, {"etat": "faite"})
    assert Acte.objects.count() == actes

    client.post(url, {"etat": "a_faire"})
    assert (relu(suite).est_faite, relu(suite).faite_par) == (False, "")


@pytest.mark.parametrize("qui", ["spe", "associee", "invitee", "lectrice", "etrangere"])
def test_nul_autre_ne_la_dit_faite(client, plan, point, aom, personnes, qui):
    suite = f.make_suite(point, aom)
    client.force_login(personnes[qui])

    url = reverse("plans:suite_marquer", args=[plan.slug, suite.pk])
    assert client.post(url, {"etat": "faite"}).status_code in (403, 404)

    assert not relu(suite).est_faite


def test_l_invitee_dit_faite_la_sienne(client, plan, point, invitee, personnes):
    suite = f.make_suite(point, invitee)
    client.force_login(personnes["invitee"])

    client.post(reverse("plans:suite_marquer", args=[plan.slug, suite.pk]), {"etat": "faite"})

    assert relu(suite).est_faite


def test_une_suite_ne_se_confie_ni_hors_du_plan_ni_par_la_modification(
    client, plan, point, aom, spe, etrangere, personnes
):
    client.force_login(personnes["region"])
    page = noter(client, point, etrangere)
    assert page.status_code == 200
    assert not SuiteADonner.objects.exists()

    suite = f.make_suite(point, aom)
    champs = {"porteur": spe.pk, "quoi": "Écrire vite", "echeance": "", "version": "1"}
    client.post(reverse("plans:suite_update", args=[plan.slug, suite.pk]), champs)
    assert (relu(suite).porteur, relu(suite).quoi) == (aom, "Écrire vite")


def test_une_suite_se_retire_et_reste_au_journal(client, plan, point, aom, personnes):
    suite = f.make_suite(point, aom)
    client.force_login(personnes["departement"])

    client.post(reverse("plans:suite_delete", args=[plan.slug, suite.pk]))

    assert not SuiteADonner.objects.exists()
    assert Acte.objects.latest("pk").avant["quoi"] == "Écrire aux communes"
