"""Un dispositif en quelques mots, tel qu'on le lit dans une liste que l'on emporte."""

from typing import NamedTuple

from dispositifs.territoires import noms_des_territoires, zone_en_mots


class Mots(NamedTuple):
    """Des phrases prêtes à lire ; vides quand la fiche ne le dit pas."""

    zone: str
    cout: str
    contacts: str
    lieu: str


def en_mots(dispositifs):
    """[(dispositif, Mots)], en un nombre constant de requêtes."""
    dispositifs = list(dispositifs)
    noms = noms_des_territoires({cle for d in dispositifs for cle in d.zone_eligibilite})
    return [
        (
            dispositif,
            Mots(
                zone=zone_en_mots(dispositif.zone_eligibilite, noms),
                cout=_joindre(" : ", _frais(dispositif), dispositif.frais_precisions),
                contacts=_joindre(
                    " – ", dispositif.telephone, dispositif.courriel, dispositif.lien_mobilisation
                ),
                lieu=_joindre(", ", dispositif.adresse, dispositif.commune),
            ),
        )
        for dispositif in dispositifs
    ]


def _frais(dispositif):
    return dispositif.get_frais_display() if dispositif.frais else ""


def _joindre(lien, *morceaux):
    return lien.join(str(morceau) for morceau in morceaux if morceau)
