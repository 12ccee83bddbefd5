"""La forme commune des réponses ouvertes : lues de partout, sans connexion, jamais écrites."""

import hashlib
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.csrf import csrf_exempt

from bassins.models import Revision
from dispositifs.ouverture.representation import absolue

# Change quand la forme des réponses change : les copies gardées par les lecteurs sont périmées.
FORME = "1"
DUREE = 300  # secondes où une copie peut servir sans redemander
PAR_PAGE, PAR_PAGE_AU_PLUS = 50, 200
LICENCE = "Licence Ouverte 2.0 (Etalab)"
LICENCE_ADRESSE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"


def etat_public():
    """Ce qui est ouvert ne peut changer qu'avec cet état : une écriture, ou le jour.

    Un dispositif vérifié devient « à confirmer » sans que rien soit écrit.
    """
    dit = [FORME, absolue("/"), timezone.localdate(), sorted(Revision.etats().items())]
    return hashlib.sha256(repr(dit).encode()).hexdigest()


def empreinte(request):
    """L'ETag de ce que montre une adresse de l'API."""
    dit = [request.get_full_path(), etat_public()]
    return f'"{hashlib.sha256(repr(dit).encode()).hexdigest()[:32]}"'


def ouverte(vue):
    """Une vue publique en lecture seule, ouverte aux autres sites."""

    @wraps(vue)
    def servir(request, *args, **kwargs):
        if request.method == "OPTIONS":
            reponse = HttpResponse(status=204)
        elif request.method not in ("GET", "HEAD"):
            reponse = erreur("Ces données ne font que se lire : GET ou HEAD.", 405)
        else:
            reponse = vue(request, *args, **kwargs)
        if reponse.status_code in (200, 304):
            patch_cache_control(reponse, public=True, max_age=DUREE)
        reponse["Allow"] = "GET, HEAD, OPTIONS"
        reponse["Access-Control-Allow-Origin"] = "*"
        reponse["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        reponse["Access-Control-Allow-Headers"] = "If-None-Match"
        reponse["Access-Control-Expose-Headers"] = "ETag, Content-Disposition, Link"
        reponse["Link"] = f'<{LICENCE_ADRESSE}>; rel="license"'
        return reponse

    # Rien ne s'écrit ici : un POST y reçoit 405, et non le refus d'un jeton qu'il ne peut avoir.
    return csrf_exempt(login_not_required(servir))


def calculee(vue):
    """Une vue ouverte faite à la demande : 304 si rien n'a changé."""

    @wraps(vue)
    def calculer(request, *args, **kwargs):
        etag = empreinte(request)
        reponse = get_conditional_response(request, etag=etag) or vue(request, *args, **kwargs)
        if reponse.status_code in (200, 304):
            reponse["ETag"] = etag
        return reponse

    return ouverte(calculer)


def en_json(contenu, status=200):
    return JsonResponse(contenu, status=status, json_dumps_params={"ensure_ascii": False})


def erreur(phrase, status, **parametres):
    """Un refus : la phrase, et s'il y a lieu {paramètre: phrases}."""
    return en_json({"erreur": phrase, "parametres": parametres}, status)


def introuvable(phrase):
    return erreur(phrase, 404)


def en_page(request, filtres, objets, representer):
    """Une page d'une liste ; `representer` rend les dictionnaires d'une suite d'objets."""
    pages = Paginator(objets, filtres["par_page"] or PAR_PAGE)
    numero = filtres["page"] or 1
    if numero > pages.num_pages:
        return introuvable(f"La dernière page est la page {pages.num_pages}.")
    page = pages.page(numero)
    return en_json(
        {
            "total": pages.count,
            "page": numero,
            "pages": pages.num_pages,
            "par_page": pages.per_page,
            "precedente": _voisine(request, page.has_previous(), numero - 1),
            "suivante": _voisine(request, page.has_next(), numero + 1),
            "resultats": representer(page.object_list),
        }
    )


def _voisine(request, existe, numero):
    if not existe:
        return None
    parametres = request.GET.copy()
    parametres["page"] = numero
    return absolue(f"{request.path}?{parametres.urlencode()}")
