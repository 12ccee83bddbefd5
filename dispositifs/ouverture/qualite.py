"""La note de qualité de data·inclusion, et ce qui l'élèverait : pour qui tient la fiche.

Le calcul est celui du paquet officiel (dix critères, de 0 à 1, moyenne de ceux qui s'appliquent),
fait sur la ligne que nous publions : un contact omis y compte comme absent.
"""

from typing import NamedTuple

from data_inclusion.schema import v1
from data_inclusion.schema.v1 import score_qualite

from dispositifs.ouverture.data_inclusion import conforme, service
from dispositifs.ouverture.vocabulaire import TYPES_SANS_SERVICE

CONSEILS = {
    "adresse_bien_definie": "Donnez l’adresse : on vient sur place, sans savoir où.",
    "modes_mobilisation_bien_definis": "Dites qui peut le mobiliser, et comment.",
    "au_moins_un_public": "Cochez au moins un public que data·inclusion connaît, par exemple "
    "« Demandeurs d’emploi » ; ceux de la loi seule s’écrivent dans les précisions.",
    "au_moins_une_thematique": "Ce type n’a pas de thématique de mobilité dans data·inclusion.",
    "au_moins_un_moyen_de_contact": "Donnez un courriel ou un téléphone de service, ou un lien.",
    "courriel_bien_defini": "On le mobilise par courriel : donnez une adresse de service.",
    "date_maj_recente": "Confirmez la fiche : sa dernière confirmation a plus de six mois.",
    "frais_bien_definis": "Dites si c’est gratuit ou payant, et à quel prix.",
    "description_bien_definie": "Décrivez-le en 200 à 2 000 caractères.",
    "telephone_bien_defini": "On le mobilise par téléphone : donnez le numéro du service.",
}
NOMS_DES_CHAMPS = {
    "nom": "Nom",
    "description": "Description",
    "courriel": "Courriel",
    "lien_mobilisation": "Lien de mobilisation",
    "lien_source": "Adresse de la source",
    "publics": "Publics",
    "frais": "Frais",
    "modes_mobilisation": "Comment le mobiliser",
    "mobilisable_par": "Mobilisable par",
    "zone_eligibilite": "Zone d’éligibilité",
}
SANS_SERVICE = (
    "Un comité, un observatoire ou une formation de prescripteurs n’est pas un service à une "
    "personne : il reste dans l’inventaire et ses autres fichiers."
)


class Qualite(NamedTuple):
    """`note` sur 100 ; `refus` : ce que le schéma officiel n'accepte pas, champ par champ."""

    note: int
    conseils: list
    refus: list
    est_publiable: bool = True


def qualite(dispositif):
    """La note d'un dispositif chargé avec ses acteurs, publié ou non."""
    if dispositif.type in TYPES_SANS_SERVICE:
        return Qualite(0, [], [SANS_SERVICE], False)
    # La note ne dépend pas de la zone : inutile d'y développer les régions.
    valeurs, omis = conforme(v1.Service, service(dispositif, {}))
    refus = [
        f"{NOMS_DES_CHAMPS.get(champ, champ)} : non publié. {_en_clair(champ)}" for champ in omis
    ]
    if valeurs is None:
        return Qualite(0, [], refus, False)
    note, criteres = score_qualite.score(v1.Service.model_validate(valeurs))
    conseils = [
        CONSEILS[nom] for nom, valeur in criteres.items() if valeur is not None and valeur < 1
    ]
    return Qualite(round(note * 100), conseils, refus)


def _en_clair(champ):
    """La règle du schéma, en français ; le paquet officiel la dit en anglais."""
    regles = {
        "nom": "Il faut de 3 à 150 caractères.",
        "description": "Il faut de 5 à 10 000 caractères.",
        "courriel": "Cette adresse ne peut pas recevoir de courriel.",
        "publics": "« Tous publics » ne va pas avec un autre.",
    }
    return regles.get(champ, "La valeur n’est pas dans le format attendu.")
