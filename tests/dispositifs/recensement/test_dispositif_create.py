"""Proposer un dispositif : choisir la structure porteuse, puis remplir la fiche."""

import pytest
from django.contrib.messages import get_messages

from acteurs.models import Acte
from dispositifs.models import Dispositif
from pams_portal.droits import Role
from pams_portal.typographie import espacer
from tests import factories as f

URL = "/dispositifs/nouveau/"


def proposer(client, porteur, donnees, **parametres):
    adresse = f"{URL}?porteur={porteur.pk}"
    return client.post(adresse + "".join(f"&{c}={v}" for c, v in parametres.items()), donnees)


# --- Qui peut, et au nom de qui ------------------------------------------------------------------


def test_une_personne_non_connectee_est_menee_a_la_connexion(client, db):
    reponse = client.get(URL)

    assert reponse.status_code == 302
    assert reponse.url == f"/connexion/?next={URL}"


@pytest.mark.parametrize("qui", ["lectrice", "assemblees", "sans_acteur", "admin"])
def test_qui_n_est_pas_redacteur_est_refuse(client, personnes, qui):
    client.force_login(personnes[qui])

    assert client.get(URL).status_code == 403


@pytest.mark.parametrize("qui", ["region", "redactrice", "spe", "associee", "invitee", "etrangere"])
def test_tout_redacteur_peut_proposer(client, personnes, qui):
    client.force_login(personnes[qui])

    assert client.get(URL).status_code == 200


def test_la_fiche_de_sa_propre_structure_est_tenue_par_elle(client, region, redacteur, saisie):
    client.force_login(redacteur)

    reponse = proposer(client, region.acteur, saisie)

    dispositif = Dispositif.objects.get()
    assert reponse.url == dispositif.get_absolute_url()
    assert (dispositif.porteur, dispositif.tenu_par) == (region.acteur, region.acteur)
    assert dispositif.statut == "signale"
    acte = Acte.objects.sur(dispositif).get()
    assert (acte.verbe, acte.utilisateur, acte.acteur) == ("creer", redacteur, region.acteur)


def test_pour_une_structure_absente_celle_qui_saisit_tient_la_fiche(
    client, region, redacteur, absente, saisie
):
    client.force_login(redacteur)

    proposer(client, absente, saisie)

    dispositif = Dispositif.objects.get()
    assert (dispositif.porteur, dispositif.tenu_par) == (absente, region.acteur)
    assert dispositif.reserve == f"Saisi par la {region.acteur}, non confirmé par {absente}."


def test_pour_une_structure_du_portail_c_est_une_proposition_qu_elle_seule_peut_corriger(
    client, personnes, association, saisie
):
    client.force_login(personnes["region"])

    proposer(client, association.acteur, saisie)

    dispositif = Dispositif.objects.get()
    assert dispositif.tenu_par == association.acteur
    assert dispositif.statut == "signale"
    modifier = f"/dispositifs/{dispositif.pk}/modifier/"
    assert client.get(modifier).status_code == 403
    client.force_login(personnes["associee"])
    assert client.get(modifier).status_code == 200


@pytest.mark.parametrize(
    ("role", "actif", "est_la"),
    [
        (Role.REDACTEUR, True, True),
        (Role.GESTIONNAIRE, True, True),
        (Role.LECTEUR, True, False),
        (Role.REDACTEUR, False, False),
    ],
)
def test_une_structure_est_sur_le_portail_si_quelqu_un_peut_y_agir(
    client, redacteur, absente, saisie, role, actif, est_la
):
    f.make_utilisateur(absente, role, is_active=actif)
    client.force_login(redacteur)

    proposer(client, absente, saisie)

    assert (Dispositif.objects.get().tenu_par == absente) is est_la


