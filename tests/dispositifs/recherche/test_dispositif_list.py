"""La liste de l'inventaire : chercher, filtrer, trier, page par page, à coût constant."""

from datetime import timedelta

import pytest
from django.utils import timezone

from acteurs.publics import Public
from dispositifs.models import Dispositif
from dispositifs.typologie import THEMATIQUES_PAR_TYPE, Motif, Thematique
from pams_portal.typographie import espacer
from tests import factories as f

URL = "/dispositifs/"


def noms(client, **filtres):
    return [ligne["nom"] for ligne in client.get(URL, filtres).context["lignes"]]


def page(client, **filtres):
    """Le HTML de la liste, les espaces réduites."""
    return " ".join(client.get(URL, filtres).content.decode().split())


def il_y_a(jours):
    return timezone.localdate() - timedelta(days=jours)


def test_le_public_ne_voit_que_ce_qui_est_publie(client, db):
    for statut in Dispositif.Statut:
        f.make_dispositif(nom=statut.label, statut=statut)

    assert noms(client) == ["À confirmer", "Vérifié"]


def test_une_personne_connectee_voit_le_reste_sauf_les_fermes_qu_elle_demande(client, redacteur):
    for statut in Dispositif.Statut:
        f.make_dispositif(nom=statut.label, statut=statut)
    client.force_login(redacteur)

    assert noms(client) == ["À confirmer", "Signalé", "Suspendu", "Vérifié"]
    assert noms(client, statut="ferme") == ["Fermé"]


def test_le_public_ne_peut_pas_demander_ce_qui_n_est_pas_publie(client, db):
    f.make_dispositif(statut="signale")

    reponse = client.get(URL, {"statut": "signale"})

    assert reponse.context["lignes"] == []
    assert list(reponse.context["filtre"].form.errors) == ["statut"]


@pytest.mark.parametrize(
    "saisie",
    ["garage", "GARAGE", "SOLIDAIRE réparer", "reparer", "velo-ecole", "l’été", "mobi"],
)
def test_la_recherche_ignore_accents_casse_et_apostrophes_et_veut_tous_les_mots(client, db, saisie):
    porteur = f.make_acteur(nom="Association Mobi’Été")
    f.make_dispositif(
        porteur, nom="Garage solidaire et Vélo-École", description="Réparer, même l'été."
    )
    f.make_dispositif(nom="Autre chose", type="tad", description="Rien à voir")

    assert noms(client, q=saisie) == ["Garage solidaire et Vélo-École"]
    assert noms(client, q=f"{saisie} introuvable") == []


def test_un_pour_cent_n_est_pas_un_joker(client, db):
    f.make_dispositif(nom="Remise de 50 %")
    f.make_dispositif(nom="Remise en confiance")

    assert noms(client, q="50 %") == ["Remise de 50 %"]
    assert noms(client, q="rem%se") == []


def test_renommer_le_porteur_ne_perime_pas_la_recherche(client, db):
    porteur = f.make_acteur(nom="Ancien nom")
    f.make_dispositif(porteur, nom="Navette")
    porteur.nom = "Nouveau nom"
    porteur.save()

    assert noms(client, q="nouveau") == ["Navette"]
    assert noms(client, q="ancien") == []


def test_chaque_filtre_ne_garde_que_ce_qu_il_dit(client, territoire):
    porteur = f.make_acteur(nom="Roues libres", siren="356000000")
    le_bon = f.make_dispositif(
        porteur,
        nom="Le bon",
        type="auto-ecole-sociale",
        publics=["seniors"],
        motifs=["sante"],
        zone_eligibilite=["commune-02408"],
        confirme_le=il_y_a(10),
    )
    f.make_dispositif(
        nom="L’autre",
        type="tad",
        publics=["etudiants"],
        motifs=["emploi"],
        zone_eligibilite=["commune-49328"],
        statut="a_confirmer",
        confirme_le=il_y_a(400),
    )

    le_bon.financeurs.add(f.make_acteur(nom="Caisse"))

    for filtres in (
        {"bassin": "aisne-et-oise"},
        {"territoire": "Laon"},
        {"territoire": "02408"},
        {"territoire": "CA du Pays de Laon"},
        {"territoire": "département 02"},
        {"territoire": "region 32"},
        {"famille": "apprendre"},
        {"type": "auto-ecole-sociale"},
        {"thematique": "mobilite--preparer-un-permis"},
        {"public": "seniors"},
        {"motif": "sante"},
        {"epci": "200043495"},
        {"commune": "02408"},
        {"financeur": "caisse"},
        {"porteur": "roues"},
        {"porteur": "356000000"},
        {"statut": "verifie"},
        {"fraicheur": "vert"},
    ):
        assert noms(client, **filtres) == ["Le bon"], filtres


