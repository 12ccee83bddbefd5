"""Les parties prenantes : qui est co-pilote, coordonné, associé, invité, et ce qu'il répond."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from acteurs.models import Acte, Acteur
from pams_portal.droits import Droit, exiger
from pams_portal.elision import de
from plans.attentes import parties_tenues
from plans.forms.plan import PartieCreateForm, PartieForm
from plans.models import PartiePrenante, Relance
from plans.parts import par_sorte, parts_de
from plans.qui_doit_quoi import (
    attendu_de,
    colonnes_de,
    hors_du_plan,
    par_chapitre,
    par_partie,
)
from plans.views.plan import plan_entre_parties, plan_visible


def partie_visible(request, slug, pk):
    parties = PartiePrenante.objects.visibles_par(request.user).filter(plan__slug=slug)
    return get_object_or_404(parties.select_related("plan", "acteur"), pk=pk)


@require_safe
def partie_list(request, slug):
    plan = plan_entre_parties(request, slug)
    parties = plan.parties.select_related("acteur", "plan")
    return render(request, "plans/partie_list.html", {"plan": plan, "parties": parties})


def partie_create(request, slug):
    plan = plan_visible(request, slug)
    exiger(request.user, Droit.GERER_PARTIES, plan)
    recherche = request.GET.get("q", "")
    # La liste proposée suit la recherche ; l'envoi accepte tout acteur inscrit.
    proposes = Acteur.objects.cherchant(recherche)
    form = PartieCreateForm(
        request.POST or None,
        instance=PartiePrenante(plan=plan),
        acteurs=Acteur.objects.all() if request.method == "POST" else proposes,
    )
    if request.method == "POST" and form.enregistrer(request.user, Droit.GERER_PARTIES):
        messages.success(request, f"{form.instance.acteur} est ajouté au plan, à solliciter.")
        return redirect("plans:partie_list", slug)
    contexte = {"form": form, "plan": plan, "recherche": recherche}
    return render(request, "plans/partie_create.html", contexte)


def partie_update(request, slug, pk):
    partie = partie_visible(request, slug, pk)
    exiger(request.user, Droit.GERER_PARTIES, partie)
    form = PartieForm(request.POST or None, instance=partie)
    if request.method == "POST" and form.enregistrer(request.user, Droit.GERER_PARTIES):
        messages.success(request, form.bilan("La partie est enregistrée."))
        return redirect("plans:partie_list", slug)
    contexte = {"form": form, "plan": partie.plan, "partie": partie}
    return render(request, "plans/partie_update.html", contexte)


def partie_delete(request, slug, pk):
    partie = partie_visible(request, slug, pk)
    exiger(request.user, Droit.GERER_PARTIES, partie)
    if request.method == "POST":
        try:
            partie.retirer(request.user)
        except ValidationError as refus:
            messages.error(request, " ".join(refus.messages))
        else:
            messages.success(request, f"{partie.acteur} n’est plus partie du plan.")
            return redirect("plans:partie_list", slug)
    contexte = {"plan": partie.plan, "partie": partie, "parts": partie.parts()}
    return render(request, "plans/partie_delete.html", contexte)


@require_POST
def partie_repondre(request, slug, pk):
    partie = partie_visible(request, slug, pk)
    exiger(request.user, Droit.REPONDRE_COMME_PARTIE, partie)
    reponse = request.POST.get("reponse")
    if reponse in (PartiePrenante.Reponse.CONTRIBUE, PartiePrenante.Reponse.DECLINE):
        partie = partie.agir(
            request.user, Droit.REPONDRE_COMME_PARTIE, Acte.Verbe.REPONDRE, reponse=reponse
        )
        messages.success(request, f"Votre réponse est notée : {partie.get_reponse_display()}.")
    else:
        messages.error(request, "Choisissez « Contribuer » ou « Décliner ».")
    return redirect("plans:partie_list", slug)


@require_safe
def qui_doit_quoi(request, slug):
    plan = plan_entre_parties(request, slug)
    parties = list(plan.parties.select_related("acteur", "plan"))
    parts = parts_de([partie.pk for partie in parties])
    contexte = {
        "plan": plan,
        "colonnes": colonnes_de(parts),
        "absents": hors_du_plan(plan),
        "lignes": par_partie(plan, parties, parts, Relance.objects.dernieres(plan)),
        "chapitres": par_chapitre(plan, parties, parts),
        "tenues": parties_tenues(request.user),
    }
    return render(request, "plans/qui_doit_quoi.html", contexte)


@require_safe
def partie_parts(request, slug, pk):
    partie = partie_visible(request, slug, pk)
    exiger(request.user, Droit.LIRE_PLAN, partie)
    contexte = {
        "plan": partie.plan,
        "partie": partie,
        "sortes": par_sorte(parts_de([partie.pk])),
        "relances": partie.relances.all(),
    }
    return render(request, "plans/partie_parts.html", contexte)


@require_POST
def partie_relancer(request, slug, pk):
    partie = partie_visible(request, slug, pk)
    exiger(request.user, Droit.RELANCER, partie)
    try:
        Relance.objects.envoyer(request.user, partie, attendu_de(partie))
        messages.success(request, f"La relance {de(partie.acteur)} part dans dix minutes.")
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
    return redirect("plans:qui_doit_quoi", slug)
