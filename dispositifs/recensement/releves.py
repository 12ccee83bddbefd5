"""Les quelques dispositifs réels livrés avec le portail, relevés dans des articles publics datés.

Ils entrent « signalés » : rien n'y est tenu pour vrai tant que la structure porteuse n'a pas
confirmé.
"""

import json
from pathlib import Path

from django.db import transaction

from acteurs.models import Acteur
from bassins.models import Commune
from dispositifs.models import Dispositif, tenant

FICHIER = Path(__file__).parent.parent / "donnees" / "dispositifs_releves.json"


@transaction.atomic
def charger_dispositifs_releves(tenus_par=None, fichier=FICHIER):
    """Ajoute les dispositifs relevés qui manquent ; ne retouche jamais une fiche déjà là.

    `tenus_par` : l'acteur qui tient les fiches tant que leur structure porteuse n'est pas sur le
    portail (à défaut, la structure porteuse elle-même). Sortie : les dispositifs créés.
    """
    contenu = json.loads(fichier.read_text(encoding="utf-8"))
    return [
        _creer(fiche, contenu["source"], tenus_par)
        for fiche in contenu["dispositifs"]
        if not Dispositif.tous.filter(
            source=contenu["source"], source_id=fiche["source_id"]
        ).exists()
    ]


def _creer(fiche, source, tenus_par):
    champs = dict(fiche)
    porteur = _porteur(**champs.pop("porteur"))
    code = champs.pop("commune", None)
    dispositif = Dispositif.objects.create(
        porteur=porteur,
        tenu_par=tenant(porteur, tenus_par or porteur),
        commune=Commune.objects.filter(pk=code).first() if code else None,
        source=source,
        **champs,
    )
    dispositif.apres_ecriture()
    return dispositif


def _porteur(nom, nature, siren=None):
    """Par son SIREN s'il est connu, sinon par son nom : jamais deux fois le même."""
    defaut = {"nom": nom, "nature": nature}
    if siren:
        return Acteur.objects.get_or_create(siren=siren, defaults=defaut)[0]
    return Acteur.objects.filter(**defaut).first() or Acteur.objects.create(**defaut)
