"""Ce que le diagnostic d'un plan tire de l'inventaire : combien, de quoi, pour qui."""

from collections import Counter
from typing import NamedTuple

from acteurs.publics import Public
from dispositifs.typologie import FAMILLES


class Comptes(NamedTuple):
    """Des nombres de dispositifs ; les clés sont les libellés, dans l'ordre de la typologie.

    `par_famille` et `par_type` disent aussi ce qui manque (zéro). `par_public` compte un dispositif
    dans chacun de ses publics : la somme dépasse le total.
    """

    total: int
    par_famille: dict
    par_type: dict
    par_public: dict


def compter(dispositifs):
    """Compte un queryset de dispositifs en une requête ; sortie : `Comptes`."""
    lignes = list(dispositifs.order_by().values_list("type", "publics"))
    types = Counter(type_ for type_, _ in lignes)
    publics = Counter(public for _, siens in lignes for public in siens)
    return Comptes(
        total=len(lignes),
        par_famille={
            famille: sum(types[code] for code in siens) for famille, siens in FAMILLES.items()
        },
        par_type={
            libelle: types[code]
            for siens in FAMILLES.values()
            for code, (libelle, _) in siens.items()
        },
        par_public={public.label: publics[public] for public in Public},
    )
