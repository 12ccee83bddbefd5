"""Le PDF sort quel que soit le texte : c'est lui que les assemblées votent."""

import io
from datetime import date
from decimal import Decimal

import pypdf
import pytest

from pams_portal.impression import imprimer, imprimer_a_part
from plans.impression.html import plan_html
from tests import factories as f
from tests.plans.document.decor import LE, PARAGRAPHE, make_plan_garni

pytestmark = pytest.mark.lent

ADRESSE = "https://example.org/" + "a" * 280
COLONNES = " | ".join(f"Colonne {n}" for n in range(1, 31))
TABLEAU = f"| {COLONNES} |\n|{' --- |' * 30}\n" + f"| {COLONNES} |\n" * 40
FUSIONNE = "| Titre | | |\n| --- | --- | --- |\n| a | | |\n| | | |\n\n| | |\n| - | - |\n| x | y |\n"
TEXTES = {
    "dix mille mots": "\n\n".join([PARAGRAPHE] * 220),
    "un seul paragraphe de dix mille mots": " ".join([PARAGRAPHE] * 220),
    "adresse de 300 caractères": f"Voir {ADRESSE} et [ici]({ADRESSE}).",
    "mot de 5 000 caractères": "x" * 5000,
    "tableau de 30 colonnes": TABLEAU,
    "tableau fusionné et sans en-tête": FUSIONNE,
    "tableau de 600 lignes": "| a | b |\n| - | - |\n" + "| un | deux |\n" * 600,
    "émojis": "Une voiture 🚗, une famille 👨‍👩‍👧‍👦, un drapeau 🇫🇷, une main 👍🏽.",
    "écriture de droite à gauche": "Bienvenue : مرحبا بكم في البرنامج, ברוכים הבאים.",
    "accents composés et symboles": "é̂̃̄ Ω ∑ ﬁ ½ … → ✓",
    "contrôles": "a\x01b\x0bc\u2028d\u2029e\u200bf\u202eg\ufeffh",
    "titres sautés": "### Trois\n\n## Deux\n\n### Trois\n\ntexte",
    "listes profondes": "\n".join("  " * n + "- niveau" for n in range(30)),
    "citations profondes": "> " * 30 + "fin",
    "balises": "<table><tr><td>non</table></body></html><style>*{display:none}</style>",
}


@pytest.mark.parametrize("nom", TEXTES)
def test_le_chapitre_et_la_fiche_s_impriment(nom, plan, region):
    texte = TEXTES[nom]
    f.make_contribution(region, "accompagnement", texte=texte)
    f.make_fiche(region, description=texte, constat=texte[:3000])
    impression = imprimer(plan_html(plan, le=LE))
    assert impression.accessible
    assert impression.pages > 5


def test_les_champs_courts_au_plus_long_s_impriment(plan, region):
    long = "Anticonstitutionnellement" * 8
    fiche = f.make_fiche(region, intitule=long[:200], referent_technique=long[:150])
    fiche.objectif.intitule = long
    fiche.objectif.save()
    f.make_etape(fiche, libelle=long, echeance=date(2027, 1, 1))
    f.make_budget(fiche, annee=2020, investissement=Decimal("999999999.99"), etp=999)
    f.make_financement(fiche, annee=2060, montant=Decimal("999999999.99"), reference=long)
    f.make_indicateur(fiche, libelle=long, unite=long[:50], cible=Decimal("999999999999.99"))
    impression = imprimer(plan_html(plan, le=LE))
    assert impression.accessible


def test_huit_annees_de_budget_tiennent_en_largeur(plan, region):
    fiche = f.make_fiche(region)
    f.make_chapitre(plan, "moyens", titre="Moyens", numero="8")
    for annee in range(2026, 2034):
        f.make_budget(fiche, annee=annee, fonctionnement=Decimal("1250000.75"))
    pages = pypdf.PdfReader(io.BytesIO(imprimer(plan_html(plan, le=LE)).contenu)).pages
    couchees = [p for p in pages if p.mediabox.width > p.mediabox.height]
    assert len(couchees) == 1
    texte = couchees[0].extract_text().replace("\u202f", " ").replace("\xa0", " ")
    assert texte.count("1 250 000,75 €") == 24


def test_deux_cents_fiches_s_impriment(db):
    plan = make_plan_garni(fiches=200, dispositifs=50)
    impression = imprimer_a_part(plan_html(plan, le=LE))
    assert impression.accessible
    assert impression.pages > 400
