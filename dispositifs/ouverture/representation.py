"""Ce que l'API publique dit d'un bassin, d'un acteur, d'un dispositif : publié, institutionnel.

Un contact qui peut être celui d'une personne n'y entre pas (voir `acteurs.contacts`).
"""

from django.conf import settings

from acteurs.contacts import Contact, contact_de, est_un_mobile, sans_contact_douteux
from dispositifs.territoires import Echelle


def absolue(chemin):
    return f"{settings.SITE_URL}{chemin}"


def _jour(date):
    return date.isoformat() if date else None


def _nombre(decimal):
    return None if decimal is None else float(decimal)


def _courriel(adresse):
    return adresse if contact_de(adresse) == Contact.DE_SERVICE else ""


def _telephone(numero):
    return "" if est_un_mobile(numero) else numero


def _commune(commune):
    return {"code": commune.pk, "nom": commune.nom} if commune else None


# --- Bassins -----------------------------------------------------------------------------------


def bassin(objet):
    """Un bassin chargé avec `with_perimetre` : sa composition du jour, et ce qu'on en sait."""
    perimetre = objet.perimetre
    return {
        "identifiant": objet.slug,
        "nom": objet.nom,
        "page": absolue(objet.get_absolute_url()),
        "perimetre": _perimetre(perimetre) if perimetre else None,
    }


def _perimetre(perimetre):
    return {
        "depuis": _jour(perimetre.depuis),
        "jusqu_au": _jour(perimetre.jusqu_au),
        "departements": [d.pk for d in perimetre.departements_precharges()],
        "epci": [{"siren": epci.pk, "nom": epci.nom} for epci in perimetre.epci.all()],
        "communes_hors_epci": [_commune(commune) for commune in perimetre.communes.all()],
        "nombre_de_communes": perimetre.nb_communes(),
        "population_municipale": perimetre.population_municipale(),
        "millesimes": perimetre.millesimes(),
        "etat_nom": perimetre.etat_nom,
        "etat_composition": perimetre.etat_composition,
        "source_nom": perimetre.source_nom,
        "source_composition": perimetre.source_composition,
        "deliberation": {
            "reference": perimetre.deliberation_reference,
            "date": _jour(perimetre.deliberation_date),
            "adresse": perimetre.deliberation_url,
        },
    }


# --- Acteurs -----------------------------------------------------------------------------------


def acteur(objet):
    """Un acteur chargé avec ses fonctions et ses établissements."""
    return {
        "identifiant": str(objet.identifiant),
        "siren": objet.siren,
        "nom": objet.nom,
        "sigle": objet.sigle,
        "nature": objet.nature,
        "fonctions": [_fonction(fonction) for fonction in objet.fonctions.all()],
        "etablissements": [
            {"siret": e.siret, "nom": e.nom, "adresse": e.adresse, "commune": _commune(e.commune)}
            for e in objet.etablissements.all()
        ],
        "publics": objet.publics,
        "site": objet.site,
        "courriel": _courriel(objet.courriel),
        "telephone": _telephone(objet.telephone),
        "demonstration": objet.demonstration,
        "page": absolue(objet.get_absolute_url()),
    }


def _fonction(fonction):
    return {
        "nature": fonction.nature,
        "par_substitution": fonction.par_substitution,
        "etat": fonction.etat,
        "regions": [region.pk for region in fonction.regions.all()],
        "departements": [departement.pk for departement in fonction.departements.all()],
        "epci": [epci.pk for epci in fonction.epci.all()],
    }


def _acteur_cite(objet):
    return {"identifiant": str(objet.identifiant), "siren": objet.siren, "nom": objet.nom}


# --- Dispositifs -------------------------------------------------------------------------------


def dispositif(objet, noms):
    """Un dispositif chargé avec ses acteurs ; `noms` : {clé de territoire: nom}."""
    return {
        "identifiant": str(objet.identifiant),
        "nom": sans_contact_douteux(objet.nom),
        "type": objet.type,
        "famille": objet.famille,
        "thematiques": sorted(objet.thematiques),
        "porteur": _acteur_cite(objet.porteur),
        "financeurs": [_acteur_cite(financeur) for financeur in objet.financeurs.all()],
        "description": sans_contact_douteux(objet.description),
        "publics": objet.publics,
        "conditions": sans_contact_douteux(objet.conditions),
        "motifs": objet.motifs,
        "zone_eligibilite": [_territoire(cle, noms) for cle in objet.zone_eligibilite],
        "commune": _commune(objet.commune),
        "adresse": sans_contact_douteux(objet.adresse),
        "horaires": sans_contact_douteux(objet.horaires),
        "frais": objet.frais,
        "frais_precisions": sans_contact_douteux(objet.frais_precisions),
        "mobilisable_par": objet.mobilisable_par,
        "modes_mobilisation": objet.modes_mobilisation,
        "lien_mobilisation": objet.lien_mobilisation,
        "courriel": _courriel(objet.courriel),
        "telephone": _telephone(objet.telephone),
        "capacite": objet.capacite,
        "beneficiaires": objet.beneficiaires,
        "delai": sans_contact_douteux(objet.delai),
        "etp": _nombre(objet.etp),
        "cout_annuel": _nombre(objet.cout_annuel),
        "debut_financement": _jour(objet.debut_financement),
        "fin_financement": _jour(objet.fin_financement),
        "statut": objet.statut_affiche.value,
        "fraicheur": objet.fraicheur.value,
        "confirme_le": _jour(objet.confirme_le),
        "confirme_par_le_porteur": objet.est_confirme_par_son_porteur,
        "source": sans_contact_douteux(objet.source),
        "lien_source": objet.lien_source,
        "date_source": _jour(objet.date_source),
        "demonstration": objet.demonstration,
        "modifie_le": objet.modifie_le.isoformat(),
        "page": absolue(objet.get_absolute_url()),
    }


def _territoire(cle, noms):
    echelle, _, code = cle.partition("-")
    return {
        "echelle": echelle,
        "code": code or Echelle.FRANCE.value,
        "nom": noms.get(cle, ""),
    }
