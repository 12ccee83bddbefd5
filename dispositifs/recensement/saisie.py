"""Lire un territoire tel qu'une personne l'écrit : un nom, un code, ou ce que la page lui propose.

Rien n'est deviné : un nom qui désigne deux territoires est rendu avec ses candidats, et chaque
lecture qui pourrait surprendre est dite en une phrase.
"""

import re
from collections import defaultdict
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q

from bassins.models import Bassin, Commune, Departement, Epci, Region
from dispositifs.territoires import (
    Echelle,
    communes_au_nom_voisin,
    nom_usuel,
    noms_des_territoires,
)
from pams_portal.recherche import normaliser

AU_PLUS = 2000
CANDIDATS_MONTRES = 12
CODES_RELUS = 20
MOTS_PAR_ECHELLE = {
    Echelle.COMMUNE: "commune",
    Echelle.EPCI: "EPCI",
    Echelle.DEPARTEMENT: "département",
    Echelle.REGION: "région",
}
ECHELLE_PAR_MOT = {normaliser(mot): echelle for echelle, mot in MOTS_PAR_ECHELLE.items()}
# Paris, Lyon et Marseille : la zone d'un dispositif s'écrit à la commune.
ARRONDISSEMENTS = (
    {f"751{n:02d}": "75056" for n in range(1, 21)}
    | {f"6938{n}": "69123" for n in range(1, 10)}
    | {f"132{n:02d}": "13055" for n in range(1, 17)}
)
_NOMMEE = re.compile(r"^(?:.*\()?(commune|epci|departement|region)[ -]([0-9ab]+)\)?$")
_CODE_COMMUNE = re.compile(r"^(\d{2}|2[AB])\d{3}$")
_CODE_DEPARTEMENT = re.compile(r"^(\d{2,3}|2[AB])$")
_CODE = r"(\d{9}|\d{5}|2[AB]\d{3}|\d{2,3}|2[AB])"
_NOM_PUIS_CODE = re.compile(rf"^(.+?)[\s,(–-]+{_CODE}\)?$", re.IGNORECASE)
_CODE_PUIS_NOM = re.compile(rf"^{_CODE}[\s:–-]+(\D.*)$", re.IGNORECASE)
_SUITE_DE_CODES = re.compile(r"^[\dABab]{2,5}([\s,]+[\dABab]{2,5})+$")


class Territoire(NamedTuple):
    """Un candidat pour une ligne : ses clés (plusieurs pour un bassin), ses mots, et les codes
    qui le précisent à côté de son nom."""

    cles: tuple
    mots: str
    codes: tuple = ()


class Lecture(NamedTuple):
    """Ce qui a été compris (`cles`), refusé (`erreurs`) et compris avec surprise (`remarques`)."""

    cles: list
    erreurs: list
    remarques: list


def en_mots(cle, nom):
    """« Amiens (commune 80021) » : la forme que la page propose, et qu'elle sait relire."""
    echelle, _, code = cle.partition("-")
    return f"{nom} ({MOTS_PAR_ECHELLE[Echelle(echelle)]} {code})" if code else nom


def lignes_des_cles(cles):
    """Les clés écrites une par ligne, en mots ; une clé inconnue reste telle quelle."""
    noms = noms_des_territoires(cles)
    return [en_mots(cle, noms[cle]) if cle in noms else cle for cle in cles]


def decouper(texte):
    """Les lignes d'une saisie ; « 80021, 80685 » et un tableau collé en font plusieurs."""
    lignes = []
    for morceau in re.split(r"[\n\r;\t]+", texte):
        ligne = " ".join(morceau.split())
        chiffres = ligne.replace(" ", "")
        if chiffres.isdecimal() and len(chiffres) == 9:
            lignes.append(chiffres)
        elif _SUITE_DE_CODES.match(ligne):
            lignes += re.split(r"[\s,]+", ligne)
        elif ligne:
            lignes.append(ligne)
    return lignes


def lire_territoires(lignes, echelles=tuple(Echelle)):
    """Lit des noms ou des codes de territoires, en un nombre constant de requêtes.

    `echelles` restreint ce qui est permis (une commune d'accueil est une commune).
    """
    lignes = list(dict.fromkeys(lignes))
    if len(lignes) > AU_PLUS:
        return Lecture(
            [], [f"Plus de {AU_PLUS} lignes : écrivez plutôt l’EPCI ou le département."], []
        )
    lectures = lire_chacun(lignes, echelles).values()
    return Lecture(
        sorted({cle for lecture in lectures for cle in lecture.cles}),
        [phrase for lecture in lectures for phrase in lecture.erreurs],
        [phrase for lecture in lectures for phrase in lecture.remarques],
    )


