"""Fusionner deux fiches : ce que l'on garde, ce qui suit, et le retour exact à l'état d'avant."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from acteurs.models import Acte
from dispositifs.models import Dispositif, Distinction, FichesChangees, Fusion
from dispositifs.recensement.doublons import doublons_probables
from pams_portal.droits import Role
from pams_portal.typographie import espacer
from tests import factories as f


@pytest.fixture
def deux(association, region):
    """Deux fiches du même garage, tenues par l'association, qui diffèrent en tout ou presque."""
    gardee = f.make_dispositif(
        association.acteur,
        nom="Garage solidaire de Roye",
        publics=["jeunes"],
        motifs=["emploi"],
        telephone="03 22 00 00 00",
        cout_annuel="12500.50",
        source="Annuaire du Département",
        source_id="A-1",
    )
    absorbee = f.make_dispositif(
        association.acteur,
        nom="Garage solidaire – Roye",
        publics=["seniors"],
        statut="suspendu",
        raison_statut="Travaux",
        confirme_le=date(2026, 9, 1),
        confirme_par=association.acteur,
        fin_financement=date(2027, 6, 30),
        source="Annuaire de la Région",
        source_id="B-7",
    )
    gardee.financeurs.add(region.acteur)
    absorbee.financeurs.add(f.make_acteur(nom="Caf de la Somme"))
    return gardee, absorbee


@pytest.fixture
def tenante(personnes):
    return personnes["associee"]


def url(gardee, absorbee):
    return f"/dispositifs/{gardee.pk}/fusionner/{absorbee.pk}/"


def tout_proposer(page):
    """Le formulaire tel que la page le propose, prêt à envoyer."""
    form = page.context["form"]
    return {nom: form[nom].value() for nom in form.fields}


def fondre(utilisateur, gardee, absorbee, **valeurs):
    versions = (gardee.version, absorbee.version)
    return Fusion.objects.fusionner(utilisateur, gardee, absorbee, valeurs, versions)


def photographie(fiches, *actions):
    """Tout ce que l'on doit retrouver : valeurs des fiches et liens des fiches-actions."""
    dispositifs = [Dispositif.tous.get(pk=fiche.pk) for fiche in fiches]
    return (
        [d.valeurs() for d in dispositifs],
        [sorted(d.zones.values_list("cle", flat=True)) for d in dispositifs],
        [type(a).objects.get(pk=a.pk).valeurs() for a in actions],
    )


# --- Voir et choisir -----------------------------------------------------------------------------


def test_la_page_montre_ce_qui_differe_et_propose_ce_qui_perd_le_moins(client, deux, tenante):
    client.force_login(tenante)

    page = client.get(url(*deux))

    choix = {nom: v for nom, v in tout_proposer(page).items() if "version" not in nom}
    assert choix == {
        "nom": "gardee",
        "financeurs": "les_deux",
        "publics": "les_deux",
        "motifs": "gardee",
        "telephone": "gardee",
        "cout_annuel": "gardee",
        "debut_financement": "absorbee",
        "statut": "absorbee",
    }
    html = page.content.decode()
    assert "Jeunes" in html and "30 juin 2027" in html and "Caf de la Somme" in html


def test_fusionner_garde_ce_qui_est_choisi_et_reunit_les_listes(client, deux, tenante, region):
    client.force_login(tenante)
    gardee, absorbee = deux

    reponse = client.post(url(*deux), tout_proposer(client.get(url(*deux))))

    assert reponse.url == gardee.get_absolute_url()
    gardee.refresh_from_db()
    assert gardee.publics == ["jeunes", "seniors"]
    assert {a.nom for a in gardee.financeurs.all()} == {region.acteur.nom, "Caf de la Somme"}
    assert (gardee.statut, gardee.raison_statut) == ("suspendu", "Travaux")
    assert gardee.telephone == "03 22 00 00 00"
    assert gardee.fin_financement == date(2027, 6, 30)
    assert (gardee.source, gardee.source_id) == ("Annuaire du Département", "A-1")
    actes = Acte.objects.filter(verbe="fusionner")
    assert {acte.cible for acte in actes} == {gardee.identifiant, absorbee.identifiant}


