"""Écrire le plan : contributions aux chapitres, axes et objectifs, fiches-actions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from acteurs.models import Acte
from pams_portal.droits import Droit, exiger, peut, plans_ou
from pams_portal.elision import a
from plans.attentes import parties_tenues
from plans.brouillons import ecriture_de
from plans.discussions import poser_les_discussions
from plans.forms.redaction import (
    AttributionForm,
    AxeForm,
    ContributionForm,
    FicheActionForm,
    ObjectifForm,
)
from plans.models import (
    Axe,
    Chapitre,
    Contribution,
    FicheAction,
    Financement,
    Objectif,
    Plan,
    Reprise,
    ValeurIndicateur,
)
from plans.ordre_du_jour import decisions_sur
from plans.validation import validation_de
from plans.views.plan import plan_visible


def piece_de(utilisateur, droit, plan, fabrique):
    """Une pièce neuve au nom de la première partie de la personne qui en a le droit.

    `fabrique` reçoit la partie et rend la pièce ; lève PermissionDenied si aucune ne convient.
    """
    for place in utilisateur.places_sur(plan.pk):
        if place.partie_id:
            piece = fabrique(plan.parties.select_related("acteur").get(pk=place.partie_id))
            if peut(utilisateur, droit, piece):
                return piece
    raise PermissionDenied(f"Votre place ne permet pas : {Droit(droit).label.lower()}.")


def deplacer(piece, soeurs, sens, utilisateur, droit=Droit.ORDONNER):
    """Échange la place d'une pièce avec sa voisine du dessus (« haut ») ou du dessous (« bas »)."""
    soeurs = list(soeurs)
    rang = soeurs.index(piece)
    cible = rang - 1 if sens == "haut" else rang + 1
    if not 0 <= cible < len(soeurs):
        return
    soeurs[rang], soeurs[cible] = soeurs[cible], soeurs[rang]
    for ordre, soeur in enumerate(soeurs):
        if soeur.ordre != ordre:
            soeur.agir(utilisateur, droit, Acte.Verbe.ORDONNER, ordre=ordre)


def attribuer(request, piece, gabarit):
    """L'écran et l'acte par lesquels une part change de main."""
    exiger(request.user, Droit.ATTRIBUER, piece)
    form = AttributionForm(request.POST or None, piece=piece)
    if request.method == "POST" and form.is_valid():
        porteur = form.cleaned_data["porteur"]
        piece.agir(request.user, Droit.ATTRIBUER, Acte.Verbe.ATTRIBUER, porteur=porteur)
        messages.success(request, f"La part revient désormais {a(porteur.acteur)}.")
        return redirect(piece)
    return render(request, gabarit, {"form": form, "plan": piece.plan, "piece": piece})


# --- Contributions ---------------------------------------------------------------------------


def contribution_visible(request, slug, pk):
    contributions = Contribution.objects.visibles_par(request.user).with_plan()
    return get_object_or_404(contributions.filter(chapitre__plan__slug=slug), pk=pk)


def contribution_create(request, slug, cle):
    chapitres = Chapitre.objects.visibles_par(request.user).select_related("plan")
    chapitre = get_object_or_404(chapitres, plan__slug=slug, cle=cle)
    droit = chapitre.droit_de_contribuer
    if not chapitre.est_redige:
        raise PermissionDenied("Ce chapitre est produit par les fiches : il ne s’écrit pas.")
    contribution = piece_de(
        request.user,
        droit,
        chapitre.plan,
        lambda partie: Contribution(
            chapitre=chapitre, porteur=partie, ordre=chapitre.contributions.count()
        ),
    )
    form = ContributionForm(request.POST or None, instance=contribution)
    if request.method == "POST" and form.enregistrer(request.user, droit):
        messages.success(request, "Votre contribution est ajoutée au chapitre.")
        return redirect(form.instance)
    contexte = {"form": form, "plan": chapitre.plan, "contribution": contribution}
    return render(request, "plans/contribution_create.html", contexte)


def contribution_update(request, slug, pk):
    contribution = contribution_visible(request, slug, pk)
    droit = contribution.chapitre.droit_de_contribuer
    exiger(request.user, droit, contribution)
    form = ContributionForm(request.POST or None, instance=contribution)
    if request.method == "POST" and form.enregistrer(request.user, droit):
        messages.success(request, form.bilan("Votre contribution est enregistrée."))
        return redirect(form.instance)
    contexte = {"form": form, "plan": contribution.plan, "contribution": contribution}
    contexte["ecriture"] = ecriture_de(request, form, "contributions")
    return render(request, "plans/contribution_update.html", contexte)


