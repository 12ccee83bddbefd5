"""Une page de la liste, en mots : ce que chaque ligne écrit d'une fiche."""

from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from dispositifs.etats import (
    Frais,
    fin_annoncee,
    fraicheur_au,
    fraicheur_en_mots,
    statut_au,
)
from dispositifs.models import Dispositif
from dispositifs.territoires import noms_des_territoires, zone_en_mots
from dispositifs.typologie import LIBELLE_PAR_TYPE

ZONES_PAR_LIGNE = 3
CHAMPS = (
    *("nom", "type", "publics", "zone_eligibilite", "frais", "frais_precisions", "statut"),
    *("confirme_le", "fin_financement", "demonstration", "porteur__nom"),
)


def lignes_de(cles, etat=None):
    """Ce que la liste écrit de chaque fiche, dans l'ordre des clés : le gabarit n'a plus qu'à
    l'écrire, cinquante fois. Des dictionnaires, car un gabarit y lit deux fois plus vite.

    `etat` : celui des territoires, s'il est connu. Une requête, et une par échelle de territoire
    qui n'est pas gardée.
    """
    trouvees = Dispositif.objects.filter(pk__in=cles).order_by().values_list("pk", *CHAMPS)
    par_cle = {valeurs[0]: valeurs for valeurs in trouvees}
    lues = [dict(zip(CHAMPS, par_cle[cle][1:], strict=True)) for cle in cles if cle in par_cle]
    noms = noms_des_territoires({c for lue in lues for c in lue["zone_eligibilite"]}, etat)
    jour, adresse = timezone.localdate(), reverse("dispositifs:dispositif_detail", args=[0])
    trouvees = [cle for cle in cles if cle in par_cle]
    return [_ligne(cle, lue, noms, jour, adresse) for cle, lue in zip(trouvees, lues, strict=True)]


def _ligne(cle, lue, noms, jour, adresse):
    libelles = Dispositif._meta.get_field("publics").libelles
    frais, precisions, confirme_le = lue["frais"], lue["frais_precisions"], lue["confirme_le"]
    return {
        "cle": cle,
        "numero": str(cle),
        "adresse": adresse.replace("/0/", f"/{cle}/"),
        "nom": lue["nom"],
        "type": LIBELLE_PAR_TYPE[lue["type"]],
        "porteur": lue["porteur__nom"],
        "publics": ", ".join(libelles.get(code, code) for code in lue["publics"]),
        "zone": zone_en_mots(lue["zone_eligibilite"], noms, ZONES_PAR_LIGNE),
        "cout": " : ".join(filter(None, [Frais(frais).label if frais else "", precisions])),
        "etat": _etat(statut_au(jour, lue["statut"], confirme_le)),
        "fraicheur": _fraicheur(jour, confirme_le),
        "fin": fin_annoncee(jour, lue["statut"], lue["fin_financement"]),
        "demonstration": lue["demonstration"],
    }


# Cinq états, et une date par jour : ces morceaux de gabarit se rendent une fois.


@lru_cache(maxsize=8)
def _etat(statut):
    return render_to_string("includes/etat.html", {"libelle": statut.label, "ton": statut.ton})


@lru_cache(maxsize=2000)
def _fraicheur(jour, confirme_le):
    dit = {
        "fraicheur": fraicheur_au(jour, confirme_le),
        "fraicheur_en_mots": fraicheur_en_mots(jour, confirme_le),
        "confirme_le": confirme_le,
    }
    return render_to_string("dispositifs/fraicheur.html", {"dispositif": dit})
