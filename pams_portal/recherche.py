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
    minuscules = str(texte or "").lower().translate(_SANS_EQUIVALENT)
    # Les apostrophes d'abord : la décomposition NFKD sépare « ´ » en une espace et un accent.
    decompose = unicodedata.normalize("NFKD", _ESPACES.sub(" ", minuscules))
    sans_accents = "".join(c for c in decompose if not unicodedata.combining(c))
    return _ESPACES.sub(" ", sans_accents).strip()
