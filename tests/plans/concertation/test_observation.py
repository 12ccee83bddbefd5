"""Observer, répondre, résoudre : qui, sur quoi, et ce que chacun en voit."""

import pytest
from django.urls import reverse
from django.utils import timezone

from acteurs.models import Acte
from plans.models import Message, Observation, Plan
from tests import factories as f

Etat = Observation.Etat


def nouvelle(plan, **cible):
    ((nature, valeur),) = cible.items()
    return reverse("plans:observation_create", args=[plan.slug, nature, valeur])


def adresse(nom, observation, *suite):
    return reverse(f"plans:{nom}", args=[observation.plan.slug, observation.numero, *suite])


def relire(objet):
    return type(objet).objects.get(pk=objet.pk)


# --- Ouvrir ------------------------------------------------------------------------------------


def test_observer_un_passage_le_cite_et_ne_touche_ni_au_texte_ni_au_document(
    plan, contribution, departement, au_nom_de
):
    envoi = {"texte": "Six mois, c’est court.", "passage": "ouvre dans les six mois"}
    reponse = au_nom_de("departement").post(nouvelle(plan, contribution=contribution.pk), envoi)

    observation = Observation.objects.get()
    assert reponse.url == observation.get_absolute_url()
    assert (observation.numero, observation.etat, observation.porteur) == (
        1,
        "ouverte",
        departement,
    )
    assert (observation.contribution, observation.chapitre) == (contribution, contribution.chapitre)
    assert observation.messages.get().texte == "Six mois, c’est court."
    assert relire(plan).revision == plan.revision
    du_fil, du_message = Acte.objects.du_dossier(plan.identifiant)
    assert (du_message.verbe, du_message.nom_utilisateur) == ("creer", "Denis, Département")
    assert du_message.apres["texte"] == "Six mois, c’est court."
    assert du_fil.apres["passage"] == "ouvre dans les six mois"


def test_un_passage_absent_du_texte_est_refuse_et_la_saisie_gardee(plan, contribution, au_nom_de):
    envoi = {"texte": "Six mois ?", "passage": "ouvre dans les huit mois"}
    page = au_nom_de("departement").post(nouvelle(plan, contribution=contribution.pk), envoi)

    assert not Observation.objects.exists()
    assert "Ces mots ne se lisent pas, ou plus, dans le texte" in page.content.decode()
    assert "ouvre dans les huit mois" in page.content.decode()
    assert "Six mois ?" in page.content.decode()


@pytest.mark.parametrize(
    "passage",
    ["Le point de conseil ouvre", "six mois, à Roye", "Délais Le point", "SIX  MOIS"],
)
def test_un_passage_se_reconnait_malgre_la_mise_en_forme(plan, contribution, au_nom_de, passage):
    envoi = {"texte": "Ah ?", "passage": passage}
    au_nom_de("departement").post(nouvelle(plan, contribution=contribution.pk), envoi)

    assert Observation.objects.get().ou_est_le_passage() == contribution.get_absolute_url()


def test_un_message_vide_est_refuse(plan, contribution, au_nom_de):
    page = au_nom_de("departement").post(
        nouvelle(plan, contribution=contribution.pk), {"texte": ""}
    )

    assert page.status_code == 200
    assert not Observation.objects.exists()


def test_observer_le_champ_d_une_fiche_le_nomme(plan, region, au_nom_de):
    fiche = f.make_fiche(region, intitule="Garage", constat="Peu de garages.")
    envoi = {"texte": "Source ?", "champ": "constat", "passage": "Peu de garages"}
    au_nom_de("aom").post(nouvelle(plan, fiche=fiche.code), envoi)

    observation = Observation.objects.get()
    assert (observation.fiche, observation.champ) == (fiche, "constat")
    assert str(observation) == f"observation n° 1 sur {fiche}, constat"


def test_un_champ_invente_est_refuse(plan, region, au_nom_de):
    fiche = f.make_fiche(region)
    envoi = {"texte": "Ah ?", "champ": "porteur"}
    page = au_nom_de("aom").post(nouvelle(plan, fiche=fiche.code), envoi)

    assert page.status_code == 200
    assert not Observation.objects.exists()