def test_qui_agit_pour_deux_structures_choisit_au_nom_de_laquelle(client, absente, saisie):
    premiere, seconde = f.make_acteur(nom="Première"), f.make_acteur(nom="Seconde")
    personne = f.make_utilisateur(premiere)
    personne.habilitations.create(acteur=seconde, role=Role.REDACTEUR)
    client.force_login(personne)

    page = client.get(f"{URL}?porteur={absente.pk}").content.decode()
    proposer(client, absente, saisie, au_nom_de=seconde.pk)

    assert f"au_nom_de={seconde.pk}" in page
    assert Dispositif.objects.get().saisi_par == seconde


def test_qui_agit_aussi_pour_la_structure_porteuse_saisit_en_son_nom(client, saisie):
    premiere, seconde = f.make_acteur(nom="Première"), f.make_acteur(nom="Seconde")
    personne = f.make_utilisateur(premiere)
    personne.habilitations.create(acteur=seconde, role=Role.REDACTEUR)
    client.force_login(personne)

    proposer(client, seconde, saisie, au_nom_de=premiere.pk)

    assert Dispositif.objects.get().saisi_par == seconde


def test_lecteur_ici_et_redacteur_la_on_ne_saisit_qu_au_nom_de_la_seconde(client, absente, saisie):
    lue, ecrite = f.make_acteur(nom="Lue"), f.make_acteur(nom="Écrite")
    personne = f.make_utilisateur(lue, Role.LECTEUR)
    personne.habilitations.create(acteur=ecrite, role=Role.REDACTEUR)
    client.force_login(personne)

    proposer(client, absente, saisie, au_nom_de=lue.pk)

    assert Dispositif.objects.get().saisi_par == ecrite


def test_on_ne_saisit_pas_au_nom_d_une_structure_etrangere(
    client, region, departement, redacteur, absente, saisie
):
    client.force_login(redacteur)

    proposer(client, absente, saisie, au_nom_de=departement.acteur.pk)

    assert Dispositif.objects.get().saisi_par == region.acteur


def test_un_envoi_fait_a_la_main_ne_decide_ni_de_qui_tient_ni_de_l_etat(
    client, region, redacteur, absente, etrangere, saisie
):
    client.force_login(redacteur)
    ruse = {
        "tenu_par": etrangere.acteur.pk,
        "saisi_par": etrangere.acteur.pk,
        "porteur": etrangere.acteur.pk,
        "statut": "verifie",
        "confirme_le": "2026-01-01",
        "confirme_par": etrangere.acteur.pk,
        "demonstration": "on",
        "source_id": "volé",
        "version": "99",
        "identifiant": "00000000-0000-0000-0000-000000000000",
    }

    proposer(client, absente, saisie | ruse)

    dispositif = Dispositif.objects.get()
    assert (dispositif.porteur, dispositif.tenu_par) == (absente, region.acteur)
    assert (dispositif.saisi_par, dispositif.statut) == (region.acteur, "signale")
    assert (dispositif.confirme_le, dispositif.confirme_par) == (None, None)
    assert (dispositif.version, dispositif.source_id) == (1, "")
    assert dispositif.demonstration is False


# --- Choisir la structure porteuse ---------------------------------------------------------------


def test_la_structure_se_cherche_par_nom_siren_ou_siret(client, redacteur):
    roues = f.make_acteur(nom="Les Roues solidaires 80", siren="356000000")
    f.make_acteur(nom="Autre chose")
    client.force_login(redacteur)

    for saisie in ("roues SOLIDAIRES", "356 000", "35600000000048"):
        trouves = list(client.get(URL, {"q": saisie}).context["trouves"])
        assert trouves == [roues], saisie


def test_une_recherche_vaine_mene_a_l_inscription_de_l_organisme(client, redacteur):
    client.force_login(redacteur)

    page = client.get(URL, {"q": "introuvable"}).content.decode()

    assert espacer("Aucun organisme pour « introuvable »") in page
    assert '<a href="/acteurs/nouveau/">' in page


def test_la_recherche_ne_montre_que_vingt_organismes_en_peu_de_requetes(
    client, redacteur, django_assert_num_queries
):
    for n in range(30):
        f.make_acteur(nom=f"Garage {n}")
    client.force_login(redacteur)

    with django_assert_num_queries(6):
        reponse = client.get(URL, {"q": "garage"})

    assert len(reponse.context["trouves"]) == 20
    assert "30 organismes" in reponse.content.decode()


