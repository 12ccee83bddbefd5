"""L'API publique : ce qu'elle promet est ce qu'elle rend, et rien d'autre que ce qui est publié."""

import json
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker

from acteurs.models import Acteur
from bassins.models import Bassin
from dispositifs.models import Dispositif
from dispositifs.ouverture.openapi import description
from tests import factories as f

RACINE = "/api/v1"
FORMATS = FormatChecker(["date", "uuid"])
FORMATS.checks("date-time", raises=ValueError)(datetime.fromisoformat)


def lire(client, chemin, **parametres):
    return client.get(f"{RACINE}{chemin}", parametres).json()


def noms(client, **parametres):
    return [dit["nom"] for dit in lire(client, "/dispositifs/", **parametres)["resultats"]]


def verifier(chemin, code, contenu):
    """Échoue si un contenu n'est pas ce que la description promet pour cette adresse."""
    promis = description()["paths"][chemin]["get"]["responses"][str(code)]
    schema = promis["content"]["application/json"]["schema"]
    racine = schema | {"components": description()["components"]}
    Draft202012Validator(racine, format_checker=FORMATS).validate(contenu)


# --- Ce qui est promis -------------------------------------------------------------------------


def test_la_description_est_servie_et_ses_schemas_sont_valides(client, db):
    servie = client.get(reverse("api:openapi")).json()

    assert servie == json.loads(json.dumps(description()))
    assert servie["openapi"] == "3.1.0"
    for schema in servie["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_chaque_adresse_decrite_rend_ce_qui_est_promis(client, publie):
    f.make_bassin(f.make_epci()).perimetres.all().delete()
    adresses = {
        "/": ("/", 200),
        "/bassins/": ("/bassins/", 200),
        "/bassins/{slug}/": ("/bassins/anjou-est/", 200),
        "/acteurs/": ("/acteurs/", 200),
        "/acteurs/{identifiant}/": (f"/acteurs/{publie.porteur.identifiant}/", 200),
        "/dispositifs/": ("/dispositifs/", 200),
        "/dispositifs/{identifiant}/": (f"/dispositifs/{publie.identifiant}/", 200),
    }
    assert set(adresses) == set(description()["paths"])

    for chemin, (adresse, code) in adresses.items():
        reponse = client.get(f"{RACINE}{adresse}")
        assert reponse.status_code == code, adresse
        verifier(chemin, code, reponse.json())


@pytest.mark.parametrize(
    ("chemin", "adresse", "code"),
    [
        ("/bassins/{slug}/", "/bassins/inconnu/", 404),
        ("/acteurs/{identifiant}/", "/acteurs/00000000-0000-4000-8000-000000000000/", 404),
        ("/dispositifs/{identifiant}/", "/dispositifs/00000000-0000-4000-8000-000000000000/", 404),
        ("/acteurs/{identifiant}/", "/acteurs/pas-un-identifiant/", 404),
        ("/bassins/{slug}/", "/bassins/a b/", 404),
        ("/dispositifs/", "/dispositifs/?page=99", 404),
        ("/dispositifs/", "/dispositifs/?par_page=1000", 400),
        ("/dispositifs/", "/dispositifs/?statut=ferme", 400),
        ("/dispositifs/", "/dispositifs/?territoire=99999", 400),
        ("/acteurs/", "/acteurs/?siren=123", 400),
        ("/bassins/", "/bassins/?departement=999", 400),
    ],
)
def test_un_refus_a_la_forme_promise(client, db, chemin, adresse, code):
    reponse = client.get(f"{RACINE}{adresse}")

    assert reponse.status_code == code
    verifier(chemin, code, reponse.json())
    assert "ETag" not in reponse


def test_les_parametres_decrits_sont_ceux_qui_sont_lus(client, db):
    for chemin, operations in description()["paths"].items():
        dits = {p["name"] for p in operations["get"]["parameters"] if p["in"] == "query"}
        if dits:
            refus = client.get(f"{RACINE}{chemin}?faux=1").json()["parametres"]["faux"][0]
            assert set(refus.rpartition(" : ")[2].rstrip(".").split(", ")) == dits


def test_une_fiche_dit_tout_ce_que_la_page_publique_dit(client, publie, territoire):
    dit = lire(client, f"/dispositifs/{publie.identifiant}/")

    assert dit["porteur"] == {
        "identifiant": str(publie.porteur.identifiant),
        "siren": publie.porteur.siren,
        "nom": "Roues libres",
    }
    assert dit["zone_eligibilite"] == [
        {"echelle": "commune", "code": "60286", "nom": "Grandvilliers"},
        {"echelle": "epci", "code": "200043495", "nom": "CA du Pays de Laon"},
        {"echelle": "region", "code": "32", "nom": "Région 32"},
    ]
    assert (dit["etp"], dit["cout_annuel"]) == (1.5, 12000.5)
    assert dit["page"].endswith(publie.get_absolute_url())
    assert all(valeur not in (None, "", []) for valeur in dit.values())


# --- Ce qui ne sort jamais ---------------------------------------------------------------------


@pytest.mark.parametrize("compte", [None, "region"])
def test_rien_de_non_publie_ne_sort_meme_connecte(client, jamais_publies, personnes, compte):
    if compte:
        client.force_login(personnes[compte])

    assert noms(client) == ["Garage solidaire de Laon"]
    assert noms(client, q="SECRET") == []
    for fiche in jamais_publies:
        assert client.get(f"{RACINE}/dispositifs/{fiche.identifiant}/").status_code == 404


def test_le_contact_d_une_personne_ne_sort_pas(client, publie):
    publie.courriel = publie.porteur.courriel = "jean.petit@gmail.com"
    publie.telephone = publie.porteur.telephone = "06 12 34 56 78"
    publie.description = "Appeler le 06 12 34 56 78, ou jean.petit@gmail.com."
    publie.save()
    publie.porteur.save()

    dits = client.get(f"{RACINE}/dispositifs/").content + client.get(f"{RACINE}/acteurs/").content

    assert b"jean.petit" not in dits
    assert b"06 12" not in dits
    assert lire(client, f"/dispositifs/{publie.identifiant}/")["courriel"] == ""


def test_aucune_personne_n_est_nommee(client, publie, personnes):
    tout = "".join(
        client.get(f"{RACINE}{chemin}").content.decode()
        for chemin in ("/bassins/", "/acteurs/", "/dispositifs/")
    )

    for personne in personnes.values():
        assert personne.nom not in tout
        assert personne.courriel not in tout


# --- Filtrer, paginer --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filtre", "trouve"),
    [
        *(({"q": "GARAGES laon"}, None), ({"q": "garage"}, True), ({"q": "velo"}, False)),
        *(({"bassin": "aisne-et-oise"}, True), ({"bassin": "anjou-est"}, False)),
        *(({"territoire": "02408"}, True), ({"territoire": "Saumur"}, False)),
        *(({"type": "garage-solidaire"}, True), ({"type": "tad"}, False)),
        ({"thematique": "mobilite--entretenir-reparer-son-vehicule"}, True),
        ({"thematique": "mobilite--preparer-un-permis"}, False),
        *(({"public": "seniors"}, True), ({"public": "jeunes"}, False)),
        *(({"fraicheur": "vert"}, True), ({"fraicheur": "rouge"}, False)),
        ({"modifies_depuis": "2020-01-01"}, True),
        ({"modifies_depuis": (timezone.localdate() + timedelta(days=2)).isoformat()}, False),
        ({"porteur": "200043495"}, False),
    ],
    ids=str,
)
def test_chaque_filtre_restreint(client, publie, filtre, trouve):
    trouves = noms(client, **filtre)

    if trouve is not None:
        assert trouves == (["Garage solidaire de Laon"] if trouve else [])