def test_on_n_observe_que_ce_qui_est_de_ce_plan(plan, etrangere, au_nom_de):
    ailleurs = f.make_contribution(etrangere)
    fiche = f.make_fiche(etrangere, code="Z9.9")
    for cible in (
        {"contribution": ailleurs.pk},
        {"fiche": fiche.code},
        {"chapitre": "rien"},
        {"axe": "1"},
    ):
        assert au_nom_de("region").post(nouvelle(plan, **cible), {"texte": "?"}).status_code == 404
    assert not Observation.objects.exists()


def test_un_porteur_forge_est_ignore(plan, contribution, departement, region, au_nom_de):
    envoi = {"texte": "Ah ?", "porteur": region.pk, "auteur": 1, "etat": "resolue"}
    au_nom_de("departement").post(nouvelle(plan, contribution=contribution.pk), envoi)

    observation = Observation.objects.get()
    assert (observation.porteur, observation.etat) == (departement, "ouverte")
    assert observation.messages.get().porteur == departement


def test_un_plan_clos_ne_s_observe_plus(plan, contribution, au_nom_de):
    Plan.objects.filter(pk=plan.pk).update(etat=Plan.Etat.CLOS)
    reponse = au_nom_de("departement").post(
        nouvelle(plan, contribution=contribution.pk), {"texte": "Trop tard ?"}
    )

    assert reponse.status_code == 403
    assert "Trop tard ?" in reponse.content.decode()  # rien de ce qui est tapé n'est perdu


# --- Répondre, résoudre ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("qui", "etat"), [("redactrice", Etat.OUVERTE), ("departement", Etat.REPONDUE)]
)
def test_seule_une_autre_partie_repond(region, contribution, au_nom_de, qui, etat):
    observation = f.make_observation(region, contribution=contribution)
    au_nom_de(qui).post(adresse("observation_repondre", observation), {"texte": "Oui."})

    assert relire(observation).etat == etat
    assert observation.messages.count() == 2


def test_une_reponse_vide_garde_le_fil_a_l_ecran(departement, contribution, au_nom_de):
    observation = f.make_observation(departement, contribution=contribution)
    page = au_nom_de("region").post(adresse("observation_repondre", observation), {"texte": " "})

    assert "Le délai tient-il" in page.content.decode()
    assert observation.messages.count() == 1


def test_resoudre_puis_rouvrir_dit_qui_et_retrouve_l_etat(departement, contribution, au_nom_de):
    observation = f.make_observation(departement, contribution=contribution)
    client = au_nom_de("region")
    client.post(adresse("observation_repondre", observation), {"texte": "Oui."})
    client.post(adresse("observation_resoudre", observation))
    assert relire(observation).etat == Etat.RESOLUE

    client.post(adresse("observation_rouvrir", observation))
    assert relire(observation).etat == Etat.REPONDUE
    actes = Acte.objects.sur(observation).order_by("pk")
    assert [acte.verbe for acte in actes] == ["modifier", "resoudre", "rouvrir"]


def test_repondre_a_une_observation_resolue_ne_la_rouvre_pas(departement, contribution, au_nom_de):
    observation = f.make_observation(departement, contribution=contribution, etat=Etat.RESOLUE)
    au_nom_de("region").post(adresse("observation_repondre", observation), {"texte": "Merci."})

    assert relire(observation).etat == Etat.RESOLUE


# --- Corriger, retirer -------------------------------------------------------------------------


@pytest.fixture
def message(departement, contribution, personnes):
    auteur = personnes["departement"]
    observation = f.make_observation(departement, auteur, contribution=contribution)
    return observation.messages.get()


def test_l_auteur_corrige_et_le_journal_garde_l_ancien(message, au_nom_de):
    url = adresse("message_update", message.observation, message.pk)
    au_nom_de("departement").post(url, {"texte": "Le délai ne tient pas.", "version": 1})

    assert relire(message).texte == "Le délai ne tient pas."
    assert relire(message).corrige_le is not None
    assert Acte.objects.sur(message).get().avant == {"texte": "Le délai tient-il ?"}


