"""Le chargement du référentiel national et des bassins livrés."""

import csv
import gzip
import io

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F
from stdnum.fr import siren

from bassins import referentiel
from bassins.models import Bassin, Commune, Departement, Epci, Perimetre, Region
from bassins.reconstruction import ecrire, lire_paquet
from tests import factories as f
from tests.bassins.conftest import fabriquer_paquet, un_epci, une_commune

pytestmark = pytest.mark.django_db


@pytest.fixture
def charger(tmp_path, dossier):
    """Charge un petit référentiel, passé par la vraie forme du paquet."""

    def _charger(contenu, **options):
        ecrire(lire_paquet(fabriquer_paquet(tmp_path / "p.tgz", contenu, **options)), dossier)
        return referentiel.charger(dossier)

    return _charger


def compter():
    return [modele.objects.count() for modele in (Region, Departement, Epci, Commune)]


def test_charge_chaque_objet_avec_sa_source_et_son_millesime(charger, contenu):
    nombres = charger(contenu)

    assert nombres == {"régions": 2, "départements": 3, "EPCI": 2, "communes": 4}
    for modele in (Region, Departement, Epci, Commune):
        assert set(modele.objects.values_list("millesime", flat=True)) == {2026}
        (source,) = set(modele.objects.values_list("source", flat=True))
        assert source.endswith("@etalab/decoupage-administratif 6.0.0")


def test_une_commune_garde_ses_zeros_et_ses_lettres(charger, contenu):
    charger(contenu)

    commune = Commune.objects.get(code="02001")
    assert (commune.departement.nom, commune.nom_normalise) == ("Aisne", "abbecourt")
    assert Commune.objects.get(code="2A004").departement.region.nom == "Corse"
    assert Commune.objects.get(code="80021").codes_postaux == "80000 80080"


def test_une_commune_d_une_collectivite_d_outre_mer_n_a_pas_de_departement(charger, contenu):
    charger(contenu)

    commune = Commune.objects.get(code="97502")
    assert (commune.departement, commune.epci, commune.population) == (None, None, None)


def test_recharger_ne_change_rien(charger, contenu):
    charger(contenu)
    avant = [list(m.objects.order_by("pk").values()) for m in (Region, Departement, Epci, Commune)]
    liens = list(Epci.departements.through.objects.values_list("epci", "departement"))

    charger(contenu)

    apres = [list(m.objects.order_by("pk").values()) for m in (Region, Departement, Epci, Commune)]
    assert apres == avant
    assert list(Epci.departements.through.objects.values_list("epci", "departement")) == liens


def test_un_nouveau_millesime_met_a_jour_et_garde_ce_qui_disparait(charger, contenu):
    charger(contenu)
    contenu["communes"] = [
        une_commune("80021", nom="Amiens-la-Neuve"),
        une_commune("2A004", departement="2A", region="94"),
    ]
    contenu["epci"] = [un_epci("200000003", "80021"), un_epci("200000001", "2A004")]

    charger(contenu, version="7.0.0", annee=2027)

    amiens = Commune.objects.get(code="80021")
    assert (amiens.nom, amiens.nom_normalise) == ("Amiens-la-Neuve", "amiens la neuve")
    assert (amiens.millesime, amiens.epci_id) == (2027, "200000003")
    assert Commune.objects.get(code="02001").millesime == 2026
    assert Epci.objects.get(siren="200000002").millesime == 2026
    assert Epci.objects.get(siren="200000003").departements.get().code == "80"


def test_un_perimetre_dont_un_epci_a_disparu_est_signale(charger, contenu):
    charger(contenu)
    touche = f.make_bassin(Epci.objects.get(siren="200000002"), nom="Touché")
    f.make_bassin(Epci.objects.get(siren="200000001"), nom="Intact")
    contenu["epci"] = [un_epci("200000003", "80021"), un_epci("200000001", "2A004")]

    charger(contenu, version="7.0.0", annee=2027)

    assert [p.bassin for p in referentiel.perimetres_a_revoir()] == [touche]


