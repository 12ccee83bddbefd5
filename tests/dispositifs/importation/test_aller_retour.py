"""Ce qui part en tableur revient sans une différence, et rien de ce qui part ne s'exécute."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from dispositifs.emporter.export import en_csv, en_xlsx
from dispositifs.importation.classeurs import apercu, lire
from dispositifs.importation.colonnes import trouver_entetes
from dispositifs.importation.moteur import Contexte, Sort, examiner
from dispositifs.importation.tableur import lire_tableur
from dispositifs.models import Dispositif
from pams_portal.formules import desarmer, rearmer
from pams_portal.valeurs import valeur_simple
from tests import factories as f

TELEPHONE = "+33 3 22 00 00 00"
CHARGES = ["=1+1", "+33 3", "-2", "@SUM(A1)", "\t=A1", "'=B2", "''=B2", "＝A1", "l'été", "_x0041_"]


def octets(format_, dispositifs):
    return b"".join((en_csv if format_ == "csv" else en_xlsx)(dispositifs))


def revenir(format_, dispositifs, contexte=None):
    """Les examens de l'export relu, sans rien écrire."""
    fichier = ContentFile(octets(format_, dispositifs), f"export.{format_}")
    entetes = trouver_entetes(apercu(fichier).suite)
    rangs = (rang for rang in lire(fichier).suite if rang[0] > entetes.rang)
    return list(examiner(lire_tableur(rangs, entetes.cles), contexte or Contexte("export")))


@pytest.fixture
def garnie(territoire, association, region):
    """Une fiche dont chaque champ est rempli, et une presque vide."""
    fiche = f.make_dispositif(
        association.acteur,
        nom='=HYPERLINK("http://example.org";"Garage")',
        type="aide-individuelle",
        description="Ligne une\nLigne « deux » ; avec, des | signes",
        publics=["jeunes", "vulnerabilite-sociale", "residents-qpv-frr"],
        conditions="-10 % sur présentation",
        motifs=["droits", "emploi"],
        zone_eligibilite=["commune-60578", "departement-02", "epci-200043495", "france"],
        commune=territoire["denis_49"],
        adresse="1, rue de l’Été",
        horaires="Mo-Fr 09:00-17:00",
        frais="payant",
        frais_precisions="@ 5 €",
        mobilisable_par=["usagers"],
        modes_mobilisation=["se-presenter", "telephoner"],
        lien_mobilisation="https://example.org/a?b=c&d",
        courriel="garage@example.org",
        telephone=TELEPHONE,
        capacite=1200,
        beneficiaires=0,
        delai="'- un mois",
        etp=Decimal("2.50"),
        cout_annuel=Decimal("1234567.89"),
        debut_financement=date(2025, 1, 1),
        fin_financement=date(2027, 12, 31),
        source="Observatoire",
        source_id="000123",
        lien_source="https://example.org/source",
        date_source=date(2026, 1, 31),
    )
    fiche.financeurs.set([region.acteur, f.make_acteur(nom="Sans SIREN", siren=None)])
    f.make_dispositif(f.make_acteur(nom="Homonyme", siren=None), nom="Vide", description="Bref.")
    return fiche


@pytest.mark.parametrize("format_", ["xlsx", "csv"])
def test_ce_qui_part_revient_inchange(garnie, format_):
    f.make_acteur(nom="Homonyme", siren=None)
    examens = revenir(format_, Dispositif.objects.all())

    assert [(e.sort, e.raisons) for e in examens] == [(Sort.INCHANGEE, [])] * 2
    [ligne] = [e.ligne for e in examens if e.dispositif == garnie]
    assert ligne.source_id == "000123" and len(ligne.valeurs) >= 28


@pytest.mark.parametrize("format_", ["xlsx", "csv"])
def test_aucune_cellule_n_est_une_formule(garnie, format_):
    contenu = octets(format_, Dispositif.objects.all())
    if format_ == "xlsx":
        feuille = load_workbook(io.BytesIO(contenu)).get_sheet_by_index(0)
        cellules = [c for rang in feuille.to_python() for c in rang if isinstance(c, str)]
    else:
        texte = contenu.decode("utf-8-sig")
        cellules = [c for rang in csv.reader(io.StringIO(texte), delimiter=";") for c in rang]

    assert any("HYPERLINK" in cellule for cellule in cellules)
    suspectes = [cellule for cellule in cellules if cellule[:1] in ("=", "+", "-", "@", "\t")]
    assert suspectes == [TELEPHONE]


