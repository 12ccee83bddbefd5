"""De la page HTML au PDF : un fichier balisé, à la fois PDF/A-3a et PDF/UA-1.

L'impression se fait dans un processus à part (`python -m pams_portal.impression DOSSIER`) : sa
mémoire revient au système, une panne n'emporte pas l'ouvrier, et l'attente laisse battre le
document. Elle ne lit ni la base ni l'horloge : les mêmes octets pour la même page.
"""

import gc
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings

RACINE = settings.BASE_DIR / "static"
DELAI_MAXIMAL = 15 * 60  # secondes ; deux cents fiches en prennent moins de cent
INTERVALLE = 1.0
PATIENCE = 20  # secondes ; au-delà, une page web renonce à son tour
# Une seule mise en page à la fois par serveur web : certaines pages sont publiques.
UNE_A_LA_FOIS = BoundedSemaphore(1)
PAGE, PDF, SUIVI = "page.html", "page.pdf", "suivi.json"

# L'annonce « PDF/UA-1 » et le schéma que PDF/A exige pour la lire.
XMP_PDFUA = (Path(__file__).parent / "pdfua.xmp").read_bytes()
REGLES_DE_NOTES = re.compile(r"^::(foot)?note-.*$", re.MULTILINE)
FIN_RDF = b"</rdf:RDF>"


class ImpressionImpossible(Exception):
    """Le PDF n'a pu être produit sous aucune forme ; le message, en français, dit pourquoi."""


class Impression(NamedTuple):
    """Un PDF produit ; `reserve` dit, en français, ce qui l'empêche d'être accessible."""

    contenu: bytes
    pages: int
    reserve: str = ""

    @property
    def accessible(self):
        return not self.reserve


# --- Dans le processus d'impression ---------------------------------------------------------------


def imprimer(html):
    """Imprime une page HTML ; si PDF/UA n'est pas possible, le PDF sort quand même et le dit."""
    with sans_ramasse_miettes(), warnings.catch_warnings():
        # WeasyPrint 70 oublie de fermer le profil de couleur que PDF/A demande.
        warnings.filterwarnings("ignore", category=ResourceWarning)
        try:
            with caracteres_sans_dessin() as manquants:
                document = mettre_en_page(html)
                contenu = conforme(document)
        except Exception:  # quelle qu'en soit la cause, le document est dû
            logging.getLogger(__name__).exception("PDF balisé impossible : un PDF simple suit")
            return imprimer_sans_annonce(html, "Le balisage du document a échoué.", balises=False)
        if manquants:
            liste = ", ".join(f"{c} (U+{ord(c):04X})" for c in sorted(manquants)[:20])
            return imprimer_sans_annonce(html, f"Aucune police ne sait dessiner : {liste}.")
        return Impression(contenu, len(document.pages))


def mettre_en_page(html):
    from weasyprint import HTML  # import lent, et qui demande Pango
    from weasyprint.text.fonts import FontConfiguration

    class Page(HTML):
        def _ua_stylesheets(self, forms=False):
            return [feuille_de_base()]

    page = Page(
        string=html, base_url=RACINE.as_uri() + "/", url_fetcher=fichiers_statiques_seulement()
    )
    document = page.render(font_config=FontConfiguration())
    gc.collect()  # ce qui n'a servi qu'à mettre en page, avant que l'écriture ne prenne sa place
    return document


def feuille_de_base():
    """La feuille que WeasyPrint applique à toute page, sans ses règles d'appel de note.

    Elles donnent six styles de plus à chaque élément, soit le quart de la mémoire d'un plan de
    soixante fiches, pour des notes que le document n'a pas.
    """
    from weasyprint import CSS
    from weasyprint.html import UA, UA_COUNTER_STYLE

    sans_notes = REGLES_DE_NOTES.sub("", UA).replace("\n::marker", "\nli::marker")
    return CSS(string=sans_notes, counter_style=UA_COUNTER_STYLE)


def imprimer_sans_annonce(html, reserve, balises=True):
    """Le PDF qui ne prétend à rien, remis en page : une page ne s'écrit bien qu'une fois."""
    document = mettre_en_page(html)
    return Impression(document.write_pdf(pdf_tags=balises), len(document.pages), reserve)


def conforme(document):
    """PDF/A-3a, dont les métadonnées annoncent aussi PDF/UA-1 : WeasyPrint n'écrit que l'un."""
    d_origine = document.metadata.generate_rdf_metadata

    def avec_pdfua(*args):
        return d_origine(*args).replace(FIN_RDF, XMP_PDFUA + FIN_RDF)

    document.metadata.generate_rdf_metadata = avec_pdfua
    try:
        return document.write_pdf(pdf_variant="pdf/a-3a")
    finally:
        document.metadata.generate_rdf_metadata = d_origine


@contextmanager
def caracteres_sans_dessin():
    """L'ensemble, rempli au fil de l'écriture, des caractères que PDF/UA interdit : sans glyphe."""
    manquants = set()

    class Releve(logging.Handler):
        def emit(self, enregistrement):
            if str(enregistrement.msg).startswith(".notdef"):
                manquants.add(enregistrement.args[0])

    releve, source = Releve(), logging.getLogger("weasyprint")
    source.addHandler(releve)
    try:
        yield manquants
    finally:
        source.removeHandler(releve)


