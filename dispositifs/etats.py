"""Les états d'un dispositif, et ce que le temps leur fait."""

from datetime import timedelta

from django.db import models

from pams_portal.typographie import jour as date_en_mots

SIX_MOIS, DEUX_ANS = timedelta(days=183), timedelta(days=730)
FIN_ANNONCEE = SIX_MOIS  # avant la fin d’un financement


class Statut(models.TextChoices):
    SIGNALE = "signale", "Signalé"
    VERIFIE = "verifie", "Vérifié"
    A_CONFIRMER = "a_confirmer", "À confirmer"
    SUSPENDU = "suspendu", "Suspendu"
    FERME = "ferme", "Fermé"

    @property
    def ton(self):
        """Le ton du composant d'état ; il ne fait qu'appuyer les mots."""
        tons = {"verifie": "succes", "a_confirmer": "alerte", "ferme": "danger"}
        return tons.get(self.value, "neutre")


PUBLICS = (Statut.VERIFIE, Statut.A_CONFIRMER)
HORS_SERVICE = (Statut.SUSPENDU, Statut.FERME)


class Fraicheur(models.TextChoices):
    """Les seuils de data·inclusion : six mois, vingt-quatre mois."""

    VERT = "vert", "Confirmé il y a moins de 6 mois"
    ORANGE = "orange", "Confirmé il y a 6 à 24 mois"
    ROUGE = "rouge", "Jamais confirmé, ou il y a plus de 24 mois"

    @property
    def ton(self):
        """Le ton du composant d'état ; il ne fait qu'appuyer les mots."""
        return {"vert": "succes", "orange": "alerte", "rouge": "danger"}[self.value]


class Frais(models.TextChoices):
    INCONNU = "", "Non renseigné"
    GRATUIT = "gratuit", "Gratuit"
    PAYANT = "payant", "Payant"


def fraicheur_au(jour, confirme_le):
    """La fraîcheur, un jour donné, d'une fiche confirmée à cette date (ou jamais)."""
    if confirme_le is None:
        return Fraicheur.ROUGE
    age = jour - confirme_le
    if age < SIX_MOIS:
        return Fraicheur.VERT
    return Fraicheur.ORANGE if age < DEUX_ANS else Fraicheur.ROUGE


def fraicheur_en_mots(jour, confirme_le):
    """« Confirmé il y a moins de 6 mois », un jour donné."""
    if confirme_le is None:
        return "Jamais confirmé"
    fraicheur = fraicheur_au(jour, confirme_le)
    return "Confirmé il y a plus de 24 mois" if fraicheur == Fraicheur.ROUGE else fraicheur.label


def fin_annoncee(jour, statut, fin):
    """« Financement jusqu'au 31 décembre 2026 », six mois avant, d'un dispositif en service."""
    if fin is None or statut in HORS_SERVICE or fin - jour > FIN_ANNONCEE:
        return ""
    return f"Financement {'fini le' if fin < jour else 'jusqu’au'} {date_en_mots(fin)}"


def statut_au(jour, statut, confirme_le):
    """Le statut tel que le temps le fait : vérifié il y a plus de six mois, à confirmer."""
    if statut == Statut.VERIFIE and fraicheur_au(jour, confirme_le) != Fraicheur.VERT:
        return Statut.A_CONFIRMER
    return Statut(statut)
