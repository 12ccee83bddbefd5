"""La carte des dispositifs, à côté de la liste ou seule."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from bassins.contours import ATTRIBUTION
from dispositifs.recherche.carte import carte
from dispositifs.recherche.filters import filtrer
from dispositifs.recherche.memoire import si_change, une_fois


@require_safe
@login_not_required
@cache_control(private=True, no_cache=True)
@si_change
def dispositif_carte(request):
    """La carte de ce que la liste montre à la même adresse ; la page de la liste vient l'y lire."""
    contexte = {"contenu": une_fois(request, lambda: _lire(request))}
    return render(request, "dispositifs/dispositif_carte.html", contexte)


def _lire(request):
    filtre = filtrer(request)
    contexte = {
        "filtre": filtre,
        "carte": None if filtre.form.errors else carte(filtre),
        "attribution": ATTRIBUTION,
    }
    return render_to_string("dispositifs/carte.html", contexte, request)
