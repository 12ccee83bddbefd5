"""Corriger un dispositif : seulement le sien, sans rien perdre de ce qu'un autre écrit."""

import pytest

from acteurs.models import Acte
from dispositifs.models import Dispositif
from pams_portal.droits import Role
from pams_portal.typographie import espacer
from tests import factories as f


def adresse(dispositif):
    return f"/dispositifs/{dispositif.pk}/modifier/"


def champs_de(client, dispositif):
    """Ce que le navigateur renverrait si la personne n'y touchait pas."""
    form = client.get(adresse(dispositif)).context["form"]
    valeurs = {nom: form[nom].value() for nom in form.fields}
    return {nom: valeur for nom, valeur in valeurs.items() if valeur is not None}


@pytest.mark.parametrize(
    ("qui", "code"),
    [
        *(("associee", 200), ("region", 403), ("departement", 403), ("aom", 403)),
        *(("lectrice", 403), ("etrangere", 403), ("sans_acteur", 403), ("admin", 403)),
    ],
)
def test_seul_qui_tient_ou_porte_la_fiche_l_ouvre(client, personnes, garage, qui, code):
    client.force_login(personnes[qui])

    assert client.get(adresse(garage)).status_code == code


@pytest.mark.parametrize("qui", ["region", "lectrice", "etrangere", "admin"])
def test_un_envoi_fait_a_la_main_sur_la_fiche_d_un_autre_est_refuse(
    client, personnes, garage, saisie, qui
):
    client.force_login(personnes[qui])

    reponse = client.post(adresse(garage), saisie | {"version": "1"})

    garage.refresh_from_db()
    assert reponse.status_code == 403
    assert (garage.nom, garage.version) == ("Garage solidaire de Roye", 1)


def test_sans_connexion_meme_une_fiche_publiee_renvoie_a_la_connexion(client, saisie):
    publie = f.make_dispositif()

    assert client.get(adresse(publie)).url == f"/connexion/?next={adresse(publie)}"
    client.post(adresse(publie), saisie | {"version": "1"})
    assert Dispositif.objects.get(pk=publie.pk).nom == publie.nom


def test_un_lecteur_de_la_structure_ne_modifie_pas(client, association, garage):
    client.force_login(f.make_utilisateur(association.acteur, Role.LECTEUR))

    assert client.get(adresse(garage)).status_code == 403


def test_une_fiche_inconnue_est_introuvable(client, personnes):
    client.force_login(personnes["associee"])

    assert client.get("/dispositifs/424242/modifier/").status_code == 404


def test_enregistrer_ecrit_la_fiche_et_l_acte(client, personnes, association, garage, saisie):
    client.force_login(personnes["associee"])

    reponse = client.post(adresse(garage), saisie | {"version": "1"})

    garage.refresh_from_db()
    assert reponse.url == garage.get_absolute_url()
    assert (garage.nom, garage.type, garage.version) == ("Atelier vélo", "atelier-velo", 2)
    assert [zone.cle for zone in garage.zones.all()] == ["epci-200043495"]
    acte = Acte.objects.sur(garage).get()
    assert (acte.verbe, acte.acteur) == ("modifier", association.acteur)
    assert acte.avant["nom"] == "Garage solidaire de Roye"
    assert acte.apres["zone_eligibilite"] == ["epci-200043495"]


def test_enregistrer_sans_rien_changer_n_ecrit_rien(client, personnes, territoire, aom):
    porteur = aom.acteur
    dispositif = f.make_dispositif(
        porteur,
        description="Une ligne.\nUne autre.",
        zone_eligibilite=["commune-02408", "departement-60", "epci-200071876", "region-52"],
        commune=territoire["laon"],
        capacite=1200,
        etp="1.50",
        cout_annuel="12500.50",
        publics=["seniors"],
        debut_financement="2025-01-01",
    )
    dispositif.financeurs.add(f.make_acteur(nom="Sans SIREN", siren=None), aom.acteur)
    client.force_login(personnes["aom"])

    depart = champs_de(client, dispositif)
    reponse = client.post(adresse(dispositif), depart)

    assert depart["commune"] == "Laon (commune 02408)"
    assert reponse.status_code == 302
    dispositif.refresh_from_db()
    assert dispositif.version == 1
    assert not Acte.objects.sur(dispositif).exists()