def test_les_acteurs_et_les_bassins_se_filtrent(client, publie):
    assert lire(client, "/acteurs/", q="roues")["total"] == 1
    assert lire(client, "/acteurs/", siren=publie.porteur.siren)["total"] == 1
    assert lire(client, "/acteurs/", fonction="accompagnement")["total"] == 1
    assert lire(client, "/acteurs/", nature="region")["total"] == 0
    assert [b["nom"] for b in lire(client, "/bassins/", departement="49")["resultats"]] == [
        "Anjou Est"
    ]


def test_les_pages_se_suivent_sans_trou_ni_doublon(client, db, settings):
    settings.SITE_URL = "https://pams.example.org"
    for n in range(5):
        f.make_dispositif(nom=f"Dispositif {n}")
    vus, adresse = [], f"{RACINE}/dispositifs/?par_page=2"

    while adresse:
        page = client.get(adresse.removeprefix("https://pams.example.org")).json()
        vus += [dit["nom"] for dit in page["resultats"]]
        adresse = page["suivante"]

    assert vus == [f"Dispositif {n}" for n in range(5)]
    assert (page["total"], page["pages"], page["page"]) == (5, 3, 3)
    assert page["precedente"] == "https://pams.example.org/api/v1/dispositifs/?par_page=2&page=2"


