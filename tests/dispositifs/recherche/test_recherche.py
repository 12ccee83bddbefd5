"""Chercher par les mots : accents, pluriels, synonymes du métier, et ce qui vient en premier."""

import json
from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command

from dispositifs.models import Dispositif, Mot
from dispositifs.recherche.mots import NOM, PROSE, SYNONYMES, TYPE, lire_recherche, mots_ponderes
from pams_portal.recherche import racine, racines
from tests import factories as f

GROUPES = json.loads(SYNONYMES.read_text(encoding="utf-8"))["groupes"]


def trouves(saisie):
    return [d.nom for d in Dispositif.objects.cherchant(saisie).par_pertinence(saisie)]


@pytest.mark.parametrize(
    ("singulier", "autres"),
    [
        ("vélo", ["vélos", "VÉLOS", "velo"]),
        ("auto", ["autos"]),
        ("véhicule", ["véhicules"]),
        ("atelier", ["ateliers", "Ateliers"]),
        ("social", ["sociaux", "sociale", "sociales"]),
        ("travail", ["travaux"]),
        ("local", ["locaux", "locale"]),
        ("bureau", ["bureaux"]),
        ("associatif", ["associative", "associatives"]),
        ("réparer", ["réparation", "réparations", "réparé", "réparées"]),
        ("permis", ["PERMIS"]),
    ],
)
def test_pluriels_feminins_accents_et_casse_ont_la_meme_racine(singulier, autres):
    attendue = racines(singulier)

    assert attendue != []
    for autre in autres:
        assert racines(autre) == attendue, autre


def test_les_mots_vides_ne_comptent_pas_et_l_apostrophe_separe():
    assert racines("L’aide à la mobilité d’un·e habitant·e") == [
        racine(mot) for mot in ("aide", "mobilite", "habitant")
    ]
    assert racines("de la, des… !") == []


@pytest.mark.parametrize(
    ("saisie", "nom", "type_"),
    [
        ("TAD", "Résa’Somme", "tad"),
        ("transports à la demande", "Résa’Somme", "tad"),
        ("TUS", "Les conducteurs du Vimeu", "tus"),
        ("transport d'utilité sociale", "Les conducteurs du Vimeu", "tus"),
        ("auto-école sociale", "Conduite pour tous", "auto-ecole-sociale"),
        ("école de conduite associative", "Conduite pour tous", "auto-ecole-sociale"),
        ("permis", "Conduite pour tous", "auto-ecole-sociale"),
        ("garage", "L’Outil en main", "self-garage"),
        ("réparation", "L’Outil en main", "self-garage"),
        ("self-garage", "Mécanos de Roye", "garage-solidaire"),
        ("garages solidaires", "L’Outil en main", "self-garage"),
        ("transport de personnes à mobilité réduite", "Libellule", "tpmr"),
        ("TPMR", "Libellule", "tpmr"),
        ("co-voiturage", "Trajets", "covoiturage-solidaire"),
        ("micro-crédits", "Coup de main", "microcredit"),
        ("autostop", "Pouce", "auto-stop"),
        ("voiture partagée", "Partage", "autopartage"),
    ],
)
def test_les_mots_du_metier_trouvent_leurs_synonymes(db, saisie, nom, type_):
    f.make_dispositif(nom=nom, type=type_, description="Sur rendez-vous.")
    f.make_dispositif(nom="Autre", type="observatoire", description="Rien de tel.")

    assert trouves(saisie) == [nom]


@pytest.mark.parametrize(("saisie", "ecrit"), [("VAE", "vélo à assistance électrique")])
def test_un_sigle_trouve_ce_qu_il_abrege_dans_la_description(db, saisie, ecrit):
    f.make_dispositif(nom="Prêt", type="pret", description=f"Le prêt d’un {ecrit}.")
    f.make_dispositif(nom="Voiture", type="pret", description="Le prêt d’une auto électrique.")

    assert trouves(saisie) == ["Prêt"]
    assert trouves(ecrit) == ["Prêt"]


def test_un_public_un_motif_et_la_commune_se_cherchent_aussi(db, territoire):
    f.make_dispositif(
        nom="Ici", publics=["seniors"], motifs=["sante"], commune=territoire["saumur"]
    )
    f.make_dispositif(nom="Ailleurs", description="Rien.")

    for saisie in ("séniors", "santé", "saumur", "personnes âgées"):
        assert trouves(saisie) == ["Ici"], saisie


def test_le_nom_passe_avant_le_type_le_type_avant_le_porteur_et_la_prose_vient_apres(db):
    association = f.make_acteur(nom="Les Garages du cœur")
    prose = "Un garage du quartier répare la voiture."
    f.make_dispositif(nom="D prose", type="comite", description=prose)
    f.make_dispositif(association, nom="C porteur", type="comite", description="Rien.")
    f.make_dispositif(nom="B type", type="garage-solidaire", description="Rien.")
    f.make_dispositif(nom="A garage", type="garage-solidaire", description="Rien.")

    assert trouves("garage") == ["A garage", "B type", "C porteur", "D prose"]
    assert trouves("garages") == trouves("garage")


