"""L'ordre du jour d'une séance, et ce qu'on y consigne à la volée : décisions, suites à donner."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from acteurs.models import Acte
from pams_portal.droits import Droit, exiger, peut
from pams_portal.elision import le
from plans.brouillons import ecriture_de
from plans.forms.comite import DecisionForm, PointForm, SuiteForm
from plans.models import AvisSurFiche, FicheAction, PointDeSeance, SuiteADonner
from plans.ordre_du_jour import Nature, poser_les_objets
from plans.views.comite import seance_visible, suspens_restants
from plans.views.redaction import deplacer


def point_visible(request, slug, seance_pk, pk):
    points = PointDeSeance.objects.visibles_par(request.user).with_seance()
    return get_object_or_404(points, seance__plan__slug=slug, seance=seance_pk, pk=pk)


def point_du_plan(request, slug, pk):
    points = PointDeSeance.objects.visibles_par(request.user).with_seance()
    return get_object_or_404(points, seance__plan__slug=slug, pk=pk)


def suite_visible(request, slug, pk):
    points = PointDeSeance.objects.visibles_par(request.user)
    suites = SuiteADonner.objects.with_seance().filter(point__in=points)
    return get_object_or_404(suites, point__seance__plan__slug=slug, pk=pk)


# Ce qui s'écrit sous un objet sans exister encore : où il se trouve, la pièce, son formulaire.
NEUVES = {
    "points-neufs": (seance_visible, lambda seance: PointDeSeance(seance=seance), PointForm),
    "suites-neuves": (point_du_plan, lambda point: SuiteADonner(point=point), SuiteForm),
}


def ecrire_en_seance(request, slug, sorte, pk):
    """(la pièce neuve, la place qui permet de l'écrire, son formulaire) ; 404 puis 403."""
    trouver, neuve, form = NEUVES[sorte]
    piece = neuve(trouver(request, slug, pk))
    piece.identifiant = piece.promise
    return piece, exiger(request.user, Droit.TENIR_SEANCE, piece), form


# --- L'ordre du jour -----------------------------------------------------------------------------


@require_POST
def seance_inscrire(request, slug, pk):
    """Met à l'ordre du jour les sujets cochés, parmi ce qui est encore en suspens."""
    seance = seance_visible(request, slug, pk)
    exiger(request.user, Droit.TENIR_SEANCE, seance)
    coches = set(request.POST.getlist("sujet"))
    restants = suspens_restants(seance, seance.points.all())
    choisis = [sujet for sujet in restants if f"{sujet.nature} {sujet.cible}" in coches]
    nombre = seance.inscrire(request.user, choisis)
    if nombre:
        messages.success(request, f"{nombre} point{'s' * (nombre > 1)} de plus à l’ordre du jour.")
    else:
        messages.info(request, "Aucun sujet n’était coché, ou il est déjà à l’ordre du jour.")
    return redirect(f"{seance.get_absolute_url()}#ordre-du-jour")


def point_create(request, slug, pk):
    seance = seance_visible(request, slug, pk)
    point = PointDeSeance(seance=seance)
    exiger(request.user, Droit.TENIR_SEANCE, point)
    form = PointForm(request.POST or None, instance=point)
    if request.method == "POST" and form.enregistrer(request.user, Droit.TENIR_SEANCE):
        messages.success(request, "Le point est ajouté à l’ordre du jour.")
        return redirect(f"{seance.get_absolute_url()}#point-{form.instance.pk}")
    contexte = {"form": form, "plan": seance.plan, "seance": seance}
    contexte["ecriture"] = ecriture_de(request, form, "points-neufs")
    return render(request, "plans/point_create.html", contexte)


def point_update(request, slug, seance_pk, pk):
    point = point_visible(request, slug, seance_pk, pk)
    exiger(request.user, Droit.TENIR_SEANCE, point)
    form = PointForm(request.POST or None, instance=point)
    if request.method == "POST" and form.enregistrer(request.user, Droit.TENIR_SEANCE):
        messages.success(request, form.bilan("Le point est enregistré."))
        return redirect(f"{point.seance.get_absolute_url()}#point-{pk}")
    contexte = {"form": form, "plan": point.plan, "seance": point.seance, "point": point}
    return render(request, "plans/point_update.html", contexte)


@require_POST
def point_deplacer(request, slug, seance_pk, pk):
    point = point_visible(request, slug, seance_pk, pk)
    exiger(request.user, Droit.TENIR_SEANCE, point)
    points = point.seance.points.with_seance()
    deplacer(point, points, request.POST.get("sens"), request.user, Droit.TENIR_SEANCE)
    return redirect(f"{point.seance.get_absolute_url()}#point-{pk}")


@require_POST
def point_delete(request, slug, seance_pk, pk):
    point = point_visible(request, slug, seance_pk, pk)
    exiger(request.user, Droit.TENIR_SEANCE, point)
    try:
        point.retirer(request.user)
        messages.success(request, f"« {point.titre} » n’est plus à l’ordre du jour.")
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
    return redirect(f"{point.seance.get_absolute_url()}#ordre-du-jour")


# --- En séance -----------------------------------------------------------------------------------


@require_safe
def point_detail(request, slug, seance_pk, pk):
    """Un point, fait pour être projeté ; qui tient la séance y consigne la décision."""
    point = point_visible(request, slug, seance_pk, pk)
    tient = peut(request.user, Droit.TENIR_SEANCE, point)
    return montrer(request, point, DecisionForm(instance=point) if tient else None)


@require_POST
def point_decider(request, slug, seance_pk, pk):
    point = point_visible(request, slug, seance_pk, pk)
    exiger(request.user, Droit.TENIR_SEANCE, point)
    form = DecisionForm(request.POST, instance=point)
    if not form.enregistrer(request.user, Droit.TENIR_SEANCE, Acte.Verbe.CONSIGNER):
        return montrer(request, point, form)
    messages.success(request, form.bilan("La décision est consignée."))
    _, suivant, _ = voisins(point)
    return redirect(suivant if "suivant" in request.POST and suivant else point)


def montrer(request, point, form):
    """La page d'un point : ce qu'il est, sa décision, ses suites, et ses voisins."""
    poser_les_objets(point.seance, [point])
    precedent, suivant, rang = voisins(point)
    tient = peut(request.user, Droit.TENIR_SEANCE, point)
    suite_form = SuiteForm(instance=SuiteADonner(point=point)) if tient else None
    contexte = {
        "plan": point.plan,
        "seance": point.seance,
        "point": point,
        "rang": rang,
        "nombre": point.seance.points.count(),
        "precedent": precedent,
        "suivant": suivant,
        "suites": point.suites.with_seance(),
        "form": form,
        "suite_form": suite_form,
        "suite_ecriture": ecriture_de(request, suite_form, "suites-neuves") if tient else None,
        "fiche": fiche_a_aviser(request.user, point),
        "ecriture": ecriture_de(request, form, "points") if form else None,
    }
    return render(request, "plans/point_detail.html", contexte)


def voisins(point):
    """(le point d'avant, celui d'après, son rang) dans l'ordre du jour."""
    points = list(point.seance.points.with_seance())
    rang = points.index(point)
    suivant = points[rang + 1] if rang + 1 < len(points) else None
    return points[rang - 1] if rang else None, suivant, rang + 1


def fiche_a_aviser(utilisateur, point):
    """La fiche dont parle le point, si la personne peut y rendre l'avis de sa structure."""
    if point.nature != Nature.FICHE:
        return None
    fiche = FicheAction.objects.filter(plan=point.plan, identifiant=point.cible).first()
    if fiche is None or fiche.comite_saisi != point.seance.comite:
        return None
    fiche.plan = point.plan
    for place in utilisateur.places_sur(point.plan_id):
        avis = AvisSurFiche(fiche=fiche, porteur_id=place.partie_id, comite=fiche.comite_saisi)
        if place.partie_id and peut(utilisateur, Droit.DONNER_AVIS, avis):
            return fiche
    return None


# --- Qui fait quoi pour quand --------------------------------------------------------------------


def suite_create(request, slug, seance_pk, pk):
    point = point_visible(request, slug, seance_pk, pk)
    exiger(request.user, Droit.TENIR_SEANCE, point)
    form = SuiteForm(request.POST or None, instance=SuiteADonner(point=point))
    if request.method == "POST" and form.enregistrer(request.user, Droit.TENIR_SEANCE):
        messages.success(request, f"La suite est notée pour {le(form.instance.porteur.acteur)}.")
        return redirect(f"{point.get_absolute_url()}#suites")
    contexte = {"form": form, "plan": point.plan, "seance": point.seance, "point": point}
    contexte["ecriture"] = ecriture_de(request, form, "suites-neuves")
    return render(request, "plans/suite_create.html", contexte)


def suite_update(request, slug, pk):
    suite = suite_visible(request, slug, pk)
    exiger(request.user, Droit.TENIR_SEANCE, suite)
    form = SuiteForm(request.POST or None, instance=suite)
    if request.method == "POST" and form.enregistrer(request.user, Droit.TENIR_SEANCE):
        messages.success(request, form.bilan("La suite est enregistrée."))
        return redirect(f"{suite.get_absolute_url()}#suites")
    contexte = {"form": form, "plan": suite.plan, "seance": suite.seance, "suite": suite}
    return render(request, "plans/suite_update.html", contexte)


@require_POST
def suite_delete(request, slug, pk):
    suite = suite_visible(request, slug, pk)
    exiger(request.user, Droit.TENIR_SEANCE, suite)
    suite.supprimer(request.user, Droit.TENIR_SEANCE, Acte.Verbe.RETIRER)
    messages.success(request, "La suite est retirée ; le journal la garde.")
    return redirect(f"{suite.get_absolute_url()}#suites")


@require_POST
def suite_marquer(request, slug, pk):
    """Dite faite (« faite »), ou à faire de nouveau, par la partie désignée ou un co-pilote."""
    suite = suite_visible(request, slug, pk)
    exiger(request.user, Droit.FAIRE_SUITE, suite)
    faite = request.POST.get("etat", "faite") == "faite"
    suite.marquer(request.user, faite)
    phrase = "La suite est dite faite." if faite else "La suite est de nouveau à faire."
    messages.success(request, phrase)
    return redirect(f"{suite.get_absolute_url()}#suites")
