"""Accepter ou refuser : qui peut répondre, qui peut écrire, et ce que le journal en dit."""

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from acteurs.models import Acte, Notification
from dispositifs.models import Dispositif, Signalement
from pams_portal.droits import Role
from tests import factories as f


def relire(objet):
    return type(objet).objects.get(pk=objet.pk)


@pytest.fixture
def local(bassin, association):
    """Une fiche que l'association tient, et dont la zone est dans le bassin du plan."""
    [epci] = bassin.perimetre.epci.all()
    f.make_commune(epci)
    return f.make_dispositif(
        association.acteur,
        nom="Garage de Roye",
        zone_eligibilite=[f"epci-{epci.pk}"],
        frais_precisions="30 € de l’heure",
    )


@pytest.fixture
def orphelin(local):
    """La même fiche, portée par une structure que personne ne représente."""
    acteur = f.make_acteur(nom="Garage sans compte")
    Dispositif.objects.filter(pk=local.pk).update(
        porteur=acteur, tenu_par=acteur, statut="signale", courriel="garage@example.org"
    )
    return relire(local)


def proposer(dispositif, utilisateur=None, **valeurs):
    return f.make_signalement(
        dispositif,
        "Le prix a changé",
        valeurs=valeurs or {"frais_precisions": "35 € de l’heure"},
        utilisateur=utilisateur,
    )


def repondre(client, signalement, decision, reponse="Merci, c’est corrigé.", version=None):
    dispositif = Dispositif.objects.get(pk=signalement.dispositif_id)
    donnees = {
        "decision": decision,
        "reponse": reponse,
        "version": dispositif.version if version is None else version,
    }
    return client.post(signalement.get_absolute_url(), donnees)


# --- Le tableau : qui répond, et si la fiche change ----------------------------------------------

# Une erreur signalée (sans valeurs) et une correction proposée, sur la fiche de l'association.
TABLEAU = """
qui           code  repondu  ecrit
associee      302   oui      oui
region        302   oui      non
redactrice    302   oui      non
departement   302   oui      non
lectrice      403   non      non
gestionnaire  403   non      non
assemblees    403   non      non
aom           404   non      non
spe           404   non      non
invitee       404   non      non
etrangere     404   non      non
sans_acteur   404   non      non
admin         404   non      non
"""


@pytest.mark.parametrize("decision", ["accepte", "refuse"])
@pytest.mark.parametrize("ligne", TABLEAU.strip().splitlines()[1:], ids=lambda x: x.split()[0])
def test_qui_repond_et_qui_ecrit(client, personnes, local, ligne, decision):
    qui, code, repondu, ecrit = ligne.split()
    signalement = proposer(local)
    client.force_login(personnes[qui])

    assert repondre(client, signalement, decision).status_code == int(code)

    signalement = relire(signalement)
    attendu = decision if repondu == "oui" else "attente"
    assert signalement.etat == attendu
    change = relire(local).frais_precisions == "35 € de l’heure"
    assert change == (ecrit == "oui" and decision == "accepte")
    assert signalement.est_a_appliquer == (attendu == "accepte" and not change)


def test_la_correction_acceptee_nomme_qui_l_a_proposee(client, personnes, local):
    signalement = proposer(local, personnes["spe"])
    client.force_login(personnes["associee"])

    repondre(client, signalement, "accepte")

    acte = Acte.objects.sur(local).get()
    assert acte.nom_utilisateur == (
        "Aïcha, association, sur proposition de : Farid, France Travail"
    )
    assert (acte.utilisateur, acte.nom_acteur) == (personnes["associee"], "Roues libres")
    assert (acte.avant, acte.apres) == (
        {"frais_precisions": "30 € de l’heure"},
        {"frais_precisions": "35 € de l’heure"},
    )


def test_qui_a_signale_lit_la_reponse(client, personnes, local):
    signalement = proposer(local, personnes["spe"])
    client.force_login(personnes["associee"])
    repondre(client, signalement, "refuse", "Le prix reste le même.")

    client.force_login(personnes["spe"])
    assertContains(client.get(signalement.get_absolute_url()), "Le prix reste le même.")
    public = f.make_signalement(local)
    client.force_login(personnes["associee"])
    repondre(client, public, "refuse", "Nous ouvrons le samedi.")
    client.logout()
    page = client.get(f"/dispositifs/signalements/suivi/{public.identifiant}/")
    assertContains(page, "Nous ouvrons le samedi.")
    assertContains(page, "Roues libres, le ")


