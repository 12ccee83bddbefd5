"""« Quelles solutions près de chez vous ? » : d'une commune, d'un besoin et d'une situation aux
dispositifs publiés. Rien de ce que la personne répond n'est gardé."""

import re
from typing import NamedTuple

from django.db.models import Case, IntegerField, OuterRef, Q, Subquery, When
from django.utils.html import format_html

from acteurs.publics import Public
from bassins.models import Commune
from dispositifs.models import Dispositif, Zone
from dispositifs.recensement.saisie import ARRONDISSEMENTS
from dispositifs.territoires import (
    LES_PLUS_PEUPLEES,
    Echelle,
    cles_touchant,
    communes_au_nom_voisin,
)
from dispositifs.typologie import FAMILLES, MobilisablePar, ModeMobilisation
from pams_portal.recherche import mots
from pams_portal.typographie import lien_de_telephone

COMMUNES_AU_PLUS = 50  # un code postal en a jusqu'à quarante-six
NOMS_PROCHES = 5
CODE = re.compile(r"\d{5}|2[ab]\d{3}")
DEPARTEMENT = re.compile(r"\d{2,3}|2[ab]")
# « Roye (80685) » : la forme sous laquelle la page nomme une commune, et qu'elle sait relire.
CHOISIE = re.compile(rf"\(({CODE.pattern})\)\s*$", re.IGNORECASE)
# Du plus proche au plus large : ce qui est fait pour la commune vient d'abord.
ECHELLES = [Echelle.COMMUNE, Echelle.EPCI, Echelle.DEPARTEMENT, Echelle.REGION, Echelle.FRANCE]


class Besoin(NamedTuple):
    """Ce qu'une personne cherche, dit comme elle le dirait ; `types` : ce qui y répond."""

    libelle: str
    types: tuple


BESOINS = {
    "aller": Besoin("Me rendre quelque part", (*FAMILLES["Se déplacer"],)),
    "vehicule": Besoin(
        "Trouver une voiture, un scooter ou un vélo",
        (*FAMILLES["Accéder à un véhicule"], "autopartage", "velo-longue-duree"),
    ),
    "reparer": Besoin("Faire réparer mon véhicule ou mon vélo", (*FAMILLES["Entretenir"],)),
    "apprendre": Besoin(
        "Passer le permis, apprendre à circuler", (*FAMILLES["Apprendre"], "atelier-mobilite")
    ),
    "payer": Besoin("Payer moins cher, être aidé à payer", (*FAMILLES["Aides"], "microcredit")),
    "conseil": Besoin("Savoir par où commencer", (*FAMILLES["Information et conseil"],)),
    "venir": Besoin("Faire venir un service près de chez moi", (*FAMILLES["Aller vers"],)),
}
TYPES_UTILES = {code for besoin in BESOINS.values() for code in besoin.types}

# Ce qu'une personne dit d'elle, et les publics auxquels cela peut correspondre.
SITUATIONS = {
    "emploi": ("Je cherche un emploi", (Public.DEMANDEURS_EMPLOI, Public.ELOIGNES_EMPLOI)),
    "apprenti": ("Je suis en apprentissage", (Public.APPRENTIS, Public.JEUNES, Public.ACTIFS)),
    "travail": ("Je travaille", (Public.ACTIFS,)),
    "minima": (
        "Je touche le RSA ou une autre aide de ce type",
        (Public.MINIMAS_SOCIAUX, Public.VULNERABILITE_ECONOMIQUE),
    ),
    "argent": ("J’ai peu d’argent", (Public.VULNERABILITE_ECONOMIQUE,)),
    "aide": (
        "Je traverse une période difficile",
        (Public.VULNERABILITE_SOCIALE, Public.URGENCE),
    ),
    "handicap": ("Je suis en situation de handicap", (Public.HANDICAP, Public.MOBILITE_REDUITE)),
    "marche": ("J’ai du mal à marcher ou à monter dans un car", (Public.MOBILITE_REDUITE,)),
    "jeune": ("J’ai moins de 26 ans", (Public.JEUNES, Public.ETUDIANTS)),
    "age": ("J’ai plus de 60 ans", (Public.SENIORS,)),
    "enfants": ("J’élève un ou plusieurs enfants", (Public.FAMILLES,)),
    "exil": ("Je suis arrivé en France depuis peu", (Public.EXILEES, Public.JURIDIQUE)),
}

