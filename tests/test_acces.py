"""Qui obtient quoi : le tableau d'accès de toutes les pages du portail.

302 : va se connecter ; 403 : sait mais ne peut pas ; 404 : n'en sait rien. Les personnes sont
celles de `conftest.py` : region et departement co-pilotes, redac, lectr et gesti de la Région,
assem du service des assemblées, aom et spe coordonnées, assoc associée, invit invitée, etran
co-pilote d'un autre bassin, sans une personne sans habilitation, admin l'administration technique.

« post » : la page n'accepte que POST, le code est celui d'un POST vide et un GET répond 405.
"""

from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from dispositifs.models import Distinction
from plans.models import Plan
from tests import factories as f
from tests.acces import (
    PERSONNES,
    lecture_seule,
    objets_de_la_concertation,
    objets_du_suivi,
    statut,
)

TABLEAU = (Path(__file__).parent / "acces.txt").read_text()


def lignes(methode):
    """[(page, objet, {personne: code})] pour une méthode."""
    entete, *reste = [ligne.split() for ligne in TABLEAU.strip().splitlines()]
    for adresse, *suite in reste:
        if methode == (suite.pop(0) if suite[0] == "post" else "get"):
            objet, *codes = suite
            yield adresse, objet, dict(zip(entete[2:], map(int, codes), strict=True))


def pages_du_tableau():
    return {ligne.split()[0] for ligne in TABLEAU.strip().splitlines()[1:]}


