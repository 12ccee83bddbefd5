"""Répondre par le lien reçu : aucun compte, une fiche, une réponse ; lire n'écrit rien."""

import logging
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dispositifs.forms.fraicheur import ReponseForm
from dispositifs.models import DemandeDeConfirmation, LienRefuse, Signalement
from dispositifs.territoires import noms_des_territoires, zone_en_mots
from dispositifs.views.signalement import formulaire_de_correction

journal = logging.getLogger("dispositifs.liens")

Reponse = DemandeDeConfirmation.Reponse
# motif : (titre, phrase, code de la page)
REFUS = {
    "illisible": (
        "Ce lien n’est pas lisible",
        "L’adresse a sans doute été coupée par votre messagerie, ou mal recopiée. Reprenez-la "
        "entière dans le courriel.",
        404,
    ),
    "perime": (
        "Ce lien a expiré",
        "Il valait quarante-cinq jours. Le prochain courriel en portera un nouveau.",
        410,
    ),
    "servi": (
        "Ce lien a déjà servi",
        "Une réponse a été donnée par ce lien, et il n’en porte qu’une. Elle est inscrite au "
        "journal de la fiche.",
        410,
    ),
    "hors_service": (
        "Cette fiche n’est plus en service",
        "Le dispositif a été suspendu ou fermé depuis l’envoi du courriel : il n’y a plus rien à "
        "confirmer.",
        410,
    ),
    "caduc": (
        "Ce lien ne vaut plus",
        "La fiche n’existe plus, ou cette adresse ne répond plus pour elle.",
        410,
    ),
}
TECHNIQUES = {"csrfmiddlewaretoken", "version", "reponse"}


def par_lien(vue):
    """La vue reçoit la demande du lien ; un lien qui ne vaut pas mène à une page qui dit pourquoi.

    Un POST refusé qui portait un texte le rend à la personne, par la page des actes refusés.
    """

    @login_not_required
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(vue)
    def ouverte(request, jeton):
        try:
            return vue(request, DemandeDeConfirmation.objects.du_lien(jeton))
        except LienRefuse as refus:
            demande = f"demande n° {refus.demande.pk}" if refus.demande else "aucune demande"
            journal.warning("Lien refusé (%s, %s, %s)", refus.motif, request.method, demande)
            titre, phrase, code = REFUS[refus.motif]
            if any(v.strip() for nom, v in request.POST.items() if nom not in TECHNIQUES):
                raise PermissionDenied(f"{titre}. {phrase}") from None
            contexte = {"titre": titre, "phrase": phrase}
            return render(request, "dispositifs/lien_refuse.html", contexte, status=code)

    return ouverte


@par_lien
def demande_repondre(request, demande):
    form = ReponseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        vue, raison = form.cleaned_data["version"], form.cleaned_data["raison"]
        try:
            if request.POST.get("reponse") == Reponse.EXACT:
                demande.confirmer(vue)
            elif request.POST.get("reponse") == Reponse.FERME:
                demande.fermer(vue, raison)
            else:
                raise ValidationError("Choisissez une réponse.")
        except ValidationError as erreur:
            messages.error(request, erreur.message)
            demande.dispositif.refresh_from_db()
        else:
            return redirect("dispositifs:demande_merci")
    cles = demande.dispositif.zone_eligibilite
    contexte = {
        "demande": demande,
        "dispositif": demande.dispositif,
        "zone": zone_en_mots(cles, noms_des_territoires(cles)),
        "form": form,
        "corriger": f"{request.path}corriger/",
    }
    return render(request, "dispositifs/demande_repondre.html", contexte)


@par_lien
def demande_corriger(request, demande):
    """Une correction envoyée par le lien est une proposition : elle s'applique une fois relue."""
    form = formulaire_de_correction(request, demande.dispositif)
    if request.method == "POST" and form.is_valid():
        Signalement.deposer(
            demande.dispositif,
            form.cleaned_data["message"],
            form.valeurs_proposees(),
            demande=demande,
        )
        return redirect("dispositifs:demande_merci")
    contexte = {
        "demande": demande,
        "dispositif": demande.dispositif,
        "form": form,
        "fiche": request.path.removesuffix("corriger/"),
    }
    return render(request, "dispositifs/demande_corriger.html", contexte)


@require_safe
@login_not_required
def demande_merci(request):
    return render(request, "dispositifs/demande_merci.html")
