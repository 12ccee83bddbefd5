"""Un plan plausible de taille voulue, pour éprouver et mesurer le document."""

import io
import re
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pikepdf
import pypdf

from acteurs.publics import Public
from dispositifs.typologie import FAMILLE_PAR_TYPE
from pams_portal.droits import Qualite
from plans.models import Financement, Plan
from plans.sommaire import SOMMAIRE
from tests import factories as f

LE = date(2026, 11, 7)
PARAGRAPHE = (
    "Dans le bassin, une personne sur quatre renonce à un emploi ou à une formation faute de moyen "
    "de transport. Les réponses existent, mais elles restent **méconnues** et *inégalement* "
    "réparties : l’on recense peu de solutions au-delà de la première couronne, et presque aucune "
    "avant sept heures du matin."
)
TEXTE = f"""{PARAGRAPHE}

## Ce que l’on observe

{PARAGRAPHE}

- les communes rurales n’ont qu’une ligne, en heures de classe ;
- le permis coûte plus d’un mois de revenu ;
- le délai d’attente d’une auto-école sociale dépasse huit mois.

| Public | Besoin | Réponse |
| --- | --- | --- |
| Demandeurs d’emploi | Horaires décalés | Navette |
| Apprentis | Double résidence | Vélo, TER |

> « Sans voiture, ici, on refuse. » Atelier du 12 mars.
"""
TYPES = list(FAMILLE_PAR_TYPE)
ACTEURS = [
    ("Région Hauts-de-France", "region", Qualite.CO_PILOTE, ""),
    ("Département de la Somme", "departement", Qualite.CO_PILOTE, ""),
    (
        "Communauté d’agglomération Amiens Métropole",
        "communaute_agglomeration",
        "coordonnee",
        "AOM",
    ),
    ("France Travail", "etablissement_public", Qualite.COORDONNEE, "Service public de l’emploi"),
    ("Roues libres", "association", Qualite.ASSOCIEE, "Plateforme de mobilité"),
    ("CC du Grand Roye", "communaute_communes", Qualite.INVITEE, ""),
]


def make_plan_garni(fiches=6, dispositifs=12, bassin=None, **champs):
    """Un plan complet : toutes les parties, tous les chapitres, des fiches et un inventaire."""
    plan = f.make_plan(
        bassin, **{"titre": "PAMS Grand Amiénois", "debut": date(2027, 1, 1)} | champs
    )
    parties = [
        f.make_partie(plan, f.make_acteur(nom=nom, nature=nature), qualite, precision=precision)
        for nom, nature, qualite, precision in ACTEURS
    ]
    for ordre, modele in enumerate(SOMMAIRE):
        champs = {"numero": modele.numero, "titre": modele.titre, "ordre": ordre}
        f.make_chapitre(plan, modele.cle, **champs)
        if modele.nature != "fiches":
            f.make_contribution(parties[0], modele.cle, texte=TEXTE, commune=True)
    f.make_contribution(parties[3], "mesures_spe", texte=PARAGRAPHE, ordre=1)
    offre = [make_offre(rang, parties[4].acteur) for rang in range(dispositifs)]
    for rang in range(fiches):
        make_action(plan, rang, parties, offre[rang % max(dispositifs, 1) :][:2])
    return Plan.objects.get(pk=plan.pk)


def make_offre(rang, porteur):
    confirmation = {"confirme_le": date(2026, 9, 1), "confirme_par": porteur} if rang % 3 else {}
    return f.make_dispositif(
        porteur,
        nom=f"Solution de mobilité n° {rang + 1}",
        type=TYPES[rang % len(TYPES)],
        publics=[Public.DEMANDEURS_EMPLOI, Public.ELOIGNES_EMPLOI],
        frais="payant",
        frais_precisions="30 € de l’heure",
        capacite=1200,
        telephone="03 22 00 00 00",
        **confirmation,
    )


def make_action(plan, rang, parties, offre):
    """Une fiche dont chaque rubrique est remplie."""
    lettre, numero = "ABCD"[rang % 4], 1 + rang // 4 % 3
    region, departement, aom = parties[:3]
    fiche = f.make_fiche(
        parties[rang % 5],
        plan=plan,
        objectif=f.make_objectif(plan, lettre, numero),
        intitule="Un garage solidaire itinérant pour les communes sans réparateur",
        lien_legal="spe" if rang % 2 else "accompagnement",
        constat=PARAGRAPHE,
        objectif_operationnel="Réparer trois cents véhicules par an, à moitié prix.",
        description=TEXTE,
        freins=["economique", "geographique"],
        situations=["vehicule-en-panne"],
        referent_technique="Direction des mobilités",
        debut=date(2027, 1 + rang % 12, 1),
        fin=date(2028 + rang % 2, 12, 31),
        recurrente=rang % 3 == 0,
        reussite="Un local chauffé, deux mécaniciens formés.",
    )
    f.make_etape(fiche, libelle="Choix du local", echeance=date(2027, 6, 30), faite=True)
    f.make_etape(fiche, libelle="Ouverture", echeance=date(2028, 3, 1), ordre=1)
    for annee in (2027, 2028, 2029):
        f.make_budget(fiche, annee=annee, investissement=Decimal("12500.50"), fonctionnement=8000)
    f.make_financement(fiche, region, annee=2027, montant=9000, statut=Financement.Statut.CONFIRME)
    f.make_financement(fiche, departement, annee=2028, montant=4000, saisi_par=aom)
    f.make_financement(fiche, annee=None, montant=Decimal("1500.25"))
    f.make_partenariat(fiche, aom)
    f.make_partenariat(fiche)
    f.make_indicateur(fiche, libelle="Véhicules réparés", unite="véhicules", depart=40, cible=300)
    fiche.dispositifs.set(offre)
    return fiche


def lire(impression):
    """Un PDF produit, ouvert pour son texte (pypdf) et pour sa structure (pikepdf)."""
    pages = pypdf.PdfReader(io.BytesIO(impression.contenu)).pages
    return SimpleNamespace(
        reserve=impression.reserve,
        pages=pages,
        textes=[re.sub(r"\s+", " ", page.extract_text()) for page in pages],
        structure=pikepdf.open(io.BytesIO(impression.contenu)),
    )


def annonce_pdfua(document):
    """Ce que les métadonnées d'un PDF lu disent de PDF/UA : sa partie, ou None."""
    with document.structure.open_metadata() as metadonnees:
        return metadonnees.get("pdfuaid:part")
