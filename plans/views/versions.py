"""La conduite du plan : ses étapes, les visas des co-pilotes, les versions qu'ils figent."""

import json
import logging

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from pams_portal.droits import Droit, exiger
from pams_portal.elision import de
from pams_portal.requete import texte_lu
from plans.conduite import conduite_de
from plans.conformite import conformite
from plans.forms.versions import LeveeForm
from plans.models import Levee, PartiePrenante, Plan, Visa
from plans.versions import contenu_canonique
from plans.versions.comparaison import comparer_les_contenus
from plans.views.plan import plan_entre_parties, plan_visible

journal = logging.getLogger(__name__)


def refuser(request, plan, erreur):
    """Un refus s'explique à la personne, et s'écrit dans le journal du serveur."""
    phrase = " ".join(erreur.messages)
    journal.warning("Refus, plan %s, %s : %s", plan.slug, request.user.pk, phrase)
    messages.error(request, phrase)
    return redirect("plans:plan_etapes", plan.slug)


@require_safe
def plan_etapes(request, slug):
    plan = plan_entre_parties(request, slug)
    contexte = {"plan": plan, "conduite": conduite_de(plan, request.user)}
    return render(request, "plans/plan_etapes.html", contexte)


@require_POST
def plan_passer(request, slug):
    plan = plan_visible(request, slug)
    exiger(request.user, Droit.CONDUIRE_PLAN, plan)
    vers, motif = texte_lu(request.POST, "vers"), texte_lu(request.POST, "motif")
    try:
        plan = plan.passer(request.user, vers, motif)
    except ValidationError as erreur:
        if motif.strip():  # rien de ce qui a été tapé ne se perd
            messages.info(request, f"Votre motif, à recopier au besoin : {motif}")
        return refuser(request, plan, erreur)
    messages.success(request, f"Le plan est à l’étape « {plan.get_etat_display()} ».")
    return redirect("plans:plan_etapes", slug)


# --- Visas ---------------------------------------------------------------------------------------


@require_POST
def visa_create(request, slug, pk):
    """Le visa d'un co-pilote (`pk` est sa place dans le plan) sur le contenu qu'il a lu."""
    parties = PartiePrenante.objects.visibles_par(request.user).filter(plan__slug=slug)
    partie = get_object_or_404(parties.select_related("plan", "acteur"), pk=pk)
    exiger(request.user, Droit.VISER, partie)
    vers, lue = texte_lu(request.POST, "vers"), texte_lu(request.POST, "empreinte")
    try:
        visa = Visa.objects.donner(request.user, partie, vers, lue)
    except ValidationError as erreur:
        return refuser(request, partie.plan, erreur)
    messages.success(request, phrase_du_visa(visa))
    return redirect("plans:plan_etapes", slug)


def phrase_du_visa(visa):
    version = visa.version_visee
    if version.numero:
        return f"Tous les co-pilotes ont visé : la version {version.numero} est figée."
    noms = ", ".join(partie.acteur.nom for partie in version.attendus())
    return f"Le visa {de(visa.nom_acteur)} est posé. Visa attendu : {noms}."


@require_POST
def visa_delete(request, slug, pk):
    visas = Visa.objects.filter(version_visee__plan__in=Plan.objects.visibles_par(request.user))
    visas = visas.select_related("version_visee__plan", "partie")
    visa = get_object_or_404(visas, version_visee__plan__slug=slug, pk=pk)
    exiger(request.user, Droit.VISER, visa)
    try:
        visa.retirer(request.user)
    except ValidationError as erreur:
        return refuser(request, visa.plan, erreur)
    messages.success(request, "Le visa est retiré ; le journal le garde.")
    return redirect("plans:plan_etapes", slug)


# --- Levées des règles ---------------------------------------------------------------------------


def constat_levable(plan, cle):
    """Le constat d'une règle que les co-pilotes peuvent lever ; 404 s'il n'y en a pas."""
    constats = conformite(plan, timezone.localdate())
    trouves = [c for c in constats if c.cle == cle and c.est_levable and not c.satisfait]
    if not trouves:
        raise Http404("Cette règle n’a pas à être levée, ou ne peut pas l’être.")
    return trouves[0]


def levee_update(request, slug, regle):
    plan = plan_visible(request, slug)
    exiger(request.user, Droit.LEVER_REGLE, plan)
    constat = constat_levable(plan, regle)
    levee = plan.levees.filter(regle=regle).first() or Levee(plan=plan, regle=regle)
    form = LeveeForm(request.POST or None, instance=levee)
    if request.method == "POST" and form.enregistrer(request.user, Droit.LEVER_REGLE):
        messages.success(
            request, form.bilan("Le motif est enregistré : il vaudra visé par tous les co-pilotes.")
        )
        return redirect("plans:plan_etapes", slug)
    contexte = {"form": form, "plan": plan, "constat": constat, "levee": levee}
    return render(request, "plans/levee_update.html", contexte)


@require_POST
def levee_delete(request, slug, regle):
    plan = plan_visible(request, slug)
    exiger(request.user, Droit.LEVER_REGLE, plan)
    levee = get_object_or_404(Levee.objects.select_related("plan"), plan=plan, regle=regle)
    levee.supprimer(request.user, Droit.LEVER_REGLE)
    messages.success(request, "Le motif est retiré : la règle compte de nouveau.")
    return redirect("plans:plan_etapes", slug)


# --- Versions figées -----------------------------------------------------------------------------


@require_safe
def version_detail(request, slug, numero):
    plan = plan_entre_parties(request, slug)
    version = get_object_or_404(plan.versions.prefetch_related("visas"), numero=numero)
    version.plan = plan
    contexte = {"plan": plan, "version": version, "contenu": version.donnees()}
    return render(request, "plans/version_detail.html", contexte)


@require_safe
def version_json(request, slug, numero):
    """Les octets mêmes qui ont été visés : leur SHA-256 est l'empreinte imprimée."""
    plan = plan_entre_parties(request, slug)
    version = get_object_or_404(plan.versions, numero=numero)
    nom = f"pams-{plan.slug}-v{numero}.json"
    return HttpResponse(
        version.contenu.encode(),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{nom}"'},
    )


@require_safe
def version_comparer(request, slug):
    """D'une version figée (`de`) à une autre (`a`), ou au contenu d'aujourd'hui."""
    plan = plan_entre_parties(request, slug)
    versions = list(plan.versions.figees())
    par_numero = {str(version.numero): version for version in versions}
    demandees = [request.GET.get(nom, "") for nom in ("de", "a")]
    if not versions or any(numero and numero not in par_numero for numero in demandees):
        raise Http404("Cette version n’existe pas, ou n’est pas figée.")
    de, a = par_numero.get(demandees[0], versions[0]), par_numero.get(demandees[1])
    apres = a.donnees() if a else json.loads(contenu_canonique(plan))["plan"]
    pieces = comparer_les_contenus(de.donnees(), apres)
    contexte = {"plan": plan, "versions": versions, "de": de, "a": a, "pieces": pieces}
    return render(request, "plans/version_comparer.html", contexte)
