"""Le contenu d'un plan en JSON canonique : ce qui se vise, se fige et se vote.

Deux plans de même contenu donnent les mêmes octets, quels que soient la base, la machine et le
moment : clés triées, listes triées par ce qu'elles contiennent et jamais par une clé primaire,
identifiants stables, montants en texte à deux décimales, dates ISO. Aucun état, visa, vote ni
numéro d'annexe : faire avancer le plan ne change pas ce qu'il dit.
"""

import json
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.db.models import Manager, Model

from bassins.models import Bassin

SCHEMA, VERSION = "pams-plan", 2
DEMONSTRATION = "DÉMONSTRATION, contenu fictif"

PLAN = ("regime", "titre", "debut", "fin")
PARTIE = ("qualite", "precision")
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
PARTENARIAT = ("partie", "organisme", "role", "reponse")
SAISIE = ("saisi_par", "reference")
INDICATEUR = (
    *("porteur", "libelle", "unite", "depart", "date_depart", "cible", "echeance", "source"),
    "frequence",
)
LEVEE = ("regle", "motif")
# Ce qu'est un dispositif cité ; ni son état, ni ses chiffres de l'année, ni ses contacts.
DISPOSITIF = (
    *("nom", "type", "description", "publics", "conditions", "zone_eligibilite", "commune"),
    *("frais", "frais_precisions"),
)


def contenu_canonique(plan):
    """Les octets canoniques du contenu d'un plan ; nombre constant de requêtes.

    Une fiche confidentielle n'y est que par son code et son empreinte : le contenu peut être
    publié et vérifié par tous sans qu'elle soit lue.
    """
    donnees = {"schema": SCHEMA, "version": VERSION, "plan": contenu_du_plan(plan)}
    if plan.demonstration:
        donnees["avertissement"] = DEMONSTRATION
    return en_octets(donnees)


def empreinte(octets):
    """Le SHA-256 d'un contenu canonique, en hexadécimal."""
    return sha256(octets).hexdigest()


