from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from bassins.models import Bassin


@require_safe
@login_not_required
def bassin_list(request):
    return render(request, "bassins/bassin_list.html", {"bassins": Bassin.objects.with_perimetre()})


@require_safe
@login_not_required
def bassin_detail(request, slug):
    """La page d'un bassin : ses plans visibles, sans importer l'application plans."""
    bassin = get_object_or_404(Bassin.objects.with_perimetre(), slug=slug)
    return render(
        request,
        "bassins/bassin_detail.html",
        {
            "bassin": bassin,
            "perimetre": bassin.perimetre,
            "plans": bassin.plans.visibles_par(request.user),
        },
    )
