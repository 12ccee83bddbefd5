"""La page du document : une fonction pure des registres."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bassins.models import Perimetre
from pams_portal.droits import Qualite
from plans.impression.html import page_autonome, plan_html, pour_l_impression
from plans.models import Plan
from tests import factories as f
from tests.plans.document.decor import LE, make_plan_garni

INSECABLE = "\N{NO-BREAK SPACE}"


def texte(html):
    """Le texte d'une page, blancs réduits."""
    nu = re.sub(r"<[^>]+>", " ", html)
    return re.sub(r"[\s\u202f]+", " ", nu.replace("&nbsp;", " "))


def test_les_memes_registres_donnent_la_meme_page(plan_garni):
    assert plan_html(plan_garni, le=LE) == plan_html(Plan.objects.get(pk=plan_garni.pk), le=LE)


def test_la_date_du_jour_ne_change_rien(plan_garni, monkeypatch):
    attendu = plan_html(plan_garni, le=LE)
    plus_tard = date.today() + timedelta(days=900)  # noqa: DTZ011
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: plus_tard)
    assert plan_html(plan_garni, le=LE) == attendu


@pytest.mark.parametrize("taille", [1, 3])
def test_autant_de_requetes_pour_une_fiche_que_pour_trois(db, taille):
    plan = make_plan_garni(fiches=taille, dispositifs=taille)
    with CaptureQueriesContext(connection) as requetes:
        plan_html(plan, le=LE)
    assert len(requetes) == 69


def test_la_couverture_porte_le_titre_de_la_loi_et_les_blancs_de_l_annexe(html):
    page = texte(html)
    assert "Plan d’action commun en matière de mobilité solidaire" in page
    assert "Région Hauts-de-France" in page
    assert "Projet – révision 1 – 7 novembre 2026" in page.replace(INSECABLE, " ")
    assert re.search(r"Annexe n° à la délibération n° du", page)


def test_personne_ne_semble_d_accord_sans_avoir_repondu(plan_garni):
    plan_garni.parties.filter(acteur__nom="France Travail").update(reponse="contribue")
    page = texte(plan_html(plan_garni, le=LE))
    controle = page[page.index("Parties au plan") : page.index("Sommaire")]
    assert controle.count("Sollicitée, sans réponse") == 5
    assert controle.count("Contribue") == 1


def test_chaque_contribution_dit_de_qui_elle_est(html):
    assert "<strong>France Travail</strong><br>Partie coordonnée" in html
    assert "<strong>Texte commun</strong><br>tenu par la Région Hauts-de-France" in html


def test_un_chapitre_vide_le_dit_sobrement(plan):
    f.make_chapitre(plan, "synthese", titre="Synthèse", numero="")
    assert "Non rédigé à ce jour." in plan_html(plan, le=LE)


def test_un_plan_sans_rien_se_compose(plan):
    assert "Aucune partie" in plan_html(plan, le=LE)


def test_un_plan_d_ile_de_france_se_compose_sans_bassin(db):
    f.make_region("11")
    plan = Plan.objects.create(titre="PAMS", slug="idf", regime=Plan.Regime.ILE_DE_FRANCE)
    page = texte(plan_html(plan, le=LE))
    assert "Article L. 1215-4" in page.replace(INSECABLE, " ")
    assert "sans bassin à désigner" in page


def test_une_fiche_confidentielle_est_marquee_puis_absente_du_plan_public(plan_garni):
    plan_garni.fiches.filter(code="A1.1").update(confidentielle=True, intitule="Négocier le bail")
    projet = plan_html(plan_garni, le=LE)
    assert "Fiche confidentielle" in projet
    plan_garni.etat = Plan.Etat.ADOPTE
    adopte = plan_html(plan_garni, le=LE)
    assert "Négocier le bail" in projet
    assert "Négocier le bail" not in adopte
    assert "A1.1" not in adopte
    assert "onfidentiel" not in texte(adopte)


def test_les_sommes_sont_exactes_et_un_sollicite_ne_s_ajoute_pas_au_confirme(plan_garni):
    page = plan_html(plan_garni, le=LE).replace("\u202f", " ").replace(INSECABLE, " ")
    budgets = page[page.index("<h2>Budgets prévus") :]
    assert budgets.count('<td class="nombre">20 500,50 €</td>') == 6
    assert '<td class="nombre total">61 501,50 €</td>' in budgets
    assert '<td class="nombre total">123 003 €</td>' in budgets
    financement = page[page.index("<h2>Plan de financement") : page.index("<h2>Budgets prévus")]
    assert '<th scope="row" colspan="2">Confirmé</th>' in financement
    assert '<td class="nombre total">18 000 €</td>' in financement
    assert "29 000,50 €" not in financement