def lire_chacun(lignes, echelles=tuple(Echelle), dans=()):
    """{ligne: Lecture} : comme `lire_territoires`, sans mêler les lignes.

    Un nom que plusieurs territoires portent désigne celui dont la clé est parmi `dans`, et cela
    se dit.
    """
    codes = {ligne: cle for ligne in lignes if (cle := _cle_ecrite(ligne))}
    lectures = {ligne: Lecture([], [], []) for ligne in lignes}
    _lire_codes(codes, echelles, lectures)
    _lire_noms([ligne for ligne in lectures if ligne not in codes], echelles, lectures, dans)
    return lectures


# --- Les codes ---------------------------------------------------------------------------------


def _cle_ecrite(ligne):
    """La clé que la ligne écrit, ou None si c'est un nom ; l'existence est vérifiée ensuite."""
    mots = normaliser(ligne)
    if mots in ("france", "france entiere", "99100"):
        return Echelle.FRANCE.value
    if trouve := _NOMMEE.match(mots):
        return f"{ECHELLE_PAR_MOT[trouve[1]]}-{trouve[2].upper()}"
    code = ligne.upper()
    if code.isdecimal() and len(code) == 9:
        return f"{Echelle.EPCI}-{code}"
    if _CODE_COMMUNE.match(code) or (code.isdecimal() and len(code) == 4):
        return f"{Echelle.COMMUNE}-{ARRONDISSEMENTS.get(code, code)}"
    return f"{Echelle.DEPARTEMENT}-{code}" if _CODE_DEPARTEMENT.match(code) else None


def _lire_codes(codes, echelles, lectures):
    noms = noms_des_territoires(codes.values()) if codes else {}
    inconnues = [ligne for ligne, cle in codes.items() if cle not in noms]
    par_code_postal = _communes_par_code_postal(inconnues)
    for ligne, cle in codes.items():
        lecture = lectures[ligne]
        if cle not in noms:
            lecture.erreurs.append(_code_inconnu(ligne, par_code_postal.get(ligne)))
        elif Echelle(cle.partition("-")[0]) not in echelles:
            lecture.erreurs.append(
                f"« {ligne} » n’est pas une commune : {en_mots(cle, noms[cle])}."
            )
        else:
            lecture.cles.append(cle)
            if ligne in ARRONDISSEMENTS:
                lecture.remarques.append(
                    f"« {ligne} » est un arrondissement : la zone retient sa commune, {noms[cle]}."
                )


def _communes_par_code_postal(codes):
    postaux = [code for code in codes if code.isdecimal() and len(code) == 5]
    trouvees = defaultdict(list)
    if postaux:
        touche = reduce(or_, (Q(codes_postaux__contains=code) for code in postaux))
        for commune in Commune.objects.filter(touche):
            for code in set(commune.codes_postaux.split()) & set(postaux):
                trouvees[code].append(_commune(commune))
    return trouvees


def codes_equivoques(lignes):
    """{code: phrase} des codes qui sont l'INSEE d'une commune et le code postal d'autres.

    La moitié des codes postaux sont dans ce cas : 80700 est Roye, ou Saint-Blimont.
    """
    codes = [ligne for ligne in lignes if ligne.isdecimal() and len(ligne) == 5][:CODES_RELUS]
    siennes = {c.pk: _commune(c) for c in Commune.objects.filter(pk__in=codes)} if codes else {}
    phrases = {}
    for code, communes in _communes_par_code_postal(siennes).items():
        autres = [commune for commune in communes if commune != siennes[code]]
        if autres:
            phrases[code] = (
                f"« {code} » est un code INSEE et un code postal. "
                f"{_a_recopier([siennes[code], *autres])}"
            )
    return phrases


def _code_inconnu(ligne, communes):
    if communes:
        return f"« {ligne} » est un code postal, pas un code INSEE. {_a_recopier(communes)}"
    if ligne.isdecimal() and len(ligne) == 4:
        return f"« {ligne} » a quatre chiffres : le zéro du début manque, écrivez « 0{ligne} »."
    return f"« {ligne} » n’est un code connu ni de commune, ni d’EPCI, ni de département."


# --- Les noms ----------------------------------------------------------------------------------


def _lire_noms(lignes, echelles, lectures, dans=()):
    if not lignes:
        return
    formes = {ligne: _formes(ligne) for ligne in lignes}
    candidats, usuels = _candidats({nom for nom, _ in formes.values()}, echelles)
    inconnus = []
    for ligne, (nom, code) in formes.items():
        connus = candidats.get(nom) or usuels.get(nom_usuel(nom), [])
        trouves = [t for t in connus if code is None or code in t.codes]
        homonymes = len(trouves) > 1
        if homonymes:
            trouves = [t for t in trouves if set(t.cles).issubset(dans)] or trouves
        if len(trouves) == 1:
            lectures[ligne].cles.extend(trouves[0].cles)
            if homonymes or nom not in candidats:
                lectures[ligne].remarques.append(f"« {ligne} » est lu {trouves[0].mots}.")
        elif trouves:
            lectures[ligne].erreurs.append(
                f"« {ligne} » désigne {len(trouves)} territoires. {_a_recopier(trouves)}"
            )
        else:
            inconnus.append((ligne, nom))
    for ligne, phrase in _noms_inconnus(inconnus):
        lectures[ligne].erreurs.append(phrase)


