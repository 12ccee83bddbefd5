"""Le PDF : son texte, sa structure, ses marges."""

import re
import subprocess

import pytest

from pams_portal.impression import (
    ImpressionImpossible,
    fichiers_statiques_seulement,
    imprimer,
    imprimer_a_part,
)
from plans.impression.html import plan_html
from plans.models import Plan
from tests.plans.document.decor import LE, annonce_pdfua, lire

# La zone du tampon, en points, depuis le coin haut droit : 70 mm sur 35 mm.
TAMPON = (70 / 25.4 * 72, 35 / 25.4 * 72)


@pytest.fixture
def projet(document_imprime):
    return document_imprime(demonstration=True)


@pytest.fixture
def adopte(document_imprime):
    return document_imprime(etat=Plan.Etat.ADOPTE)


@pytest.fixture
def page_courte(plan):
    """La page d'un plan où rien n'est écrit : une dizaine de pages."""
    return plan_html(plan, le=LE)


def elements(noeud):
    """Tous les éléments de structure sous un nœud, dans l'ordre de lecture."""
    enfants = noeud.get("/K", [])
    for enfant in enfants if hasattr(enfants, "__iter__") else [enfants]:
        if hasattr(enfant, "get") and "/S" in enfant:
            yield enfant
            yield from elements(enfant)


def structure(document):
    return list(elements(document.structure.Root.StructTreeRoot))


def positions(page):
    """Les couples (x, y) où un texte visible est posé, en points depuis le coin bas gauche."""
    trouvees = []

    def noter(texte, matrice, texte_matrice, *_):
        if texte.strip():
            x, y = texte_matrice[4], texte_matrice[5]
            a, b, c, d, e, g = matrice
            trouvees.append((a * x + c * y + e, b * x + d * y + g, texte.strip()))

    page.extract_text(visitor_text=noter)
    return trouvees


def test_le_fichier_est_balise_titre_et_en_francais(projet):
    racine = projet.structure.Root
    assert projet.reserve == ""
    assert str(racine.Lang) == "fr-FR"
    assert bool(racine.MarkInfo.Marked)
    assert bool(racine.ViewerPreferences.DisplayDocTitle)
    titre = str(projet.structure.docinfo["/Title"])
    assert titre.startswith("Plan d’action commun en matière de mobilité solidaire")


def test_les_metadonnees_annoncent_pdf_a_et_pdf_ua(projet):
    with projet.structure.open_metadata() as metadonnees:
        assert metadonnees["pdfaid:part"] == "3"
        assert metadonnees["pdfaid:conformance"] == "A"
    assert annonce_pdfua(projet) == "1"


def test_chaque_tableau_a_des_en_tetes(projet):
    tableaux = [e for e in structure(projet) if e.S == "/Table"]
    assert len(tableaux) > 20
    assert all(any(e.S == "/TH" for e in elements(tableau)) for tableau in tableaux)


def test_chaque_figure_a_un_texte_de_remplacement(projet):
    figures = [e for e in structure(projet) if e.S == "/Figure"]
    assert [str(f.Alt)[:10] for f in figures] == ["Calendrier"]


def test_les_titres_ne_sautent_aucun_niveau(projet):
    niveaux = [int(str(e.S)[2]) for e in structure(projet) if re.fullmatch("/H[1-6]", str(e.S))]
    assert niveaux[0] == 1
    sauts = [b for a, b in zip(niveaux, niveaux[1:], strict=False) if b > a + 1]
    assert sauts == []


def test_les_polices_sont_incorporees(projet):
    polices = [o for o in projet.structure.objects if _est(o, "/FontDescriptor")]
    assert len(polices) >= 4
    assert all("/FontFile2" in p or "/FontFile3" in p for p in polices)
    assert {str(p.FontName).split("+")[-1][:6] for p in polices} <= {"Source", "DejaVu"}


def _est(objet, type_):
    return hasattr(objet, "get") and objet.get("/Type") == type_


def test_les_signets_suivent_le_sommaire(projet):
    with projet.structure.open_outline() as plan:
        titres = [signet.title for signet in plan.root]
        actions = next(s for s in plan.root if s.title.endswith("Plan d’actions"))
        fiches = actions.children[-1].children
    assert titres[:4] == ["Couverture", "Contrôle du document", "Sommaire", "Sigles"]
    assert titres[-1].endswith("Délibérations")
    assert [signet.title[:4] for signet in fiches] == ["A1.1", "B1.1"]


def test_le_sommaire_dit_la_bonne_page(projet):
    pages = projet.textes
    sommaire = next(page for page in pages if "Sommaire" in page and ". ." in page)
    annonce = int(re.search(r"Gouvernance, suivi[^.]*[. ]+(\d+)", sommaire)[1])
    assert "9 Gouvernance, suivi, évaluation, révision" in pages[annonce - 1]
    assert "Texte commun" in pages[annonce - 1]


def test_chaque_page_est_numerotee_sauf_la_couverture(projet):
    pages = projet.textes
    assert [i for i, p in enumerate(pages, 1) if f"{i} / {len(pages)}" not in p] == [1]


def test_chaque_page_dit_la_demonstration(projet):
    assert all("DÉMONSTRATION, contenu fictif" in page for page in projet.textes)


def test_le_filigrane_est_sur_chaque_page_du_projet(projet):
    assert all("PROJET" in page for page in projet.textes)


