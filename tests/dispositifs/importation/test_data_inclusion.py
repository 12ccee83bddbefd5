"""data·inclusion entre dans l'inventaire, et ce qui en part y revient à l'identique."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from acteurs.models import Acteur
from dispositifs.importation.data_inclusion import LecteurDataInclusion
from dispositifs.importation.ecriture import appliquer
from dispositifs.importation.moteur import Contexte, Sort, examiner
from dispositifs.importation.objets import lire_objets
from dispositifs.models import Dispositif
from dispositifs.ouverture import paire
from dispositifs.ouverture.vocabulaire import CHAMPS_SERVICE, THEMATIQUES_ANCIENNES
from dispositifs.typologie import FAMILLE_PAR_TYPE, Thematique
from tests import factories as f

HIER = timezone.localdate() - timedelta(days=1)
SERVICE = {
    "source": "dora",
    "id": "dora--42",
    "structure_id": "dora--7",
    "nom": "Garage solidaire de Laon",
    "description": "Réparation de voitures à prix réduit.",
    "date_maj": "2026-03-01",
    "thematiques": ["mobilite--entretenir-reparer-son-vehicule"],
    "zone_eligibilite": ["200043495"],
}
STRUCTURE = {"source": "dora", "id": "dora--7", "nom": "Roues d’Aisne"}


def lire(service=None, structures=(STRUCTURE,)):
    """La ligne lue d'un service de DORA, aux différences près."""
    services = [(1, SERVICE | (service or {}))]
    [ligne] = LecteurDataInclusion(services, list(enumerate(structures)))
    return ligne


def importer(services, structures, **contexte):
    lecteur = LecteurDataInclusion(lire_objets(services), lire_objets(structures))
    contexte = Contexte("data-inclusion", **contexte)
    examens = list(examiner(lecteur, contexte))
    appliquer(examens, contexte)
    return examens


def en_octets(objets):
    return json.dumps(objets).encode()


# --- Un service, champ par champ -----------------------------------------------------------------


def test_un_service_complet_se_lit_dans_nos_mots(territoire):
    ligne = lire(
        {
            "conditions_acces": "Être inscrit",
            "publics": ["demandeurs-emploi", "familles"],
            "frais": "payant",
            "frais_precisions": "30 € de l’heure",
            "code_insee": "02408",
            "adresse": "1 rue du Port",
            "complement_adresse": "Bâtiment B",
            "telephone": "+33323000000",
            "courriel": "accueil@garage.example.org",
            "horaires_accueil": "Mo-Fr 09:00-17:00",
            "lien_mobilisation": "https://garage.example.org/",
            "lien_source": "https://dora.example.org/42",
            "modes_mobilisation": ["telephoner"],
            "mobilisable_par": ["usagers", "professionnels"],
        }
    )

    assert (ligne.source, ligne.source_id, ligne.identifiant) == ("dora", "dora--42", "")
    assert ligne.erreurs == ()
    assert ligne.remarques == ("Type déduit, à vérifier : « Garage solidaire ».",)
    porteur = ligne.valeurs.pop("porteur")
    assert (porteur.nom, porteur.siren) == ("Roues d’Aisne", "")
    assert ligne.valeurs == {
        "nom": "Garage solidaire de Laon",
        "type": "garage-solidaire",
        "description": "Réparation de voitures à prix réduit.",
        "publics": ["demandeurs-emploi", "familles"],
        "conditions": "Être inscrit",
        "zone_eligibilite": ["epci-200043495"],
        "commune": "02408",
        "adresse": "1 rue du Port, Bâtiment B",
        "horaires": "Mo-Fr 09:00-17:00",
        "frais": "payant",
        "frais_precisions": "30 € de l’heure",
        "mobilisable_par": ["professionnels", "usagers"],
        "modes_mobilisation": ["telephoner"],
        "lien_mobilisation": "https://garage.example.org/",
        "courriel": "accueil@garage.example.org",
        "telephone": "03 23 00 00 00",
        "lien_source": "https://dora.example.org/42",
        "date_source": date(2026, 3, 1),
    }


@pytest.mark.parametrize(("ancienne", "nouvelles"), THEMATIQUES_ANCIENNES.items())
def test_une_thematique_ancienne_a_son_type(db, ancienne, nouvelles):
    ligne = lire({"nom": "Service", "thematiques": f"['{ancienne}']"})

    assert set(Dispositif(type=ligne.valeurs["type"]).thematiques) & set(nouvelles)
    assert not any("hors mobilité" in remarque for remarque in ligne.remarques)


