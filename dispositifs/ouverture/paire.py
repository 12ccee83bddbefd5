"""La paire data·inclusion d'un ensemble de dispositifs, ligne à ligne, en mémoire constante."""

import json
from collections import defaultdict

from data_inclusion.schema import v1

from acteurs.models import Acteur
from dispositifs.lots import par_lots
from dispositifs.ouverture.data_inclusion import (
    conforme,
    date_maj,
    departements_par_region,
    identite,
    identite_chez_nous,
    service,
    structure,
)
from dispositifs.ouverture.tables import ligne_csv
from dispositifs.ouverture.vocabulaire import CHAMPS_SERVICE, CHAMPS_STRUCTURE, TYPES_SANS_SERVICE

LOT = 500


def exportables(dispositifs):
    """Ceux qui sont un service rendu à une personne."""
    return dispositifs.exclude(type__in=TYPES_SANS_SERVICE)


def services(dispositifs):
    """Les lignes conformes de ces dispositifs, dans l'ordre de leur identifiant."""
    legers = exportables(dispositifs).only("identifiant", "source", "source_id", "demonstration")
    cles = [pk for _, pk in sorted((identite(d)[1], d.pk) for d in legers.iterator())]
    departements, porteurs = departements_par_region(), {}
    for lot in par_lots(cles, LOT):
        # Relus à travers l'ensemble de départ : ce qui n'est plus publié entre-temps ne sort pas.
        trouves = dispositifs.filter(pk__in=lot).select_related("porteur", "commune")
        par_cle = {d.pk: d for d in trouves}
        for dispositif in filter(None, map(par_cle.get, lot)):
            porteur = dispositif.porteur
            if porteur.pk not in porteurs:
                porteurs[porteur.pk] = _est_publiable(porteur)
            ligne = conforme(v1.Service, service(dispositif, departements)).valeurs
            if ligne and porteurs[porteur.pk]:
                yield ligne


def structures(dispositifs):
    """Les porteurs de ces dispositifs, dans l'ordre de leur identifiant."""
    jours = defaultdict(list)
    legers = exportables(dispositifs).only("porteur", "confirme_le", "date_source", "modifie_le")
    for dispositif in legers.iterator():
        jours[dispositif.porteur_id].append(date_maj(dispositif))
    porteurs = Acteur.objects.filter(pk__in=exportables(dispositifs).order_by().values("porteur"))
    rangees = porteurs.only("identifiant", "demonstration")
    cles = [pk for _, pk in sorted((identite_chez_nous(a)[1], a.pk) for a in rangees.iterator())]
    for lot in par_lots(cles, LOT):
        trouves = Acteur.objects.filter(pk__in=lot).prefetch_related("etablissements__commune")
        par_cle = {acteur.pk: acteur for acteur in trouves}
        for acteur in filter(None, map(par_cle.get, lot)):
            ligne = conforme(v1.Structure, structure(acteur, max(jours[acteur.pk]))).valeurs
            if ligne:
                yield ligne


def _est_publiable(acteur):
    """Faux si sa ligne de structure serait refusée : le service n'aurait pas de structure."""
    return len(acteur.nom) >= 3


def en_json(lignes):
    """Les morceaux d'un tableau JSON, une ligne par objet."""
    avant = "[\n"
    for ligne in lignes:
        yield avant + json.dumps(ligne, ensure_ascii=False)
        avant = ",\n"
    yield "[]\n" if avant == "[\n" else "\n]\n"


def en_csv(lignes, champs):
    """Les morceaux d'un fichier CSV (UTF-8, virgule) ; une liste s'y écrit en JSON."""
    yield ligne_csv(champs)
    for ligne in lignes:
        yield ligne_csv(
            json.dumps(v, ensure_ascii=False) if isinstance(v, list) else v for v in ligne.values()
        )


# {nom du fichier: (lignes, champs)}
FICHIERS = {
    "structures": (structures, CHAMPS_STRUCTURE),
    "services": (services, CHAMPS_SERVICE),
}
