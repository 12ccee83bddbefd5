from django.contrib.auth.decorators import login_not_required
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from bassins.contours import ATTRIBUTION, carte_svg, numeroter
from bassins.models import Bassin


@require_safe
@login_not_required
def bassin_list(request):
    bassins = Bassin.objects.with_perimetre()
    return render(request, "bassins/bassin_list.html", {"bassins": bassins})


@require_safe
@login_not_required
def bassin_detail(request, slug):
    """La page d'un bassin : ses plans visibles, sans importer l'application plans."""
    bassin = get_object_or_404(Bassin.objects.with_perimetre(), slug=slug)
    contexte = {"bassin": bassin, "plans": bassin.plans.visibles_par(request.user)}
    if perimetre := bassin.perimetre:
        contexte |= _territoire(perimetre)
    return render(request, "bassins/bassin_detail.html", contexte)


def _territoire(perimetre):
    """Ce que la page montre d'un périmètre, en un nombre constant de requêtes."""
    prefetch_related_objects([perimetre], "epci__fonctions__acteur")
    regions = perimetre.regions().prefetch_related("fonctions__acteur")
    departements = perimetre.departements().prefetch_related("fonctions__acteur")
    epci = perimetre.epci.all()
    return {
        "perimetre": perimetre,
        "regions": regions,
        "departements": departements,
        "epci": numeroter(perimetre),
        "sources": sorted({un_epci.source for un_epci in epci}),
        "carte": carte_svg(perimetre, titre=f"Les EPCI du bassin {perimetre.bassin}"),
        "attribution": ATTRIBUTION,
        "territoires_avec_acteurs": [
            territoire
            for territoire in (*regions, *departements, *epci)
            if territoire.fonctions.all()
        ],
    }
