"""Le calendrier dessiné."""

import re
from datetime import date

import pytest

from plans.impression.contenu import fiches_imprimees
from plans.impression.frise import RANGS_PAR_PAGE, frises
from tests import factories as f


@pytest.fixture
def fiche(region):
    return f.make_fiche(region, debut=date(2027, 1, 1), fin=date(2027, 12, 31))


def dessins(plan):
    return [frise.svg for frise in frises(fiches_imprimees(plan), plan)]


def largeur_des_barres(svg):
    return [
        float(w) for w in re.findall(r'<rect class="gantt-barre[^"]*"[^>]* width="([\d.]+)"', svg)
    ]


def test_sans_date_il_n_y_a_pas_de_dessin(region):
    f.make_fiche(region)
    assert dessins(region.plan) == []


def test_le_dessin_a_un_titre_et_une_barre_par_fiche_datee(fiche, region):
    f.make_fiche(region)
    (svg,) = dessins(region.plan)
    assert "<title" in svg
    assert "Calendrier de 2027 : actions A1.1 à A1.2" in svg
    assert svg.count('class="gantt-barre"') == 1
    assert "dates à fixer" in svg


def test_une_annee_entiere_prend_toute_la_largeur(fiche):
    (svg,) = dessins(fiche.plan)
    assert largeur_des_barres(svg) == [pytest.approx(461, abs=2)]


def test_une_action_recurrente_est_hachuree_et_une_date_ouverte_en_tirets(region):
    f.make_fiche(region, debut=date(2027, 1, 1), recurrente=True)
    (svg,) = dessins(region.plan)
    assert "url(#frise-1-hachures)" in svg
    assert 'stroke-dasharray="3 2"' in svg


def test_une_etape_faite_est_pleine(fiche):
    f.make_etape(fiche, echeance=date(2027, 3, 1), faite=True)
    f.make_etape(fiche, echeance=date(2027, 5, 1))
    (svg,) = dessins(fiche.plan)
    fonds = re.findall(r'class="gantt-jalon"[^>]*fill="(#\w+)"', svg)
    assert fonds == ["#1b2733", "#ffffff"]


def test_une_date_absurde_n_etire_pas_le_dessin(region):
    f.make_fiche(region, debut=date(206, 1, 1), fin=date(9999, 1, 1))
    (svg,) = dessins(region.plan)
    assert len(svg) < 30_000
    assert largeur_des_barres(svg) == [pytest.approx(462, abs=2)]


def test_les_fiches_nombreuses_font_plusieurs_dessins(region):
    for _ in range(RANGS_PAR_PAGE + 1):
        f.make_fiche(region, debut=date(2027, 1, 1))
    svg = dessins(region.plan)
    assert [dessin.count("gantt-barre") for dessin in svg] == [18, 17]