@pytest.fixture
def objets(bassin, plan, region, departement, aom, spe, association, invitee, personnes):
    """{nom du tableau: arguments de l'adresse}."""
    adopte = f.make_plan(bassin, slug="adopte", etat=Plan.Etat.ADOPTE)
    porteur_adopte = f.make_partie(adopte)
    fiche = f.make_fiche(region)
    fiche_aom = f.make_fiche(aom)
    engagee = f.make_fiche(region)
    f.make_financement(engagee, departement)
    publique = f.make_fiche(porteur_adopte)
    secrete = f.make_fiche(region, confidentielle=True)
    de_fiche = [plan.slug, fiche.code]
    sollicite = f.make_partenariat(fiche, aom)
    confirme = f.make_partenariat(fiche, spe, reponse="confirme")
    demande = f.make_financement(fiche, aom, montant=None, statut="sollicite")
    chiffre = f.make_financement(fiche, departement, statut="annonce")
    commune = f.make_contribution(region, commune=True)
    dispo_aom, dispo_invit = f.make_dispositif(aom.acteur), f.make_dispositif(invitee.acteur)
    distinct = f.make_dispositif(aom.acteur)
    Distinction.objects.create(un=dispo_invit, autre=distinct)
    fusion = f.make_fusion(dispo_aom)
    objectif = f.make_objectif(plan)
    f.make_chapitre(plan, "recapitulatif")
    f.make_chapitre(plan, "mesures_spe")

    versionnee = f.make_contribution(region, version=2)
    proposition = f.make_proposition(departement, versionnee)
    etape, role = f.make_etape(fiche, version=2), f.make_partenariat(fiche, aom, version=2)
    suivi = f.make_indicateur(fiche, suivi_par=aom)
    euro = f.make_financement(fiche, departement, version=2)
    type(objectif.axe).objects.filter(pk=objectif.axe_id).update(version=2)
    plan.levees.create(regle="B5-lecture", motif="Relu.")
    version = f.make_version(plan, numero=1)
    visa = f.make_visa(f.make_version(plan), region)
    ecart = f.make_ecart(f.make_dispositif(aom.acteur))

    def habilitation(qui):
        return personnes[qui].habilitations.get().pk

    def observation(partie, qui, **cible):
        return f.make_observation(partie, personnes[qui], **cible)

    def message(fil, **champs):
        premier = fil.messages.first()
        fil.messages.filter(pk=premier.pk).update(**champs or {"ecrit_le": timezone.now()})
        return [plan.slug, fil.numero, premier.pk]

    de_l_invitee = observation(invitee, "invitee", contribution=f.make_contribution(aom))
    repondue = observation(region, "region", fiche=fiche)
    f.make_message(repondue, aom)

    seance, validee = f.make_seance(plan), f.make_seance(plan, validee_le=timezone.now())
    point, point_valide = f.make_point(seance), f.make_point(validee, issue="adopte")
    suite, suite_valide = f.make_suite(point, aom), f.make_suite(point_valide, invitee)

    def part(partie, cle="accompagnement"):
        return [plan.slug, f.make_contribution(partie, cle).pk]

    signale = f.make_dispositif(aom.acteur, statut="signale")
    f.make_fichier_ouvert("data-inclusion-services.json")
    return {
        "-": [],
        "fichier": ["data-inclusion-services", "json"],
        "fichier_faux": ["personnes", "csv"],
        "uuid_acteur": [aom.acteur.identifiant],
        "uuid_publie": [f.make_dispositif(aom.acteur).identifiant],
        "uuid_signale": [signale.identifiant],
        "fil_inconnu": [uuid4()],
        "jeton_de_fil": ["faux"],
        "bassin": [bassin.slug],
        "plan": [plan.slug],
        "adopte": [adopte.slug],
        "partie_aom": [plan.slug, aom.pk],
        "partie_region": [plan.slug, region.pk],
        "visa_region": [plan.slug, visa.pk],
        "levee_b5": [plan.slug, "B5-lecture"],
        "levee_b8": [plan.slug, "B8-loi"],
        "levee_adopte": [adopte.slug, "B5-lecture"],
        "version_un": [plan.slug, version.numero],
        "chapitre": [plan.slug, "accompagnement"],
        "obs_chapitre": [plan.slug, "chapitre", "accompagnement"],
        "obs_secrete": [plan.slug, "fiche", secrete.code],
        "obs_ailleurs": [plan.slug, "contribution", f.make_contribution(porteur_adopte).pk],
        "obs_invit": [plan.slug, de_l_invitee.numero],
        "mess_invit": message(de_l_invitee),
        "mess_region": message(observation(region, "region")),
        "mess_repondu": message(repondue),
        "seance": [plan.slug, seance.pk],
        "seance_validee": [plan.slug, validee.pk],
        "seance_detour": [adopte.slug, seance.pk],
        "point": [plan.slug, seance.pk, point.pk],
        "point_valide": [plan.slug, validee.pk, point_valide.pk],
        "point_detour": [plan.slug, validee.pk, point.pk],
        "suite_aom": [plan.slug, suite.pk],
        "suite_valide": [plan.slug, suite_valide.pk],
        "suite_detour": [adopte.slug, suite.pk],
        "j_point": [plan.slug, "points", point.pk],
        "j_point_neuf": [plan.slug, "points-neufs", seance.pk],
        "j_suite_neuve": [plan.slug, "suites-neuves", point.pk],
        "j_point_valide": [plan.slug, "points", point_valide.pk],
        "chapitre_spe": [plan.slug, "mesures_spe"],
        "chapitre_fiches": [plan.slug, "recapitulatif"],
        "part_region": part(region),
        "part_depart": part(departement),
        "part_aom": part(aom),
        "part_assoc": part(association),
        "part_invit": part(invitee),
        "part_spe": part(spe, "mesures_spe"),
        "part_commune": [plan.slug, commune.pk],
        "axe": [plan.slug, objectif.axe_id],
        "objectif": [plan.slug, objectif.pk],
        "fiche_region": de_fiche,
        "fiche_brouillon": [plan.slug, f.make_fiche(region).code],
        "fiche_comite": [plan.slug, f.make_fiche(spe, etat="engagee").code],
        "fiche_aom": [plan.slug, fiche_aom.code],
        "fiche_engagee": [plan.slug, engagee.code],
        "fiche_publique": [adopte.slug, publique.code],
        "fiche_secrete": [plan.slug, secrete.code],
        "fiche_cachee": [adopte.slug, f.make_fiche(porteur_adopte, confidentielle=True).code],
        "etapes_neuf": [*de_fiche, "etapes"],
        "budget_neuf": [*de_fiche, "budget"],
        "indic_neuf": [*de_fiche, "indicateurs"],
        "partn_neuf": [*de_fiche, "partenariats"],
        "demande_neuf": [*de_fiche, "demandes-de-financement"],
        "financ_neuf": [*de_fiche, "financements"],
        "inconnu_neuf": [*de_fiche, "nimporte-quoi"],
        "etape": [*de_fiche, "etapes", f.make_etape(fiche).pk],
        "budget": [*de_fiche, "budget", f.make_budget(fiche).pk],
        "indicateur": [*de_fiche, "indicateurs", f.make_indicateur(fiche).pk],
        "euro_depart": [*de_fiche, "financements", chiffre.pk],
        "euro_absent": [*de_fiche, "financements", f.make_financement(fiche).pk],
        "piece": [*de_fiche, "financements", f.make_piece(f.make_financement(fiche)).pk],
        "piece_publique": [
            *(adopte.slug, publique.code, "financements"),
            f.make_piece(f.make_financement(publique)).pk,
        ],
        "mesurable": [*de_fiche, suivi.pk],
        "mesurable_adopte": [adopte.slug, publique.code, f.make_indicateur(publique).pk],
        "valeur_neuve": [*de_fiche, "valeurs"],
        "valeur_aom": [*de_fiche, "valeurs", f.make_valeur(suivi, porteur=aom).pk],
        "demande_muette": [*de_fiche, "demandes-de-financement", demande.pk],
        "demande_chiffree": [*de_fiche, "demandes-de-financement", chiffre.pk],
        "role_sollicite": [*de_fiche, "partenariats", sollicite.pk],
        "role_confirme": [*de_fiche, "partenariats", confirme.pk],
        "rep_absent": [*de_fiche, "reponses-saisies", f.make_partenariat(fiche).pk],
        "rep_partie": [*de_fiche, "reponses-saisies", sollicite.pk],
        "rep_neuve": [*de_fiche, "reponses-saisies"],
        "fin_absent": [*de_fiche, "financements-saisis", f.make_financement(fiche).pk],
        "fin_partie": [*de_fiche, "financements-saisis", chiffre.pk],
        "fin_neuve": [*de_fiche, "financements-saisis"],
        "role_repondre": [*de_fiche, sollicite.pk],
        "j_part_aom": [plan.slug, "contributions", f.make_contribution(aom).pk],
        "j_part_region": [plan.slug, "contributions", versionnee.pk],
        "j_etape": [plan.slug, "etapes", etape.pk],
        "j_axe": [plan.slug, "axes", objectif.axe_id],
        "j_euro_depart": [plan.slug, "financements", euro.pk],
        "j_secrete": [plan.slug, "fiches", secrete.pk],
        "j_publique": [adopte.slug, "fiches", publique.pk],
        "j_detourne": [adopte.slug, "contributions", versionnee.pk],
        "j_inconnu": [plan.slug, "nimporte-quoi", versionnee.pk],
        "r_part_region": [plan.slug, "contributions", versionnee.pk, 1],
        "r_present": [plan.slug, "contributions", versionnee.pk, 2],
        "r_etape": [plan.slug, "etapes", etape.pk, 1],
        "r_axe": [plan.slug, "axes", objectif.axe_id, 1],
        "r_euro_depart": [plan.slug, "financements", euro.pk, 1],
        "r_role": [plan.slug, "partenariats", role.pk, 1],
        "acte": [plan.slug, f.make_acte(versionnee).pk],
        "acte_detourne": [adopte.slug, f.make_acte(versionnee).pk],
        "brouillon": [f.make_brouillon(personnes["region"], versionnee).pk],
        "proposition": [plan.slug, proposition.pk],
        "prop_detournee": [adopte.slug, proposition.pk],
        "jeton_faux": ["abc", "def"],
        "commune": [f.make_commune().pk],
        "acteur_aom": [aom.acteur_id],
        "acteur_region": [region.acteur_id],
        "etab_region": [region.acteur_id, f.make_etablissement(region.acteur).pk],
        "etab_detourne": [region.acteur_id, f.make_etablissement(aom.acteur).pk],
        "habil_region": [region.acteur_id, habilitation("lectrice")],
        "habil_detourne": [region.acteur_id, habilitation("aom")],
        "recherche": [
            personnes["region"].recherches.create(nom="Mes garages", filtres="q=garage").pk
        ],
        "doublons_aom": [dispo_aom.pk, f.make_dispositif(aom.acteur).pk],
        "doublon_partage": [dispo_aom.pk, dispo_invit.pk],
        "distinctes": [distinct.pk, dispo_invit.pk],
        "meme_fiche": [dispo_aom.pk, dispo_aom.pk],
        "fusion_aom": [fusion.pk],
        "fusion_partagee": [f.make_fusion(dispo_aom, f.make_dispositif(invitee.acteur)).pk],
        "fusionne": [fusion.absorbee_id],
        "import_region": [f.make_importation(region.acteur).pk],
        "ecart": [ecart.dispositif_id, ecart.pk],
        "ecart_detourne": [ecart.dispositif_id, f.make_ecart(f.make_dispositif()).pk],
        "xlsx": ["xlsx"],
        "csv": ["csv"],
        "pdf": ["pdf"],
        "dispo_publie": [f.make_dispositif(aom.acteur).pk],
        "dispo_signale": [signale.pk],
        "dispo_invit": [f.make_dispositif(invitee.acteur).pk],
        **objets_de_la_concertation(bassin, region, departement, aom, spe, association, invitee),
        **objets_du_suivi(bassin, association, aom, personnes["spe"]),
    }


