"""Le lien reçu par courriel : sans compte, une fiche, une réponse ; le lire ne change rien."""

import logging
from datetime import timedelta

import pytest
from django.core.signing import TimestampSigner
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from acteurs.models import Acte
from dispositifs.models import DemandeDeConfirmation, Dispositif, Envoi
from dispositifs.models.fraicheur import FICHE_CHANGEE, signataire
from dispositifs.recensement.historique import histoire
from pams_portal.droits import Role
from pams_portal.typographie import espacer
from tests import factories as f


def chemin(demande):
    return demande.lien.removeprefix("http://127.0.0.1:8000")


def repondre(client, demande, reponse, **champs):
    version = Dispositif.objects.get(pk=demande.dispositif_id).version
    donnees = {"version": version, "reponse": reponse} | champs
    return client.post(chemin(demande), donnees)


def relire(objet):
    return type(objet).objects.get(pk=objet.pk)


# --- Lire ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("methode", ["get", "head"])
def test_suivre_le_lien_n_ecrit_rien(client, demande, muette, methode, django_assert_num_queries):
    """Les messageries suivent les liens, avant la personne et plusieurs fois."""
    for _ in range(2):
        with django_assert_num_queries(3) as requetes:
            assert getattr(client, methode)(chemin(demande)).status_code == 200
        assert all(requete["sql"].startswith("SELECT") for requete in requetes)

    assert relire(muette).confirme_le is None
    assert relire(demande).reponse == ""


def test_la_page_montre_la_fiche_et_un_bouton_par_reponse(client, demande, muette):
    page = client.get(chemin(demande))

    assertContains(page, muette.description)
    assertContains(page, "Vous répondez au nom de Mobil’Vimeu, avec l’adresse contact@vimeu")
    assertContains(page, "Toujours exact</button>")
    assertContains(page, "Le service est fermé</button>")
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")


# --- Répondre ------------------------------------------------------------------------------------


def test_toujours_exact_publie_la_fiche_au_nom_de_la_structure(client, demande, muette, absente):
    reponse = repondre(client, demande, "exact")

    assert reponse.url == "/dispositifs/confirmation/merci/"
    assertContains(client.get(reponse.url), "votre réponse est enregistrée")
    muette = relire(muette)
    assert (muette.statut, muette.confirme_le) == ("verifie", timezone.localdate())
    assert (muette.confirme_par, muette.reserve) == (absente, "")
    assert relire(demande).reponse == "exact"


def test_le_journal_dit_l_adresse_et_la_structure_sans_aucun_compte(client, demande, muette):
    repondre(client, demande, "exact")

    [(acte, changements)] = histoire(muette)
    assert acte.utilisateur is None
    assert str(acte) == (
        "contact@vimeu.example.org, par le lien reçu à cette adresse a confirmé TUS du Vimeu"
    )
    assert acte.nom_acteur == "Mobil’Vimeu"
    confirme_par = dict(changements)["confirmé par"]
    assert confirme_par.retraits == 0
    assert "Mobil’Vimeu" in confirme_par.html


def test_le_service_est_ferme_avec_sa_raison(client, demande, muette):
    repondre(client, demande, "ferme", raison="Fin de la subvention au 30 juin")

    muette = relire(muette)
    assert (muette.statut, muette.raison_statut) == ("ferme", "Fin de la subvention au 30 juin")
    assert relire(demande).reponse == "ferme"


def test_ferme_sans_raison_dit_qui_l_a_declare(client, demande, muette):
    repondre(client, demande, "ferme")

    assert relire(muette).raison_statut == "Déclaré fermé par Mobil’Vimeu"


def test_une_raison_trop_longue_revient_a_l_ecran_et_ne_ferme_rien(client, demande, muette):
    page = repondre(client, demande, "ferme", raison="x" * 301)

    assertContains(page, "x" * 301)
    assert relire(muette).statut == "signale"
    assert relire(demande).reponse == ""


@pytest.mark.parametrize("reponse", ["", "corrige", "autre"])
def test_une_reponse_inconnue_ne_fait_rien(client, demande, muette, reponse):
    assertContains(repondre(client, demande, reponse), "Choisissez une réponse.")
    assert not Acte.objects.exists()


def test_une_fiche_changee_pendant_la_lecture_se_relit(client, demande, muette):
    page = client.post(chemin(demande), {"version": muette.version - 1, "reponse": "exact"})

    assertContains(page, espacer(FICHE_CHANGEE))
    assert relire(muette).confirme_le is None
    assert relire(demande).reponse == ""
    assert repondre(client, demande, "exact").status_code == 302


def test_le_lien_ne_touche_que_sa_cible(client, demande, muette, absente):
    voisine = f.make_dispositif(absente, statut="signale", courriel=muette.courriel)
    autre = f.make_demande(voisine)

    client.post(
        chemin(demande),
        {
            "version": muette.version,
            "reponse": "exact",
            **{"dispositif": voisine.pk, "pk": voisine.pk, "demande": autre.pk, "nom": "Pirate"},
            **{"confirme_par": "1", "confirme_le": "2030-01-01", "statut": "ferme"},
        },
    )

    assert relire(voisine).valeurs() == voisine.valeurs()
    assert relire(autre).reponse == ""
    change = {n for n, v in relire(muette).valeurs().items() if v != muette.valeurs()[n]}
    assert change == {"statut", "confirme_le", "confirme_par"}
    assert relire(muette).confirme_le == timezone.localdate()


