"""Fabriques minimales : `make_<objet>(**champs)` crée un objet valide et rien d'autre."""

import itertools
from datetime import date, timedelta
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone
from stdnum import luhn

from acteurs.models import (
    Acte,
    Acteur,
    Brouillon,
    Etablissement,
    Fonction,
    Habilitation,
    Utilisateur,
)
from acteurs.publics import Public
from bassins.models import Bassin, Commune, Departement, Epci, Perimetre, Region
from dispositifs.models import (
    DemandeDeConfirmation,
    Dispositif,
    Ecart,
    Envoi,
    Fusion,
    Importation,
    Publication,
    Signalement,
)
from pams_portal.droits import Qualite, Role
from plans.models import (
    AvisSurPlan,
    Axe,
    Chapitre,
    Concertation,
    Contribution,
    Etape,
    FicheAction,
    Financement,
    Indicateur,
    LigneBudget,
    Message,
    Observation,
    OrganismeConsulte,
    Partenariat,
    PartiePrenante,
    Plan,
    PointDeSeance,
    Proposition,
    ReponseAvis,
    SeanceDeComite,
    SuiteADonner,
    ValeurIndicateur,
    Version,
    Visa,
)
from plans.versions import contenu_canonique, empreinte

_n = itertools.count(1)
REFERENCE = {"source": "essai", "millesime": 2026}


def make_siren(n=None):
    """Un SIREN bien formé, différent à chaque appel."""
    racine = f"9{next(_n) if n is None else n:07d}"
    return racine + luhn.calc_check_digit(racine)


# --- Territoires -------------------------------------------------------------------------------


def make_region(code="32", **champs):
    defaut = {"nom": f"Région {code}", "chef_lieu": "00000"} | REFERENCE
    return Region.objects.get_or_create(code=code, defaults=defaut | champs)[0]


def make_departement(code="80", region=None, **champs):
    defaut = {"nom": f"Département {code}", "region": region or make_region(), "chef_lieu": "0"}
    return Departement.objects.get_or_create(code=code, defaults=defaut | REFERENCE | champs)[0]


def make_epci(departement=None, **champs):
    n = next(_n)
    departement = departement or make_departement()
    defaut = {
        "siren": make_siren(n),
        "nom": f"CC {n}",
        "nature": "CC",
        "financement": "FPU",
        "nb_communes": 1,
        "population_municipale": 1000,
        "population_totale": 1010,
    }
    epci = Epci.objects.create(**defaut | REFERENCE | champs)
    epci.departements.add(departement)
    make_commune(epci=epci, departement=departement)
    return epci


def make_commune(epci=None, departement=None, **champs):
    n = next(_n)
    departement = departement or make_departement()
    defaut = {"code": f"{departement.code[:2]}{n % 1000:03d}", "nom": f"Commune {n}"}
    return Commune.objects.create(
        **defaut | REFERENCE | {"epci": epci, "departement": departement} | champs
    )


def make_bassin(*epci, **champs):
    n = next(_n)
    bassin = Bassin.objects.create(**{"nom": f"Bassin {n}", "slug": f"bassin-{n}"} | champs)
    perimetre = Perimetre.objects.create(bassin=bassin, depuis=date(2022, 1, 27))
    perimetre.epci.set(epci or [make_epci()])
    return bassin


# --- Acteurs -----------------------------------------------------------------------------------


def make_acteur(**champs):
    n = next(_n)
    return Acteur.objects.create(
        **{"nom": f"Acteur {n}", "siren": make_siren(n), "nature": Acteur.Nature.AUTRE} | champs
    )


def make_fonction(acteur, nature, *, regions=(), departements=(), epci=(), **champs):
    champs = {"etat": Fonction.Etat.VERIFIE} | champs
    fonction = Fonction.objects.create(acteur=acteur, nature=nature, **champs)
    fonction.regions.set(regions)
    fonction.departements.set(departements)
    fonction.epci.set(epci)
    return fonction


