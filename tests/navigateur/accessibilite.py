"""Le contrôle d'accessibilité des pages, dans un vrai navigateur."""

import json
from functools import cache
from pathlib import Path

AXE = Path(__file__).parent / "axe"
ETIQUETTES = ["RGAAv4", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def script_axe():
    """Le code d'axe-core, suivi de sa langue.

    Évalué par le protocole du navigateur : une politique de sécurité stricte refuse la balise.
    """
    langue = json.loads((AXE / "fr.json").read_text(encoding="utf-8"))
    code = (AXE / "axe.min.js").read_text(encoding="utf-8")
    return f"{code}\n;axe.configure({{locale: {json.dumps(langue)}}});"


def violations(page):
    """Les violations relevées par axe sur la page Playwright telle qu'elle est affichée."""
    page.evaluate(script_axe())
    resultat = page.evaluate(
        "etiquettes => axe.run(document, {runOnly: {type: 'tag', values: etiquettes}})",
        ETIQUETTES,
    )
    return resultat["violations"]


def releve(violations):
    """Le relevé lisible : la règle, ce qui est attendu, puis chaque élément en cause."""
    lignes = []
    for violation in violations:
        lignes.append(f"{violation['id']} ({violation['impact']}) : {violation['help']}")
        for noeud in violation["nodes"]:
            lignes.append(f"  {' '.join(map(str, noeud['target']))}")
            lignes.append(f"    {noeud['html'][:200]}")
            lignes.extend(f"    {ligne}" for ligne in noeud["failureSummary"].splitlines()[1:])
    return "\n".join(lignes)


def verifier_axe(page):
    """Échoue, avec le relevé en français, si la page a une violation RGAA, WCAG ou d'usage."""
    trouvees = violations(page)
    assert not trouvees, f"{page.url}\n{releve(trouvees)}"
