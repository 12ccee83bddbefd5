"""Les acteurs (réels, par leur SIREN, ou fictifs et marqués tels) et les comptes."""

from django.contrib.auth.hashers import make_password

from acteurs.models import Acteur, Etablissement, Fonction, Habilitation, Utilisateur
from pams_portal.demonstration.contenu import identifiant, lire

MOT_DE_PASSE = "demonstration-pams"  # public : refusé hors de la démonstration


def charger_acteurs():
    """Crée ceux qui manquent, sans retoucher les autres. Rend {clé: acteur}."""
    return {fiche["cle"]: _acteur(**fiche) for fiche in lire("acteurs.toml")["acteur"]}


def _acteur(cle, nom, fonction=(), etablissement=(), siren=None, **champs):
    connus = Acteur.objects.filter(siren=siren) if siren else Acteur.objects
    acteur = connus.filter(**{} if siren else {"identifiant": identifiant("acteur", cle)}).first()
    if acteur is None:
        acteur = Acteur(nom=nom, siren=siren, demonstration=siren is None, **champs)
        acteur.identifiant = identifiant("acteur", cle)
        acteur.full_clean(exclude=["nom_normalise"])
        acteur.save()
    for fiche in fonction:
        if not acteur.fonctions.filter(nature=fiche["nature"]).exists():
            _creer_fonction(acteur, **fiche)
    for fiche in etablissement:
        Etablissement.objects.get_or_create(
            siret=fiche["siret"], defaults=fiche | {"acteur": acteur}
        )
    return acteur


def _creer_fonction(acteur, regions=(), departements=(), epci=(), **champs):
    fonction = Fonction(acteur=acteur, **champs)
    fonction.full_clean()
    fonction.save()
    fonction.regions.set(regions)
    fonction.departements.set(departements)
    fonction.epci.set(epci)


def charger_comptes(acteurs):
    """Crée les comptes qui manquent. Rend {clé d'acteur: la personne qui écrit pour lui}."""
    connus = set(Utilisateur.objects.values_list("courriel", flat=True))
    fiches = lire("comptes.toml")["compte"]
    manquants = [fiche for fiche in fiches if fiche["courriel"] not in connus]
    if manquants:
        empreinte = make_password(MOT_DE_PASSE)  # lente par construction : une fois pour tous
        for fiche in manquants:
            _creer_compte(acteurs, empreinte, **fiche)
    return {
        fiche["acteur"]: Utilisateur.objects.get(courriel=fiche["courriel"])
        for fiche in fiches
        if "valideur" in fiche.get("roles", [])
    }


def _creer_compte(acteurs, empreinte, courriel, nom, acteur=None, roles=(), technique=False):
    compte = Utilisateur(courriel=courriel, nom=nom, demonstration=True, password=empreinte)
    compte.is_staff = compte.is_superuser = technique
    compte.full_clean()
    compte.save()
    for role in roles:
        Habilitation.objects.create(utilisateur=compte, acteur=acteurs[acteur], role=role)
