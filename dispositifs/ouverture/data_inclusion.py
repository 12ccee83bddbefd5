"""Nos dispositifs publiés, sous la forme data·inclusion v1 : une paire structures, services.

Ce que data·inclusion ne sait pas dire est laissé de côté (motifs, capacité, coûts, dates de
financement) ; ce qui peut être le contact d'une personne aussi. Chaque ligne passe le schéma
officiel avant de sortir, et la même base donne toujours les mêmes octets.
"""

import re
from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone
from pydantic import ValidationError

from acteurs.contacts import Contact, contact_de, est_un_mobile, sans_contact_douteux
from bassins.models import Departement
from dispositifs.ouverture.vocabulaire import (
    CHAMPS_SERVICE,
    CHAMPS_STRUCTURE,
    LIBELLES_DE_LA_LOI,
    MARQUE_DEMONSTRATION,
    PUBLICS_COMMUNS,
    RESEAU_PAR_NATURE,
    SERVICE_PAR_TYPE,
    SOURCE,
    SOURCE_DEMONSTRATION,
)
from dispositifs.territoires import Echelle, codes_par_echelle
from pams_portal.valeurs import valeur_simple

NOM_AU_PLUS = 150
PREMIERE_DATE = date(2000, 1, 1)
INDICATIFS_D_OUTRE_MER = {
    "+262": ("0262", "0263", "0269", "0639", "0692", "0693"),
    "+590": ("0590", "0690", "0691"),
    "+594": ("0594", "0694"),
    "+596": ("0596", "0696", "0697"),
}


class Ligne(NamedTuple):
    """Une ligne conforme (None si elle ne peut pas l'être) et {champ omis: raison du schéma}."""

    valeurs: dict | None
    omis: dict


def conforme(modele, valeurs):
    """Passe le schéma officiel : omet un champ facultatif refusé, écarte la ligne sinon."""
    try:
        modele.model_validate(valeurs)
    except ValidationError as refus:
        omis = {erreur["loc"][0]: erreur["msg"] for erreur in refus.errors()}
        if any(modele.model_fields[champ].is_required() for champ in omis):
            return Ligne(None, omis)
        return Ligne(conforme(modele, valeurs | dict.fromkeys(omis)).valeurs, omis)
    return Ligne(valeurs, {})


# --- Qui est qui -------------------------------------------------------------------------------


def identite(dispositif):
    """(source, id) d'un dispositif : celle du producteur s'il vient de data·inclusion."""
    if dispositif.source and dispositif.source_id.startswith(f"{dispositif.source}--"):
        return dispositif.source, dispositif.source_id
    return identite_chez_nous(dispositif)


def identite_chez_nous(objet):
    """(source, id) stables d'un dispositif ou d'un acteur du portail."""
    source = SOURCE_DEMONSTRATION if objet.demonstration else SOURCE
    return source, f"{source}--{objet.identifiant}"


# --- Une ligne ---------------------------------------------------------------------------------


def service(dispositif, departements):
    """La ligne d'un dispositif ; `departements` : {code de région: [codes de départements]}."""
    source, id_ = identite(dispositif)
    commune, publics = dispositif.commune, _publics(dispositif)
    dit = {
        "source": source,
        "structure_id": identite_chez_nous(dispositif.porteur)[1],
        "id": id_,
        "nom": sans_contact_douteux(dispositif.nom),
        "description": _description(dispositif, source),
        "lien_source": _lien_source(dispositif),
        "date_maj": date_maj(dispositif).isoformat(),
        "type": SERVICE_PAR_TYPE.get(dispositif.type),
        "thematiques": sorted(dispositif.thematiques),
        "frais": dispositif.frais,
        "frais_precisions": sans_contact_douteux(dispositif.frais_precisions),
        "publics": publics,
        "publics_precisions": _publics_de_la_loi(dispositif),
        "conditions_acces": sans_contact_douteux(dispositif.conditions),
        "adresse": sans_contact_douteux(dispositif.adresse),
        # Un lieu d'accueil avec son adresse : on y est reçu. Rien ne dit ce qui se fait à distance.
        "modes_accueil": ["en-presentiel"] if commune and dispositif.adresse else None,
        "telephone": telephone(dispositif.telephone),
        "courriel": courriel(dispositif.courriel),
        "zone_eligibilite": zone(dispositif.zone_eligibilite, departements),
        "lien_mobilisation": dispositif.lien_mobilisation,
        "modes_mobilisation": sorted(dispositif.modes_mobilisation),
        "mobilisable_par": sorted(dispositif.mobilisable_par),
        "horaires_accueil": sans_contact_douteux(dispositif.horaires),
    }
    return _ranger(CHAMPS_SERVICE, dit | _lieu(commune))


