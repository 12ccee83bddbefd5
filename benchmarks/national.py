"""Un inventaire de taille nationale, fictif et toujours le même : 30 000 dispositifs, 250 bassins.

Le référentiel est le vrai ; les zones suivent ce qu'on voit dans les inventaires publiés : surtout
des EPCI voisins et des départements, quelques communes, peu de régions, très peu de France entière.
"""

import random
from collections import defaultdict
from datetime import date, timedelta
from itertools import islice

BASSINS, ACTEURS = 250, 2500
QUALITES = ["solidaire", "du bassin", "pour tous", "mobile", "associatif", "des communes", "rural"]
LIEUX = ["des Vallées", "du Plateau", "de la Côte", "des Trois Rivières", "du Bocage", "des Monts"]
# Des phrases sans le vocabulaire des autres familles : un mot cherché ne trouve pas tout.
PHRASES = {
    "Information et conseil": "Une conseillère fait le point avec vous et propose un parcours.",
    "Apprendre": "Préparation au permis de conduire et à l’examen du code, en petits groupes.",
    "Accéder à un véhicule": "Une voiture ou un vélo à assistance électrique, à tarif réduit.",
    "Entretenir": "Réparation à prix réduit, sur orientation d’un prescripteur.",
    "Se déplacer": "Un minibus mène aux soins, aux commerces et aux zones d’emploi.",
    "Aides": "Une aide financière pour reprendre un emploi ou suivre une formation.",
    "Aller vers": "Le service vient au plus près, une fois par semaine, sur la place.",
    "Ingénierie et coordination": "Les partenaires s’y réunissent chaque trimestre.",
}
SUITES = [
    "Sur rendez-vous, du lundi au vendredi.",
    "Présentez un justificatif de domicile et de situation.",
    "Le délai moyen est de trois semaines.",
    "Ouvert aux habitants des communes voisines selon les places disponibles.",
    "Le premier échange est gratuit et sans engagement.",
]


def garnir(dispositifs, deja=0):
    """Porte l'inventaire de la base courante de `deja` à `dispositifs` fiches.

    La première fois, charge le référentiel et crée les bassins et les acteurs.
    """
    from acteurs.models import Acteur
    from bassins import referentiel

    hasard = random.Random(2026 + deja)
    epci_par_departement = _epci_par_departement() if deja else {}
    if not deja:
        referentiel.charger()
        epci_par_departement = _epci_par_departement()
        _bassins(epci_par_departement)
        _creer_les_acteurs(hasard)
    acteurs = list(Acteur.objects.order_by("pk")[:ACTEURS])
    fiches = (
        _dispositif(n, hasard, acteurs, epci_par_departement) for n in range(deja, dispositifs)
    )
    while lot := list(islice(fiches, 1000)):
        _enregistrer(lot, hasard, acteurs)
    _analyser()


def _analyser():
    """Ce que PostgreSQL fait de lui-même, un peu après, sur une base qui sert."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as curseur:
            curseur.execute("VACUUM ANALYZE")


def _epci_par_departement():
    from bassins.models import Commune

    paires = Commune.objects.filter(epci__isnull=False, departement__isnull=False)
    paires = paires.order_by("departement", "epci").values_list("departement", "epci").distinct()
    par_departement = defaultdict(list)
    for departement, epci in paires:
        par_departement[departement].append(epci)
    return dict(par_departement)


def _bassins(epci_par_departement):
    """Des bassins d'EPCI voisins, pris dans l'ordre des départements."""
    from bassins.models import Bassin, Perimetre

    suite = list(dict.fromkeys(s for siens in epci_par_departement.values() for s in siens))
    taille = -(-len(suite) // BASSINS)
    for rang, debut in enumerate(range(0, len(suite), taille)):
        bassin = Bassin.objects.create(nom=f"Bassin {rang:03d}", slug=f"bassin-{rang:03d}")
        perimetre = Perimetre.objects.create(bassin=bassin, depuis=date(2022, 1, 1))
        perimetre.epci.set(suite[debut : debut + taille])


def _creer_les_acteurs(hasard):
    from stdnum import luhn

    from acteurs.models import Acteur
    from pams_portal.recherche import normaliser

    racines = (f"8{n:07d}" for n in range(ACTEURS))
    acteurs = []
    for n, siren in enumerate(racines):
        nom = f"Association {hasard.choice(LIEUX)} {n}"
        acteurs.append(
            Acteur(
                nom=nom,
                nom_normalise=normaliser(nom),
                nature=Acteur.Nature.ASSOCIATION,
                siren=siren + luhn.calc_check_digit(siren),
            )
        )
    Acteur.objects.bulk_create(acteurs, batch_size=500)


def _zone(hasard, departement, epci):
    tirage = hasard.random()
    if tirage < 0.02:
        return ["france"]
    if tirage < 0.05:
        return ["region-32"]
    if tirage < 0.30:
        return [f"departement-{departement}"]
    siens = hasard.sample(epci, min(len(epci), hasard.choice([1, 1, 1, 2, 3])))
    return [f"epci-{siren}" for siren in siens]


def _dispositif(n, hasard, acteurs, epci_par_departement):
    from acteurs.publics import Public
    from dispositifs.models import Dispositif
    from dispositifs.typologie import FAMILLE_PAR_TYPE, LIBELLE_PAR_TYPE, Motif
    from pams_portal.recherche import normaliser

    type_ = hasard.choice(list(LIBELLE_PAR_TYPE))
    departement = hasard.choice(list(epci_par_departement))
    porteur = hasard.choice(acteurs)
    nom = f"{LIBELLE_PAR_TYPE[type_]} {hasard.choice(QUALITES)} {hasard.choice(LIEUX)} {n}"
    description = " ".join([PHRASES[FAMILLE_PAR_TYPE[type_]], *hasard.sample(SUITES, 4)])
    statuts = ["verifie"] * 6 + ["a_confirmer"] * 2 + ["signale", "ferme"]
    return Dispositif(
        nom=nom,
        nom_normalise=normaliser(nom),
        recherche=normaliser(f"{nom} {description}"),
        type=type_,
        porteur=porteur,
        tenu_par=porteur,
        description=description,
        publics=hasard.sample(Public.values, hasard.choice([1, 1, 2, 3])),
        motifs=hasard.sample(Motif.values, hasard.choice([0, 1, 2])),
        zone_eligibilite=_zone(hasard, departement, epci_par_departement[departement]),
        frais=hasard.choice(["", "gratuit", "payant"]),
        statut=hasard.choice(statuts),
        confirme_le=date(2026, 11, 25) - timedelta(days=hasard.randrange(900)),
        confirme_par=porteur,
    )


def _enregistrer(lot, hasard, acteurs):
    from dispositifs.models import Dispositif, Mot, Zone

    Dispositif.objects.bulk_create(lot, batch_size=200)
    Zone.objects.bulk_create(
        [Zone(dispositif=d, cle=cle) for d in lot for cle in d.zone_eligibilite], batch_size=2000
    )
    lien = Dispositif.financeurs.through
    lien.objects.bulk_create(
        [
            lien(dispositif_id=d.pk, acteur_id=acteur.pk)
            for d in lot
            for acteur in hasard.sample(acteurs[:100], hasard.choice([0, 1, 2]))
        ],
        batch_size=2000,
    )
    Mot.objects.indexer(lot)
