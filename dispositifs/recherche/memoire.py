"""Ne pas refaire ce qui n'a pas changé : l'état de l'inventaire, l'ETag et les pages gardées.

Une clé porte toujours l'état lu en base, le jour, la version du code et qui regarde : ce qu'une
personne connectée voit n'est jamais servi au public.
"""

import hashlib
import zlib
from functools import lru_cache, wraps

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone
from django.views.decorators.http import condition

from bassins.revision import Revision, Sujet

UN_JOUR = 24 * 3600
DOSSIERS_DU_CODE = ("templates", "static", "pams_portal", "bassins", "acteurs", "dispositifs")
SUFFIXES = {".html", ".css", ".js", ".svg", ".py", ".json"}


def etat_des_territoires(request):
    return _etats(request).get(Sujet.TERRITOIRES)


def etat_de_l_inventaire(request):
    """None tant que rien n'a été écrit, et sous DEBUG : rien n'est alors gardé."""
    return None if settings.DEBUG else _etats(request).get(Sujet.INVENTAIRE)


def _etats(request):
    """L'état de chaque sujet, lu une fois par requête."""
    if not hasattr(request, "_etats_suivis"):
        request._etats_suivis = Revision.etats()
    return request._etats_suivis


def garder(combien):
    """Décore une fonction dont le dernier argument est l'état lu : garde ses derniers résultats.

    Sans état (None), rien n'est gardé.
    """

    def decorer(lire):
        gardee = lru_cache(maxsize=combien)(lire)

        @wraps(lire)
        def lire_ou_garder(*args):
            return (gardee if args[-1] else lire)(*args)

        return lire_ou_garder

    return decorer


@lru_cache(maxsize=1)
def version_du_code():
    """Ce qui change quand le portail est mis à jour : la page peut changer sans la base."""
    dossiers = (settings.BASE_DIR / nom for nom in DOSSIERS_DU_CODE)
    fichiers = [f for dossier in dossiers for f in dossier.rglob("*.*") if f.suffix in SUFFIXES]
    dates = sorted((str(f), f.stat().st_mtime_ns) for f in fichiers)
    return zlib.crc32(repr(dates).encode())


def cle_de(request, *quoi):
    """La clé de ce que cette adresse montre ; None tant que rien n'a été écrit."""
    etats = _etats(request)
    if etat_de_l_inventaire(request) is None:
        return None
    morceaux = [
        *(request.path, request.META.get("QUERY_STRING", ""), request.user.is_authenticated),
        *(sorted(etats.items()), timezone.localdate(), version_du_code(), settings.DEMO, quoi),
    ]
    return hashlib.sha256(repr(morceaux).encode()).hexdigest()


def une_fois(request, fabriquer, *quoi):
    """Ce que rend `fabriquer`, gardé tant que ni l'inventaire ni l'adresse ne changent."""
    garde, cle = caches["inventaire"], cle_de(request, *quoi)
    fait = garde.get(cle) if cle else None
    if fait is None:
        fait = fabriquer()
        if cle:
            garde.set(cle, fait, UN_JOUR)
    return fait


def etag(request, *args, **kwargs):
    """L'ETag du public. Une page qui nomme quelqu'un, ou lui parle, n'en a pas."""
    if {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys():
        return None
    cle = cle_de(request, "etag", settings.PORTAIL_NOM, settings.PORTAIL_ACCENT)
    return cle and f'"{cle}"'


# Sur une page publique de l'inventaire : « pas changée » (304) à qui l'a déjà.
si_change = condition(etag_func=etag)
