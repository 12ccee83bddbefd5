"""Publics, situations et freins : trois listes tenues à part.

Les quatre premiers publics sont ceux que nomme l'alinéa 3 de l'article L.1215-3, les trois suivants
ceux de l'alinéa 4 ; les autres viennent du référentiel data·inclusion v1 et peuvent être choisis en
plus. Une correspondance partielle ne satisfait jamais, seule, une règle de droit.
"""

from django.db import models


class Public(models.TextChoices):
    VULNERABILITE_ECONOMIQUE = "vulnerabilite-economique", "Vulnérabilité économique"
    VULNERABILITE_SOCIALE = "vulnerabilite-sociale", "Vulnérabilité sociale"
    HANDICAP = "personnes-en-situation-de-handicap", "Personnes en situation de handicap"
    MOBILITE_REDUITE = "mobilite-reduite", "Personnes à mobilité réduite"
    DEMANDEURS_EMPLOI = "demandeurs-emploi", "Demandeurs d’emploi"
    ELOIGNES_EMPLOI = "eloignes-emploi", "Personnes éloignées de l’emploi"
    APPRENTIS = "apprentis", "Jeunes en contrat d’apprentissage"
    TOUS = "tous-publics", "Tous publics"
    ACTIFS = "actifs", "Actifs"
    MINIMAS_SOCIAUX = "beneficiaires-des-minimas-sociaux", "Bénéficiaires des minima sociaux"
    ETUDIANTS = "etudiants", "Étudiants"
    FAMILLES = "familles", "Familles"
    FEMMES = "femmes", "Femmes"
    JEUNES = "jeunes", "Jeunes"
    URGENCE = "personnes-en-situation-durgence", "Personnes en situation d’urgence"
    JURIDIQUE = (
        "personnes-en-situation-juridique-specifique",
        "Personnes en situation juridique spécifique",
    )
    EXILEES = "personnes-exilees", "Personnes exilées"
    QPV_FRR = "residents-qpv-frr", "Résidents QPV ou France ruralités revitalisation"
    SENIORS = "seniors", "Seniors"


# Alinéa 3 : les personnes que les organismes associés accompagnent.
PUBLICS_ASSOCIES = [
    Public.VULNERABILITE_ECONOMIQUE,
    Public.VULNERABILITE_SOCIALE,
    Public.HANDICAP,
    Public.MOBILITE_REDUITE,
]
# Alinéa 4 : les personnes à qui le service public de l'emploi fournit conseil et accompagnement.
PUBLICS_SPE = [Public.DEMANDEURS_EMPLOI, Public.ELOIGNES_EMPLOI, Public.APPRENTIS]


class Situation(models.TextChoices):
    SANS_PERMIS = "sans-permis", "Sans permis"
    SANS_VEHICULE = "sans-vehicule", "Sans véhicule"
    VEHICULE_EN_PANNE = "vehicule-en-panne", "Véhicule en panne ou non conforme"
    SANS_DESSERTE = "sans-desserte", "Sans desserte"
    HORAIRES_DECALES = "horaires-decales", "Horaires décalés"
    ISOLEMENT = "isolement", "Isolement"
    LANGUE = "langue", "Illettrisme ou langue"
    NUMERIQUE = "numerique", "Non-usage du numérique"
    GARDE_ENFANT = "garde-enfant", "Garde d’enfant"
    SANTE = "sante", "Santé"


class Frein(models.TextChoices):
    PHYSIQUE = "physique", "Physique"
    ECONOMIQUE = "economique", "Économique"
    COGNITIF = "cognitif", "Cognitif (se repérer, lire un plan, utiliser le numérique)"
    CULTUREL = "culturel", "Culturel et psychologique"
    GEOGRAPHIQUE = "geographique", "Géographique"
    ADMINISTRATIF = "administratif", "Administratif"
