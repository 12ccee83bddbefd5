"""Les pages du portail lui-même : l'accueil, les règles, les mentions, la santé."""

import re

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found, permission_denied

from pams_portal.droits import MATRICE, Droit, Portee, Role
from pams_portal.saisie import a_garder, saisie_gardee

COULEUR = re.compile(r"#[0-9a-fA-F]{6}")

PORTEES_EN_MOTS = {
    Portee.NON: "Non",
    Portee.SIEN: "Le sien",
    Portee.SAUF_PILOTE: "Tout, sauf à un autre co-pilote",
    Portee.TOUT: "Tout",
}
CONDITIONS_EN_MOTS = {
    "": "À tout moment",
    "est_en_redaction": "Tant que le plan est en rédaction",
    "est_relancable": "Tant que la partie peut répondre : en rédaction, puis, pour son avis ou son "
    "visa, en concertation",
    "est_gerable": "Tant que le plan est en rédaction ; aucun co-pilote ne peut être écarté",
    "est_ouverte_au_porteur": "Tant que le plan est en rédaction ; pour un organisme du service "
    "public de l’emploi ou un co-pilote",
    "est_ouverte": "Tant que la partie concernée n’a pas décidé",
    "est_recevable": "Quand la fiche est devant un comité, tant que le plan est en rédaction",
    "est_observable": "Tant que le plan n’est pas clos",
    "est_a_tenir": "Tant que le relevé de la séance n’est pas validé, ni le plan clos",
    "est_corrigeable": "Dans les dix minutes, par la personne qui l’a écrit",
    "est_reprenable": "Dans les dix minutes, par la personne qui l’a écrit ; s’il ouvre la "
    "discussion, tant que personne n’a répondu",
    "vient_d_un_absent": "Si la structure porteuse l’a envoyée par le lien reçu, et que personne "
    "n’a de compte pour tenir la fiche",
    "est_pour_un_absent": "Tant que le plan est en rédaction ; sur sa fiche, ou, pour un "
    "co-pilote, sur toute fiche",
    "est_mesurable": "Tant que le plan est en rédaction, puis une fois adopté, jusqu’à sa clôture",
    "est_consultable": "Tant que le plan est en concertation, sur la version envoyée",
    "est_a_rendre": "Jusqu’à l’arrêt du projet, sur la dernière version envoyée ; au-delà de la "
    "date limite, l’avis est dit hors délai",
    "est_a_saisir": "Jusqu’à l’arrêt du projet, si l’organisme ne l’a pas rendu lui-même",
    "appelle_une_reponse": "Jusqu’à l’arrêt du projet",
    "est_retirable": "Tant que le plan est en rédaction, que la fiche est un brouillon et que "
    "personne d’autre ne s’y est engagé",
}
COLONNES = {
    "co_pilote": "Co-pilote",
    "coordonnee": "Partie coordonnée",
    "associee": "Organisme associé",
    "invitee": "Invité",
    "hors_plan": "Sans place dans le plan",
    "assemblees": "Service des assemblées",
}
GROUPES = {
    "Le plan": [
        Droit.LIRE_PLAN,
        Droit.OUVRIR_PLAN,
        Droit.MODIFIER_PLAN,
        Droit.CONDUIRE_PLAN,
        Droit.VISER,
        Droit.LEVER_REGLE,
    ],
    "Les parties": [Droit.GERER_PARTIES, Droit.RELANCER, Droit.REPONDRE_COMME_PARTIE],
    "Les textes": [
        Droit.CONTRIBUER,
        Droit.CONTRIBUER_SPE,
        Droit.ATTRIBUER,
        Droit.ORDONNER,
        Droit.MODIFIER_AXES,
    ],
    "Les fiches-action": [
        Droit.MODIFIER_FICHE,
        Droit.RETIRER_FICHE,
        Droit.PROPOSER_FICHE,
        Droit.DONNER_AVIS,
        Droit.REPONDRE_PARTENARIAT,
        Droit.SAISIR_REPONSE,
        Droit.MODIFIER_FINANCEMENT,
        Droit.SOLLICITER_FINANCEMENT,
        Droit.MODIFIER_INDICATEUR,
        Droit.SAISIR_VALEUR,
    ],
    "Les propositions": [Droit.PROPOSER, Droit.REPRENDRE_PROPOSITION],
    "Les observations": [
        Droit.OBSERVER,
        Droit.CORRIGER_MESSAGE,
        Droit.RETIRER_MESSAGE,
        Droit.RESOUDRE_OBSERVATION,
    ],
    "Les comités": [Droit.TENIR_SEANCE, Droit.VALIDER_RELEVE, Droit.FAIRE_SUITE],
    "La concertation": [
        Droit.CONSULTER,
        Droit.RENDRE_AVIS,
        Droit.SAISIR_AVIS,
        Droit.REPONDRE_AVIS,
    ],
    "L’inventaire": [
        Droit.CREER_DISPOSITIF,
        Droit.IMPORTER_DISPOSITIFS,
        Droit.MODIFIER_DISPOSITIF,
        Droit.CONFIRMER_DISPOSITIF,
        Droit.REPONDRE_SIGNALEMENT,
        Droit.DEMANDER_CONFIRMATION,
        Droit.APPLIQUER_CORRECTION,
    ],
    "Sa structure": [Droit.MODIFIER_ACTEUR, Droit.GERER_HABILITATIONS],
}


