"""Le contenu d'un plan en JSON canonique : clés triées, identifiants stables, aucun état ni vote.

Deux exports du même contenu sont le même texte, quel que soit le portail qui les produit.
"""

import json
from datetime import date
from decimal import Decimal

from django.db.models import Manager, Model

from bassins.models import Bassin
from plans.impression.contenu import fiches_imprimees

SCHEMA, VERSION = "pams-plan", 1
DEMONSTRATION = "DÉMONSTRATION, contenu fictif"

PLAN = ("regime", "titre", "debut", "fin")
PARTIE = ("acteur", "qualite", "precision")
ACTEUR = ("siren", "nom", "sigle", "nature")
CONTRIBUTION = ("porteur", "commune", "texte", "ordre")
AXE = ("lettre", "intitule", "texte", "ordre")
OBJECTIF = ("numero", "intitule")
FICHE = (
    *("code", "objectif", "porteur", "intitule", "type", "lien_legal", "constat", "publics"),
    *("objectif_operationnel", "description", "situations", "freins", "perimetre", "epci"),
    *("communes", "autres_bassins", "referent_technique", "elu_referent", "debut", "fin"),
    *("recurrente", "priorite", "reussite", "articulation", "dispositifs", "confidentielle"),
    "ordre",
)
ETAPE = ("libelle", "echeance", "ordre")
BUDGET = ("annee", "investissement", "fonctionnement", "etp")
FINANCEMENT = ("financeur", "organisme", "saisi_par", "annee", "montant", "statut", "reference")
PARTENARIAT = ("partie", "organisme", "role")
INDICATEUR = (
    *("porteur", "libelle", "unite", "depart", "date_depart", "cible", "echeance", "source"),
    "frequence",
)


def plan_json(plan):
    """Le contenu d'un plan, en JSON indenté et trié ; une démonstration s'y dit telle.

    Les fiches confidentielles n'y sont plus dès que le plan est public, comme dans le document.
    """
    donnees = {"schema": SCHEMA, "version": VERSION, "plan": contenu_du_plan(plan)}
    if plan.demonstration:
        donnees["avertissement"] = DEMONSTRATION
    return json.dumps(donnees, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def contenu_du_plan(plan):
    parties = plan.parties.select_related("acteur")
    return decrire(plan, PLAN) | {
        "bassin": plan.bassin and plan.bassin.slug,
        "parties": tries(
            [decrire(p, PARTIE) | {"acteur": decrire(p.acteur, ACTEUR)} for p in parties]
        ),
        "chapitres": [contenu_du_chapitre(c) for c in chapitres_a_decrire(plan)],
        "axes": [contenu_de_l_axe(axe) for axe in plan.axes.prefetch_related("objectifs")],
        "fiches": [contenu_de_la_fiche(fiche) for fiche in fiches_imprimees(plan)],
    }


def chapitres_a_decrire(plan):
    return plan.chapitres.prefetch_related("contributions__porteur")


def contenu_du_chapitre(chapitre):
    ecrites = [c for c in chapitre.contributions.all() if c.texte.strip()]
    return {
        "cle": chapitre.cle,
        "numero": chapitre.numero,
        "titre": chapitre.titre,
        "contributions": [decrire(c, CONTRIBUTION) for c in ecrites],
    }


def contenu_de_l_axe(axe):
    objectifs = [decrire(objectif, OBJECTIF) for objectif in axe.objectifs.all()]
    return decrire(axe, AXE) | {"objectifs": objectifs}


def contenu_de_la_fiche(fiche):
    return decrire(fiche, FICHE) | {
        "etapes": [decrire(etape, ETAPE) for etape in fiche.etapes.all()],
        "budgets": [decrire(ligne, BUDGET) for ligne in fiche.budgets.all()],
        "financements": tries([decrire(f, FINANCEMENT) for f in fiche.financements.all()]),
        "partenariats": tries([decrire(p, PARTENARIAT) for p in fiche.partenariats.all()]),
        "indicateurs": tries([decrire(i, INDICATEUR) for i in fiche.indicateurs.all()]),
    }


def decrire(objet, champs):
    """Les champs d'un objet et son identifiant stable, en valeurs que JSON sait écrire."""
    valeurs = {champ: simple(getattr(objet, champ)) for champ in champs}
    return valeurs | {"identifiant": designer(objet)}


def designer(objet):
    """Ce qui désigne un objet d'un portail à l'autre : identifiant, slug ou code de référence."""
    if isinstance(objet, Bassin):
        return objet.slug
    return str(getattr(objet, "identifiant", objet.pk))


def simple(valeur):
    if isinstance(valeur, Manager):
        return sorted(designer(objet) for objet in valeur.all())
    if isinstance(valeur, Model):
        return designer(valeur)
    if isinstance(valeur, Decimal):
        return f"{valeur:.2f}"
    return valeur.isoformat() if isinstance(valeur, date) else valeur


def tries(lignes):
    """Sans ordre choisi par une personne, l'ordre de l'identifiant."""
    return sorted(lignes, key=lambda ligne: ligne["identifiant"])
