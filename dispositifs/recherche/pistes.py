"""Où mener une personne dont la recherche ne trouve rien, ou nomme un lieu.

Chaque piste est une autre adresse de la liste. Rien n'est corrigé d'office : la liste montre ce qui
est demandé, et la piste se choisit.
"""

import re
from collections import defaultdict
from difflib import get_close_matches
from typing import NamedTuple

from django.http import QueryDict

from acteurs.publics import Public
from bassins.models import Commune
from dispositifs.recensement.saisie import en_mots
from dispositifs.recherche.croisement import Croisement
from dispositifs.recherche.mots import expressions_du_metier, lire_recherche, mots_de
from dispositifs.typologie import LIBELLE_PAR_TYPE
from pams_portal.elision import a
from pams_portal.recherche import MOTS_VIDES, mots, normaliser

PISTES_AU_PLUS = 6
HOMONYMES_AU_PLUS = 3
MOTS_RELUS = 6
ECRIT = re.compile(r"[^\W\d_]{4,}")


class Piste(NamedTuple):
    """Une phrase, l'adresse qu'elle ouvre et combien elle trouve (None : pas compté)."""

    phrase: str
    parametres: QueryDict
    nombre: int | None = None


def pistes_du_lieu(filtre):
    """« garage roye » : ce qui est ouvert à Roye, que le nom soit écrit ou non sur les fiches."""
    ecrits = mots(filtre.data.get("q", ""))[:MOTS_RELUS]
    if not ecrits or any(filtre.data.get(nom) for nom in ("territoire", "epci", "commune")):
        return []
    longueurs = range(len(ecrits), 0, -1)
    suites = [ecrits[d : d + n] for n in longueurs for d in range(len(ecrits) - n + 1)]
    noms = [" ".join(s) for s in suites if not MOTS_VIDES.issuperset(s) and not _du_metier(s)]
    communes = Commune.objects.filter(nom_normalise__in=noms).order_by("pk")
    par_nom = defaultdict(list)
    for commune in communes:
        par_nom[commune.nom_normalise].append(commune)
    # Le nom le plus long l'emporte : « Saint-Just » n'est pas « Just ».
    nom = next((nom for nom in noms if nom in par_nom), None)
    if nom is None or len(par_nom[nom]) > HOMONYMES_AU_PLUS:
        return []
    reste = " ".join(mots(f" {' '.join(ecrits)} ".replace(f" {nom} ", " ", 1)))
    debut = f"Chercher « {reste} »" if reste else "Voir ce qui est ouvert"
    return [
        Piste(
            f"{debut} {a(commune.nom)} ({commune.departement_id})",
            _avec(filtre, q=reste, territoire=en_mots(f"commune-{commune.pk}", commune.nom)),
        )
        for commune in par_nom[nom]
    ]


def _du_metier(suite):
    return any(mot.startswith("=") for mot in mots_de(" ".join(suite)))


def pistes(croisement):
    """Les `Piste` d'une recherche qui ne trouve rien, de la plus proche à la plus large."""
    filtre = croisement.filtre
    saisie = filtre.data.get("q", "")
    ecrits = [mot for mot in saisie.split() if normaliser(mot) not in MOTS_VIDES][:MOTS_RELUS]
    proposees = []
    if corrigee := _corrigee(croisement, saisie):
        proposees.append((f"Vouliez-vous dire « {corrigee} » ?", _avec(filtre, q=corrigee)))
    proposees += [piste[:2] for piste in pistes_du_lieu(filtre)]
    for mot in ecrits if len(ecrits) > 1 else ():
        reste = " ".join(autre for autre in ecrits if autre != mot)
        proposees.append((f"Chercher seulement « {reste} »", _avec(filtre, q=reste)))
    poses = [nom for nom in filtre.filters if nom not in ("q", "tri") and filtre.data.get(nom)]
    for nom in poses:
        libelle = filtre.form[nom].label
        proposees.append((f"Retirer le filtre « {libelle} »", _avec(filtre, **{nom: ""})))
    trouvees = _utiles(croisement, proposees)
    if trouvees or not poses:
        return trouvees[:PISTES_AU_PLUS]
    sans_filtre = _avec(filtre, **dict.fromkeys(poses, ""))
    return _utiles(croisement, [("Retirer tous les filtres", sans_filtre)])


def _utiles(croisement, proposees):
    """Les `Piste` de ces [(phrase, paramètres)] qui trouvent quelque chose."""
    comptees = (
        Piste(phrase, parametres, _compter(croisement, parametres))
        for phrase, parametres in proposees
    )
    return [piste for piste in comptees if piste.nombre]


def _avec(filtre, **valeurs):
    """Les paramètres de la même page, ces valeurs changées ; une valeur vide se retire."""
    parametres = filtre.data.copy()
    for nom in ("page", *valeurs):
        parametres.pop(nom, None)
    for nom, valeur in valeurs.items():
        if valeur:
            parametres[nom] = valeur
    return parametres


def _compter(croisement, parametres):
    filtre = croisement.filtre
    autre = type(filtre)(parametres, filtre.queryset, request=filtre.request)
    return (
        0
        if autre.form.errors
        else Croisement(autre, croisement.instantane, croisement.territoires).total
    )


# --- Un mot mal écrit ----------------------------------------------------------------------------


def _corrigee(croisement, saisie):
    """La saisie, ses mots inconnus remplacés par un mot voisin de l'inventaire ; « » sinon."""
    corrigee = saisie
    for ecrit in ECRIT.findall(saisie)[:MOTS_RELUS]:
        if _est_dit(croisement, ecrit):
            continue
        vocabulaire = _vocabulaire_retenu(croisement)
        cherche = normaliser(ecrit)
        voisins = [mot for mot in vocabulaire if abs(len(mot) - len(cherche)) < 3]
        if proche := get_close_matches(cherche, voisins, 1, cutoff=0.8):
            corrigee = corrigee.replace(ecrit, vocabulaire[proche[0]])
    return corrigee if corrigee != saisie else ""


def _est_dit(croisement, ecrit):
    lus = lire_recherche(ecrit)
    return not lus or croisement.filtre.queryset.disant(lus).exists()


def _vocabulaire_retenu(croisement):
    """Celui du public ou des personnes connectées, relu quand l'inventaire change."""
    cle = ("vocabulaire", croisement.filtre.request.user.is_authenticated)
    return croisement.instantane.retenir(cle, lambda: _vocabulaire(croisement))


def _vocabulaire(croisement):
    """{mot sous sa forme de recherche: mot écrit} : le métier, et les noms que la personne voit."""
    noms = croisement.filtre.queryset.order_by().values_list("nom", "porteur__nom")
    textes = [texte for ligne in noms for texte in ligne]
    textes += [*expressions_du_metier(), *LIBELLE_PAR_TYPE.values(), *Public.labels]
    ecrits = {mot.lower() for texte in textes for mot in ECRIT.findall(texte)}
    return {normaliser(mot): mot for mot in sorted(ecrits)}
