"""La forme sous laquelle tout le portail range et cherche ses textes.

`icontains` et les collations diffèrent entre SQLite et PostgreSQL : chaque objet
que l'on cherche garde une colonne normalisée, et la saisie passe par la même fonction.
"""

import re
import unicodedata

_SANS_EQUIVALENT = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"})
_ESPACES = re.compile(r"[\s'’ʼ`´‐‑–—−_-]+")


def normaliser(texte):
    """Met un texte sous sa forme de recherche.

    Entrée : un texte quelconque (`None` vaut le texte vide).
    Sortie : le même texte en minuscules, sans accents ni ligatures ; apostrophes, tirets
    et suites d'espaces y deviennent une seule espace.
    """
    # La décomposition d'abord : elle peut rendre des majuscules (« ℠ ») et des espaces (« ´ »).
    minuscules = unicodedata.normalize("NFKD", str(texte or "")).lower()
    sans_accents = "".join(c for c in minuscules if not unicodedata.combining(c))
    return _ESPACES.sub(" ", sans_accents.translate(_SANS_EQUIVALENT)).strip()
