"""Qui est prévenu de quoi, et quand : la règle, personne par personne."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from acteurs.models import Abonnement, Courriel, Motif, Notification, Utilisateur, prevenir
from acteurs.models.notification import DELAI, creneau
from pams_portal.droits import Role
from tests import factories as f

Rythme = Utilisateur.Recapitulatif


def prevenir_de(contribution, personnes, qui, motif=Motif.SUIVI, phrase="a modifié le texte"):
    par = personnes[qui]
    return prevenir(personnes.values(), phrase, contribution, par=par, motif=motif)


def vieillir(duree=DELAI):
    """Le temps passe, sans l'attendre."""
    for notification in Notification.objects.all():
        notification.partira_le -= duree
        notification.save(update_fields=["partira_le"])


def envoyer():
    """Ce que l'ouvrier fait à sa ronde, puis de chaque courriel."""
    Notification.objects.ranger()
    for courriel in Courriel.objects.a_essayer():
        courriel.envoyer()
    return sorted(destinataire for message in mail.outbox for destinataire in message.to)


@pytest.fixture
def contribution(region):
    return f.make_contribution(region)


@pytest.fixture
def denis(personnes):
    return personnes["departement"]


def test_nul_n_est_prevenu_de_ses_actes_ni_d_un_plan_ou_il_n_a_pas_de_place(
    contribution, personnes
):
    prevenir_de(contribution, personnes, "region")

    prevenus = {n.destinataire_id for n in Notification.objects.all()}
    exclus = ("region", "etrangere", "sans_acteur", "admin")
    assert prevenus == {p.pk for nom, p in personnes.items() if nom not in exclus}


def test_un_compte_ferme_n_est_pas_prevenu(contribution, personnes, denis):
    denis.is_active = False
    denis.save()
    prevenir([denis], "a modifié le texte", contribution, par=personnes["region"])

    assert not Notification.objects.exists()


def test_un_acte_annule_ne_previent_personne(contribution, personnes, denis):
    with transaction.atomic():
        prevenir([denis], "a modifié le texte", contribution, par=personnes["region"])
        assert Notification.objects.exists()
        transaction.set_rollback(True)

    assert not Notification.objects.exists()


def test_repeter_un_acte_pas_encore_lu_n_ajoute_rien(contribution, personnes, denis):
    for _ in range(3):
        prevenir([denis], "a modifié le texte", contribution, par=personnes["region"])
    assert denis.notifications.count() == 1

    denis.notifications.all().lire()
    prevenir([denis], "a modifié le texte", contribution, par=personnes["region"])
    assert denis.notifications.count() == 2


def test_qui_a_quitte_un_fil_n_entend_plus_que_ce_qui_le_vise(contribution, personnes, denis):
    Abonnement.objects.create(utilisateur=denis, fil=contribution.identifiant, actif=False)
    for motif in Motif:
        prevenir([denis], motif.value, contribution, par=personnes["region"], motif=motif)

    assert {n.motif for n in denis.notifications.all()} == {Motif.MENTION, Motif.DECISION}


@pytest.mark.parametrize(
    ("motif", "immediat", "recapitulatif", "dix_minutes", "lendemain", "lundi"),
    [
        # motif         immédiat  récapitulatif          10 min  lendemain  lundi
        (Motif.MENTION, True, Rythme.QUOTIDIEN, True, True, True),
        (Motif.MENTION, True, Rythme.JAMAIS, True, True, True),
        (Motif.MENTION, False, Rythme.QUOTIDIEN, False, True, True),
        (Motif.MENTION, False, Rythme.HEBDOMADAIRE, False, False, True),
        (Motif.MENTION, False, Rythme.JAMAIS, False, False, False),
        (Motif.DECISION, True, Rythme.HEBDOMADAIRE, True, True, True),
        (Motif.DECISION, False, Rythme.QUOTIDIEN, False, True, True),
        (Motif.SUIVI, True, Rythme.QUOTIDIEN, False, True, True),
        (Motif.SUIVI, True, Rythme.HEBDOMADAIRE, False, False, True),
        (Motif.SUIVI, True, Rythme.JAMAIS, False, False, False),
        (Motif.SUIVI, False, Rythme.QUOTIDIEN, False, True, True),
        (Motif.SUIVI, False, Rythme.JAMAIS, False, False, False),
    ],
)
def test_chacun_recoit_ce_qu_il_a_choisi_quand_il_l_a_choisi(
    contribution, personnes, denis, motif, immediat, recapitulatif, dix_minutes, lendemain, lundi
):
    denis.immediat, denis.recapitulatif = immediat, recapitulatif
    denis.save()
    mercredi = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
    prevenir([denis], "a agi", contribution, par=personnes["region"], motif=motif)
    denis.notifications.update(cree_le=mercredi, partira_le=mercredi + DELAI)

    def part(jours=0, minutes=0):
        quand = mercredi + timedelta(days=jours, minutes=minutes)
        return Notification.objects.a_ranger(quand).exists()

    assert not part(minutes=9)
    assert [part(minutes=11), part(jours=1), part(jours=5)] == [dix_minutes, lendemain, lundi]


