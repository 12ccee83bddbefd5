"""Pendant qu'une part s'écrit : garder ce qui se tape, dire qui d'autre écrit là.

Garder un brouillon et se dire présent demandent le droit d'écrire la part ; lire les présences,
celui de lire le plan.
"""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from acteurs.models import Brouillon, Presence
from pams_portal.droits import exiger
from plans.brouillons import page_de, piece_montree
from plans.views.concertation import AU_REGISTRE, ecrire_au_registre
from plans.views.parts import part_visible
from plans.views.plan import plan_entre_parties
from plans.views.points import NEUVES, ecrire_en_seance


def part_en_ecriture(request, slug, sorte, pk):
    """(la part, la place qui permet de l'écrire, son formulaire à remplir) ; 404 puis 403."""
    if sorte in AU_REGISTRE:
        return ecrire_au_registre(request, slug, sorte, pk)
    if sorte in NEUVES:
        return ecrire_en_seance(request, slug, sorte, pk)
    nature, part = part_visible(request, slug, sorte, pk)
    place = exiger(request.user, nature.droit(part), part)
    if nature.form is None:
        raise Http404
    return part, place, nature.form


@require_POST
def part_brouillon(request, slug, sorte, pk):
    part, _, remplir = part_en_ecriture(request, slug, sorte, pk)
    form = remplir(request.POST, instance=part)
    if not form.est_en_brouillon:
        return HttpResponse("Cet envoi ne dit pas de quelle saisie il s’agit.", status=400)
    page = page_de(part, sorte)
    try:
        Brouillon.objects.garder(request.user, part, form.brouillon, form.saisie(), page)
    except ValidationError as refus:
        return JsonResponse({"phrase": refus.message}, status=413)
    heure = date_format(timezone.localtime(), r"G\ \h\ i")
    return JsonResponse({"phrase": f"Brouillon gardé à {heure}, visible de vous seul."})


@require_POST
def part_presence(request, slug, sorte, pk):
    part, place, _ = part_en_ecriture(request, slug, sorte, pk)
    piece = piece_montree(part)
    if "partir" in request.POST:
        Presence.objects.filter(utilisateur=request.user, cible=piece.identifiant).delete()
    else:
        Presence.objects.signaler(request.user, place, piece)
    return HttpResponse(status=204)


@require_safe
@never_cache
def presence_list(request, slug):
    """{identifiant d'une part: qui d'autre y écrit en ce moment, en une phrase}."""
    plan = plan_entre_parties(request, slug)
    presences = defaultdict(list)
    for presence in Presence.objects.en_ce_moment(plan.identifiant, sauf=request.user):
        presences[str(presence.cible)].append(presence.nom)
    return JsonResponse({cible: phrase(noms) for cible, noms in presences.items()})


def phrase(noms):
    *premiers, dernier = noms
    qui = f"{', '.join(premiers)} et {dernier}" if premiers else dernier
    return f"{qui} {'écrivent' if premiers else 'écrit'} ici en ce moment."