def test_le_co_pilote_transmet_et_la_structure_ecrit(client, personnes, local):
    signalement = proposer(local)
    client.force_login(personnes["region"])
    assertContains(client.get(signalement.get_absolute_url()), "La fiche est à Roues libres")
    repondre(client, signalement, "accepte")
    chemin = f"{signalement.get_absolute_url()}appliquer/"
    assert client.post(chemin, {"version": 1}).status_code == 403
    assert relire(local).frais_precisions == "30 € de l’heure"

    client.force_login(personnes["associee"])
    assertContains(client.get(signalement.get_absolute_url()), "Écrire la correction sur la fiche")
    client.post(chemin, {"version": local.version})

    assert relire(local).frais_precisions == "35 € de l’heure"
    assert not relire(signalement).est_a_appliquer
    client.post(chemin, {"version": relire(local).version})
    assert Acte.objects.sur(local).count() == 1


def test_on_ne_repond_qu_une_fois(client, personnes, local):
    signalement = proposer(local)
    client.force_login(personnes["associee"])
    repondre(client, signalement, "refuse")

    page = repondre(client, signalement, "accepte", "Finalement oui")

    assertContains(page, "Quelqu’un a répondu entre-temps")
    assertContains(page, "Finalement oui</textarea>")
    assert relire(signalement).etat == "refuse"
    assert relire(local).frais_precisions == "30 € de l’heure"


@pytest.mark.parametrize(
    ("decision", "reponse", "phrase"),
    [
        ("accepte", "", "Ce champ est obligatoire"),
        ("peut-être", "Bonjour", "Choisissez d’accepter ou de refuser"),
    ],
)
def test_une_reponse_incomplete_reste_a_l_ecran(
    client, personnes, local, decision, reponse, phrase
):
    signalement = proposer(local)
    client.force_login(personnes["associee"])

    page = repondre(client, signalement, decision, reponse)

    assertContains(page, phrase)
    assertContains(page, f"{reponse}</textarea>")
    assert relire(signalement).etat == "attente"


def test_une_fiche_changee_entre_temps_se_relit_avant_d_accepter(client, personnes, local):
    signalement = proposer(local)
    client.force_login(personnes["associee"])

    page = repondre(client, signalement, "accepte", "D’accord", version=0)

    assertContains(page, "La fiche a changé pendant que vous la lisiez")
    assertContains(page, "D’accord</textarea>")
    assert (relire(signalement).etat, relire(local).version) == ("attente", 1)


def test_toutes_les_sortes_de_champs_s_appliquent(client, personnes, local, departement):
    commune = f.make_commune(f.make_epci())
    valeurs = {
        "commune": commune.pk,
        "fin_financement": "2027-06-30",
        "etp": "1.5",
        "publics": ["demandeurs-emploi"],
        "financeurs": [departement.acteur_id],
        "zone_eligibilite": ["france"],
        "capacite": None,
    }
    signalement = proposer(local, **valeurs)
    client.force_login(personnes["associee"])
    assertContains(client.get(signalement.get_absolute_url()), "Département de la Somme")

    repondre(client, signalement, "accepte")

    nouvelles = relire(local).valeurs()
    assert {nom: nouvelles[nom] for nom in valeurs} == valeurs
    assert list(local.zones.values_list("cle", flat=True)) == ["france"]


def test_une_valeur_devenue_impossible_est_dite_et_n_ecrit_rien(client, personnes, local):
    signalement = proposer(local, commune="99999")
    client.force_login(personnes["associee"])

    page = repondre(client, signalement, "accepte", "Oui")

    assertContains(page, "n’est plus possible (commune d’accueil)")
    assert (relire(signalement).etat, relire(local).version) == ("attente", 1)


# --- Une structure sans compte, qui corrige par son lien -----------------------------------------


def par_le_lien(client, dispositif):
    demande = f.make_demande(dispositif)
    chemin = demande.lien.removeprefix("http://127.0.0.1:8000") + "corriger/"
    page = client.get(chemin)
    form = page.context["form"]
    donnees = {}
    for nom, champ in form.fields.items():
        valeur = champ.prepare_value(form.get_initial_for_field(champ, nom))
        donnees[nom] = "" if valeur is None else valeur
    return client.post(chemin, donnees | {"frais_precisions": "35 € de l’heure"}), chemin


