"""Les personnes d'un organisme, pour qui en gère les accès."""

from itertools import groupby

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from acteurs.forms.habilitation import HabilitationForm
from acteurs.models import Acte, Acteur, Habilitation
from pams_portal.droits import Droit, exiger

DERNIERS_ACTES = 20


@require_safe
def habilitation_list(request, acteur_pk):
    acteur = get_object_or_404(Acteur, pk=acteur_pk)
    exiger(request.user, Droit.GERER_HABILITATIONS, acteur)
    habilitations = acteur.habilitations.select_related("utilisateur")
    habilitations = habilitations.order_by("utilisateur__nom", "utilisateur", "pk")
    actes = Acte.objects.du_dossier(acteur.identifiant)
    contexte = {
        "acteur": acteur,
        "personnes": [
            (personne, list(siennes))
            for personne, siennes in groupby(habilitations, lambda h: h.utilisateur)
        ],
        "actes": actes.filter(cible_type="acteurs.habilitation")[:DERNIERS_ACTES],
    }
    return render(request, "acteurs/habilitation_list.html", contexte)


def habilitation_create(request, acteur_pk):
    acteur = get_object_or_404(Acteur, pk=acteur_pk)
    exiger(request.user, Droit.GERER_HABILITATIONS, acteur)
    form = HabilitationForm(request.POST or None, instance=Habilitation(acteur=acteur))
    if form.is_valid():
        habilitation = form.enregistrer(request.user)
        suite = " Un courriel lui fait choisir son mot de passe." if form.compte_cree else ""
        messages.success(request, f"C’est fait : {habilitation}.{suite}")
        return redirect("acteurs:habilitation_list", acteur.pk)
    return render(request, "acteurs/habilitation_create.html", {"form": form, "acteur": acteur})


@require_POST
def habilitation_delete(request, acteur_pk, pk):
    habilitation = get_object_or_404(Habilitation, acteur=acteur_pk, pk=pk)
    exiger(request.user, Droit.GERER_HABILITATIONS, habilitation)
    try:
        habilitation.retirer(request.user)
        messages.success(request, f"Rôle retiré : {habilitation}.")
    except ValidationError as refus:
        messages.error(request, refus.message)
    if habilitation.utilisateur == request.user:
        return redirect(habilitation.acteur)  # ne plus gérer, c'est ne plus voir la liste
    return redirect("acteurs:habilitation_list", acteur_pk)
