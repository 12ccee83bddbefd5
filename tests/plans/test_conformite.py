"""Les règles B1 à B8, lues dans les registres."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acteurs.models import Fonction
from acteurs.publics import PUBLICS_ASSOCIES, PUBLICS_SPE
from bassins.models import Perimetre
from pams_portal.droits import Qualite
from plans.conformite import Portee, Resultat, conformite
from plans.models import Plan
from tests import factories as f
from tests.plans.document.decor import make_plan_garni

LE = date(2026, 11, 7)
# Les seuls fragments du texte que le portail se permet de citer.
FRAGMENTS = {
    "coordonnent leur action",
    "coordonnent leur action en faveur de la mobilité solidaire",
    "pilotent l’élaboration et suivent la mise en œuvre",
    "suivent la mise en œuvre",
    "élaborent et mettent en œuvre",
    "à l’échelle d’un bassin de mobilité",
    "un ou plusieurs",
    "Sont associés",
    "conseil et […] accompagnement individualisé à la mobilité",
    "tout demandeur d’emploi, toute personne éloignée de l’emploi, ou […] jeune en contrat "
    "d’apprentissage",
}


def constat(plan, code, portee):
    """Le constat d'une règle, dans une portée."""
    (trouve,) = [c for c in conformite(plan, LE) if (c.code, c.portee) == (code, portee)]
    return trouve


def resultat(plan, code, portee=Portee.LOI):
    return constat(plan, code, portee).resultat


@pytest.fixture
def fonctions(plan, region, departement, aom, spe):
    """Les fonctions que la loi nomme, tenues par les acteurs du décor."""
    perimetre = plan.bassin.perimetre_au(LE)
    regions, departements = perimetre.regions(), perimetre.departements()
    f.make_fonction(region.acteur, Fonction.Nature.REGION, regions=regions)
    f.make_fonction(departement.acteur, Fonction.Nature.DEPARTEMENT, departements=departements)
    f.make_fonction(aom.acteur, Fonction.Nature.AOM, epci=perimetre.epci.all())
    f.make_fonction(spe.acteur, Fonction.Nature.SPE, departements=departements)


@pytest.mark.parametrize("taille", [1, 3])
def test_autant_de_requetes_quel_que_soit_le_plan(db, taille):
    plan = make_plan_garni(fiches=taille, dispositifs=taille)
    with CaptureQueriesContext(connection) as requetes:
        conformite(plan, LE)
    assert len(requetes) == 17


def test_trois_portees_jamais_melees(plan):
    codes = {p: {c.code for c in conformite(plan, LE) if c.portee == p} for p in Portee}
    assert codes[Portee.LOI] == {"B2", "B3", "B4", "B5", "B6", "B8"}
    assert codes[Portee.LECTURE] == {"B1", "B3", "B4", "B5", "B6", "B7", "C1"}
    assert codes[Portee.RECOMMANDATION] == {f"R{n}" for n in range(1, 8)}


def test_on_ne_cite_que_de_courts_fragments_connus(plan):
    citations = {c.citation for c in conformite(plan, LE)} - {""}
    assert citations <= FRAGMENTS


def test_une_recommandation_ne_cite_pas_la_loi(plan):
    recommandations = [c for c in conformite(plan, LE) if c.portee == Portee.RECOMMANDATION]
    assert {c.citation + c.reference for c in recommandations} == {""}
    assert {c.ton for c in recommandations} <= {"neutre", "succes"}


# --- B1 : le bassin ------------------------------------------------------------------------------


def test_b1_demande_une_deliberation_et_une_composition_verifiee(plan):
    manques = constat(plan, "B1", Portee.LECTURE).manques
    assert manques == [
        "La délibération qui fixe le bassin n’est pas renseignée.",
        "Composition à vérifier.",
    ]
    assert resultat(plan, "B1", Portee.LECTURE) == Resultat.A_VERIFIER
    Perimetre.objects.update(
        deliberation_reference="2022-1",
        deliberation_date=LE,
        etat_composition=Perimetre.EtatComposition.VERIFIE,
    )
    assert resultat(plan, "B1", Portee.LECTURE) == Resultat.OUI


def test_b1_sans_perimetre_en_vigueur_n_est_pas_satisfait(plan):
    Perimetre.objects.update(depuis=date(2030, 1, 1))
    assert resultat(plan, "B1", Portee.LECTURE) == Resultat.NON
    assert resultat(plan, "B2") == Resultat.A_VERIFIER


