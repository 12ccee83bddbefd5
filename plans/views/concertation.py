"""La concertation d'un plan : qui est consulté, ce qu'il en dit, ce qu'on lui répond."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from acteurs.models import Acte
from pams_portal.droits import Droit, exiger
from pams_portal.elision import de, le
from pams_portal.typographie import jour
from plans.brouillons import ecriture_de
from plans.concertation import registres_de
from plans.forms.concertation import (
    AvisSaisiForm,
    AvisSurPlanForm,
    ConcertationCreateForm,
    ConcertationForm,
    FormulaireDuRegistre,
    OrganismeConsulteForm,
    ReponseAvisForm,
)
from plans.models import AvisSurPlan, Concertation, OrganismeConsulte, Plan, Relance
from plans.models.concertation import version_a_envoyer
from plans.views.plan import plan_entre_parties, plan_visible


def concertation_visible(request, slug, pk):
    plans = Plan.objects.visibles_par(request.user)
    concertations = Concertation.objects.filter(plan__in=plans, plan__slug=slug)
    return get_object_or_404(concertations.select_related("plan", "version_envoyee"), pk=pk)


def consulte_visible(request, slug, pk):
    plans = Plan.objects.visibles_par(request.user)
    consultes = OrganismeConsulte.objects.filter(concertation__plan__in=plans)
    consultes = consultes.select_related(
        "concertation__plan", "concertation__version_envoyee", "partie__acteur", "avis"
    )
    return get_object_or_404(consultes, concertation__plan__slug=slug, pk=pk)


@require_safe
def plan_concertation(request, slug):
    plan = plan_entre_parties(request, slug)
    contexte = {
        "plan": plan,
        "registres": registres_de(plan),
        "relances": Relance.objects.dernieres(plan),
        "aujourd_hui": timezone.localdate(),
        "a_ouvrir": Concertation(plan=plan, version_envoyee=version_a_envoyer(plan)),
    }
    return render(request, "plans/plan_concertation.html", contexte)


# --- Consulter -----------------------------------------------------------------------------------


def concertation_create(request, slug):
    plan = plan_visible(request, slug)
    concertation = Concertation(plan=plan, version_envoyee=version_a_envoyer(plan))
    exiger(request.user, Droit.CONSULTER, concertation)
    form = ConcertationCreateForm(request.POST or None, instance=concertation)
    if request.method == "POST" and ouvrir(form, request.user):
        messages.success(request, "La concertation est ouverte : les parties sont prévenues.")
        return redirect("plans:plan_concertation", slug)
    contexte = {"form": form, "plan": plan, "version": concertation.version_envoyee}
    return render(request, "plans/concertation_create.html", contexte)


@transaction.atomic
def ouvrir(form, utilisateur):
    """Enregistre la concertation et ceux qu'elle consulte, ensemble ou pas du tout."""
    if not form.enregistrer(utilisateur, Droit.CONSULTER):
        return False
    place = exiger(utilisateur, Droit.CONSULTER, form.instance)
    for partie in form.cleaned_data["consultees"]:
        consulte = form.instance.consultes.create(partie=partie)
        consulte.consigner(utilisateur, place, Acte.Verbe.CREER)
    return True


def concertation_update(request, slug, pk):
    concertation = concertation_visible(request, slug, pk)
    exiger(request.user, Droit.CONSULTER, concertation)
    form = ConcertationForm(request.POST or None, instance=concertation)
    if request.method == "POST" and form.enregistrer(request.user, Droit.CONSULTER):
        messages.success(request, form.bilan("La concertation est enregistrée."))
        return redirect("plans:plan_concertation", slug)
    contexte = {"form": form, "plan": concertation.plan, "concertation": concertation}
    return render(request, "plans/concertation_update.html", contexte)


def consulte_create(request, slug, pk):
    concertation = concertation_visible(request, slug, pk)
    exiger(request.user, Droit.CONSULTER, concertation)
    neuf = OrganismeConsulte(concertation=concertation)
    form = OrganismeConsulteForm(request.POST or None, instance=neuf)
    if request.method == "POST" and form.enregistrer(request.user, Droit.CONSULTER):
        messages.success(request, f"{form.instance.nom} est au registre des organismes consultés.")
        return redirect(form.instance)
    contexte = {"form": form, "plan": concertation.plan, "concertation": concertation}
    return render(request, "plans/consulte_create.html", contexte)


def consulte_delete(request, slug, pk):
    consulte = consulte_visible(request, slug, pk)
    exiger(request.user, Droit.CONSULTER, consulte)
    if request.method == "POST":
        try:
            consulte.retirer(request.user)
        except ValidationError as refus:
            messages.error(request, " ".join(refus.messages))
        else:
            messages.success(request, f"{consulte.nom} n’est plus consulté ; le journal le garde.")
        return redirect("plans:plan_concertation", slug)
    contexte = {"plan": consulte.plan, "consulte": consulte}
    return render(request, "plans/consulte_delete.html", contexte)


@require_POST
def consulte_relancer(request, slug, pk):
    consulte = consulte_visible(request, slug, pk)
    exiger(request.user, Droit.CONSULTER, consulte)
    try:
        relancer(request.user, consulte)
        messages.success(request, f"La relance {de(consulte.nom)} part dans dix minutes.")
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
    return redirect(consulte)


