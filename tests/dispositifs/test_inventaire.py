"""L'inventaire d'un bassin : ce qui le touche, à toutes les échelles, et combien."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acteurs.models import Acte
from bassins.models import Bassin, Commune, Perimetre
from dispositifs.inventaire import compter
from dispositifs.models import Dispositif
from dispositifs.territoires import zone_en_mots
from dispositifs.typologie import FAMILLES, THEMATIQUES_PAR_TYPE, Thematique
from pams_portal.droits import Droit
from tests import factories as f

CLES = [
    *("france", "region-32", "region-52", "departement-02", "departement-60", "departement-49"),
    *("epci-200043495", "epci-246000848", "epci-200071876"),
    *("commune-02408", "commune-60286", "commune-49328", "commune-60578", "commune-85113"),
]


# --- Les dispositifs d'un bassin -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("cle", "touche"),
    [
        *(("france", True), ("region-32", True), ("region-52", False)),
        *(("departement-02", True), ("departement-60", True), ("departement-49", False)),
        *(("epci-200043495", True), ("epci-246000848", True), ("epci-200071876", False)),
        *(("commune-02408", True), ("commune-60286", True), ("commune-49328", False)),
    ],
)
def test_un_bassin_a_cheval_sur_deux_departements_lit_toutes_les_echelles(territoire, cle, touche):
    dispositif = f.make_dispositif(zone_eligibilite=[cle])

    assert (dispositif in Dispositif.objects.du_bassin(territoire["ouest"])) is touche
    assert (territoire["ouest"] in dispositif.bassins()) is touche


def test_un_departement_qui_n_est_que_celui_d_une_commune_isolee_compte(territoire):
    vendee = f.make_departement("85", f.make_region("52"), nom="Vendée")
    ile = f.make_commune(None, vendee, code="85113", nom="L’Île-d’Yeu")
    territoire["ouest"].perimetre.communes.add(ile)
    dispositif = f.make_dispositif(zone_eligibilite=["departement-85"])

    assert dispositif in Dispositif.objects.du_bassin(territoire["ouest"])
    assert list(dispositif.bassins()) == [territoire["ouest"]]


def test_un_departement_de_l_epci_sans_commune_dans_le_bassin_ne_compte_pas(territoire):
    """Ce sont les communes qui font le territoire, pas la liste des départements de l'EPCI."""
    territoire["epci"].departements.add(f.make_departement("51", f.make_region("44")))
    dispositif = f.make_dispositif(zone_eligibilite=["departement-51"])

    assert dispositif not in Dispositif.objects.du_bassin(territoire["ouest"])
    assert not dispositif.bassins().exists()


def test_une_commune_disparue_ne_compte_plus(territoire):
    Commune.objects.filter(pk="02408").update(millesime=2024)
    dispositif = f.make_dispositif(zone_eligibilite=["commune-02408"])

    assert dispositif not in Dispositif.objects.du_bassin(territoire["ouest"])
    assert not dispositif.bassins().exists()


def test_seul_le_perimetre_en_vigueur_compte(territoire):
    bassin = territoire["ouest"]
    Perimetre.objects.filter(bassin=bassin).update(jusqu_au=date(2023, 12, 31))
    dispositif = f.make_dispositif(zone_eligibilite=["commune-02408", "france"])

    assert not Dispositif.objects.du_bassin(bassin).exists()
    assert list(dispositif.bassins()) == [territoire["anjou"]]

    suivant = Perimetre.objects.create(
        bassin=bassin, depuis=timezone.localdate() + timedelta(days=1)
    )
    suivant.epci.add(territoire["epci"])
    assert not Dispositif.objects.du_bassin(Bassin.objects.get(pk=bassin.pk)).exists()
    assert list(dispositif.bassins()) == [territoire["anjou"]]


