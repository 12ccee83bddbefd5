"""Recenser : lire, proposer, corriger et confirmer un dispositif."""

from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from acteurs.models import Acteur
from dispositifs.forms.doublons import comparer
from dispositifs.forms.recensement import DispositifForm, StatutForm, bassins_de
from dispositifs.fraicheur.suivi import suivi_de
from dispositifs.models import Dispositif, tenant
from dispositifs.ouverture.qualite import qualite
from dispositifs.recensement.avertissements import avertissements
from dispositifs.recensement.champs import chercher_acteurs
from dispositifs.recensement.doublons import doublons_probables
from dispositifs.recensement.historique import histoire
from dispositifs.recensement.origines import origines
from dispositifs.recherche.memoire import etat_des_territoires, si_change, une_fois
from dispositifs.territoires import noms_des_territoires, zone_en_mots
from pams_portal.droits import Droit, exiger, peut
from pams_portal.elision import le
from pams_portal.requete import numero_lu

ACTEURS_PROPOSES = 20


# --- Lire --------------------------------------------------------------------------------------


class Fiche(NamedTuple):
    """La page d'une fiche : son nom, son contenu ; ou l'adresse de celle qui la remplace."""

    nom: str
    contenu: str
    remplacee_par: str = ""


@require_safe
@login_not_required
@cache_control(private=True, no_cache=True)
@si_change
def dispositif_detail(request, pk):
    """Une personne connectée voit la fiche selon ses droits ; le public, la même, gardée."""
    if not request.user.is_authenticated:
        fiche = une_fois(request, lambda: _fiche_publique(request, pk))
        if fiche.remplacee_par:
            return redirect(fiche.remplacee_par)
    else:
        dispositif = fiche_visible(request, pk)
        if dispositif.fusionne_avec_id:
            return dispositif_fusionne(request, dispositif)
        fiche = _fiche(request, dispositif)
    return render(request, "dispositifs/dispositif_detail.html", {"fiche": fiche})


def fiche_visible(request, pk):
    """La fiche, fondue dans une autre ou non, ses acteurs et ses financeurs."""
    visibles = Dispositif.tous.visibles_par(request.user).with_acteurs().defer("recherche")
    return get_object_or_404(visibles.prefetch_related("financeurs"), pk=pk)


def _fiche_publique(request, pk):
    dispositif = fiche_visible(request, pk)
    if dispositif.fusionne_avec_id:
        return Fiche("", "", survivante_visible(request, dispositif).get_absolute_url())
    return _fiche(request, dispositif, etat_des_territoires(request))


def _fiche(request, dispositif, territoires=None):
    modifiable = peut(request.user, Droit.MODIFIER_DISPOSITIF, dispositif)
    cles = dispositif.zone_eligibilite
    contexte = {
        "dispositif": dispositif,
        "zone": zone_en_mots(cles, noms_des_territoires(cles, territoires)),
        "modifiable": modifiable,
        "avertissements": avertissements(dispositif) if modifiable else [],
        "qualite": qualite(dispositif) if modifiable else None,
        "doublons": doublons_probables(dispositif) if modifiable else [],
        "fusions": dispositif.fusions.en_vigueur().prefetch_related("absorbee"),
        "origines": origines(dispositif, nommer=request.user.is_authenticated),
        "ecarts": dispositif.ecarts.a_decider().count() if modifiable else 0,
        # Le journal nomme des agents : il ne se lit qu'une fois connecté.
        "histoire": histoire(dispositif) if request.user.is_authenticated else [],
        **suivi_de(request.user, dispositif, modifiable),
    }
    return Fiche(str(dispositif), render_to_string("dispositifs/fiche.html", contexte, request))


def survivante_visible(request, dispositif):
    visibles = Dispositif.objects.visibles_par(request.user)
    return get_object_or_404(visibles, pk=dispositif.survivante().pk)


def dispositif_fusionne(request, dispositif):
    """Une fiche absorbée mène à celle qui la remplace ; connecté, on peut encore la relire."""
    contexte = {
        "dispositif": dispositif,
        "survivante": survivante_visible(request, dispositif),
        "champs": comparer(dispositif, dispositif)[1],
        "histoire": histoire(dispositif),
    }
    return render(request, "dispositifs/dispositif_fusionne.html", contexte)


# --- Proposer et corriger ----------------------------------------------------------------------


def acteurs_qui_saisissent(utilisateur):
    """Les acteurs au nom desquels une personne peut ajouter un dispositif."""
    if not utilisateur.is_authenticated:
        return []
    acteurs = [place.acteur for place in utilisateur.places_sur(None)]
    return [
        a for a in acteurs if peut(utilisateur, Droit.CREER_DISPOSITIF, Dispositif(saisi_par=a))
    ]