def make_utilisateur(acteur=None, role=Role.VALIDEUR, **champs):
    n = next(_n)
    defaut = {"courriel": f"agent{n}@example.org", "nom": f"Agent {n}"}
    utilisateur = Utilisateur.objects.create_user(**defaut | {"password": "x"} | champs)
    if acteur:
        Habilitation.objects.create(utilisateur=utilisateur, acteur=acteur, role=role)
    return utilisateur


def make_etablissement(acteur, **champs):
    n = next(_n)
    racine = f"{acteur.siren}{n % 10000:04d}"
    siret = racine + luhn.calc_check_digit(racine)
    return Etablissement.objects.create(acteur=acteur, **{"siret": siret, "nom": "Siège"} | champs)


def make_acte(objet, verbe="modifier", avant=None, apres=None, **champs):
    """Un acte déjà au journal, sur un objet d'un plan."""
    return Acte.objects.create(
        verbe=verbe,
        cible_type=objet._meta.label_lower,
        cible=objet.identifiant,
        cible_libelle=str(objet),
        dossier=objet.dossier,
        version=objet.version,
        avant=avant or {},
        apres=apres or {},
        **champs,
    )


def make_brouillon(utilisateur, part, texte="Une demi-phr"):
    saisie = {"texte": [texte]}, part.version
    return Brouillon.objects.garder(utilisateur, part, uuid4(), saisie, "/")


# --- Dispositifs -------------------------------------------------------------------------------


def make_dispositif(porteur=None, **champs):
    porteur = porteur or make_acteur()
    defaut = {
        "nom": f"Dispositif {next(_n)}",
        "type": "garage-solidaire",
        "porteur": porteur,
        "tenu_par": porteur,
        "description": "Réparation à prix solidaire, sur orientation d’un prescripteur.",
        "statut": Dispositif.Statut.VERIFIE,
        "zone_eligibilite": ["france"],
    }
    return Dispositif.objects.create(**defaut | champs)


def make_demande(dispositif, courriel=None, acteur=None, mois=None, **champs):
    """Une demande de confirmation, à l'adresse de service de la fiche si l'on ne dit rien."""
    mois = mois or timezone.localdate().replace(day=1)
    courriel = courriel or dispositif.courriel
    envoi = Envoi.objects.get_or_create(courriel=courriel, mois=mois, tournee=True)[0]
    defaut = {"envoi": envoi, "acteur": acteur or dispositif.porteur}
    return DemandeDeConfirmation.objects.create(
        dispositif=dispositif, courriel=courriel, mois=mois, **defaut | champs
    )


def make_fusion(gardee, absorbee=None):
    """Une fusion déjà faite, qui n'a rien changé à la fiche gardée."""
    absorbee = absorbee or make_dispositif(gardee.porteur)
    Dispositif.tous.filter(pk=absorbee.pk).update(fusionne_avec=gardee)
    return Fusion.objects.create(gardee=gardee, absorbee=absorbee)


def make_ecart(dispositif, **champs):
    defaut = {"champ": "capacite", "valeur": 60, "origine": "partenaires.xlsx, ligne 4"}
    return Ecart.objects.create(dispositif=dispositif, **defaut | champs)


def make_importation(acteur, **champs):
    fichier = ContentFile(b"Nom;Type\nGarage;garage\n", "partenaires.csv")
    defaut = {"fichier": fichier, "nom_du_fichier": "partenaires.csv"}
    return Importation.objects.create(acteur=acteur, **defaut | champs)


def make_fichier_ouvert(nom, contenu=b"[]"):
    """Un fichier ouvert prêt à prendre."""
    publication = Publication.objects.create(prete_le=timezone.now())
    publication.fichiers.create(nom=nom, fichier=ContentFile(contenu, nom), poids=len(contenu))


