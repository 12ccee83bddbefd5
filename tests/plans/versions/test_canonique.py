"""Le contenu canonique : les mêmes octets pour le même contenu, et lui seul."""

import json
import os
import random
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as reglages
from hypothesis import strategies as st

from plans.models import FicheAction, Plan
from plans.versions import contenu_canonique, empreinte
from tests.plans.document.decor import make_plan_garni

TEXTES = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60)


@pytest.fixture
def plan_garni(db):
    return make_plan_garni(fiches=3, dispositifs=3)


def relu(plan):
    return Plan.objects.get(pk=plan.pk)


def lire(plan):
    return json.loads(contenu_canonique(relu(plan)))["plan"]


def cles(valeur):
    if isinstance(valeur, dict):
        return set(valeur) | {c for v in valeur.values() for c in cles(v)}
    return {c for v in valeur for c in cles(v)} if isinstance(valeur, list) else set()


def test_le_contenu_se_lit_sans_etat_ni_cle_primaire(plan_garni):
    octets = contenu_canonique(plan_garni)
    donnees = json.loads(octets)
    assert (donnees["schema"], donnees["version"]) == ("pams-plan", 2)
    assert "avertissement" not in donnees
    assert (
        octets
        == (json.dumps(donnees, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
    )
    fiche = donnees["plan"]["fiches"][0]
    assert fiche["identifiant"] == str(plan_garni.fiches.get(code=fiche["code"]).identifiant)
    assert fiche["budgets"][0]["investissement"] == "12500.50"
    assert fiche["debut"] == "2027-01-01"
    interdites = {"etat", "avancement", "faite", "revision", "pk", "id", "visas", "annexe"}
    assert not interdites & cles(donnees)


def test_ce_que_les_fiches_citent_s_y_lit_en_clair(plan_garni):
    fiche = plan_garni.fiches.first()
    epci = plan_garni.bassin.perimetre.epci.first()
    fiche.epci.add(epci)
    cites = lire(plan_garni)["cites"]
    assert cites["territoires"]["epci"] == {str(epci.pk): epci.nom}
    dispositif = fiche.dispositifs.first()
    cite = next(d for d in cites["dispositifs"] if d["identifiant"] == str(dispositif.identifiant))
    assert (cite["nom"], cite["porteur"]["nom"]) == (dispositif.nom, dispositif.porteur.nom)


def test_l_avancement_et_les_reponses_des_parties_ne_changent_pas_le_contenu(plan_garni):
    avant = contenu_canonique(plan_garni)
    plan_garni.parties.update(reponse="contribue")
    plan_garni.fiches.update(avancement="en_cours", etat="copil", commentaire_annuel="Bien.")
    for fiche in plan_garni.fiches.all():
        fiche.etapes.update(faite=True)
        fiche.dispositifs.update(confirme_le=date(2026, 1, 1), statut="suspendu", telephone="")
    for etat in Plan.Etat:
        Plan.objects.filter(pk=plan_garni.pk).update(etat=etat, revision=99)
        assert contenu_canonique(relu(plan_garni)) == avant


def changements(plan):
    fiche = plan.fiches.get(code="A1.1")
    dispositif = fiche.dispositifs.first()
    yield "titre", lambda: Plan.objects.filter(pk=plan.pk).update(titre="Autre")
    yield "calendrier", lambda: Plan.objects.filter(pk=plan.pk).update(fin=date(2033, 1, 1))
    yield "qualité", lambda: plan.parties.filter(qualite="invitee").update(qualite="associee")
    yield "acteur", lambda: type(dispositif.porteur).objects.filter(sigle="").update(sigle="X")
    yield "texte", lambda: plan.chapitres.get(cle="moyens").contributions.update(texte="Autre.")
    yield "axe", lambda: plan.axes.filter(lettre="A").update(intitule="Autre")
    yield "objectif", lambda: fiche.objectif.__class__.objects.update(intitule="Autre")
    yield "fiche", lambda: plan.fiches.filter(pk=fiche.pk).update(fin=date(2031, 1, 1))
    yield "étape", lambda: fiche.etapes.update(echeance=date(2031, 1, 1))
    yield "budget", lambda: fiche.budgets.filter(annee=2027).update(etp=Decimal("0.5"))
    yield "montant", lambda: fiche.financements.filter(annee=2027).update(montant=1)
    yield "engagement", lambda: fiche.financements.filter(annee=2027).update(statut="annonce")
    yield "rôle", lambda: fiche.partenariats.filter(organisme="").update(reponse="confirme")
    yield "indicateur", lambda: fiche.indicateurs.update(cible=301)
    yield (
        "inventaire cité",
        lambda: type(dispositif).objects.filter(pk=dispositif.pk).update(nom="Z"),
    )
    yield "fiche retirée", lambda: fiche.delete()


def test_chaque_changement_de_contenu_change_l_empreinte(plan_garni):
    vues = {empreinte(contenu_canonique(plan_garni))}
    for nom, changer in changements(plan_garni):
        changer()
        nouvelle = empreinte(contenu_canonique(relu(plan_garni)))
        assert nouvelle not in vues, nom
        vues.add(nouvelle)


def test_une_fiche_confidentielle_se_scelle_sans_se_lire(plan_garni):
    FicheAction.objects.filter(code="A1.1").update(confidentielle=True, intitule="Un secret")
    octets = contenu_canonique(relu(plan_garni))
    assert "Un secret" not in octets.decode()
    scellee = next(f for f in json.loads(octets)["plan"]["fiches"] if f["code"] == "A1.1")
    assert sorted(scellee) == ["code", "confidentielle", "empreinte"]
    FicheAction.objects.filter(code="A1.1").update(intitule="Un autre secret")
    assert contenu_canonique(relu(plan_garni)) != octets
    for etat in Plan.Etat:
        Plan.objects.filter(pk=plan_garni.pk).update(etat=etat)
        assert "Un autre secret" not in contenu_canonique(relu(plan_garni)).decode()


@pytest.mark.parametrize("fiches", [1, 3])
def test_le_nombre_de_requetes_ne_depend_pas_des_fiches(db, fiches):
    plan = make_plan_garni(fiches=fiches, dispositifs=fiches)
    with CaptureQueriesContext(connection) as requetes:
        contenu_canonique(plan)
    assert len(requetes) == 26


# --- La même chose partout -----------------------------------------------------------------------


def restaurer_dans_un_autre_ordre(plan, graine):
    """Réécrit les lignes du plan, de clés primaires nouvelles et mêlées, sans rien d'autre."""
    melange = random.Random(graine)
    for fiche in plan.fiches.all():
        for lot in (fiche.etapes, fiche.budgets, fiche.financements, fiche.partenariats):
            lignes = list(lot.all())
            lot.all().delete()
            melange.shuffle(lignes)
            for ligne in lignes:
                ligne.pk = None
                ligne.save(force_insert=True)
        dispositifs = list(fiche.dispositifs.all())
        melange.shuffle(dispositifs)
        fiche.dispositifs.clear()
        for dispositif in dispositifs:
            fiche.dispositifs.add(dispositif)
        publics = list(fiche.publics)
        melange.shuffle(publics)
        plan.fiches.filter(pk=fiche.pk).update(publics=publics)
    for chapitre in plan.chapitres.all():
        parts = list(chapitre.contributions.all())
        chapitre.contributions.all().delete()
        melange.shuffle(parts)
        for part in parts:
            part.pk = None
            part.save(force_insert=True)


@given(
    texte=TEXTES,
    titre=TEXTES,
    montant=st.decimals(0, 10**10, places=2, allow_nan=False),
    graine=st.integers(0, 10**6),
)
@reglages(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_les_octets_ne_dependent_ni_de_l_ordre_d_ecriture_ni_des_cles(
    plan_garni, texte, titre, montant, graine
):
    fiche = plan_garni.fiches.first()
    plan_garni.chapitres.get(cle="mesures_spe").contributions.update(texte=texte, ordre=0)
    plan_garni.fiches.filter(pk=fiche.pk).update(
        intitule=titre, publics=["demandeurs-emploi", "seniors", "familles"]
    )
    fiche.financements.update(montant=montant)
    avant = contenu_canonique(relu(plan_garni))
    restaurer_dans_un_autre_ordre(relu(plan_garni), graine)
    assert contenu_canonique(relu(plan_garni)) == avant
    assert json.loads(avant) == json.loads(avant.decode())
    assert empreinte(avant) == empreinte(contenu_canonique(relu(plan_garni)))


TEMOIN = settings.BASE_DIR / "tests" / "plans" / "versions" / "temoin.json"


def test_le_temoin_garde_ses_octets_sur_toute_base(db):
    """Le même contenu, écrit sur SQLite comme sur PostgreSQL, est ce fichier, octet pour octet."""
    call_command("loaddata", TEMOIN, verbosity=0)
    plan = Plan.objects.get(slug="temoin")
    octets = contenu_canonique(plan)
    assert octets == TEMOIN.with_name("temoin_canonique.json").read_bytes()


@pytest.mark.lent
def test_deux_processus_et_deux_bases_rendent_les_memes_octets(tmp_path):
    """La démonstration chargée deux fois, dans deux processus aux hachages différents."""
    sorties = []
    for graine in ("1", "2"):
        dossier = tmp_path / graine
        dossier.mkdir()
        env = os.environ | {"DONNEES_DIR": str(dossier), "PYTHONHASHSEED": graine, "DEMO": "0"}
        env["DATABASE_URL"] = f"sqlite:///{dossier}/p.sqlite3"
        for mots in (
            ["migrate", "-v0"],
            ["loaddata", str(TEMOIN), "-v0"],
            ["exporter_plan", "temoin", "--json", str(dossier / "p.json")],
        ):
            subprocess.run(
                [sys.executable, "manage.py", *mots], cwd=settings.BASE_DIR, env=env, check=True
            )
        sorties.append((dossier / "p.json").read_bytes())
    assert sorties[0] == sorties[1] == TEMOIN.with_name("temoin_canonique.json").read_bytes()
