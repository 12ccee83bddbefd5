"""L'annuaire des organismes : des faits institutionnels, publics."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from acteurs.filters import ActeurFilter
from acteurs.forms.acteur import ActeurCreateForm, ActeurForm, EtablissementForm
from acteurs.models import Acteur, Etablissement
from pams_portal.droits import Droit, exiger, peut

PAR_PAGE = 25


@require_safe
@login_not_required
def acteur_list(request):
    filtre = ActeurFilter(request.GET, Acteur.objects.with_fonctions())
    page = Paginator(filtre.qs, PAR_PAGE).get_page(request.GET.get("page"))
    inscription = peut(request.user, Droit.MODIFIER_ACTEUR, Acteur())
    contexte = {"filtre": filtre, "page": page, "inscription_permise": inscription}
    return render(request, "acteurs/acteur_list.html", contexte)


@require_safe
@login_not_required
def acteur_detail(request, pk):
    acteur = get_object_or_404(Acteur.objects.with_fonctions(), pk=pk)
    contexte = {
        "acteur": acteur,
        "etablissements": acteur.etablissements.select_related("commune"),
        "dispositifs": acteur.dispositifs.visibles_par(request.user),
        # Lus seulement par qui peut les faire : le gabarit ne les déroule que pour lui.
        "a_confirmer": acteur.dispositifs_tenus.a_confirmer(),
        "a_traiter": acteur.dispositifs_tenus.a_traiter(),
        "places": acteur.places.visibles_par(request.user).select_related("plan"),
    }
    return render(request, "acteurs/acteur_detail.html", contexte)


def acteur_create(request):
    acteur = Acteur()
    exiger(request.user, Droit.MODIFIER_ACTEUR, acteur)
    form = ActeurCreateForm(request.POST or None, instance=acteur)
    if request.method == "POST" and form.enregistrer(request.user, Droit.MODIFIER_ACTEUR):
        messages.success(request, f"{form.instance} est inscrit : tous peuvent désormais le citer.")
        return redirect(form.instance)
    return render(request, "acteurs/acteur_create.html", {"form": form})


def acteur_update(request, pk):
    acteur = get_object_or_404(Acteur, pk=pk)
    exiger(request.user, Droit.MODIFIER_ACTEUR, acteur)
    form = ActeurForm(request.POST or None, instance=acteur)
    if request.method == "POST" and form.enregistrer(request.user, Droit.MODIFIER_ACTEUR):
        messages.success(request, form.bilan("La page de votre structure est enregistrée."))
        return redirect(form.instance)
    return render(request, "acteurs/acteur_update.html", {"form": form, "acteur": acteur})


def etablissement_create(request, acteur_pk):
    acteur = get_object_or_404(Acteur, pk=acteur_pk)
    exiger(request.user, Droit.MODIFIER_ACTEUR, acteur)
    form = EtablissementForm(request.POST or None, instance=Etablissement(acteur=acteur))
    if request.method == "POST" and form.enregistrer(request.user, Droit.MODIFIER_ACTEUR):
        messages.success(request, f"L’établissement « {form.instance} » est ajouté.")
        return redirect(acteur)
    contexte = {"form": form, "acteur": acteur}
    return render(request, "acteurs/etablissement_create.html", contexte)


def etablissement_update(request, acteur_pk, pk):
    etablissement = get_object_or_404(Etablissement, acteur=acteur_pk, pk=pk)
    exiger(request.user, Droit.MODIFIER_ACTEUR, etablissement)
    form = EtablissementForm(request.POST or None, instance=etablissement)
    if request.method == "POST" and form.enregistrer(request.user, Droit.MODIFIER_ACTEUR):
        messages.success(request, form.bilan(f"« {form.instance} » est enregistré."))
        return redirect(etablissement.acteur)
    contexte = {"form": form, "etablissement": etablissement}
    return render(request, "acteurs/etablissement_update.html", contexte)


def etablissement_delete(request, acteur_pk, pk):
    etablissement = get_object_or_404(Etablissement, acteur=acteur_pk, pk=pk)
    exiger(request.user, Droit.MODIFIER_ACTEUR, etablissement)
    if request.method == "POST":
        etablissement.supprimer(request.user, Droit.MODIFIER_ACTEUR)
        messages.success(request, f"L’établissement « {etablissement} » est supprimé.")
        return redirect(etablissement.acteur)
    return render(request, "acteurs/etablissement_delete.html", {"etablissement": etablissement})