def test_une_reunion_avec_tous_publics_est_tous_publics(client, deux, tenante):
    gardee, absorbee = deux
    Dispositif.objects.filter(pk=absorbee.pk).update(publics=["tous-publics"])
    client.force_login(tenante)

    client.post(url(*deux), tout_proposer(client.get(url(*deux))))

    assert Dispositif.objects.get(pk=gardee.pk).publics == ["tous-publics"]


def test_sans_choix_rien_ne_se_fait_et_la_page_le_dit(client, deux, tenante):
    client.force_login(tenante)
    saisie = tout_proposer(client.get(url(*deux)))
    del saisie["telephone"]

    page = client.post(url(*deux), saisie)

    assert page.context["form"].errors == {
        "telephone": ["Téléphone du service : choisissez ce qu’il faut garder."]
    }
    assert not Fusion.objects.exists()


# --- Ce qui suit ---------------------------------------------------------------------------------


def test_les_fiches_actions_suivent_et_leur_journal_le_dit(deux, tenante, region):
    gardee, absorbee = deux
    action, deja = f.make_fiche(region), f.make_fiche(region)
    action.dispositifs.add(absorbee)
    deja.dispositifs.add(absorbee, gardee)

    fondre(tenante, gardee, absorbee)

    assert list(action.dispositifs.all()) == list(deja.dispositifs.all()) == [gardee]
    acte = Acte.objects.sur(action).get()
    assert (acte.avant, acte.apres) == (
        {"dispositifs": [absorbee.pk]},
        {"dispositifs": [gardee.pk]},
    )


def test_la_fiche_absorbee_quitte_l_inventaire_et_mene_a_l_autre(client, deux, tenante):
    gardee, absorbee = deux
    Dispositif.objects.update(statut="verifie")
    fondre(tenante, gardee, absorbee)

    assert list(Dispositif.objects.all()) == [gardee]
    assert client.get(absorbee.get_absolute_url()).url == gardee.get_absolute_url()
    client.force_login(tenante)
    page = client.get(absorbee.get_absolute_url())
    assert page.status_code == 200
    assert page.context["survivante"] == gardee
    assert "Annuaire de la Région" in page.content.decode()
    assert client.get(f"{absorbee.get_absolute_url()}modifier/").status_code == 404


def test_un_import_de_l_une_ou_de_l_autre_retrouve_la_fiche_gardee(deux, tenante):
    gardee, absorbee = deux
    fondre(tenante, gardee, absorbee)
    derniere = f.make_dispositif(gardee.porteur)
    fondre(tenante, derniere, Dispositif.objects.get(pk=gardee.pk))

    retrouvees = Dispositif.tous.filter(source_id__in=["A-1", "B-7"]).retrouver()

    assert {(r.source_id, survivante.pk) for r, survivante in retrouvees} == {
        ("A-1", derniere.pk),
        ("B-7", derniere.pk),
    }


def test_ecrire_dans_une_fiche_absorbee_pendant_ce_temps_rend_la_saisie(client, deux, tenante):
    gardee, absorbee = deux
    fondre(tenante, gardee, absorbee)
    client.force_login(tenante)

    reponse = client.post(f"{absorbee.get_absolute_url()}modifier/", {"nom": "Mon texte"})

    assert reponse.status_code == 404
    assert "Mon texte" in reponse.content.decode()


# --- À plusieurs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("laquelle", [0, 1])
def test_une_fiche_changee_pendant_la_comparaison_garde_les_choix(client, deux, tenante, laquelle):
    client.force_login(tenante)
    saisie = tout_proposer(client.get(url(*deux))) | {"telephone": "absorbee"}
    deux[laquelle].agir(tenante, "modifier_dispositif", "modifier", horaires="Mo-Fr 09:00-17:00")

    page = client.post(url(*deux), saisie)

    assert not Fusion.objects.exists()
    assert "Une fiche a changé pendant que vous compariez" in page.content.decode()
    assert page.context["form"]["telephone"].value() == "absorbee"
    assert set(page.context["form"].errors) == {"horaires", "__all__"}
    refaite = tout_proposer(page) | {"horaires": ["gardee", "absorbee"][laquelle]}
    assert client.post(url(*deux), refaite).status_code == 302
    assert Dispositif.objects.get(pk=deux[0].pk).horaires == "Mo-Fr 09:00-17:00"


