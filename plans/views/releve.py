"""Le relevé de décisions d'une séance : le valider, l'emporter en PDF ou en DOCX."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from pams_portal.droits import Droit, exiger
from pams_portal.impression import ImpressionImpossible, imprimer_aussitot
from plans.releve_de_decisions import rassembler, releve_html
from plans.releve_docx import releve_docx
from plans.views.comite import seance_visible

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_POST
def seance_valider(request, slug, pk):
    seance = seance_visible(request, slug, pk)
    exiger(request.user, Droit.VALIDER_RELEVE, seance)
    try:
        seance.valider(request.user)
        messages.success(request, "Le relevé est validé : la séance ne s’écrit plus.")
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
    return redirect(seance)


@require_POST
def seance_rouvrir(request, slug, pk):
    seance = seance_visible(request, slug, pk)
    exiger(request.user, Droit.VALIDER_RELEVE, seance)
    try:
        seance.rouvrir(request.user)
        messages.success(request, "Le relevé est rouvert : il redevient un projet.")
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
    return redirect(seance)


@require_safe
def seance_pdf(request, slug, pk):
    seance = seance_visible(request, slug, pk)
    try:
        impression = imprimer_aussitot(releve_html(rassembler(seance)))
    except ImpressionImpossible as erreur:
        contexte = {"plan": seance.plan, "seance": seance, "raison": str(erreur)}
        return render(request, "plans/seance_pdf.html", contexte, status=503)
    return servir(impression.contenu, "application/pdf", f"{nom_du_fichier(seance)}.pdf", "inline")


@require_safe
def seance_docx(request, slug, pk):
    seance = seance_visible(request, slug, pk)
    contenu = releve_docx(rassembler(seance))
    return servir(contenu, DOCX, f"{nom_du_fichier(seance)}.docx", "attachment")


def nom_du_fichier(seance):
    return f"releve-{seance.comite}-{seance.plan.slug}-{seance.jour:%Y-%m-%d}"


def servir(contenu, nature, nom, disposition):
    entetes = {
        "Content-Disposition": f'{disposition}; filename="{nom}"',
        "Cache-Control": "private, no-cache",
    }
    return HttpResponse(contenu, content_type=nature, headers=entetes)
