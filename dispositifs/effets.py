"""Ce qu'une écriture de l'inventaire entraîne dans les plans : leurs documents sont à refaire."""

from dispositifs.lots import par_lots
from dispositifs.territoires import bassins_touches, communes_d_ile_de_france, communes_de, plans


def toucher_les_plans(cles, dispositifs):
    """Les plans dont le bassin recouvre ces territoires, et ceux qui citent ces dispositifs.

    `cles` : les clés de territoire gagnées ou quittées ; `dispositifs` : des clés primaires.
    """
    touches = plans_du_territoire(cles)
    for lot in par_lots(dispositifs):
        touches |= set(plans().filter(fiches__dispositifs__in=lot).values_list("pk", flat=True))
    for lot in par_lots(sorted(touches)):
        plans().filter(pk__in=lot).non_figes().toucher()


def plans_du_territoire(cles):
    """Les clés primaires des plans dont le territoire, Île-de-France comprise, touche ces clés."""
    touches = set()
    for lot in par_lots(sorted(cles)):
        touches |= set(plans().filter(bassin__in=bassins_touches(lot)).values_list("pk", flat=True))
        if communes_de(lot).filter(pk__in=communes_d_ile_de_france()).exists():
            touches |= set(plans().filter(bassin__isnull=True).values_list("pk", flat=True))
    return touches