def test_l_ile_de_france_n_a_pas_de_bassin_mais_a_son_inventaire(territoire):
    paris = f.make_departement("75", f.make_region("11"), nom="Paris")
    f.make_commune(None, paris, code="75056", nom="Paris")
    for cle in ("commune-75056", "departement-75", "region-11", "france", "commune-02408"):
        f.make_dispositif(nom=cle, zone_eligibilite=[cle])

    trouves = Dispositif.objects.du_bassin(None).values_list("nom", flat=True)
    assert sorted(trouves) == ["commune-75056", "departement-75", "france", "region-11"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    zone=st.sets(st.sampled_from(CLES), max_size=4),
    epci=st.sets(st.sampled_from(["200043495", "246000848", "200071876"]), max_size=3),
    isolee=st.booleans(),
)
def test_d_est_du_bassin_b_si_et_seulement_si_b_est_un_bassin_de_d(territoire, zone, epci, isolee):
    """Contre un calcul à la main, sur des ensembles de communes."""
    vendee = f.make_departement("85", f.make_region("52"))
    Commune.objects.get_or_create(
        code="85113", defaults={"nom": "Yeu", "departement": vendee, **f.REFERENCE}
    )
    perimetre = territoire["ouest"].perimetre
    perimetre.epci.set(epci)
    perimetre.communes.set(["85113"] if isolee else [])
    dispositif = f.make_dispositif(zone_eligibilite=sorted(zone))

    def communes(cle):
        echelle, _, code = cle.partition("-")
        return {
            commune.pk
            for commune in Commune.objects.select_related("departement")
            if echelle == "france"
            or (echelle == "commune" and commune.pk == code)
            or (echelle == "epci" and commune.epci_id == code)
            or (echelle == "departement" and commune.departement_id == code)
            or (echelle == "region" and commune.departement.region_id == code)
        }

    du_bassin = set().union(*(communes(f"epci-{code}") for code in epci))
    du_bassin |= {"85113"} if isolee else set()
    attendu = bool(du_bassin & set().union(*(communes(cle) for cle in zone)))
    assert (dispositif in Dispositif.objects.du_bassin(territoire["ouest"])) is attendu
    assert (territoire["ouest"] in dispositif.bassins()) is attendu


@pytest.mark.parametrize("nombre", [1, 3])
def test_lire_l_inventaire_d_un_bassin_coute_un_nombre_constant_de_requetes(
    territoire, django_assert_num_queries, nombre
):
    for _ in range(nombre):
        f.make_dispositif(zone_eligibilite=["commune-02408", "epci-246000848", "france"])
    bassin = Bassin.objects.get(slug="aisne-et-oise")

    # Le périmètre, ses communes, puis les dispositifs.
    with django_assert_num_queries(3):
        trouves = list(Dispositif.objects.du_bassin(bassin).en_service().with_acteurs())

    assert len(trouves) == nombre


def test_une_zone_a_plusieurs_territoires_ne_compte_qu_une_fois(territoire):
    f.make_dispositif(zone_eligibilite=["commune-02408", "epci-200043495", "france"])

    assert Dispositif.objects.du_bassin(territoire["ouest"]).count() == 1


def test_l_index_des_zones_suit_la_fiche(territoire):
    dispositif = f.make_dispositif(zone_eligibilite=["commune-02408", "france"])
    dispositif.zone_eligibilite = ["commune-49328", "france"]
    dispositif.save()

    assert sorted(zone.cle for zone in dispositif.zones.all()) == ["commune-49328", "france"]


# --- Compter -------------------------------------------------------------------------------------


