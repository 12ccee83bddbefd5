"""Décider d'un écart, et savoir d'où vient chaque information."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from acteurs.models import Acte
from dispositifs.importation.ecriture import appliquer
from dispositifs.importation.moteur import examiner
from dispositifs.models import Dispositif, Ecart
from dispositifs.recensement.origines import NON_CONSIGNEE, origines
from pams_portal.droits import Droit
from plans.attentes import attentes_de
from tests import factories as f


@pytest.fixture
def fiche(ligne, contexte):
    """Importée, puis corrigée à la main, puis contredite par un fichier plus récent."""
    for capacite, corriger in ((40, True), (60, False)):
        lignes = [ligne(4, "obs-1", capacite=capacite, etp=Decimal(capacite) / 16)]
        appliquer(list(examiner(lignes, contexte)), contexte)
        if corriger:
            Dispositif.objects.get().agir(
                contexte.utilisateur, Droit.MODIFIER_DISPOSITIF, "modifier", capacite=55
            )
    return Dispositif.objects.get()


def decider(client, fiche, decision, **champs):
    ecart = fiche.ecarts.first()
    url = reverse("dispositifs:ecart_decider", args=[fiche.pk, ecart.pk])
    return client.post(url, {"decision": decision, "version": fiche.version} | champs)


def page(client, fiche, nom="dispositif_ecarts"):
    url = reverse(f"dispositifs:{nom}", args=[fiche.pk])
    return " ".join(client.get(url).content.decode().split())


def test_les_deux_valeurs_qui_et_quand(client, fiche, contexte):
    client.force_login(contexte.utilisateur)
    lu = page(client, fiche)

    assert "Écrit par Rémi, Région, Région Hauts-de-France" in lu
    assert "partenaires.xlsx, ligne 4</span>" not in lu and "partenaires.xlsx, ligne 4" in lu
    assert "<dd>55<br>" in lu and "<dd>60<br>" in lu
    assert "Un import propose autre chose" in page(client, fiche, "dispositif_detail")


def test_prendre_la_valeur_du_fichier(client, fiche, contexte):
    client.force_login(contexte.utilisateur)
    decider(client, fiche, "pris")

    fiche.refresh_from_db()
    assert fiche.capacite == 60 and fiche.ecarts.get().decision == "pris"
    acte = Acte.objects.sur(fiche).first()
    assert (acte.verbe, acte.origine) == ("importer", "partenaires.xlsx, ligne 4")
    assert "Rien à décider" in page(client, fiche)


def test_garder_la_valeur_d_ici_se_consigne(client, fiche, contexte):
    client.force_login(contexte.utilisateur)
    decider(client, fiche, "garde")

    fiche.refresh_from_db()
    assert fiche.capacite == 55
    acte = Acte.objects.get(dossier=fiche.identifiant)
    assert (acte.verbe, acte.apres, acte.nom_utilisateur) == (
        "repondre",
        {"decision": "garde"},
        "Rémi, Région",
    )


@pytest.mark.parametrize("champs", [{"decision": "autre"}, {"version": "hier"}])
def test_un_envoi_mal_forme_ne_decide_rien(client, fiche, contexte, champs):
    client.force_login(contexte.utilisateur)

    assert decider(client, fiche, **{"decision": "pris"} | champs).status_code == 400
    assert fiche.ecarts.a_decider().exists()


def test_si_la_valeur_d_ici_a_change_on_relit(fiche, contexte):
    ecart, version = fiche.ecarts.get(), fiche.version
    fiche.agir(contexte.utilisateur, Droit.MODIFIER_DISPOSITIF, "modifier", capacite=70)

    with pytest.raises(ValidationError, match="a changé depuis"):
        ecart.decider(contexte.utilisateur, Ecart.Decision.PRIS, version)
    assert Dispositif.objects.get().capacite == 70


def test_un_ecart_ne_se_decide_qu_une_fois(fiche, contexte):
    ecart = fiche.ecarts.get()
    ecart.decider(contexte.utilisateur, Ecart.Decision.GARDE, fiche.version)

    with pytest.raises(ValidationError, match="déjà été tranchée"):
        ecart.decider(contexte.utilisateur, Ecart.Decision.PRIS, fiche.version)


def test_seul_qui_peut_modifier_la_fiche_decide(fiche, personnes):
    with pytest.raises(PermissionDenied):
        fiche.ecarts.get().decider(personnes["aom"], Ecart.Decision.PRIS, fiche.version)
    assert fiche.ecarts.a_decider().exists()


@pytest.mark.parametrize(
    ("champ", "valeur", "attendu"),
    [
        ("publics", ["jeunes", "seniors"], ["jeunes", "seniors"]),
        ("etp", "2.5", Decimal("2.50")),
        ("nom", "Autre nom", "Autre nom"),
        ("zone_eligibilite", ["departement-02"], ["departement-02"]),
    ],
)
def test_chaque_nature_de_champ_se_prend(fiche, contexte, champ, valeur, attendu):
    ecart = f.make_ecart(fiche, champ=champ, valeur=valeur)
    ecart.decider(contexte.utilisateur, Ecart.Decision.PRIS, fiche.version)

    assert getattr(Dispositif.objects.get(), champ) == attendu


def test_les_financeurs_et_la_commune_se_prennent(fiche, contexte, territoire):
    financeur = f.make_acteur()
    for champ, valeur in (("financeurs", [financeur.pk]), ("commune", "02408")):
        ecart = f.make_ecart(fiche, champ=champ, valeur=valeur)
        ecart.decider(contexte.utilisateur, Ecart.Decision.PRIS, fiche.version + 5)

    fiche = Dispositif.objects.get()
    assert list(fiche.financeurs.all()) == [financeur] and fiche.commune == territoire["laon"]


def test_ma_part_le_demande_a_qui_peut_decider(fiche, contexte, personnes):
    [attente] = attentes_de(contexte.utilisateur, [])
    assert (attente.verbe, attente.objet) == ("Décider de ce qu’un import propose", fiche.nom)
    assert attentes_de(personnes["lectrice"], []) == attentes_de(personnes["aom"], []) == []


# --- D'où vient chaque information ---------------------------------------------------------------


def test_chaque_information_dit_d_ou_elle_vient(fiche, contexte):
    fiche.confirmer(contexte.utilisateur)
    par_champ = {origine.libelle: origine for origine in origines(Dispositif.objects.get())}

    assert par_champ["Nom"].comment == "Importé du fichier partenaires.xlsx, ligne 4"
    assert par_champ["Capacité par an"].comment == "Saisi"
    assert par_champ["Capacité par an"].qui == "Rémi, Région, Région Hauts-de-France"
    assert par_champ["Nom"].confirme_par == "Rémi, Région, Région Hauts-de-France"
    assert "Horaires" not in par_champ


def test_une_correction_apres_la_confirmation_n_est_plus_confirmee(fiche, contexte):
    fiche = fiche.confirmer(contexte.utilisateur)
    fiche.agir(contexte.utilisateur, Droit.MODIFIER_DISPOSITIF, "modifier", capacite=70)
    par_champ = {origine.libelle: origine for origine in origines(Dispositif.objects.get())}

    assert par_champ["Capacité par an"].confirme_le is None and par_champ["Nom"].confirme_le


def test_ce_que_le_journal_ne_sait_pas_est_dit(db):
    origine = origines(f.make_dispositif())[0]

    assert origine.comment == NON_CONSIGNEE


def test_le_public_ne_lit_pas_le_nom_des_agents(client, fiche, contexte):
    fiche.confirmer(contexte.utilisateur)
    lu = page(client, fiche, "dispositif_detail")

    assert "Importé du fichier partenaires.xlsx, ligne 4, par Région Hauts-de-France" in lu
    assert "Rémi" not in lu
