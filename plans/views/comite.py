"""Les séances des comités : les préparer, dire qui y siège, projeter l'ordre du jour."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from pams_portal.droits import Droit, exiger, peut
from plans.forms.comite import RepresentationForm, SeanceForm
from plans.models import SeanceDeComite, SuiteADonner
from plans.ordre_du_jour import EtatDuPlan, en_suspens, poser_les_objets, representations_de
from plans.releve_de_decisions import rassembler
from plans.views.plan import plan_entre_parties


def seance_visible(request, slug, pk):
    seances = SeanceDeComite.objects.visibles_par(request.user).select_related("plan__bassin")
    return get_object_or_404(seances, plan__slug=slug, pk=pk)


@require_safe
def seance_list(request, slug):
    plan = plan_entre_parties(request, slug)
    suites = SuiteADonner.objects.filter(point__seance__plan=plan).with_seance()
    contexte = {
        "plan": plan,
        "seances": plan.seances.all(),
        "prepare": peut(request.user, Droit.TENIR_SEANCE, SeanceDeComite(plan=plan)),
        "suites": suites.order_by("faite_le", "echeance", "pk"),
    }
    return render(request, "plans/seance_list.html", contexte)


def seance_create(request, slug):
    plan = plan_entre_parties(request, slug)
    seance = SeanceDeComite(plan=plan)
    exiger(request.user, Droit.TENIR_SEANCE, seance)
    form = SeanceForm(request.POST or None, instance=seance)
    if request.method == "POST" and form.enregistrer(request.user, Droit.TENIR_SEANCE):
        seance = form.instance
        nombre = seance.inscrire(request.user, en_suspens(plan, seance.comite))
        messages.success(
            request, f"La séance est prête. {nombre} point{'s' * (nombre > 1)} à l’ordre du jour."
        )
        return redirect(seance)
    return render(request, "plans/seance_create.html", {"form": form, "plan": plan})


@require_safe
def seance_detail(request, slug, pk):
    seance = seance_visible(request, slug, pk)
    releve = rassembler(seance)
    etat = EtatDuPlan(seance.plan)
    poser_les_objets(seance, releve.points, etat)
    tient = peut(request.user, Droit.TENIR_SEANCE, seance)
    contexte = {
        "plan": seance.plan,
        "seance": seance,
        "releve": releve,
        "tient": tient,
        "supprimable": tient and not releve.entame,
        "valide": peut(request.user, Droit.VALIDER_RELEVE, seance),
        "suspens": suspens_restants(seance, releve.points, etat) if tient else [],
    }
    return render(request, "plans/seance_detail.html", contexte)


def suspens_restants(seance, points, etat=None):
    """Ce qui est en suspens dans le plan et n'est pas, ou plus, à l'ordre du jour."""
    inscrits = {(point.nature, point.cible) for point in points}
    sujets = en_suspens(seance.plan, seance.comite, etat)
    return [sujet for sujet in sujets if (sujet.nature, sujet.cible) not in inscrits]


def seance_update(request, slug, pk):
    seance = seance_visible(request, slug, pk)
    exiger(request.user, Droit.TENIR_SEANCE, seance)
    form = SeanceForm(request.POST or None, instance=seance)
    if request.method == "POST" and form.enregistrer(request.user, Droit.TENIR_SEANCE):
        messages.success(request, form.bilan("La séance est enregistrée."))
        return redirect(form.instance)
    contexte = {"form": form, "plan": seance.plan, "seance": seance}
    return render(request, "plans/seance_update.html", contexte)


def seance_delete(request, slug, pk):
    seance = seance_visible(request, slug, pk)
    exiger(request.user, Droit.TENIR_SEANCE, seance)
    if request.method == "POST":
        try:
            seance.retirer(request.user)
            messages.success(request, f"{seance} : la séance est supprimée.")
            return redirect("plans:seance_list", slug)
        except ValidationError as refus:
            messages.error(request, " ".join(refus.messages))
            return redirect(seance)
    contexte = {"plan": seance.plan, "seance": seance, "releve": rassembler(seance)}
    return render(request, "plans/seance_delete.html", contexte)


def seance_presences(request, slug, pk):
    """La feuille de présence : une ligne par partie, enregistrées chacune pour soi.

    Une ligne en conflit n'empêche pas les autres : elle seule revient à l'écran.
    """
    seance = seance_visible(request, slug, pk)
    exiger(request.user, Droit.TENIR_SEANCE, seance)
    forms = [
        RepresentationForm(
            request.POST or None, instance=ligne, prefix=str(ligne.partie_id or f"r{ligne.pk}")
        )
        for ligne in representations_de(seance)
    ]
    if request.method == "POST":
        remplies = [form for form in forms if form.dit_quelque_chose()]
        # Toutes s'enregistrent, même après une qui refuse : rien de ce qui est saisi n'attend.
        reussies = [form.enregistrer(request.user, Droit.TENIR_SEANCE) for form in remplies]
        if all(reussies):
            messages.success(request, "La feuille de présence est enregistrée.")
            return redirect(f"{seance.get_absolute_url()}#presences")
    contexte = {
        "plan": seance.plan,
        "seance": seance,
        "forms": forms,
        "erreurs": any(form.errors for form in forms),
    }
    return render(request, "plans/seance_presences.html", contexte)


@require_safe
def seance_projeter(request, slug, pk):
    seance = seance_visible(request, slug, pk)
    releve = rassembler(seance)
    poser_les_objets(seance, releve.points)
    contexte = {"plan": seance.plan, "seance": seance, "releve": releve}
    return render(request, "plans/seance_projeter.html", contexte)
