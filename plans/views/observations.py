"""Les observations : en ouvrir une là où on lit, y répondre, la résoudre, en tirer la liste."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from acteurs.models import Abonnement
from pams_portal.droits import Droit, exiger, peut
from pams_portal.tableau import en_csv, en_xlsx
from plans.filters import ObservationFilter
from plans.forms.observations import MessageForm, ObservationForm
from plans.models import Chapitre, Contribution, FicheAction, Message, Observation
from plans.ordre_du_jour import decisions_sur
from plans.releve_des_observations import COLONNES, lignes_du_releve
from plans.views.plan import plan_entre_parties
from plans.views.redaction import piece_de

PAR_PAGE = 30


def observation_visible(request, slug, numero):
    observations = Observation.objects.visibles_par(request.user).with_textes()
    return get_object_or_404(observations, plan__slug=slug, numero=numero)


def observations_filtrees(request, plan):
    observations = Observation.objects.visibles_par(request.user).filter(plan=plan)
    return ObservationFilter(request.GET, observations, request=request, plan=plan)


# --- La liste --------------------------------------------------------------------------------


@require_safe
def observation_list(request, slug):
    plan = plan_entre_parties(request, slug)
    filtre = observations_filtrees(request, plan)
    lues = filtre.retenues.with_textes().prefetch_related("messages")
    page = Paginator(lues, PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {"plan": plan, "filtre": filtre, "page": page}
    return render(request, "plans/observation_list.html", contexte)


@require_safe
def observation_csv(request, slug):
    return exporter(request, slug, en_csv)


@require_safe
def observation_xlsx(request, slug):
    return exporter(request, slug, en_xlsx)


def exporter(request, slug, ecrire):
    """Le relevé de ce que la liste montre ; un filtre refusé ramène à la liste, qui dit lequel."""
    plan = plan_entre_parties(request, slug)
    filtre = observations_filtrees(request, plan)
    if not filtre.form.is_valid():
        return redirect(reverse("plans:observation_list", args=[slug], query=request.GET))
    lignes = lignes_du_releve(filtre.qs)
    return ecrire(f"observations-{plan.slug}", COLONNES, lignes, plan.demonstration)


# --- Ouvrir et répondre ----------------------------------------------------------------------


def cible_demandee(utilisateur, plan, nature, cible):
    """Ce dont l'adresse dit que l'on veut parler ; 404 si ce n'est rien que la personne voie."""
    if nature == "fiche":
        fiches = FicheAction.objects.visibles_par(utilisateur).filter(plan=plan)
        return {"fiche": get_object_or_404(fiches.select_related("plan"), code=cible)}
    if nature == "chapitre":
        chapitres = Chapitre.objects.filter(plan=plan).select_related("plan")
        return {"chapitre": get_object_or_404(chapitres, cle=cible)}
    if nature != "contribution" or not cible.isdecimal():
        raise Http404
    contributions = Contribution.objects.with_plan().filter(chapitre__plan=plan)
    contribution = get_object_or_404(contributions, pk=cible[:18])
    return {"contribution": contribution, "chapitre": contribution.chapitre}


def message_neuf(utilisateur, plan, observation):
    """Un message au nom de la première place de la personne qui lui permet d'écrire."""

    def fabrique(partie):
        if observation.pk is None:
            observation.porteur = partie
        return Message(
            observation=observation,
            porteur=partie,
            auteur=utilisateur,
            nom_auteur=str(utilisateur),
            nom_acteur=partie.acteur.nom,
        )

    return piece_de(utilisateur, Droit.OBSERVER, plan, fabrique)


def observation_create(request, slug, nature, cible):
    plan = plan_entre_parties(request, slug)
    observation = Observation(plan=plan, **cible_demandee(request.user, plan, nature, cible))
    message = message_neuf(request.user, plan, observation)
    depart = {"passage": request.GET.get("passage", ""), "champ": request.GET.get("champ", "")}
    form = ObservationForm(request.POST or None, instance=message, initial=depart)
    if request.method == "POST" and form.enregistrer(request.user, Droit.OBSERVER):
        messages.success(request, "Votre observation est ouverte. " + delai_en_mots())
        return redirect(form.instance.observation)
    contexte = {"form": form, "plan": plan, "observation": observation}
    return render(request, "plans/observation_create.html", contexte)


