"""Lire une cellule telle que les partenaires l'écrivent : zéros mangés, virgules, listes de Python.

Chaque lecture rend la valeur, ou lève `Illisible` avec la phrase à montrer.
"""

import ast
import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache

from stdnum.fr import siren as numero_siren

from acteurs.publics import Public
from dispositifs.etats import Frais
from dispositifs.importation.lignes import OrganismeLu
from dispositifs.typologie import TYPES, MobilisablePar, ModeMobilisation, Motif
from pams_portal.formules import rearmer
from pams_portal.recherche import normaliser

MOIS = {
    nom: rang
    for rang, noms in enumerate(
        [
            *(("janvier", "janv"), ("fevrier", "fevr", "fev"), ("mars",), ("avril", "avr")),
            *(("mai",), ("juin",), ("juillet", "juil"), ("aout",), ("septembre", "sept")),
            *(("octobre", "oct"), ("novembre", "nov"), ("decembre", "dec")),
        ],
        1,
    )
    for nom in noms
}
ERREURS_DE_TABLEUR = {
    *("#N/D", "#N/A", "#REF!", "#VALEUR!", "#VALUE!", "#NOM?", "#NAME?", "#DIV/0!", "#ERROR!"),
    *("#NUM!", "#NOMBRE!", "#NUL!", "#NULL!", "nan", "NaN", "None", "null", "NULL"),
}
# Ce qu'une personne écrit dans une case dont elle n'a pas la réponse.
SANS_REPONSE = {
    *("", "nan", "nc", "n.c", "n/c", "nr", "n.r", "na", "n/a", "nd", "inconnu", "non connu"),
    *("non renseigne", "non communique"),
}
_DATE_FRANCAISE = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})$")
_DATE_EN_MOTS = re.compile(r"^(\d{1,2})(?:er)? ([a-z]+)\.? (\d{4})$")
ORIGINE_EXCEL = date(1899, 12, 30)
SERIES_PLAUSIBLES = range(20_000, 80_000)  # de 1954 à 2119
# Comme les partenaires nomment les publics ; un mot qui en dirait moins, ou plus, n'y est pas.
PUBLICS_DITS = [
    *((Public.TOUS, nom) for nom in ("Tout public", "Tous", "Ouvert à tous")),
    *((Public.MINIMAS_SOCIAUX, nom) for nom in ("RSA", "BRSA", "Allocataires du RSA")),
    *((Public.MINIMAS_SOCIAUX, nom) for nom in ("Bénéficiaires du RSA", "Minima sociaux")),
    *((Public.HANDICAP, nom) for nom in ("Personnes handicapées", "Handicap", "RQTH")),
    *((Public.MOBILITE_REDUITE, nom) for nom in ("PMR", "Mobilité réduite")),
    *((Public.DEMANDEURS_EMPLOI, nom) for nom in ("DE", "Chômeurs")),
    *((Public.SENIORS, nom) for nom in ("Personnes âgées", "Retraités")),
    *((Public.APPRENTIS, nom) for nom in ("Apprentis", "Alternants")),
    (Public.ACTIFS, "Salariés"),
]
SUITE_COUPEE = " […texte coupé par le tableur]"


class Illisible(ValueError):
    """La phrase qui dit pourquoi une cellule ne se lit pas."""


def propre(cellule):
    """Le texte d'une cellule ; vide pour une erreur de tableur. Une formule nue est refusée."""
    texte = cellule.strip()
    if texte in ERREURS_DE_TABLEUR or texte.endswith(SUITE_COUPEE.strip()):
        return ""
    if len(texte) <= 16 and normaliser(texte).strip(" .?/[]") in SANS_REPONSE:
        return ""
    if texte.startswith("="):
        raise Illisible("commence par « = » : une formule n’est pas importée")
    return rearmer(texte)


# --- Nombres et dates ----------------------------------------------------------------------------


def lire_nombre(texte):
    chiffres = re.sub(r"[\s'’]", "", texte).removesuffix("€").removesuffix("%")
    if "," in chiffres and "." in chiffres:
        milliers = "." if chiffres.rindex(",") > chiffres.rindex(".") else ","
        chiffres = chiffres.replace(milliers, "")
    try:
        nombre = Decimal(chiffres.replace(",", "."))
    except InvalidOperation:
        raise Illisible(f"« {texte} » n’est pas un nombre") from None
    if not nombre.is_finite() or abs(nombre) > 10**15:
        raise Illisible(f"« {texte} » n’est pas un nombre plausible")
    return nombre