def test_un_territoire_montre_tout_ce_qui_y_est_ouvert_de_la_commune_a_la_france(
    client, territoire
):
    for cle in (
        *("commune-02408", "epci-200043495", "departement-02", "region-32", "france"),
        *("commune-60286", "epci-246000848", "departement-60", "region-52"),
    ):
        f.make_dispositif(nom=cle, zone_eligibilite=[cle])

    de_laon = ["commune-02408", "departement-02", "epci-200043495", "france", "region-32"]
    assert noms(client, territoire="Laon") == de_laon
    assert len(noms(client, territoire="France")) == 9


def test_un_epci_ne_compte_plus_ses_communes_disparues(client, territoire):
    f.make_dispositif(nom="Ancien", zone_eligibilite=["commune-02408"])
    assert noms(client, territoire="200043495") == ["Ancien"]

    type(territoire["laon"]).objects.filter(pk="02408").update(millesime=2024)

    assert noms(client, territoire="200043495") == []


def test_un_territoire_ambigu_donne_ses_candidats_et_aucun_resultat_trompeur(client, territoire):
    f.make_dispositif()

    reponse = client.get(URL, {"territoire": "saint-denis"})
    page = reponse.content.decode()

    assert reponse.context["lignes"] == []
    assert (
        espacer("Saint-Denis, Maine-et-Loire (commune 49270) ; Saint-Denis, Oise (commune 60578)")
        in page
    )
    assert 'value="saint-denis"' in page


def test_un_code_postal_ne_montre_pas_en_silence_une_autre_commune(client, territoire):
    f.make_commune(None, territoire["saumur"].departement, code="49400", nom="Homonyme")
    f.make_dispositif(zone_eligibilite=["commune-49400"])

    reponse = client.get(URL, {"territoire": "49400"})

    assert reponse.context["lignes"] == []
    assert espacer("Homonyme, Maine-et-Loire (commune 49400) ; Saumur") in reponse.content.decode()


def test_chercher_un_public_montre_aussi_ce_qui_est_ouvert_a_tous(client, db):
    f.make_dispositif(nom="Seniors", publics=["seniors"])
    f.make_dispositif(nom="Tous", publics=["tous-publics"])
    f.make_dispositif(nom="Femmes", publics=["femmes"])

    assert noms(client, public=Public.SENIORS) == ["Seniors", "Tous"]


@pytest.mark.parametrize("thematique", Thematique)
def test_une_thematique_reunit_ses_types(client, db, thematique):
    for code in THEMATIQUES_PAR_TYPE:
        f.make_dispositif(type=code, nom=code)

    attendus = sorted(code for code, t in THEMATIQUES_PAR_TYPE.items() if thematique in t)
    assert sorted(noms(client, thematique=thematique)) == attendus


def test_l_etat_affiche_vieillit_avec_le_temps_et_le_filtre_le_suit(client, db):
    f.make_dispositif(nom="Frais", confirme_le=il_y_a(182))
    f.make_dispositif(nom="Vieilli", confirme_le=il_y_a(183))
    f.make_dispositif(nom="Sans date", confirme_le=None)
    f.make_dispositif(nom="Déjà noté", statut="a_confirmer", confirme_le=il_y_a(10))

    assert noms(client, statut="verifie") == ["Frais"]
    assert noms(client, statut="a_confirmer") == ["Déjà noté", "Sans date", "Vieilli"]
    vieilli = page(client, q="vieilli")
    assert 'À confirmer</span> </li> <li><span class="fraicheur fraicheur-orange">' in vieilli
    assert 'icones.svg#alerte"></use> </svg> Confirmé il y a 6 à 24 mois' in vieilli


def test_les_fraicheurs_se_partagent_l_inventaire_et_disent_ce_que_dit_la_fiche(client, db):
    for age in (0, 182, 183, 729, 730, 5000):
        f.make_dispositif(nom=f"{age:04d}", confirme_le=il_y_a(age))
    f.make_dispositif(nom="jamais", confirme_le=None)

    trouves = {fraicheur: noms(client, fraicheur=fraicheur) for fraicheur in Dispositif.Fraicheur}

    assert trouves == {
        "vert": ["0000", "0182"],
        "orange": ["0183", "0729"],
        "rouge": ["0730", "5000", "jamais"],
    }
    for fraicheur, siens in trouves.items():
        for nom in siens:
            assert Dispositif.objects.get(nom=nom).fraicheur == fraicheur


def test_on_trie_et_l_ordre_est_le_meme_sur_toutes_les_bases(client, db):
    f.make_dispositif(f.make_acteur(nom="Zoé"), nom="École", confirme_le=il_y_a(2))
    f.make_dispositif(f.make_acteur(nom="Âge"), nom="ecran", confirme_le=il_y_a(1))
    f.make_dispositif(f.make_acteur(nom="Milieu"), nom="Abri", confirme_le=None)

    assert noms(client) == ["Abri", "École", "ecran"]
    assert noms(client, tri="recents") == ["ecran", "École", "Abri"]
    assert noms(client, tri="anciens") == ["Abri", "École", "ecran"]
    assert noms(client, tri="porteur") == ["ecran", "Abri", "École"]


