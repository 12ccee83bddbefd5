"""Le sommaire canonique d'un plan, et ce que chaque chapitre attend.

La loi demande peu : l'alinéa 4 de l'article L.1215-3 porte sur les conditions du conseil et de
l'accompagnement individualisé (chapitre 4) et sur les mesures du service public de l'emploi
(chapitre 5). Les autres chapitres sont une proposition du portail, jamais une obligation.
"""

from typing import NamedTuple

from django.db import models


class Nature(models.TextChoices):
    """Qui écrit un chapitre : chacun sa part, le service public de l'emploi, ou les fiches."""

    TEXTE = "texte", "Texte"
    SPE = "spe", "Service public de l’emploi"
    FICHES = "fiches", "Produit par les fiches et l’inventaire"


class ChapitreType(NamedTuple):
    cle: str  # stable : les gabarits s'y réfèrent pour les contenus tirés des fiches
    numero: str
    titre: str
    nature: Nature
    aide: str = ""


T, S, F = Nature

SOMMAIRE = [
    ChapitreType("synthese", "", "Synthèse", T, "Deux pages au plus, pour les élus."),
    ChapitreType("preambule", "", "Préambule", T, "Les éditoriaux des présidences."),
    ChapitreType("cadre", "1", "Cadre", F),
    ChapitreType(
        "fondement",
        "1.1",
        "Fondement",
        T,
        "L’article L. 1215-3 du code des transports et la décision d’engager le plan.",
    ),
    ChapitreType("bassin", "1.2", "Bassin de mobilité", T, "Le bassin et la décision qui le fixe."),
    ChapitreType(
        "articulation",
        "1.3",
        "Articulation avec les autres démarches",
        T,
        "Contrat opérationnel de mobilité, plan de mobilité, pacte local des solidarités…",
    ),
    ChapitreType("methode", "1.4", "Méthode et concertation", T),
    ChapitreType("parties", "2", "Parties", F),
    ChapitreType("co_pilotes", "2.1", "Co-pilotes", F),
    ChapitreType("coordonnees", "2.2", "Parties coordonnées", F),
    ChapitreType("associees", "2.3", "Organismes associés", F),
    ChapitreType("roles", "2.4", "Rôles", T, "Qui décide, qui prépare, qui anime."),
    ChapitreType("diagnostic", "3", "Diagnostic partagé", F),
    ChapitreType("territoire", "3.1", "Territoire", T),
    ChapitreType("publics", "3.2", "Publics", T, "Des statuts, mais aussi des situations."),
    ChapitreType("dispositifs_recenses", "3.3", "Dispositifs recensés", T),
    ChapitreType("couverture", "3.4", "Couverture, manques et doublons", T),
    ChapitreType("usagers", "3.5", "Parole des usagers", T),
    ChapitreType("enjeux", "3.6", "Enjeux", T),
    ChapitreType(
        "accompagnement",
        "4",
        "Conseil et accompagnement individualisé à la mobilité",
        T,
        "Qui, où, comment on y accède, contenu, coût, délai, communes couvertes (alinéa 4).",
    ),
    ChapitreType(
        "mesures_spe",
        "5",
        "Mesures du service public de l’emploi",
        S,
        "Pour tout demandeur d’emploi, toute personne éloignée de l’emploi et le jeune en contrat "
        "d’apprentissage (alinéa 4).",
    ),
    ChapitreType("orientations", "6", "Orientations : axes et objectifs", T),
    ChapitreType("actions", "7", "Plan d’actions", F),
    ChapitreType("recapitulatif", "7.1", "Tableau récapitulatif", F),
    ChapitreType("calendrier", "7.2", "Calendrier", F),
    ChapitreType("fiches", "7.3", "Fiches-actions", F),
    ChapitreType("moyens", "8", "Moyens", T, "L’ingénierie, au-delà des financements des fiches."),
    ChapitreType("gouvernance", "9", "Gouvernance, suivi, évaluation, révision", T),
    ChapitreType("engagements", "10", "Engagements des parties et signatures", T),
]

# Proposés à l'ouverture : lettre, intitulé, premier objectif.
AXES_PROPOSES = [
    ("A", "Informer et accompagner", "Faire connaître l’offre et accompagner chaque personne"),
    ("B", "Coordonner", "Coordonner les acteurs et leurs moyens"),
    ("C", "Offre", "Compléter et rééquilibrer l’offre de mobilité"),
    ("D", "Emploi et projets", "Anticiper les besoins liés à l’emploi et aux projets"),
]