def lire_entier(texte):
    nombre = lire_nombre(texte)
    if nombre != int(nombre):
        raise Illisible(f"« {texte} » n’est pas un nombre entier")
    return int(nombre)


def lire_decimal(texte):
    return lire_nombre(texte).quantize(Decimal("0.01"))


def lire_date(texte):
    """ISO, à la française, en toutes lettres, ou un numéro de jour d'Excel."""
    if re.fullmatch(r"\d{5}(\.0*)?", texte) and int(float(texte)) in SERIES_PLAUSIBLES:
        return ORIGINE_EXCEL + timedelta(days=int(float(texte)))
    try:
        return _date_ecrite(texte)
    except (ValueError, KeyError):
        raise Illisible(f"« {texte} » n’est pas une date : écrivez 31/12/2026") from None


def _date_ecrite(texte):
    if trouve := _DATE_FRANCAISE.match(texte):
        jour, mois, annee = map(int, trouve.groups())
        return date(annee + 2000 if annee < 100 else annee, mois, jour)
    if trouve := _DATE_EN_MOTS.match(normaliser(texte)):
        return date(int(trouve[3]), MOIS[trouve[2]], int(trouve[1]))
    return date.fromisoformat(texte[:10] if re.match(r"\d{4}-\d\d-\d\d[T ]", texte) else texte)


# --- Numéros -------------------------------------------------------------------------------------


def lire_siren(texte):
    """Un SIREN ou un SIRET, avec le « .0 », les espaces et le zéro mangé d'un tableur."""
    if re.fullmatch(r"\d[.,]\d+e\+?1[23]", texte, re.IGNORECASE):
        texte = _sans_exposant(texte)
    chiffres = re.sub(r"[\s.\-]", "", re.sub(r"\.0+$", "", texte))
    if not chiffres.isdecimal():
        raise Illisible(f"« {texte} » n’est ni un SIREN ni un SIRET")
    if len(chiffres) in (13, 14):
        chiffres = chiffres.zfill(14)[:9]
    elif len(chiffres) in (7, 8) and numero_siren.is_valid(chiffres.zfill(9)):
        chiffres = chiffres.zfill(9)
    if len(chiffres) != 9:
        raise Illisible(f"« {texte} » n’est ni un SIREN (9 chiffres) ni un SIRET (14 chiffres)")
    return chiffres


def _sans_exposant(texte):
    """Les chiffres d'un SIRET que le tableur montre arrondi : « 2,00071E+13 » en a perdu."""
    nombre = Decimal(texte.replace(",", "."))
    if len(nombre.as_tuple().digits) <= 9:
        raise Illisible(
            f"« {texte} » est en notation scientifique, ses derniers chiffres sont perdus : mettez "
            "la colonne au format « Nombre » sans décimale, puis enregistrez de nouveau le fichier"
        )
    return str(int(nombre))


def lire_telephone(texte):
    numero = re.sub(r"\.0+$", "", texte)
    chiffres = re.sub(r"\D", "", numero)
    if re.fullmatch(r"[1-9]\d{8}", numero):
        return f"0{numero}"
    if re.fullmatch(r"33[1-9]\d{8}", numero):
        return f"+{numero}"
    return numero if chiffres else ""


def lire_adresse_web(texte):
    return texte if re.match(r"^[a-z]+://", texte, re.IGNORECASE) else f"https://{texte}"


def lire_identifiant(texte):
    if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", texte.lower()):
        raise Illisible(f"« {texte} » n’est pas un identifiant de ce portail : laissez-le vide")
    return texte.lower()


# --- Listes et choix -----------------------------------------------------------------------------


def decouper_liste(texte):
    """`['a', 'b']`, `{a,b}`, `a|b`, une ligne par élément ; les virgules restent à décider."""
    if texte[:1] in "[({" and texte[-1:] in "])}":
        try:
            return _dits(map(str, ast.literal_eval(texte)))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return _dits(m.strip().strip("'\"") for m in texte[1:-1].split(","))
    return _dits(texte.split("|" if "|" in texte else "\n"))


