"""La table des droits : complète, et fidèle à ses deux règles."""

import pytest

from pams_portal.droits import MATRICE, NON, SIEN, TOUT, Droit, Place, Portee, Regle, Role, peut
from tests import factories as f

# Ce que la loi réserve à chacun : l'engagement, le montant, l'indicateur, la part écrite.
PARTS = [
    Droit.CONTRIBUER,
    Droit.CONTRIBUER_SPE,
    Droit.MODIFIER_FICHE,
    Droit.RETIRER_FICHE,
    Droit.PROPOSER_FICHE,
    Droit.DONNER_AVIS,
    Droit.VISER,
    Droit.RENDRE_AVIS,
    Droit.REPONDRE_COMME_PARTIE,
    Droit.REPONDRE_PARTENARIAT,
    Droit.MODIFIER_FINANCEMENT,
    Droit.SOLLICITER_FINANCEMENT,
    Droit.MODIFIER_INDICATEUR,
    Droit.SAISIR_VALEUR,
    Droit.REPRENDRE_PROPOSITION,
    Droit.IMPORTER_DISPOSITIFS,
    Droit.CORRIGER_MESSAGE,
    Droit.RETIRER_MESSAGE,
    Droit.MODIFIER_DISPOSITIF,
    Droit.CONFIRMER_DISPOSITIF,
    Droit.MODIFIER_ACTEUR,
    Droit.GERER_HABILITATIONS,
]


def portees(regle):
    return [valeur for valeur in regle if isinstance(valeur, Portee)]


def test_la_table_couvre_tous_les_droits():
    assert set(MATRICE) == set(Droit)
    assert all(isinstance(regle, Regle) for regle in MATRICE.values())


@pytest.mark.parametrize("droit", PARTS)
def test_personne_n_ecrit_la_part_d_une_autre(droit):
    assert set(portees(MATRICE[droit])) <= {NON, SIEN}


def test_hors_du_plan_rien_du_plan_ne_s_ecrit():
    du_plan = [d for d in Droit if "dispositif" not in d and "acteur" not in d]
    ouverts = {d for d in du_plan if MATRICE[d].hors_plan != NON}
    assert ouverts == {Droit.OUVRIR_PLAN, Droit.GERER_HABILITATIONS}


def test_le_service_des_assemblees_lit_seulement():
    assert [d for d, regle in MATRICE.items() if regle.assemblees != NON] == [Droit.LIRE_PLAN]


def test_les_invites_lisent_et_repondent_pour_eux_mêmes():
    ouverts = {d for d, regle in MATRICE.items() if regle.invitee != NON}
    assert ouverts == {
        Droit.LIRE_PLAN,
        Droit.OBSERVER,
        Droit.CORRIGER_MESSAGE,
        Droit.RETIRER_MESSAGE,
        Droit.RESOUDRE_OBSERVATION,
        Droit.REPONDRE_COMME_PARTIE,
        Droit.FAIRE_SUITE,
        Droit.RENDRE_AVIS,
        Droit.CREER_DISPOSITIF,
        Droit.IMPORTER_DISPOSITIFS,
        Droit.MODIFIER_DISPOSITIF,
        Droit.CONFIRMER_DISPOSITIF,
        Droit.REPONDRE_SIGNALEMENT,
        Droit.MODIFIER_ACTEUR,
        Droit.GERER_HABILITATIONS,
    }


@pytest.mark.parametrize(
    ("role", "tenus"),
    [
        (Role.LECTEUR, {Role.LECTEUR}),
        (Role.REDACTEUR, {Role.LECTEUR, Role.REDACTEUR}),
        (Role.VALIDEUR, {Role.LECTEUR, Role.REDACTEUR, Role.VALIDEUR}),
        (Role.GESTIONNAIRE, {Role.LECTEUR, Role.GESTIONNAIRE}),
        (Role.ASSEMBLEES, {Role.ASSEMBLEES}),
    ],
)
def test_les_roles_s_emboitent(role, tenus):
    place = Place(acteur=None, roles=frozenset({role}))
    assert {r for r in Role if place.tient_le_role(r)} == tenus


def test_une_region_qui_est_aussi_aom_porte_deux_chapeaux(plan, region):
    deuxieme = f.make_partie(plan, region.acteur, "coordonnee", fonctions=["aom"])
    agente = f.make_utilisateur(region.acteur)
    fiches = [f.make_fiche(region), f.make_fiche(deuxieme)]

    assert [peut(agente, Droit.MODIFIER_FICHE, fiche) for fiche in fiches] == [True, True]


def test_seul_un_valideur_ecrit_un_montant(region, personnes):
    financement = f.make_financement(f.make_fiche(region), region)

    assert peut(personnes["region"], Droit.MODIFIER_FINANCEMENT, financement)
    assert not peut(personnes["redactrice"], Droit.MODIFIER_FINANCEMENT, financement)


def test_un_plan_arrete_ne_s_ecrit_plus(plan, region, personnes):
    contribution = f.make_contribution(region)
    assert peut(personnes["region"], Droit.CONTRIBUER, contribution)

    plan.etat = plan.Etat.ARRETE
    plan.save()
    contribution.chapitre.plan.refresh_from_db()

    assert not peut(personnes["region"], Droit.CONTRIBUER, contribution)


def test_l_administration_technique_n_a_aucun_droit_sur_le_contenu(plan, region, personnes):
    contribution = f.make_contribution(region)

    assert not peut(personnes["admin"], Droit.LIRE_PLAN, plan)
    assert not peut(personnes["admin"], Droit.CONTRIBUER, contribution)


def test_un_co_pilote_ne_depossede_pas_un_autre_co_pilote(region, departement, aom, personnes):
    attribuer = [
        peut(personnes["departement"], Droit.ATTRIBUER, f.make_contribution(porteur))
        for porteur in (region, departement, aom)
    ]
    assert attribuer == [False, True, True]
    assert TOUT not in portees(MATRICE[Droit.ATTRIBUER])


def test_chaque_role_a_sa_personne(personnes):
    tenus = {
        habilitation.role
        for personne in personnes.values()
        for habilitation in personne.habilitations.all()
    }
    assert tenus == set(Role)