def contribution_delete(request, slug, pk):
    contribution = contribution_visible(request, slug, pk)
    droit = contribution.chapitre.droit_de_contribuer
    exiger(request.user, droit, contribution)
    if contribution.commune:
        raise PermissionDenied("Le texte commun d’un chapitre se vide ou s’attribue, sans plus.")
    if request.method == "POST":
        contribution.supprimer(request.user, droit)
        messages.success(request, "La contribution est supprimée ; le journal garde son texte.")
        return redirect(contribution.chapitre)
    contexte = {"plan": contribution.plan, "contribution": contribution}
    return render(request, "plans/contribution_delete.html", contexte)


def contribution_attribuer(request, slug, pk):
    contribution = contribution_visible(request, slug, pk)
    return attribuer(request, contribution, "plans/contribution_attribuer.html")


@require_POST
def contribution_deplacer(request, slug, pk):
    contribution = contribution_visible(request, slug, pk)
    exiger(request.user, Droit.ORDONNER, contribution)
    soeurs = contribution.chapitre.contributions.select_related("chapitre__plan")
    deplacer(contribution, soeurs, request.POST.get("sens"), request.user)
    return redirect(contribution)


# --- Axes et objectifs -----------------------------------------------------------------------


def axe_create(request, slug):
    plan = plan_visible(request, slug)
    exiger(request.user, Droit.MODIFIER_AXES, plan)
    form = AxeForm(request.POST or None, instance=Axe(plan=plan, ordre=plan.axes.count()))
    if request.method == "POST" and form.enregistrer(request.user, Droit.MODIFIER_AXES):
        messages.success(request, "L’axe est ajouté aux orientations.")
        return redirect(f"{plan.get_absolute_url()}#chapitre-orientations")
    return render(request, "plans/axe_create.html", {"form": form, "plan": plan})


def axe_update(request, slug, pk):
    axes = Axe.objects.visibles_par(request.user).select_related("plan")
    axe = get_object_or_404(axes, plan__slug=slug, pk=pk)
    exiger(request.user, Droit.MODIFIER_AXES, axe)
    form = AxeForm(request.POST or None, instance=axe)
    if request.method == "POST" and form.enregistrer(request.user, Droit.MODIFIER_AXES):
        messages.success(request, form.bilan("L’axe est enregistré."))
        return redirect(f"{axe.plan.get_absolute_url()}#chapitre-orientations")
    contexte = {"form": form, "plan": axe.plan, "axe": axe}
    contexte["ecriture"] = ecriture_de(request, form, "axes")
    return render(request, "plans/axe_update.html", contexte)


def objectif_create(request, slug, axe_pk):
    axes = Axe.objects.visibles_par(request.user).select_related("plan")
    axe = get_object_or_404(axes, plan__slug=slug, pk=axe_pk)
    exiger(request.user, Droit.MODIFIER_AXES, axe)
    form = ObjectifForm(request.POST or None, instance=Objectif(axe=axe))
    if request.method == "POST" and form.enregistrer(request.user, Droit.MODIFIER_AXES):
        messages.success(request, "L’objectif est ajouté à l’axe.")
        return redirect(f"{axe.plan.get_absolute_url()}#chapitre-orientations")
    contexte = {"form": form, "plan": axe.plan, "axe": axe}
    return render(request, "plans/objectif_create.html", contexte)


def objectif_update(request, slug, pk):
    objectifs = Objectif.objects.filter(axe__plan__in=Plan.objects.visibles_par(request.user))
    objectif = get_object_or_404(objectifs.select_related("axe__plan"), axe__plan__slug=slug, pk=pk)
    exiger(request.user, Droit.MODIFIER_AXES, objectif)
    form = ObjectifForm(request.POST or None, instance=objectif)
    if request.method == "POST" and form.enregistrer(request.user, Droit.MODIFIER_AXES):
        messages.success(request, form.bilan("L’objectif est enregistré."))
        return redirect(f"{objectif.plan.get_absolute_url()}#chapitre-orientations")
    contexte = {"form": form, "plan": objectif.plan, "objectif": objectif}
    contexte["ecriture"] = ecriture_de(request, form, "objectifs")
    return render(request, "plans/objectif_update.html", contexte)


# --- Fiches-actions --------------------------------------------------------------------------


