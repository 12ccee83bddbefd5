"""Les séances de comité fictives : une tenue, dont le relevé est validé, et une à venir."""

from acteurs.models import Acte
from pams_portal.droits import Droit
from plans.models import PointDeSeance, Representation, SeanceDeComite, SuiteADonner
from plans.ordre_du_jour import Suspens, en_suspens


def tenir(redaction, tenue_par, point=(), presence=(), validee_par="", **champs):
    """Prépare une séance, y consigne ce qui s'est dit, et valide son relevé s'il y a lieu.

    Sans `point`, l'ordre du jour est celui que le portail propose d'office.
    """
    seance = SeanceDeComite(plan=redaction.plan, **champs)
    redaction.creer(tenue_par, seance, Droit.TENIR_SEANCE)
    for ligne in presence:
        partie = redaction.partie(ligne.pop("acteur"))
        dite = Representation(seance=seance, partie=partie, **ligne)
        redaction.creer(tenue_par, dite, Droit.TENIR_SEANCE)
    suspens = en_suspens(redaction.plan, seance.comite)
    personne = redaction.personnes[tenue_par]
    seance.inscrire(personne, [_sujet(p, suspens) for p in point] if point else suspens)
    for dit, inscrit in zip(point, seance.points.with_seance(), strict=False):
        _decider(redaction, tenue_par, inscrit, **dit)
    if validee_par:
        seance.valider(redaction.personnes[validee_par])


def _sujet(point, suspens):
    """Le premier sujet en suspens de cette nature, ou un point libre."""
    trouves = [sujet for sujet in suspens if sujet.nature == point.get("nature")]
    titre, presentation = point.get("titre", ""), point.get("presentation", "")
    return trouves[0] if trouves else Suspens("libre", "", titre, presentation)


def _decider(redaction, plume, point, issue="", decision="", suite=(), **_):
    if issue:
        valeurs = {"issue": PointDeSeance.Issue(issue), "decision": decision.strip()}
        verbe = Acte.Verbe.CONSIGNER
        point = redaction.agir(plume, point, Droit.TENIR_SEANCE, verbe, **valeurs)
    for confiee in suite:
        faite_par = confiee.pop("faite_par", "")
        porteur = redaction.partie(confiee.pop("a"))
        suite = SuiteADonner(point=point, porteur=porteur, **confiee)
        redaction.creer(plume, suite, Droit.TENIR_SEANCE)
        if faite_par:
            suite.marquer(redaction.personnes[faite_par], faite=True)