def en_octets(donnees):
    return (json.dumps(donnees, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def contenu_du_plan(plan):
    fiches = list(fiches_a_decrire(plan))
    lisibles = [fiche for fiche in fiches if not fiche.confidentielle]
    return decrire(plan, PLAN) | {
        "bassin": plan.bassin and {"slug": plan.bassin.slug, "nom": plan.bassin.nom},
        "parties": tries([contenu_de_la_partie(p) for p in plan.parties.select_related("acteur")]),
        "chapitres": [contenu_du_chapitre(c) for c in chapitres_a_decrire(plan)],
        "axes": tries(
            [contenu_de_l_axe(axe) for axe in axes_a_decrire(plan)],
            *("ordre", "lettre"),
        ),
        "fiches": tries([contenu_publiable(fiche) for fiche in fiches], "code"),
        "levees": tries([decrire(levee, LEVEE) for levee in plan.levees.all()], "regle"),
        "cites": {
            "dispositifs": tries(contenu_des_dispositifs(lisibles)),
            "territoires": noms_des_territoires(lisibles),
        },
    }


def contenus_confidentiels(plan):
    """{code: contenu} des fiches dont le contenu canonique ne porte que l'empreinte."""
    secretes = fiches_a_decrire(plan).filter(confidentielle=True)
    return {fiche.code: contenu_de_la_fiche(fiche) for fiche in secretes}


def contenu_de_la_partie(partie):
    return decrire(partie, PARTIE) | {"acteur": decrire(partie.acteur, ACTEUR)}


def chapitres_a_decrire(plan):
    chapitres = plan.chapitres.prefetch_related("contributions__porteur", "contributions__reprise")
    return sorted(chapitres, key=lambda chapitre: (chapitre.ordre, chapitre.cle))


def contenu_du_chapitre(chapitre):
    ecrites = [c for c in chapitre.contributions.all() if c.texte.strip()]
    return {
        "cle": chapitre.cle,
        "numero": chapitre.numero,
        "titre": chapitre.titre,
        "contributions": tries([decrire(c, CONTRIBUTION) for c in ecrites], "ordre"),
    }


def axes_a_decrire(plan):
    return plan.axes.select_related("reprise").prefetch_related("objectifs__reprise")


def contenu_de_l_axe(axe):
    objectifs = [decrire(objectif, OBJECTIF) for objectif in axe.objectifs.all()]
    return decrire(axe, AXE) | {"objectifs": tries(objectifs, "numero")}


def fiches_a_decrire(plan):
    return avec_leur_contenu(plan.fiches.all())


def avec_leur_contenu(fiches):
    """Ces fiches, et tout ce qu'en lit `contenu_de_la_fiche` ; nombre constant de requêtes."""
    return fiches.select_related("objectif", "porteur", "reprise").prefetch_related(
        *("etapes", "budgets", "dispositifs__porteur", "epci", "communes", "autres_bassins"),
        *("financements__financeur", "financements__saisi_par", "partenariats__partie"),
        "partenariats__saisi_par",
        "indicateurs__porteur",
    )


def contenu_publiable(fiche):
    contenu = contenu_de_la_fiche(fiche)
    if not fiche.confidentielle:
        return contenu
    # L'identifiant, aléatoire, reste dans ce qui est haché : l'empreinte ne se devine pas.
    return {
        "code": fiche.code,
        "confidentielle": True,
        "empreinte": empreinte(en_octets(contenu)),
    }


def contenu_de_la_fiche(fiche):
    return decrire(fiche, FICHE) | {
        "etapes": tries([decrire(etape, ETAPE) for etape in fiche.etapes.all()], "ordre"),
        "budgets": tries([decrire(ligne, BUDGET) for ligne in fiche.budgets.all()], "annee"),
        "financements": tries([decrire(f, FINANCEMENT) for f in fiche.financements.all()]),
        "partenariats": tries([contenu_du_partenariat(p) for p in fiche.partenariats.all()]),
        "indicateurs": tries([decrire(i, INDICATEUR) for i in fiche.indicateurs.all()]),
    }


def contenu_du_partenariat(partenariat):
    """La réponse saisie pour un absent dit par qui, et d'après quelle pièce."""
    suite = SAISIE if partenariat.reference else ()
    return decrire(partenariat, (*PARTENARIAT, *suite))


def contenu_des_dispositifs(fiches):
    cites = {dispositif.pk: dispositif for f in fiches for dispositif in f.dispositifs.all()}
    return [
        decrire(d, DISPOSITIF, commune=d.commune_id) | {"porteur": decrire(d.porteur, ACTEUR)}
        for d in cites.values()
    ]


def noms_des_territoires(fiches):
    """{sorte: {code: nom}} des territoires que les fiches citent par leur code."""
    sortes = ("epci", "communes", "autres_bassins")
    return {
        sorte: {designer(t): t.nom for fiche in fiches for t in getattr(fiche, sorte).all()}
        for sorte in sortes
    }


def decrire(objet, champs, **calcules):
    """Les champs d'un objet et son identifiant stable, en valeurs que JSON sait écrire."""
    valeurs = {
        champ: calcules[champ] if champ in calcules else simple(getattr(objet, champ))
        for champ in champs
    }
    reprise = getattr(objet, "reprise", None)
    if reprise:
        valeurs["repris_de"] = decrire_la_reprise(reprise)
    return valeurs | {"identifiant": designer(objet)}


def decrire_la_reprise(reprise):
    """D'où vient une pièce : ce que le document imprime sous elle."""
    return {
        "plan": reprise.nom_du_plan,
        "version": reprise.version_du_plan,
        "revision": reprise.revision_du_plan,
        "piece": reprise.nom_de_la_piece,
        "le": reprise.repris_le.isoformat(),
    }


def designer(objet):
    """Ce qui désigne un objet d'un portail à l'autre : identifiant, slug ou code de référence."""
    if isinstance(objet, Bassin):
        return objet.slug
    return str(getattr(objet, "identifiant", objet.pk))


def simple(valeur):
    if isinstance(valeur, Manager):
        return sorted(designer(objet) for objet in valeur.all())
    if isinstance(valeur, (list, tuple, set)):
        return sorted(valeur)  # des choix cochés : un ensemble, sans ordre voulu
    if isinstance(valeur, Model):
        return designer(valeur)
    if isinstance(valeur, Decimal):
        return f"{valeur + 0:.2f}"  # « + 0 » : zéro n'a qu'un signe
    return valeur.isoformat() if isinstance(valeur, date) else valeur


def tries(lignes, *cles):
    """L'ordre choisi par une personne, puis celui de l'identifiant : jamais celui de la base."""
    return sorted(lignes, key=lambda ligne: (*(ligne[c] for c in cles), ligne.get("identifiant")))
