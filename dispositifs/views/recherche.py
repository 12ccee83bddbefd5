"""Trouver un dispositif dans l'inventaire."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dispositifs.filters import filtrer
from dispositifs.selection import choisis
from dispositifs.territoires import noms_des_territoires, zone_en_mots
from dispositifs.views.recensement import acteurs_qui_saisissent

PAR_PAGE = 50
ZONES_PAR_LIGNE = 3


@require_safe
@login_not_required
def dispositif_list(request):
    filtre = filtrer(request)
    page = Paginator(filtre.qs.with_liste(), PAR_PAGE).get_page(request.GET.get("page"))
    noms = noms_des_territoires({cle for d in page for cle in d.zone_eligibilite})
    contexte = {
        "filtre": filtre,
        "page": page,
        "lignes": [(d, zone_en_mots(d.zone_eligibilite, noms, ZONES_PAR_LIGNE)) for d in page],
        "recherches": request.user.recherches.all() if request.user.is_authenticated else [],
        "choisis": choisis(request, page),
        "peut_ajouter": bool(acteurs_qui_saisissent(request.user)),
    }
    return render(request, "dispositifs/dispositif_list.html", contexte)