def structure(acteur, jour):
    """La ligne d'un porteur, à jour du plus récent de ses services."""
    source, id_ = identite_chez_nous(acteur)
    etablissements = list(acteur.etablissements.all())
    # Parmi plusieurs établissements, rien ne dit lequel est le siège.
    siege = etablissements[0] if len(etablissements) == 1 else None
    dit = {
        "source": source,
        "id": id_,
        "nom": acteur.nom if len(acteur.nom) <= NOM_AU_PLUS else f"{acteur.nom[:149]}…",
        "date_maj": jour.isoformat(),
        "siret": siege.siret if siege else None,
        "adresse": siege.adresse if siege else None,
        "telephone": telephone(acteur.telephone),
        "courriel": courriel(acteur.courriel),
        "site_web": acteur.site,
        "reseaux_porteurs": _ou_rien([RESEAU_PAR_NATURE.get(acteur.nature)]),
    }
    return _ranger(CHAMPS_STRUCTURE, dit | _lieu(siege.commune if siege else None))


def _ranger(champs, dit):
    """Tous les champs du schéma, dans son ordre ; ce qui est vide est inconnu."""
    dit = {champ: valeur_simple(v) if isinstance(v, str) else v for champ, v in dit.items()}
    return {champ: dit.get(champ) or None for champ in champs}


def _ou_rien(codes):
    return sorted(code for code in codes if code) or None


def _lieu(commune):
    if commune is None:
        return {}
    postaux = commune.codes_postaux.split()
    return {
        "commune": commune.nom,
        "code_insee": commune.pk,
        "code_postal": postaux[0] if len(postaux) == 1 else None,
    }


def _description(dispositif, source):
    texte = valeur_simple(sans_contact_douteux(dispositif.description))
    fictif = dispositif.demonstration or source.endswith("-demonstration")
    return MARQUE_DEMONSTRATION + texte if fictif else texte


def _lien_source(dispositif):
    """L'adresse de la fiche chez son producteur : la nôtre, sauf si elle vient d'ailleurs."""
    if identite(dispositif) != identite_chez_nous(dispositif):
        return dispositif.lien_source
    return f"{settings.SITE_URL}{dispositif.get_absolute_url()}"


def _publics(dispositif):
    return sorted(set(dispositif.publics) & PUBLICS_COMMUNS)


def _publics_de_la_loi(dispositif):
    """Les publics que data·inclusion ne connaît pas, en toutes lettres."""
    siens = set(dispositif.publics)
    return ", ".join(mots for mots, code in LIBELLES_DE_LA_LOI.items() if code in siens)


def date_maj(dispositif):
    """Le jour où l'on a su la fiche exacte ; à défaut celui de sa source, puis de l'écriture."""
    aujourd_hui = timezone.localdate()
    for jour in (dispositif.confirme_le, dispositif.date_source):
        if jour and PREMIERE_DATE <= jour <= aujourd_hui:
            return jour
    return timezone.localdate(dispositif.modifie_le)


def courriel(adresse):
    return adresse if contact_de(adresse) == Contact.DE_SERVICE else None


def telephone(numero):
    """Au format E.164 quand c'est un numéro français à dix chiffres ; sans les mobiles."""
    if est_un_mobile(numero):
        return None
    chiffres = re.sub(r"[ .()-]", "", numero)
    if not re.fullmatch(r"0[1-79]\d{8}", chiffres):
        return numero
    for indicatif, debuts in INDICATIFS_D_OUTRE_MER.items():
        if chiffres.startswith(debuts):
            return indicatif + chiffres[1:]
    return f"+33{chiffres[1:]}"


def zone(cles, departements):
    """Les codes d'une zone d'éligibilité : « 32 » y serait le Gers, une région s'y développe."""
    codes = codes_par_echelle(cles)
    if Echelle.FRANCE in codes:
        return [Echelle.FRANCE.value]
    des_regions = {d for region in codes[Echelle.REGION] for d in departements.get(region, ())}
    fines = (Echelle.DEPARTEMENT, Echelle.EPCI, Echelle.COMMUNE)
    return sorted(des_regions.union(*(codes[echelle] for echelle in fines)))


def departements_par_region():
    """{code de région: [codes de départements]} ; une requête."""
    rangement = defaultdict(list)
    for code, region in Departement.objects.values_list("pk", "region"):
        rangement[region].append(code)
    return rangement
