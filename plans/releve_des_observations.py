"""Le relevé des observations d'un plan : une ligne par message, pour un tableur."""

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from plans.models import Message

COLONNES = [
    *("N°", "État", "Sur", "Passage", "Ce passage", "Date", "Organisme", "Personne", "Message"),
    *("Mentionne", "Adresse"),
]


def lignes_du_releve(observations):
    """Une ligne par message de ces observations, dans l'ordre des numéros puis du fil."""
    retenues = {o.pk: o for o in observations.with_textes()}
    fil = Message.objects.filter(observation__in=retenues).order_by(
        "observation__numero", "ecrit_le", "pk"
    )
    presences = {pk: dire_la_presence(observation) for pk, observation in retenues.items()}
    for message in fil.prefetch_related("personnes", "parties__acteur"):
        observation = retenues[message.observation_id]
        yield [
            observation.numero,
            observation.get_etat_display(),
            observation.cible_libelle,
            observation.passage,
            presences[observation.pk],
            date_format(timezone.localtime(message.ecrit_le), "Y-m-d H:i"),
            message.nom_acteur,
            message.nom_auteur,
            message.texte,
            ", ".join(message.noms_mentionnes),
            settings.SITE_URL + observation.get_absolute_url(),
        ]


def dire_la_presence(observation):
    if not observation.passage:
        return ""
    return "se lit encore" if observation.ou_est_le_passage() else "modifié depuis"
