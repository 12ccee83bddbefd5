"""Ce que la liste croise dans l'instantané est exactement ce que la base rend, dans l'ordre."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone

from bassins.models import Revision
from dispositifs.models import Dispositif
from dispositifs.recherche.croisement import Croisement
from dispositifs.recherche.filters import filtrer
from dispositifs.recherche.instantane import Instantane, instantane_de
from tests import factories as f

PUBLIC = {
    "rien": {},
    "un mot": {"q": "garage"},
    "un synonyme": {"q": "TAD"},
    "deux mots": {"q": "garage laon"},
    "le porteur": {"q": "roues"},
    "le porteur avant la prose": {"q": "caisse"},
    "un mot court": {"q": "b"},
    "un morceau": {"q": "arag"},
    "aucun mot": {"q": "de la"},
    "un introuvable": {"q": "garage introuvable"},
    "un bassin": {"bassin": "aisne-et-oise"},
    "un EPCI": {"epci": "200071876"},
    "une commune": {"commune": "02408"},
    "un département": {"territoire": "département 02"},
    "partout": {"territoire": "france"},
    "une famille": {"famille": "se-deplacer"},
    "un type": {"type": "tad"},
    "une thématique": {"thematique": "mobilite--acceder-a-un-vehicule"},
    "un public": {"public": "seniors"},
    "tous publics": {"public": "tous-publics"},
    "un motif": {"motif": "emploi"},
    "un porteur": {"porteur": "Roues libres (356000000)"},
    "un financeur": {"financeur": "Caisse"},
    "un état": {"statut": "a_confirmer"},
    "vérifiés": {"statut": "verifie"},
    "une fraîcheur": {"fraicheur": "orange"},
    "jamais confirmés": {"fraicheur": "rouge"},
    "un financement": {"financement": "12"},
    "plusieurs": {"q": "tad", "bassin": "aisne-et-oise", "public": "seniors"},
    "triés": {"tri": "anciens"},
    "cherchés et triés": {"q": "garage", "tri": "porteur"},
}
PROSE = {"Vélos": "Un garage de Laon", "Prêt": "Un garage de Laon", "Écluse": "Une caisse"}
CONNECTE = {"les fermés": {"statut": "ferme"}, "les signalés": {"statut": "signale"}}


def demander(utilisateur, filtres):
    requete = RequestFactory().get("/dispositifs/", filtres)
    requete.user = utilisateur
    filtre = filtrer(requete)
    assert not filtre.form.errors
    return filtre


@pytest.fixture
def inventaire(territoire):
    roues = f.make_acteur(nom="Roues libres", siren="356000000")
    caisse = f.make_acteur(nom="Caisse b")
    jour = timezone.localdate()
    bientot = jour + timedelta(days=60)
    fiches = [
        ("Écluse", "tad", ["seniors"], ["sante"], ["commune-02408"], roues, 3),
        ("Zébu", "tad", ["tous-publics"], ["emploi"], ["epci-200043495"], roues, 300),
        ("abri", "tus", ["jeunes", "seniors"], [], ["departement-49"], caisse, 3),
        ("Garage", "garage-solidaire", [], ["emploi"], ["france"], roues, None),
        ("Vélos", "garage-solidaire", ["femmes"], [], ["region-32"], caisse, 900),
        ("Prêt", "microcredit", [], ["sante"], ["commune-49328", "epci-246000848"], caisse, 183),
        ("Zébu", "microcredit", [], [], [], roues, 730),
    ]
    for nom, type_, publics, motifs, zone, porteur, age in fiches:
        fiche = f.make_dispositif(
            porteur,
            nom=nom,
            type=type_,
            publics=publics,
            motifs=motifs,
            zone_eligibilite=zone,
            description=PROSE.get(nom, "Autre chose"),
            confirme_le=None if age is None else jour - timedelta(days=age),
            fin_financement=bientot if age == 3 else None,
        )
        fiche.financeurs.set([caisse] if porteur == roues else [])
    for statut in ("signale", "suspendu", "ferme", "a_confirmer"):
        f.make_dispositif(roues, nom=f"Tad {statut}", statut=statut, type="tad")
    absorbee = f.make_dispositif(roues, nom="Absorbée", type="tad")
    absorbee.fusionne_avec = fiche
    absorbee.save()


@pytest.mark.parametrize("cas", [*PUBLIC, *CONNECTE])
def test_la_liste_croisee_est_celle_que_rend_la_base(inventaire, redacteur, cas):
    publics = [AnonymousUser()] if cas in PUBLIC else []
    for utilisateur in [*publics, redacteur]:
        filtre = demander(utilisateur, (PUBLIC | CONNECTE)[cas])
        croisement = Croisement(filtre, Instantane(timezone.localdate()))
        attendues = list(filtre.qs.values_list("pk", flat=True))
        assert croisement[0:50] == attendues
        assert croisement[1:3] == attendues[1:3]
        assert len(croisement) == len(attendues)


def test_les_cas_ne_trouvent_ni_rien_ni_tout(inventaire):
    """Un filtre que tous les cas laisseraient passer ne prouverait rien."""
    instantane = Instantane(timezone.localdate())
    tous = len(Croisement(demander(AnonymousUser(), {}), instantane))
    entiers = {"rien", "partout", "triés"}
    for cas, filtres in PUBLIC.items():
        trouves = len(Croisement(demander(AnonymousUser(), filtres), instantane))
        if cas == "un introuvable":
            assert trouves == 0
        else:
            assert trouves == tous if cas in entiers else 0 < trouves < tous, cas


def test_l_instantane_se_garde_tant_que_l_etat_est_le_meme(inventaire, django_assert_num_queries):
    etat = Revision.etats()["inventaire"]
    premier = instantane_de(etat)

    with django_assert_num_queries(0):
        assert instantane_de(etat) is premier
    Dispositif.objects.filter(nom="Garage").update(type="tad")
    assert instantane_de(Revision.etats()["inventaire"]) is not premier


def test_sans_etat_rien_n_est_garde(inventaire):
    assert instantane_de(None) is not instantane_de(None)


def test_un_inventaire_vide_se_croise_aussi(db):
    croisement = Croisement(
        demander(AnonymousUser(), {"q": "garage"}), Instantane(timezone.localdate())
    )
    assert (len(croisement), croisement[0:50]) == (0, [])
