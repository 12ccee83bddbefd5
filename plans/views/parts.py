"""Les parts d'un plan et leurs états : qui a écrit quoi, comparer deux états, en rétablir un.

Un état passé se déduit du journal ; le rétablir est une écriture comme une autre, par le
formulaire de la part, avec son droit et ses conflits.
"""

from collections.abc import Callable
from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from acteurs.etats import comparer_etats, seances
from acteurs.models import Acte
from pams_portal.comparaison import AJOUT, RETRAIT
from pams_portal.droits import Droit, exiger, peut
from pams_portal.edition import FormulaireVersionne
from pams_portal.requete import numero_lu
from plans.forms.comite import DecisionForm
from plans.forms.redaction import AxeForm, ContributionForm, FicheActionForm, ObjectifForm
from plans.models import (
    Axe,
    Contribution,
    FicheAction,
    Objectif,
    Partenariat,
    Plan,
    PointDeSeance,
)
from plans.views.lignes import NATURES


class Sorte(NamedTuple):
    """Ce qui distingue une sorte de part : comment on la voit, qui l'écrit, et avec quoi."""

    visibles: Callable  # reçoit la personne, rend un queryset
    droit: Callable  # reçoit la part, rend le droit de l'écrire
    form: type[FormulaireVersionne] | None
    champs: tuple = ()  # ceux qu'une autre partie peut proposer de changer


def du_plan(modele, chemin, *avec):
    def visibles(utilisateur):
        plans = Plan.objects.visibles_par(utilisateur)
        return modele.objects.filter(**{f"{chemin}__in": plans}).select_related(chemin, *avec)

    return visibles


def de_la_fiche(modele, chemin="fiche"):
    def visibles(utilisateur):
        fiches = FicheAction.objects.visibles_par(utilisateur)
        lignes = modele.objects.filter(**{f"{chemin}__in": fiches})
        return lignes.select_related(f"{chemin}__plan", f"{chemin}__porteur__acteur")

    return visibles


SORTES = {
    "contributions": Sorte(
        lambda utilisateur: Contribution.objects.visibles_par(utilisateur).with_plan(),
        lambda contribution: contribution.chapitre.droit_de_contribuer,
        ContributionForm,
        ("texte",),
    ),
    "fiches": Sorte(
        lambda utilisateur: FicheAction.objects.visibles_par(utilisateur).with_moyens(),
        lambda fiche: Droit.MODIFIER_FICHE,
        FicheActionForm,
        (
            *("intitule", "type", "lien_legal", "priorite", "constat", "objectif_operationnel"),
            *("description", "publics", "situations", "freins", "debut", "fin", "recurrente"),
            *("referent_technique", "elu_referent", "articulation", "reussite"),
        ),
    ),
    "axes": Sorte(
        du_plan(Axe, "plan"), lambda axe: Droit.MODIFIER_AXES, AxeForm, ("intitule", "texte")
    ),
    "objectifs": Sorte(
        du_plan(Objectif, "axe__plan", "axe"),
        lambda objectif: Droit.MODIFIER_AXES,
        ObjectifForm,
        ("intitule",),
    ),
    "points": Sorte(
        lambda utilisateur: PointDeSeance.objects.visibles_par(utilisateur).with_seance(),
        lambda point: Droit.TENIR_SEANCE,
        DecisionForm,
    ),
    "partenariats": Sorte(de_la_fiche(Partenariat), lambda ligne: Droit.MODIFIER_FICHE, form=None),
} | {
    cle: Sorte(
        de_la_fiche(NATURES[cle].form.Meta.model, NATURES[cle].vers_la_fiche),
        lambda ligne, droit=NATURES[cle].droit: droit,
        NATURES[cle].form,
    )
    for cle in (
        *("etapes", "budget", "financements", "indicateurs", "valeurs"),
        *("financements-saisis", "reponses-saisies"),
    )
}


