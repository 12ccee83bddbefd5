"""Le relevé de décisions : le même contenu en PDF et en DOCX, qui s'ouvrent et se relisent."""

import re
from io import BytesIO

import pikepdf
import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document as Docx
from docx.oxml.ns import qn

from pams_portal import impression
from pams_portal.impression import ImpressionImpossible
from plans.models import Plan, Representation, SeanceDeComite
from plans.releve_de_decisions import rassembler, releve_html
from tests import factories as f

DECISION = """La fiche est **adoptée**, sous deux conditions :

- le chiffrage est refait ;
- l’*association* est consultée.

| Qui | Quand |
| --- | --- |
| La Région | mars |"""


@pytest.fixture
def tenue(seance, region, aom, spe):
    """Une séance tenue : présences, deux points, une suite."""
    seance.presidence, seance.lieu = "Mme Martin, vice-présidente", "Amiens <salle 2>"
    seance.autres = "M. Roy, Cerema\n\nMme Li, bureau d’études"
    seance.save()
    Representation.objects.create(
        seance=seance, partie=region, etat="presente", representants="Mme Martin\nM. Diop"
    )
    Representation.objects.create(seance=seance, partie=spe, etat="excusee", representants="M. K")
    point = f.make_point(seance, titre="Garage mobile", issue="adopte", decision=DECISION)
    f.make_suite(point, aom, quoi="Chiffrer & écrire", echeance=timezone.localdate())
    f.make_point(seance, titre="Calendrier", presentation="Avant l’été.")
    return SeanceDeComite.objects.select_related("plan").get(pk=seance.pk)


def demander(client, qui, seance, nom):
    client.force_login(qui)
    return client.get(reverse(f"plans:{nom}", args=[seance.plan.slug, seance.pk]))


def docx_de(client, qui, seance):
    return Docx(BytesIO(demander(client, qui, seance, "seance_docx").content))


def texte_docx(document):
    lignes = [p.text for p in document.paragraphs]
    lignes += [c.text for t in document.tables for r in t.rows for c in r.cells]
    return "\n".join(lignes + [p.text for p in document.sections[0].header.paragraphs])


# --- DOCX ----------------------------------------------------------------------------------------


def test_le_docx_s_ouvre_et_dit_tout(client, tenue, personnes):
    reponse = demander(client, personnes["aom"], tenue, "seance_docx")
    assert reponse["Content-Type"].endswith("wordprocessingml.document")
    nom = f"releve-cotech-{tenue.plan.slug}-2026-12-03.docx"
    assert reponse["Content-Disposition"] == f'attachment; filename="{nom}"'

    document = Docx(BytesIO(reponse.content))
    texte = texte_docx(document)

    for attendu in (
        "Relevé de décisions du COTECH du 3 décembre 2026",
        "PROJET : relevé non validé",
        "Plan : PAMS Grand Amiénois",
        "Présidence : Mme Martin, vice-présidente",
        "Lieu : Amiens <salle 2>",
        "Région Hauts-de-France (co-pilote)",
        "Mme Martin\nM. Diop",
        "M. Roy, Cerema",
        "1. Garage mobile",
        "Décision : Adopté",
        "Décision : sans décision à ce stade",
        "Chiffrer & écrire",
        "La Région | mars",
    ):
        assert attendu in texte, attendu
    assert "**" not in texte
    assert "DÉMONSTRATION" not in texte


def test_le_docx_a_ses_titres_en_styles_et_sa_langue(client, tenue, personnes):
    document = docx_de(client, personnes["aom"], tenue)

    titres = [
        (p.style.name, p.text)
        for p in document.paragraphs
        if p.style.name[:5] in ("Title", "Headi")
    ]
    assert titres == [
        ("Title", "Relevé de décisions du COTECH du 3 décembre 2026"),
        ("Heading 1", "Présents"),
        ("Heading 1", "Excusés"),
        ("Heading 1", "Autres personnes présentes"),
        ("Heading 1", "Ordre du jour et décisions"),
        ("Heading 2", "1. Garage mobile"),
        ("Heading 2", "2. Calendrier"),
        ("Heading 1", "Suites à donner"),
    ]
    [langue] = document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:lang")
    assert langue.get(qn("w:val")) == "fr-FR"
    assert document.core_properties.language == "fr-FR"
    assert document.core_properties.title == "Relevé de décisions du COTECH du 3 décembre 2026"
    puces = [p.text for p in document.paragraphs if p.style.name == "List Bullet"]
    assert puces[-2:] == ["le chiffrage est refait ;", "l’association est consultée."]
    gras = [r.text for p in document.paragraphs for r in p.runs if r.bold]
    italiques = [r.text for p in document.paragraphs for r in p.runs if r.italic]
    assert "adoptée" in gras
    assert italiques == ["association"]


