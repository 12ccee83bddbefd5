"""Le relevé de décisions en DOCX, que les secrétariats reprennent dans leur traitement de texte.

Titres en styles, langue française, tableaux à ligne d'en-tête répétée : le fichier se relit par un
lecteur d'écran et se reprend sans être défait.
"""

from io import BytesIO

from django.utils.formats import date_format
from docx import Document as Docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from pams_portal.tableau import MARQUE
from pams_portal.texte import jetons_prets
from pams_portal.typographie import jour
from plans.impression.html import INTERDITS
from plans.releve_de_decisions import en_lignes

LANGUE = "fr-FR"
LISTES = {"bullet_list_open": "List Bullet", "ordered_list_open": "List Number"}


def releve_docx(releve):
    """Le relevé, en octets d'un fichier DOCX. Entrée : un `Releve`. Ne lève pas d'erreur."""
    document = Docx()
    _preparer(document, releve)
    _tete(document, releve)
    _presences(document, releve)
    document.add_heading("Ordre du jour et décisions", 1)
    if not releve.points:
        document.add_paragraph("L’ordre du jour est vide.")
    for rang, point in releve.numerotes:
        _point(document, rang, point)
    _suites(document, releve)
    flux = BytesIO()
    document.save(flux)
    return flux.getvalue()


def propre(texte):
    """Sans ce que XML refuse : un collage peut en apporter."""
    return INTERDITS.sub("", str(texte))


def _preparer(document, releve):
    """La langue, les marges, les propriétés du fichier, l'en-tête de chaque page."""
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    langues = document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:lang")
    for element in langues:
        element.set(qn("w:val"), LANGUE)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    proprietes = document.core_properties
    proprietes.title, proprietes.language = propre(releve.titre)[:255], LANGUE
    proprietes.author, proprietes.comments = "Portail PAMS", ""
    proprietes.subject = propre(releve.plan)[:255]
    bandeau = [str(releve.plan), str(releve.seance)]
    bandeau += ["PROJET"] if releve.projet else []
    bandeau += [MARQUE] if releve.plan.demonstration else []
    section.header.paragraphs[0].text = propre(" – ".join(bandeau))


def _tete(document, releve):
    seance = releve.seance
    document.add_heading(propre(releve.titre), 0)
    if releve.plan.demonstration:
        _gras(document.add_paragraph(), MARQUE)
    _gras(document.add_paragraph(), releve.etat)
    _fait(document, "Plan", releve.plan)
    _fait(document, "Date", date_format(seance.jour, "l j F Y"))
    for libelle, valeur in (
        ("Horaire", seance.horaire),
        ("Lieu", seance.lieu),
        ("Présidence", seance.presidence),
    ):
        if valeur:
            _fait(document, libelle, valeur)


def _fait(document, libelle, valeur):
    paragraphe = document.add_paragraph()
    _gras(paragraphe, f"{libelle} : ")
    paragraphe.add_run(propre(valeur))


def _gras(paragraphe, texte):
    paragraphe.add_run(propre(texte)).bold = True


def _presences(document, releve):
    for titre, lignes in (
        ("Présents", releve.presentes),
        ("Excusés", releve.excusees),
        ("Absents", releve.absentes),
    ):
        if lignes:
            document.add_heading(titre, 1)
            _tableau(
                document,
                ["Partie", "Représentée par"],
                [[ligne.nom_partie, ligne.representants] for ligne in lignes],
            )
    if releve.autres:
        document.add_heading("Autres personnes présentes", 1)
        for personne in releve.autres:
            document.add_paragraph(propre(personne), style="List Bullet")


def _point(document, rang, point):
    document.add_heading(propre(f"{rang}. {point.titre}"), 2)
    for ligne in en_lignes(point.presentation):
        document.add_paragraph(propre(ligne))
    issue = point.get_issue_display() or "sans décision à ce stade"
    _fait(document, "Décision", issue)
    _prose(document, point.decision)
    suites = list(point.suites.all())
    if suites:
        _tableau(document, ["Qui", "Fait quoi", "Pour quand"], [_cellules(s) for s in suites])


def _cellules(suite):
    quand = jour(suite.echeance) if suite.echeance else "sans échéance"
    return [suite.porteur.acteur.nom, suite.quoi, quand]


def _suites(document, releve):
    if releve.suites:
        document.add_heading("Suites à donner", 1)
        lignes = [[str(rang), *_cellules(suite)] for rang, suite in releve.suites]
        _tableau(document, ["Point", "Qui", "Fait quoi", "Pour quand"], lignes)


def _tableau(document, entetes, lignes):
    """Un tableau dont la première ligne est un en-tête, répété de page en page."""
    tableau = document.add_table(rows=1, cols=len(entetes), style="Table Grid")
    for cellule, texte in zip(tableau.rows[0].cells, entetes, strict=True):
        _gras(cellule.paragraphs[0], texte)
    entete = OxmlElement("w:tblHeader")
    entete.set(qn("w:val"), "true")
    tableau.rows[0]._tr.get_or_add_trPr().append(entete)
    for ligne in lignes:
        for cellule, texte in zip(tableau.add_row().cells, ligne, strict=True):
            cellule.text = propre(texte)
    document.add_paragraph()


def _prose(document, texte):
    """Un texte riche : paragraphes, listes, gras et italique ; un tableau se lit ligne à ligne."""
    listes, rangee = [], None
    for jeton in jetons_prets(texte):
        if jeton.type in LISTES:
            listes.append(LISTES[jeton.type])
        elif jeton.type in ("bullet_list_close", "ordered_list_close"):
            listes.pop()
        elif jeton.type == "tr_open":
            rangee = document.add_paragraph()
        elif jeton.type == "tr_close":
            rangee = None
        elif jeton.type == "inline" and rangee is not None:
            rangee.add_run(" | " if rangee.runs else "")
            _ecrire(rangee, jeton)
        elif jeton.type == "inline":
            _ecrire(document.add_paragraph(style=listes[-1] if listes else None), jeton)


def _ecrire(paragraphe, jeton):
    if "brut" in jeton.meta:
        paragraphe.add_run(propre(jeton.meta["brut"]))
        return
    gras = italique = 0
    for enfant in jeton.children:
        match enfant.type:
            case "strong_open" | "strong_close":
                gras += 1 if enfant.type.endswith("open") else -1
            case "em_open" | "em_close":
                italique += 1 if enfant.type.endswith("open") else -1
            case "softbreak":
                paragraphe.add_run(" ")
            case "hardbreak":
                paragraphe.add_run().add_break()
            case _:
                morceau = paragraphe.add_run(propre(enfant.content))
                morceau.bold, morceau.italic = bool(gras) or None, bool(italique) or None
