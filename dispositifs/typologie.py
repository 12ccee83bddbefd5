"""Les types de dispositifs, leur famille et leur thématique data·inclusion v1."""

from django.db import models
from django.utils.text import slugify


class Thematique(models.TextChoices):
    """Les six thématiques de mobilité du référentiel data·inclusion v1."""

    VEHICULE = "mobilite--acceder-a-un-vehicule", "Accéder à un véhicule"
    ENTRETENIR = (
        "mobilite--entretenir-reparer-son-vehicule",
        "Entretenir et réparer son véhicule",
    )
    ACCOMPAGNEMENT = (
        "mobilite--etre-accompagne-dans-son-parcours-mobilite",
        "Être accompagné dans son parcours mobilité",
    )
    FINANCER = "mobilite--financer-ma-mobilite", "Financer ma mobilité"
    PERMIS = "mobilite--preparer-un-permis", "Préparer un permis"
    DOUCE = (
        "mobilite--mobilite-douce-partagee-collective",
        "Utiliser des services de mobilité douce, partagée ou collective",
    )


V, E, A, F, P, D = Thematique

# famille → {code: (libellé, thématiques)}
FAMILLES = {
    "Information et conseil": {
        "plateforme-mobilite": ("Plateforme de mobilité", [A]),
        "guichet": ("Guichet ou centrale de mobilité", [A]),
        "conseil-mobilite": ("Conseil en mobilité", [A]),
        "bilan-mobilite": ("Bilan ou diagnostic de mobilité", [A]),
        "atelier-mobilite": ("Atelier de mobilité", [A]),
    },
    "Apprendre": {
        "auto-ecole-sociale": ("Auto-école sociale ou associative", [P]),
        "aide-au-code": ("Aide au code", [P]),
        "simulateur": ("Simulateur de conduite", [P]),
        "velo-ecole": ("Vélo-école", [A]),
        "apprentissage-transports": ("Apprentissage des transports collectifs", [A]),
        "remise-en-confiance": ("Remise en confiance au volant", [P, A]),
    },
    "Accéder à un véhicule": {
        "location-solidaire": ("Location solidaire (auto, deux-roues, vélo)", [V]),
        "pret": ("Prêt de véhicule", [V]),
        "vente-solidaire": ("Vente solidaire", [V]),
        "reemploi-vehicules": ("Location de véhicules réemployés (L. 1113-2)", [V]),
        "microcredit": ("Microcrédit mobilité", [V, F]),
    },
    "Entretenir": {
        "garage-solidaire": ("Garage solidaire", [E]),
        "self-garage": ("Self-garage", [E]),
        "atelier-velo": ("Atelier vélo", [E]),
    },
    "Se déplacer": {
        "tus": ("Transport d’utilité sociale (TUS)", [D, A]),
        "tad": ("Transport à la demande (TAD)", [D, A]),
        "tpmr": ("Transport de personnes à mobilité réduite (TPMR)", [D, A]),
        "transport-accompagne": ("Transport accompagné", [D, A]),
        "navette-emploi": ("Navette ou ligne vers l’emploi", [D]),
        "covoiturage-solidaire": ("Covoiturage solidaire", [D]),
        "autopartage": ("Autopartage", [D]),
        "auto-stop": ("Auto-stop organisé", [D]),
        "velo-longue-duree": ("Vélo en location de longue durée", [D]),
    },
    "Aides": {
        "tarification-solidaire": ("Tarification solidaire", [F]),
        "aide-individuelle": ("Aide individuelle (carburant, permis, réparation, taxi)", [F]),
        "cpf": ("CPF et abondement", [F, P]),
    },
    "Aller vers": {
        "bus-itinerant": ("Bus itinérant", []),
        "service-domicile": ("Service à domicile", []),
        "deplacement-service": ("Déplacement d’un service", []),
    },
    "Ingénierie et coordination": {
        "comite": ("Comité ou instance", []),
        "observatoire": ("Observatoire", []),
        "formation-prescripteurs": ("Formation de prescripteurs", []),
    },
}

TYPES = [
    (famille, [(code, libelle) for code, (libelle, _) in types.items()])
    for famille, types in FAMILLES.items()
]
THEMATIQUES_PAR_TYPE = {
    code: thematiques for types in FAMILLES.values() for code, (_, thematiques) in types.items()
}
TYPES_PAR_THEMATIQUE = {
    str(thematique): [t for t, siennes in THEMATIQUES_PAR_TYPE.items() if thematique in siennes]
    for thematique in Thematique
}
LIBELLE_PAR_TYPE = {
    code: libelle for types in FAMILLES.values() for code, (libelle, _) in types.items()
}
FAMILLE_PAR_SLUG = {slugify(famille): famille for famille in FAMILLES}
FAMILLE_PAR_TYPE = {code: famille for famille, types in FAMILLES.items() for code in types}


class Motif(models.TextChoices):
    EMPLOI = "emploi", "Emploi"
    FORMATION = "formation", "Formation"
    SANTE = "sante", "Santé"
    DROITS = "droits", "Accès aux droits"
    QUOTIDIEN = "quotidien", "Vie quotidienne"


class MobilisablePar(models.TextChoices):
    USAGERS = "usagers", "Les usagers"
    PROFESSIONNELS = "professionnels", "Les professionnels"


class ModeMobilisation(models.TextChoices):
    COURRIEL = "envoyer-un-courriel", "Envoyer un courriel"
    SE_PRESENTER = "se-presenter", "Se présenter"
    TELEPHONER = "telephoner", "Téléphoner"
    LIEN = "utiliser-lien-mobilisation", "Utiliser le lien de mobilisation"