# Les publics que leur nom administratif ne dit pas à tout le monde ; les autres gardent le leur.
PUBLICS_EN_CLAIR = {
    Public.VULNERABILITE_ECONOMIQUE: "Personnes qui ont peu d’argent",
    Public.VULNERABILITE_SOCIALE: "Personnes qui traversent une période difficile",
    Public.MOBILITE_REDUITE: "Personnes qui ont du mal à se déplacer",
    Public.ELOIGNES_EMPLOI: "Personnes sans travail depuis longtemps",
    Public.APPRENTIS: "Apprentis",
    Public.TOUS: "Tout le monde",
    Public.ACTIFS: "Personnes qui travaillent",
    Public.MINIMAS_SOCIAUX: "Personnes qui touchent le RSA ou une aide de ce type",
    Public.JURIDIQUE: "Personnes dont la situation administrative est particulière",
    Public.QPV_FRR: "Habitants d’un quartier prioritaire ou d’une zone rurale aidée",
    Public.SENIORS: "Personnes âgées",
}


class Groupe(NamedTuple):
    """Les solutions qui répondent à un même besoin."""

    besoin: Besoin
    solutions: list


def commune_choisie(commune):
    """« Roye (80685) » : une commune et une seule, à relire par `communes_dites`."""
    return f"{commune.nom} ({commune.pk})"


def communes_dites(saisie):
    """Les communes que peut désigner un nom, un code postal ou un code INSEE, les plus peuplées
    d'abord ; au plus cinquante.

    Un nom entier l'emporte sur ceux qui commencent ainsi : « Roye » n'est pas « Royère ». Un code
    postal l'emporte sur le code INSEE d'une autre commune, qu'une personne ne connaît pas : 80700
    est Roye et ses voisines, pas Saint-Blimont. « 80700 Roye » et « Roye (80) » précisent le nom.
    """
    communes = Commune.objects.select_related("departement")
    communes = communes.order_by(*LES_PLUS_PEUPLEES)
    if trouve := CHOISIE.search(saisie):
        return list(communes.filter(pk=trouve[1].upper()))
    nom, code, departement = _lire(saisie)
    if code:
        insee = code.upper()
        trouvees = list(communes.filter(codes_postaux__contains=code)) or list(
            communes.filter(pk=ARRONDISSEMENTS.get(insee, insee))
        )
        du_nom = [c for c in trouvees if nom and c.nom_normalise.startswith(nom)]
        return (du_nom or trouvees)[:COMMUNES_AU_PLUS]
    if not nom:
        return []
    if departement:
        communes = communes.filter(departement=departement.upper())
    return list(communes.filter(nom_normalise=nom)[:COMMUNES_AU_PLUS]) or list(
        communes.filter(nom_normalise__startswith=nom)[:COMMUNES_AU_PLUS]
    )


def communes_proches(saisie):
    """Les communes dont le nom ressemble à une saisie qui n'en désigne aucune."""
    nom, _, _ = _lire(saisie)
    return communes_au_nom_voisin(nom, NOMS_PROCHES)[:COMMUNES_AU_PLUS] if nom else []


def _lire(saisie):
    """(nom normalisé, code, département) d'une saisie ; vides s'ils n'y sont pas."""
    lus = mots(saisie)
    if CODE.fullmatch("".join(lus)):
        return "", "".join(lus), ""
    codes = [mot for mot in lus if CODE.fullmatch(mot)]
    departements = [mot for mot in lus if DEPARTEMENT.fullmatch(mot)]
    noms = [mot for mot in lus if mot not in (*codes, *departements)]
    nom = " ".join({"st": "saint", "ste": "sainte"}.get(mot, mot) for mot in noms)
    return nom, "".join(codes[:1]), "".join(departements[:1])


