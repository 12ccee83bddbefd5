"""Le document d'un plan : le servir quand il est prêt, dire où il en est sinon."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from pams_portal.requete import numero_lu
from plans.models import Document
from plans.views.plan import plan_entre_parties, plan_visible


@login_not_required
@require_safe
def plan_pdf(request, slug):
    """Le PDF de la révision présente ou de celle demandée (200) ; sinon l'attente (202)."""
    plan = plan_visible(request, slug)
    documents = Document.objects.lisibles_par(request.user).filter(plan=plan)
    demandee = request.GET.get("revision", "")
    revision = numero_lu(demandee) if demandee else plan.revision
    document = documents.filter(revision=revision).first()
    if document and document.est_servable:
        return servir(request, document)
    if demandee:
        raise Http404("Cette révision n’a pas de document.")
    contexte = {
        "plan": plan,
        "document": plan.documents.filter(revision=plan.revision).first(),
        "ancien": documents.prets().filter(revision__lt=plan.revision).first(),
    }
    return render(request, "plans/document/plan_pdf.html", contexte, status=202)


def servir(request, document):
    """Le fichier, ou 304 si le navigateur l'a déjà ; revalidé à chaque fois."""
    if request.htmx:  # la page d'attente interroge : le navigateur ira chercher le fichier lui-même
        return HttpResponse(headers={"HX-Redirect": request.path})
    etag = f'"{document.empreinte}"'
    reponse = get_conditional_response(request, etag) or FileResponse(
        document.fichier.open(),
        content_type="application/pdf",
        filename=document.nom_du_fichier,
    )
    reponse["ETag"] = etag
    patch_cache_control(reponse, private=True, no_cache=True)
    return reponse


@require_POST
def plan_pdf_demander(request, slug):
    """Redemande un document dont la production a échoué, ou dont le fichier a disparu."""
    plan = plan_entre_parties(request, slug)
    document = Document.objects.de(plan)
    if document.est_a_redemander:
        document.redemander()
        messages.success(request, "Le document est de nouveau en préparation.")
    return redirect("plans:plan_pdf", slug=slug)
