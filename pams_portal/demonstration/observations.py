"""Ce que les parties fictives se disent du plan, message par message."""

from acteurs.models import Notification
from acteurs.models.notification import PEREMPTION
from pams_portal.droits import Droit
from plans.models import Message, Observation


def observer(
    redaction, acteur, message, chapitre="", fiche="", reponse=(), resolue_par="", **reste
):
    """Ouvre une observation sur un texte commun ou sur une fiche, y répond, la résout."""
    mentionne = reste.pop("mentionne", [])
    observation = Observation(
        plan=redaction.plan, porteur=redaction.partie(acteur), **_cible(redaction, chapitre, fiche)
    )
    for nom, valeur in reste.items():  # passage, champ
        setattr(observation, nom, valeur)
    observation.full_clean(exclude=["cible_libelle", "numero"])
    observation.save()
    _ecrire(redaction, observation, acteur, message, mentionne)
    for suite in reponse:
        _ecrire(redaction, observation, **suite)
    if resolue_par:
        Observation.objects.get(pk=observation.pk).resoudre(redaction.personnes[resolue_par])


def _cible(redaction, chapitre, fiche):
    if fiche:
        return {"fiche": redaction.plan.fiches.get(code=fiche)}
    trouve = redaction.plan.chapitres.get(cle=chapitre)
    return {"chapitre": trouve, "contribution": trouve.contributions.get(commune=True)}


def _ecrire(redaction, observation, acteur, message, mentionne=()):
    partie, personne = redaction.partie(acteur), redaction.personnes[acteur]
    ecrit = Message(
        observation=observation,
        porteur=partie,
        auteur=personne,
        nom_auteur=str(personne),
        nom_acteur=partie.acteur.nom,
        texte=message.strip(),
    )
    personnes = [redaction.personnes[cle] for cle in mentionne]
    redaction.creer(acteur, ecrit, Droit.OBSERVER, personnes=personnes)


def ne_rien_envoyer(plan):
    """Les notifications se lisent dans le portail ; aucun courriel fictif ne part."""
    for notification in Notification.objects.filter(dossier=plan.identifiant):
        notification.partira_le -= PEREMPTION
        notification.save(update_fields=["partira_le"])
