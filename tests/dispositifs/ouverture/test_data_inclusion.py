"""Nos dispositifs en data·inclusion v1 : conformes, exacts, et sans rien d'inventé."""

import json
from datetime import date, timedelta

import pytest
from data_inclusion.schema import v1
from django.utils import timezone

from dispositifs.models import Dispositif
from dispositifs.ouverture import paire
from dispositifs.ouverture.data_inclusion import conforme, service, telephone, zone
from dispositifs.ouverture.vocabulaire import SERVICE_PAR_TYPE, THEMATIQUES_ANCIENNES
from dispositifs.typologie import FAMILLE_PAR_TYPE, Thematique
from tests import factories as f

HIER = timezone.localdate() - timedelta(days=1)


def service_de(dispositif):
    [ligne] = paire.services(Dispositif.objects.filter(pk=dispositif.pk))
    return ligne


def structure_de(dispositif):
    [ligne] = paire.structures(Dispositif.objects.filter(pk=dispositif.pk))
    return ligne


def test_un_service_dit_tout_ce_que_le_schema_sait_dire(territoire, settings):
    settings.SITE_URL = "https://pams.example.org"
    garage = f.make_dispositif(
        f.make_acteur(nom="Roues libres"),
        nom="Garage solidaire de Laon",
        description="On y répare sa voiture à prix réduit.",
        publics=["demandeurs-emploi", "apprentis", "mobilite-reduite"],
        conditions="Justificatif de domicile",
        zone_eligibilite=["epci-200043495", "commune-60286", "departement-49"],
        commune=territoire["laon"],
        adresse="1 rue du Port",
        horaires="Mo-Fr 09:00-17:00",
        frais="payant",
        frais_precisions="30 € de l’heure",
        mobilisable_par=["usagers", "professionnels"],
        modes_mobilisation=["telephoner", "se-presenter"],
        lien_mobilisation="https://garage.example.org/",
        courriel="accueil@garage.example.org",
        telephone="03 23 00 00 00",
        capacite=12,
        cout_annuel=1000,
        motifs=["emploi"],
        confirme_le=HIER,
    )

    assert service_de(garage) == {
        "source": "portail-pams",
        "structure_id": f"portail-pams--{garage.porteur.identifiant}",
        "id": f"portail-pams--{garage.identifiant}",
        "nom": "Garage solidaire de Laon",
        "description": "On y répare sa voiture à prix réduit.",
        "lien_source": f"https://pams.example.org/dispositifs/{garage.pk}/",
        "date_maj": HIER.isoformat(),
        "type": None,
        "thematiques": ["mobilite--entretenir-reparer-son-vehicule"],
        "frais": "payant",
        "frais_precisions": "30 € de l’heure",
        "publics": ["demandeurs-emploi"],
        "publics_precisions": "Personnes à mobilité réduite, Jeunes en contrat d’apprentissage",
        "conditions_acces": "Justificatif de domicile",
        "commune": "Laon",
        "code_postal": "02000",
        "code_insee": "02408",
        "adresse": "1 rue du Port",
        "complement_adresse": None,
        "longitude": None,
        "latitude": None,
        "telephone": "+33323000000",
        "courriel": "accueil@garage.example.org",
        "modes_accueil": ["en-presentiel"],
        "zone_eligibilite": ["200043495", "49", "60286"],
        "contact_nom_prenom": None,
        "lien_mobilisation": "https://garage.example.org/",
        "modes_mobilisation": ["se-presenter", "telephoner"],
        "mobilisable_par": ["professionnels", "usagers"],
        "mobilisation_precisions": None,
        "volume_horaire_hebdomadaire": None,
        "nombre_semaines": None,
        "horaires_accueil": "Mo-Fr 09:00-17:00",
    }


