"""Le journal d'une fiche de dispositif, ses territoires par leur nom."""

from acteurs.lecture_du_journal import lire
from acteurs.models import Acte
from dispositifs.models import Dispositif
from dispositifs.territoires import noms_des_territoires, zone_en_mots
from pams_portal.comparaison import comparer_valeurs

LIBELLE_ZONE = Dispositif._meta.get_field("zone_eligibilite").verbose_name
ACTES_MONTRES = 50


def histoire(dispositif):
    """[(acte, [(libellé, comparaison)])], du plus récent au plus ancien ; 50 actes au plus."""
    actes = Acte.objects.sur(dispositif)[:ACTES_MONTRES]
    lus = lire(actes)
    cles = {cle for acte, _ in lus for etat in (acte.avant, acte.apres) for cle in _zone(etat)}
    noms = noms_des_territoires(cles)
    return [
        (acte, [_comparer(*_nommer(ligne, acte, noms)) for ligne in lignes]) for acte, lignes in lus
    ]


def _comparer(libelle, avant, apres):
    return libelle, comparer_valeurs(avant, apres)


def en_mots(avant, apres):
    """[(libellé, avant, après)] de valeurs qui ne sont pas encore un acte : une proposition."""
    acte = Acte(cible_type=Dispositif._meta.label_lower, avant=avant, apres=apres)
    [(_, lignes)] = lire([acte])
    noms = noms_des_territoires({*_zone(avant), *_zone(apres)})
    return [_nommer(ligne, acte, noms) for ligne in lignes]


def _zone(etat):
    return etat.get("zone_eligibilite") or []


def _nommer(ligne, acte, noms):
    if ligne[0] != LIBELLE_ZONE:
        return ligne
    return (
        LIBELLE_ZONE,
        zone_en_mots(_zone(acte.avant), noms),
        zone_en_mots(_zone(acte.apres), noms),
    )
