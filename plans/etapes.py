"""Les étapes d'un plan, et les passages de l'une à l'autre.

L. 1215-3 ne fixe aucune procédure : ces étapes sont les nôtres. Deux règles : figer le contenu veut
le visa de tous les co-pilotes sur la même empreinte ; y renoncer est permis à chacun d'eux.
"""

from typing import NamedTuple

from django.db import models


class Etat(models.TextChoices):
    CADRAGE = "cadrage", "Cadrage"
    DIAGNOSTIC = "diagnostic", "Recensement et diagnostic"
    ORIENTATIONS = "orientations", "Orientations"
    REDACTION = "redaction", "Rédaction"
    CONCERTATION = "concertation", "Concertation"
    ARRETE = "arrete", "Projet arrêté"
    DELIBERATIONS = "deliberations", "Délibérations"
    ADOPTE = "adopte", "Adopté"
    MISE_EN_OEUVRE = "mise_en_oeuvre", "Mise en œuvre"
    CLOS = "clos", "Clos"


class Passage(NamedTuple):
    """Un passage permis. `visas` : il veut ceux de tous les co-pilotes, et fige le contenu.

    `conforme` : les règles de la loi et de notre lecture doivent être satisfaites ou levées.
    `motive` : il se fait en disant pourquoi.
    """

    de: str
    vers: str
    verbe: str
    visas: bool = False
    conforme: bool = False
    motive: bool = False


PASSAGES = [
    Passage(Etat.CADRAGE, Etat.DIAGNOSTIC, "Ouvrir le recensement et le diagnostic"),
    Passage(Etat.DIAGNOSTIC, Etat.ORIENTATIONS, "Ouvrir les orientations"),
    Passage(Etat.DIAGNOSTIC, Etat.CADRAGE, "Revenir au cadrage"),
    Passage(Etat.ORIENTATIONS, Etat.REDACTION, "Ouvrir la rédaction"),
    Passage(Etat.ORIENTATIONS, Etat.DIAGNOSTIC, "Revenir au diagnostic"),
    Passage(Etat.REDACTION, Etat.ORIENTATIONS, "Revenir aux orientations"),
    Passage(Etat.REDACTION, Etat.CONCERTATION, "Ouvrir la concertation", visas=True),
    Passage(Etat.REDACTION, Etat.ARRETE, "Arrêter le projet", visas=True, conforme=True),
    Passage(Etat.CONCERTATION, Etat.ARRETE, "Arrêter le projet", visas=True, conforme=True),
    Passage(Etat.CONCERTATION, Etat.REDACTION, "Revenir en rédaction", motive=True),
    Passage(Etat.ARRETE, Etat.REDACTION, "Revenir en rédaction", motive=True),
]


def passages_depuis(etat):
    return [passage for passage in PASSAGES if passage.de == etat]


def passage_entre(de, vers):
    """Le passage permis de `de` à `vers`, ou None."""
    return next((p for p in passages_depuis(de) if p.vers == vers), None)