def solutions_a(commune, besoin=None, situations=()):
    """Les dispositifs publiés qu'une personne de cette commune peut demander, du plus proche au
    plus large.

    `besoin` et `situations` sont des clés de BESOINS et SITUATIONS. Un dispositif qui ne dit pas
    pour qui il est fait est gardé : mieux vaut demander que renoncer.
    """
    cles = cles_touchant(Commune.objects.filter(pk=commune.pk))
    touchent = Zone.objects.filter(dispositif=OuterRef("pk"), cle__in=cles)
    portee = Case(
        *(When(cle__startswith=echelle, then=rang) for rang, echelle in enumerate(ECHELLES)),
        output_field=IntegerField(),
    )
    plus_proche = touchent.annotate(portee=portee).order_by("portee").values("portee")[:1]
    types = BESOINS[besoin].types if besoin else TYPES_UTILES
    trouves = Dispositif.objects.publies().filter(type__in=types)
    trouves = trouves.filter(pk__in=Zone.objects.filter(cle__in=cles).values("dispositif"))
    publics = {public for cle in situations for public in SITUATIONS[cle][1]}
    if publics:
        pour = Q(publics=[]) | Q(publics__contient=Public.TOUS)
        for public in sorted(publics):
            pour |= Q(publics__contient=public)
        trouves = trouves.filter(pour)
    trouves = trouves.select_related("porteur", "commune").defer("recherche")
    return trouves.annotate(portee=Subquery(plus_proche)).order_by("portee", "nom_normalise", "pk")


def par_besoin(solutions, besoin=None):
    """[Groupe] dans l'ordre des besoins ; chaque solution n'est que dans le premier qu'elle sert.

    `solutions` : des éléments dont le premier est le dispositif.
    """
    choisis = [BESOINS[besoin]] if besoin else list(BESOINS.values())
    groupes, restantes = [], list(solutions)
    for un in choisis:
        siennes = [s for s in restantes if s[0].type in un.types]
        restantes = [s for s in restantes if s[0].type not in un.types]
        groupes += [Groupe(un, siennes)] if siennes else []
    return groupes


def publics_en_clair(dispositif):
    """Pour qui est ce dispositif, en mots de tous les jours ; « » s'il ne le dit pas."""
    publics = [Public(code) for code in dispositif.publics]
    mots = [PUBLICS_EN_CLAIR.get(public, public.label) for public in publics]
    return ", ".join([*mots[:1], *(mot[:1].lower() + mot[1:] for mot in mots[1:])])


def passe_par_un_professionnel(dispositif):
    """Vrai si la personne ne peut pas le demander elle-même."""
    par = dispositif.mobilisable_par
    return bool(par) and MobilisablePar.USAGERS not in par


def demarches(dispositif):
    """Comment l'obtenir : des phrases prêtes à suivre, dans l'ordre du plus simple."""
    modes = dispositif.modes_mobilisation
    if passe_par_un_professionnel(dispositif):
        yield (
            "Il faut passer par un professionnel : votre conseiller emploi, la mission locale, "
            "l’assistante sociale ou le CCAS de votre mairie."
        )
    if dispositif.telephone:
        yield format_html("Téléphonez au {}.", lien_de_telephone(dispositif.telephone))
    if dispositif.courriel:
        yield format_html('Écrivez à <a href="mailto:{0}">{0}</a>.', dispositif.courriel)
    if ModeMobilisation.SE_PRESENTER in modes and (dispositif.adresse or dispositif.commune):
        lieu = ", ".join(str(m) for m in (dispositif.adresse, dispositif.commune) if m)
        yield f"Présentez-vous : {lieu}."