@pytest.mark.lent
def test_le_plan_adopte_n_a_ni_filigrane_ni_mot_de_projet(adopte):
    pages = adopte.textes
    assert not any("PROJET" in page or "Projet" in page for page in pages)
    assert "Version adoptée" in pages[0]
    assert not any("DÉMONSTRATION" in page for page in pages)


def test_la_zone_du_tampon_est_libre_sur_chaque_page(projet):
    largeur, hauteur = TAMPON
    for numero, page in enumerate(projet.pages, start=1):
        droite, haut = float(page.mediabox.right), float(page.mediabox.top)
        assert positions(page), numero
        dedans = [p for p in positions(page) if p[0] > droite - largeur and p[1] > haut - hauteur]
        assert dedans == [], numero


def test_chaque_fiche_commence_sa_page(projet):
    for code in ("A1.1", "B1.1"):
        debuts = [p for p in projet.textes if f"{code} Un garage solidaire itinérant" in p]
        fiche = [page for page in debuts if "Référent technique" in page]
        assert len(fiche) == 1
        assert "Objectif" in fiche[0].split(code)[0]


def test_les_memes_registres_font_les_memes_octets(page_courte):
    assert imprimer(page_courte).contenu == imprimer_a_part(page_courte).contenu


def test_la_progression_monte_jusqu_au_bout(page_courte):
    vues = []
    imprimer_a_part(page_courte, vues.append)
    assert vues
    assert vues == sorted(vues)
    assert all(0 <= vue < 100 for vue in vues)


@pytest.mark.parametrize(
    "adresse",
    [
        "file:///etc/passwd",
        "file://serveur/static/css/impression.css",
        "http://127.0.0.1:1/",
        "https://example.org/",
        "ftp://example.org/",
    ],
)
def test_aucune_adresse_hors_des_fichiers_statiques_n_est_lue(adresse):
    with pytest.raises(ValueError, match=r"Hors des fichiers|disallowed"):
        fichiers_statiques_seulement().fetch(adresse)


def test_un_chemin_qui_remonte_est_refuse(settings):
    racine = (settings.BASE_DIR / "static").as_uri()
    with pytest.raises(ValueError, match="Hors des fichiers statiques"):
        fichiers_statiques_seulement().fetch(f"{racine}/../pyproject.toml")


def test_une_piece_jointe_du_serveur_n_entre_pas_dans_le_pdf(page_courte):
    piege = page_courte.replace(
        "</head>", '<link rel="attachment" href="file:///etc/passwd"></head>'
    )
    contenu = imprimer(piege).contenu
    assert b"EmbeddedFile" not in contenu


def test_si_le_balisage_echoue_le_pdf_simple_est_rendu(page_courte, monkeypatch):
    """WeasyPrint peut tomber sur un balisage rare (« Table wrapper without a table »)."""
    from weasyprint import Document

    ecrire = Document.write_pdf

    def ecrire_sans_balises(self, *args, pdf_variant=None, **kwargs):
        if pdf_variant:
            raise IndexError("Table wrapper without a table")
        return ecrire(self, *args, **kwargs)

    monkeypatch.setattr(Document, "write_pdf", ecrire_sans_balises)
    impression = imprimer(page_courte)
    assert impression.reserve == "Le balisage du document a échoué."
    assert not impression.accessible
    assert impression.contenu.startswith(b"%PDF-")
    assert annonce_pdfua(lire(impression)) is None


def test_un_caractere_sans_police_retire_l_annonce_de_conformite(page_courte):
    """PDF/UA interdit un caractère sans glyphe : le garder, et ne rien prétendre."""
    perso = "\ue000"
    impression = imprimer(page_courte.replace("<h1>Sommaire", f"<h1>Sommaire {perso}"))
    assert impression.reserve == f"Aucune police ne sait dessiner : {perso} (U+E000)."
    assert annonce_pdfua(lire(impression)) is None
    assert structure(lire(impression))


def test_une_impression_tuee_se_dit_en_francais(monkeypatch):
    vrai = subprocess.Popen

    def mort_ne(commande, **kwargs):
        return vrai(["sh", "-c", "kill -9 $$"], **kwargs)

    monkeypatch.setattr("pams_portal.impression.subprocess.Popen", mort_ne)
    with pytest.raises(ImpressionImpossible, match="interrompue par le système"):
        imprimer_a_part("<p>")


def test_une_impression_qui_echoue_se_dit_en_francais(monkeypatch):
    vrai = subprocess.Popen
    monkeypatch.setattr(
        "pams_portal.impression.subprocess.Popen", lambda c, **k: vrai(["false"], **k)
    )
    with pytest.raises(ImpressionImpossible, match="La mise en page a échoué"):
        imprimer_a_part("<p>")


def test_une_impression_trop_longue_est_arretee(monkeypatch):
    vrai = subprocess.Popen
    monkeypatch.setattr("pams_portal.impression.DELAI_MAXIMAL", 0.2)
    monkeypatch.setattr("pams_portal.impression.INTERVALLE", 0.1)
    monkeypatch.setattr(
        "pams_portal.impression.subprocess.Popen", lambda c, **k: vrai(["sleep", "60"], **k)
    )
    with pytest.raises(ImpressionImpossible, match="un quart d’heure"):
        imprimer_a_part("<p>")


def test_un_plan_vide_s_imprime(page_courte):
    impression = imprimer(page_courte)
    assert impression.accessible
    assert impression.pages >= 8
