"""Ce que coûte un import de 10 000 lignes : temps et mémoire, sur les deux bases.

`python -m benchmarks.importation` joue tout ; `mesurer()` rend les mêmes lignes à `benchmarks`.
Le référentiel est le vrai ; le fichier est un XLSX de 10 000 fiches toutes différentes. La mémoire
est le plus haut qu'ait atteint le processus, puis, à part, celui qui ouvre le classeur : il dit le
sien lui-même, car `getrusage` prête à un enfant le plus haut du processus qui l'a lancé.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from io import BytesIO, StringIO
from pathlib import Path

RACINE = Path(__file__).parent.parent
LIGNES = 10_000


def principal():
    for cas, taille, secondes, _, memoire in mesurer():
        print(f"| {cas} | {taille} | {secondes} s | {memoire} Mio |", flush=True)


def mesurer():
    """Les lignes du tableau commun."""
    sans_adresse = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    ici = [sys.executable, "-m", "benchmarks.importation", "--sur-cette-base"]
    for lanceur in ([], [sys.executable, ".ci/sur_postgres.py"]):
        with tempfile.TemporaryDirectory() as dossier:
            environnement = sans_adresse | {"DONNEES_DIR": dossier}
            sortie = subprocess.run(
                [*lanceur, *ici], cwd=RACINE, env=environnement, stdout=subprocess.PIPE, text=True
            ).stdout
        yield from (json.loads(ligne) for ligne in sortie.splitlines() if ligne.startswith("["))


def sur_cette_base():
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pams_portal.settings")
    django.setup()
    from django.core.management import call_command

    from benchmarks.journal import base_jetable

    with base_jetable() as base:
        call_command("charger_referentiel", verbosity=0, stdout=StringIO())
        octets = classeur()
        lecteur = memoire_du_lecteur(octets)
        for cas, secondes, fait in mesures(octets):
            memoire = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            taille = f"{base}, {LIGNES} lignes, {fait:.0f} s de calcul"
            print(json.dumps([cas, taille, f"{secondes:.1f}", "", f"{memoire} + {lecteur}"]))


def calcul():
    """Les secondes de processeur de ce processus et des siens : une machine chargée les garde."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


LIRE = """
import sys
from dispositifs.importation.dechiffrer import principal
principal(sys.argv[1])
[plus_haut] = [ligne for ligne in open("/proc/self/status") if ligne.startswith("VmHWM")]
print(plus_haut.split()[1], file=sys.stderr)
"""


def memoire_du_lecteur(octets):
    """Le plus haut, en Mio, du processus qui ouvre ce classeur."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as fichier:
        fichier.write(octets)
        fichier.flush()
        commande = [sys.executable, "-c", LIRE, fichier.name]
        lu = subprocess.run(commande, cwd=RACINE, capture_output=True, text=True, check=True)
    return int(lu.stderr) // 1024


def mesures(octets):
    from django.core.files.base import ContentFile

    from bassins.models import Epci
    from dispositifs.models import Importation
    from dispositifs.taches import avancer
    from tests.factories import make_acteur, make_bassin, make_plan, make_utilisateur

    make_plan(make_bassin(*Epci.objects.all()[:8]))
    acteur = make_acteur()
    importation = Importation.objects.create(
        acteur=acteur,
        utilisateur=make_utilisateur(acteur),
        fichier=ContentFile(octets, "mesure.xlsx"),
        nom_du_fichier="mesure.xlsx",
        rang_des_titres=1,
        colonnes=[[titre, titre] for titre in TITRES],
    )
    for cas, etat in (("essai", "examen"), ("écriture", "ecriture")):
        debut, avant = time.perf_counter(), calcul()
        importation.demander(etat)
        avancer.call(importation.pk)
        yield f"import, {cas}", time.perf_counter() - debut, calcul() - avant
        importation.refresh_from_db()
        assert importation.etat in ("examinee", "faite"), importation.avis


TITRES = [
    *("nom", "type", "description", "publics", "zone_eligibilite", "commune", "capacite"),
    *("cout_annuel", "telephone", "courriel", "fin_financement", "source_id"),
]


def classeur():
    """10 000 fiches, chacune d'une autre commune."""
    from openpyxl import Workbook

    from bassins.models import Commune, Epci

    communes = list(Commune.objects.values_list("pk", "nom")[:LIGNES])
    epci = list(Epci.objects.values_list("pk", flat=True))
    livre = Workbook(write_only=True)
    feuille = livre.create_sheet()
    feuille.append(TITRES)
    for numero, (code, nom) in enumerate(communes):
        texte = f"À {nom}, un atelier répare les véhicules des personnes orientées. " * 6
        feuille.append(
            [
                *(f"Garage solidaire de {nom} n° {numero}", "Garage solidaire", texte),
                *("jeunes | seniors", epci[numero % len(epci)], code, numero % 500, "12 500,50"),
                *("0322000000", "accueil@example.org", "31/12/2027", f"m-{numero}"),
            ]
        )
    sortie = BytesIO()
    livre.save(sortie)
    return sortie.getvalue()


if __name__ == "__main__":
    sur_cette_base() if "--sur-cette-base" in sys.argv else principal()
