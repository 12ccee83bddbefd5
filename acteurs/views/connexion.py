"""Ouvrir et fermer une session, changer ou retrouver son mot de passe."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.views import LoginView, LogoutView
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from acteurs.forms.connexion import ConnexionForm, MotDePasseOublieForm
from acteurs.models import TentativeDeConnexion, Utilisateur


class Connexion(LoginView):
    template_name = "acteurs/connexion.html"
    authentication_form = ConnexionForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        comptes = Utilisateur.objects.none()
        if settings.DEMO:
            comptes = Utilisateur.objects.filter(demonstration=True, is_active=True)
        comptes = comptes.order_by("pk").prefetch_related("habilitations__acteur")
        return super().get_context_data(comptes_de_demonstration=comptes, **kwargs)


connexion = Connexion.as_view()
# Fermer une session déjà expirée n'est pas une faute.
deconnexion = login_not_required(LogoutView.as_view())


@sensitive_post_parameters()
@never_cache
def mot_de_passe(request):
    form = PasswordChangeForm(request.user, request.POST or None)
    if form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(
            request,
            "Votre mot de passe est changé. Vos sessions sur d’autres postes sont fermées.",
        )
        return redirect("accueil")
    return render(request, "acteurs/mot_de_passe.html", {"form": form})


@login_not_required
@never_cache
def mot_de_passe_oublie(request):
    form = MotDePasseOublieForm(request.POST or None)
    if form.is_valid():
        # La réponse est la même que le compte existe ou non.
        Utilisateur.objects.envoyer_un_lien(form.cleaned_data["courriel"])
        return redirect("mot_de_passe_envoye")
    return render(request, "acteurs/mot_de_passe_oublie.html", {"form": form})


@require_safe
@login_not_required
def mot_de_passe_envoye(request):
    return render(request, "acteurs/mot_de_passe_envoye.html")


@login_not_required
@sensitive_post_parameters()
@never_cache
def mot_de_passe_nouveau(request, uidb64, token):
    """Le jeton reste dans l'adresse : le garder en session ferait écrire un GET."""
    utilisateur = Utilisateur.objects.du_lien(uidb64, token)
    if utilisateur is None:
        return render(request, "acteurs/mot_de_passe_perime.html", status=410)
    form = SetPasswordForm(utilisateur, request.POST or None)
    if form.is_valid():
        form.save()
        TentativeDeConnexion.oublier(utilisateur.courriel)
        return redirect("mot_de_passe_enregistre")
    return render(
        request, "acteurs/mot_de_passe_nouveau.html", {"form": form, "utilisateur": utilisateur}
    )


@require_safe
@login_not_required
def mot_de_passe_enregistre(request):
    return render(request, "acteurs/mot_de_passe_enregistre.html")
