"""La forme sous laquelle tout le portail range et cherche ses textes.

`icontains` et les collations diffèrent entre SQLite et PostgreSQL : chaque objet
que l'on cherche garde une colonne normalisée, et la saisie passe par la même fonction.
"""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

# L'octet nul n'est pas un texte, et PostgreSQL le refuse : il ne se cherche pas.
_SANS_EQUIVALENT = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "\0": " "})
# Ce que toute phrase contient et qui ne distingue rien, sous sa forme de recherche.
MOTS_VIDES = {
    *("a", "au", "aux", "avec", "c", "ce", "ces", "cet", "cette", "chez", "d", "dans", "de", "des"),
    *("du", "e", "elle", "elles", "en", "est", "et", "etre", "eux", "il", "ils", "j", "je", "l"),
    *("la", "le", "les", "leur", "leurs", "m", "ma", "mais", "me", "mes", "mon", "n", "ne", "nos"),
    *("notre", "nous", "on", "ou", "par", "pas", "plus", "pour", "qu", "que", "qui", "s", "sa"),
    *("sans", "se", "ses", "si", "son", "sont", "sur", "t", "ta", "te", "tes", "ton", "tous"),
    *("tout", "toute", "toutes", "tu", "un", "une", "vers", "vos", "votre", "vous", "y"),
}
_RACINES = snowballstemmer.stemmer("french")
_SIGLE = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")
_MOT = re.compile(r"[a-z0-9]+")
_HORS_ASCII = re.compile(r"[^\x00-\x7f]")
_ESPACES = re.compile(r"[\s'’ʼ`´‐‑–—−_-]+")


def normaliser(texte):
    """Met un texte sous sa forme de recherche.

    Entrée : un texte quelconque (`None` vaut le texte vide).
    Sortie : le même texte en minuscules, sans accents ni ligatures ; apostrophes, tirets
    et suites d'espaces y deviennent une seule espace.
    """
    # La décomposition d'abord : elle peut rendre des majuscules (« ℠ ») et des espaces (« ´ »).
    minuscules = unicodedata.normalize("NFKD", str(texte or "")).lower()
    sans_accents = _HORS_ASCII.sub(_sans_accent, minuscules)
    return _ESPACES.sub(" ", sans_accents.translate(_SANS_EQUIVALENT)).strip()


def _sans_accent(trouve):
    return "" if unicodedata.combining(trouve[0]) else trouve[0]


def mots(texte):
    """Les mots d'un texte, dans l'ordre, sous leur forme de recherche ; sans ponctuation.

    « T.A.D. » est un mot : le sigle.
    """
    forme = normaliser(texte)
    if "." in forme:
        forme = _SIGLE.sub(lambda sigle: sigle[0].replace(".", ""), forme)
    return _MOT.findall(forme)


@lru_cache(maxsize=50_000)
def racine(mot):
    """Ce que « vélo », « vélos », ou « réparer », « réparées » et « réparation » ont de commun.

    Le pluriel d'abord : sans les accents, l'algorithme garde le « s » de « velos ».
    """
    return _RACINES.stemWord(_singulier(mot))


def _singulier(mot):
    if mot == "travaux":
        return "travail"
    if mot.endswith("aux") and not mot.endswith("eaux") and len(mot) > 4:
        return f"{mot[:-3]}al"
    singulier = mot[:-1] if len(mot) > 3 and mot[-1] in "sx" else mot
    return singulier[:-1] if singulier.endswith("ee") else singulier


def racines(texte):
    """Les racines des mots qui disent quelque chose, dans l'ordre."""
    return [racine(mot) for mot in mots(texte) if mot not in MOTS_VIDES]