def test_le_creneau_est_le_dernier_matin_ou_le_dernier_lundi():
    mercredi = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
    aube = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)  # six heures à Paris

    assert creneau(Rythme.QUOTIDIEN, mercredi) == datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
    assert creneau(Rythme.QUOTIDIEN, aube) == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert creneau(Rythme.HEBDOMADAIRE, mercredi) == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert creneau(Rythme.JAMAIS, mercredi) is None


def test_rien_ne_part_avant_dix_minutes_puis_un_seul_courriel(contribution, personnes, denis):
    prevenir_de(contribution, personnes, "region", Motif.DECISION, "demande votre visa")
    assert envoyer() == []

    vieillir()
    assert denis.courriel in envoyer()
    nombre = len(mail.outbox)
    envoyer()
    assert len(mail.outbox) == nombre


def test_ce_qui_a_ete_lu_dans_le_portail_ne_part_pas(contribution, personnes, denis):
    prevenir([denis], "a agi", contribution, par=personnes["region"], motif=Motif.MENTION)
    vieillir()
    denis.notifications.all().lire()

    assert envoyer() == []


def test_lu_entre_le_rangement_et_l_envoi_rien_ne_part(contribution, personnes, denis):
    prevenir([denis], "a agi", contribution, par=personnes["region"], motif=Motif.MENTION)
    vieillir()
    Notification.objects.ranger()
    denis.notifications.all().lire()

    assert envoyer() == []
    assert Courriel.objects.get().etat == Courriel.Etat.SANS_OBJET


def test_qui_a_perdu_sa_place_entre_temps_ne_recoit_rien(contribution, personnes, denis):
    prevenir([denis], "a agi", contribution, par=personnes["region"], motif=Motif.MENTION)
    vieillir()
    denis.habilitations.all().delete()

    assert envoyer() == []


def test_un_fil_fait_un_courriel_et_le_recapitulatif_groupe_le_reste(
    region, contribution, personnes, denis
):
    rita = personnes["region"]
    autre = f.make_contribution(region, cle="gouvernance")
    prevenir([denis], "vous a mentionné", contribution, par=rita, motif=Motif.MENTION)
    prevenir([denis], "a répondu", contribution, par=rita)
    prevenir([denis], "a modifié le texte", autre, par=rita)
    prevenir([denis], "a ajouté une fiche", autre, par=rita)
    vieillir(timedelta(days=2))

    assert envoyer() == [denis.courriel] * 2
    du_fil, recapitulatif = sorted(mail.outbox, key=lambda m: "nouvelles" in m.subject)
    assert "vous a mentionné" in du_fil.body
    assert "a répondu" in du_fil.body
    assert recapitulatif.subject == "Portail PAMS : 2 nouvelles à lire"
    assert recapitulatif.body.count(str(autre)) == 1
    assert "a répondu" not in recapitulatif.body


def test_au_plus_un_recapitulatif_par_matin(contribution, personnes, denis):
    rita = personnes["region"]
    prevenir([denis], "a agi", contribution, par=rita)
    vieillir(timedelta(days=2))
    envoyer()
    prevenir([denis], "a encore agi", contribution, par=rita)
    denis.notifications.en_attente().update(partira_le=timezone.now())
    envoyer()

    demain = timezone.now() + timedelta(days=1, hours=1)
    assert len(mail.outbox) == 1
    assert Notification.objects.ranger(demain) == 1


def test_apres_une_longue_panne_le_vieux_ne_part_plus(contribution, personnes, denis):
    prevenir([denis], "a agi", contribution, par=personnes["region"], motif=Motif.MENTION)
    vieillir(timedelta(days=11))

    assert envoyer() == []


def test_agir_pour_un_acteur_demande_un_role(region, personnes):
    def noms(role):
        trouves = Utilisateur.objects.agissant_pour(region.acteur, role=role)
        return {u.nom for u in trouves}

    assert noms(Role.VALIDEUR) == {"Rita, Région"}
    assert noms(Role.REDACTEUR) == {"Rita, Région", "Rose, rédactrice"}
    assert noms(Role.LECTEUR) == {"Rita, Région", "Rose, rédactrice", "Lena, lectrice"}


@pytest.mark.parametrize("nombre", [1, 3])
def test_prevenir_coute_le_meme_nombre_de_requetes(
    region, contribution, personnes, nombre, django_assert_num_queries
):
    autres = [f.make_utilisateur(region.acteur) for _ in range(nombre)]
    contribution.plan  # noqa: B018 (chargé d'avance, comme dans une vue)
    with django_assert_num_queries(4):
        prevenir(autres, "a agi", contribution, par=personnes["region"])
    assert Notification.objects.count() == nombre