@require_safe
@login_not_required
def accueil(request):
    return render(request, "portail/accueil.html")


def groupes_de_droits():
    """La table des droits, en mots : [(groupe, [(droit, portées, rôle, condition)])]."""
    ranges = {droit for groupe in GROUPES.values() for droit in groupe}
    autres = [droit for droit in MATRICE if droit not in ranges]
    groupes = GROUPES | ({"Autres actes": autres} if autres else {})
    return [(nom, [ligne_en_mots(droit) for droit in groupe]) for nom, groupe in groupes.items()]


def ligne_en_mots(droit):
    regle = MATRICE[droit]
    portees = [(portee, PORTEES_EN_MOTS[portee]) for portee in regle[: len(COLONNES)]]
    return droit.label, portees, Role(regle.role).label, CONDITIONS_EN_MOTS[regle.si]


@require_safe
@login_not_required
def droits(request):
    contexte = {"groupes": groupes_de_droits(), "colonnes": list(COLONNES.values())}
    return render(request, "portail/droits.html", contexte)


@require_safe
@login_not_required
def accessibilite(request):
    return render(request, "portail/accessibilite.html", {"contact": settings.DEFAULT_FROM_EMAIL})


@require_safe
@login_not_required
def mentions(request):
    return render(request, "portail/mentions.html", {"contact": settings.DEFAULT_FROM_EMAIL})


@require_safe
@login_not_required
@never_cache
def sante(request):
    """200 si la base répond, 503 sinon ; ne dit rien d'autre."""
    try:
        with connection.cursor() as curseur:
            curseur.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("base injoignable\n", status=503, content_type="text/plain")
    return HttpResponse("en service\n", content_type="text/plain")


@require_safe
@login_not_required
@cache_control(max_age=3600)
def accent(request):
    """La couleur de l'opérateur ; rien si le réglage n'est pas une couleur #rrggbb."""
    accent = settings.PORTAIL_ACCENT
    regle = f":root {{ --accent-portail: {accent}; }}\n" if COULEUR.fullmatch(accent) else ""
    return HttpResponse(regle, content_type="text/css")


def acces_refuse(request, exception):
    """Le refus d'un droit ; s'il frappe un envoi, il rend d'abord ce qui avait été tapé."""
    if a_garder(request):
        return saisie_gardee(request, "droit", str(exception))
    return permission_denied(request, exception)


def introuvable(request, exception):
    """Ce qui n'existe pas, ou plus ; un texte envoyé à une part supprimée est rendu."""
    if request.user.is_authenticated and a_garder(request):
        return saisie_gardee(request, "introuvable", status=404)
    return page_not_found(request, exception)