def test_deux_fusions_croisees_ne_font_pas_une_boucle(deux, tenante):
    gardee, absorbee = deux
    fondre(tenante, gardee, absorbee)

    with pytest.raises(ValidationError, match="déjà été fusionnée"):
        fondre(tenante, absorbee, gardee)
    with pytest.raises(FichesChangees):
        Fusion.objects.fusionner(tenante, gardee, f.make_dispositif(gardee.porteur), {}, (9, 9))


# --- Défaire -------------------------------------------------------------------------------------

CHAMPS = [
    *("nom", "telephone", "publics", "financeurs", "cout_annuel", "statut", "confirme_le"),
    "fin_financement",
]


@pytest.mark.parametrize("pris", [(), tuple(CHAMPS), *zip(CHAMPS, strict=True)])
def test_fusionner_puis_defaire_rend_exactement_l_etat_d_avant(deux, tenante, region, pris):
    gardee, absorbee = deux
    actions = f.make_fiche(region), f.make_fiche(region), f.make_fiche(region)
    actions[0].dispositifs.add(absorbee)
    actions[1].dispositifs.add(absorbee, gardee)
    actions[2].dispositifs.add(gardee)
    avant = photographie(deux, *actions)
    prises = {champ: absorbee.valeurs()[champ] for champ in pris}

    fusion = fondre(tenante, gardee, absorbee, **prises)
    assert photographie(deux, *actions) != avant
    restees = fusion.defaire(tenante)

    assert photographie(deux, *actions) == avant
    assert restees == []
    for fiche in deux:
        fiche.refresh_from_db()
        assert fiche.valeurs_a_la_version(1) == photographie([fiche])[0][0]


def test_on_defait_depuis_le_journal_de_la_fiche(client, deux, tenante):
    gardee, absorbee = deux
    fusion = fondre(tenante, gardee, absorbee)
    client.force_login(tenante)
    adresse = f"/dispositifs/fusions/{fusion.pk}/defaire/"
    assert adresse in client.get(gardee.get_absolute_url()).content.decode()

    client.post(adresse)

    assert set(Dispositif.objects.all()) == set(deux)
    assert adresse not in client.get(gardee.get_absolute_url()).content.decode()


def test_on_ne_defait_pas_sur_le_travail_d_autrui_et_la_raison_est_dite(client, deux, tenante):
    gardee, absorbee = deux
    fusion = fondre(tenante, gardee, absorbee, telephone="03 60 00 00 00")
    gardee.agir(tenante, "modifier_dispositif", "modifier", telephone="03 99 00 00 00")
    client.force_login(tenante)

    page = client.post(f"/dispositifs/fusions/{fusion.pk}/defaire/", follow=True)

    assert (
        espacer("« téléphone du service », changé par Aïcha, association") in page.content.decode()
    )
    assert Dispositif.objects.get().telephone == "03 99 00 00 00"


def test_ce_qu_on_a_ecrit_depuis_ailleurs_dans_la_fiche_survit_a_l_annulation(deux, tenante):
    gardee, absorbee = deux
    fusion = fondre(tenante, gardee, absorbee, telephone="03 60 00 00 00")
    gardee.agir(tenante, "modifier_dispositif", "modifier", horaires="Mo 09:00-12:00")

    fusion.defaire(tenante)

    gardee.refresh_from_db()
    assert (gardee.telephone, gardee.horaires) == ("03 22 00 00 00", "Mo 09:00-12:00")


def test_une_chaine_de_fusions_se_defait_par_la_fin(deux, tenante):
    gardee, absorbee = deux
    troisieme = f.make_dispositif(gardee.porteur, nom="Troisième")
    premiere = fondre(tenante, gardee, absorbee)
    seconde = fondre(tenante, troisieme, Dispositif.objects.get(pk=gardee.pk))

    with pytest.raises(ValidationError, match="fusionnée avec « Troisième »"):
        premiere.defaire(tenante)
    seconde.defaire(tenante)
    premiere.defaire(tenante)

    assert Dispositif.objects.count() == 3
    with pytest.raises(ValidationError, match="déjà défaite"):
        premiere.defaire(tenante)