def test_tout_ou_rien(charger, contenu):
    contenu["communes"][0]["population"] = "beaucoup"

    with pytest.raises(ValueError, match="beaucoup"):
        charger(contenu)

    assert compter() == [0, 0, 0, 0]


def test_un_dossier_incomplet_est_refuse(dossier):
    (dossier / "regions_departements_2026.json").write_text("{}")

    with pytest.raises(referentiel.ReferentielIntrouvable, match="Aucun référentiel complet"):
        referentiel.charger(dossier)


def test_la_commande_dit_qu_aucun_fichier_n_est_la(dossier):
    with pytest.raises(CommandError, match="Aucun référentiel complet"):
        call_command("charger_referentiel", dossier=dossier)


def test_un_bassin_corrige_n_est_jamais_ecrase(charger, contenu):
    for code in ("248000531", "200070969", "200070951", "200070977"):
        f.make_epci(siren=code)
    for code in ("200071181", "248000499", "200071223", "248000747", "200071876", "244900882"):
        f.make_epci(siren=code)
    assert len(referentiel.charger_bassins()) == 2
    perimetre = Perimetre.objects.get(bassin__slug="grand-amienois-grand-roye")
    perimetre.epci.remove("248000531")
    perimetre.etat_composition = Perimetre.EtatComposition.VERIFIE
    perimetre.save()
    Bassin.objects.filter(slug="anjou-est").update(nom="Anjou de l’Est")

    assert referentiel.charger_bassins() == []

    perimetre.refresh_from_db()
    assert perimetre.etat_composition == Perimetre.EtatComposition.VERIFIE
    assert perimetre.nb_epci() == 7
    assert Bassin.objects.get(slug="anjou-est").nom == "Anjou de l’Est"


@pytest.mark.lent
def test_le_referentiel_livre_est_complet_et_les_deux_bassins_sont_la():
    sortie = io.StringIO()

    call_command("charger_referentiel", stdout=sortie)

    assert compter() == [18, 101, 1255, 34969]
    assert "34969 communes" in sortie.getvalue()
    assert Commune.objects.filter(epci=None).count() == 98
    assert Commune.objects.filter(departement=None).count() == 94
    assert Commune.objects.get(code="01001").nom == "L'Abergement-Clémenciat"
    assert Commune.objects.get(code="2A004").departement_id == "2A"
    assert Departement.objects.get(code="2A").region.nom == "Corse"
    deux_regions = Epci.objects.annotate(n=Count("departements__region", distinct=True))
    assert deux_regions.filter(n=2).count() == 26
    ternois = Epci.objects.get(siren="200069672")
    assert list(ternois.departements.values_list("code", flat=True)) == ["62", "80"]
    vues = Epci.objects.annotate(vues=Count("communes"))
    assert not vues.exclude(vues=F("nb_communes")).exists()

    amienois = Bassin.objects.get(slug="grand-amienois-grand-roye").perimetre
    assert (amienois.nb_epci(), amienois.nb_communes()) == (8, 466)
    assert amienois.communes_couvertes().count() == 466
    assert amienois.population_municipale() == 380650
    assert amienois.etat_composition == Perimetre.EtatComposition.DEDUIT
    assert [d.code for d in amienois.departements()] == ["80"]
    assert [r.code for r in amienois.regions()] == ["32"]
    anjou = Bassin.objects.get(slug="anjou-est").perimetre
    assert (anjou.nb_communes(), anjou.population_municipale()) == (52, 132760)
    assert anjou.etat_composition == Perimetre.EtatComposition.VERIFIE

    call_command("charger_referentiel", stdout=sortie)

    assert compter() == [18, 101, 1255, 34969]
    assert Bassin.objects.count() == 2


def test_les_siren_livres_sont_bien_formes():
    chemins = referentiel.fichiers(2026)
    epci = [ligne["siren"] for ligne in csv.DictReader(chemins.epci.read_text().splitlines())]
    with gzip.open(chemins.communes, "rt", newline="") as fichier:
        communes = [ligne["siren"] for ligne in csv.DictReader(fichier) if ligne["siren"]]

    assert (len(epci), len(communes)) == (1255, 34875)
    assert [s for s in epci + communes if not siren.is_valid(s)] == []
