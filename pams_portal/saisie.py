"""Rien de ce qui a été tapé n'est perdu : un envoi refusé rend la saisie, lisible et copiable.

Quatre refus passent par ici : le droit manque (403), l'objet a disparu (404), le jeton du
formulaire est périmé, la session a expiré. Dans les deux derniers la personne peut renvoyer.
"""

import re
from collections import defaultdict
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.text import capfirst

from pams_portal.recherche import normaliser

# Environ 150 000 mots : bien plus qu'un plan entier, assez peu pour qu'une page reste une page.
SIGNES_AU_PLUS = 1_000_000
SECRETS = re.compile(r"csrf|password|mot_de_passe|secret|token", re.IGNORECASE)
# Les champs cachés de nos formulaires, que personne n'a tapés.
TECHNIQUES = re.compile(
    r"(^|-)(version(_\w+)?|a_choisir|avis_lu|brouillon|depart|doublons_vus|empreinte|id|jusqu_a"
    r"|next|notification|ouvert|retour|vers|(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS)$"
)

HORS_MODELES = {"username": "courriel"}


class ChampSaisi(NamedTuple):
    """Un champ envoyé : son nom dans le formulaire, et ce que la personne y avait mis."""

    nom: str
    valeur: str

    @property
    def est_technique(self):
        """Renvoyé tel quel, sans être montré : la personne ne l'a pas tapé."""
        return bool(TECHNIQUES.search(self.nom)) or not self.valeur.strip()

    @property
    def libelle(self):
        prefixe, _, nom = self.nom.rpartition("-")
        mots = libelles_connus().get(nom, nom.replace("_", " "))
        rang = re.search(r"-(\d+)$", f"-{prefixe}")
        suite = f" ({int(rang[1]) + 1})" if rang else ""
        return capfirst(mots) + suite

    @property
    def est_court(self):
        """Vrai si la valeur tient dans un champ d'une ligne, qui perdrait les sauts de ligne."""
        return len(self.valeur) <= 70 and not set("\r\n") & set(self.valeur)

    @property
    def lignes(self):
        """La hauteur, en lignes, où la valeur se lit sans dérouler plus qu'il ne faut."""
        return min(20, sum(1 + len(ligne) // 70 for ligne in self.valeur.splitlines()) or 1)


@cache
def libelles_connus():
    """{nom de champ: libellé}, d'après les champs de tous les modèles du portail."""
    libelles = defaultdict(set)
    for modele in apps.get_models():
        for champ in modele._meta.fields:
            libelles[champ.name].add(str(champ.verbose_name))
    return {nom: le_plus_general(nom, lot) for nom, lot in libelles.items()} | HORS_MODELES


def le_plus_general(nom, libelles):
    """Le libellé d'un champ que plusieurs modèles nomment autrement : le plus court qui redit
    son nom (« nature » plutôt que « fonction »), à défaut ce nom."""
    if len(libelles) == 1:
        return min(libelles)
    mots = nom.replace("_", " ")
    proches = [libelle for libelle in libelles if normaliser(libelle).startswith(mots)]
    return min(proches, key=len, default=mots)


def champs_saisis(request):
    """Les champs envoyés, sans mot de passe ni jeton, et s'ils tiennent tous sous le plafond."""
    champs, reste = [], SIGNES_AU_PLUS
    for nom, valeurs in request.POST.lists():
        if SECRETS.search(nom):
            continue
        for valeur in valeurs:
            champs.append(ChampSaisi(nom, valeur[:reste]))
            reste -= len(nom) + len(valeur)
            if reste <= 0:
                return champs, False
    return champs, True


def a_garder(request):
    """Vrai si l'envoi portait quelque chose que la personne avait tapé ou joint."""
    return bool(request.FILES) or any(not c.est_technique for c in champs_saisis(request)[0])


def vient_d_ailleurs(request):
    """Vrai si le navigateur dit que l'envoi part d'un autre site : on n'invite pas à le refaire."""
    origine = request.headers.get("Origin") or request.headers.get("Referer")
    if not origine:
        return request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
    return urlsplit(origine)[:2] != (request.scheme, request.get_host())


def saisie_gardee(request, motif, explication="", status=403):
    """La page qui rend à la personne ce qu'elle avait tapé.

    `motif` : « droit », « introuvable », « jeton » ou « session » ; `explication` : la phrase du
    refus de droit.
    """
    champs, entiere = champs_saisis(request)
    ailleurs = vient_d_ailleurs(request)
    contexte = {
        "motif": "ailleurs" if ailleurs else motif,
        "explication": explication,
        "champs": champs,
        "montres": [champ for champ in champs if not champ.est_technique],
        "fichiers": [fichier.name for _, lot in request.FILES.lists() for fichier in lot],
        "secrets_otes": any("csrf" not in nom and SECRETS.search(nom) for nom in request.POST),
        "entiere": entiere,
        "renvoyable": entiere and not ailleurs and motif in ("jeton", "session"),
        "cookie_csrf": settings.CSRF_COOKIE_NAME,
    }
    response = render(request, "portail/saisie_gardee.html", contexte, status=status)
    response.headers["Saisie-Gardee"] = contexte["motif"]  # lu par static/js/ecriture.js
    add_never_cache_headers(response)
    return response


def jeton_perime(request, reason=""):
    """La vue CSRF_FAILURE_VIEW."""
    return saisie_gardee(request, "jeton")


class ConnexionExigee(LoginRequiredMiddleware):
    """Sans session, un GET mène à la connexion ; un POST rend d'abord ce qu'il portait."""

    def handle_no_permission(self, request, view_func):
        if request.method == "POST":
            return saisie_gardee(request, "session")
        return super().handle_no_permission(request, view_func)