def test_un_lien_que_son_porteur_a_retire_depuis_n_est_pas_remis(deux, tenante, region):
    gardee, absorbee = deux
    action = f.make_fiche(region)
    action.dispositifs.add(absorbee)
    fusion = fondre(tenante, gardee, absorbee)
    action.dispositifs.clear()

    assert fusion.defaire(tenante) == [action]
    assert not action.dispositifs.exists()


# --- Qui -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.GESTIONNAIRE, Role.ASSEMBLEES])
def test_il_faut_pouvoir_ecrire_dans_les_deux_fiches(client, deux, role, region):
    gardee, absorbee = deux
    personne = f.make_utilisateur(gardee.porteur, role)
    voisine = f.make_dispositif(region.acteur)
    with pytest.raises(PermissionDenied):
        fondre(personne, gardee, absorbee)
    with pytest.raises(PermissionDenied):
        fondre(f.make_utilisateur(gardee.porteur), gardee, voisine)
    with pytest.raises(PermissionDenied):
        fondre(f.make_utilisateur(gardee.porteur), voisine, gardee)
    client.force_login(personne)
    assert client.get(url(gardee, absorbee)).status_code == 403


def test_qui_ne_tient_qu_une_fiche_compare_et_sait_a_qui_la_montrer(client, deux, tenante, region):
    voisine = f.make_dispositif(region.acteur, nom="Garage de Roye")
    client.force_login(tenante)

    page = client.get(url(deux[0], voisine))

    assert page.status_code == 200
    assert page.context["a_joindre"] == region.acteur
    assert '<button class="bouton">Fusionner' not in page.content.decode()
    assert client.post(url(deux[0], voisine), {}).status_code == 403


def test_defaire_demande_encore_les_deux_droits(client, deux, tenante, region):
    gardee, absorbee = deux
    fusion = fondre(tenante, gardee, absorbee)
    Dispositif.tous.filter(pk=absorbee.pk).update(porteur=region.acteur, tenu_par=region.acteur)
    client.force_login(tenante)

    assert client.post(f"/dispositifs/fusions/{fusion.pk}/defaire/").status_code == 403
    with pytest.raises(PermissionDenied):
        fusion.defaire(tenante)


# --- Distinctes ----------------------------------------------------------------------------------


def test_deux_fiches_dites_distinctes_ne_sont_plus_rapprochees(client, deux, tenante):
    gardee, absorbee = deux
    client.force_login(tenante)
    assert [d.dispositif for d in doublons_probables(gardee)] == [absorbee]

    client.post(reverse("dispositifs:distinction_create", args=[absorbee.pk, gardee.pk]))
    client.post(reverse("dispositifs:distinction_create", args=[gardee.pk, absorbee.pk]))

    assert doublons_probables(gardee) == doublons_probables(absorbee) == []
    acte = Acte.objects.get(cible=Distinction.objects.get().identifiant)
    assert (acte.verbe, acte.utilisateur) == ("creer", tenante)
    client.post(reverse("dispositifs:distinction_delete", args=[gardee.pk, absorbee.pk]))
    assert [d.dispositif for d in doublons_probables(gardee)] == [absorbee]


def test_chaque_lien_vers_un_dispositif_a_sa_place_dans_une_fusion():
    """Un lien neuf se range ici, et dans `FusionQuerySet` s'il doit suivre la fiche gardée."""
    suit = {"fiches"}
    reste_a_l_absorbee = {
        *("zones", "mots", "demandes", "fusions", "ecarts", "signalements", "lignes_importees"),
    }
    liens = {r.get_accessor_name() for r in Dispositif._meta.related_objects if not r.hidden}

    assert liens - suit - reste_a_l_absorbee == set()


# --- Avant d'ajouter -----------------------------------------------------------------------------


def test_un_doublon_est_montre_avant_d_enregistrer_et_rien_n_est_perdu(
    client, region, redacteur, saisie, territoire
):
    autre = f.make_dispositif(nom="L’atelier vélo", type="atelier-velo")
    client.force_login(redacteur)
    adresse = f"/dispositifs/nouveau/?porteur={region.acteur_id}"

    page = client.post(adresse, saisie)

    assert Dispositif.objects.count() == 1
    assert [d.dispositif for d in page.context["doublons"]] == [autre]
    assert page.context["form"]["description"].value() == saisie["description"]
    client.post(adresse, saisie | {"doublons_vus": [autre.pk]})
    assert Dispositif.objects.count() == 2
