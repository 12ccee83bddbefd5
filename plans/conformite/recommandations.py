"""Ce que le portail recommande, et que la loi ne demande pas."""

from plans.conformite.constats import Constat, Portee, resultat


def recommandation(code, intitule, manques, preuves=(), a_verifier=False):
    verdict = resultat(manques, a_verifier)
    return Constat(
        code, intitule, Portee.RECOMMANDATION, verdict, preuves=list(preuves), manques=manques
    )


def r1_diagnostic(lecture):
    cles = ("territoire", "publics", "couverture", "usagers", "enjeux")
    preuves = [preuve for cle in cles for preuve in lecture.preuve_des_textes(cle)]
    vides = [lecture.chapitres[c] for c in cles if c in lecture.chapitres and not lecture.textes(c)]
    manques = [f"« {chapitre} » n’est pas rédigé." for chapitre in vides]
    return recommandation("R1", "Un diagnostic partagé est écrit", manques, preuves)


def r2_indicateurs(lecture):
    sans = [fiche for fiche in lecture.fiches if not fiche.indicateurs.all()]
    manques = [f"{fiche} : aucun indicateur." for fiche in sans]
    return recommandation("R2", "Chaque action a un indicateur", manques or _sans_fiche(lecture))


def r3_budget(lecture):
    sans = [fiche for fiche in lecture.fiches if not fiche.budgets.all()]
    manques = [f"{fiche} : aucun budget." for fiche in sans]
    return recommandation("R3", "Chaque action a un budget", manques or _sans_fiche(lecture))


def r4_calendrier(lecture):
    sans = [fiche for fiche in lecture.fiches if not (fiche.debut and fiche.fin)]
    manques = [f"{fiche} : dates incomplètes." for fiche in sans]
    return recommandation("R4", "Chaque action a un calendrier", manques or _sans_fiche(lecture))


def _sans_fiche(lecture):
    return [] if lecture.fiches else ["Le plan n’a pas encore de fiche-action."]


def r5_duree(lecture):
    plan = lecture.plan
    manques = [] if plan.debut and plan.fin else ["La durée du plan n’est pas fixée."]
    return recommandation("R5", "Le plan dit sa durée", manques)


def r6_articulation(lecture):
    preuves = lecture.preuve_des_textes("articulation")
    manques = [] if preuves else ["L’articulation avec les autres démarches n’est pas rédigée."]
    intitule = "Le plan s’articule avec les autres démarches (contrat opérationnel de mobilité…)"
    return recommandation("R6", intitule, manques, preuves)


def r7_revision(lecture):
    manques = ["À relire : clauses d’évaluation et de révision, avis du comité des partenaires."]
    preuves = lecture.preuve_des_textes("gouvernance")
    intitule = "Le plan prévoit son évaluation et sa révision"
    return recommandation("R7", intitule, manques, preuves, a_verifier=True)


RECOMMANDATIONS = [
    r1_diagnostic,
    r2_indicateurs,
    r3_budget,
    r4_calendrier,
    r5_duree,
    r6_articulation,
    r7_revision,
]