def test_le_diagnostic_compte_par_famille_type_et_public(db, django_assert_num_queries):
    f.make_dispositif(type="tad", publics=["seniors", "femmes"])
    f.make_dispositif(type="tus", publics=["seniors"])
    f.make_dispositif(type="garage-solidaire", publics=[])
    f.make_dispositif(type="self-garage", statut="ferme")

    with django_assert_num_queries(1):
        comptes = compter(Dispositif.objects.en_service())

    assert comptes.total == 3
    assert list(comptes.par_famille) == list(FAMILLES)
    assert {nom: n for nom, n in comptes.par_famille.items() if n} == {
        "Entretenir": 1,
        "Se déplacer": 2,
    }
    assert {nom: n for nom, n in comptes.par_type.items() if n} == {
        "Garage solidaire": 1,
        "Transport d’utilité sociale (TUS)": 1,
        "Transport à la demande (TAD)": 1,
    }
    assert {nom: n for nom, n in comptes.par_public.items() if n} == {"Seniors": 2, "Femmes": 1}
    assert len(comptes.par_type) == len(THEMATIQUES_PAR_TYPE)


def test_chaque_type_a_une_famille_et_les_six_thematiques_servent():
    for code, thematiques in THEMATIQUES_PAR_TYPE.items():
        dispositif = Dispositif(type=code)
        assert code in FAMILLES[dispositif.famille]
        assert dispositif.thematiques == thematiques
    assert {t for siennes in THEMATIQUES_PAR_TYPE.values() for t in siennes} == set(Thematique)


def test_une_zone_se_dit_du_plus_large_au_plus_fin():
    noms = {"commune-1": "Laon", "epci-2": "CC", "departement-3": "Aisne", "france": "France"}

    assert zone_en_mots(["commune-1", "departement-3", "epci-2"], noms) == "Aisne, CC, Laon"
    assert zone_en_mots([*noms], noms, au_plus=3) == "France, Aisne, CC et 1 autre"
    assert zone_en_mots(["commune-inconnue"], noms) == "commune-inconnue"
    assert zone_en_mots([], noms) == ""


# --- Ce qu'une écriture entraîne -----------------------------------------------------------------


def revisions(*plans):
    for plan in plans:
        plan.refresh_from_db()
    return [plan.revision for plan in plans]


def test_ecrire_un_dispositif_rend_a_refaire_les_documents_des_plans_de_ses_bassins(
    territoire, personnes, garage
):
    ouest, anjou = f.make_plan(territoire["ouest"]), f.make_plan(territoire["anjou"])
    associee = personnes["associee"]
    Dispositif.objects.filter(pk=garage.pk).update(zone_eligibilite=["commune-02408"])
    garage.refresh_from_db()

    garage = garage.confirmer(associee)
    assert revisions(ouest, anjou) == [2, 1]

    garage.agir(
        associee, Droit.MODIFIER_DISPOSITIF, Acte.Verbe.MODIFIER, zone_eligibilite=["region-52"]
    )
    assert revisions(ouest, anjou) == [3, 2]


def test_un_plan_qui_cite_le_dispositif_et_celui_d_ile_de_france_sont_aussi_a_refaire(
    territoire, region, personnes, garage
):
    paris = f.make_departement("75", f.make_region("11"))
    f.make_commune(None, paris, code="75056", nom="Paris")
    francilien = f.make_plan(territoire["anjou"])
    type(francilien).objects.filter(pk=francilien.pk).update(bassin=None, regime="L.1215-4")
    Dispositif.objects.filter(pk=garage.pk).update(zone_eligibilite=["departement-75"])
    f.make_fiche(region).dispositifs.add(garage)
    avant = revisions(region.plan)

    garage.refresh_from_db()
    garage.confirmer(personnes["associee"])

    assert revisions(francilien) == [2]
    assert revisions(region.plan) == [avant[0] + 1]


def test_toucher_les_plans_ne_coute_pas_une_requete_par_bassin(db):
    """Chaque plan touché demande son document ; un bassin sans plan ne coûte rien."""
    dispositif = f.make_dispositif(zone_eligibilite=["france"])
    comptes = []
    for _ in range(3):
        f.make_bassin()
        with CaptureQueriesContext(connection) as requetes:
            dispositif.apres_ecriture()
        comptes.append(len(requetes))

    assert comptes == comptes[:1] * 3