def dispositif_create(request):
    """D'abord la structure porteuse (`?porteur=`), puis la fiche."""
    acteurs = acteurs_qui_saisissent(request.user)
    if not acteurs:
        raise PermissionDenied("Ajouter un dispositif demande d’être rédacteur de sa structure.")
    porteur = porteur_lu(request.GET)
    if porteur is None:
        contexte = recherche_de_porteur(request) | {"acteurs": acteurs}
        return render(request, "dispositifs/dispositif_create.html", contexte)
    saisi_par = saisissant(request, porteur, acteurs)
    dispositif = Dispositif(
        porteur=porteur, saisi_par=saisi_par, tenu_par=tenant(porteur, saisi_par)
    )
    form = DispositifForm(request.POST or None, instance=dispositif, bassins=bassins_de(acteurs))
    doublons = doublons_a_montrer(request, form)
    if (
        request.method == "POST"
        and not doublons
        and form.enregistrer(request.user, Droit.CREER_DISPOSITIF)
    ):
        messages.success(request, f"« {dispositif} » est ajouté à l’inventaire, à vérifier.")
        dire_les_avertissements(request, form)
        return redirect(dispositif)
    contexte = {"form": form, "dispositif": dispositif, "acteurs": acteurs, "doublons": doublons}
    return render(request, "dispositifs/dispositif_create.html", contexte)


def doublons_a_montrer(request, form):
    """Les doublons probables d'une fiche bien remplie, tant que la personne ne les a pas vus."""
    if request.method != "POST" or not form.is_valid():
        return []
    doublons = doublons_probables(form.instance)
    vus = set(request.POST.getlist("doublons_vus"))
    return [] if {str(doublon.dispositif.pk) for doublon in doublons} <= vus else doublons


def saisissant(request, porteur, acteurs):
    """Au nom de qui la personne saisit : la structure porteuse si c'est la sienne, sinon celle
    qu'elle désigne (`?au_nom_de=`) parmi les siennes."""
    if porteur in acteurs:
        return porteur
    choisi = request.GET.get("au_nom_de")
    return next((acteur for acteur in acteurs if str(acteur.pk) == choisi), acteurs[0])


def porteur_lu(donnees):
    """La structure que désigne `porteur` dans un envoi ; None s'il manque ou ne désigne rien."""
    cle = numero_lu(donnees.get("porteur", ""))
    return Acteur.objects.filter(pk=cle).first() if cle else None


def recherche_de_porteur(request):
    saisie = request.GET.get("q", "").strip()
    trouves = chercher_acteurs(saisie[:200]) if saisie else Acteur.objects.none()
    return {"saisie": saisie, "trouves": trouves[:ACTEURS_PROPOSES], "nombre": trouves.count()}


def dire_les_avertissements(request, form):
    remarques = form.fields["zone_eligibilite"].remarques
    for phrase in [*remarques, *avertissements(form.instance)]:
        messages.warning(request, phrase)


def dispositif_update(request, pk):
    dispositif = dispositif_visible(request, pk)
    place = exiger(request.user, Droit.MODIFIER_DISPOSITIF, dispositif)
    bassins = bassins_de([place.acteur])
    form = DispositifForm(request.POST or None, instance=dispositif, bassins=bassins)
    if request.method == "POST" and form.enregistrer(request.user, Droit.MODIFIER_DISPOSITIF):
        messages.success(request, form.bilan("Le dispositif est enregistré."))
        dire_les_avertissements(request, form)
        return redirect(dispositif)
    contexte = {"form": form, "dispositif": dispositif}
    return render(request, "dispositifs/dispositif_update.html", contexte)


def dispositif_visible(request, pk):
    return get_object_or_404(Dispositif.objects.visibles_par(request.user).with_acteurs(), pk=pk)


# --- Les actes ---------------------------------------------------------------------------------


@require_POST
def dispositif_confirmer(request, pk):
    dispositif = dispositif_visible(request, pk)
    exiger(request.user, Droit.CONFIRMER_DISPOSITIF, dispositif)
    try:
        dispositif.confirmer(request.user)
    except ValidationError as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, "La fiche est confirmée : elle est publiée, à jour aujourd’hui.")
    return redirect(dispositif)


def dispositif_statut(request, pk):
    dispositif = dispositif_visible(request, pk)
    exiger(request.user, Droit.MODIFIER_DISPOSITIF, dispositif)
    form = StatutForm(request.POST or None, dispositif=dispositif)
    if request.method == "POST" and form.is_valid():
        modifie = dispositif.changer_statut(request.user, **form.cleaned_data)
        messages.success(request, f"L’état est désormais : {modifie.get_statut_display()}.")
        return redirect(dispositif)
    contexte = {"form": form, "dispositif": dispositif}
    return render(request, "dispositifs/dispositif_statut.html", contexte)


def dispositif_porteur(request, pk):
    """Corriger la structure porteuse, qui décide de qui tient la fiche."""
    dispositif = dispositif_visible(request, pk)
    exiger(request.user, Droit.MODIFIER_DISPOSITIF, dispositif)
    porteur = porteur_lu(request.POST)
    if request.method == "POST" and porteur:
        dispositif.changer_de_porteur(request.user, porteur)
        messages.success(request, f"La structure porteuse est désormais : {porteur}.")
        return redirect(dispositif)
    contexte = recherche_de_porteur(request) | {"dispositif": dispositif}
    return render(request, "dispositifs/dispositif_porteur.html", contexte)


@require_POST
def dispositif_remettre(request, pk):
    dispositif = dispositif_visible(request, pk)
    exiger(request.user, Droit.MODIFIER_DISPOSITIF, dispositif)
    try:
        dispositif.remettre_au_porteur(request.user)
    except ValidationError as erreur:
        messages.error(request, erreur.message)
    else:
        messages.success(request, f"La fiche est désormais tenue par {le(dispositif.porteur)}.")
    return redirect(dispositif)