@pytest.mark.parametrize(
    ("nom", "thematique", "service", "type_"),
    [
        ("Aide au code de la route", Thematique.PERMIS, "formation", "aide-au-code"),
        ("Auto-école sociale", Thematique.PERMIS, "formation", "auto-ecole-sociale"),
        ("Bilan de mobilité", Thematique.ACCOMPAGNEMENT, "accompagnement", "bilan-mobilite"),
        ("Location de scooters", Thematique.VEHICULE, "aide-materielle", "location-solidaire"),
        ("Covoiturage", Thematique.DOUCE, None, "covoiturage-solidaire"),
        ("Service", Thematique.FINANCER, "aide-financiere", "tarification-solidaire"),
        ("Service", Thematique.ENTRETENIR, "information", "garage-solidaire"),
    ],
)
def test_le_type_se_deduit_du_nom_et_de_la_thematique(db, nom, thematique, service, type_):
    ligne = lire({"nom": nom, "thematiques": [thematique], "type": service})

    assert ligne.valeurs["type"] == type_


@pytest.mark.parametrize(
    ("service", "remarque"),
    [
        ({"publics": ["martiens"]}, "Inconnu dans « publics », non repris : martiens."),
        ({"publics": ["tous-publics", "jeunes"]}, "« tous-publics » comprend les autres"),
        ({"frais": "troc"}, "Inconnu dans « frais », non repris : troc."),
        ({"modes_mobilisation": ["pigeon"]}, "« modes_mobilisation », non repris : pigeon."),
        ({"telephone": "voir le site"}, "« telephone », non repris : voir le site."),
        ({"date_maj": "2099-01-01"}, "« date_maj », non repris : 2099-01-01."),
        ({"date_maj": "hier"}, "« date_maj », non repris : hier."),
        ({"contact_nom_prenom": "Jean Petit"}, "Le portail ne garde pas : contact_nom_prenom."),
        ({"nombre_semaines": 3}, "Le portail ne garde pas : nombre_semaines."),
        ({"modes_accueil": ["a-distance"]}, "ne garde pas que le service est offert à distance"),
        ({"courriel": "jean.petit@garage.fr"}, "L’adresse d’une personne (jean.petit@garage.fr)"),
        ({"description": "Voir jean.petit@garage.fr"}, "L’adresse d’une personne"),
        ({"code_insee": "2408"}, "« 2408 » a perdu son zéro : lu « 02408 »."),
        ({"zone_eligibilite": "['2']"}, "« 2 » a perdu son zéro : lu « 02 »."),
        ({"telephone": "323000000.0"}, "a perdu son zéro"),
        ({"zone_eligibilite": ["75112"]}, "« 75112 » est un arrondissement"),
        ({"thematiques": [*SERVICE["thematiques"], "sante--x"]}, "hors mobilité, non reprises"),
        ({"thematiques": ["mobilite"]}, "Thématiques que ce type n’a pas"),
        ({"horaires_accueil": "Mo " * 100}, "« Horaires » dépasse 250 signes"),
        ({"description": "Une phrase. " * 300}, "La description dépasse 2000 signes"),
    ],
    ids=lambda valeur: str(valeur)[:40],
)
def test_ce_qui_n_est_pas_repris_se_dit(db, service, remarque):
    assert [r for r in lire(service).remarques if remarque in r]


def test_rien_de_trop_long_n_est_perdu(db):
    ligne = lire({"description": "Une phrase. " * 300, "horaires_accueil": "Mo 09:00; " * 30})

    assert len(ligne.valeurs["description"]) <= 2000
    entier = ligne.valeurs["description"] + ligne.valeurs["conditions"]
    assert entier.count("Une phrase.") == 300
    assert entier.count("Mo 09:00") == 30
    assert "horaires" not in ligne.valeurs


def test_les_precisions_ont_leur_place_dans_les_conditions(db):
    ligne = lire(
        {
            "conditions_acces": "Être inscrit",
            "publics_precisions": "Avoir plus de 18 ans",
            "mobilisation_precisions": "Prendre rendez-vous",
        }
    )

    assert ligne.valeurs["conditions"] == (
        "Être inscrit\nPublics : Avoir plus de 18 ans\nPrendre rendez-vous"
    )


