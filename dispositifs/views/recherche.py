"""Trouver un dispositif dans l'inventaire."""

from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dispositifs.recherche.croisement import Croisement
from dispositifs.recherche.facettes import facettes
from dispositifs.recherche.filters import filtrer
from dispositifs.recherche.instantane import instantane_de
from dispositifs.recherche.liste import lignes_de
from dispositifs.recherche.memoire import (
    etat_de_l_inventaire,
    etat_des_territoires,
    si_change,
    une_fois,
)
from dispositifs.recherche.pistes import pistes, pistes_du_lieu
from dispositifs.recherche.selection import choisis
from dispositifs.views.recensement import acteurs_qui_saisissent

PAR_PAGE = 50


class Inventaire(NamedTuple):
    """Une page de la liste, gardée d'une visite à l'autre : rien de personnel n'y entre."""

    filtres: str
    resultats: str
    total: int
    cles: list
    lisible: bool


@require_safe
@login_not_required
@cache_control(private=True, no_cache=True)
@si_change
def dispositif_list(request):
    """Un filtre, ses comptes et ses résultats : les mêmes pour qui voit la même chose."""
    peut_ajouter = bool(acteurs_qui_saisissent(request.user))
    filtre = filtrer(request)
    inventaire = une_fois(request, lambda: _lire(request, filtre, peut_ajouter), peut_ajouter)
    contexte = {
        "filtre": filtre,
        "inventaire": inventaire,
        "recherches": request.user.recherches.all() if request.user.is_authenticated else [],
        "choisis": choisis(request, inventaire.cles),
        "peut_ajouter": peut_ajouter,
    }
    reponse = render(request, "dispositifs/dispositif_list.html", contexte)
    if request.htmx:
        reponse["HX-Push-Url"] = adresse_courte(request)
    return reponse


def adresse_courte(request):
    """L'adresse de cet état de la liste, sans les filtres laissés vides : elle se partage."""
    remplis = request.GET.copy()
    for nom in [nom for nom, valeur in request.GET.items() if not valeur]:
        del remplis[nom]
    return f"{request.path}?{remplis.urlencode()}" if remplis else request.path


def _pistes(filtre, trouves):
    return pistes_du_lieu(filtre) if trouves.total else pistes(trouves)


def _lire(request, filtre, peut_ajouter):
    lisible = not filtre.form.errors
    territoires, inventaire = etat_des_territoires(request), etat_de_l_inventaire(request)
    trouves = Croisement(filtre, instantane_de(inventaire), territoires) if lisible else []
    page = Paginator(trouves, PAR_PAGE).get_page(request.GET.get("page"))
    total, montrees = page.paginator.count, list(page)
    contexte = {
        "filtre": filtre,
        "facettes": facettes(trouves) if lisible else [],
        "page": page,
        "lignes": lignes_de(montrees, territoires),
        "choisies": choisis(request, montrees).toutes,
        "peut_ajouter": peut_ajouter,
        "pistes": _pistes(filtre, trouves) if lisible else [],
    }
    return Inventaire(
        render_to_string("dispositifs/filtres.html", contexte, request),
        render_to_string("dispositifs/resultats.html", contexte, request),
        total,
        montrees,
        lisible,
    )
