"""Nos mots et ceux de data·inclusion v1 : ce qui se répond exactement, et rien de plus.

Les vocabulaires sont lus dans le paquet officiel `data-inclusion-schema`. Une correspondance
partielle ne s'invente pas : un public que seule la loi nomme s'écrit dans les précisions.
"""

from data_inclusion.schema import v1
from django.conf import settings

from acteurs.models import Acteur
from acteurs.publics import Public
from dispositifs.typologie import FAMILLES, THEMATIQUES_PAR_TYPE, Thematique
from pams_portal.recherche import normaliser

SOURCE = settings.DATA_INCLUSION_SOURCE
# data·inclusion n'a pas de champ pour dire « fictif » : la source le dit, et la description.
SOURCE_DEMONSTRATION = f"{SOURCE}-demonstration"
MARQUE_DEMONSTRATION = "DÉMONSTRATION, contenu fictif. "

CHAMPS_SERVICE = list(v1.Service.model_fields)
CHAMPS_STRUCTURE = list(v1.Structure.model_fields)

# Un comité, un observatoire, une formation de prescripteurs ne sont pas des services à la personne.
TYPES_SANS_SERVICE = set(FAMILLES["Ingénierie et coordination"])

_TYPES_PAR_SERVICE = {
    v1.TypeService.ACCOMPAGNEMENT: ["plateforme-mobilite", "conseil-mobilite", "bilan-mobilite"],
    v1.TypeService.INFORMATION: ["guichet"],
    v1.TypeService.ATELIER: ["atelier-mobilite", "atelier-velo"],
    v1.TypeService.FORMATION: [
        *("auto-ecole-sociale", "aide-au-code", "simulateur", "velo-ecole"),
        *("apprentissage-transports", "remise-en-confiance"),
    ],
    v1.TypeService.AIDE_MATERIELLE: [
        *("location-solidaire", "pret", "vente-solidaire", "reemploi-vehicules"),
        *("autopartage", "velo-longue-duree"),
    ],
    v1.TypeService.AIDE_FINANCIERE: [
        *("microcredit", "tarification-solidaire", "aide-individuelle", "cpf"),
    ],
}
# Un transport ou un garage n'est aucun des six types de service : le champ reste vide.
SERVICE_PAR_TYPE = {
    code: service.value for service, types in _TYPES_PAR_SERVICE.items() for code in types
}

PUBLICS_COMMUNS = {public.value for public in Public} & {public.value for public in v1.Public}
LIBELLES_DE_LA_LOI = {p.label: p.value for p in Public if p.value not in PUBLICS_COMMUNS}

RESEAU_PAR_NATURE = {
    Acteur.Nature.REGION: v1.ReseauPorteur.REGIONS.value,
    Acteur.Nature.DEPARTEMENT: v1.ReseauPorteur.DEPARTEMENTS.value,
    Acteur.Nature.COMMUNE: v1.ReseauPorteur.COMMUNES.value,
}
NATURE_PAR_RESEAU = {reseau: nature for nature, reseau in RESEAU_PAR_NATURE.items()}

# --- Les vocabulaires d'avant la version 1 -------------------------------------------------------

# Migration 0129 de DORA (novembre 2025) et journal de data·inclusion (septembre 2025).
_V, _E, _A, _F, _P, _D = Thematique
THEMATIQUES_ANCIENNES = {
    "mobilite--acheter-un-vehicule-motorise": [_V],
    "mobilite--acheter-un-velo": [_V],
    "mobilite--louer-un-vehicule": [_V],
    "mobilite--aides-a-la-reprise-demploi-ou-a-la-formation": [_F],
    "mobilite--financer-mon-projet-mobilite": [_F],
    "mobilite--apprendre-a-utiliser-un-deux-roues": [_P],
    "mobilite--preparer-son-permis-de-conduire-se-reentrainer-a-la-conduite": [_P],
    "mobilite--preparer-un-permis-de-conduire": [_P],
    "mobilite--comprendre-et-utiliser-les-transports-en-commun": [_D],
    "mobilite--utiliser-des-services-de-mobilite-partagee": [_D],
    "mobilite": list(Thematique),
    "illettrisme--permis-conduire": [_P],
    "handicap--mobilite-des-personnes-en-situation-de-handicap": [_A],
}
PUBLICS_ANCIENS = {
    "demandeurs-demploi": Public.DEMANDEURS_EMPLOI,
    "beneficiaires-rsa": Public.MINIMAS_SOCIAUX,
    "familles-enfants": Public.FAMILLES,
    "jeunes-16-26": Public.JEUNES,
    "handicaps": Public.HANDICAP,
    "personnes-handicapees": Public.HANDICAP,
    "seniors-65": Public.SENIORS,
    "retraites": Public.SENIORS,
    "residents-qpv": Public.QPV_FRR,
    "residents-zrr": Public.QPV_FRR,
    "personnes-de-nationalite-etrangere": Public.EXILEES,
}
FRAIS_ANCIENS = {
    "gratuit-sous-conditions": ("gratuit", "Gratuit sous conditions"),
    "adhesion": ("payant", "Sur adhésion"),
}
# {ancien nom: nom d'aujourd'hui}
COLONNES_ANCIENNES = {
    "profils": "publics",
    "profils_precisions": "publics_precisions",
    "types": "type",
    "presentation_detail": "description",
    "frais_autres": "frais_precisions",
    "zone_diffusion_code": "zone_eligibilite",
    "formulaire_en_ligne": "lien_mobilisation",
}