def test_passe_dix_minutes_un_message_ne_se_corrige_ni_ne_se_retire(message, au_nom_de):
    ecrit = timezone.now() - timezone.timedelta(minutes=10, seconds=1)
    Message.objects.filter(pk=message.pk).update(ecrit_le=ecrit)
    for nom in ("message_update", "message_delete"):
        url = adresse(nom, message.observation, message.pk)
        assert au_nom_de("departement").post(url, {"texte": "Autre"}).status_code == 403
    assert relire(message).texte == "Le délai tient-il ?"


def test_nul_n_ecrit_ni_ne_retire_le_message_d_un_autre_fut_il_de_sa_structure(
    message, departement, personnes, au_nom_de
):
    personnes["collegue"] = f.make_utilisateur(departement.acteur)
    for qui in ("collegue", "region", "aom", "lectrice"):
        for nom in ("message_update", "message_delete"):
            url = adresse(nom, message.observation, message.pk)
            assert au_nom_de(qui).post(url, {"texte": "Falsifié"}).status_code == 403
    assert relire(message).texte == "Le délai tient-il ?"


def test_retirer_le_seul_message_emporte_le_fil_et_le_journal_s_en_souvient(message, au_nom_de):
    url = adresse("message_delete", message.observation, message.pk)
    reponse = au_nom_de("departement").post(url)

    assert reponse.url == message.plan.get_absolute_url()
    assert not Observation.objects.exists()
    assert Acte.objects.get(cible=message.identifiant).avant["texte"] == "Le délai tient-il ?"


def test_un_fil_auquel_on_a_repondu_ne_se_retire_plus(message, region, au_nom_de):
    f.make_message(message.observation, region)
    url = adresse("message_delete", message.observation, message.pk)

    assert au_nom_de("departement").post(url).status_code == 403
    assert Message.objects.count() == 2


def test_retirer_sa_reponse_rend_l_observation_ouverte(message, au_nom_de):
    observation = message.observation
    client = au_nom_de("region")
    client.post(adresse("observation_repondre", observation), {"texte": "Oui."})
    reponse = observation.messages.exclude(pk=message.pk).get()
    client.post(adresse("message_delete", observation, reponse.pk))

    assert relire(observation).etat == Etat.OUVERTE


# --- Quand le texte bouge ----------------------------------------------------------------------


def test_un_passage_deplace_dans_le_chapitre_est_retrouve(departement, region, contribution):
    observation = f.make_observation(
        departement, contribution=contribution, chapitre=contribution.chapitre, passage="six mois"
    )
    autre = f.make_contribution(region, texte="Tout ouvre dans les six mois.")
    contribution.texte = "Réécrit."
    contribution.save()

    assert relire(observation).ou_est_le_passage() == autre.get_absolute_url()


def test_un_passage_disparu_est_dit_modifie_depuis(departement, contribution, au_nom_de):
    observation = f.make_observation(
        departement, contribution=contribution, chapitre=contribution.chapitre, passage="six mois"
    )
    contribution.texte = "Réécrit."
    contribution.save()
    page = au_nom_de("region").get(observation.get_absolute_url()).content.decode()
    liste = reverse("plans:observation_list", args=[observation.plan.slug])

    assert "Passage modifié depuis" in page
    assert "six mois" in page
    assert "Passage modifié depuis" in au_nom_de("region").get(liste).content.decode()


@pytest.mark.parametrize("cible", ["contribution", "fiche"])
def test_la_cible_disparait_l_observation_reste(
    departement, region, contribution, cible, au_nom_de
):
    piece = contribution if cible == "contribution" else f.make_fiche(region, intitule="Garage")
    chapitre = {"chapitre": contribution.chapitre} if cible == "contribution" else {}
    observation = f.make_observation(departement, **{cible: piece}, **chapitre)
    libelle = str(piece)
    piece.delete()

    page = au_nom_de("region").get(observation.get_absolute_url())
    assert page.status_code == 200
    assert libelle in page.content.decode().replace("&#x27;", "'")


def test_retirer_une_partie_laisse_ce_qu_elle_a_dit(invitee, contribution, au_nom_de):
    observation = f.make_observation(invitee, contribution=contribution)
    invitee.delete()

    page = au_nom_de("region").get(observation.get_absolute_url()).content.decode()
    assert "CC du Grand Roye" in page