def test_un_envoi_fait_a_la_main_ne_change_ni_de_main_ni_d_etat(
    client, personnes, garage, region, saisie
):
    client.force_login(personnes["associee"])
    ruse = {
        **dict.fromkeys(("tenu_par", "saisi_par", "porteur", "confirme_par"), region.acteur.pk),
        "statut": "verifie",
        "confirme_le": "2026-01-01",
        "raison_statut": "parce que",
        "demonstration": "on",
        "source_id": "volé",
    }

    client.post(adresse(garage), saisie | ruse | {"version": "1"})

    apres = Dispositif.objects.get(pk=garage.pk)
    assert apres.nom == "Atelier vélo"
    for nom in ("porteur_id", "tenu_par_id", "saisi_par_id", "confirme_par_id"):
        assert getattr(apres, nom) == getattr(garage, nom), nom
    for nom in ("statut", "confirme_le", "raison_statut", "demonstration", "source_id"):
        assert getattr(apres, nom) == getattr(garage, nom), nom


def test_la_source_d_un_dispositif_importe_ne_se_corrige_pas_a_la_main(
    client, personnes, association, saisie
):
    importe = f.make_dispositif(association.acteur, source="Annuaire", source_id="42")
    client.force_login(personnes["associee"])

    client.post(adresse(importe), saisie | {"version": "1", "source": "Autre"})

    importe.refresh_from_db()
    assert (importe.nom, importe.source) == ("Atelier vélo", "Annuaire")


def test_un_formulaire_vide_ne_montre_que_du_vide(client, personnes, garage):
    client.force_login(personnes["associee"])

    champs = champs_de(client, garage)

    assert (champs["financeurs"], champs.get("commune"), champs["conditions"]) == ("", None, "")


def test_deux_personnes_sur_deux_champs_sont_fusionnees(client, personnes, garage, territoire):
    client.force_login(personnes["associee"])
    depart = champs_de(client, garage)

    client.post(adresse(garage), depart | {"nom": "Nouveau nom"})
    client.post(adresse(garage), depart | {"zone_eligibilite": ["Laon"], "commune": "Laon"})

    garage.refresh_from_db()
    assert (garage.nom, garage.zone_eligibilite) == ("Nouveau nom", ["commune-02408"])
    assert (garage.commune, garage.version) == (territoire["laon"], 3)


def test_deux_personnes_sur_la_meme_zone_choisissent_cote_a_cote(
    client, personnes, garage, territoire
):
    client.force_login(personnes["associee"])
    depart = champs_de(client, garage)
    client.post(adresse(garage), depart | {"zone_eligibilite": ["Laon"]})

    reponse = client.post(adresse(garage), depart | {"zone_eligibilite": ["Saumur"]})

    garage.refresh_from_db()
    [conflit] = reponse.context["form"].conflits
    assert (conflit.champ.name, conflit.leur, conflit.base) == (
        "zone_eligibilite",
        "Laon",
        "France entière",
    )
    assert ">Saumur</textarea>" in reponse.content.decode()
    assert garage.zone_eligibilite == ["commune-02408"]


@pytest.mark.parametrize(
    ("choix", "attendu"), [("mien", "commune-49328"), ("leur", "commune-02408")]
)
def test_le_choix_fait_s_enregistre(client, personnes, garage, territoire, choix, attendu):
    client.force_login(personnes["associee"])
    depart = champs_de(client, garage)
    client.post(adresse(garage), depart | {"zone_eligibilite": ["Laon"]})
    form = client.post(adresse(garage), depart | {"zone_eligibilite": ["Saumur"]}).context["form"]

    client.post(
        adresse(garage),
        {cle: form.data.getlist(cle) for cle in form.data} | {"choix_zone_eligibilite": choix},
    )

    garage.refresh_from_db()
    assert garage.zone_eligibilite == [attendu]


@pytest.mark.parametrize("version", ["99", "-1", "0", "abc", "", "9" * 40])
def test_une_version_falsifiee_n_ecrase_rien(client, personnes, garage, saisie, version):
    client.force_login(personnes["associee"])

    reponse = client.post(adresse(garage), saisie | {"version": version})

    garage.refresh_from_db()
    assert reponse.status_code == 200
    assert garage.version == 1
    assert "La version de départ de ce formulaire est illisible" in reponse.content.decode()
    assert 'value="Atelier vélo"' in reponse.content.decode()


def test_la_fiche_remise_pendant_la_saisie_ne_s_ecrit_plus(
    client, redacteur, region, absente, saisie
):
    dispositif = f.make_dispositif(absente, tenu_par=region.acteur)
    client.force_login(redacteur)
    assert client.get(adresse(dispositif)).status_code == 200
    Dispositif.objects.filter(pk=dispositif.pk).update(tenu_par=absente)

    assert client.post(adresse(dispositif), saisie | {"version": "1"}).status_code == 403


def test_le_titre_de_la_page_annonce_l_erreur_et_le_bilan_mene_au_champ(
    client, personnes, garage, saisie
):
    client.force_login(personnes["associee"])

    page = client.post(adresse(garage), saisie | {"version": "1", "nom": ""}).content.decode()

    assert espacer("<title>Erreur : Modifier") in page
    assert '<a href="#id_nom">Nom</a>' in page