@pytest.mark.parametrize(
    ("codes", "cles"),
    [
        (["france"], ["france"]),
        (["99100"], ["france"]),
        (["02", "60286", "200043495"], ["commune-60286", "departement-02", "epci-200043495"]),
        ("{02,60}", ["region-32"]),
        (["02"], ["departement-02"]),
        (["2A"], ["departement-2A"]),
        (["200043495.0"], ["epci-200043495"]),
    ],
    ids=str,
)
def test_une_zone_se_lit_et_une_region_entiere_se_reconnait(territoire, codes, cles):
    assert lire({"zone_eligibilite": codes}).valeurs["zone_eligibilite"] == cles


def test_un_fichier_de_la_version_0_se_lit(territoire):
    ancien = {
        "profils": ["jeunes-16-26", "seniors-65"],
        "thematiques": ["mobilite--louer-un-vehicule"],
        "types": ["aide-materielle"],
        "frais": "gratuit-sous-conditions",
        "zone_diffusion_type": "region",
        "zone_diffusion_code": "32",
    }
    objet = {champ: v for champ, v in SERVICE.items() if champ != "zone_eligibilite"} | ancien
    [ligne] = LecteurDataInclusion([(1, objet)], [(1, STRUCTURE)])

    assert ligne.valeurs["publics"] == ["jeunes", "seniors"]
    assert (ligne.valeurs["frais"], ligne.valeurs["frais_precisions"]) == (
        "gratuit",
        "Gratuit sous conditions",
    )
    assert ligne.valeurs["zone_eligibilite"] == ["region-32"]
    assert ligne.valeurs["type"] == "location-solidaire"


def test_ce_qui_n_est_pas_de_mobilite_est_compte_et_laisse(db):
    autre = SERVICE | {"thematiques": ["sante--x"]}
    lecteur = LecteurDataInclusion([(1, SERVICE), (2, autre)], [(1, STRUCTURE)])

    assert [ligne.numero for ligne in lecteur] == [1]
    assert lecteur.hors_sujet == 1


# --- La structure porteuse -----------------------------------------------------------------------


def test_une_structure_se_retrouve_par_son_siret_ou_s_inscrit(territoire):
    connue = f.make_acteur(nom="Roues d’Aisne, un autre nom")
    etablissement = f.make_etablissement(connue)
    neuve = f"{f.make_siren()}0001"
    neuve += next(str(n) for n in range(10) if _est_un_siret(f"{neuve}{n}"))
    structures = [
        STRUCTURE | {"siret": etablissement.siret},
        STRUCTURE | {"id": "dora--8", "nom": "Garage neuf", "siret": f"{neuve}.0"},
    ]
    services = [SERVICE, SERVICE | {"id": "dora--43", "structure_id": "dora--8", "nom": "Autre"}]

    examens = importer(en_octets(services), en_octets(structures))

    assert [e.sort for e in examens] == [Sort.CREER, Sort.CREER]
    garage, autre = Dispositif.objects.order_by("source_id")
    assert garage.porteur == connue
    assert (autre.porteur.nom, autre.porteur.siren) == ("Garage neuf", neuve[:9])
    assert garage.statut == Dispositif.Statut.SIGNALE


def _est_un_siret(chiffres):
    from stdnum.fr import siret

    return siret.is_valid(chiffres)


@pytest.mark.parametrize(
    ("structures", "refus"),
    [
        ([], "n’est pas dans le fichier des structures"),
        ([STRUCTURE], "n’est pas dans la liste des acteurs"),
        ([STRUCTURE | {"siret": "12345678901234"}], "n’est pas dans la liste des acteurs"),
    ],
)
def test_aucune_structure_n_est_inventee(territoire, structures, refus):
    [examen] = importer(en_octets([SERVICE]), en_octets(structures))

    assert examen.sort == Sort.REFUSEE
    assert refus in " ".join(examen.raisons)
    assert not Acteur.objects.filter(nom="Roues d’Aisne").exists()


# --- Importer ------------------------------------------------------------------------------------


def test_importer_deux_fois_ne_change_rien(territoire):
    f.make_acteur(nom="Roues d’Aisne")
    paire_dora = en_octets([SERVICE]), en_octets([STRUCTURE])

    [premier] = importer(*paire_dora)
    [second] = importer(*paire_dora)

    assert (premier.sort, second.sort) == (Sort.CREER, Sort.INCHANGEE)
    assert Dispositif.objects.get().zone_eligibilite == ["epci-200043495"]


