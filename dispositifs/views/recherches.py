"""Les recherches enregistrées d'une personne, et d'elle seule."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dispositifs.forms.recherche import RechercheForm, RenommerForm
from dispositifs.models import RechercheEnregistree


@require_safe
def recherche_list(request):
    return render(
        request, "dispositifs/recherche_list.html", {"recherches": request.user.recherches.all()}
    )


def recherche_create(request):
    """`?…` : les filtres de la liste, à nommer."""
    recherche = RechercheEnregistree(utilisateur=request.user)
    initial = {"filtres": request.GET.urlencode()}
    form = RechercheForm(request.POST or None, instance=recherche, initial=initial)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"La recherche « {recherche} » est gardée : vous seul la voyez.")
        return redirect(recherche)
    return render(request, "dispositifs/recherche_create.html", {"form": form})


def recherche_update(request, pk):
    recherche = get_object_or_404(request.user.recherches, pk=pk)
    form = RenommerForm(request.POST or None, instance=recherche)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "La recherche est renommée.")
        return redirect("dispositifs:recherche_list")
    contexte = {"form": form, "recherche": recherche}
    return render(request, "dispositifs/recherche_update.html", contexte)


@require_POST
def recherche_delete(request, pk):
    recherche = get_object_or_404(request.user.recherches, pk=pk)
    recherche.delete()
    messages.success(request, f"La recherche « {recherche} » est retirée.")
    return redirect("dispositifs:recherche_list")
