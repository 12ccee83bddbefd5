"""Les doublons : comparer deux fiches, les fusionner, défaire, ou les dire distinctes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from dispositifs.forms.doublons import FusionForm
from dispositifs.models import Dispositif, Distinction, FichesChangees, Fusion
from pams_portal.droits import Droit, exiger, peut


def les_deux_fiches(request, pk, autre):
    """Les deux fiches, si elles existent pour cette personne et sont bien deux ; 404 sinon."""
    visibles = Dispositif.objects.visibles_par(request.user).with_acteurs()
    if pk == autre:
        raise Http404("Une fiche ne se compare pas à elle-même.")
    return get_object_or_404(visibles, pk=pk), get_object_or_404(visibles, pk=autre)


def dispositif_fusionner(request, pk, autre):
    """Les deux fiches côte à côte ; `pk` est celle que l'on garde.

    Qui n'en tient qu'une compare, et sait à qui s'adresser ; qui n'en tient aucune n'a rien à y
    faire.
    """
    gardee, absorbee = les_deux_fiches(request, pk, autre)
    tenues = [peut(request.user, Droit.MODIFIER_DISPOSITIF, fiche) for fiche in (gardee, absorbee)]
    if not any(tenues) or (request.method == "POST" and not all(tenues)):
        raise PermissionDenied("Fusionner deux fiches demande de pouvoir les modifier toutes deux.")
    form = FusionForm(request.POST or None, gardee=gardee, absorbee=absorbee)
    if request.method == "POST" and form.is_valid():
        try:
            fusion = Fusion.objects.fusionner(
                request.user, gardee, absorbee, form.valeurs(), form.versions
            )
        except FichesChangees:
            # Entre la lecture et le verrou : la page repart des fiches d'aujourd'hui, et le dit.
            fraiches = les_deux_fiches(request, pk, autre)
            form = FusionForm(request.POST, gardee=fraiches[0], absorbee=fraiches[1])
        else:
            messages.success(
                request,
                f"« {fusion.absorbee} » est fondue dans cette fiche. Ses liens ont suivi, son "
                "adresse mène ici, et le journal permet de défaire.",
            )
            return redirect(fusion.gardee)
    contexte = {
        "form": form,
        "gardee": form.gardee,
        "absorbee": form.absorbee,
        "fusionnables": all(tenues),
        "a_joindre": absorbee.tenu_par if tenues[0] else gardee.tenu_par,
        "distinction": Distinction.objects.entre(gardee, absorbee).first(),
    }
    return render(request, "dispositifs/dispositif_fusionner.html", contexte)


@require_POST
def fusion_defaire(request, pk):
    visibles = Dispositif.tous.visibles_par(request.user)
    fusion = get_object_or_404(Fusion.objects.filter(gardee__in=visibles), pk=pk)
    exiger(request.user, Droit.MODIFIER_DISPOSITIF, fusion.gardee)
    exiger(request.user, Droit.MODIFIER_DISPOSITIF, fusion.absorbee)
    try:
        restees = fusion.defaire(request.user)
    except ValidationError as erreur:
        messages.error(request, erreur.message)
        return redirect(fusion.gardee)
    messages.success(request, "La fusion est défaite : les deux fiches sont rétablies.")
    for fiche in restees:
        messages.warning(
            request,
            f"La fiche-action {fiche.code} a changé ses dispositifs depuis : ses liens restent "
            "tels que sa structure les a laissés.",
        )
    return redirect(fusion.absorbee)


@require_POST
def distinction_create(request, pk, autre):
    """« Ce ne sont pas des doublons »."""
    un, second = les_deux_fiches(request, pk, autre)
    Distinction.objects.declarer(request.user, un, second)
    messages.success(request, f"« {un} » et « {second} » ne seront plus rapprochées.")
    return redirect(un)


@require_POST
def distinction_delete(request, pk, autre):
    un, second = les_deux_fiches(request, pk, autre)
    distinction = get_object_or_404(Distinction.objects.entre(un, second))
    distinction.supprimer(request.user, Droit.MODIFIER_DISPOSITIF)
    messages.success(request, "Les deux fiches peuvent de nouveau être rapprochées.")
    return redirect("dispositifs:dispositif_fusionner", pk, autre)