def test_le_mot_exact_passe_avant_son_synonyme(db):
    f.make_dispositif(nom="Garage", type="comite", description="Rien.")
    f.make_dispositif(nom="Réparation", type="comite", description="Rien.")

    assert trouves("réparation") == ["Réparation", "Garage"]
    assert trouves("garage") == ["Garage", "Réparation"]


def test_un_mot_d_une_expression_ne_tire_pas_toute_l_expression(db):
    f.make_dispositif(nom="Permanence", type="comite", description="Sur demande, du transport.")
    f.make_dispositif(nom="Bus", type="tad", description="Rien.")

    assert trouves("transport à la demande") == ["Bus"]
    assert trouves("demande transport") == ["Bus", "Permanence"]
    assert trouves("permis") == []


def test_renommer_le_porteur_suit_sans_refaire_l_index(db):
    porteur = f.make_acteur(nom="Ancien nom")
    f.make_dispositif(porteur, nom="Navette")
    type(porteur).objects.filter(pk=porteur.pk).update(nom="Neufs", nom_normalise="neufs")

    assert trouves("neuf navette") == ["Navette"]
    assert trouves("ancien") == []


def test_un_mot_court_ou_un_nombre_doit_etre_entier_dans_le_nom_du_porteur(db):
    for nom in ("Acteur 50", "50 Manche", "Acteur 501", "AB mobil", "Abri"):
        f.make_dispositif(f.make_acteur(nom=nom), nom=f"de {nom}", type="comite", description="X")

    assert sorted(trouves("50")) == ["de 50 Manche", "de Acteur 50"]
    assert trouves("ab") == ["de AB mobil"]


def test_a_defaut_de_mot_entier_un_morceau_suffit(db):
    f.make_dispositif(nom="Amiens mobilité", description="Rien.")

    assert trouves("amie") == ["Amiens mobilité"]
    assert trouves("iens mob") == ["Amiens mobilité"]
    assert trouves("amix") == []


@pytest.mark.parametrize("saisie", ["", "   ", "!!", "de la", "%", "_", "\\", "a" * 200, "é" * 200])
def test_une_saisie_sans_mot_ne_tombe_pas(db, saisie):
    f.make_dispositif(nom="Navette", description="Rien.")

    assert trouves(saisie) in ([], ["Navette"])


def test_cinquante_mots_coutent_comme_douze(db, django_assert_max_num_queries):
    assert len(lire_recherche("navette " * 50)) == 12
    with django_assert_max_num_queries(2):
        trouves("navette " * 50)


def test_un_mot_est_indexe_une_fois_au_poids_de_l_endroit_le_plus_en_vue(db):
    dispositif = f.make_dispositif(
        nom="Navette", type="navette-emploi", description="Une navette, des navettes et un bus."
    )

    poids = dict(dispositif.mots.values_list("mot", "poids"))

    assert (poids[racine("navette")], poids[racine("ligne")], poids["bus"]) == (NOM, TYPE, PROSE)
    assert poids == mots_ponderes(dispositif)


def test_l_index_suit_chaque_ecriture_et_ne_se_refait_pas_pour_rien(db, django_assert_num_queries):
    dispositif = f.make_dispositif(nom="Navette", description="Rien.")
    dispositif.nom = "Covoiturage"
    dispositif.save(update_fields=["nom"])

    assert (trouves("navette"), trouves("covoiturage")) == ([], ["Covoiturage"])
    with django_assert_num_queries(1):
        Mot.objects.indexer([dispositif])
    dispositif.delete()
    assert not Mot.objects.exists()


def test_la_migration_indexe_les_dispositifs_deja_la(db):
    attendu = set()
    for n in range(3):
        dispositif = f.make_dispositif(nom=f"Navette {n}")
        attendu |= {(dispositif.pk, mot) for mot in dispositif.mots.values_list("mot", flat=True)}
    Mot.objects.all().delete()

    import_module("dispositifs.migrations.0003_index_des_mots").indexer(apps, None)

    assert set(Mot.objects.values_list("dispositif", "mot")) == attendu


def test_la_commande_refait_l_index_et_le_rejouer_ne_change_rien(db):
    dispositif = f.make_dispositif(nom="Navette")
    attendu = dict(dispositif.mots.values_list("mot", "poids"))
    dispositif.mots.filter(mot=racine("navette")).delete()
    dispositif.mots.create(mot="ancien", poids=1)

    for _ in range(2):
        call_command("indexer_dispositifs", verbosity=0, stdout=StringIO())
        assert dict(dispositif.mots.values_list("mot", "poids")) == attendu


@pytest.mark.parametrize("groupe", GROUPES, ids=lambda groupe: groupe["mot"])
def test_chaque_groupe_de_synonymes_dit_sa_source_et_se_cherche_par_chaque_expression(groupe):
    assert len(groupe["source"]) > 20
    for expression in groupe["expressions"]:
        [lu] = lire_recherche(expression)
        premier = next(g for g in GROUPES if expression in g["expressions"])
        assert lu.cle == f"={premier['mot']}", expression