def make_signalement(dispositif, message="Plus ouvert le samedi", **champs):
    """Un signalement du public, si l'on ne dit rien."""
    return Signalement.deposer(dispositif, message, **champs)


# --- Plans -------------------------------------------------------------------------------------


def make_plan(bassin=None, **champs):
    n = next(_n)
    defaut = {"titre": f"PAMS {n}", "slug": f"pams-{n}", "bassin": bassin or make_bassin()}
    return Plan.objects.create(**defaut | champs)


def make_partie(plan, acteur=None, qualite=Qualite.CO_PILOTE, **champs):
    return PartiePrenante.objects.create(
        plan=plan, acteur=acteur or make_acteur(), qualite=qualite, **champs
    )


def make_chapitre(plan, cle="accompagnement", **champs):
    defaut = {"numero": "4", "titre": "Conseil et accompagnement", "ordre": next(_n)}
    return Chapitre.objects.get_or_create(plan=plan, cle=cle, defaults=defaut | champs)[0]


def make_contribution(porteur, cle="accompagnement", **champs):
    return Contribution.objects.create(
        chapitre=make_chapitre(porteur.plan, cle), porteur=porteur, **champs
    )


def make_objectif(plan, lettre="A", numero=1):
    axe, _ = Axe.objects.get_or_create(
        plan=plan, lettre=lettre, defaults={"intitule": f"Axe {lettre}"}
    )
    return axe.objectifs.get_or_create(numero=numero, defaults={"intitule": "Objectif"})[0]


def make_fiche(porteur, **champs):
    defaut = {
        "plan": porteur.plan,
        "porteur": porteur,
        "intitule": f"Action {next(_n)}",
        "lien_legal": FicheAction.LienLegal.ACCOMPAGNEMENT,
        "publics": [Public.DEMANDEURS_EMPLOI],
    }
    if "objectif" not in champs:
        champs["objectif"] = make_objectif(porteur.plan)
    return FicheAction.objects.create(**defaut | champs)


def make_proposition(porteur, part, champ="texte", valeur="Proposé.", **champs):
    """Une proposition de la partie `porteur` sur la part d'une autre."""
    visees = {"ficheaction": "fiche"}
    visee = visees.get(part._meta.model_name, part._meta.model_name)
    defaut = {"version_de_depart": part.version, "auteur": "Denis, Département", visee: part}
    return Proposition.objects.create(
        plan=part.plan, porteur=porteur, champ=champ, valeur=valeur, **defaut | champs
    )


def make_etape(fiche, **champs):
    return Etape.objects.create(fiche=fiche, **{"libelle": f"Étape {next(_n)}"} | champs)


def make_budget(fiche, **champs):
    return LigneBudget.objects.create(fiche=fiche, **{"annee": 2027} | champs)


def make_financement(fiche, financeur=None, **champs):
    defaut = {"financeur": financeur, "saisi_par": financeur or fiche.porteur, "montant": 1000}
    if financeur is None:
        defaut |= {"organisme": "Fonds européen"}
    return Financement.objects.create(fiche=fiche, **defaut | champs)


def make_piece(ligne, contenu=b"%PDF-1.7 convention", nom="convention.pdf"):
    """Joint un fichier à une ligne, et rend la ligne."""
    ligne.piece, ligne.piece_nom, ligne.piece_poids = ContentFile(contenu, nom), nom, len(contenu)
    ligne.save()
    return ligne


def make_partenariat(fiche, partie=None, **champs):
    defaut = {"partie": partie, "role": Partenariat.Role.OPERATEUR}
    if partie is None:
        defaut |= {"organisme": "Une association"}
    return Partenariat.objects.create(fiche=fiche, **defaut | champs)


def make_indicateur(fiche, **champs):
    defaut = {"porteur": fiche.porteur, "libelle": f"Indicateur {next(_n)}", "unite": "personnes"}
    return Indicateur.objects.create(fiche=fiche, **defaut | champs)


