"""La validation d'une fiche : son porteur la propose, les parties donnent leur avis."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from pams_portal.droits import Droit, exiger
from plans.forms.versions import AvisForm
from plans.models import AvisSurFiche
from plans.views.redaction import fiche_visible, piece_de


@require_POST
def fiche_action_proposer(request, slug, code):
    fiche = fiche_visible(request, slug, code)
    exiger(request.user, Droit.PROPOSER_FICHE, fiche)
    try:
        fiche = fiche.proposer(request.user, request.POST.get("etat", ""))
        messages.success(request, f"La fiche {fiche.code} : {fiche.get_etat_display().lower()}.")
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    return redirect(f"{fiche.get_absolute_url()}#validation")


def avis_update(request, slug, code):
    fiche = fiche_visible(request, slug, code)
    avis = piece_de(
        request.user,
        Droit.DONNER_AVIS,
        fiche.plan,
        lambda partie: avis_de(fiche, partie),
    )
    form = AvisForm(request.POST or None, instance=avis, par=request.user)
    if request.method == "POST" and form.enregistrer(request.user, Droit.DONNER_AVIS):
        messages.success(request, form.bilan("Votre avis est enregistré."))
        return redirect(f"{fiche.get_absolute_url()}#validation")
    contexte = {"form": form, "plan": fiche.plan, "fiche": fiche, "avis": avis}
    return render(request, "plans/avis_update.html", contexte)


def avis_de(fiche, partie):
    """L'avis déjà donné par une partie devant le comité saisi, ou un avis neuf."""
    comite = fiche.comite_saisi
    donne = AvisSurFiche.objects.filter(fiche=fiche, porteur=partie, comite=comite).first()
    avis = donne or AvisSurFiche(fiche=fiche, porteur=partie, comite=comite)
    avis.fiche, avis.porteur = fiche, partie
    return avis
