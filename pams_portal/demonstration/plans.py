"""Les plans fictifs, écrits acte par acte par les parties elles-mêmes."""

from acteurs.models import Acte, Notification
from bassins.models import Bassin
from pams_portal.demonstration.adoption import Adoption
from pams_portal.demonstration.comites import tenir
from pams_portal.demonstration.contenu import identifiant, lire, lire_tous, textes
from pams_portal.demonstration.fiches import ecrire_fiche
from pams_portal.demonstration.observations import ne_rien_envoyer, observer
from pams_portal.demonstration.redaction import Redaction
from pams_portal.demonstration.territoire import chiffres_du_bassin
from pams_portal.droits import Droit
from plans.models import Contribution, FicheAction, Objectif, Plan, Proposition
from plans.reprise import copier_la_fiche


def charger_plan(slug, acteurs, personnes, dispositifs):
    """Ouvre le plan d'un bassin et le remplit."""
    contenu = lire(slug, "plan.toml")
    bassin = Bassin.objects.get(slug=contenu.get("bassin", slug))
    titre = {"titre": contenu["titre"]} if "titre" in contenu else {}
    plan = Plan.ouvrir(
        personnes[contenu["ouvert_par"]],
        bassin,
        identifiant=identifiant("plan", slug),
        demonstration=True,
        slug=slug,
        debut=contenu["debut"],
        fin=contenu["fin"],
        **titre,
    )
    redaction = Redaction(plan, acteurs, personnes)
    _accueillir_les_parties(redaction, contenu["ouvert_par"], contenu["partie"])
    _ecrire_les_axes(redaction, contenu["ouvert_par"], contenu["axe"])
    _attribuer(redaction, contenu["ouvert_par"], contenu["attributions"])
    _ecrire_les_chapitres(redaction, textes(slug, "chapitres"), chiffres_du_bassin(bassin))
    for fiche in lire_tous(slug, "fiches"):
        ecrire_fiche(redaction, dispositifs, **fiche)
    for fiche in contenu.get("reprise", []):
        _copier(redaction, **fiche)
    _proposer(redaction, contenu.get("proposition", []))
    if adoption := lire(slug, "adoption.toml", defaut=None):
        Adoption(redaction, adoption.pop("dates")).mener(**adoption)
    # Ce que l'écriture du plan vient d'annoncer n'apprendrait rien à personne.
    Notification.objects.filter(dossier=plan.identifiant).delete()
    for observation in lire(slug, "observations.toml", defaut={}).get("observation", []):
        observer(redaction, **observation)
    for seance in lire(slug, "comites.toml", defaut={}).get("seance", []):
        tenir(redaction, **seance)
    ne_rien_envoyer(plan)


def _accueillir_les_parties(redaction, pilote, fiches):
    """La réponse d'un organisme sans compte est saisie par le pilote, qui en garde la trace."""
    for fiche in fiches:
        acteur, partie = fiche["acteur"], redaction.partie(fiche["acteur"])
        if "precision" in fiche or "trace" in fiche:
            valeurs = {n: fiche[n] for n in ("precision", "trace") if n in fiche}
            redaction.agir(pilote, partie, Droit.GERER_PARTIES, Acte.Verbe.MODIFIER, **valeurs)
        if "reponse" in fiche:
            lui_meme = acteur in redaction.personnes
            droit = Droit.REPONDRE_COMME_PARTIE if lui_meme else Droit.GERER_PARTIES
            plume = acteur if lui_meme else pilote
            redaction.agir(plume, partie, droit, Acte.Verbe.REPONDRE, reponse=fiche["reponse"])


def _ecrire_les_axes(redaction, pilote, fiches):
    for fiche in fiches:
        axe = redaction.plan.axes.get(lettre=fiche["lettre"])
        texte = fiche["texte"].strip()
        redaction.agir(pilote, axe, Droit.MODIFIER_AXES, Acte.Verbe.MODIFIER, texte=texte)
        for numero, intitule in enumerate(fiche["objectifs"], start=2):
            objectif = Objectif(axe=axe, numero=numero, intitule=intitule)
            redaction.creer(pilote, objectif, Droit.MODIFIER_AXES)


def _attribuer(redaction, pilote, attributions):
    """Les textes communs que le pilote qui a ouvert le plan confie à l'autre."""
    for cle, acteur in attributions.items():
        commun = redaction.plan.chapitres.get(cle=cle).contributions.get(commune=True)
        partie = redaction.partie(acteur)
        redaction.agir(pilote, commun, Droit.ATTRIBUER, Acte.Verbe.ATTRIBUER, porteur=partie)


def _ecrire_les_chapitres(redaction, morceaux, chiffres):
    """`methode` est le texte commun du chapitre, `methode.aom` la part de l'AOM."""
    for nom, texte in morceaux.items():
        for repere, valeur in chiffres.items():
            texte = texte.replace(f"[[{repere}]]", valeur)
        cle, _, acteur = nom.partition(".")
        chapitre = redaction.plan.chapitres.get(cle=cle)
        droit = Droit.CONTRIBUER_SPE if chapitre.est_du_spe else Droit.CONTRIBUER
        if acteur:
            part = _part(redaction, chapitre, acteur, droit)
        else:
            part = chapitre.contributions.get(commune=True)
        plume = acteur or redaction.cle_de(part.porteur)
        redaction.agir(plume, part, droit, Acte.Verbe.MODIFIER, texte=texte)


def _part(redaction, chapitre, acteur, droit):
    """La part d'une partie dans un chapitre, créée si elle n'y en a pas encore."""
    partie = redaction.partie(acteur)
    part = chapitre.contributions.filter(porteur=partie, commune=False).first()
    if part:
        return part
    ordre = chapitre.contributions.count()
    return redaction.creer(
        acteur, Contribution(chapitre=chapitre, porteur=partie, ordre=ordre), droit
    )


def _copier(redaction, plan, fiche, objectif, par):
    """Reprend une fiche d'un plan adopté, avec son attribution."""
    copier_la_fiche(
        FicheAction.objects.get(plan__slug=plan, code=fiche),
        Objectif.objects.get(
            axe__plan=redaction.plan, axe__lettre=objectif[0], numero=objectif[1:]
        ),
        redaction.partie(par),
        redaction.personnes[par],
    )


def _proposer(redaction, propositions):
    """Un paragraphe de plus, proposé à la fin de la part d'une autre partie."""
    for proposition in propositions:
        part = redaction.plan.chapitres.get(cle=proposition["chapitre"]).contributions.get(
            porteur=redaction.partie(proposition["a"]), commune=False
        )
        Proposition(
            plan=redaction.plan,
            contribution=part,
            champ="texte",
            valeur=f"{part.texte}\n\n{proposition['ajoute']}",
            version_de_depart=part.version,
            motif=proposition["motif"],
        ).deposer(redaction.personnes[proposition["de"]])
