"""Proposer un changement à la part d'une autre partie ; elle seule accepte, corrige ou refuse."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from acteurs.etats import comparer_etats
from pams_portal.champs import TexteRicheField
from pams_portal.comparaison import comparer_textes
from pams_portal.droits import Droit, exiger, peut
from pams_portal.elision import de
from pams_portal.fusion import fusionner
from pams_portal.texte import en_html
from plans.forms.propositions import PropositionForm, RefusForm, d_un_seul_champ
from plans.models import Proposition
from plans.models.propositions import VISEES
from plans.ordre_du_jour import decisions_sur
from plans.views.parts import SORTES, part_visible, saisissables
from plans.views.plan import plan_entre_parties

SORTE_VISEE = dict(zip(VISEES, ("contributions", "fiches", "axes", "objectifs"), strict=True))


def proposition_visible(request, slug, pk):
    propositions = Proposition.objects.visibles_par(request.user).with_part()
    return get_object_or_404(propositions, plan__slug=slug, pk=pk)


def proposition_create(request, slug, sorte, pk):
    nature, part = part_visible(request, slug, sorte, pk)
    exiger(request.user, Droit.PROPOSER, part)
    if peut(request.user, nature.droit(part), part):
        raise PermissionDenied("Cette part est la vôtre : modifiez-la, sans proposition.")
    if not nature.champs:
        raise PermissionDenied("Nul ne propose à la place d’un autre ses montants ni ses rôles.")
    champ = request.GET.get("champ", nature.champs[0] if len(nature.champs) == 1 else "")
    contexte = {"plan": part.plan, "part": part, "sorte": sorte}
    if champ not in nature.champs:
        contexte["champs"] = [(nom, part._meta.get_field(nom)) for nom in nature.champs]
        return render(request, "plans/proposition_create.html", contexte)
    form = PropositionForm(request.POST or None, nature=nature, part=part, champ=champ)
    if request.method == "POST" and form.is_valid():
        proposition = form.proposition(SORTE_VISEE, sorte)
        proposition.deposer(request.user)
        messages.success(request, "Votre proposition est déposée : la partie concernée décidera.")
        return redirect(proposition)
    contexte |= {"form": form, "champ": part._meta.get_field(champ)}
    return render(request, "plans/proposition_create.html", contexte)


@require_safe
def proposition_list(request, slug):
    plan = plan_entre_parties(request, slug)
    propositions = Proposition.objects.filter(plan=plan).with_part()
    choisies = {nom: request.GET[nom] for nom in VISEES if request.GET.get(nom, "").isdecimal()}
    if request.GET.get("etat") != "toutes":
        propositions = propositions.ouvertes()
    propositions = propositions.filter(**{nom: int(cle[:9]) for nom, cle in choisies.items()})
    contexte = {
        "plan": plan,
        "page": Paginator(propositions, 50).get_page(request.GET.get("page")),
        "toutes": request.GET.get("etat") == "toutes",
        "choisies": choisies,
    }
    return render(request, "plans/proposition_list.html", contexte)


@require_safe
def proposition_detail(request, slug, pk):
    proposition = proposition_visible(request, slug, pk)
    return render(request, "plans/proposition_detail.html", detail(request, proposition))


def detail(request, proposition, form=None):
    return {
        "plan": proposition.plan,
        "proposition": proposition,
        "part": proposition.part,
        "lecture": lire(proposition),
        "decisions": decisions_sur(proposition),
        "decide": proposition.est_ouverte
        and peut(request.user, proposition.droit_de_decider, proposition.part),
        "form": form or RefusForm(),
    }


def lire(proposition):
    """De quoi lire une proposition : {« html », « bilan », « desaccords », « a_change »}.

    Ouverte, elle se lit contre le texte du moment, une fois réunie à ce qui a changé depuis ;
    close, contre le texte d'où elle était partie.
    """
    part, champ = proposition.part, proposition.champ
    depart = part.valeurs_a_la_version(proposition.version_de_depart).get(champ)
    actuel = part.valeurs()[champ] if proposition.est_ouverte else depart
    if not isinstance(proposition.champ_modele, TexteRicheField):
        [(_, comparaison)] = comparer_etats(
            type(part), {champ: actuel}, {champ: proposition.valeur}, tous=True
        )
        return {"comparaison": comparaison, "a_change": actuel != depart, "desaccords": []}
    fusion = fusionner(depart, proposition.valeur, actuel)
    desaccords = [
        (
            en_html(d.base),
            comparer_textes(d.base, d.mien).html,
            comparer_textes(d.base, d.leur).html,
        )
        for d in fusion.desaccords
    ]
    return {
        "comparaison": comparer_textes(actuel, fusion.avec("mien")),
        "a_change": actuel != depart,
        "desaccords": desaccords,
    }


def proposition_accepter(request, slug, pk):
    """GET : la proposition dans le formulaire de la part, pour la corriger. POST : la décision."""
    proposition = proposition_visible(request, slug, pk)
    exiger(request.user, proposition.droit_de_decider, proposition.part)
    if not proposition.est_ouverte:
        raise PermissionDenied("Cette proposition n’est plus ouverte.")
    form = formulaire_de(proposition, request)
    if request.method == "POST" and proposition.accepter(request.user, form):
        proposition.refresh_from_db(fields=["etat"])
        phrase = f"La proposition {de(proposition.porteur.acteur)} est acceptée."
        messages.success(request, form.bilan(phrase))
        return redirect(proposition)
    contexte = {"plan": proposition.plan, "proposition": proposition, "form": form}
    return render(request, "plans/proposition_accepter.html", contexte)


def formulaire_de(proposition, request):
    """Le formulaire de la part, réduit au champ visé et parti de la version de la proposition."""
    nature = SORTES[SORTE_VISEE[proposition.nom_visee]]
    champ, depart = proposition.champ, proposition.version_de_depart
    initial = saisissables(proposition.part, {champ: proposition.valeur})
    donnees = request.POST.copy() if request.method == "POST" else None
    form = d_un_seul_champ(nature.form, champ, instance=proposition.part, initial=initial)
    form.initial["version"] = depart
    if donnees is None:
        return form
    if "tel_quel" in donnees:
        donnees.setlist(champ, saisie_de(form[champ]))
        donnees["version"] = str(depart)
    return d_un_seul_champ(nature.form, champ, donnees, instance=proposition.part)


def saisie_de(lie):
    """Ce qu'un navigateur enverrait d'un champ laissé tel que prérempli."""
    if lie.widget_type == "checkbox":
        return ["on"] if lie.initial else []
    valeur = lie.field.widget.format_value(lie.initial)
    return valeur if isinstance(valeur, list) else [valeur or ""]


@require_POST
def proposition_refuser(request, slug, pk):
    proposition = proposition_visible(request, slug, pk)
    exiger(request.user, proposition.droit_de_decider, proposition.part)
    form = RefusForm(request.POST)
    if not form.is_valid():
        contexte = detail(request, proposition, form)
        return render(request, "plans/proposition_detail.html", contexte)
    proposition.refuser(request.user, form.cleaned_data["reponse"])
    messages.success(request, f"{proposition.porteur.acteur} lira votre raison.")
    return redirect(proposition)


@require_POST
def proposition_reprendre(request, slug, pk):
    proposition = proposition_visible(request, slug, pk)
    exiger(request.user, Droit.REPRENDRE_PROPOSITION, proposition)
    proposition.reprendre(request.user)
    messages.success(request, "Votre proposition est reprise ; elle reste lisible.")
    return redirect(proposition)
