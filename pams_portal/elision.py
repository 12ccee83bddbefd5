"""« du Département », « d’Amiens », « au Mans » : le petit mot qui va devant un nom.

Un organisme dont le nom commence par ce qu'il est (Région, Syndicat, Agence) prend son article :
« de la Région Hauts-de-France » ; un nom propre n'en prend pas : « d’Amiens Métropole ».
Les sigles suivent leur première lettre ; un code (A1.2) ne s'élide pas.
"""

import re
from functools import lru_cache

from pams_portal.recherche import normaliser

# L'h est aspiré devant la plupart des noms propres de lieux (Hauts-de-France, Havre) ; ceux-ci non.
H_MUET = re.compile(r"h(abi|arm|eb|erault|erb|eur|ist|om|op|or|os|ot|ui[ls]|um|y)")
VOYELLE = re.compile(r"(?!onz|oui\b|yac|yao|yor|you|yer)([aeiou]|y[^aeiou\W]|yon)[a-z’'\-.&]")
# Ce qu'un organisme dit être, au premier mot de son nom.
GENRES = {
    "le": re.compile(
        r"bureau|ccas|centre|cias|collectif|comite|conseil|departement|fonds|foyer|garage|gie|gip"
        r"|groupe(ment)?|ministere|mouvement|petr|pole|reseau|secours|service|sivom|sivu|smtc"
        r"|syndicat"
    ),
    "la": re.compile(
        r"c[acu]|caf|caisse|chambre|collectivite|commune|communaute|cooperative|cpam|croix rouge"
        r"|ddets|direction|dreal|dreets|(euro)?metropole|federation|fondation|ligue|maison|mission"
        r"|msa|plateforme|prefecture|regie|region|societe|ville"
    ),
    "l’": re.compile(
        r"agence|aom|assemblee|association|atelier|auto ecole|autorite|ecole|entreprise|epci|epl"
        r"|etablissement|hopital|institut|office|union|universite"
    ),
}
CONTRACTES = {
    "de": {"le": "du ", "les": "des ", "la": "de la ", "l’": "de l’"},
    "à": {"le": "au ", "les": "aux ", "la": "à la ", "l’": "à l’"},
}


@lru_cache(maxsize=2000)  # une liste nomme cinquante porteurs, souvent les mêmes
def _article(nom):
    """L'article du nom ("le", "la", "les", "l’" ou rien), et le nom sans celui qu'il porte déjà.

    « La » et « L’ » ne se contractent pas : ils restent au nom (« de La Rochelle »).
    """
    tete, _, suite = nom.partition(" ")
    mot = normaliser(tete)
    if suite and mot in ("le", "les"):
        return mot, suite
    genres = [un for un, mots in GENRES.items() if suite and mots.fullmatch(mot)]
    return "".join(genres), nom


def de(nom):
    """« de » et le nom : « d’Amiens Métropole », « du Département de la Somme », « des Sables »."""
    nom = str(nom)
    article, reste = _article(nom)
    if article:
        return CONTRACTES["de"][article] + reste
    debut = normaliser(nom)
    elide = VOYELLE.match(debut) or H_MUET.match(debut)
    return f"d’{nom}" if elide else f"de {nom}"


def a(nom):
    """« à » et le nom : « à Amiens Métropole », « au Mans », « à la Région Hauts-de-France »."""
    article, reste = _article(str(nom))
    return CONTRACTES["à"].get(article, "à ") + reste


def le(nom):
    """Le nom après « par » ou « pour » : « la Région Bretagne », « Amiens Métropole »."""
    nom = str(nom)
    article, reste = _article(nom)
    if not article or reste != nom:
        return nom
    return article + ("" if article == "l’" else " ") + nom