def relancer(utilisateur, consulte):
    """Rappelle l'avis attendu ; ValidationError s'il est rendu, ou si nul n'est à prévenir."""
    if consulte.partie is None:
        raise ValidationError(f"{consulte.nom} n’est pas sur le portail : écrivez-lui.")
    limite = jour(consulte.concertation.date_limite)
    sans_avis = consulte.rendu is None or not consulte.rendu.est_confirme
    attendu = f"son avis sur le plan, au plus tard le {limite}" if sans_avis else ""
    Relance.objects.envoyer(utilisateur, consulte.partie, attendu, consulte)


# --- Les avis ------------------------------------------------------------------------------------


def avis_visible(request, slug, pk):
    plans = Plan.objects.visibles_par(request.user)
    recus = AvisSurPlan.objects.filter(consulte__concertation__plan__in=plans)
    recus = recus.select_related(
        *("consulte__concertation__plan", "consulte__concertation__version_envoyee"),
        *("consulte__partie__acteur", "saisi_par__acteur", "reponse"),
    )
    return get_object_or_404(recus, consulte__concertation__plan__slug=slug, pk=pk)


class AuRegistre(NamedTuple):
    """Ce qui s'écrit en réponse à un objet, et se trouve par lui avant même d'exister."""

    trouver: Callable  # de la requête et de l'adresse, l'objet auquel cela répond
    attendu: str  # ce qui s'y écrit
    droit: Droit
    form: type[FormulaireDuRegistre]


AU_REGISTRE = {
    "avis": AuRegistre(consulte_visible, "avis_attendu", Droit.RENDRE_AVIS, AvisSurPlanForm),
    "avis-saisis": AuRegistre(consulte_visible, "avis_attendu", Droit.SAISIR_AVIS, AvisSaisiForm),
    "reponses": AuRegistre(avis_visible, "reponse_attendue", Droit.REPONDRE_AVIS, ReponseAvisForm),
}


def ecrire_au_registre(request, slug, sorte, pk):
    """(la pièce, la place qui permet de l'écrire, son formulaire à remplir) ; 404 puis 403."""
    nature = AU_REGISTRE[sorte]
    piece = getattr(nature.trouver(request, slug, pk), nature.attendu)
    place = exiger(request.user, nature.droit, piece)
    return piece, place, partial(nature.form, par=request.user, pour=place.partie_id)


def avis_sur_plan_update(request, slug, pk):
    """Une partie rend elle-même son avis ; si on l'avait saisi pour elle, il devient le sien."""
    avis, _, remplir = ecrire_au_registre(request, slug, "avis", pk)
    form = remplir(request.POST or None, instance=avis)
    verbe = Acte.Verbe.MODIFIER if avis.est_confirme else Acte.Verbe.CONFIRMER
    if request.method == "POST" and form.enregistrer(request.user, Droit.RENDRE_AVIS, verbe):
        messages.success(request, form.bilan(f"Votre avis est rendu{delai(form.instance)}."))
        return redirect(avis.consulte)
    return montrer_l_avis(request, "plans/avis_sur_plan_update.html", form, "avis")


def avis_sur_plan_saisir(request, slug, pk):
    """Un co-pilote saisit l'avis d'un organisme hors du portail, ou reçu par courrier."""
    avis, _, remplir = ecrire_au_registre(request, slug, "avis-saisis", pk)
    form = remplir(request.POST or None, request.FILES or None, instance=avis)
    if request.method == "POST" and form.enregistrer(request.user, Droit.SAISIR_AVIS):
        nom = avis.consulte.nom
        phrase = f"L’avis est saisi{delai(form.instance)}, non confirmé par {le(nom)}."
        messages.success(request, form.bilan(phrase))
        return redirect(avis.consulte)
    return montrer_l_avis(request, "plans/avis_sur_plan_saisir.html", form, "avis-saisis")


def montrer_l_avis(request, gabarit, form, sorte):
    consulte = form.instance.consulte
    contexte = {
        "form": form,
        "plan": consulte.plan,
        "consulte": consulte,
        "concertation": consulte.concertation,
        "hors_delai": consulte.concertation.est_echue,
        "ecriture": ecriture_de(request, form, sorte),
    }
    return render(request, gabarit, contexte)


def delai(avis):
    return ", hors délai" if avis.est_hors_delai else ""


def reponse_update(request, slug, pk):
    """Ce que les co-pilotes répondent à un avis."""
    reponse, _, remplir = ecrire_au_registre(request, slug, "reponses", pk)
    form = remplir(request.POST or None, instance=reponse)
    if request.method == "POST" and form.enregistrer(request.user, Droit.REPONDRE_AVIS):
        messages.success(request, form.bilan("La réponse est enregistrée."))
        return redirect(reponse.avis)
    # Après un refus, tel qu'il est maintenant : il vient peut-être de changer.
    avis = avis_visible(request, slug, pk) if request.method == "POST" else reponse.avis
    contexte = {"form": form, "plan": avis.plan, "avis": avis, "consulte": avis.consulte}
    contexte["ecriture"] = ecriture_de(request, form, "reponses")
    return render(request, "plans/reponse_update.html", contexte)
