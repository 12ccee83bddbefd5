"""Sceller et comparer un plan entier : le contenu canonique, puis deux versions pièce par pièce.

Temps de processeur. Chaque texte est distinct et changé, pour que rien ne soit déjà comparé.
Seuil : deux versions d'un plan de 60 fiches sous 2 s.
"""

import copy
import json
import time

TAILLES = [6, 60]
CHAMPS = ("constat", "objectif_operationnel", "description", "reussite")


def mesurer():
    """Rend les lignes du tableau : (mesure, taille, secondes, rapport, mémoire)."""
    from plans.versions import contenu_canonique
    from plans.versions.comparaison import comparer_les_contenus
    from tests.plans.document.decor import make_plan_garni

    references = {}
    for fiches in TAILLES:
        plan = make_plan_garni(fiches=fiches, dispositifs=fiches)
        octets, sceller = chronometrer(lambda plan=plan: contenu_canonique(plan))
        avant, apres = retoucher(json.loads(octets)["plan"])
        _, comparer = chronometrer(lambda a=avant, b=apres: comparer_les_contenus(a, b))
        for nom, secondes in (("contenu canonique", sceller), ("deux versions", comparer)):
            rapport = secondes / references.setdefault(nom, secondes)
            yield nom, f"{fiches} fiches", f"{secondes:.2f}", f"{rapport:.1f}", ""


def chronometrer(acte):
    debut = time.process_time()
    rendu = acte()
    return rendu, time.process_time() - debut


def retoucher(avant):
    """Le contenu aux textes tous distincts, et le même où chaque fiche et chaque part changent."""
    for rang, fiche in enumerate(avant["fiches"]):
        for champ in CHAMPS:
            fiche[champ] += f"\n\nPropre à la fiche {rang}, champ {champ}."
    apres = copy.deepcopy(avant)
    for fiche in apres["fiches"]:
        for champ in CHAMPS:
            fiche[champ] = fiche[champ].replace("une", "aucune") + "\n\nUn paragraphe de plus."
        fiche["budgets"][0]["investissement"] = "1.00"
    for chapitre in apres["chapitres"]:
        for part in chapitre["contributions"]:
            part["texte"] = part["texte"].replace("personne", "femme ou un homme")
    return avant, apres