@pytest.mark.parametrize(
    ("chemin", "requetes"), [("/bassins/", 7), ("/acteurs/", 9), ("/dispositifs/", 7)]
)
def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_d_objets(
    client, publie, django_assert_num_queries, chemin, requetes
):
    def une_lecture():
        with django_assert_num_queries(requetes):
            client.get(f"{RACINE}{chemin}")

    une_lecture()
    for _ in range(2):
        epci = f.make_epci()
        f.make_bassin(epci)
        acteur = f.make_acteur()
        f.make_etablissement(acteur, commune=epci.communes.first())
        f.make_fonction(acteur, "aom", epci=[epci])
        autre = f.make_dispositif(acteur, zone_eligibilite=[f"epci-{epci.pk}", "commune-02408"])
        autre.financeurs.add(acteur)
    une_lecture()


# --- Repasser, appeler d'ailleurs ----------------------------------------------------------------


def test_une_reponse_inchangee_est_304_et_tout_changement_la_renouvelle(client, publie):
    def etag(chemin="/dispositifs/"):
        return client.get(f"{RACINE}{chemin}")["ETag"]

    premier = etag()
    meme = client.get(f"{RACINE}/dispositifs/", headers={"If-None-Match": premier})
    assert (meme.status_code, meme.content, meme["ETag"]) == (304, b"", premier)
    assert meme["Access-Control-Allow-Origin"] == "*"
    assert etag("/dispositifs/?page=1") != premier

    vus = {premier}
    publie.nom = "Autre nom"
    publie.save()
    vus.add(etag())
    Acteur.objects.update(version=7)
    vus.add(etag())
    Dispositif.objects.filter(pk=f.make_dispositif().pk).delete()
    vus.add(etag())
    Bassin.objects.filter(slug="anjou-est").delete()
    vus.add(etag())
    assert len(vus) >= 4


def test_le_temps_qui_passe_renouvelle_la_reponse(client, publie, monkeypatch):
    premier = client.get(f"{RACINE}/dispositifs/")["ETag"]
    demain = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_: demain)

    assert client.get(f"{RACINE}/dispositifs/")["ETag"] != premier


def test_les_autres_sites_lisent_et_personne_n_ecrit(client, db):
    lecture = client.get(f"{RACINE}/")
    assert lecture["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in lecture
    assert lecture["Cache-Control"] == "public, max-age=300"
    assert lecture["Link"].endswith('/licence-ouverte-open-licence/>; rel="license"')
    assert client.get(f"{RACINE}/inconnue/")["Access-Control-Allow-Origin"] == "*"
    assert client.get(f"{RACINE}/dispositifs").status_code == 301
    assert "Set-Cookie" not in lecture.headers

    controle = client.options(f"{RACINE}/dispositifs/")
    assert (controle.status_code, controle["Access-Control-Allow-Methods"]) == (
        204,
        "GET, HEAD, OPTIONS",
    )
    for methode in ("post", "put", "patch", "delete"):
        refus = getattr(client, methode)(f"{RACINE}/dispositifs/")
        assert refus.status_code == 405
        assert refus["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("adresse", ["/", "/dispositifs/", "/acteurs/", "/plans/"])
def test_seules_les_donnees_ouvertes_se_lisent_d_un_autre_site(client, db, adresse):
    assert "Access-Control-Allow-Origin" not in client.get(adresse)