@contextmanager
def sans_ramasse_miettes():
    """Un quart du temps de mise en page se passe sinon à parcourir des objets tous vivants."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()


def fichiers_statiques_seulement():
    """Un chargeur qui ne sort jamais de `static/` : ni réseau, ni fichier du serveur."""
    from weasyprint import URLFetcher

    class Chargeur(URLFetcher):
        def fetch(self, url, headers=None):
            morceaux = urlsplit(url)
            if morceaux.scheme == "file":
                chemin = Path(unquote(morceaux.path)).resolve()
                if morceaux.netloc or not chemin.is_relative_to(RACINE.resolve()):
                    raise ValueError(f"Hors des fichiers statiques : {url}")
            return super().fetch(url, headers)

    return Chargeur(allowed_protocols={"file", "data"}, allow_redirects=False)


class SuiviDesPages(logging.Handler):
    """Traduit le journal de WeasyPrint en pourcentage, et s'arrête si plus personne n'attend."""

    ETAPES = {"Step 3": 12, "Step 4": 18, "Step 6": 85, "Step 7": 98}

    def __init__(self, fichier):
        super().__init__()
        self.fichier = fichier
        self.parent = os.getppid()
        self.pages = self.atteint = 0

    def emit(self, enregistrement):
        if os.getppid() != self.parent:
            os._exit(1)
        texte = enregistrement.getMessage()
        self.pages += "Step 5" in texte
        # Le nombre de pages n'est pas connu d'avance : on approche 85 % sans jamais l'atteindre.
        avance = 20 + 65 * self.pages / (self.pages + 60) if self.pages else 5
        etape = next((p for debut, p in self.ETAPES.items() if texte.startswith(debut)), 0)
        self.noter(max(int(avance), etape))

    def noter(self, progression):
        if progression > self.atteint:
            self.atteint = progression
            self.ecrire({"progression": progression})

    def ecrire(self, donnees):
        """D'un seul coup : qui lit pendant ce temps lit l'ancien ou le nouveau, jamais rien."""
        brouillon = self.fichier.with_suffix(".neuf")
        brouillon.write_text(json.dumps(donnees))
        brouillon.replace(self.fichier)


def principal(dossier):
    """Imprime `page.html` en `page.pdf` dans un dossier, et y tient `suivi.json` à jour."""
    suivi = SuiviDesPages(dossier / SUIVI)
    progres = logging.getLogger("weasyprint.progress")
    progres.setLevel(logging.INFO)
    progres.addHandler(suivi)
    impression = imprimer((dossier / PAGE).read_text(encoding="utf-8"))
    (dossier / PDF).write_bytes(impression.contenu)
    bilan = {"progression": 99, "pages": impression.pages, "reserve": impression.reserve}
    suivi.ecrire(bilan)


# --- Dans le processus de l'ouvrier ---------------------------------------------------------------


def imprimer_a_part(html, progression=None):
    """Imprime dans un processus à part ; `progression(pourcentage)` est appelée chaque seconde.

    Lève ImpressionImpossible si ce processus meurt, échoue ou dépasse un quart d'heure.
    """
    with tempfile.TemporaryDirectory(prefix="pams-") as chemin:
        dossier = Path(chemin)
        (dossier / PAGE).write_text(html, encoding="utf-8")
        commande = [sys.executable, "-m", "pams_portal.impression", chemin]
        processus = subprocess.Popen(commande, cwd=settings.BASE_DIR)
        try:
            _attendre(processus, dossier, progression or (lambda pourcentage: None))
        finally:
            processus.kill()
            processus.wait()
        bilan = _suivi(dossier)
        return Impression((dossier / PDF).read_bytes(), bilan["pages"], bilan["reserve"])


@lru_cache(maxsize=8)
def imprimer_aussitot(html):
    """Le PDF qu'une page web attend, fait hors de ce processus ; la même ne s'imprime qu'une fois.

    Lève ImpressionImpossible si la mise en page échoue ou si trop de personnes l'attendent.
    """
    if not UNE_A_LA_FOIS.acquire(timeout=PATIENCE):
        raise ImpressionImpossible(
            "Plusieurs documents s’impriment déjà : réessayez dans un instant."
        )
    try:
        return imprimer_a_part(html)
    finally:
        UNE_A_LA_FOIS.release()


def _attendre(processus, dossier, progression):
    limite = time.monotonic() + DELAI_MAXIMAL
    while time.monotonic() < limite:
        try:
            code = processus.wait(timeout=INTERVALLE)
        except subprocess.TimeoutExpired:
            progression(_suivi(dossier).get("progression", 2))
            continue
        if code == 0:
            return
        if code < 0:
            raise ImpressionImpossible(
                "La mise en page a été interrompue par le système (mémoire insuffisante ?)."
            )
        raise ImpressionImpossible("La mise en page a échoué : le journal de l’ouvrier dit où.")
    raise ImpressionImpossible("La mise en page a dépassé un quart d’heure : elle a été arrêtée.")


def _suivi(dossier):
    """Ce que le processus d'impression a noté ; rien s'il commence."""
    try:
        return json.loads((dossier / SUIVI).read_text())
    except FileNotFoundError:
        return {}


if __name__ == "__main__":
    principal(Path(sys.argv[1]))
