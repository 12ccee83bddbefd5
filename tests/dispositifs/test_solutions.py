"""« Quelles solutions près de chez vous ? » : ce qu’une personne voit, et ne voit pas."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertNumQueries

from acteurs.publics import Public
from dispositifs.solutions import (
    BESOINS,
    SITUATIONS,
    commune_choisie,
    communes_dites,
    solutions_a,
)
from dispositifs.typologie import FAMILLES
from pams_portal.typographie import espacer
from tests import factories as f


@pytest.fixture
def roye(db):
    epci = f.make_epci(nom="CC du Grand Roye")
    return f.make_commune(epci=epci, nom="Roye", codes_postaux="80700")


def noms(commune, **reponses):
    return [dispositif.nom for dispositif in solutions_a(commune, **reponses)]


def repondre(client, **reponses):
    return client.get("/solutions/", reponses)


# --- Où ------------------------------------------------------------------------------------------


def test_une_commune_se_dit_par_son_nom_son_code_postal_ou_son_code_insee(roye):
    f.make_commune(nom="Royère-de-Vassivière", codes_postaux="23460")
    saint = f.make_commune(nom="Saint-Just", codes_postaux="80700")
    assert communes_dites("ROYE") == [roye]
    assert communes_dites(roye.pk) == [roye]
    assert communes_dites("80700") == [roye, saint]
    assert communes_dites("St Just") == [saint]
    assert [c.nom for c in communes_dites("roy")] == ["Roye", "Royère-de-Vassivière"]
    assert communes_dites("  ") == communes_dites("Nulle part") == []


def test_un_code_postal_n_est_pas_le_code_insee_d_une_autre_commune(client, roye):
    autre = f.make_commune(code="80700", nom="Saint-Blimont", codes_postaux="80960")
    assert communes_dites("80700") == communes_dites("80 700") == [roye]
    assert communes_dites(commune_choisie(autre)) == [autre]
    assertContains(repondre(client, commune="80700"), "à Roye.")
    lien = client.get("/solutions/80700/", follow=True)
    assert lien.context["commune"] == autre
    assertContains(lien, 'value="Saint-Blimont (80700)"')


def test_un_code_postal_ou_un_departement_precise_le_nom(roye):
    voisine = f.make_commune(nom="Carrépuis", codes_postaux="80700")
    f.make_commune(departement=f.make_departement("70"), nom="Roye", codes_postaux="70200")
    assert communes_dites("80700 Roye") == communes_dites("Roye, 80700") == [roye]
    assert communes_dites("Roye (80)") == communes_dites("roye 80") == [roye]
    assert set(communes_dites("80700 Royes")) == {roye, voisine}


def test_les_communes_d_un_code_postal_sont_toutes_la_la_plus_peuplee_d_abord(roye):
    for n in range(44):
        f.make_commune(nom=f"Andechy {n}", codes_postaux="80700", population=100)
    type(roye).objects.filter(pk=roye.pk).update(population=5800)
    trouvees = communes_dites("80700")
    assert (trouvees[0], len(trouvees)) == (roye, 45)


def test_un_nom_mal_ecrit_propose_ceux_qui_lui_ressemblent(client, db):
    fuscien = f.make_commune(nom="Saint-Fuscien")
    f.make_commune(nom="Santerre")
    response = repondre(client, commune="st fusien", besoin="payer")
    assertContains(response, espacer("Aucune commune ne s’appelle « st fusien »"))
    assertContains(response, f"?commune=Saint-Fuscien+%28{fuscien.pk}%29&amp;besoin=payer")
    assertNotContains(response, "Santerre")


def test_un_nom_que_portent_plusieurs_communes_fait_choisir_en_gardant_les_reponses(client, roye):
    autre = f.make_commune(departement=f.make_departement("60"), nom="Roye")
    response = repondre(client, commune="Roye", besoin="payer", situation=["emploi", "jeune"])
    assertContains(response, espacer("Laquelle est votre commune ?"))
    lien = f"?commune=Roye+%28{autre.pk}%29&amp;besoin=payer&amp;situation=emploi"
    assertContains(response, lien)


def test_une_commune_inconnue_est_dite_et_la_saisie_gardee(client, db):
    response = repondre(client, commune="Nulle <b>part", situation="age")
    assertContains(response, espacer("Aucune commune ne s’appelle « Nulle &lt;b&gt;part »"))
    assertContains(response, 'value="Nulle &lt;b&gt;part"')
    assert response.context["form"]["situation"].value() == ["age"]


# --- Ce qui est proposé --------------------------------------------------------------------------


def test_du_plus_proche_au_plus_large_et_rien_d_ailleurs(roye):
    zones = {
        "Commune": f"commune-{roye.pk}",
        "Intercommunalité": f"epci-{roye.epci_id}",
        "Département": "departement-80",
        "Région": "region-32",
        "Partout": "france",
        "Ailleurs": f"epci-{f.make_epci().pk}",
    }
    for nom, cle in reversed(zones.items()):
        f.make_dispositif(nom=nom, zone_eligibilite=[cle])
    assert noms(roye) == ["Commune", "Intercommunalité", "Département", "Région", "Partout"]


def test_un_dispositif_de_deux_zones_compte_pour_la_plus_proche(roye):
    f.make_dispositif(nom="Large", zone_eligibilite=["departement-80"])
    f.make_dispositif(nom="Zut", zone_eligibilite=["france", f"commune-{roye.pk}"])
    assert noms(roye) == ["Zut", "Large"]


@pytest.mark.parametrize("statut", ["signale", "suspendu", "ferme"])
def test_ce_qui_n_est_pas_publie_n_est_pas_propose_meme_a_un_agent(client, roye, statut):
    f.make_dispositif(nom="Secret", statut=statut)
    client.force_login(f.make_utilisateur(f.make_acteur()))
    assertNotContains(repondre(client, commune=roye.pk), "Secret")


def test_l_ingenierie_n_est_pas_une_solution_pour_une_personne(roye):
    f.make_dispositif(type="observatoire")
    assert noms(roye) == []


def test_chaque_type_utile_a_une_personne_repond_a_un_besoin():
    utiles = {t for nom, types in FAMILLES.items() for t in types if "Ingénierie" not in nom}
    assert {code for besoin in BESOINS.values() for code in besoin.types} == utiles


def test_le_besoin_choisit_les_types(roye):
    f.make_dispositif(nom="Garage", type="garage-solidaire")
    f.make_dispositif(nom="Permis", type="auto-ecole-sociale")
    assert noms(roye, besoin="reparer") == ["Garage"]
    assert noms(roye, besoin="apprendre") == ["Permis"]
    assert noms(roye, besoin="venir") == []


def test_la_situation_garde_ce_qui_est_pour_elle_pour_tous_ou_sans_precision(roye):
    f.make_dispositif(nom="Emploi", publics=[Public.DEMANDEURS_EMPLOI, Public.SENIORS])
    f.make_dispositif(nom="Flou", publics=[])
    f.make_dispositif(nom="Seniors", publics=[Public.SENIORS])
    f.make_dispositif(nom="Tous", publics=[Public.TOUS])
    assert noms(roye, situations=["emploi"]) == ["Emploi", "Flou", "Tous"]
    assert noms(roye, situations=["emploi", "age"]) == ["Emploi", "Flou", "Seniors", "Tous"]
    assert noms(roye, situations=["handicap"]) == ["Flou", "Tous"]


def test_chaque_public_nomme_par_la_loi_a_une_situation():
    couverts = {public for _, publics in SITUATIONS.values() for public in publics}
    assert set(Public) - couverts == {Public.TOUS, Public.FEMMES, Public.QPV_FRR}


# --- La page -------------------------------------------------------------------------------------


def test_la_page_dit_le_prix_et_comment_l_obtenir(client, roye):
    f.make_dispositif(
        nom="Garage de Roye",
        frais="payant",
        frais_precisions="30 € de l’heure",
        telephone="03 22 00 00 00",
        mobilisable_par=["professionnels"],
        commune=roye,
        adresse="2 rue du Pont",
        modes_mobilisation=["se-presenter"],
    )
    response = repondre(client, commune="Roye")
    assertContains(response, "1 solution pour vous à Roye.")
    assertContains(response, "Payant : 30 € de l’heure")
    assertContains(response, "Il faut passer par un professionnel")
    assertContains(response, 'Téléphonez au <a href="tel:0322000000">03 22 00 00 00</a>.')
    assertContains(response, "Présentez-vous : 2 rue du Pont, Roye.")


def test_sans_contact_la_page_nomme_qui_porte_le_service(client, roye):
    f.make_dispositif(f.make_acteur(nom="Roues libres"))
    assertContains(repondre(client, commune="Roye"), espacer("Adressez-vous à : Roues libres."))


def test_sans_resultat_la_page_dit_a_qui_demander(client, roye):
    response = repondre(client, commune="Roye", besoin="venir")
    assertContains(response, "Nous ne connaissons pas encore")
    assertContains(response, "France Travail")


def test_une_reponse_inventee_est_refusee_sans_rien_perdre(client, roye):
    response = repondre(client, commune="Roye", besoin="<script>", situation="x")
    assert set(response.context["form"].errors) == {"besoin", "situation"}
    assertContains(response, 'value="Roye"')


@pytest.mark.parametrize("nombre", [1, 3])
def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_solutions(client, roye, nombre):
    for _ in range(nombre):
        f.make_dispositif(zone_eligibilite=["departement-80"], commune=roye)
    with assertNumQueries(5):
        repondre(client, commune="Roye")
    with assertNumQueries(5):
        client.get(f"/solutions/{roye.pk}/affiche/")


# --- L'affiche -----------------------------------------------------------------------------------


def test_l_affiche_montre_les_plus_proches_et_compte_les_autres(client, roye):
    for n in range(40):
        f.make_dispositif(nom=f"Loin {n}")
    f.make_dispositif(nom="Tout près", zone_eligibilite=[f"commune-{roye.pk}"])
    response = client.get(f"/solutions/{roye.pk}/affiche/")
    assertContains(response, "<h1>Se déplacer à Roye</h1>")
    assertContains(response, "Tout près")
    assertContains(response, "<strong>Loin", count=20)
    assertContains(response, "Et 20 autres solutions sur")
    assertContains(response, f"http://127.0.0.1:8000/solutions/{roye.pk}/")


def test_l_affiche_dit_qui_contacter_s_il_faut_passer_par_un_autre_et_ce_qui_a_vieilli(
    client, roye
):
    aujourd_hui = timezone.localdate()
    f.make_dispositif(
        lien_mobilisation="https://exemple.fr/demande",
        mobilisable_par=["usagers"],
        confirme_le=aujourd_hui,
    )
    affiche = f"/solutions/{roye.pk}/affiche/"
    response = client.get(affiche)
    assertContains(response, "https://exemple.fr/demande")
    assertNotContains(response, "Avec votre conseiller")
    assertNotContains(response, "À vérifier")
    f.make_dispositif(
        mobilisable_par=["professionnels"], confirme_le=aujourd_hui - timedelta(days=200)
    )
    assertContains(client.get(affiche), "Avec votre conseiller ou le CCAS")
    assertContains(client.get(affiche), espacer("À vérifier : confirmé il y a 6 à 24 mois"))


def test_l_affiche_d_une_commune_inconnue_n_existe_pas(client, db):
    assert client.get("/solutions/99999/affiche/").status_code == 404


def test_l_affiche_d_un_contenu_fictif_le_dit(client, roye):
    f.make_dispositif(demonstration=True)
    assertContains(client.get(f"/solutions/{roye.pk}/affiche/"), "DÉMONSTRATION, contenu fictif")


def test_la_page_dit_pour_qui_en_mots_de_tous_les_jours(client, roye):
    f.make_dispositif(
        zone_eligibilite=[f"commune-{roye.pk}"],
        publics=["vulnerabilite-economique", "beneficiaires-des-minimas-sociaux", "jeunes"],
    )
    assertContains(
        repondre(client, commune=roye.pk),
        "Personnes qui touchent le RSA ou une aide de ce type, jeunes, "
        "personnes qui ont peu d’argent",
    )