def test_une_structure_dit_son_siret_quand_elle_n_a_qu_un_etablissement(territoire):
    acteur = f.make_acteur(
        nom="Département de l’Aisne",
        nature="departement",
        site="https://aisne.example.org/",
        courriel="jean.petit@aisne.example.org",
        telephone="06 00 00 00 00",
    )
    etablissement = f.make_etablissement(acteur, commune=territoire["laon"], adresse="Rue Paul")
    garage = f.make_dispositif(acteur, confirme_le=HIER)
    f.make_dispositif(acteur, confirme_le=HIER - timedelta(days=9))

    [ligne] = paire.structures(Dispositif.objects.all())

    dites = {champ: valeur for champ, valeur in ligne.items() if valeur is not None}
    assert dites == {
        "source": "portail-pams",
        "id": f"portail-pams--{acteur.identifiant}",
        "nom": "Département de l’Aisne",
        "date_maj": HIER.isoformat(),
        "siret": etablissement.siret,
        "commune": "Laon",
        "code_postal": "02000",
        "code_insee": "02408",
        "adresse": "Rue Paul",
        "site_web": "https://aisne.example.org/",
        "reseaux_porteurs": ["departements"],
    }
    f.make_etablissement(acteur)
    assert structure_de(garage)["siret"] is None


def test_une_region_se_developpe_en_departements_et_un_bassin_en_epci(territoire):
    par_region = {"32": ["80", "02", "60"], "52": ["49"]}

    assert zone(["region-32"], par_region) == ["02", "60", "80"]
    assert zone(["region-32", "departement-80", "epci-200043495"], par_region) == [
        *("02", "200043495", "60", "80"),
    ]
    assert zone(["france", "departement-80"], par_region) == ["france"]
    assert zone(["departement-32"], par_region) == ["32"]
    assert zone([], par_region) == []


@pytest.mark.parametrize(
    ("saisi", "publie"),
    [
        *(("03 22 00 00 00", "+33322000000"), ("0262 12 34 56", "+262262123456")),
        *(("0805 00 00 00", "0805 00 00 00"), ("3949", "3949"), ("06 12 34 56 78", None)),
    ],
)
def test_un_telephone_s_ecrit_en_e164_et_un_mobile_ne_sort_pas(saisi, publie):
    assert telephone(saisi) == publie


def test_le_contact_d_une_personne_ne_sort_pas(db):
    garage = f.make_dispositif(
        courriel="garage.roye@gmail.com",
        telephone="06 12 34 56 78",
        description="Appeler le 06 12 34 56 78 ou écrire à jean.petit@somme.fr.",
        conditions="Voir florence@garage.fr",
        frais_precisions="Devis : j.dupont@garage.fr",
    )

    ligne = service_de(garage)

    assert "6 12" not in json.dumps(ligne)
    assert "@" not in json.dumps(ligne)
    assert ligne["description"] == "Appeler le [numéro retiré] ou écrire à [courriel retiré]."


def test_un_dispositif_fictif_le_dit_dans_sa_source_et_sa_description(db):
    acteur = f.make_acteur(demonstration=True)
    ligne = service_de(f.make_dispositif(acteur, demonstration=True))

    assert ligne["source"] == "portail-pams-demonstration"
    assert ligne["id"].startswith("portail-pams-demonstration--")
    assert ligne["structure_id"] == f"portail-pams-demonstration--{acteur.identifiant}"
    assert ligne["description"].startswith("DÉMONSTRATION, contenu fictif. ")


def test_un_dispositif_venu_de_data_inclusion_garde_son_identifiant(db):
    garage = f.make_dispositif(
        source="dora", source_id="dora--42", lien_source="https://dora.example.org/42"
    )

    ligne = service_de(garage)

    assert (ligne["source"], ligne["id"]) == ("dora", "dora--42")
    assert ligne["lien_source"] == "https://dora.example.org/42"


def test_ce_qui_n_est_pas_un_service_a_une_personne_ne_sort_pas(db):
    f.make_dispositif(type="comite")
    f.make_dispositif(type="bus-itinerant")

    [ligne] = paire.services(Dispositif.objects.all())

    assert ligne["thematiques"] is None
    assert len(list(paire.structures(Dispositif.objects.all()))) == 1