def test_un_montant_saisi_par_un_autre_n_est_pas_confirme(html):
    attendu = (
        "saisi par la Communauté d’agglomération Amiens Métropole, "
        "non confirmé par le Département de la Somme"
    )
    assert attendu in texte(html)


def test_la_composition_deduite_du_bassin_se_voit(plan_garni):
    Perimetre.objects.update(etat_composition=Perimetre.EtatComposition.DEDUIT)
    page = texte(plan_html(plan_garni, le=LE))
    annexe = page[page.rindex("Annexe B") :]
    assert "Composition déduite, à confirmer" in annexe


def test_l_inventaire_dit_son_etat_au(html):
    page = texte(html).replace(INSECABLE, " ")
    assert "Dispositifs recensés, état au 7 novembre 2026" in page
    assert "État au 7 novembre 2026 : 3 dispositifs publiés" in page
    assert "Jamais confirmé" in page


def test_un_dispositif_signale_n_entre_pas_dans_le_document(plan_garni):
    f.make_dispositif(nom="Rumeur de navette", statut="signale")
    assert "Rumeur de navette" not in plan_html(plan_garni, le=LE)


def test_les_axes_et_les_fiches_se_suivent_dans_l_ordre(html):
    assert html.index('id="fiche-A1-1"') < html.index('id="fiche-B1-1"')


def test_les_sigles_sont_ceux_du_texte(plan_garni):
    plan_garni.fiches.update(reussite="Avec l’UDAF et la MDPH.")
    page = plan_html(plan_garni, le=LE)
    assert "Maison départementale des personnes handicapées" in page
    assert "Mutualité sociale agricole" not in page


def test_la_demonstration_se_dit(plan_garni):
    plan_garni.demonstration = True
    assert plan_html(plan_garni, le=LE).count("DÉMONSTRATION, contenu fictif") == 3


def test_un_plan_reel_ne_se_dit_pas_fictif(html):
    assert "DÉMONSTRATION" not in html


def test_les_caracteres_interdits_disparaissent(plan_garni):
    plan_garni.fiches.update(intitule="Un\x07 garage\ufffe \U0001f697")
    page = plan_html(plan_garni, le=LE)
    assert "\x07" not in page
    assert "\ufffe" not in page
    assert "Un garage \U0001f697" in page


def test_le_balisage_saisi_reste_du_texte(plan_garni):
    plan_garni.fiches.update(intitule="<script>alert(1)</script>")
    page = plan_html(plan_garni, le=LE)
    assert "<script>" not in page


def test_un_tableau_large_se_couche():
    def tableau(colonnes):
        cellules = "<th>a</th>" * colonnes
        return f"<table><thead><tr>{cellules}</tr></thead></table>"

    assert pour_l_impression(tableau(8)) == tableau(8)
    attendu = f'<div class="paysage tableau-large">{tableau(30)}</div>'
    assert pour_l_impression(tableau(30)) == attendu


def test_un_tableau_sans_en_tete_en_recoit_par_rangee():
    brut = "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>"
    attendu = '<table><tbody><tr><th scope="row">a</th><td>b</td></tr></tbody></table>'
    assert pour_l_impression(brut) == attendu


def test_la_ponctuation_double_reste_avec_son_mot():
    brut = '<p>« Oui » : <a href="x ; y">non ?</a></p>'
    attendu = f'<p>«{INSECABLE}Oui{INSECABLE}»{INSECABLE}: <a href="x ; y">non{INSECABLE}?</a></p>'
    assert pour_l_impression(brut) == attendu


def test_la_page_autonome_porte_ses_styles(html):
    page = page_autonome(html)
    assert "<link" not in page
    assert page.count("<style>") == 2


def test_une_partie_qui_coordonne_signe_et_une_invitee_non(html):
    signatures = html[html.index("Signatures des parties") :]
    signatures = signatures[: signatures.index("</table>")]
    assert "France Travail" in signatures
    assert "CC du Grand Roye" not in signatures


def test_deux_qualites_font_deux_lignes(plan_garni):
    region = plan_garni.parties.get(acteur__nom="Région Hauts-de-France").acteur
    f.make_partie(plan_garni, region, Qualite.COORDONNEE, precision="AOM par substitution")
    assert "AOM par substitution" in plan_html(plan_garni, le=LE)


def test_les_centimes_s_ajoutent_sans_erreur(plan_garni):
    fiche = plan_garni.fiches.first()
    for annee in (2031, 2032, 2033):
        f.make_budget(fiche, annee=annee, fonctionnement=Decimal("0.10"))
    page = plan_html(plan_garni, le=LE).replace("\u202f", " ").replace(INSECABLE, " ")
    assert "61 501,80 €" in page
