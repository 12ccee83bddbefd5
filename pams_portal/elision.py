"""« d’Amiens », « de Roye », « du Mans » : le petit mot qui va devant un nom propre.

Les sigles suivent leur première lettre ; un code (A1.2) ne s'élide pas.
"""

import re

from pams_portal.recherche import normaliser

# L'h est aspiré devant la plupart des noms propres de lieux (Hauts-de-France, Havre) ; ceux-ci non.
H_MUET = re.compile(r"h(abi|arm|eb|erault|erb|eur|ist|om|op|or|os|ot|ui[ls]|um|y)")
VOYELLE = re.compile(r"(?!onz|oui\b|yac|yao|yor|you|yer)([aeiou]|y[^aeiou\W]|yon)[a-z’'\-.&]")
ARTICLES = {"le ": "du ", "les ": "des "}


def de(nom):
    """« de » et le nom, élidés ou contractés : de("Amiens Métropole") rend « d’Amiens Métropole ».

    Un article ne se contracte que s'il est le premier mot du nom : « du Mans », « des Sables ».
    """
    nom = str(nom)
    debut = normaliser(nom)
    for article, contracte in ARTICLES.items():
        if debut.startswith(article):
            return contracte + nom[len(article) :]
    elide = VOYELLE.match(debut) or H_MUET.match(debut)
    return f"d’{nom}" if elide else f"de {nom}"
