"""Décider de ce qu'un import propose contre ce qu'une personne a écrit."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from dispositifs.models import Dispositif, Ecart
from dispositifs.recensement.mots_des_valeurs import Mots
from pams_portal.droits import Droit, exiger
from pams_portal.requete import numero_lu


def dispositif_modifiable(request, pk):
    dispositif = get_object_or_404(
        Dispositif.objects.visibles_par(request.user).with_acteurs(), pk=pk
    )
    exiger(request.user, Droit.MODIFIER_DISPOSITIF, dispositif)
    return dispositif


@require_safe
def dispositif_ecarts(request, pk):
    """Les deux valeurs côte à côte : celle d'ici, qui l'a écrite et quand ; celle du fichier."""
    dispositif = dispositif_modifiable(request, pk)
    contexte = {"dispositif": dispositif, "lignes": ecarts_en_mots(dispositif)}
    return render(request, "dispositifs/dispositif_ecarts.html", contexte)


def ecarts_en_mots(dispositif):
    """[(écart, libellé, valeur d'ici, valeur du fichier, dernier acte)] de ce qui attend."""
    ici = dispositif.valeurs()
    attendent = dispositif.ecarts.a_decider().select_related("propose_par")
    ecarts = [ecart for ecart in attendent if ecart.valeur != ici[ecart.champ]]
    mots = Mots([(e.champ, v) for e in ecarts for v in (e.valeur, ici[e.champ])])
    return [
        (
            ecart,
            mots.libelle(ecart.champ),
            mots(ecart.champ, ici[ecart.champ]),
            mots(ecart.champ, ecart.valeur),
            dispositif.dernier_acte_sur(ecart.champ),
        )
        for ecart in ecarts
    ]


@require_POST
def ecart_decider(request, pk, ecart_pk):
    dispositif = dispositif_modifiable(request, pk)
    ecart = get_object_or_404(dispositif.ecarts, pk=ecart_pk)
    decision, version = request.POST.get("decision"), numero_lu(request.POST.get("version", ""))
    if decision not in (Ecart.Decision.PRIS, Ecart.Decision.GARDE) or version is None:
        return HttpResponseBadRequest("Choisissez la valeur à garder.")
    try:
        ecart.decider(request.user, decision, version)
    except ValidationError as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, f"C’est décidé : {ecart.get_decision_display().lower()}.")
    return redirect("dispositifs:dispositif_ecarts", pk=pk)
