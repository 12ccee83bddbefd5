"""Le lecteur de tableurs : des rangs de textes aux `LigneLue` du moteur."""

import re

from acteurs.contacts import Contact, contact_de
from dispositifs.importation.colonnes import TITRES
from dispositifs.importation.lignes import LigneLue, OrganismeLu
from dispositifs.importation.moteur import LIGNES_PAR_LOT
from dispositifs.importation.valeurs import LECTEURS, Illisible, decouper_liste, lire_type, propre
from dispositifs.lots import par_lots
from dispositifs.ouverture.vocabulaire import types_designes
from dispositifs.recensement.saisie import decouper, lire_chacun
from dispositifs.territoires import Echelle
from dispositifs.typologie import LIBELLE_PAR_TYPE

TERRITOIRES = {"zone_eligibilite": tuple(Echelle), "commune": (Echelle.COMMUNE,)}
MORCEAUX_PAR_REQUETE = 2000


def lire_tableur(rangs, cles, source="", dans=()):
    """Suite de `LigneLue` ; `rangs` : les rangs de données, `cles` : la clé de chaque colonne.

    `source` nomme d'où viennent les fiches qui ont un identifiant à la source et pas de source ;
    `dans` : les clés des territoires parmi lesquels se choisit un nom que plusieurs portent.
    """
    garnis = ((numero, textes) for numero, textes in rangs if any(t.strip() for t in textes))
    connus = {champ: {} for champ in TERRITOIRES}
    for lot in par_lots(garnis, LIGNES_PAR_LOT):
        lues = [(numero, *_lire_cellules(textes, cles)) for numero, textes in lot]
        for champ, echelles in TERRITOIRES.items():
            cellules = [valeurs.get(champ, []) for _, valeurs, *_ in lues]
            _lire_les_territoires(cellules, echelles, dans, connus[champ])
        for numero, valeurs, erreurs, remarques in lues:
            yield _ligne(numero, valeurs, erreurs, remarques, connus, source)


def _lire_cellules(textes, cles):
    """({clé: valeur}, [erreurs], [remarques]) d'un rang ; les territoires restent en morceaux."""
    valeurs, erreurs, remarques = {}, [], []
    for texte, cle in zip(textes, cles, strict=False):
        try:
            texte = propre(texte) if cle else ""
            if not texte:
                continue
            if cle in TERRITOIRES:
                valeurs[cle] = _morceaux(texte, remarques)
            elif cle == "type":
                valeurs[cle] = _type(texte, remarques)
            else:
                valeurs[cle] = LECTEURS.get(cle, str)(texte)
        except Illisible as erreur:
            erreurs.append(f"{TITRES[cle]} : {erreur}.")
    return valeurs, erreurs, remarques


def _type(texte, remarques):
    """Un type par son nom ; à défaut, celui que désigne un mot du métier, et cela se dit."""
    try:
        return lire_type(texte)
    except Illisible as erreur:
        designes = types_designes(texte)
        if len(designes) == 1:
            libelle = LIBELLE_PAR_TYPE[designes[0]]
            remarques.append(f"Type déduit de « {texte[:80]} », à vérifier : « {libelle} ».")
            return designes[0]
        proches = " ; ".join(LIBELLE_PAR_TYPE[type_] for type_ in designes)
        suite = f" ; les plus proches : {proches}" if proches else ""
        raise Illisible(f"{erreur}{suite}") from None


def _morceaux(texte, remarques):
    """Les territoires d'une cellule, un par un ; un zéro mangé par le tableur est rendu."""
    liste = re.sub(r"(\d)[.,]0+\b", r"\1", "\n".join(decouper_liste(texte)))
    if "\n" not in liste and re.fullmatch(r"[^()]*(,[^()]*)+", liste):
        liste = liste.replace(",", "\n")
    morceaux = []
    for morceau in decouper(liste):
        if re.fullmatch(r"\d{4}|\d", morceau):
            remarques.append(f"« {morceau} » a perdu son zéro : lu « 0{morceau} ».")
            morceau = f"0{morceau}"
        morceaux.append(morceau)
    return morceaux


def _lire_les_territoires(cellules, echelles, dans, connus):
    """Complète `connus`, {morceau: Lecture}, en un nombre constant de requêtes par lot."""
    neufs = {morceau for morceaux in cellules for morceau in morceaux} - set(connus)
    for lot in par_lots(sorted(neufs), MORCEAUX_PAR_REQUETE):
        connus |= lire_chacun(lot, echelles, dans)


def _ligne(numero, valeurs, erreurs, remarques, connus, source):
    for champ in TERRITOIRES:
        lectures = [connus[champ][morceau] for morceau in valeurs.pop(champ, [])]
        cles = sorted({cle for lecture in lectures for cle in lecture.cles})
        erreurs += [f"{TITRES[champ]} : {p}" for lecture in lectures for p in lecture.erreurs]
        remarques += [phrase for lecture in lectures for phrase in lecture.remarques]
        if cles:
            valeurs[champ] = cles
    if communes := valeurs.pop("commune", None):
        valeurs["commune"] = communes[0].partition("-")[2]
        if len(communes) > 1:
            erreurs.append(f"{TITRES['commune']} : une seule commune est attendue.")
    _porteur(valeurs)
    _courriel(valeurs, remarques)
    source_id = valeurs.pop("source_id", "")
    return LigneLue(
        numero,
        valeurs,
        valeurs.get("source", source) if source_id else "",
        source_id,
        tuple(erreurs),
        tuple(remarques),
        valeurs.pop("identifiant", ""),
    )


def _porteur(valeurs):
    """Le nom et le SIREN d'une structure sont deux colonnes pour un seul organisme."""
    siren = valeurs.pop("porteur_siren", "")
    if siren:
        organisme = valeurs.get("porteur") or OrganismeLu()
        valeurs["porteur"] = organisme._replace(siren=siren)


def _courriel(valeurs, remarques):
    """L'inventaire est public : l'adresse personnelle d'un agent n'y entre pas."""
    courriel = valeurs.get("courriel", "")
    if courriel and contact_de(courriel) == Contact.PERSONNEL:
        remarques.append(f"Le courriel « {courriel} » semble personnel : il n’est pas importé.")
        del valeurs["courriel"]
