"""Les lignes d'une fiche-action : une même suite de vues, une nature par ligne de la table.

Chaque ligne pose la même question de droit que son objet : le budget et les étapes sont au porteur
de la fiche, un financement à son financeur, un rôle à son partenaire.
"""

from collections.abc import Callable
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from acteurs.models import Acte
from pams_portal.droits import Droit, exiger
from pams_portal.edition import FormulaireVersionne
from plans.brouillons import ecriture_de
from plans.forms.lignes import (
    DemandeDeFinancementForm,
    DemandeDePartenariatForm,
    EtapeForm,
    FinancementForm,
    FinancementSaisiForm,
    IndicateurForm,
    LigneBudgetForm,
    ReponseSaisieForm,
    ValeurIndicateurForm,
)
from plans.models import (
    DemandeDeFinancement,
    DemandeDePartenariat,
    Etape,
    Financement,
    Indicateur,
    LigneBudget,
    Partenariat,
    ValeurIndicateur,
)
from plans.views.redaction import fiche_visible, piece_de


class Nature(NamedTuple):
    """Ce qui distingue une sorte de ligne des autres."""

    form: type[FormulaireVersionne]
    droit: Droit
    titre: str
    ancre: str
    # De la fiche et de la partie qui écrit, la ligne neuve ; None si elle naît à une autre adresse.
    fabrique: Callable | None
    modifiable: bool = True
    supprimable: bool = True
    vers_la_fiche: str = "fiche"


NATURES = {
    "etapes": Nature(
        EtapeForm,
        Droit.MODIFIER_FICHE,
        "Étape",
        "etapes",
        lambda fiche, partie: Etape(fiche=fiche, ordre=fiche.etapes.count() + 1),
    ),
    "budget": Nature(
        LigneBudgetForm,
        Droit.MODIFIER_FICHE,
        "Budget d’une année",
        "budget",
        lambda fiche, partie: LigneBudget(fiche=fiche),
    ),
    "financements": Nature(
        FinancementForm,
        Droit.MODIFIER_FINANCEMENT,
        "Mon financement",
        "financements",
        lambda fiche, partie: Financement(fiche=fiche, financeur=partie, saisi_par=partie),
    ),
    "demandes-de-financement": Nature(
        DemandeDeFinancementForm,
        Droit.SOLLICITER_FINANCEMENT,
        "Financeur à solliciter, ou absent du plan",
        "financements",
        lambda fiche, partie: DemandeDeFinancement(fiche=fiche, saisi_par=partie),
        modifiable=False,
    ),
    # La ligne est au porteur de la fiche ; un co-pilote ne fait qu'y saisir la réponse.
    "financements-saisis": Nature(
        FinancementSaisiForm,
        Droit.SAISIR_REPONSE,
        "Financement d’un absent",
        "financements",
        None,
        supprimable=False,
    ),
    "partenariats": Nature(
        DemandeDePartenariatForm,
        Droit.MODIFIER_FICHE,
        "Partenaire",
        "partenaires",
        lambda fiche, partie: DemandeDePartenariat(fiche=fiche),
        modifiable=False,
    ),
    "reponses-saisies": Nature(
        ReponseSaisieForm,
        Droit.SAISIR_REPONSE,
        "Réponse d’un partenaire absent",
        "partenaires",
        None,
        supprimable=False,
    ),
    "indicateurs": Nature(
        IndicateurForm,
        Droit.MODIFIER_INDICATEUR,
        "Indicateur",
        "indicateurs",
        lambda fiche, partie: Indicateur(fiche=fiche, porteur=fiche.porteur),
    ),
    "valeurs": Nature(
        ValeurIndicateurForm,
        Droit.SAISIR_VALEUR,
        "Valeur d’un indicateur",
        "indicateurs",
        None,
        vers_la_fiche="indicateur__fiche",
    ),
}


def nature_ou_404(sorte):
    if sorte not in NATURES:
        raise Http404
    return NATURES[sorte]


def ligne_de(nature, fiche, pk):
    chemin = nature.vers_la_fiche
    lignes = nature.form.Meta.model.objects.filter(**{chemin: fiche})
    return get_object_or_404(lignes.select_related(f"{chemin}__plan", f"{chemin}__porteur"), pk=pk)


