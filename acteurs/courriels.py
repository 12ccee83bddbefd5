"""Les courriels du portail : écrits par un travail de fond, jamais pendant la réponse.

La page « mot de passe oublié » répond ainsi aussi vite, que le compte existe ou non.
"""

from itertools import groupby
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage, send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_tasks import task

from pams_portal.texte import normaliser, sur_une_ligne

OBJETS = {
    "invitation": "Votre compte sur le {portail}",
    "oubli": "Choisir un nouveau mot de passe sur le {portail}",
}
OBJET_AU_PLUS = 150


def lien_de_mot_de_passe(utilisateur):
    """L'adresse, valable une fois, où la personne choisit son mot de passe."""
    uid = urlsafe_base64_encode(force_bytes(utilisateur.pk))
    jeton = default_token_generator.make_token(utilisateur)
    # L'adresse publique vient des réglages : celle de la requête peut être forgée.
    return settings.SITE_URL + reverse("mot_de_passe_nouveau", args=[uid, jeton])


@task(priority=10)  # avant les documents : quelqu'un attend ce lien pour entrer
def envoyer_lien(utilisateur_pk, motif):
    """Envoie le lien de mot de passe ; `motif` : « invitation » ou « oubli ».

    Le travail n'emporte que la clé du compte : le jeton ne dort pas dans la file.
    """
    utilisateur = apps.get_model("acteurs", "Utilisateur").objects.get(pk=utilisateur_pk)
    contexte = {
        "utilisateur": utilisateur,
        "portail": settings.PORTAIL_NOM,
        "lien": lien_de_mot_de_passe(utilisateur),
        "jours": settings.PASSWORD_RESET_TIMEOUT // (24 * 3600),
    }
    send_mail(
        OBJETS[motif].format(portail=settings.PORTAIL_NOM),
        render_to_string(f"acteurs/courriels/{motif}.txt", contexte),
        None,
        [utilisateur.courriel],
    )


@task(priority=10)
def envoyer_changement_d_adresse(acte_pk):
    """Dit à l'ancienne adresse d'un compte qu'elle ne l'est plus ; l'acte porte l'une et l'autre.

    Sans lien : qui la lit n'a rien à ouvrir, et qui imite ce courriel n'y habitue personne.
    """
    acte = apps.get_model("acteurs", "Acte").objects.get(pk=acte_pk)
    contexte = {
        "acte": acte,
        "ancienne": acte.avant["courriel"],
        "portail": settings.PORTAIL_NOM,
        "demonstration": settings.DEMO,
    }
    send_mail(
        en_objet(f"L’adresse de votre compte a changé sur le {settings.PORTAIL_NOM}"),
        render_to_string("acteurs/courriels/adresse.txt", contexte),
        None,
        [acte.avant["courriel"]],
    )


# --- Notifications -----------------------------------------------------------------------------


@task(priority=5)
def envoyer_courriel(courriel_pk):
    """Envoie un courriel de la file ; rend ce qui s'est passé, pour le journal de l'ouvrier."""
    courriel = apps.get_model("acteurs", "Courriel").objects.filter(pk=courriel_pk).first()
    return courriel.envoyer() if courriel else "retiré"


def en_objet(texte):
    """Un texte écrit par n'importe qui, rendu inoffensif dans un en-tête."""
    ligne = sur_une_ligne(texte)
    return ligne if len(ligne) <= OBJET_AU_PLUS else f"{ligne[: OBJET_AU_PLUS - 1]}…"


def ecrire_le_courriel(courriel):
    """Le message à envoyer, d'après ce qui reste à lire ; None s'il n'y a plus rien à dire."""
    destinataire = courriel.destinataire
    notifications = lisibles(courriel)
    if not notifications or not utilisateurs().joignables().filter(pk=destinataire.pk).exists():
        return None
    if not courriel.fil and destinataire.recapitulatif == destinataire.Recapitulatif.JAMAIS:
        return None  # arrêté pendant que ce récapitulatif attendait
    contexte = {
        "destinataire": destinataire,
        "portail": settings.PORTAIL_NOM,
        "site": settings.SITE_URL,
        "demonstration": settings.DEMO,
        "reglages": settings.SITE_URL + reverse("notification_reglages"),
        "notifications": notifications,
    }
    if courriel.fil:
        return ecrire_le_fil(courriel, contexte, notifications)
    contexte["cadres"] = par_cadre_et_fil(notifications)
    nombre = len(notifications)
    objet = f"{settings.PORTAIL_NOM} : {nombre} nouvelle{'s' if nombre > 1 else ''} à lire"
    jeton = destinataire.jeton_du_recapitulatif
    arreter = settings.SITE_URL + reverse("recapitulatif_arreter", args=[jeton])
    entetes = desabonner_en_un_clic(arreter)
    return composer(courriel, objet, "recapitulatif", contexte | {"arreter": arreter}, entetes)


def ecrire_le_fil(courriel, contexte, notifications):
    """Le courriel d'un fil où la personne est attendue, et de quoi quitter ce fil."""
    abonnements = apps.get_model("acteurs", "Abonnement").objects
    abonnement, _ = abonnements.get_or_create(utilisateur=courriel.destinataire, fil=courriel.fil)
    quitter = settings.SITE_URL + reverse("fil_quitter", args=[abonnement.jeton])
    pressante = next((n for n in notifications if n.motif != "suivi"), notifications[0])
    entetes = desabonner_en_un_clic(quitter)
    objet = f"{pressante.auteur} {pressante.phrase} : {pressante.objet}"
    return composer(courriel, objet, "fil", contexte | {"quitter": quitter}, entetes)


def desabonner_en_un_clic(adresse):
    """Les en-têtes de la RFC 8058.

    Pas de `mailto:` : le portail n'ouvre aucune boîte, et ce courrier-là se perdrait.
    """
    return {
        "List-Unsubscribe": f"<{adresse}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def composer(courriel, objet, gabarit, contexte, entetes=None):
    domaine = urlsplit(settings.SITE_URL).hostname
    return EmailMessage(
        en_objet(objet),
        normaliser(render_to_string(f"acteurs/courriels/{gabarit}.txt", contexte)),
        to=[contexte["destinataire"].courriel],
        headers={
            "Message-ID": f"<{courriel.identifiant}@{domaine}>",
            "Auto-Submitted": "auto-generated",
        }
        | (entetes or {}),
    )


def utilisateurs():
    return apps.get_model("acteurs", "Utilisateur").objects


def lisibles(courriel):
    """Ce que la personne n'a pas lu, et que sa place lui permet encore de lire."""
    notifications = list(courriel.notifications.non_lues().order_by("cree_le", "pk"))
    ouverts = {
        dossier
        for dossier in {n.dossier for n in notifications if n.dossier}
        if utilisateurs().ayant_place(dossier).filter(pk=courriel.destinataire_id).exists()
    }
    return [n for n in notifications if n.dossier is None or n.dossier in ouverts]


def par_cadre_et_fil(notifications):
    """[(titre du plan, [(objet, adresse, [notifications])])], dans l'ordre des plans."""
    rangees = sorted(notifications, key=lambda n: (n.cadre, str(n.fil), n.cree_le))
    return [
        (
            cadre,
            [
                (lot[0].objet, settings.SITE_URL + lot[0].url, lot)
                for _, fil in groupby(du_cadre, lambda n: n.fil)
                if (lot := list(fil))
            ],
        )
        for cadre, du_cadre in groupby(rangees, lambda n: n.cadre)
    ]