HOSTILES = [
    {"nom": "A" * 150, "description": "=cmd|' /C calc'!A0"},
    {"description": "x" * 10001},
    {"description": "x"},
    {"nom": "Un"},
    {"nom": "Se termine par un point."},
    {"publics": ["tous-publics", "jeunes"]},
    {"zone_eligibilite": []},
    {"zone_eligibilite": ["region-99"]},
    {"courriel": "contact@asso.localhost"},
    {"lien_mobilisation": "ftp://example.org/x"},
    {"frais": "troc"},
    {"confirme_le": timezone.localdate() + timedelta(days=3)},
    {"confirme_le": date(1999, 1, 1), "date_source": date(2090, 1, 1)},
    {"modes_mobilisation": ["pigeon"]},
    {"telephone": "+33 322 poste 12"},
]


@pytest.mark.parametrize("champs", HOSTILES, ids=lambda champs: "-".join(champs))
def test_une_fiche_hostile_sort_conforme_ou_ne_sort_pas(db, champs):
    f.make_dispositif()
    garage = f.make_dispositif()
    for nom, valeur in champs.items():
        setattr(garage, nom, valeur)
    garage.save()

    lignes = list(paire.services(Dispositif.objects.all()))
    ecartee = champs.get("nom") == "Un" or len(champs.get("description", "12345")) in (1, 10001)

    assert len(lignes) == (1 if ecartee else 2)
    for ligne in lignes:
        v1.Service.model_validate(ligne)


def test_une_structure_au_nom_trop_court_ne_laisse_pas_de_service_orphelin(db):
    f.make_dispositif(f.make_acteur(nom="X"))
    long = f.make_dispositif(f.make_acteur(nom="N" * 180))

    lignes = list(paire.structures(Dispositif.objects.all()))

    assert [ligne["nom"] for ligne in lignes] == ["N" * 149 + "…"]
    assert [s["structure_id"] for s in paire.services(Dispositif.objects.all())] == [
        f"portail-pams--{long.porteur.identifiant}"
    ]


def test_un_champ_omis_dit_pourquoi(db):
    valeurs = service(f.make_dispositif(frais="troc"), {})

    ligne = conforme(v1.Service, valeurs)

    assert ligne.valeurs["frais"] is None
    assert list(ligne.omis) == ["frais"]
    assert conforme(v1.Service, valeurs | {"description": "x"}).valeurs is None


def test_la_meme_base_donne_les_memes_octets_dans_l_ordre_des_identifiants(db):
    for _ in range(5):
        f.make_dispositif(publics=["jeunes", "actifs", "femmes"], zone_eligibilite=["france"])

    premier = "".join(paire.en_json(paire.services(Dispositif.objects.all())))
    second = "".join(paire.en_json(paire.services(Dispositif.objects.order_by("-pk"))))

    assert premier == second
    ids = [ligne["id"] for ligne in json.loads(premier)]
    assert ids == sorted(ids)


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_fiches(db, django_assert_num_queries):
    def exporter():
        list(paire.services(Dispositif.objects.all()))
        list(paire.structures(Dispositif.objects.all()))

    for nombre in (1, 3):
        while Dispositif.objects.count() < nombre:
            f.make_etablissement(f.make_dispositif(commune=f.make_commune()).porteur)
        with django_assert_num_queries(7):
            exporter()


def test_un_fichier_csv_se_relit_et_n_execute_rien(db):
    f.make_dispositif(nom="=1+1 ; garage", publics=["jeunes", "actifs"], telephone="0322000000")

    texte = "".join(paire.en_csv(paire.services(Dispositif.objects.all()), paire.CHAMPS_SERVICE))

    assert texte.splitlines()[0].split(",") == paire.CHAMPS_SERVICE
    assert ",'=1+1 ; garage," in texte
    assert '"[""actifs"", ""jeunes""]"' in texte
    assert ",+33322000000," in texte


def test_un_export_vide_est_un_tableau_vide(db):
    assert "".join(paire.en_json(paire.services(Dispositif.objects.all()))) == "[]\n"


def test_les_vocabulaires_repondent_a_ceux_du_paquet_officiel():
    assert {t.value for t in Thematique} == {
        t.value for t in v1.Thematique if t.value.startswith("mobilite--")
    }
    assert set(SERVICE_PAR_TYPE) < set(FAMILLE_PAR_TYPE)
    assert set(SERVICE_PAR_TYPE.values()) == {t.value for t in v1.TypeService}
    assert not set(THEMATIQUES_ANCIENNES) & {t.value for t in v1.Thematique}
