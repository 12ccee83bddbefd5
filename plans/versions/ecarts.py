"""Ce qui distingue deux contenus canoniques, pièce par pièce."""

from dataclasses import dataclass

AJOUTE, RETIRE, MODIFIE = "ajoute", "retire", "modifie"
CITES_AU_PLUS = 5


@dataclass(frozen=True)
class Ecart:
    """Une pièce ajoutée, retirée ou modifiée, et ses deux états ({} si elle n'existe pas)."""

    libelle: str
    nature: str
    avant: dict
    apres: dict

    def champs(self):
        """Les noms des champs qui diffèrent, dans l'ordre où la pièce les porte."""
        noms = dict.fromkeys([*self.avant, *self.apres])
        return [nom for nom in noms if self.avant.get(nom) != self.apres.get(nom)]


def ecarts(avant, apres):
    """[Ecart] entre deux contenus de plan, dans l'ordre de lecture du second."""
    anciennes, nouvelles = pieces(avant), pieces(apres)
    trouves = []
    for cle in dict.fromkeys([*nouvelles, *anciennes]):
        (ancien_nom, ancienne), (nom, nouvelle) = (
            lot.get(cle, ("", {})) for lot in (anciennes, nouvelles)
        )
        if ancienne != nouvelle:
            nature = MODIFIE if ancienne and nouvelle else AJOUTE if nouvelle else RETIRE
            trouves.append(Ecart(nom or ancien_nom, nature, ancienne, nouvelle))
    return trouves


def pieces(plan):
    """{clé stable: (libellé, pièce)} : tout ce qu'un plan contient, à plat."""
    parties = {p["identifiant"]: p["acteur"]["nom"] for p in plan["parties"]}
    titre = {nom: plan[nom] for nom in ("titre", "debut", "fin", "regime", "bassin")}
    trouvees = {"plan": ("Titre et calendrier", titre)}
    for partie in plan["parties"]:
        trouvees[partie["identifiant"]] = (f"Partie : {partie['acteur']['nom']}", partie)
    for chapitre in plan["chapitres"]:
        nom = f"{chapitre['numero']} {chapitre['titre']}".strip()
        for part in chapitre["contributions"]:
            qui = "texte commun" if part["commune"] else parties.get(part["porteur"], "")
            trouvees[part["identifiant"]] = (f"Chapitre {nom} ({qui})", part)
    for axe in plan["axes"]:
        seul = {cle: valeur for cle, valeur in axe.items() if cle != "objectifs"}
        trouvees[axe["identifiant"]] = (f"Axe {axe['lettre']}", seul)
        for objectif in axe["objectifs"]:
            nom = f"Objectif {axe['lettre']}{objectif['numero']}"
            trouvees[objectif["identifiant"]] = (nom, objectif)
    for fiche in plan["fiches"]:
        trouvees[f"fiche {fiche['code']}"] = (f"Fiche {fiche['code']}", fiche)
    for levee in plan["levees"]:
        trouvees[levee["identifiant"]] = (f"Levée de la règle {levee['regle']}", levee)
    for dispositif in plan["cites"]["dispositifs"]:
        trouvees[dispositif["identifiant"]] = (f"Dispositif cité : {dispositif['nom']}", dispositif)
    return trouvees


def en_une_phrase(avant, apres):
    """« Fiche A1.2, Titre et calendrier » : les pièces qui diffèrent, les premières nommées."""
    noms = list(dict.fromkeys(ecart.libelle for ecart in ecarts(avant, apres)))
    reste = len(noms) - CITES_AU_PLUS
    suite = f" et {reste} autre{'s' if reste > 1 else ''}" if reste > 0 else ""
    return ", ".join(noms[:CITES_AU_PLUS]) + suite or "une information citée"