def part_visible(request, slug, sorte, pk):
    """(la sorte, la part) ; 404 si l'une n'existe pas, ou n'existe pas pour cette personne."""
    if sorte not in SORTES:
        raise Http404
    part = get_object_or_404(SORTES[sorte].visibles(request.user), pk=pk)
    if part.plan.slug != slug:
        raise Http404
    return SORTES[sorte], part


@require_safe
def part_journal(request, slug, sorte, pk):
    nature, part = part_visible(request, slug, sorte, pk)
    exiger(request.user, Droit.LIRE_PLAN, part)
    etats = seances(part)
    avant, apres = deux_etats(request.GET, [etat for etat in etats if etat.version])
    contexte = {
        "plan": part.plan,
        "part": part,
        "sorte": sorte,
        "etats": etats,
        "avant": avant,
        "apres": apres,
        "cote_a_cote": request.GET.get("vue") == "cote",
        "lignes": lignes_de(part),
        "comparaisons": comparaisons(part, avant, apres, request.GET.get("vue") == "cote"),
        "retablissable": nature.form and peut(request.user, nature.droit(part), part),
    }
    return render(request, "plans/part_journal.html", contexte)


def lignes_de(part):
    """[(sorte, ligne)] : les lignes d'une fiche ont chacune leur journal."""
    if not isinstance(part, FicheAction):
        return []
    lots = {"budget": part.budgets} | {
        nom: getattr(part, nom) for nom in ("etapes", "financements", "partenariats", "indicateurs")
    }
    return [(sorte, ligne) for sorte, lot in lots.items() for ligne in lot.all()]


def deux_etats(choix, etats):
    """Les deux versions à comparer ; à défaut de choix lisible, les deux dernières."""
    versions = [etat.version for etat in etats]
    defaut = {"apres": versions[0], "avant": versions[min(1, len(versions) - 1)]}
    demandees = [choix.get(nom, "") for nom in ("avant", "apres")]
    if all(numero_lu(v) in versions for v in demandees):
        return tuple(sorted(map(int, demandees)))
    return defaut["avant"], defaut["apres"]


def comparaisons(part, avant, apres, cote_a_cote):
    """[(libellé, comparaison dans le texte)] ou [(libellé, côté avant, côté après)]."""
    valeurs = part.valeurs_a_la_version(avant), part.valeurs_a_la_version(apres)
    if not cote_a_cote:
        return comparer_etats(type(part), *valeurs)
    gauche, droite = (comparer_etats(type(part), *valeurs, cote=c) for c in (RETRAIT, AJOUT))
    return [(nom, a, b) for (nom, a), (_, b) in zip(gauche, droite, strict=True)]


def part_retablir(request, slug, sorte, pk, version):
    nature, part = part_visible(request, slug, sorte, pk)
    droit = nature.droit(part)
    exiger(request.user, droit, part)
    if nature.form is None:
        raise PermissionDenied("Un partenariat ne se rétablit pas : il se sollicite à nouveau.")
    if not 1 <= version < part.version:
        raise Http404
    passees = part.valeurs_a_la_version(version)
    actuelles = part.valeurs()
    form = nature.form(request.POST or None, instance=part, initial=saisissables(part, passees))
    if request.method == "POST" and form.enregistrer(request.user, droit, Acte.Verbe.RETABLIR):
        messages.success(request, form.bilan("L’état choisi est rétabli, comme un état nouveau."))
        return redirect("plans:part_journal", slug, sorte, pk)
    revenus = {nom: passees[nom] for nom in form.editables if nom in passees}
    contexte = {
        "form": form,
        "plan": part.plan,
        "part": part,
        "sorte": sorte,
        "version": version,
        "comparaisons": comparer_etats(
            type(part), {nom: actuelles[nom] for nom in revenus}, revenus
        ),
    }
    return render(request, "plans/part_retablir.html", contexte)


def saisissables(part, valeurs):
    """Les valeurs du journal, sous la forme où un formulaire les prend."""
    champs = {nom: part._meta.get_field(nom) for nom in valeurs}
    return {
        nom: valeur if champs[nom].is_relation else champs[nom].to_python(valeur)
        for nom, valeur in valeurs.items()
    }
