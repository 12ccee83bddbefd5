"""Mentionner : les personnes et les organismes du plan, et eux seuls ; qui en est prévenu."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from acteurs.models import Abonnement, Courriel, Motif, Notification
from pams_portal.typographie import espacer
from plans.models import Message, Observation
from tests import factories as f


def observer(client, contribution, texte="Qu’en dites-vous ?", mentions=()):
    return client.post(nouvelle(contribution), {"texte": texte, "mentions": mentions})


def nouvelle(contribution):
    args = [contribution.plan.slug, "contribution", contribution.pk]
    return reverse("plans:observation_create", args=args)


def repondre(client, observation, texte="Oui.", mentions=()):
    url = reverse("plans:observation_repondre", args=[observation.plan.slug, observation.numero])
    return client.post(url, {"texte": texte, "mentions": mentions})


def prevenus(motif=None):
    """{nom: motif} de ceux qui ont une notification."""
    recues = Notification.objects.select_related("destinataire")
    return {n.destinataire.nom: n.motif for n in recues if motif in (None, n.motif)}


def code(objet):
    return f"partie-{objet.pk}" if hasattr(objet, "qualite") else f"personne-{objet.pk}"


def test_mentionner_une_personne_la_previent_elle_et_le_porteur_suit(
    contribution, personnes, au_nom_de
):
    observer(au_nom_de("departement"), contribution, mentions=[code(personnes["aom"])])

    assert prevenus() == {
        "Amina, AOM": Motif.MENTION,
        "Rita, Région": Motif.SUIVI,
        "Rose, rédactrice": Motif.SUIVI,
    }


def test_mentionner_un_organisme_previent_ceux_qui_ecrivent_pour_lui(
    contribution, region, au_nom_de
):
    observer(au_nom_de("departement"), contribution, mentions=[code(region)])

    assert prevenus() == {"Rita, Région": Motif.MENTION, "Rose, rédactrice": Motif.MENTION}


def test_un_nom_tape_apres_l_arobase_suffit_sans_javascript(contribution, personnes, au_nom_de):
    observer(au_nom_de("departement"), contribution, "Merci @Amina, AOM et @region hauts-de-france")

    message = Message.objects.get()
    assert [p.nom for p in message.personnes.all()] == ["Amina, AOM"]
    assert [p.acteur.nom for p in message.parties.all()] == ["Région Hauts-de-France"]


@pytest.mark.parametrize("texte", ["Rendez-vous @14h", "écrire à a@example.org", "seul @ ici"])
def test_une_heure_ou_un_courriel_ne_sont_pas_des_mentions(contribution, au_nom_de, texte):
    observer(au_nom_de("departement"), contribution, texte)

    assert Message.objects.get().mentionnes().count() == 0


@pytest.mark.parametrize("par_le_texte", [True, False])
def test_une_mention_d_un_autre_plan_est_refusee_expliquee_et_rien_n_est_perdu(
    contribution, personnes, etrangere, au_nom_de, par_le_texte
):
    if par_le_texte:
        page = observer(au_nom_de("departement"), contribution, "Vu avec @Éva, étrangère ?")
        assert espacer("« @Éva, » n’est ni une personne ni un organisme de ce plan") in page.text
    else:
        mentions = [code(personnes["etrangere"]), code(etrangere)]
        page = observer(au_nom_de("departement"), contribution, "Vu avec elle ?", mentions)
        assert "On ne mentionne que les personnes et les organismes de ce plan" in page.text
    assert "Vu avec" in page.text
    assert not Observation.objects.exists()
    assert not Notification.objects.exists()


def test_la_liste_ne_propose_que_ce_plan_et_jamais_soi_meme(contribution, personnes, au_nom_de):
    page = au_nom_de("departement").get(nouvelle(contribution)).text

    assert f'value="{code(personnes["aom"])}"' in page
    for absente in ("departement", "etrangere", "sans_acteur", "admin"):
        assert f'value="{code(personnes[absente])}"' not in page


def test_le_texte_commun_interesse_tous_les_co_pilotes(plan, region, personnes, au_nom_de):
    commun = f.make_contribution(region, commune=True, texte="Pour tous.")
    observer(au_nom_de("aom"), commun)

    assert set(prevenus()) == {"Rita, Région", "Rose, rédactrice", "Denis, Département"}


def test_qui_a_pris_part_suit_le_fil_les_autres_non(contribution, personnes, au_nom_de):
    observer(au_nom_de("departement"), contribution, mentions=[code(personnes["aom"])])
    observation = Observation.objects.get()
    Notification.objects.all().delete()
    repondre(au_nom_de("region"), observation)

    assert prevenus() == {
        "Denis, Département": Motif.SUIVI,
        "Amina, AOM": Motif.SUIVI,
        "Rose, rédactrice": Motif.SUIVI,  # elle peut écrire le texte dont on parle
    }


def test_repondre_ou_resoudre_vaut_lecture(contribution, personnes, au_nom_de):
    observer(au_nom_de("departement"), contribution, mentions=[code(personnes["region"])])
    assert personnes["region"].notifications.non_lues().count() == 1
    repondre(au_nom_de("region"), Observation.objects.get())

    assert personnes["region"].notifications.non_lues().count() == 0


def test_resoudre_previent_ceux_qui_suivent(contribution, personnes, au_nom_de):
    observer(au_nom_de("departement"), contribution)
    Notification.objects.all().delete()
    observation = Observation.objects.get()
    args = [observation.plan.slug, observation.numero]
    au_nom_de("region").post(reverse("plans:observation_resoudre", args=args))

    notification = Notification.objects.get()
    assert notification.destinataire == personnes["departement"]
    assert notification.phrase == "a résolu"


# --- Le délai, et ce que l'auteur en fait ------------------------------------------------------


@pytest.fixture
def mention(contribution, personnes, au_nom_de):
    observer(au_nom_de("departement"), contribution, "Premier jet.", [code(personnes["region"])])
    return Message.objects.get()


def corriger(client, message, **envoi):
    args = [message.plan.slug, message.observation.numero, message.pk]
    return client.post(reverse("plans:message_update", args=args), {"version": 1} | envoi)


def tout_envoyer():
    for notification in Notification.objects.all():
        notification.partira_le -= timedelta(minutes=10)
        notification.save()
    Notification.objects.ranger()
    for courriel in Courriel.objects.a_essayer():
        courriel.envoyer()


def test_corrige_avant_de_partir_il_part_corrige(mention, personnes, au_nom_de):
    mentions = [code(personnes["region"])]
    corriger(au_nom_de("departement"), mention, texte="Second jet.", mentions=mentions)
    tout_envoyer()

    (message,) = mail.outbox
    assert message.to == [personnes["region"].courriel]
    assert "Second jet." in message.body
    assert "Premier jet." not in message.body


def test_une_mention_otee_ne_part_pas(mention, personnes, au_nom_de):
    corriger(au_nom_de("departement"), mention, texte="Second jet.", mentions=[])
    tout_envoyer()

    assert mail.outbox == []
    # elle peut écrire le texte dont on parle : elle suit, sans être citée
    assert personnes["region"].notifications.get().motif == Motif.SUIVI


def test_une_mention_ajoutee_en_corrigeant_previent(mention, personnes, au_nom_de):
    mentions = [code(personnes["region"]), code(personnes["aom"])]
    corriger(au_nom_de("departement"), mention, texte="Second jet.", mentions=mentions)

    assert prevenus(Motif.MENTION) == {
        "Rita, Région": Motif.MENTION,
        "Amina, AOM": Motif.MENTION,
    }


def test_retire_avant_de_partir_il_ne_part_pas(mention, au_nom_de):
    args = [mention.plan.slug, mention.observation.numero, mention.pk]
    au_nom_de("departement").post(reverse("plans:message_delete", args=args))
    tout_envoyer()

    assert mail.outbox == []
    assert not Notification.objects.exists()


def test_retire_quand_le_courriel_attend_un_nouvel_essai_il_ne_part_pas(mention, au_nom_de):
    Notification.objects.ranger()
    args = [mention.plan.slug, mention.observation.numero, mention.pk]
    au_nom_de("departement").post(reverse("plans:message_delete", args=args))
    tout_envoyer()

    assert mail.outbox == []


def test_quitter_le_fil_depuis_le_courriel_eteint_le_suivi(mention, personnes, au_nom_de):
    tout_envoyer()
    fil = mention.observation.identifiant
    Abonnement.objects.get(utilisateur=personnes["region"], fil=fil).quitter()
    Notification.objects.all().delete()
    repondre(au_nom_de("departement"), mention.observation)

    assert prevenus() == {"Rose, rédactrice": Motif.SUIVI}