def _formes(ligne):
    """(nom normalisé, code ou None) : « Saint-Denis (93) », « 80021 Amiens », « St-Omer ».

    Le code qui accompagne un nom est celui du territoire, de son département, ou postal.
    """
    nom, code = ligne, None
    if trouve := _NOM_PUIS_CODE.match(ligne):
        nom, code = trouve[1], trouve[2].upper()
    elif trouve := _CODE_PUIS_NOM.match(ligne):
        nom, code = trouve[2], trouve[1].upper()
    nom = re.sub(r"^(tout )?le bassin (de |du |d )?", "bassin ", normaliser(nom).strip("(), "))
    return re.sub(r"\bst\b", "saint", re.sub(r"\bste\b", "sainte", nom)), code


def _candidats(noms, echelles):
    """{nom normalisé: [Territoire]}, et de même par nom usuel, hors communes.

    Une requête par échelle, quel que soit le nombre de noms.
    """
    trouves, usuels = defaultdict(list), defaultdict(list)
    communes = Commune.objects.filter(nom_normalise__in=noms).select_related("departement")
    for commune in communes:
        trouves[commune.nom_normalise].append(_commune(commune))
    autres = {Echelle.EPCI: Epci, Echelle.DEPARTEMENT: Departement, Echelle.REGION: Region}
    for echelle, modele in autres.items():
        for code, nom in modele.objects.values_list("pk", "nom") if echelle in echelles else ():
            cle = f"{echelle}-{code}"
            territoire = Territoire((cle,), en_mots(cle, nom), (code,))
            trouves[normaliser(nom)].append(territoire)
            usuels[nom_usuel(nom)].append(territoire)
    for bassin in _bassins_nommes(noms) if Echelle.EPCI in echelles else ():
        nom = normaliser(bassin.nom)
        trouves[nom].append(_bassin(bassin))
        trouves[f"bassin {nom}"].append(_bassin(bassin))
    return trouves, usuels


def _commune(commune):
    departement = f", {commune.departement.nom}" if commune.departement_id else ""
    cle = f"{Echelle.COMMUNE}-{commune.pk}"
    codes = (commune.pk, commune.departement_id, *commune.codes_postaux.split())
    return Territoire((cle,), en_mots(cle, f"{commune.nom}{departement}"), codes)


def _bassins_nommes(noms):
    """Les bassins de ces noms qui ont un périmètre ; on ne lit la composition que des leurs."""
    tous = Bassin.objects.values_list("pk", "nom")
    cites = [pk for pk, nom in tous if {(n := normaliser(nom)), f"bassin {n}"} & noms]
    bassins = Bassin.objects.with_perimetre().filter(pk__in=cites) if cites else ()
    return [bassin for bassin in bassins if bassin.perimetre]


def _bassin(bassin):
    """Un bassin n'a pas de code : sa zone s'écrit par ses EPCI et ses communes isolées."""
    perimetre = bassin.perimetre
    epci = [f"{Echelle.EPCI}-{un_epci.pk}" for un_epci in perimetre.epci.all()]
    communes = [f"{Echelle.COMMUNE}-{commune.pk}" for commune in perimetre.communes.all()]
    return Territoire((*epci, *communes), f"bassin {bassin.nom}")


def _noms_inconnus(inconnus):
    """(ligne, phrase) par nom inconnu, avec les communes qui commencent de même."""
    if not inconnus:
        return
    debuts = reduce(or_, (Q(nom_normalise__startswith=nom) for _, nom in inconnus[:20]))
    proches = Commune.objects.filter(debuts).select_related("departement")[:200]
    for ligne, nom in inconnus:
        voisins = [_commune(c) for c in proches if c.nom_normalise.startswith(nom)]
        if not voisins and len(inconnus) == 1:
            voisins = _ressemblants(nom)
        phrase = f"« {ligne} » n’est le nom d’aucun territoire connu."
        yield ligne, f"{phrase} {_a_recopier(voisins)}" if voisins else phrase


def _ressemblants(nom):
    """Les EPCI et les bassins dont le nom contient celui-ci, et les communes au nom voisin."""
    if len(nom) < 4:
        return []
    noms = [(f"{Echelle.EPCI}-{pk}", dit) for pk, dit in Epci.objects.values_list("pk", "nom")]
    trouves = [Territoire((cle,), en_mots(cle, dit)) for cle, dit in noms if nom in normaliser(dit)]
    bassins = Bassin.objects.values_list("nom", flat=True)
    trouves += [Territoire((), f"bassin {dit}") for dit in bassins if nom in normaliser(dit)]
    return [*trouves, *map(_commune, communes_au_nom_voisin(nom))]


def _a_recopier(territoires):
    montres = " ; ".join(territoire.mots for territoire in territoires[:CANDIDATS_MONTRES])
    suite = " ; …" if len(territoires) > CANDIDATS_MONTRES else ""
    return f"Recopiez celui que vous voulez dire : {montres}{suite}"