# --- B2 : les co-pilotes -------------------------------------------------------------------------


def test_b2_demande_chaque_region_et_chaque_departement(plan, region, fonctions, departement):
    assert resultat(plan, "B2") == Resultat.OUI
    departement.delete()
    assert constat(plan, "B2", Portee.LOI).manques == [
        "Département Département 80 (80) : pas de co-pilote."
    ]
    assert resultat(plan, "B2") == Resultat.NON


def test_b2_un_departement_inscrit_en_une_autre_place_ne_pilote_pas(plan, fonctions, departement):
    departement.qualite = Qualite.INVITEE
    departement.save()
    assert resultat(plan, "B2") == Resultat.NON


def test_b2_une_metropole_peut_tenir_la_fonction_de_departement(plan, fonctions, departement, aom):
    departement.delete()
    f.make_partie(plan, aom.acteur, Qualite.CO_PILOTE)
    perimetre = plan.bassin.perimetre_au(LE)
    f.make_fonction(aom.acteur, "departement", departements=perimetre.departements())
    assert resultat(plan, "B2") == Resultat.OUI


def test_b2_un_bassin_sur_deux_departements_en_attend_deux(fonctions, plan):
    perimetre = plan.bassin.perimetre_au(LE)
    perimetre.epci.add(f.make_epci(f.make_departement("60", nom="Oise")))
    assert constat(plan, "B2", Portee.LOI).manques == ["Département Oise (60) : pas de co-pilote."]


# --- B3 : les parties coordonnées ----------------------------------------------------------------


def test_b3_demande_chaque_aom_et_chaque_organisme_de_l_emploi(plan, fonctions, spe):
    assert resultat(plan, "B3") == Resultat.OUI
    spe.delete()
    assert resultat(plan, "B3") == Resultat.NON
    (manque,) = constat(plan, "B3", Portee.LOI).manques
    assert manque.startswith("France Travail (Organisme concourant")


def test_b3_sans_acteur_connu_reste_a_verifier(plan, region):
    assert resultat(plan, "B3") == Resultat.A_VERIFIER
    assert len(constat(plan, "B3", Portee.LOI).manques) == 2


def test_b3_l_etat_de_chaque_partie_demande_une_trace_ou_une_reponse(plan, aom, spe):
    spe.reponse = "decline"
    spe.save()
    assert constat(plan, "B3", Portee.LECTURE).manques == [
        "Amiens Métropole : sollicitation sans trace."
    ]
    aom.trace = "Courrier du 4 mars 2026."
    aom.save()
    assert resultat(plan, "B3", Portee.LECTURE) == Resultat.OUI


# --- B4 : les organismes associés ----------------------------------------------------------------


def test_b4_demande_un_organisme_associe(plan, region):
    assert resultat(plan, "B4") == Resultat.NON
    f.make_partie(plan, qualite=Qualite.ASSOCIEE)
    assert resultat(plan, "B4") == Resultat.OUI


@pytest.mark.parametrize("oublie", PUBLICS_ASSOCIES)
def test_b4_compte_chaque_public_et_seulement_avec_une_trace(plan, association, oublie):
    association.acteur.publics = [p for p in PUBLICS_ASSOCIES if p != oublie]
    association.acteur.save()
    assert len(constat(plan, "B4", Portee.LECTURE).manques) == 4
    association.trace = "Atelier du 12 mars."
    association.save()
    (manque,) = constat(plan, "B4", Portee.LECTURE).manques
    assert manque.startswith(oublie.label)


# --- B5 et B6 : les deux chapitres de l'alinéa 4 -------------------------------------------------


@pytest.mark.parametrize(
    ("code", "cle"), [("B5", "accompagnement"), ("B6", "mesures_spe"), ("B8", "gouvernance")]
)
def test_un_chapitre_de_la_loi_doit_etre_ecrit(plan, region, code, cle):
    contribution = f.make_contribution(region, cle, texte=" \n")
    assert resultat(plan, code) == Resultat.NON
    contribution.texte = "Voici comment."
    contribution.save()
    assert resultat(plan, code) == Resultat.OUI
    ((libelle, adresse),) = constat(plan, code, Portee.LOI).preuves
    assert libelle.endswith("part de la Région Hauts-de-France")
    assert adresse == f"/plans/grand-amienois/#contribution-{contribution.pk}"