def test_cinquante_par_page_et_les_filtres_suivent_la_page(client, db):
    porteur = f.make_acteur()
    for n in range(51):
        f.make_dispositif(porteur, nom=f"Garage {n:02d}")

    premiere = client.get(URL, {"q": "garage"})
    page = premiere.content.decode()

    assert len(premiere.context["lignes"]) == 50
    assert "51 dispositifs pour ces filtres" in page
    assert 'href="?q=garage&amp;page=2"' in page
    assert noms(client, q="garage", page=2) == ["Garage 50"]
    assert noms(client, q="garage", page="n’importe quoi") == noms(client, q="garage")


@pytest.mark.parametrize(
    "filtres",
    [
        {"bassin": "inconnu"},
        {"type": "fusée"},
        {"motif": "x|y"},
        {"territoire": "Atlantide"},
        {"tri": "hasard"},
        {"q": "\x00"},
        {"fraicheur": "bleu"},
    ],
)
def test_un_filtre_faux_se_dit_sans_rien_montrer_ni_tomber(client, db, filtres):
    f.make_dispositif()

    reponse = client.get(URL, filtres)

    assert reponse.status_code == 200
    assert list(reponse.context["filtre"].form.errors) == list(filtres)
    assert "Corrigez le filtre signalé" in reponse.content.decode()


def test_une_ligne_dit_quoi_pour_qui_ou_a_quel_prix_et_depuis_quand(client, territoire):
    f.make_dispositif(
        f.make_acteur(nom="Roues libres"),
        nom="Garage <b>solidaire</b>",
        publics=["demandeurs-emploi"],
        zone_eligibilite=[
            *("commune-02408", "commune-49328", "epci-246000848", "departement-02", "region-32")
        ],
        frais="payant",
        frais_precisions="30 € de l’heure",
        confirme_le=il_y_a(3),
    )

    for attendu in (
        *("Garage &lt;b&gt;solidaire&lt;/b&gt;", "Garage solidaire, porté par Roues libres"),
        *("Demandeurs d’emploi", "Région 32, Aisne, CC de la Picardie Verte et 2 autres"),
        *("Payant : 30 € de l’heure", "Vérifié</span> </li> <li>"),
        'icones.svg#succes"></use> </svg> Confirmé il y a moins de 6 mois',
    ):
        assert attendu in page(client), attendu


@pytest.mark.parametrize("nombre", [1, 3])
def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_dispositifs(
    client, territoire, django_assert_num_queries, nombre
):
    for _ in range(nombre):
        f.make_dispositif(
            zone_eligibilite=["commune-02408", "epci-246000848"],
            commune=territoire["laon"],
            confirme_par=f.make_acteur(),
            confirme_le=il_y_a(3),
        )

    # L'état, l'instantané (deux), les bassins (trois), les acteurs, les fiches de la page et les
    # noms de leurs territoires (deux).
    with django_assert_num_queries(10) as requetes:
        client.get(URL)

    assert not any("description" in r["sql"].split(" WHERE ")[0] for r in requetes.captured_queries)


@pytest.mark.parametrize("nombre", [1, 3])
def test_filtrer_et_se_connecter_coutent_un_nombre_constant_de_requetes(
    client, redacteur, territoire, django_assert_num_queries, nombre
):
    for _ in range(nombre):
        f.make_dispositif(zone_eligibilite=["commune-02408"], motifs=[Motif.EMPLOI])
    client.force_login(redacteur)

    with django_assert_num_queries(26):
        reponse = client.get(
            URL, {"q": "garage", "bassin": "aisne-et-oise", "territoire": "Laon", "motif": "emploi"}
        )

    assert len(reponse.context["lignes"]) == nombre


def test_une_liste_vide_apprend_a_quoi_elle_sert(client, db, redacteur):
    assert "L’inventaire est vide" in client.get(URL).content.decode()
    assert "Aucun dispositif ne répond" in client.get(URL, {"q": "x"}).content.decode()
    client.force_login(redacteur)
    assert "Ajouter le premier dispositif" in client.get(URL).content.decode()


def test_ajouter_n_est_propose_qu_a_qui_le_peut(client, personnes):
    attendu = {"redactrice": True, "lectrice": False, "admin": False, "etrangere": True}

    for qui, propose in attendu.items():
        client.force_login(personnes[qui])
        assert ('href="/dispositifs/nouveau/"' in client.get(URL).content.decode()) is propose


def test_sur_place_l_adresse_ne_garde_que_les_filtres_remplis(client, db):
    f.make_dispositif(nom="Garage")
    sur_place = {"HX-Request": "true"}

    reponse = client.get(f"{URL}?q=gar%C3%A9&type=&motif=&page=2", headers=sur_place)
    assert reponse["HX-Push-Url"] == f"{URL}?q=gar%C3%A9&page=2"
    assert client.get(f"{URL}?q=&type=", headers=sur_place)["HX-Push-Url"] == URL
    assert "HX-Push-Url" not in client.get(URL)