def fiche_visible(request, slug, code):
    fiches = FicheAction.objects.visibles_par(request.user).with_moyens()
    return get_object_or_404(fiches, plan__slug=slug, code=code)


def plans_ou_copier(utilisateur):
    """Les plans en rédaction où la personne peut créer une fiche."""
    siens = Plan.objects.filter(pk__in=plans_ou(utilisateur, Droit.MODIFIER_FICHE))
    return siens.filter(etat__in=Plan.ETATS_DE_REDACTION)


@require_safe
@login_not_required
def fiche_action_detail(request, slug, code):
    fiche = fiche_visible(request, slug, code)
    membre = peut(request.user, Droit.LIRE_PLAN, fiche.plan)
    tenues = parties_tenues(request.user)
    if membre:
        fiche.propositions.poser_sur([("fiche", fiche)])
    poser_les_discussions(fiche.plan, request.user, fiches=[fiche])
    Reprise.objects.filter(fiche=fiche).poser_sur([("fiche", fiche)], request.user)
    for indicateur in fiche.indicateurs.all():
        indicateur.a_relever = any(
            peut(
                request.user,
                Droit.SAISIR_VALEUR,
                ValeurIndicateur(indicateur=indicateur, porteur_id=partie_id),
            )
            for partie_id in tenues
        )
    contexte = {
        "fiche": fiche,
        "plan": fiche.plan,
        "reprises": FicheAction.objects.visibles_par(request.user).reprises_de(fiche),
        "copiable": fiche.est_copiable and plans_ou_copier(request.user).exists(),
        "validation": validation_de(fiche, request.user, tenues) if membre else None,
        "decisions": decisions_sur(fiche) if membre else [],
        "peut_financer": any(
            peut(
                request.user,
                Droit.MODIFIER_FINANCEMENT,
                Financement(fiche=fiche, financeur_id=partie_id),
            )
            for partie_id in tenues
        ),
    }
    return render(request, "plans/fiche_action_detail.html", contexte)


def fiche_action_create(request, slug):
    plan = plan_visible(request, slug)
    fiche = piece_de(
        request.user,
        Droit.MODIFIER_FICHE,
        plan,
        lambda partie: FicheAction(plan=plan, porteur=partie),
    )
    form = FicheActionForm(
        request.POST or None, instance=fiche, initial={"objectif": request.GET.get("objectif")}
    )
    if request.method == "POST" and form.enregistrer(request.user, Droit.MODIFIER_FICHE):
        messages.success(request, f"La fiche {form.instance.code} est créée. Complétez ses lignes.")
        return redirect(form.instance)
    contexte = {"form": form, "plan": plan, "fiche": fiche}
    return render(request, "plans/fiche_action_create.html", contexte)


def fiche_action_update(request, slug, code):
    fiche = fiche_visible(request, slug, code)
    exiger(request.user, Droit.MODIFIER_FICHE, fiche)
    form = FicheActionForm(request.POST or None, instance=fiche)
    if request.method == "POST" and form.enregistrer(request.user, Droit.MODIFIER_FICHE):
        messages.success(request, form.bilan(f"La fiche {fiche.code} est enregistrée."))
        return redirect(form.instance)
    contexte = {"form": form, "plan": fiche.plan, "fiche": fiche}
    contexte["ecriture"] = ecriture_de(request, form, "fiches")
    return render(request, "plans/fiche_action_update.html", contexte)


def fiche_action_delete(request, slug, code):
    fiche = fiche_visible(request, slug, code)
    exiger(request.user, Droit.RETIRER_FICHE, fiche)
    if request.method == "POST":
        fiche.supprimer(request.user, Droit.RETIRER_FICHE, Acte.Verbe.RETIRER)
        messages.success(request, f"La fiche {fiche.code} est retirée ; son code ne servira plus.")
        return redirect(fiche.plan)
    return render(request, "plans/fiche_action_delete.html", {"plan": fiche.plan, "fiche": fiche})


def fiche_action_attribuer(request, slug, code):
    fiche = fiche_visible(request, slug, code)
    return attribuer(request, fiche, "plans/fiche_action_attribuer.html")


@require_POST
def fiche_action_deplacer(request, slug, code):
    fiche = fiche_visible(request, slug, code)
    exiger(request.user, Droit.ORDONNER, fiche)
    soeurs = fiche.objectif.fiches.select_related("plan", "objectif__axe")
    deplacer(fiche, soeurs, request.POST.get("sens"), request.user)
    return redirect(f"{fiche.plan.get_absolute_url()}#{fiche.ancre}")