def test_b5_les_conditions_restent_a_relire_par_une_personne(plan, region):
    f.make_fiche(region, lien_legal="accompagnement", publics=PUBLICS_ASSOCIES)
    attendu = constat(plan, "B5", Portee.LECTURE)
    assert attendu.resultat == Resultat.A_VERIFIER
    assert [m[:9] for m in attendu.manques] == ["À relire "]


@pytest.mark.parametrize("oublie", PUBLICS_SPE)
def test_b6_demande_une_action_ou_un_dispositif_par_public(plan, spe, oublie):
    autres = [p for p in PUBLICS_SPE if p != oublie]
    fiche = f.make_fiche(spe, lien_legal="spe", publics=autres)
    (manque,) = constat(plan, "B6", Portee.LECTURE).manques
    assert manque.startswith(oublie.label)
    fiche.dispositifs.add(f.make_dispositif(publics=[oublie]))
    assert resultat(plan, "B6", Portee.LECTURE) == Resultat.OUI


def test_b6_une_correspondance_partielle_ne_suffit_pas(plan, spe):
    f.make_fiche(spe, lien_legal="spe", publics=["jeunes", "actifs", "tous-publics"])
    assert len(constat(plan, "B6", Portee.LECTURE).manques) == 3


def test_une_fiche_sans_lien_avec_le_spe_ne_compte_pas(plan, spe):
    f.make_fiche(spe, lien_legal="autre", publics=PUBLICS_SPE)
    assert len(constat(plan, "B6", Portee.LECTURE).manques) == 3


def test_une_fiche_confidentielle_ne_prouve_rien_dans_un_plan_public(plan, spe):
    f.make_fiche(spe, lien_legal="spe", publics=PUBLICS_SPE, confidentielle=True)
    assert resultat(plan, "B6", Portee.LECTURE) == Resultat.OUI
    plan.etat = Plan.Etat.ADOPTE
    attendu = constat(plan, "B6", Portee.LECTURE)
    assert (attendu.resultat, attendu.preuves) == (Resultat.NON, [])


# --- Le régime d'Île-de-France -------------------------------------------------------------------


@pytest.fixture
def francilien(db):
    f.make_departement("75", f.make_region("11"))
    return Plan.objects.create(titre="PAMS", slug="idf", regime=Plan.Regime.ILE_DE_FRANCE)


def test_l_ile_de_france_suit_l_article_l_1215_4(francilien):
    constats = conformite(francilien, LE)
    references = {c.reference for c in constats} - {""}
    assert references == {
        "L. 1215-4",
        "L. 1215-4, avant-dernier alinéa",
        "L. 1215-4, dernier alinéa",
    }
    assert {c.code for c in constats if c.portee == Portee.LOI} == {"B2", "B4", "B5", "B6"}


def test_l_ile_de_france_attend_idfm_la_region_et_les_departements(francilien):
    assert constat(francilien, "B2", Portee.LOI).manques == [
        "Région Région 11 : pas de co-pilote.",
        "Département Département 75 (75) : pas de co-pilote.",
        "Île-de-France Mobilités n’est pas parmi les co-pilotes.",
    ]
    acteur = f.make_partie(francilien).acteur
    f.make_fonction(acteur, "idfm", regions=["11"])
    f.make_fonction(acteur, "region", regions=["11"])
    f.make_fonction(acteur, "departement", departements=["75"])
    assert resultat(francilien, "B2") == Resultat.OUI


# --- Les recommandations -------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["R2", "R3", "R4"])
def test_une_fiche_complete_suit_les_recommandations(plan, region, code):
    assert resultat(plan, code, Portee.RECOMMANDATION) == Resultat.NON
    fiche = f.make_fiche(region, debut=LE, fin=LE)
    f.make_budget(fiche)
    f.make_indicateur(fiche)
    assert resultat(plan, code, Portee.RECOMMANDATION) == Resultat.OUI


def test_la_duree_est_une_recommandation(plan):
    assert resultat(plan, "R5", Portee.RECOMMANDATION) == Resultat.NON
    plan.debut = plan.fin = LE
    assert resultat(plan, "R5", Portee.RECOMMANDATION) == Resultat.OUI
