"""Le plan lui-même : la liste, le document lisible, son journal, et « Ma part »."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from acteurs.lecture_du_journal import comparer_les_actes
from acteurs.models import Acte
from bassins.models import Bassin
from pams_portal.droits import Droit, exiger, peut
from plans.attentes import (
    attentes_de,
    attentes_de_l_inventaire,
    manques_du_plan,
    parties_tenues,
)
from plans.changements import nouveautes_de
from plans.discussions import poser_les_discussions
from plans.forms.plan import MarquerLuForm, PlanForm
from plans.forms.reprise import PlanCreateForm
from plans.lecture import plan_a_lire
from plans.models import Contribution, FicheAction, Plan, Repere, Reprise
from plans.parts import par_sorte, parts_de

# Ce que la liste montre des textes d'un acte : cinquante actes de trente pages restent une page.
SIGNES_PAR_ACTE = 4000


def plan_visible(request, slug):
    plans = Plan.objects.visibles_par(request.user).select_related("bassin")
    return get_object_or_404(plans, slug=slug)


def plan_entre_parties(request, slug):
    """Le plan, pour qui y a une place : 404 s'il est caché, 403 s'il n'est que public."""
    plan = plan_visible(request, slug)
    exiger(request.user, Droit.LIRE_PLAN, plan)
    return plan


@require_safe
@login_not_required
def plan_list(request):
    plans = Plan.objects.visibles_par(request.user).select_related("bassin")
    page = Paginator(plans, 50).get_page(request.GET.get("page"))
    contexte = {"page": page, "peut_ouvrir": bool(bassins_a_ouvrir(request.user))}
    return render(request, "plans/plan_list.html", contexte)


@require_safe
@login_not_required
def plan_detail(request, slug):
    plan = plan_visible(request, slug)
    lecture = plan_a_lire(plan, request.user)
    Reprise.objects.du_plan(plan).poser_sur(lecture.parts(), request.user)
    poser_les_discussions(plan, request.user, lecture.chapitres, lecture.fiches)
    tenues = parties_tenues(request.user)
    mes_parties = [partie for partie in lecture.parties if partie.pk in tenues]
    contexte = {
        "plan": plan,
        "lecture": lecture,
        "document": plan.documents.prets().filter(revision=plan.revision).first(),
        "ecrit": plan.est_en_redaction and bool(mes_parties),
        "contribuables": chapitres_ouverts(request.user, lecture, mes_parties),
        "peut_creer_une_fiche": any(
            peut(request.user, Droit.MODIFIER_FICHE, FicheAction(plan=plan, porteur=partie))
            for partie in mes_parties
        ),
        "attentes": attentes_de(request.user, Plan.objects.filter(pk=plan.pk)),
        "manques": manques_du_plan(lecture) if request.user.is_authenticated else [],
    }
    return render(request, "plans/plan_detail.html", contexte)


def plan_create(request):
    bassins = bassins_a_ouvrir(request.user)
    sources = Plan.objects.visibles_par(request.user)
    form = PlanCreateForm(request.POST or None, bassins=bassins, sources=sources)
    if request.method == "POST" and form.is_valid():
        plan = Plan.ouvrir(request.user, **form.cleaned_data)
        messages.success(request, "Le plan est ouvert : ses parties et son sommaire sont proposés.")
        return redirect(plan)
    contexte = {"form": form, "bassins": bassins}
    return render(request, "plans/plan_create.html", contexte)


def plan_update(request, slug):
    plan = plan_visible(request, slug)
    exiger(request.user, Droit.MODIFIER_PLAN, plan)
    form = PlanForm(request.POST or None, instance=plan)
    if request.method == "POST" and form.enregistrer(request.user, Droit.MODIFIER_PLAN):
        messages.success(request, form.bilan("Le plan est enregistré."))
        return redirect(plan)
    return render(request, "plans/plan_update.html", {"form": form, "plan": plan})


@require_safe
def plan_journal(request, slug):
    plan = plan_entre_parties(request, slug)
    actes = Acte.objects.du_dossier(plan.identifiant)
    page = Paginator(actes, 50).get_page(request.GET.get("page"))
    actes = comparer_les_actes(page, SIGNES_PAR_ACTE)
    return render(request, "plans/plan_journal.html", {"plan": plan, "page": page, "actes": actes})


@require_safe
def acte_detail(request, slug, pk):
    """Un acte du journal, sans rien en laisser : la suite de ce que la liste abrège."""
    plan = plan_entre_parties(request, slug)
    acte = get_object_or_404(Acte.objects.du_dossier(plan.identifiant), pk=pk)
    [(_, changements)] = comparer_les_actes([acte])
    contexte = {"plan": plan, "acte": acte, "changements": changements}
    return render(request, "plans/acte_detail.html", contexte)


@require_safe
def ma_part(request):
    plans = Plan.objects.filter(pk__in=request.user.places_par_plan).select_related("bassin")
    attentes = [*attentes_de(request.user, plans), *attentes_de_l_inventaire(request.user)]
    contexte = {
        "plans": plans,
        "attentes": attentes,
        "en_retard": [a for a in attentes if a.en_retard],
        "a_faire": [a for a in attentes if not a.en_retard and not a.manque],
        "a_completer": [a for a in attentes if not a.en_retard and a.manque],
        "nouveautes": nouveautes_de(request.user, plans),
        "parts": parts_par_plan(plans, parts_de(parties_tenues(request.user))),
    }
    return render(request, "plans/ma_part.html", contexte)


@require_POST
def plan_marquer_lu(request, slug):
    plan = plan_entre_parties(request, slug)
    form = MarquerLuForm(request.POST)
    if form.is_valid():
        Repere.objects.marquer(request.user, plan, form.cleaned_data["jusqu_a"])
        messages.success(request, f"{plan} : ce que vous avez lu ne vous sera plus montré.")
    else:
        messages.error(request, "Rien n’est marqué : rouvrez « Ma part », puis recommencez.")
    return redirect("plans:ma_part")


def parts_par_plan(plans, parts):
    """[(plan, combien sont faites, sur combien, par sorte)], sans les plans où rien n'est tenu."""
    lots = [(plan, [part for part in parts if part.plan == plan]) for plan in plans]
    return [
        (plan, sum(part.faite for part in lot), len(lot), par_sorte(lot))
        for plan, lot in lots
        if lot
    ]


def chapitres_ouverts(utilisateur, lecture, parties):
    """Les identifiants des chapitres où une de ces parties peut ajouter sa contribution."""
    return {
        chapitre.pk
        for chapitre in lecture.chapitres
        for partie in parties
        if chapitre.est_redige
        and peut(
            utilisateur,
            chapitre.droit_de_contribuer,
            Contribution(chapitre=chapitre, porteur=partie),
        )
    }


def bassins_a_ouvrir(utilisateur):
    """Les bassins sans plan en cours dont une structure de la personne est co-pilote de droit."""
    if not utilisateur.is_authenticated or not utilisateur.roles_par_acteur:
        return Bassin.objects.none()
    libres = Bassin.objects.exclude(plans__etat__in=Plan.ETATS_DE_REDACTION)
    ouvrables = [
        bassin.pk
        for bassin in libres.with_perimetre()
        if peut(utilisateur, Droit.OUVRIR_PLAN, Plan(bassin=bassin))
    ]
    return Bassin.objects.filter(pk__in=ouvrables)
