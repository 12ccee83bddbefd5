"""Le document : ce que coûtent sa page et son PDF, en temps et en mémoire.

La mémoire est la plus haute atteinte par le processus d'impression, lue par `wait4` ; celle de
l'ouvrier est la sienne, à la fin. Seuil : 60 fiches et 200 dispositifs sous 400 Mio.
"""

import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TAILLES = [(6, 20), (20, 60), (60, 200), (200, 200)]


def mesurer():
    """Rend les lignes du tableau : (mesure, taille, secondes, rapport, mémoire)."""
    logging.disable(logging.INFO)
    from plans.impression.html import plan_html
    from tests.plans.document.decor import LE, make_plan_garni

    reference_page = reference_pdf = None
    for fiches, dispositifs in TAILLES:
        taille = f"{fiches} fiches, {dispositifs} dispositifs"
        plan = make_plan_garni(fiches=fiches, dispositifs=dispositifs)
        debut = time.perf_counter()
        html = plan_html(plan, le=LE)
        page = time.perf_counter() - debut
        reference_page = reference_page or page
        yield ("page HTML", taille, f"{page:.2f}", f"{page / reference_page:.1f}", memoire_ici())
        secondes, memoire, pages = imprimer_mesure(html)
        reference_pdf = reference_pdf or secondes
        rapport = f"{secondes / reference_pdf:.1f}"
        yield ("PDF", f"{taille}, {pages} pages", f"{secondes:.1f}", rapport, f"{memoire:.0f}")


def memoire_ici():
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}"


def imprimer_mesure(html):
    """Imprime dans le processus que l'ouvrier lance. Rend (secondes, Mio au plus haut, pages)."""
    from pams_portal.impression import PAGE, _suivi

    with tempfile.TemporaryDirectory() as chemin:
        dossier = Path(chemin)
        (dossier / PAGE).write_text(html, encoding="utf-8")
        debut = time.perf_counter()
        processus = subprocess.Popen([sys.executable, "-m", "pams_portal.impression", chemin])
        _, etat, usage = os.wait4(processus.pid, 0)
        secondes = time.perf_counter() - debut
        assert os.waitstatus_to_exitcode(etat) == 0
        return secondes, usage.ru_maxrss / 1024, _suivi(dossier)["pages"]
