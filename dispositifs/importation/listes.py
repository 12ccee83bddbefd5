"""Une liste telle qu'on la trouve : JSON, Python, PostgreSQL, ou des séparateurs."""

import ast
import json
import re

RIEN = {"", "nan", "none", "null", "n/a", "#n/d", "[]", "{}", "()", "set()"}
_ENTOUREE = re.compile(r"^(?:set\(|frozenset\(|array\()?\s*[\[{(](.*)[\]})]\s*\)?$", re.DOTALL)
# Des valeurs entre guillemets sans rien entre elles : l'affichage d'un tableau numpy.
_ENTRE_GUILLEMETS = re.compile(r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'""", re.DOTALL)


def est_vide(valeur):
    """Vrai pour ce qui ne dit rien, y compris les « nan » et « None » qu'écrivent les outils."""
    if valeur is None or valeur != valeur:  # NaN est la seule valeur différente d'elle-même
        return True
    return isinstance(valeur, str) and valeur.strip().lower() in RIEN


def lire_liste(valeur):
    """Les textes d'une liste, dans l'ordre, sans doublon ; une valeur seule fait une liste d'un."""
    if est_vide(valeur):
        return []
    if isinstance(valeur, str):
        valeur = _decouper(valeur.strip())
    elif not isinstance(valeur, (list, tuple, set, frozenset)):
        valeur = [valeur]
    textes = (_texte(element) for element in valeur if not est_vide(element))
    return list(dict.fromkeys(texte for texte in textes if texte))


def _texte(valeur):
    texte = str(valeur).strip()
    return texte.removesuffix(".0") if isinstance(valeur, float) else texte


def _decouper(texte):
    if texte.startswith("["):
        for lire in (json.loads, ast.literal_eval):
            try:
                lu = lire(texte)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue
            # « ['a' 'b'] » est du Python valable, qui colle les deux textes.
            if isinstance(lu, list) and len(lu) > texte.count("' '") + texte.count("'\n"):
                return lu
    if entouree := _ENTOUREE.match(texte):
        return _sans_crochets(entouree[1])
    for separateur in ("|", ";", "\n", ","):
        if separateur in texte:
            return texte.split(separateur)
    return [texte]


def _sans_crochets(interieur):
    """`{a,"b c",d}`, `{'a', 'b'}`, `['a' 'b']`, `[a; b]`."""
    if re.match(r"""\s*["']""", interieur) and not re.search(
        r"""[^"'\s,]\s*,\s*[^"'\s]""", interieur
    ):
        return [double or simple for double, simple in _ENTRE_GUILLEMETS.findall(interieur)]
    separateur = next((s for s in ("|", ";") if s in interieur), ",")
    return [morceau.strip().strip("\"'") for morceau in interieur.split(separateur)]
