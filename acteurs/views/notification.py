"""Les notifications d'une personne : les lire, choisir ce qui part par courriel, quitter un fil."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from acteurs.forms.notification import ReglagesForm
from acteurs.models import Abonnement, Utilisateur
from pams_portal.requete import numero_lu

PAR_PAGE = 30
journal = logging.getLogger(__name__)


@require_safe
def notification_list(request):
    page = Paginator(request.user.notifications.all(), PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {"page": page, "abandonnes": request.user.courriels.abandonnes().count()}
    return render(request, "acteurs/notification_list.html", contexte)


@require_POST
def notification_lire(request):
    """Marque comme lue une notification, ou toutes ; « ouvrir » mène ensuite à ce dont on parle."""
    numero = request.POST.get("notification", "")
    siennes = request.user.notifications.all()
    if not numero:
        siennes.lire()
        messages.success(request, "Tout est marqué comme lu.")
        return redirect("notification_list")
    notification = get_object_or_404(siennes, pk=numero_lu(numero))
    siennes.filter(pk=notification.pk).lire()
    return redirect(notification.url if "ouvrir" in request.POST else "notification_list")


def notification_reglages(request):
    # Un compte relu : un refus ne doit pas changer celui que montre l'en-tête.
    utilisateur = Utilisateur.objects.get(pk=request.user.pk)
    form = ReglagesForm(request.POST or None, instance=utilisateur)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "C’est noté : vous ne recevrez que ce que vous avez choisi.")
        return redirect("notification_reglages")
    contexte = {"form": form, "arrete_le": request.user.recapitulatif_arrete_le}
    return render(request, "acteurs/notification_reglages.html", contexte)


@require_POST
def fil_suivre(request, fil):
    """Suivre de nouveau un fil que l'on a quitté, ou le quitter, depuis le portail."""
    abonnement = get_object_or_404(Abonnement, utilisateur=request.user, fil=fil)
    if abonnement.actif:
        abonnement.quitter()
        messages.success(request, "Vous ne suivez plus ce fil.")
    else:
        abonnement.suivre()
        messages.success(request, "Vous suivez de nouveau ce fil.")
    retour = request.POST.get("retour", "")
    # Hors d'un chemin, `redirect` chercherait une vue de ce nom.
    sur = retour.startswith("/") and url_has_allowed_host_and_scheme(
        retour, {request.get_host()}, request.is_secure()
    )
    return redirect(retour if sur else "notification_list")


@login_not_required
@never_cache
@csrf_exempt  # le jeton signé fait foi : la messagerie envoie ce POST sans session (RFC 8058)
def fil_quitter(request, jeton):
    """Le lien d'un courriel ouvre une page ; le bouton, ou la messagerie, quitte le fil."""
    abonnement, valable = Abonnement.objects.du_jeton(jeton)
    if not valable:
        return render(request, "acteurs/fil_lien_perime.html", status=410)
    if request.method == "POST":
        abonnement.quitter()
    derniere = abonnement.utilisateur.notifications.filter(fil=abonnement.fil).first()
    contexte = {"abonnement": abonnement, "objet": derniere.objet if derniere else ""}
    return render(request, "acteurs/fil_quitter.html", contexte)


@login_not_required
@never_cache
@csrf_exempt  # le jeton signé fait foi : la messagerie envoie ce POST sans session (RFC 8058)
def recapitulatif_arreter(request, jeton):
    """Le lien d'un récapitulatif ouvre une page ; le bouton, ou la messagerie, n'en envoie plus."""
    utilisateur, refus = Utilisateur.objects.du_recapitulatif(jeton)
    if request.method == "POST" and not refus:
        jamais = Utilisateur.Recapitulatif.JAMAIS
        if utilisateur.choisir_le_recapitulatif(jamais, arrete_le=timezone.now()):
            journal.info("Récapitulatif arrêté par le lien d’un courriel, %s", utilisateur.pk)
            return render(request, "acteurs/recapitulatif_arrete.html", {"personne": utilisateur})
        refus = Utilisateur.LienRefuse.CHANGE  # entre la lecture et l'écriture
    if refus:
        journal.warning("Lien refusé, récapitulatif : %s", refus.value)
        contexte = {"refus": refus.label}
        return render(request, "acteurs/recapitulatif_lien_refuse.html", contexte, status=410)
    return render(request, "acteurs/recapitulatif_arreter.html", {"personne": utilisateur})