def _dits(morceaux):
    """Les morceaux qui disent quelque chose : ni vides, ni « nan »."""
    propres = (morceau.strip() for morceau in morceaux)
    return [m for m in propres if m and m not in ERREURS_DE_TABLEUR]


def lire_liste(texte, lire_un):
    """Chaque élément par `lire_un` ; un morceau illisible se redécoupe à « ; » puis à « , »."""
    valeurs = []
    for morceau in decouper_liste(texte):
        valeurs += _lire_morceau(morceau, lire_un, ";,/")
    return sorted(set(valeurs))


def _lire_morceau(morceau, lire_un, separateurs):
    try:
        return [lire_un(morceau)]
    except Illisible:
        signe = next((s for s in separateurs if s in morceau), None)
        if signe is None:
            raise
        suite = separateurs[separateurs.index(signe) + 1 :]
        morceaux = [m.strip() for m in morceau.split(signe) if m.strip()]
        return [valeur for m in morceaux for valeur in _lire_morceau(m, lire_un, suite)]


def lecteur_de_choix(paires):
    """Une fonction qui reconnaît un choix par son code, son libellé, son sigle ou leur début."""
    connus = _noms_des_choix(tuple(paires))

    def lire(texte):
        mots = normaliser(texte).rstrip(".")
        if mots in connus:
            return connus[mots]
        debuts = {code for nom, code in connus.items() if len(mots) > 3 and nom.startswith(mots)}
        if len(debuts) == 1:
            return debuts.pop()
        raise Illisible(f"« {texte[:80]} » n’est pas un choix connu")

    return lire


@cache
def _noms_des_choix(paires):
    """{nom normalisé: code} ; « Transport à la demande (TAD) » se dit aussi « TAD »."""
    noms = {}
    for code, libelle in paires:
        court = re.sub(r"\s*\(.*\)$", "", libelle)
        sigles = re.findall(r"\(([A-Z]{2,6})\)", libelle)
        pluriel = [f"{court}s"] if court else []
        for nom in (code, libelle, court, *sigles, *pluriel):
            noms.setdefault(normaliser(nom), code)
    return noms


lire_type = lecteur_de_choix([paire for _, types in TYPES for paire in types])
lire_frais = lecteur_de_choix([(f.value, f.label) for f in Frais if f.value])
_public = lecteur_de_choix([*Public.choices, *PUBLICS_DITS])
_motif = lecteur_de_choix(Motif.choices)
_mobilisable = lecteur_de_choix(MobilisablePar.choices)
_mode = lecteur_de_choix(ModeMobilisation.choices)


def lire_organisme(texte):
    """« Région Hauts-de-France (200053742) », un SIREN, un nom ou un sigle."""
    if trouve := re.search(r"^(.*)\((\d{9})\)$", texte):
        return OrganismeLu(trouve[1].strip(), trouve[2])
    if trouve := re.search(r"^(.*)\(fiche n° (\d{1,9})\)$", texte):
        return OrganismeLu(trouve[1].strip(), pk=int(trouve[2]))
    if re.fullmatch(r"[\d\s]{9,17}(\.0+)?", texte):
        return OrganismeLu(siren=lire_siren(texte))
    return OrganismeLu(texte)


def lire_organismes(texte):
    if not re.search(r"[|\n]|^[\[{]", texte) and ";" in texte:
        texte = texte.replace(";", "|")
    return [lire_organisme(morceau) for morceau in decouper_liste(texte)]


LECTEURS = {
    "identifiant": lire_identifiant,
    "type": lire_type,
    "publics": lambda texte: lire_liste(texte, _public),
    "motifs": lambda texte: lire_liste(texte, _motif),
    "mobilisable_par": lambda texte: lire_liste(texte, _mobilisable),
    "modes_mobilisation": lambda texte: lire_liste(texte, _mode),
    "frais": lire_frais,
    "porteur": lire_organisme,
    "porteur_siren": lire_siren,
    "financeurs": lire_organismes,
    "lien_mobilisation": lire_adresse_web,
    "lien_source": lire_adresse_web,
    "telephone": lire_telephone,
    "capacite": lire_entier,
    "beneficiaires": lire_entier,
    "etp": lire_decimal,
    "cout_annuel": lire_decimal,
    "debut_financement": lire_date,
    "fin_financement": lire_date,
    "date_source": lire_date,
}
