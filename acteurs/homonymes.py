"""Reconnaître, avant d'inscrire un organisme, celui qui y est déjà sous un nom presque pareil."""

from difflib import SequenceMatcher

from pams_portal.recherche import normaliser

# Articles et formes juridiques : « CC du Grand Roye » et « Communauté de communes du Grand Roye ».
ARTICLES = {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "sur"}
FORMES = {"association", "asso", "cc", "ca", "cu", "communaute", "communes", "agglomeration"}
FORMES |= {"urbaine", "syndicat", "mixte"}
RESSEMBLANCE = 0.85
AU_PLUS = 5


def mots_utiles(nom):
    """Les mots d'un nom qui le distinguent, dans l'ordre de l'alphabet."""
    mots = normaliser(nom).replace(".", " ").split()
    return sorted(set(mots) - ARTICLES - FORMES)


def ressemblance(mots, autres):
    """De 0 à 1 ; 1 si les mots de l'un sont tous dans l'autre (« Roues libres Somme »)."""
    if not mots or not autres:
        return 0
    if set(mots) <= set(autres) or set(autres) <= set(mots):
        return 1
    return SequenceMatcher(None, " ".join(mots), " ".join(autres)).ratio()


def noms_proches(nom, acteurs):
    """Les acteurs du queryset dont le nom ressemble à `nom`, du plus proche au moins proche."""
    mots = mots_utiles(nom)
    notes = ((ressemblance(mots, mots_utiles(acteur.nom)), acteur) for acteur in acteurs)
    proches = [(note, acteur) for note, acteur in notes if note >= RESSEMBLANCE]
    proches.sort(key=lambda couple: (-couple[0], abs(len(couple[1].nom) - len(nom))))
    return [acteur for _, acteur in proches[:AU_PLUS]]
