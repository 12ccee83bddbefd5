"""Le courriel qui demande si une fiche est toujours exacte, écrit par un travail de fond."""

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django_tasks import task


@task
def envoyer_demandes(envoi_pk):
    """Envoie un courriel de demandes, une fois. Rend ce qui s'est passé, pour le journal."""
    envoi = apps.get_model("dispositifs", "Envoi").objects.filter(pk=envoi_pk).first()
    if envoi is None or not envoi.prendre():
        return "déjà pris"
    courriel_de(envoi).send()
    envoi.noter_parti()
    return "envoyé"


def courriel_de(envoi):
    demandes = list(envoi.demandes.select_related("dispositif", "acteur"))
    contexte = {
        "envoi": envoi,
        "demandes": demandes,
        "portail": settings.PORTAIL_NOM,
        "site": settings.SITE_URL,
        "jours": envoi.VALABLE.days,
    }
    domaine = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return EmailMessage(
        objet_de(demandes),
        render_to_string("dispositifs/courriels/demande_de_confirmation.txt", contexte),
        to=[envoi.courriel],
        headers={
            # Le même à chaque essai : une messagerie qui le reçoit deux fois n'en montre qu'un.
            "Message-ID": f"<demandes.{envoi.identifiant}@{domaine}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def objet_de(demandes):
    if len(demandes) == 1:
        nom = " ".join(demandes[0].dispositif.nom.split())
        return f"«\u00a0{nom}\u00a0» : est-ce toujours exact\u202f?"
    return f"{len(demandes)} fiches à confirmer sur le {settings.PORTAIL_NOM}"
