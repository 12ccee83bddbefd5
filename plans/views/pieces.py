"""Prendre une pièce jointe, entre parties seulement : ce peut être une lettre signée."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from pams_portal.droits import Droit, exiger
from plans.pieces import TYPES
from plans.views.concertation import consulte_visible
from plans.views.redaction import fiche_visible


@require_safe
def piece_detail(request, slug, code, sorte, pk):
    """La pièce jointe à une ligne d'une fiche."""
    fiche = fiche_visible(request, slug, code)
    if sorte not in ("financements", "partenariats"):
        raise Http404
    exiger(request.user, Droit.LIRE_PLAN, fiche.plan)
    return remettre(get_object_or_404(getattr(fiche, sorte).exclude(piece=""), pk=pk))


@require_safe
def avis_piece_detail(request, slug, pk):
    """La pièce jointe à l'avis saisi pour un organisme consulté."""
    consulte = consulte_visible(request, slug, pk)
    exiger(request.user, Droit.LIRE_PLAN, consulte)
    if consulte.rendu is None or not consulte.rendu.piece:
        raise Http404
    return remettre(consulte.rendu)


def remettre(objet):
    """Le fichier, à télécharger et jamais à ouvrir dans le portail ; 404 s'il a disparu."""
    try:
        fichier = objet.piece.open()
    except FileNotFoundError:
        raise Http404("Cette pièce n’est plus sur le portail.") from None
    reponse = FileResponse(
        fichier,
        as_attachment=True,
        filename=objet.piece_nom,
        content_type=TYPES[objet.piece_extension],
        headers={"X-Content-Type-Options": "nosniff"},
    )
    patch_cache_control(reponse, private=True, no_store=True)
    return reponse
