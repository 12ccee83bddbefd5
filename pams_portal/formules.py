"""Une cellule de tableur sans formule : ce qui sort est désarmé, ce qui entre est rendu."""

import re

_FORMULE = re.compile(r"^'*\s*[=+\-@＝＋－＠]|^'*[\t\r\n]")
# Une valeur négative, un numéro de téléphone : aucun tableur n'y voit un calcul.
_NOMBRE = re.compile(r"[+-]?[\d .,()]+")


def a_l_air_d_une_formule(texte):
    return bool(_FORMULE.match(texte)) and not _NOMBRE.fullmatch(texte)


def desarmer(texte):
    """Le texte qu’aucun tableur n’exécute : une apostrophe devant l’air d’une formule."""
    return f"'{texte}" if a_l_air_d_une_formule(texte) else texte


def rearmer(texte):
    """L'inverse de `desarmer` : le texte tel qu'il est dans l'inventaire."""
    return texte[1:] if texte.startswith("'") and a_l_air_d_une_formule(texte) else texte
