from pytest_django.asserts import assertContains, assertNotContains

from acteurs.models import Etablissement, Fonction
from dispositifs.models import Dispositif
from tests import factories as f


def test_la_page_dit_l_identite_les_fonctions_leur_territoire_et_leur_source(client, db):
    acteur = f.make_acteur(
        nom="Région Hauts-de-France", siren="200053742", courriel="mobilites@example.org"
    )
    f.make_fonction(
        acteur,
        Fonction.Nature.REGION,
        regions=[f.make_region(nom="Hauts-de-France")],
        etat=Fonction.Etat.VERIFIE,
        source="Code officiel géographique 2026",
    )
    f.make_fonction(
        acteur,
        Fonction.Nature.AOM,
        par_substitution=True,
        etat=Fonction.Etat.A_VERIFIER,
        source="À confirmer",
    )
    response = client.get(acteur.get_absolute_url())
    assertContains(response, "<h1>Région Hauts-de-France</h1>")
    assertContains(response, "200053742")
    assertContains(response, "mobilites@example.org")
    assertContains(response, "Vérifiée")
    assertContains(response, "À vérifier")
    assertContains(response, "Code officiel géographique 2026")
    assertContains(response, "par substitution")


def test_un_inconnu_voit_les_etablissements_et_aucun_bouton(client, structure, make_siret):
    Etablissement.objects.create(
        acteur=structure,
        siret=make_siret(structure.siren),
        nom="Antenne de Roye",
        commune=f.make_commune(nom="Roye"),
    )
    response = client.get(structure.get_absolute_url())
    assertContains(response, "Antenne de Roye")
    assertContains(response, "<li>Roye</li>", html=True)
    assertNotContains(response, "Modifier")
    assertNotContains(response, "Gérer les personnes")


def test_chacun_voit_les_boutons_de_son_role_sur_sa_seule_structure(
    client, structure, redactrice, gestionnaire, voisine
):
    boutons = ("Modifier", "Gérer les personnes")
    attendus = {redactrice: [True, False], gestionnaire: [False, True], voisine: [False, False]}
    for personne, attendu in attendus.items():
        client.force_login(personne)
        page = client.get(structure.get_absolute_url()).content.decode()
        assert [f">{bouton}</a>" in page for bouton in boutons] == attendu


def test_aucun_nom_de_personne_n_est_publie(client, structure, redactrice, gestionnaire):
    response = client.get(structure.get_absolute_url())
    for personne in (redactrice, gestionnaire):
        assertNotContains(response, personne.nom)
        assertNotContains(response, personne.courriel)


def test_un_projet_de_plan_ne_se_voit_que_de_qui_y_a_une_place(
    client, plan, association, personnes
):
    adresse = association.acteur.get_absolute_url()
    assertNotContains(client.get(adresse), plan.titre)
    client.force_login(personnes["etrangere"])
    assertNotContains(client.get(adresse), plan.titre)
    client.force_login(personnes["departement"])
    assertContains(client.get(adresse), plan.titre)
    assertContains(client.get(adresse), "Organisme associé")


def test_un_plan_adopte_se_voit_de_tous(client, plan, association):
    plan.etat = plan.Etat.ADOPTE
    plan.save()
    assertContains(client.get(association.acteur.get_absolute_url()), plan.titre)


def test_seuls_les_dispositifs_publies_se_voient_sans_compte(client, structure):
    f.make_dispositif(structure, nom="Garage de Roye")
    f.make_dispositif(structure, nom="Prêt de vélos", statut=Dispositif.Statut.SIGNALE)
    response = client.get(structure.get_absolute_url())
    assertContains(response, "Garage de Roye")
    assertNotContains(response, "Prêt de vélos")


def test_la_page_ne_fait_pas_plus_de_requetes_avec_trois_de_chaque(
    client, structure, make_siret, django_assert_num_queries
):
    rang = 0
    for tour in range(2):
        for _ in range(1 + tour):
            rang += 1
            Etablissement.objects.create(
                acteur=structure,
                siret=make_siret(structure.siren, rang),
                nom=f"Antenne {rang}",
                commune=f.make_commune(),
            )
            f.make_dispositif(structure)
            f.make_fonction(
                structure,
                "accompagnement",
                regions=[f.make_region()],
                departements=[f.make_departement()],
                epci=[f.make_epci()],
            )
            f.make_partie(f.make_plan(etat="adopte"), structure)
        with django_assert_num_queries(8):
            client.get(structure.get_absolute_url())


def test_un_acteur_fictif_porte_la_marque_de_la_demonstration(client, db):
    acteur = f.make_acteur(demonstration=True)
    assertContains(client.get(acteur.get_absolute_url()), "DÉMONSTRATION, contenu fictif")


def test_un_acteur_inconnu_est_introuvable(client, db):
    assert client.get("/acteurs/999999/").status_code == 404
