"""Copier une fiche d'un plan adopté dans un de ses plans."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render

from pams_portal.droits import Droit
from plans.forms.reprise import FicheCopierForm
from plans.models import FicheAction
from plans.reprise import copier_la_fiche
from plans.views.redaction import fiche_visible, piece_de, plans_ou_copier


def fiche_action_copier(request, slug, code):
    fiche = fiche_visible(request, slug, code)
    plans = plans_ou_copier(request.user)
    if not fiche.est_copiable or not plans:
        raise PermissionDenied(
            "Seule une fiche publique d’un plan adopté se copie, et dans un plan en rédaction où "
            "votre place permet d’écrire une fiche."
        )
    form = FicheCopierForm(request.POST or None, plans=plans)
    if request.method == "POST" and form.is_valid():
        objectif = form.cleaned_data["objectif"]
        neuve = piece_de(
            request.user,
            Droit.MODIFIER_FICHE,
            objectif.plan,
            lambda partie: FicheAction(plan=objectif.plan, porteur=partie),
        )
        try:
            copie = copier_la_fiche(fiche, objectif, neuve.porteur, request.user)
        except ValidationError as refus:
            form.add_error("objectif", refus)
        else:
            messages.success(request, f"La fiche est copiée sous le code {copie.code}.")
            return redirect(copie)
    contexte = {"form": form, "fiche": fiche, "plan": fiche.plan}
    return render(request, "plans/fiche_action_copier.html", contexte)