@settings(max_examples=300)
@given(st.text() | st.sampled_from(CHARGES))
def test_desarmer_se_defait_exactement(texte):
    parti = desarmer(texte)

    assert rearmer(parti) == texte
    execute = parti.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert not execute or re.fullmatch(r"[+-][\d .,()]+", parti)


@pytest.mark.parametrize(
    ("texte", "parti"),
    [
        *(("=1+1", "'=1+1"), (" =1+1", "' =1+1"), ("-2+3", "'-2+3"), ("'=A1", "''=A1")),
        *(("@SUM(A1)", "'@SUM(A1)"), ("+1|cmd", "'+1|cmd"), ("\tA", "'\tA"), ("＝A1", "'＝A1")),
        *(("-2", "-2"), ("-12,5", "-12,5"), ("+33 3 22 00 00 00", "+33 3 22 00 00 00")),
        *(("l'été", "l'été"), ("'+33 3", "''+33 3"), ("", "")),
    ],
)
def test_un_nombre_ou_un_telephone_n_est_pas_une_formule(texte, parti):
    assert desarmer(texte) == parti
    assert rearmer(parti) == texte


@pytest.mark.lent
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(textes=st.lists(st.text(max_size=60) | st.sampled_from(CHARGES), min_size=3, max_size=3))
def test_n_importe_quel_texte_revient(db, textes):
    """Un texte de formulaire : rogné, sans caractère de contrôle."""
    nom, conditions, delai = (valeur_simple(texte).strip() for texte in textes)
    Dispositif.objects.all().delete()
    f.make_dispositif(nom=nom or "Garage", conditions=conditions, delai=delai)
    for format_ in ("csv", "xlsx"):
        [examen] = revenir(format_, Dispositif.objects.all())
        assert (examen.sort, examen.raisons) == (Sort.INCHANGEE, []), format_


def test_un_texte_trop_long_pour_un_tableur_n_en_revient_pas_coupe(db):
    f.make_dispositif(conditions="mot " * 10_000)
    [examen] = revenir("xlsx", Dispositif.objects.all())

    assert examen.sort == Sort.INCHANGEE


# --- La page -------------------------------------------------------------------------------------


def contenu(reponse):
    return b"".join(reponse.streaming_content)


def test_l_export_est_celui_de_la_liste_filtree(client, garnie, personnes):
    client.force_login(personnes["region"])
    f.make_dispositif(nom="Fermé", statut="ferme")
    adresse = reverse("dispositifs:dispositif_export", args=["csv"])
    lignes = contenu(client.get(adresse, {"public": "jeunes", "page": "3"})).decode().splitlines()

    assert "Vide" not in "".join(lignes) and "Garage" in "".join(lignes)
    assert "Fermé" not in contenu(client.get(adresse)).decode()


def test_le_public_n_emporte_que_ce_qui_est_publie(client, garnie):
    garnie.statut = "signale"
    garnie.save()
    lu = contenu(client.get(reverse("dispositifs:dispositif_export", args=["csv"]))).decode()

    assert "HYPERLINK" not in lu and "Vide" in lu


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_le_fictif_porte_sa_mention(db, format_):
    f.make_dispositif(demonstration=True)
    fichier = ContentFile(octets(format_, Dispositif.objects.all()), "x")
    [*_, (_, rang)] = apercu(fichier).suite

    assert "DÉMONSTRATION, contenu fictif" in rang


def test_la_liste_offre_l_export_avec_ses_filtres(client, garnie):
    page = client.get(reverse("dispositifs:dispositif_list"), {"public": "jeunes"})
    assert f"{reverse('dispositifs:dispositif_export', args=['xlsx'])}?public=jeunes" in (
        page.content.decode()
    )


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_l_export_lit_en_un_nombre_constant_de_requetes(
    db, format_, django_assert_num_queries, territoire
):
    def emporter(attendu):
        with django_assert_num_queries(attendu):
            octets(format_, Dispositif.objects.all())

    f.make_dispositif(zone_eligibilite=["epci-200043495"])
    emporter(3)
    f.make_dispositif(zone_eligibilite=["epci-246000848"])
    f.make_dispositif(zone_eligibilite=["epci-246000848"])
    emporter(3)