def test_une_personne_de_la_structure_repond_aussi_par_le_lien(client, personnes, garage):
    agente = personnes["associee"]
    demande = f.make_demande(garage, agente.courriel)

    repondre(client, demande, "exact")

    assert relire(garage).confirme_par == garage.porteur


# --- Les liens qui ne valent pas -----------------------------------------------------------------


def refuser(client, caplog, adresse, code, phrase):
    """Le lien mène à une page claire, en GET comme en POST, et laisse une trace."""
    for envoi in (client.get, lambda url: client.post(url, {"version": 1, "reponse": "exact"})):
        with caplog.at_level(logging.WARNING, "dispositifs.liens"):
            caplog.clear()
            page = envoi(adresse)
        assertContains(page, phrase, status_code=code)
        assertNotContains(page, "Toujours exact</button>", status_code=code)
        [trace] = [t for t in caplog.records if t.name == "dispositifs.liens"]
        assert "example.org" not in trace.getMessage()


def test_un_lien_forge(client, caplog, demande, muette):
    jeton = chemin(demande).split("/")[-2]
    forges = [
        jeton.replace(f"{demande.pk}.", f"{demande.pk + 1}.", 1),
        jeton[:-3],
        "n-importe-quoi",
        TimestampSigner(salt="autre", sep=".").sign(str(demande.pk)),
        TimestampSigner(key="autre", salt="dispositifs.confirmation", sep=".").sign("1"),
    ]
    for forge in forges:
        adresse = f"/dispositifs/confirmation/{forge}/"
        refuser(client, caplog, adresse, 404, "Ce lien n’est pas lisible")
    assert relire(muette).confirme_le is None


def test_un_lien_expire(client, caplog, demande, muette, monkeypatch):
    adresse = chemin(demande)
    demain = timezone.now() + Envoi.VALABLE + timedelta(minutes=1)
    monkeypatch.setattr("django.core.signing.time.time", demain.timestamp)

    refuser(client, caplog, adresse, 410, "Ce lien a expiré")
    assert relire(muette).confirme_le is None


@pytest.mark.parametrize("premiere", ["exact", "ferme"])
def test_un_lien_ne_sert_qu_une_fois(client, caplog, demande, muette, premiere):
    repondre(client, demande, premiere)
    etat = relire(muette).valeurs()

    refuser(client, caplog, chemin(demande), 410, "Ce lien a déjà servi")
    assert relire(muette).valeurs() == etat
    assert Acte.objects.count() == 1


def test_deux_envois_du_meme_lien_ne_font_qu_une_reponse(demande, muette):
    """Deux pages ouvertes avant la première réponse : la seconde est jugée sous verrou."""
    jumelle = DemandeDeConfirmation.objects.get(pk=demande.pk)
    demande.confirmer(muette.version)

    with pytest.raises(Exception, match="hors_service|servi"):
        jumelle.fermer(muette.version + 1)
    assert relire(muette).statut == "verifie"


@pytest.mark.parametrize("statut", ["suspendu", "ferme"])
def test_une_fiche_fermee_depuis(client, caplog, demande, muette, statut):
    Dispositif.objects.filter(pk=muette.pk).update(statut=statut)
    refuser(client, caplog, chemin(demande), 410, "Cette fiche n’est plus en service")


def test_une_fiche_disparue(client, caplog, demande, muette):
    adresse = chemin(demande)
    muette.delete()
    refuser(client, caplog, adresse, 410, "Ce lien ne vaut plus")


def test_une_fiche_fondue_dans_une_autre(client, caplog, demande, muette):
    f.make_fusion(f.make_dispositif(muette.porteur), muette)
    refuser(client, caplog, chemin(demande), 410, "Ce lien ne vaut plus")


def test_une_adresse_qui_ne_repond_plus_pour_la_fiche(client, caplog, demande, muette):
    Dispositif.objects.filter(pk=muette.pk).update(courriel="autre@vimeu.example.org")
    refuser(client, caplog, chemin(demande), 410, "Ce lien ne vaut plus")


def test_une_personne_qui_a_perdu_son_role(client, caplog, personnes, garage):
    agente = personnes["associee"]
    demande = f.make_demande(garage, agente.courriel)
    agente.habilitations.update(role=Role.LECTEUR)

    refuser(client, caplog, chemin(demande), 410, "Ce lien ne vaut plus")


def test_une_structure_arrivee_sur_le_portail_repond_par_ses_personnes(
    client, caplog, demande, absente
):
    f.make_utilisateur(absente, Role.REDACTEUR)
    refuser(client, caplog, chemin(demande), 410, "Ce lien ne vaut plus")


def test_ce_qui_etait_tape_revient_quand_le_lien_ne_vaut_plus(client, demande):
    repondre(client, demande, "exact")

    page = repondre(client, demande, "ferme", raison="Plus de bénévoles")

    assertContains(page, "Plus de bénévoles", status_code=403)
    assertContains(page, "Ce lien a déjà servi", status_code=403)


def test_le_jeton_ne_vaut_pas_pour_un_mot_de_passe_et_inversement(demande):
    assert signataire().sign("1") != TimestampSigner(sep=".").sign("1")