@pytest.mark.parametrize("porteur", ["999999", "abc", "-1", "1" * 40, "²", ""])
def test_une_structure_inconnue_ramene_au_choix(client, redacteur, porteur):
    client.force_login(redacteur)

    reponse = client.get(URL, {"porteur": porteur})

    assert reponse.status_code == 200
    assert "Étape 1 sur 2" in reponse.content.decode()


# --- La saisie -----------------------------------------------------------------------------------


def erreurs_de(client, redacteur, region, donnees):
    """Les erreurs du formulaire, après avoir vérifié que rien n'a été créé et rien perdu."""
    client.force_login(redacteur)
    reponse = proposer(client, region.acteur, donnees)
    assert reponse.status_code == 200
    assert not Dispositif.objects.exists()
    assert donnees["nom"] in reponse.content.decode()
    return reponse.context["form"].errors


@pytest.mark.parametrize(
    ("champ", "valeur", "phrase"),
    [
        ("description", "é" * 2001, "La description fait 2001 caractères"),
        ("publics", ["tous-publics", "seniors"], "« Tous publics » comprend déjà les autres"),
        ("publics", ["inconnu"], "inconnu"),
        ("type", "fusee", "fusee"),
        ("capacite", "-3", "supérieure ou égale à 0"),
        ("capacite", "2000000", "Plus d’un million"),
        ("beneficiaires", "99999999999999999999", "Plus d’un million"),
        ("etp", "-1", "supérieure ou égale à 0"),
        ("etp", "5001", "Plus de 5 000"),
        ("cout_annuel", "-0,01", "supérieure ou égale à 0"),
        ("cout_annuel", "1000000001", "Plus d’un milliard"),
        ("cout_annuel", "NaN", "nombre"),
        ("date_source", "1066-10-14", "entre 1980 et 2100"),
        ("debut_financement", "12/2025", "date"),
        ("courriel", "pas une adresse", "courriel"),
        ("telephone", "appelez Paul", "chiffres"),
        ("lien_mobilisation", "javascript:alert(1)", "URL"),
        ("commune", "Saint-Denis", "désigne 2 territoires"),
        ("commune", "département 02", "n’est pas une commune"),
        ("commune", "02408 49328", "Une seule commune"),
        ("financeurs", "Organisme fantôme", "n’est pas dans la liste des acteurs"),
        ("zone_eligibilite", [], "Dites au moins un territoire"),
        ("zone_eligibilite", ["99999"], "« 99999 » n’est un code connu"),
        ("zone_eligibilite", ["epci-123456789"], "n’est un code connu"),
    ],
)
def test_une_saisie_fausse_est_refusee_a_cote_du_champ(
    client, region, redacteur, saisie, champ, valeur, phrase
):
    erreurs = erreurs_de(client, redacteur, region, saisie | {champ: valeur})

    assert list(erreurs) == [champ]
    assert phrase in " ".join(erreurs[champ])


def test_des_dates_a_l_envers_sont_refusees_sur_la_fin(client, region, redacteur, saisie):
    dates = {"debut_financement": "2027-01-01", "fin_financement": "2026-12-31"}

    erreurs = erreurs_de(client, redacteur, region, saisie | dates)

    assert list(erreurs) == ["fin_financement"]
    assert "précède" in erreurs["fin_financement"][0]