# --- Retrouver notre type ------------------------------------------------------------------------

# Ce qui, dans le nom d'un service, désigne un type ; le premier qui convient à ses thématiques.
MOTS_PAR_TYPE = {
    "remise-en-confiance": ["confiance", "reprise de la conduite", "reentrainement"],
    "aide-au-code": ["code de la route", "aide au code", "epreuve theorique"],
    "simulateur": ["simulateur"],
    "velo-ecole": ["velo ecole", "apprendre le velo", "apprentissage du velo"],
    "apprentissage-transports": ["lire un plan", "prendre le bus", "apprendre les transports"],
    "auto-ecole-sociale": ["auto ecole", "permis"],
    "bilan-mobilite": ["bilan", "diagnostic"],
    "atelier-mobilite": ["atelier"],
    "plateforme-mobilite": ["plateforme", "plate forme"],
    "guichet": ["guichet", "centrale", "information"],
    "conseil-mobilite": ["conseil", "accompagnement"],
    "microcredit": ["microcredit", "micro credit", "pret bancaire"],
    "velo-longue-duree": ["velo longue duree", "location longue duree"],
    "reemploi-vehicules": ["reemploi", "l 1113 2"],
    "vente-solidaire": ["vente", "acheter"],
    "pret": ["pret de", "preter"],
    "location-solidaire": ["location", "louer"],
    "atelier-velo": ["atelier velo", "reparer son velo", "reparation de velo"],
    "self-garage": ["self garage", "auto reparation"],
    "garage-solidaire": ["garage"],
    "tpmr": ["tpmr", "mobilite reduite", "handicap"],
    "tad": ["transport a la demande", "tad"],
    "tus": ["utilite sociale", "tus"],
    "transport-accompagne": ["accompagne", "accompagnement"],
    "navette-emploi": ["navette", "ligne"],
    "covoiturage-solidaire": ["covoiturage", "co voiturage"],
    "autopartage": ["autopartage", "auto partage"],
    "auto-stop": ["auto stop", "autostop"],
    "tarification-solidaire": ["tarif", "abonnement", "gratuite", "reduction"],
    "cpf": ["cpf", "compte personnel de formation"],
    "aide-individuelle": ["aide", "financement", "bon de"],
    "bus-itinerant": ["bus itinerant", "itinerant"],
    "service-domicile": ["domicile"],
    "deplacement-service": ["permanence", "antenne"],
}


def type_probable(nom, thematiques, service):
    """Notre type pour un service : le premier que son nom désigne, sinon le plus proche ; ou ''."""
    candidats = types_possibles(thematiques, service)
    designes = [type_ for type_ in types_designes(nom) if type_ in candidats]
    return next(iter([*designes, *candidats]), "")


def types_designes(nom):
    """Nos types que désigne un mot du nom d'un service."""
    mots = f" {normaliser(nom)} "
    return [t for t, siens in MOTS_PAR_TYPE.items() if any(f" {mot}" in mots for mot in siens)]


def types_possibles(thematiques, service):
    """Nos types qui ont ces thématiques et ce type de service ; à défaut, les plus proches."""
    voulues = set(thematiques)
    candidats = [t for t in THEMATIQUES_PAR_TYPE if t not in TYPES_SANS_SERVICE]
    exacts = [
        t
        for t in candidats
        if set(THEMATIQUES_PAR_TYPE[t]) == voulues and SERVICE_PAR_TYPE.get(t) == service
    ]
    if exacts:
        return exacts
    proches = [t for t in candidats if set(THEMATIQUES_PAR_TYPE[t]) & voulues]
    ecart = {t: len(set(THEMATIQUES_PAR_TYPE[t]) ^ voulues) for t in proches}
    autre_service = {t: SERVICE_PAR_TYPE.get(t) != service for t in proches}
    return sorted(proches, key=lambda t: (autre_service[t], ecart[t]))