def test_seul_ce_qui_touche_le_bassin_entre(territoire):
    f.make_acteur(nom="Roues d’Aisne")
    services = [SERVICE, SERVICE | {"id": "dora--43", "nom": "Anjou", "zone_eligibilite": ["49"]}]

    examens = importer(en_octets(services), en_octets([STRUCTURE]), bassin=territoire["ouest"])

    assert [examen.sort for examen in examens] == [Sort.CREER, Sort.IGNOREE]


def test_un_code_inconnu_est_refuse_avec_la_raison(territoire):
    f.make_acteur(nom="Roues d’Aisne")

    [examen] = importer(
        en_octets([SERVICE | {"zone_eligibilite": ["999999999"]}]), en_octets([STRUCTURE])
    )

    assert examen.sort == Sort.REFUSEE
    assert "« epci-999999999 » est inconnu" in " ".join(examen.raisons)


# --- Partir, revenir -----------------------------------------------------------------------------


@pytest.fixture
def inventaire(territoire):
    """Une fiche par type, et des fiches difficiles."""
    porteur = f.make_acteur(nom="Roues libres")
    f.make_etablissement(porteur, commune=territoire["laon"], adresse="1 rue du Port")
    fictif = f.make_acteur(nom="Fictif (Démonstration)", siren=None, demonstration=True)
    for type_ in FAMILLE_PAR_TYPE:
        f.make_dispositif(porteur, type=type_, nom=f"Service {type_}", confirme_le=HIER)
    f.make_dispositif(
        fictif,
        nom="=1+1 ; « l’été », à Laon",
        demonstration=True,
        source="Démonstration, contenu fictif",
        source_id="garage",
        description='  Une ligne.\r\n\r\nUne autre, avec « ; » et "des" guillemets. ',
        publics=["jeunes", "mobilite-reduite", "apprentis"],
        conditions="-10 % sur présentation",
        zone_eligibilite=["region-32", "commune-49328"],
        commune=territoire["laon"],
        adresse="1, rue de l’Été",
        frais="payant",
        frais_precisions="@ 5 €",
        mobilisable_par=["usagers", "professionnels"],
        modes_mobilisation=["telephoner"],
        lien_mobilisation="https://garage.example.org/",
        courriel="accueil@garage.example.org",
        telephone="03-23-00-00-00",
    )
    f.make_dispositif(porteur, courriel="garage@gmail.com", telephone="0805 00 00 00")
    f.make_dispositif(porteur, publics=["vulnerabilite-sociale"], zone_eligibilite=["region-52"])
    f.make_dispositif(porteur, source="dora", source_id="dora--1", confirme_le=HIER)


def exporter(forme):
    fiches = Dispositif.objects.all()
    if forme == "json":
        sorties = [paire.en_json(paire.services(fiches)), paire.en_json(paire.structures(fiches))]
    else:
        sorties = [
            paire.en_csv(lignes(fiches), champs)
            for lignes, champs in (paire.FICHIERS["services"], paire.FICHIERS["structures"])
        ]
    return ["".join(morceaux).encode() for morceaux in sorties]


@pytest.mark.parametrize("forme", ["json", "csv"])
def test_revenir_au_meme_endroit_ne_change_rien(inventaire, forme):
    avant = exporter(forme)

    examens = importer(*avant)

    assert {examen.sort for examen in examens} == {Sort.INCHANGEE}, [
        (e.ligne.valeurs, e.raisons) for e in examens if e.sort != Sort.INCHANGEE
    ]
    assert exporter(forme) == avant


@pytest.mark.parametrize("forme", ["json", "csv"])
def test_partir_revenir_repartir_donne_les_memes_octets(inventaire, forme):
    avant = exporter(forme)
    Dispositif.objects.all().delete()

    examens = importer(*avant)

    assert {examen.sort for examen in examens} == {Sort.CREER}, [
        e.raisons for e in examens if e.sort != Sort.CREER
    ]
    for texte, attendu in zip(exporter(forme), avant, strict=True):
        assert texte.splitlines() == attendu.splitlines()
        assert texte == attendu
    assert len(avant[0].splitlines()) > 30


def test_les_champs_lus_sont_ceux_du_schema():
    from dispositifs.importation.champs_lus import CHAMPS

    assert {champ for siens in CHAMPS.values() for champ in siens} <= set(CHAMPS_SERVICE)
