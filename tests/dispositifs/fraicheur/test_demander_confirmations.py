"""La tournée du mois : un courriel par adresse, quoi que l'on relance, tue ou lance à deux."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from dispositifs.fraicheur.courriels import courriel_de, envoyer_demandes
from dispositifs.fraicheur.destinataires import Destinataire
from dispositifs.models import DemandeDeConfirmation, Dispositif, Envoi
from pams_portal.droits import Role
from tests import factories as f


def lancer(*mots):
    sortie = StringIO()
    call_command("demander_confirmations", *mots, stdout=sortie)
    return sortie.getvalue()


def il_y_a(jours):
    return timezone.localdate() - timedelta(days=jours)


# --- À qui, quoi ---------------------------------------------------------------------------------


def test_un_seul_courriel_groupe_par_personne(personnes, association, courriels):
    garage = f.make_dispositif(association.acteur, nom="Garage", confirme_le=il_y_a(200))
    velo = f.make_dispositif(association.acteur, nom="Atelier vélo", statut="signale")

    lancer()

    [courriel] = courriels
    assert courriel.to == [personnes["associee"].courriel]
    assert courriel.subject == "2 fiches à confirmer sur le Portail PAMS"
    assert courriel.body.startswith("Bonjour Aïcha, association,\n")
    assert "Garage (Garage solidaire)\nDernière confirmation : " in courriel.body
    assert "Atelier vélo (Garage solidaire)\nJamais confirmé." in courriel.body
    liens = re.findall(r"http://127\.0\.0\.1:8000/dispositifs/confirmation/\S+/", courriel.body)
    assert [DemandeDeConfirmation.objects.du_lien(lien.split("/")[-2]) for lien in liens] == list(
        DemandeDeConfirmation.objects.filter(dispositif__in=[garage, velo])
    )
    assert not re.search(r"&#|&amp;|<", courriel.body)


def test_on_n_ecrit_qu_a_qui_peut_confirmer(personnes, region, courriels):
    f.make_dispositif(region.acteur, statut="signale")

    lancer()

    attendus = {personnes[qui].courriel for qui in ("region", "redactrice")}
    assert {adresse for c in courriels for adresse in c.to} == attendus


@pytest.mark.parametrize(
    ("champs", "demande"),
    [
        ({"statut": "signale"}, True),
        ({"statut": "verifie", "confirme_le": il_y_a(182)}, False),
        ({"statut": "verifie", "confirme_le": il_y_a(183)}, True),
        ({"statut": "a_confirmer", "confirme_le": il_y_a(10)}, True),
        ({"statut": "suspendu"}, False),
        ({"statut": "ferme"}, False),
    ],
)
def test_on_ne_demande_que_ce_qui_en_a_besoin(absente, courriels, champs, demande):
    f.make_dispositif(absente, courriel="contact@vimeu.example.org", **champs)

    lancer()

    assert bool(courriels) == demande


def test_une_structure_sans_compte_est_jointe_a_l_adresse_de_son_service(muette, courriels):
    lancer()

    [courriel] = courriels
    assert courriel.to == ["contact@vimeu.example.org"]
    assert courriel.subject == "«\u00a0TUS du Vimeu\u00a0» : est-ce toujours exact\u202f?"
    assert "Vous répondez au nom de : Mobil’Vimeu." in courriel.body
    assert courriel.body.startswith("Bonjour,\n")


def test_a_defaut_l_adresse_de_la_structure(absente, courriels):
    type(absente).objects.filter(pk=absente.pk).update(courriel="Accueil@Vimeu.example.org")
    f.make_dispositif(absente, statut="signale")

    lancer()

    assert [c.to for c in courriels] == [["accueil@vimeu.example.org"]]


def test_la_fiche_d_une_structure_sans_compte_est_aussi_demandee_a_qui_la_tient(
    muette, redacteur, region, absente, courriels
):
    Dispositif.objects.filter(pk=muette.pk).update(tenu_par=region.acteur)

    lancer()

    acteurs = dict(DemandeDeConfirmation.objects.values_list("courriel", "acteur"))
    assert acteurs == {
        "contact@vimeu.example.org": absente.pk,
        redacteur.courriel: region.acteur_id,
    }
    assert len(courriels) == 2


def test_une_structure_presente_ne_recoit_rien_a_l_adresse_de_son_service(
    personnes, association, courriels
):
    f.make_dispositif(association.acteur, statut="signale", courriel="service@example.org")

    lancer()

    assert [c.to for c in courriels] == [[personnes["associee"].courriel]]


def test_hors_demonstration_rien_ne_part_pour_une_fiche_fictive(absente, courriels, settings):
    settings.DEMO = False
    f.make_dispositif(absente, statut="signale", courriel="a@example.org", demonstration=True)

    lancer()

    assert courriels == []


def test_un_service_muet_trois_mois_n_est_plus_sollicite(muette, courriels):
    for mois in (1, 2, 3):
        passe = timezone.localdate().replace(day=1) - timedelta(days=31 * mois)
        f.make_demande(muette, mois=passe)

    lancer()
    assert courriels == []

    DemandeDeConfirmation.objects.first().delete()
    lancer()
    assert len(courriels) == 1


# --- Jamais deux fois ----------------------------------------------------------------------------


def test_relancer_la_commande_n_envoie_rien_de_plus(muette, absente, courriels):
    assert lancer().endswith("1 courriels préparés, 0 l'étaient déjà.\n")
    f.make_dispositif(absente, statut="signale", courriel=muette.courriel)

    assert lancer().endswith("0 courriels préparés, 1 l'étaient déjà.\n")
    assert len(courriels) == 1


def test_le_courriel_du_mois_ne_se_prepare_qu_une_fois_par_adresse(muette, absente, courriels):
    """La seconde commande n'avait pas encore vu l'envoi de la première."""
    mois, adresse = timezone.localdate().replace(day=1), Destinataire(muette.courriel, absente)
    preparer = Envoi.objects.preparer_du_mois

    assert preparer(mois, adresse, [(muette, absente)]) is not None
    assert preparer(mois, adresse, [(muette, absente)]) is None
    assert len(courriels) == 1


def test_simuler_dit_qui_recevrait_quoi_et_n_ecrit_rien(muette, courriels):
    sortie = lancer("--simuler")

    assert "contact@vimeu.example.org : 1 fiche(s)" in sortie
    assert f"TUS du Vimeu (n° {muette.pk}), au nom de Mobil’Vimeu" in sortie
    assert (courriels, Envoi.objects.count()) == ([], 0)


def test_une_commande_tuee_au_milieu_se_reprend_ou_elle_en_etait(
    personnes, region, courriels, monkeypatch
):
    f.make_dispositif(region.acteur, statut="signale")
    preparer, faits = type(Envoi.objects.all()).preparer_du_mois, []

    def mourir_au_second(self, *args):
        if faits:
            raise KeyboardInterrupt
        faits.append(args)
        return preparer(self, *args)

    with monkeypatch.context() as panne:
        panne.setattr(type(Envoi.objects.all()), "preparer_du_mois", mourir_au_second)
        with pytest.raises(KeyboardInterrupt):
            lancer()
    assert len(courriels) == 1

    lancer()
    assert sorted(c.to[0] for c in courriels) == sorted(
        personnes[qui].courriel for qui in ("region", "redactrice")
    )


def test_la_demande_et_son_travail_entrent_ensemble_ou_pas_du_tout(muette, monkeypatch):
    def panne(*args):
        raise ConnectionError

    monkeypatch.setattr("django_tasks_db.DatabaseBackend.enqueue", panne)
    with pytest.raises(ConnectionError):
        lancer()

    assert (Envoi.objects.count(), DemandeDeConfirmation.objects.count()) == (0, 0)


def test_un_travail_joue_deux_fois_n_envoie_qu_une_fois(muette, mailoutbox):
    lancer()
    [travail] = DBTaskResult.objects.all()

    assert envoyer_demandes.func(*travail.args_kwargs["args"]) == "envoyé"
    assert envoyer_demandes.func(*travail.args_kwargs["args"]) == "déjà pris"
    assert len(mailoutbox) == 1


def test_un_ouvrier_mort_pendant_l_envoi_est_releve_avec_le_meme_message_id(muette, mailoutbox):
    lancer()
    envoi = Envoi.objects.get()
    assert envoi.prendre()  # puis l'ouvrier meurt
    assert envoyer_demandes.func(envoi.pk) == "déjà pris"
    Envoi.objects.relever()
    assert DBTaskResult.objects.count() == 1

    Envoi.objects.update(pris_le=timezone.now() - Envoi.REPRISE - timedelta(seconds=1))
    Envoi.objects.relever()

    assert DBTaskResult.objects.count() == 2
    assert envoyer_demandes.func(envoi.pk) == "envoyé"
    identifiants = {c.message()["Message-ID"] for c in [*mailoutbox, courriel_de(envoi)]}
    assert identifiants == {f"<demandes.{envoi.identifiant}@example.org>"}
    Envoi.objects.relever()
    assert DBTaskResult.objects.count() == 2


def test_un_serveur_de_courriel_en_panne_laisse_l_envoi_a_reprendre(muette, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    lancer()
    envoi = Envoi.objects.get()

    with pytest.raises(OSError, match="refused"):
        envoyer_demandes.func(envoi.pk)

    envoi.refresh_from_db()
    assert (envoi.envoye_le, envoi.tentatives) == (None, 1)


def test_les_adresses_s_oublient_apres_treize_mois(demande, absente, courriels):
    Envoi.objects.update(cree_le=timezone.now() - Envoi.MEMOIRE - timedelta(days=1))

    lancer("--simuler")
    assert Envoi.objects.count() == 1
    lancer()
    assert list(Envoi.objects.values_list("tentatives", flat=True)) == [1]


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_de_la_simulation(db, nombre, django_assert_num_queries):
    for rang in range(nombre):
        acteur = f.make_acteur()
        f.make_utilisateur(acteur, Role.REDACTEUR)
        f.make_dispositif(acteur, statut="signale")
        f.make_dispositif(statut="signale", courriel=f"contact{rang}@example.org")

    with django_assert_num_queries(5):
        lancer("--simuler")
