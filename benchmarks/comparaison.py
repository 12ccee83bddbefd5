"""Ce que coûte le texte annoté : deux versions d'un plan de 60 fiches, et d'un très long texte.

But : le plan entier en moins de deux secondes. Le temps est celui du processeur : une machine
chargée ne le fausse pas.
"""

import random
import re
import time

FICHES, TEXTES_PAR_FICHE, PARAGRAPHES = 60, 5, 4
MOTS = re.findall(
    r"\S+",
    "le la de et pour conseil mobilité garage solidaire personnes emploi accompagnement commune "
    "bassin permis voiture bus train vélo Roye Montdidier apprentis handicap rendez-vous atelier",
)


def mesurer():
    """Les lignes du tableau commun ; le rapport est au même plan où rien n'a changé."""
    hasard = random.Random(1)
    textes = [texte(hasard, PARAGRAPHES) for _ in range(FICHES * TEXTES_PAR_FICHE)]
    cas = {
        "redline du plan, rien n'a changé": textes,
        "redline du plan, un mot sur vingt récrit": [recrire(hasard, t, 0.05) for t in textes],
        "redline du plan, un mot sur deux récrit": [recrire(hasard, t, 0.5) for t in textes],
    }
    taille = f"{FICHES} fiches, {sum(map(len, textes)) // 1000} k signes"
    reference = None
    for nom, apres in cas.items():
        duree = chronometrer(textes, apres)
        reference = reference or duree
        yield nom, taille, f"{duree:.3f}", f"{duree / reference:.1f}", ""
    long = texte(hasard, 400)[:200_000]
    duree = chronometrer([long], [recrire(hasard, long, 0.05)])
    yield "redline d'un seul texte", "200 k signes", f"{duree:.3f}", f"{duree / reference:.1f}", ""


def texte(hasard, paragraphes):
    """Des paragraphes de 80 mots, un titre et une liste."""
    blocs = [" ".join(hasard.choices(MOTS, k=80)) for _ in range(paragraphes)]
    points = "\n".join(f"- {' '.join(hasard.choices(MOTS, k=8))}" for _ in range(4))
    return "\n\n".join(["## Constat", *blocs, points])


def recrire(hasard, texte, part):
    lignes = texte.split("\n")
    return "\n".join(
        " ".join(
            hasard.choice(MOTS) if mot and mot[0].isalpha() and hasard.random() < part else mot
            for mot in ligne.split(" ")
        )
        for ligne in lignes
    )


def chronometrer(avant, apres):
    from pams_portal.comparaison import comparer_textes

    debut = time.process_time()
    for a, b in zip(avant, apres, strict=True):
        comparer_textes(a, b)
    return time.process_time() - debut