@require_safe
def observation_detail(request, slug, numero):
    observation = observation_visible(request, slug, numero)
    form = None
    if peut(request.user, Droit.OBSERVER, observation):
        form = MessageForm(instance=message_neuf(request.user, observation.plan, observation))
    return montrer(request, observation, form)


def observation_repondre(request, slug, numero):
    observation = observation_visible(request, slug, numero)
    exiger(request.user, Droit.OBSERVER, observation)
    message = message_neuf(request.user, observation.plan, observation)
    form = MessageForm(request.POST or None, instance=message)
    if request.method == "POST" and form.enregistrer(request.user, Droit.OBSERVER):
        request.user.notifications.du_fil(observation).lire()
        messages.success(request, "Votre réponse est enregistrée. " + delai_en_mots())
        return redirect(form.instance)
    return montrer(request, observation, form)


def montrer(request, observation, form):
    """Le fil entier, et le formulaire de réponse s'il est permis de répondre."""
    fil = observation.messages.select_related("porteur__acteur", "auteur").prefetch_related(
        "personnes", "parties__acteur"
    )
    observation._prefetched_objects_cache["messages"] = fil
    for message in fil:
        message.observation = observation
    abonnement = Abonnement.objects.filter(utilisateur=request.user, fil=observation.identifiant)
    contexte = {
        "plan": observation.plan,
        "observation": observation,
        "fil": [(message, message.est_de(request.user)) for message in fil],
        "passage_ici": observation.passage and observation.ou_est_le_passage(),
        "abonnement": abonnement.first(),
        "decisions": decisions_sur(observation),
        "form": form,
    }
    return render(request, "plans/observation_detail.html", contexte)


def delai_en_mots():
    return "Vous avez dix minutes pour la corriger avant qu’un courriel ne parte."


# --- Résoudre, rouvrir -----------------------------------------------------------------------


@require_POST
def observation_resoudre(request, slug, numero):
    observation = observation_visible(request, slug, numero)
    exiger(request.user, Droit.RESOUDRE_OBSERVATION, observation)
    observation.resoudre(request.user)
    request.user.notifications.du_fil(observation).lire()
    messages.success(request, "L’observation est résolue ; elle reste lisible, et peut se rouvrir.")
    return redirect(observation)


@require_POST
def observation_rouvrir(request, slug, numero):
    observation = observation_visible(request, slug, numero)
    exiger(request.user, Droit.RESOUDRE_OBSERVATION, observation)
    observation.rouvrir(request.user)
    messages.success(request, "L’observation est rouverte.")
    return redirect(observation)


# --- Corriger, retirer son message -----------------------------------------------------------


def message_visible(request, slug, numero, pk):
    observation = observation_visible(request, slug, numero)
    message = get_object_or_404(observation.messages.select_related("porteur", "auteur"), pk=pk)
    message.observation = observation
    return message


def message_update(request, slug, numero, pk):
    message = message_visible(request, slug, numero, pk)
    exiger(request.user, Droit.CORRIGER_MESSAGE, message)
    message.exiger_d_en_etre_l_auteur(request.user)
    form = MessageForm(request.POST or None, instance=message)
    if request.method == "POST" and form.enregistrer(request.user, Droit.CORRIGER_MESSAGE):
        messages.success(request, form.bilan("Votre message est corrigé."))
        return redirect(message)
    contexte = {"form": form, "plan": message.plan, "message_a_corriger": message}
    return render(request, "plans/message_update.html", contexte)


def message_delete(request, slug, numero, pk):
    message = message_visible(request, slug, numero, pk)
    exiger(request.user, Droit.RETIRER_MESSAGE, message)
    message.exiger_d_en_etre_l_auteur(request.user)
    if request.method == "POST":
        observation = message.retirer(request.user)
        messages.success(request, "Votre message est retiré : personne n’en sera prévenu.")
        return redirect(observation or message.plan)
    contexte = {"plan": message.plan, "message_a_retirer": message}
    return render(request, "plans/message_delete.html", contexte)