def revenir(fiche, nature):
    return redirect(f"{fiche.get_absolute_url()}#{nature.ancre}")


def ligne_create(request, slug, code, sorte):
    fiche, nature = fiche_visible(request, slug, code), nature_ou_404(sorte)
    if nature.fabrique is None:
        raise Http404
    return ajouter(request, fiche, nature, lambda partie: nature.fabrique(fiche, partie))


def valeur_create(request, slug, code, pk):
    """Une valeur datée d'un indicateur, à la partie qui la saisit."""
    fiche = fiche_visible(request, slug, code)
    indicateur = get_object_or_404(fiche.indicateurs.select_related("porteur__acteur"), pk=pk)

    def fabrique(partie):
        return ValeurIndicateur(indicateur=indicateur, porteur=partie)

    return ajouter(request, fiche, NATURES["valeurs"], fabrique, indicateur)


def ajouter(request, fiche, nature, fabrique, indicateur=None):
    """L'écran et l'écriture d'une ligne neuve, au nom de la partie qui en a le droit."""
    ligne = piece_de(request.user, nature.droit, fiche.plan, fabrique)
    form = nature.form(request.POST or None, request.FILES or None, instance=ligne)
    if request.method == "POST" and form.enregistrer(request.user, nature.droit):
        messages.success(request, "La ligne est ajoutée.")
        avertir_du_financement(request, fiche)
        return revenir(fiche, nature)
    contexte = {"form": form, "plan": fiche.plan, "fiche": fiche, "nature": nature}
    contexte["indicateur"] = indicateur
    return render(request, "plans/ligne_create.html", contexte)


def ligne_update(request, slug, code, sorte, pk):
    fiche, nature = fiche_visible(request, slug, code), nature_ou_404(sorte)
    if not nature.modifiable:
        raise Http404
    ligne = ligne_de(nature, fiche, pk)
    exiger(request.user, nature.droit, ligne)
    form = nature.form(request.POST or None, request.FILES or None, instance=ligne)
    if request.method == "POST" and form.enregistrer(request.user, nature.droit):
        messages.success(request, form.bilan("La ligne est enregistrée."))
        avertir_du_financement(request, fiche)
        return revenir(fiche, nature)
    contexte = {"form": form, "plan": fiche.plan, "fiche": fiche, "nature": nature, "ligne": ligne}
    contexte["ecriture"] = ecriture_de(request, form, sorte)
    return render(request, "plans/ligne_update.html", contexte)


def ligne_delete(request, slug, code, sorte, pk):
    fiche, nature = fiche_visible(request, slug, code), nature_ou_404(sorte)
    if not nature.supprimable:
        raise Http404
    ligne = ligne_de(nature, fiche, pk)
    exiger(request.user, nature.droit, ligne)
    if request.method == "POST":
        ligne.supprimer(request.user, nature.droit)
        messages.success(request, "La ligne est supprimée ; le journal garde ses valeurs.")
        return revenir(fiche, nature)
    contexte = {"plan": fiche.plan, "fiche": fiche, "nature": nature, "ligne": ligne}
    return render(request, "plans/ligne_delete.html", contexte)


@require_POST
def partenariat_repondre(request, slug, code, pk):
    fiche = fiche_visible(request, slug, code)
    partenariat = get_object_or_404(Partenariat.objects.filter(fiche=fiche), pk=pk)
    exiger(request.user, Droit.REPONDRE_PARTENARIAT, partenariat)
    reponse = request.POST.get("reponse")
    if reponse in (Partenariat.Reponse.CONFIRME, Partenariat.Reponse.DECLINE):
        partenariat.agir(
            request.user, Droit.REPONDRE_PARTENARIAT, Acte.Verbe.REPONDRE, reponse=reponse
        )
        messages.success(request, "Votre réponse est enregistrée.")
    else:
        messages.error(request, "Choisissez « Confirmer » ou « Décliner ».")
    return redirect(f"{fiche.get_absolute_url()}#partenaires")


def avertir_du_financement(request, fiche):
    """Avertit sans refuser quand les financements dépassent le budget : l'arrêt en jugera."""
    exces = fiche.exces_de_financement()
    if exces > 0:
        messages.warning(
            request,
            "Les financements saisis dépassent le budget de la fiche. Rien n’est bloqué : "
            "l’écart sera examiné quand le plan sera arrêté.",
        )
