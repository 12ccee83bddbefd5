"""D'où vient chaque information d'une fiche, déduit du journal et de lui seul."""

from typing import NamedTuple

from django.utils.text import capfirst

from acteurs.models import Acte
from dispositifs.importation.moteur import CHAMPS
from dispositifs.models import Dispositif

NON_CONSIGNEE = "Présent avant que le journal ne commence"
CHAMPS_MONTRES = ("porteur", *CHAMPS)


class Origine(NamedTuple):
    """Un champ, comment il est entré, par qui et quand, et qui l'a confirmé depuis."""

    libelle: str
    comment: str
    qui: str
    quand: object
    confirme_par: str
    confirme_le: object


def origines(dispositif, nommer=True):
    """Une `Origine` par champ rempli, en une requête ; `nommer` : dire aussi la personne."""
    actes = list(Acte.objects.sur(dispositif).order_by("version", "pk"))
    derniers = {champ: acte for acte in actes for champ in acte.apres}
    confirmations = [acte for acte in actes if acte.verbe == Acte.Verbe.CONFIRMER]
    confirmation = confirmations[-1] if confirmations else None
    valeurs = dispositif.valeurs()
    return [
        _origine(champ, derniers.get(champ), confirmation, nommer)
        for champ in CHAMPS_MONTRES
        if valeurs[champ] not in (None, "", [])
    ]


def _origine(champ, acte, confirmation, nommer):
    libelle = capfirst(Dispositif._meta.get_field(champ).verbose_name)
    vaut = confirmation and (acte is None or confirmation.version >= acte.version)
    confirme = (_qui(confirmation, nommer), confirmation.quand) if vaut else ("", None)
    if acte is None:
        return Origine(libelle, NON_CONSIGNEE, "", None, *confirme)
    comment = f"Importé du fichier {acte.origine}" if acte.origine else "Saisi"
    return Origine(libelle, comment, _qui(acte, nommer), acte.quand, *confirme)


def _qui(acte, nommer):
    noms = [acte.nom_utilisateur if nommer else "", acte.nom_acteur]
    return ", ".join(dict.fromkeys(nom for nom in noms if nom))
