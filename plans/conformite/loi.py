"""Les règles B1 à B8, tirées de l'article L. 1215-3 ou L. 1215-4.

On ne cite que de courts fragments du texte ; ce qui le rend vérifiable est dit « notre lecture ».
"""

from acteurs.models import Fonction
from acteurs.publics import PUBLICS_ASSOCIES, PUBLICS_SPE, Public
from pams_portal.droits import Qualite
from plans.conformite.constats import Constat, Portee, Resultat, resultat

Nature = Fonction.Nature


def chapitre_ecrit(lecture, cle, **constat):
    """Un constat fondé sur un chapitre : écrit, ou à écrire."""
    preuves = lecture.preuve_des_textes(cle)
    titre = lecture.chapitres.get(cle, cle)
    manques = [] if preuves else [f"Le chapitre « {titre} » n’est pas rédigé."]
    return Constat(resultat=resultat(manques), preuves=preuves, manques=manques, **constat)


def b1_bassin(lecture):
    perimetre = lecture.perimetre
    manques = []
    if perimetre is None:
        manques.append("Aucun périmètre du bassin n’est en vigueur à cette date.")
    else:
        if not (perimetre.deliberation_reference and perimetre.deliberation_date):
            manques.append("La délibération qui fixe le bassin n’est pas renseignée.")
        if perimetre.etat_composition != perimetre.EtatComposition.VERIFIE:
            manques.append(f"{perimetre.get_etat_composition_display()}.")
    return Constat(
        "B1",
        "Le plan est établi à l’échelle d’un bassin, avec sa composition et sa délibération",
        Portee.LECTURE,
        resultat(manques, a_verifier=perimetre is not None),
        "L. 1215-3, al. 2",
        "à l’échelle d’un bassin de mobilité",
        [(f"Bassin {lecture.bassin}", lecture.bassin.get_absolute_url())],
        manques,
    )


def b1_ile_de_france(lecture):
    return Constat(
        "B1",
        "Le plan porte sur l’Île-de-France : aucun bassin n’est à désigner",
        Portee.LECTURE,
        Resultat.OUI,
        "L. 1215-4",
        "un ou plusieurs",
        [(lecture.plan.titre, lecture.adresse)],
    )


def b2_co_pilotes(lecture):
    return Constat(
        "B2",
        "Chaque Région et chaque Département concernés co-pilotent le plan",
        Portee.LOI,
        reference="L. 1215-3, al. 2",
        citation="pilotent l’élaboration et suivent la mise en œuvre",
        preuves=lecture.preuve_des_parties(lecture.parties_de(Qualite.CO_PILOTE)),
        **_pilotage(lecture, _sans_pilote(lecture)),
    )


def b2_ile_de_france(lecture):
    manques = _sans_pilote(lecture)
    idfm = {fonction.acteur_id for fonction in lecture.fonctions_de(Nature.IDFM)}
    if not idfm & lecture.acteurs_co_pilotes:
        manques.append("Île-de-France Mobilités n’est pas parmi les co-pilotes.")
    return Constat(
        "B2",
        "Île-de-France Mobilités, la Région, les Départements et la Ville de Paris portent le plan",
        Portee.LOI,
        reference="L. 1215-4",
        citation="élaborent et mettent en œuvre",
        preuves=lecture.preuve_des_parties(lecture.parties_de(Qualite.CO_PILOTE)),
        **_pilotage(lecture, manques),
    )


def _pilotage(lecture, manques):
    if not lecture.regions:
        manques = ["Aucun territoire n’est connu à cette date : les pilotes restent à vérifier."]
    return {"resultat": resultat(manques, not lecture.regions), "manques": manques}


def _sans_pilote(lecture):
    """Les collectivités du territoire dont personne, parmi les co-pilotes, n'exerce la fonction."""
    couvertes = set()
    for fonction in lecture.fonctions_de(Nature.REGION, Nature.DEPARTEMENT):
        if fonction.acteur_id in lecture.acteurs_co_pilotes:
            couvertes |= {*fonction.regions.all(), *fonction.departements.all()}
    return [
        *(f"Région {r.nom} : pas de co-pilote." for r in lecture.regions if r not in couvertes),
        *(
            f"Département {d.nom} ({d.code}) : pas de co-pilote."
            for d in lecture.departements
            if d not in couvertes
        ),
    ]


def b3_parties(lecture):
    natures = (Nature.AOM, Nature.AO_LYON, Nature.SYNDICAT_SRU, Nature.SPE)
    inscrits = {partie.acteur_id for partie in lecture.parties}
    attendues = lecture.fonctions_de(*natures)
    manques = [
        f"{fonction.acteur.nom} ({fonction}) n’est pas parmi les parties."
        for fonction in attendues
        if fonction.acteur_id not in inscrits
    ]
    connues = {fonction.nature for fonction in attendues}
    inconnues = [
        f"Aucun acteur connu sur ce territoire pour : {nature.label.lower()}."
        for nature in (Nature.AOM, Nature.SPE)
        if nature not in connues
    ]
    return Constat(
        "B3",
        "Les autorités organisatrices, les syndicats mixtes et le service public de l’emploi "
        "sont parties au plan",
        Portee.LOI,
        resultat(manques + inconnues, a_verifier=not manques),
        "L. 1215-3, al. 1",
        "coordonnent leur action",
        lecture.preuve_des_parties(lecture.parties_de(Qualite.COORDONNEE)),
        manques + inconnues,
    )