def test_chaque_tableau_du_docx_a_une_ligne_d_en_tete(client, tenue, aom, personnes):
    document = docx_de(client, personnes["region"], tenue)

    assert len(document.tables) == 4
    for tableau in document.tables:
        assert tableau.rows[0]._tr.xpath("w:trPr/w:tblHeader"), tableau.rows[0].cells[0].text
        assert not tableau.rows[1]._tr.xpath("w:trPr/w:tblHeader")
    jour = f"{timezone.localdate():%Y}"
    qui, quoi, quand = (c.text for c in document.tables[2].rows[1].cells)
    assert (qui, quoi) == ("Amiens Métropole", "Chiffrer & écrire")
    assert jour in quand


def test_la_demonstration_et_la_validation_se_lisent_partout(client, tenue, personnes):
    Plan.objects.update(demonstration=True)
    tenue.points.update(issue="adopte")
    tenue.valider(personnes["region"])

    document = docx_de(client, personnes["aom"], tenue)
    html = releve_html(rassembler(SeanceDeComite.objects.get(pk=tenue.pk)))

    entete = document.sections[0].header.paragraphs[0].text
    assert "DÉMONSTRATION, contenu fictif" in entete
    assert "PROJET" not in texte_docx(document)
    assert re.search(r"Relevé validé le \d+ \w+ \d{4} par Rita", texte_docx(document))
    assert "DÉMONSTRATION, contenu fictif" in html
    assert "PROJET" not in html
    assert "impression-projet.css" not in html


def test_un_releve_vide_ou_hostile_s_ecrit_encore(client, seance, personnes):
    assert "L’ordre du jour est vide." in texte_docx(docx_de(client, personnes["aom"], seance))

    f.make_point(seance, titre="Un \x0bpoint", decision="> " * 60 + "profond\n\n" + "x" * 12_000)

    assert "Un point" in texte_docx(docx_de(client, personnes["aom"], seance))
    assert "Un point" in releve_html(rassembler(seance))


# --- PDF -----------------------------------------------------------------------------------------


@pytest.mark.lent
def test_le_pdf_est_balise_et_dit_la_meme_chose(client, tenue, personnes):
    reponse = demander(client, personnes["invitee"], tenue, "seance_pdf")
    assert reponse["Content-Type"] == "application/pdf"
    assert reponse["Cache-Control"] == "private, no-cache"

    texte = "\n".join(p.extract_text() for p in pypdf.PdfReader(BytesIO(reponse.content)).pages)
    for attendu in (
        "Relevé de décisions",
        "PROJET",
        "Garage mobile",
        "Chiffrer & écrire",
        "M. Diop",
    ):
        assert attendu in texte, attendu
    with pikepdf.open(BytesIO(reponse.content)) as pdf:
        assert pdf.Root.Lang == "fr-FR"
        assert pdf.Root.MarkInfo.Marked
        assert "pdfuaid" in str(pdf.Root.Metadata.read_bytes())


def test_un_texte_hostile_reste_du_texte_dans_la_page(tenue):
    tenue.points.update(titre="<script>alert(1)</script>")

    html = releve_html(rassembler(tenue))

    assert "&lt;script&gt;" in html
    assert "<script>" not in html


def test_une_mise_en_page_qui_echoue_le_dit(client, tenue, personnes, monkeypatch):
    def panne(html):
        raise ImpressionImpossible("La mise en page a échoué.")

    monkeypatch.setattr(impression, "imprimer_a_part", panne)
    impression.imprimer_aussitot.cache_clear()

    page = demander(client, personnes["region"], tenue, "seance_pdf")

    assert page.status_code == 503
    assert "La mise en page a échoué." in page.content.decode()
    impression.imprimer_aussitot.cache_clear()