def make_valeur(indicateur, **champs):
    defaut = {"porteur": indicateur.porteur, "date": date(2026, 6, 30), "valeur": 120}
    return ValeurIndicateur.objects.create(indicateur=indicateur, **defaut | champs)


def make_version(plan, **champs):
    """Le contenu présent du plan, scellé ; numéroté, il est figé."""
    octets = contenu_canonique(plan)
    defaut = {"vers": "arrete", "empreinte": empreinte(octets), "contenu": octets.decode()}
    if "numero" in champs:
        defaut["figee_le"] = timezone.now()
    return Version.objects.create(plan=plan, **defaut | {"revision": plan.revision} | champs)


def make_visa(version, partie, utilisateur=None, **champs):
    noms = {"nom_utilisateur": str(utilisateur or "Agent"), "nom_acteur": partie.acteur.nom}
    return Visa.objects.create(
        version_visee=version, partie=partie, utilisateur=utilisateur, **noms | champs
    )


def make_observation(porteur, auteur=None, texte="Le délai tient-il ?", **champs):
    """Une observation et le message qui l'ouvre ; sur le chapitre 4 si rien n'est dit."""
    if not {"chapitre", "fiche"} & set(champs):
        champs["chapitre"] = make_chapitre(porteur.plan)
    observation = Observation.objects.create(plan=porteur.plan, porteur=porteur, **champs)
    make_message(observation, porteur, auteur, texte=texte)
    return observation


def make_message(observation, porteur, auteur=None, **champs):
    defaut = {
        "nom_auteur": str(auteur or ""),
        "nom_acteur": porteur.acteur.nom,
        "texte": f"Message {next(_n)}",
    }
    return Message.objects.create(
        observation=observation, porteur=porteur, auteur=auteur, **defaut | champs
    )


def make_seance(plan, **champs):
    """Un COTECH à venir, sans ordre du jour."""
    defaut = {"comite": "cotech", "jour": date(2026, 12, 3)}
    return SeanceDeComite.objects.create(plan=plan, **defaut | champs)


def make_point(seance, **champs):
    defaut = {"titre": f"Point {next(_n)}", "ordre": seance.points.count()}
    return PointDeSeance.objects.create(seance=seance, **defaut | champs)


def make_suite(point, porteur, **champs):
    return SuiteADonner.objects.create(
        point=point, porteur=porteur, **{"quoi": "Écrire aux communes"} | champs
    )


# --- La concertation ---------------------------------------------------------------------------


def make_concertation(plan, **champs):
    """Une concertation ouverte sur le contenu présent, figé pour elle ; trois semaines."""
    numero = plan.versions.figees().count() + 1
    defaut = {"date_limite": timezone.localdate() + timedelta(days=21), "mode": "Un courrier"}
    if "version_envoyee" not in champs:
        champs["version_envoyee"] = make_version(plan, numero=numero, vers="concertation")
    return Concertation.objects.create(plan=plan, **defaut | champs)


def make_consulte(concertation, partie=None, **champs):
    """Une partie consultée ; un organisme absent du plan si l'on ne dit rien."""
    defaut = {"partie": partie} if partie else {"organisme": f"Organisme {next(_n)}"}
    return OrganismeConsulte.objects.create(concertation=concertation, **defaut | champs)


def make_avis_sur_plan(consulte, saisi_par=None, **champs):
    """L'avis qu'un organisme a rendu lui-même, ou qu'un co-pilote a saisi pour lui."""
    defaut = {"sens": "favorable", "nom_signataire": "Agent", "saisi_par": saisi_par}
    if saisi_par:
        defaut["reference"] = "Courrier du 3 novembre"
    return AvisSurPlan.objects.create(consulte=consulte, **defaut | champs)


def make_reponse(avis, ecrite_par, **champs):
    defaut = {"decision": "retenu", "version_de_l_avis": avis.version, "ecrite_par": ecrite_par}
    return ReponseAvis.objects.create(avis=avis, **defaut | champs)
