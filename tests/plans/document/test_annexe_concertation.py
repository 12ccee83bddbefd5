"""L'annexe C : le registre de concertation tel qu'il s'imprime."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pams_portal.impression import imprimer
from plans.impression.html import plan_html
from plans.models import Plan
from plans.versions import contenu_canonique, empreinte
from tests import factories as f
from tests.plans.document.decor import LE, annonce_pdfua, lire, make_plan_garni


def annexe(page):
    """Le texte de l'annexe C d'une page HTML, blancs réduits."""
    corps = page[page.index('<h1 id="annexe-c">') : page.index('<h1 id="annexe-d">')]
    return " ".join(re.sub(r"<[^>]+>", " ", corps).replace("&nbsp;", " ").split()).replace(
        " .", "."
    )


def consulter(plan):
    """Trois organismes : un avis rendu hors délai et répondu, un saisi, un muet."""
    departement, region, aom, _, associee, _ = plan.parties.all()
    concertation = f.make_concertation(plan, date_limite=LE, mode="Un courrier et le PDF")
    rendu = f.make_avis_sur_plan(
        f.make_consulte(concertation, aom, consulte_le=LE),
        sens="reserves",
        texte="Le **quai** de Roye manque.\n\n## Détail\n\n- un abri ;\n- un éclairage.",
        rendu_le=LE + timedelta(days=2),
    )
    reponse = f.make_reponse(rendu, region, decision="en_partie", explication="Un quai est prévu.")
    reponse.fiches.set(plan.fiches.all())
    reponse.chapitres.set(plan.chapitres.filter(cle="accompagnement"))
    comite = f.make_consulte(concertation, organisme="Comité des partenaires", consulte_le=LE)
    f.make_avis_sur_plan(comite, saisi_par=departement, rendu_le=LE)
    f.make_consulte(concertation, associee, consulte_le=LE)
    return concertation


def test_sans_concertation_l_annexe_le_dit(plan_garni):
    texte = annexe(plan_html(plan_garni, le=LE))
    assert "Aucune version de ce plan n’a été envoyée en concertation au 7 novembre 2026" in texte
    assert "ne sont exigés par l’article L. 1215-3" in texte


def test_une_version_envoyee_sans_consultation_ne_fait_pas_croire_qu_il_y_en_eut(plan_garni):
    f.make_version(plan_garni, numero=1, vers="concertation")
    texte = annexe(plan_html(plan_garni, le=LE))
    assert "aucun organisme consulté n’est inscrit au 7 novembre 2026" in texte
    assert "Aucune version" not in texte


def test_une_observation_entre_parties_ne_s_imprime_pas(plan_garni):
    f.make_observation(plan_garni.parties.first(), texte="Entre nous, le délai est intenable.")
    page = plan_html(plan_garni, le=LE)
    assert "Entre nous" not in page
    assert "observations que les parties se font au fil de la rédaction n’y figurent pas" in page


def test_le_registre_dit_qui_quand_quoi_et_la_suite(plan_garni):
    consulter(plan_garni)
    texte = annexe(plan_html(plan_garni, le=LE))
    for attendu in (
        "Organismes consultés : 3. Avis rendus par eux-mêmes : 1 ; saisis et non confirmés : 1 ; "
        "sans réponse : 1.",
        "Roues libres 7 novembre 2026 Consulté, sans réponse au 7 novembre 2026 –",
        "Favorable avec réserves ou observations, le 9 novembre 2026, hors délai",
        "saisi par le Département de la Somme, non confirmé par le Comité des partenaires",
        "Pièce : Courrier du 3 novembre",
        "Un quai est prévu.",
        "Région Hauts-de-France, pour les co-pilotes",
        "Les co-pilotes n’ont pas encore répondu.",
        "Modifié en conséquence : 4 Conseil et accompagnement",
    ):
        assert attendu in texte, attendu


def test_un_contact_ne_s_imprime_pas(plan_garni):
    consulter(plan_garni).consultes.update(contact="mobilite@example.org")
    assert "mobilite@example.org" not in plan_html(plan_garni, le=LE)


def test_une_fiche_confidentielle_n_est_pas_citee_dans_le_plan_public(plan_garni):
    consulter(plan_garni)
    plan_garni.fiches.filter(code="A1.1").update(confidentielle=True, intitule="Négocier le bail")
    assert "Négocier le bail" in annexe(plan_html(plan_garni, le=LE))
    plan_garni.etat = Plan.Etat.ADOPTE
    adopte = annexe(plan_html(plan_garni, le=LE))
    assert "Négocier le bail" not in adopte
    assert "A1.1" not in adopte
    assert "B1.1" in adopte


def test_le_registre_n_entre_pas_dans_ce_qui_se_vise(plan_garni):
    avant = empreinte(contenu_canonique(plan_garni))
    consulter(plan_garni)
    assert empreinte(contenu_canonique(plan_garni)) == avant


@pytest.mark.parametrize("nombre", [1, 3])
def test_autant_de_requetes_pour_un_avis_que_pour_trois(plan_garni, nombre):
    region = plan_garni.parties.first()
    concertation = f.make_concertation(plan_garni)
    for _ in range(nombre):
        partie = f.make_partie(plan_garni, qualite="associee")
        avis = f.make_avis_sur_plan(f.make_consulte(concertation, partie), saisi_par=region)
        f.make_reponse(avis, region).fiches.set(plan_garni.fiches.all())
    with CaptureQueriesContext(connection) as requetes:
        plan_html(plan_garni, le=LE)
    assert len(requetes) == 71


@pytest.mark.lent
def test_l_annexe_se_lit_dans_le_pdf_balisee_et_au_sommaire(db):
    plan = make_plan_garni(fiches=2, dispositifs=3)
    consulter(plan)
    document = lire(imprimer(plan_html(plan, le=LE)))
    assert (document.reserve, annonce_pdfua(document)) == ("", "1")
    sommaire = next(page for page in document.textes if "Sommaire" in page and ". ." in page)
    annonce = int(re.search(r"Annexe C Registre de concertation[ .]+(\d+)", sommaire)[1])
    pages = " ".join(document.textes[annonce - 1 : annonce + 2])
    for attendu in (
        "Comité des partenaires",
        "Consulté, sans réponse au 7 novembre 2026",
        "Le quai de Roye manque.",
        "Un quai est prévu.",
    ):
        assert attendu in pages, attendu