def b3_reponses(lecture):
    parties = lecture.parties_de(Qualite.COORDONNEE)
    muettes = [p for p in parties if p.reponse == p.Reponse.SOLLICITEE and not p.trace.strip()]
    manques = [f"{p.acteur.nom} : sollicitation sans trace." for p in muettes]
    if not parties:
        manques = ["Aucune partie coordonnée n’est inscrite."]
    return Constat(
        "B3",
        "L’état de chaque partie coordonnée est noté : contribue, sollicitée sans réponse, décline",
        Portee.LECTURE,
        resultat(manques, a_verifier=bool(parties)),
        preuves=lecture.preuve_des_parties(parties),
        manques=manques,
    )


def b4_association(lecture):
    associees = lecture.parties_de(Qualite.ASSOCIEE)
    manques = [] if associees else ["Aucun organisme d’accompagnement n’est associé."]
    return Constat(
        "B4",
        "Les organismes qui accompagnent les personnes sont associés",
        Portee.LOI,
        resultat(manques),
        reference(lecture, "L. 1215-3, al. 3", "L. 1215-4, avant-dernier alinéa"),
        "Sont associés",
        lecture.preuve_des_parties(associees),
        manques,
    )


def b4_publics(lecture):
    associees = [p for p in lecture.parties_de(Qualite.ASSOCIEE) if p.trace.strip()]
    couverts = {public for partie in associees for public in partie.acteur.publics}
    manques = [
        f"{Public(public).label} : aucun organisme associé dont l’association soit tracée."
        for public in PUBLICS_ASSOCIES
        if public not in couverts
    ]
    return Constat(
        "B4",
        "Au moins un organisme associé, avec la trace de son association, pour chaque public nommé",
        Portee.LECTURE,
        resultat(manques),
        preuves=[
            (f"{nom} : {partie.trace}", adresse)
            for partie in associees
            for nom, adresse in [(partie.acteur.nom, lecture.preuve_des_parties([partie])[0][1])]
        ],
        manques=manques,
    )


def b5_accompagnement(lecture):
    return chapitre_ecrit(
        lecture,
        "accompagnement",
        code="B5",
        intitule="Le plan définit les conditions du conseil et de l’accompagnement individualisé",
        portee=Portee.LOI,
        reference=reference(lecture, "L. 1215-3, al. 4", "L. 1215-4, dernier alinéa"),
        citation="conseil et […] accompagnement individualisé à la mobilité",
    )


def b5_conditions(lecture):
    fiches = [f for f in lecture.fiches if f.lien_legal == f.LienLegal.ACCOMPAGNEMENT]
    couverts = {public for fiche in fiches for public in fiche.publics}
    manques = [
        f"{Public(public).label} : aucune fiche d’accompagnement ne vise ce public."
        for public in PUBLICS_ASSOCIES
        if public not in couverts
    ]
    relire = (
        "À relire : qui, où, comment on y accède, contenu, coût, délai, communes couvertes, "
        "continuité."
    )
    return Constat(
        "B5",
        "Les conditions sont précisées pour chacun des publics nommés par la loi",
        Portee.LECTURE,
        resultat([*manques, relire], a_verifier=not manques),
        preuves=lecture.preuve_des_fiches(fiches),
        manques=[*manques, relire],
    )


def b6_mesures(lecture):
    return chapitre_ecrit(
        lecture,
        "mesures_spe",
        code="B6",
        intitule="Le plan prévoit les mesures du service public de l’emploi",
        portee=Portee.LOI,
        reference=reference(lecture, "L. 1215-3, al. 4", "L. 1215-4, dernier alinéa"),
        citation="tout demandeur d’emploi, toute personne éloignée de l’emploi, ou […] jeune en "
        "contrat d’apprentissage",
    )


def b6_publics(lecture):
    fiches = [f for f in lecture.fiches if f.lien_legal == f.LienLegal.SPE]
    couverts = {public for fiche in fiches for public in fiche.publics}
    couverts |= {public for f in fiches for d in f.dispositifs.all() for public in d.publics}
    manques = [
        f"{Public(public).label} : aucune action ni aucun dispositif lié."
        for public in PUBLICS_SPE
        if public not in couverts
    ]
    return Constat(
        "B6",
        "Au moins une action ou un dispositif pour chacun des trois publics",
        Portee.LECTURE,
        resultat(manques),
        preuves=lecture.preuve_des_fiches(fiches),
        manques=manques,
    )


def b7_roles(lecture):
    return chapitre_ecrit(
        lecture,
        "roles",
        code="B7",
        intitule="Le rôle de chaque partie dans la coordination est écrit",
        portee=Portee.LECTURE,
        reference=reference(lecture, "L. 1215-3, al. 1", ""),
        citation=reference(
            lecture, "coordonnent leur action en faveur de la mobilité solidaire", ""
        ),
    )


def b8_suivi(lecture):
    return chapitre_ecrit(
        lecture,
        "gouvernance",
        code="B8",
        intitule="Les co-pilotes disent comment ils suivent la mise en œuvre",
        portee=Portee.LOI,
        reference="L. 1215-3, al. 2",
        citation="suivent la mise en œuvre",
    )


def reference(lecture, commune, francilienne):
    """L'article selon le régime du plan ; L. 1215-4 reprend les deux derniers alinéas."""
    return francilienne if lecture.bassin is None else commune


COMMUNES = [b4_association, b4_publics, b5_accompagnement, b5_conditions, b6_mesures, b6_publics]
REGLES = [b1_bassin, b2_co_pilotes, b3_parties, b3_reponses, *COMMUNES, b7_roles, b8_suivi]
REGLES_ILE_DE_FRANCE = [b1_ile_de_france, b2_ile_de_france, *COMMUNES, b7_roles]
