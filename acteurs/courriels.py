"""Les courriels du portail : écrits par un travail de fond, jamais pendant la réponse.

La page « mot de passe oublié » répond ainsi aussi vite, que le compte existe ou non.
"""

from django.apps import apps
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_tasks import task

OBJETS = {
    "invitation": "Votre compte sur le {portail}",
    "oubli": "Choisir un nouveau mot de passe sur le {portail}",
}


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