@pytest.fixture
def navigateurs(personnes):
    """Un client déjà connecté par personne."""
    clients = {"anon": Client()}
    for qui in TABLEAU.split("\n")[0].split()[3:]:
        clients[qui] = Client()
        clients[qui].force_login(personnes[PERSONNES.get(qui, qui)])
    return clients


@pytest.mark.lent
def test_chaque_page_repond_a_chacun_selon_sa_place(objets, navigateurs):
    ecarts = []
    for adresse, objet, attendus in lignes("get"):
        url = reverse(adresse, args=objets[objet])
        with connection.execute_wrapper(lecture_seule):
            obtenus = {qui: statut(navigateurs[qui].get(url)) for qui in attendus}
        ecarts += [
            f"{adresse} {objet} {qui} : {code} attendu, {obtenus[qui]} obtenu"
            for qui, code in attendus.items()
            if obtenus[qui] != code
        ]
    assert not ecarts, "\n".join(ecarts)


@pytest.mark.parametrize(("adresse", "objet", "attendus"), list(lignes("post")))
def test_chaque_acte_repond_a_chacun_selon_sa_place(objets, navigateurs, adresse, objet, attendus):
    url = reverse(adresse, args=objets[objet])
    obtenus = {}
    for qui in attendus:
        avant = transaction.savepoint()
        obtenus[qui] = navigateurs[qui].post(url).status_code
        transaction.savepoint_rollback(avant)
    assert obtenus == attendus
    assert navigateurs["region"].get(url).status_code == 405


def test_toutes_les_pages_sont_dans_le_tableau():
    declarees = set()
    for motif in get_resolver().url_patterns:
        espace = getattr(motif, "namespace", None)
        if espace == "admin":
            continue
        enfants = getattr(motif, "url_patterns", [motif])
        declarees |= {f"{espace}:{e.name}" if espace else e.name for e in enfants}
    assert declarees == pages_du_tableau()
