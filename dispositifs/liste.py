"""Une page de la liste, en mots : ce que chaque ligne écrit d'une fiche."""

from functools import lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from dispositifs.etats import Frais, statut_au
from dispositifs.models import Dispositif
from dispositifs.territoires import noms_des_territoires, zone_en_mots
from dispositifs.typologie import LIBELLE_PAR_TYPE

ZONES_PAR_LIGNE = 3


class Faits(NamedTuple):
    """Ce que la ligne dit d'une fiche. Le gabarit n'a plus qu'à l'écrire, cinquante fois."""

    numero: str
    adresse: str
    type: str
    publics: str
    zone: str
    cout: str
    etat: str
    fraicheur: str


def lignes_de(cles, etat=None):
    """[(dispositif, `Faits`)] dans l'ordre des clés ; `etat` : celui des territoires, s'il est
    connu. Deux requêtes, et une par échelle qui n'est pas gardée."""
    par_cle = Dispositif.objects.with_liste().order_by().in_bulk(cles)
    trouves = [par_cle[cle] for cle in cles if cle in par_cle]
    noms = noms_des_territoires({cle for d in trouves for cle in d.zone_eligibilite}, etat)
    jour, adresse = timezone.localdate(), reverse("dispositifs:dispositif_detail", args=[0])
    return [(d, _faits(d, noms, jour, adresse)) for d in trouves]


def _faits(dispositif, noms, jour, adresse):
    cout = [Frais(dispositif.frais).label if dispositif.frais else "", dispositif.frais_precisions]
    if dispositif.frais_precisions and not dispositif.frais:
        cout[0] = Frais.INCONNU.label
    return Faits(
        numero=str(dispositif.pk),
        adresse=adresse.replace("/0/", f"/{dispositif.pk}/"),
        type=LIBELLE_PAR_TYPE[dispositif.type],
        publics=", ".join(dispositif.libelles_publics),
        zone=zone_en_mots(dispositif.zone_eligibilite, noms, ZONES_PAR_LIGNE),
        cout=" : ".join(filter(None, cout)),
        etat=_etat(statut_au(jour, dispositif.statut, dispositif.confirme_le)),
        fraicheur=_fraicheur(dispositif.fraicheur_en_mots, dispositif.confirme_le),
    )


# Cinq états, et une date par jour : ces morceaux de gabarit se rendent une fois.


@lru_cache(maxsize=8)
def _etat(statut):
    return render_to_string("includes/etat.html", {"libelle": statut.label, "ton": statut.ton})


@lru_cache(maxsize=2000)
def _fraicheur(mots, confirme_le):
    dit = {"fraicheur_en_mots": mots, "confirme_le": confirme_le}
    return render_to_string("dispositifs/fraicheur.html", {"dispositif": dit}).strip()
