"""La page imprimable d'une liste de dispositifs : une fonction des fiches et d'une date."""

from django.template.loader import render_to_string

from dispositifs.emporter.en_mots import en_mots

AU_PLUS = 300


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