def test_tout_ce_qui_est_saisi_est_garde(client, redacteur, region, aom, saisie, territoire):
    client.force_login(redacteur)
    complet = saisie | {
        "motifs": ["emploi", "sante"],
        "conditions": "Carte de demandeur d’emploi",
        "zone_eligibilite": ["epci-200043495", "2A\nSaumur\nrégion 32"],
        "commune": "laon",
        "adresse": "1 rue du Port",
        "horaires": "Mo-Fr 09:00-17:00",
        "frais": "payant",
        "frais_precisions": "5 € la réparation",
        "mobilisable_par": ["usagers"],
        "modes_mobilisation": ["telephoner"],
        "lien_mobilisation": "exemple.example.org/velo",
        "courriel": "velo@example.org",
        "telephone": "03 22 00 00 00",
        "capacite": "1 200",
        "beneficiaires": "150",
        "delai": "deux semaines",
        "etp": "1,5",
        "cout_annuel": "12 500,50",
        "financeurs": f"{aom.acteur.nom}\n{region.acteur.siren}",
        "debut_financement": "2025-01-01",
        "fin_financement": "2026-12-31",
        "source": "Site de l’association",
        "lien_source": "https://example.org/velo",
        "date_source": "2026-02-01",
    }
    f.make_departement("2A", f.make_region("94"), nom="Corse-du-Sud")

    proposer(client, region.acteur, complet)

    dispositif = Dispositif.objects.get()
    assert dispositif.zone_eligibilite == [
        "commune-49328",
        "departement-2A",
        "epci-200043495",
        "region-32",
    ]
    assert sorted(dispositif.zones.values_list("cle", flat=True)) == dispositif.zone_eligibilite
    assert dispositif.commune == territoire["laon"]
    assert set(dispositif.financeurs.all()) == {aom.acteur, region.acteur}
    assert (dispositif.capacite, str(dispositif.etp), str(dispositif.cout_annuel)) == (
        1200,
        "1.50",
        "12500.50",
    )
    assert dispositif.lien_mobilisation == "https://exemple.example.org/velo"
    assert (dispositif.source, str(dispositif.date_source)) == (
        "Site de l’association",
        "2026-02-01",
    )


def test_une_zone_hors_de_tout_bassin_est_permise(client, redacteur, region, saisie):
    loin = f.make_commune(None, f.make_departement("29", f.make_region("53")), code="29155")
    client.force_login(redacteur)

    proposer(client, region.acteur, saisie | {"zone_eligibilite": [loin.pk]})

    dispositif = Dispositif.objects.get()
    assert dispositif.zone_eligibilite == ["commune-29155"]
    assert not dispositif.bassins().exists()


def test_ce_qui_etonne_est_dit_apres_l_enregistrement_sans_l_empecher(
    client, redacteur, region, saisie
):
    f.make_commune(None, f.make_departement("75", f.make_region("11")), code="75056", nom="Paris")
    client.force_login(redacteur)
    etonnant = {
        "description": "Court.",
        "publics": [],
        "courriel": "garage.roye@gmail.com",
        "zone_eligibilite": ["75118"],
        "type": "tus",
    }

    reponse = proposer(client, region.acteur, saisie | etonnant)

    phrases = [str(m) for m in get_messages(reponse.wsgi_request) if m.level_tag == "warning"]
    assert Dispositif.objects.get().zone_eligibilite == ["commune-75056"]
    assert [phrase.split(" ")[0] for phrase in phrases] == ["«", "La", "Aucun", "«", "Un"]
    assert "arrondissement : la zone retient sa commune, Paris" in phrases[0]
    assert "(Cerema, 2022)" in phrases[-1]


def test_une_saisie_refusee_revient_telle_quelle(client, redacteur, region, saisie):
    client.force_login(redacteur)

    page = proposer(
        client,
        region.acteur,
        saisie | {"zone_eligibilite": ["epci-200043495", "Saint-Denis\nOù ça"], "commune": "Lyonn"},
    ).content.decode()

    assert "CA du Pays de Laon (EPCI 200043495)" in page
    assert "Saint-Denis\nOù ça</textarea>" in page
    assert 'value="Lyonn"' in page
    assert "Saint-Denis, Oise (commune 60578)" in page


def test_les_epci_des_bassins_ou_l_on_a_une_place_sont_proposes_a_cocher(
    client, personnes, region, bassin
):
    client.force_login(personnes["region"])

    page = client.get(f"{URL}?porteur={region.acteur.pk}").content.decode()

    epci = bassin.perimetre.epci.get()
    assert f'value="epci-{epci.pk}"' in page
    assert 'value="departement-80"' in page
    assert 'value="region-32"' in page