def test_la_structure_corrige_par_son_lien_et_un_co_pilote_relit(client, personnes, orphelin):
    reponse, chemin = par_le_lien(client, orphelin)
    assert reponse.url == "/dispositifs/confirmation/merci/"
    signalement = Signalement.objects.get()
    assert signalement.valeurs_proposees == {"frais_precisions": "35 € de l’heure"}
    assert relire(orphelin).frais_precisions == "30 € de l’heure"
    assert client.get(chemin).status_code == 410

    client.force_login(personnes["region"])
    repondre(client, signalement, "accepte")

    fiche = relire(orphelin)
    assert fiche.frais_precisions == "35 € de l’heure"
    assert (fiche.statut, fiche.confirme_le) == ("verifie", timezone.localdate())
    assert fiche.confirme_par == fiche.porteur
    acte = Acte.objects.sur(orphelin).first()
    assert acte.nom_utilisateur == (
        "Rita, Région, sur proposition de : garage@example.org, par le lien reçu à cette adresse"
    )


def test_un_co_pilote_n_applique_pas_ce_qui_ne_vient_pas_de_la_structure(
    client, personnes, orphelin
):
    signalement = proposer(orphelin, personnes["spe"])
    client.force_login(personnes["region"])

    repondre(client, signalement, "accepte")

    assert relire(orphelin).frais_precisions == "30 € de l’heure"
    assert relire(signalement).est_a_appliquer


def test_un_co_pilote_n_applique_pas_ce_que_propose_un_lecteur_de_la_structure(
    client, personnes, orphelin
):
    """Qui ne peut pas écrire la fiche ne la fait pas écrire par un autre."""
    signalement = proposer(orphelin, f.make_utilisateur(orphelin.porteur, Role.LECTEUR))
    client.force_login(personnes["region"])

    repondre(client, signalement, "accepte")

    assert relire(orphelin).frais_precisions == "30 € de l’heure"


def test_des_que_la_structure_a_un_compte_elle_seule_applique(client, personnes, orphelin):
    par_le_lien(client, orphelin)
    f.make_utilisateur(orphelin.porteur, Role.REDACTEUR)
    client.force_login(personnes["region"])

    repondre(client, Signalement.objects.get(), "accepte")

    assert relire(orphelin).frais_precisions == "30 € de l’heure"


def test_une_fiche_corrigee_depuis_n_est_pas_tenue_pour_relue(client, personnes, orphelin):
    par_le_lien(client, orphelin)
    Dispositif.objects.update(version=9)
    client.force_login(personnes["region"])

    repondre(client, Signalement.objects.get(), "accepte")

    fiche = relire(orphelin)
    assert (fiche.frais_precisions, fiche.confirme_le) == ("35 € de l’heure", None)


# --- Listes --------------------------------------------------------------------------------------


def test_la_liste_montre_a_chacun_les_siens(client, personnes, local):
    ailleurs = f.make_dispositif(nom="Ailleurs", zone_eligibilite=["commune-99999"])
    f.make_signalement(local, utilisateur=personnes["spe"])
    f.make_signalement(ailleurs)
    attendus = {"associee": 1, "spe": 1, "region": 1, "lectrice": 1, "aom": 0, "etrangere": 0}
    for qui, nombre in attendus.items():
        client.force_login(personnes[qui])
        page = client.get("/dispositifs/signalements/")
        assert page.context["page"].paginator.count == nombre, qui
        assertNotContains(page, "Ailleurs")


@pytest.mark.parametrize("nombre", [1, 3])
def test_nombre_de_requetes_de_la_liste(
    client, personnes, local, nombre, django_assert_num_queries
):
    for _ in range(nombre):
        f.make_signalement(local, utilisateur=personnes["spe"])
    client.force_login(personnes["region"])
    with django_assert_num_queries(8):
        client.get("/dispositifs/signalements/")


# --- Prévenir ------------------------------------------------------------------------------------


def recues():
    return sorted(Notification.objects.values_list("destinataire__nom", "motif", "phrase"))


def test_un_signalement_previent_qui_tient_la_fiche_et_la_reponse_revient(client, local, personnes):
    signalement = Signalement.deposer(local, "Le prix a changé", utilisateur=personnes["aom"])
    assert recues() == [("Aïcha, association", "decision", "signale une erreur")]

    Notification.objects.all().delete()
    client.force_login(personnes["associee"])
    repondre(client, signalement, "refuse", "Le prix est le bon.")
    assert recues() == [("Amina, AOM", "suivi", "a refusé votre signalement")]


def test_un_signalement_du_public_sur_une_fiche_sans_compte_previent_les_co_pilotes(
    orphelin, personnes
):
    Signalement.deposer(orphelin, "Le garage a fermé")
    phrase = ("decision", "vous transmet un signalement")
    assert recues() == [
        ("Denis, Département", *phrase),
        ("Rita, Région", *phrase),
        ("Rose, rédactrice", *phrase),
    ]
    assert Notification.objects.first().auteur == "Le portail"
