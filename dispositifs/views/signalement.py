"""Signaler, proposer, répondre : chacun parle, seul qui tient la fiche l'écrit."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from acteurs.connexion import adresse_de
from dispositifs.forms.signalement import (
    CorrectionForm,
    ReponseSignalementForm,
    SignalementForm,
    SignalementPublicForm,
)
from dispositifs.models import DepotPublic, Dispositif, Envoi, Signalement
from dispositifs.recensement.historique import en_mots
from dispositifs.views.recensement import dispositif_visible
from pams_portal.droits import Droit, exiger, peut
from pams_portal.requete import numero_lu

PAR_PAGE = 50
BASSINS_PROPOSES = 4
TROP = "Trop de signalements viennent de la même adresse : réessayez dans une heure."
DEJA = "Cette fiche a déjà reçu beaucoup de signalements, que sa structure n’a pas encore lus."


# --- Dire ----------------------------------------------------------------------------------------


@login_not_required
def signalement_create(request, pk):
    dispositif = dispositif_visible(request, pk)
    connue = request.user.is_authenticated
    form = (SignalementForm if connue else SignalementPublicForm)(request.POST or None)
    if request.method == "POST" and form.is_valid() and est_recevable(request, form, dispositif):
        signalement = Signalement.deposer(
            dispositif, form.cleaned_data["message"], utilisateur=request.user if connue else None
        )
        if connue:
            messages.success(request, "Votre signalement est transmis à qui tient la fiche.")
            return redirect(signalement)
        return redirect("dispositifs:signalement_suivi", signalement.identifiant)
    contexte = {"form": form, "dispositif": dispositif}
    return render(request, "dispositifs/signalement_create.html", contexte)


def est_recevable(request, form, dispositif):
    """Le public ne submerge ni le portail, ni une fiche ; le refus laisse la saisie à l'écran."""
    if request.user.is_authenticated:
        return True
    attente = dispositif.signalements.en_attente().filter(origine=Signalement.Origine.PUBLIC)
    if attente.count() >= Signalement.EN_ATTENTE_DU_PUBLIC:
        form.add_error(None, DEJA)
    elif not DepotPublic.noter(adresse_de(request)):
        form.add_error(None, TROP)
    return form.is_valid()


def correction_create(request, pk):
    """La fiche en formulaire : ce qu'on y change devient une proposition, rien de plus."""
    dispositif = dispositif_visible(request, pk)
    form = formulaire_de_correction(request, dispositif)
    if request.method == "POST" and form.is_valid():
        signalement = Signalement.deposer(
            Dispositif.objects.get(pk=pk),
            form.cleaned_data["message"],
            form.valeurs_proposees(),
            utilisateur=request.user,
        )
        messages.success(request, "Votre proposition est transmise à qui tient la fiche.")
        return redirect(signalement)
    contexte = {"form": form, "dispositif": dispositif}
    return render(request, "dispositifs/correction_create.html", contexte)


def formulaire_de_correction(request, dispositif):
    # Une copie : la validation écrit la saisie sur l'instance, et la page montre la fiche.
    copie = Dispositif.objects.get(pk=dispositif.pk)
    bassins = dispositif.bassins().with_perimetre()[:BASSINS_PROPOSES]
    return CorrectionForm(request.POST or None, instance=copie, bassins=bassins)


@require_POST
def dispositif_demander(request, pk):
    dispositif = dispositif_visible(request, pk)
    try:
        nombre = Envoi.objects.demander(request.user, dispositif)
    except ValidationError as refus:
        messages.error(request, refus.message)
    else:
        suite = "s" if nombre > 1 else ""
        messages.success(request, f"La confirmation est demandée à {nombre} adresse{suite}.")
    return redirect(dispositif)


# --- Lire et répondre ----------------------------------------------------------------------------


@require_safe
def signalement_list(request):
    signalements = Signalement.objects.visibles_par(request.user).select_related("dispositif")
    page = Paginator(signalements, PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "dispositifs/signalement_list.html", {"page": page})


def signalement_visible(request, pk):
    visibles = Signalement.objects.visibles_par(request.user)
    liens = ("dispositif__porteur", "dispositif__tenu_par", "acteur", "repondu_pour")
    return get_object_or_404(visibles.select_related(*liens), pk=pk)


def signalement_detail(request, pk):
    """Le signalement, sa réponse, et le formulaire de qui peut répondre."""
    signalement = signalement_visible(request, pk)
    form = ReponseSignalementForm(request.POST or None)
    if request.method == "POST":
        exiger(request.user, Droit.REPONDRE_SIGNALEMENT, signalement)
        if form.is_valid() and repondre(request, signalement, form):
            return redirect(signalement)
    dispositif = Dispositif.objects.get(pk=signalement.dispositif_id)
    valeurs, proposees = dispositif.valeurs(), signalement.valeurs_proposees
    ecrivain = signalement.place_qui_applique(request.user)
    contexte = {
        "signalement": signalement,
        "dispositif": dispositif,
        "changements": en_mots({nom: valeurs[nom] for nom in proposees}, proposees),
        # Une réponse refusée garde son formulaire, même si quelqu'un a répondu entre-temps.
        "repond": form.is_bound
        or signalement.etat == Signalement.Etat.ATTENTE
        and peut(request.user, Droit.REPONDRE_SIGNALEMENT, signalement),
        "applique": bool(ecrivain),
        "form": form,
    }
    return render(request, "dispositifs/signalement_detail.html", contexte)


def repondre(request, signalement, form):
    """Faux, avec une phrase, si la réponse ne peut pas être donnée ; la saisie reste à l'écran."""
    accepte = request.POST.get("decision") == Signalement.Etat.ACCEPTE
    if not accepte and request.POST.get("decision") != Signalement.Etat.REFUSE:
        form.add_error(None, "Choisissez d’accepter ou de refuser.")
        return False
    donnees = form.cleaned_data
    try:
        signalement.repondre(request.user, accepte, donnees["reponse"], donnees["version"])
    except ValidationError as refus:
        form.add_error(None, refus.messages)
        return False
    messages.success(request, "Votre réponse est enregistrée.")
    return True


@require_POST
def signalement_appliquer(request, pk):
    signalement = signalement_visible(request, pk)
    exiger(request.user, Droit.REPONDRE_SIGNALEMENT, signalement)
    version = request.POST.get("version", "")
    try:
        signalement.appliquer(request.user, numero_lu(version) or 0)
    except ValidationError as refus:
        for phrase in refus.messages:
            messages.error(request, phrase)
    else:
        messages.success(request, "La correction est écrite sur la fiche.")
    return redirect(signalement)


@require_safe
@login_not_required
@never_cache
def signalement_suivi(request, identifiant):
    """Ce qu'est devenu un signalement, pour qui en a l'adresse : le public n'a pas de compte."""
    signalement = get_object_or_404(
        Signalement.objects.select_related("dispositif", "repondu_pour"),
        identifiant=identifiant,
        origine=Signalement.Origine.PUBLIC,
    )
    return render(request, "dispositifs/signalement_suivi.html", {"signalement": signalement})
