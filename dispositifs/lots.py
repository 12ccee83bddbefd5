"""Traiter une longue suite par lots."""

from itertools import islice

# Une base n'accepte qu'un nombre fini de paramètres par requête.
PAR_REQUETE = 1000


def par_lots(elements, taille=PAR_REQUETE):
    """Découpe une suite en listes d'au plus `taille` éléments, sans la garder entière."""
    suite = iter(elements)
    while lot := list(islice(suite, taille)):
        yield lot
