"""La page imprimable d'une liste de dispositifs : une fonction des fiches et d'une date."""

from functools import lru_cache
from threading import BoundedSemaphore

from django.template.loader import render_to_string

from dispositifs.emporter.en_mots import en_mots
from pams_portal.impression import ImpressionImpossible, imprimer_a_part

AU_PLUS = 300
PATIENCE = 20  # secondes
# Une seule mise en page à la fois par serveur web : la liste est publique, la machine est à tous.
UNE_A_LA_FOIS = BoundedSemaphore(1)


def liste_html(dispositifs, le, titre, filtres=(), detail=False):
    """La page HTML à imprimer.

    `filtres` : [(libellé, valeur)] qui ont fait la liste ; `detail` : une fiche entière par
    dispositif plutôt qu'une ligne.
    """
    lignes = en_mots(dispositifs)
    contexte = {
        "titre": titre,
        "le": le,
        "filtres": filtres,
        "detail": detail,
        "lignes": lignes,
        "demonstration": any(dispositif.demonstration for dispositif, _ in lignes),
    }
    return render_to_string("dispositifs/document/liste.html", contexte)


@lru_cache(maxsize=8)
def imprimer_liste(html):
    """Le PDF de cette page, fait hors de ce processus ; la même page ne s'imprime qu'une fois.

    Lève ImpressionImpossible si la mise en page échoue ou si trop de personnes l'attendent.
    """
    if not UNE_A_LA_FOIS.acquire(timeout=PATIENCE):
        raise ImpressionImpossible("Plusieurs listes s’impriment déjà : réessayez dans un instant.")
    try:
        return imprimer_a_part(html)
    finally:
        UNE_A_LA_FOIS.release()


def filtres_en_mots(filtre):
    """[(libellé, valeur)] des filtres posés, tels que la page les nomme."""
    mots = []
    for champ in filtre.form:
        brutes = [v for v in filtre.data.getlist(champ.html_name) if v.strip()]
        if brutes and not champ.is_hidden:
            choix = {str(cle): str(libelle) for cle, libelle in _paires(champ.field)}
            mots.append((champ.label, ", ".join(choix.get(v, v) for v in brutes)))
    return mots


def _paires(champ):
    """Les couples (code, libellé) d'un champ à choix, groupes compris."""
    for cle, libelle in getattr(champ, "choices", ()):
        if isinstance(libelle, (list, tuple)):
            yield from libelle
        else:
            yield cle, libelle
