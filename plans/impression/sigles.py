"""Les sigles que le document emploie, et ce qu'ils veulent dire."""

import re

from pams_portal.recherche import normaliser

SIGLES_DU_METIER = {
    "ADEME": "Agence de la transition écologique",
    "AOM": "Autorité organisatrice de la mobilité",
    "CA": "Communauté d’agglomération",
    "CAF": "Caisse d’allocations familiales",
    "CC": "Communauté de communes",
    "CCAS": "Centre communal d’action sociale",
    "CEE": "Certificats d’économies d’énergie",
    "CIAS": "Centre intercommunal d’action sociale",
    "COM": "Contrat opérationnel de mobilité",
    "COPIL": "Comité de pilotage",
    "COTECH": "Comité technique",
    "CPF": "Compte personnel de formation",
    "CU": "Communauté urbaine",
    "DDETS": "Direction départementale de l’emploi, du travail et des solidarités",
    "DREAL": "Direction régionale de l’environnement, de l’aménagement et du logement",
    "DREETS": "Direction régionale de l’économie, de l’emploi, du travail et des solidarités",
    "EPCI": "Établissement public de coopération intercommunale",
    "ETP": "Équivalent temps plein",
    "FRR": "France ruralités revitalisation",
    "FSE": "Fonds social européen",
    "IDFM": "Île-de-France Mobilités",
    "INSEE": "Institut national de la statistique et des études économiques",
    "LOM": "Loi d’orientation des mobilités (n° 2019-1428 du 24 décembre 2019)",
    "MDPH": "Maison départementale des personnes handicapées",
    "MSA": "Mutualité sociale agricole",
    "PAMS": "Plan d’action commun en matière de mobilité solidaire",
    "PETR": "Pôle d’équilibre territorial et rural",
    "PLIE": "Plan local pluriannuel pour l’insertion et l’emploi",
    "PMR": "Personne à mobilité réduite",
    "QPV": "Quartier prioritaire de la politique de la ville",
    "RSA": "Revenu de solidarité active",
    "SIAE": "Structure d’insertion par l’activité économique",
    "SPE": "Service public de l’emploi",
    "SRADDET": "Schéma régional d’aménagement, de développement durable et d’égalité des "
    "territoires",
    "SRU": "Solidarité et renouvellement urbains (loi n° 2000-1208 du 13 décembre 2000)",
    "TAD": "Transport à la demande",
    "TPMR": "Transport de personnes à mobilité réduite",
    "TUS": "Transport d’utilité sociale",
    "VAE": "Vélo à assistance électrique",
}


def sigles_employes(texte, parties):
    """Les couples (sigle, développé) présents dans un texte, dans l'ordre alphabétique.

    Le sigle d'une partie l'emporte sur celui du métier.
    """
    connus = SIGLES_DU_METIER | {p.acteur.sigle: p.acteur.nom for p in parties if p.acteur.sigle}
    # Le plus long d'abord : « CCAS » avant « CC ».
    choix = "|".join(map(re.escape, sorted(connus, key=len, reverse=True)))
    employes = set(re.findall(rf"(?<!\w)(?:{choix})(?!\w)", texte))
    return [(s, connus[s]) for s in sorted(employes, key=normaliser) if connus[s] != s]
