"""Combien de dispositifs derrière chaque valeur de chaque filtre, les autres filtres tenus.

Une facette sans choix se compte sur les dispositifs trouvés ; une facette choisie, sur ceux que
l'on trouverait sans elle. Le nombre de requêtes suit les filtres posés, jamais les dispositifs.
"""

from collections import Counter, defaultdict
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Count, F, Q
from django.utils import timezone

from acteurs.models import Acteur
from acteurs.publics import Public
from bassins.models import Bassin, Commune, Epci, Perimetre
from dispositifs.champs import acteur_en_mots
from dispositifs.etats import Fraicheur, Statut, fraicheur_au, statut_au
from dispositifs.territoires import Echelle
from dispositifs.typologie import (
    FAMILLE_PAR_SLUG,
    FAMILLE_PAR_TYPE,
    THEMATIQUES_PAR_TYPE,
    TYPES,
    Motif,
    Thematique,
)

ACTEURS_MONTRES = 30
PEU = 4000
FRANCE = Echelle.FRANCE.value
SLUG_PAR_FAMILLE = {famille: slug for slug, famille in FAMILLE_PAR_SLUG.items()}


class Valeur(NamedTuple):
    code: str
    libelle: str
    nombre: int
    choisie: bool


class Facette(NamedTuple):
    """Un filtre et ses valeurs, par groupe (un groupe sans nom le plus souvent)."""

    champ: object
    groupes: list


def facettes(filtre, total, etat=None):
    """[Facette] d'un `DispositifFilter` lisible, qui trouve `total` dispositifs.

    `etat` est celui des territoires (voir `Revision`), s'il est connu.
    """
    comptes = _compter(filtre, total, etat)
    trouvees = []
    for nom in LECTURES:
        choix = filtre.data.get(nom, "")
        # La valeur choisie trouve, par définition, ce que la liste montre.
        siens = comptes[nom] | ({choix: total} if choix else {})
        groupes = _groupes(choix, _libelles(nom, siens), siens)
        trouvees += [Facette(filtre.form[nom], groupes)] if groupes else []
    return trouvees


def _libelles(nom, comptes):
    """[(groupe, [(code, libellé)])] des valeurs qu'une facette peut montrer."""
    if nom in FIXES:
        return FIXES[nom]
    if nom in TABLES:
        modele, cle = TABLES[nom]
        return [
            ("", modele.objects.filter(**{f"{cle}__in": list(comptes)}).values_list(cle, "nom"))
        ]
    return [("", [(dit, dit.rpartition(" (")[0] or dit) for dit in comptes])]


def _groupes(choix, libelles, comptes):
    """Les valeurs qui trouvent quelque chose, et la valeur choisie même si elle ne trouve rien."""
    tous = (
        (groupe, [Valeur(c, libelle, comptes.get(c, 0), c == choix) for c, libelle in siens])
        for groupe, siens in libelles
    )
    utiles = ((groupe, [v for v in siens if v.nombre or v.choisie]) for groupe, siens in tous)
    return [(groupe, siens) for groupe, siens in utiles if siens]


# --- Compter -----------------------------------------------------------------------------------


def _compter(filtre, total, etat):
    """{filtre: {code: nombre}}"""
    # Sans choix d'état, la liste tait les fermés : cette facette les compte pourtant.
    poses = [nom for nom in LECTURES if filtre.data.get(nom) or nom == "statut"]
    libres = [nom for nom in LECTURES if nom not in poses]
    comptes = {}
    for sauf, noms in [(None, libres), *((nom, [nom]) for nom in poses)]:
        utiles = [nom for nom in noms if LECTURES[nom].propose(filtre)]
        lues = _lire(filtre.ensemble(sauf), utiles, sauf is None and total <= PEU)
        for nom in noms:
            lecture = LECTURES[nom]
            connues = lues.get(lecture.colonnes)
            comptes[nom] = lecture.compter(connues, filtre, etat) if nom in utiles else {}
    return comptes


def _lire(dispositifs, noms, ils_sont_peu):
    """{colonnes: [(valeurs…, nombre)]} de ce que lisent ces facettes.

    Peu de dispositifs se lisent d'un coup ; beaucoup se comptent en base, colonne par colonne.
    """
    voulues = {LECTURES[nom].colonnes for nom in noms}
    groupes = {colonnes for colonnes in voulues if not ils_sont_peu or "financeurs" in colonnes}
    lues = {c: list(dispositifs.values_list(*c).annotate(Count("pk"))) for c in groupes}
    toutes = sorted({nom for colonnes in voulues - groupes for nom in colonnes})
    lignes = list(dispositifs.values_list(*toutes)) if toutes else []
    for colonnes in voulues - groupes:
        rangs = [toutes.index(nom) for nom in colonnes]
        nombres = Counter(tuple(_figer(ligne[rang]) for rang in rangs) for ligne in lignes)
        lues[colonnes] = [(*valeurs, nombre) for valeurs, nombre in nombres.items()]
    return lues


def _figer(valeur):
    return tuple(valeur) if isinstance(valeur, list) else valeur


def _par_codes(lignes, codes_de):
    """Additionne les nombres de chaque code ; `codes_de` rend ceux d'une ligne."""
    comptes = Counter()
    for *valeurs, nombre in lignes:
        for code in codes_de(*valeurs):
            comptes[code] += nombre
    return comptes


def _familles(lignes, *_):
    return _par_codes(lignes, lambda type_: [SLUG_PAR_FAMILLE[FAMILLE_PAR_TYPE[type_]]])


def _types(lignes, *_):
    return _par_codes(lignes, lambda type_: [type_])


def _thematiques(lignes, *_):
    return _par_codes(lignes, lambda type_: [str(t) for t in THEMATIQUES_PAR_TYPE[type_]])


def _publics(lignes, *_):
    """« Tous publics » répond à chaque public, comme dans le filtre."""
    tous = Public.TOUS.value
    ensemble = [public.value for public in Public]
    return _par_codes(lignes, lambda publics: ensemble if tous in publics else publics)


def _motifs(lignes, *_):
    return _par_codes(lignes, lambda motifs: motifs)


def _statuts(lignes, *_):
    jour = timezone.localdate()
    return _par_codes(lignes, lambda statut, le: [statut_au(jour, statut, le).value])


def _fraicheurs(lignes, *_):
    jour = timezone.localdate()
    return _par_codes(lignes, lambda _, le: [fraicheur_au(jour, le).value])


def _acteurs(lignes, *_):
    """Les plus présents, sous la forme que le filtre sait relire."""
    nombres = Counter({cle: nombre for cle, nombre in lignes if cle is not None})
    nombres = dict(nombres.most_common(ACTEURS_MONTRES))
    acteurs = Acteur.objects.filter(pk__in=nombres).only("pk", "nom", "siren")
    return {acteur_en_mots(acteur): nombres[acteur.pk] for acteur in acteurs}


def _bassins(lignes, filtre, etat):
    return par_territoire(lignes, bassins_par_cle(timezone.localdate(), etat))


def _epci(lignes, filtre, etat):
    """Les EPCI du bassin choisi, ou l'EPCI choisi."""
    bassin, epci = filtre.form.cleaned_data["bassin"], filtre.form.cleaned_data["epci"]
    perimetre = bassin and filtre.une_fois("perimetre", lambda: bassin.perimetre)
    proposees = Q(epci=epci, epci__isnull=False)
    if perimetre:
        proposees |= Q(pk__in=perimetre.communes_couvertes().values("pk"), epci__isnull=False)
    communes = Commune.objects.filter(proposees, millesime=F("epci__millesime"))
    return par_territoire(lignes, cibles_par_cle(communes, "epci"))


def _communes(lignes, filtre, etat):
    """Les communes de l'EPCI choisi, ou la commune choisie."""
    epci, commune = filtre.form.cleaned_data["epci"], filtre.form.cleaned_data["commune"]
    communes = Commune.objects.filter(epci=epci, millesime=epci.millesime) if epci else None
    if communes is None:
        communes = Commune.objects.filter(pk=commune.pk)
    return par_territoire(lignes, cibles_par_cle(communes, "pk"))


def par_territoire(lignes, cibles_par_cle):
    """Une zone de trois EPCI du même bassin n'y compte qu'une fois."""
    partout = cibles_par_cle.get(FRANCE, ())

    def cibles(zone):
        if FRANCE in zone:
            return partout
        return {cible for cle in zone for cible in cibles_par_cle.get(cle, ())}

    return _par_codes(lignes, cibles)


def _dans_un_bassin(filtre):
    return filtre.form.cleaned_data["bassin"] or filtre.form.cleaned_data["epci"]


def _dans_un_epci(filtre):
    return filtre.form.cleaned_data["epci"] or filtre.form.cleaned_data["commune"]


class Lecture(NamedTuple):
    """Ce qu'une facette lit, comment elle le compte, et quand elle se propose."""

    colonnes: tuple
    compter: object
    propose: object = lambda filtre: True


LECTURES = {
    "bassin": Lecture(("zone_eligibilite",), _bassins),
    "epci": Lecture(("zone_eligibilite",), _epci, _dans_un_bassin),
    "commune": Lecture(("zone_eligibilite",), _communes, _dans_un_epci),
    "famille": Lecture(("type",), _familles),
    "type": Lecture(("type",), _types),
    "thematique": Lecture(("type",), _thematiques),
    "public": Lecture(("publics",), _publics),
    "motif": Lecture(("motifs",), _motifs),
    "porteur": Lecture(("porteur",), _acteurs),
    "financeur": Lecture(("financeurs",), _acteurs),
    "statut": Lecture(("statut", "confirme_le"), _statuts),
    "fraicheur": Lecture(("statut", "confirme_le"), _fraicheurs),
}
FIXES = {
    "famille": [("", list(FAMILLE_PAR_SLUG.items()))],
    "type": TYPES,
    "thematique": [("", Thematique.choices)],
    "public": [("", Public.choices)],
    "motif": [("", Motif.choices)],
    "statut": [("", Statut.choices)],
    "fraicheur": [("", Fraicheur.choices)],
}
TABLES = {"bassin": (Bassin, "slug"), "epci": (Epci, "pk"), "commune": (Commune, "pk")}


# --- Les territoires --------------------------------------------------------------------------


def bassins_par_cle(jour, etat):
    """{clé de territoire: {slugs}} des bassins de ce jour ; gardé tant que rien ne bouge."""
    return _bassins_gardes(jour, etat) if etat else _lire_bassins(jour)


@lru_cache(maxsize=2)
def _bassins_gardes(jour, etat):
    return _lire_bassins(jour)


def _lire_bassins(jour):
    en_vigueur = Perimetre.objects.en_vigueur(jour)
    par_epci = Commune.objects.filter(millesime=F("epci__millesime"))
    lignes = defaultdict(set)
    for communes, chemin in ((par_epci, "epci__perimetres"), (Commune.objects.all(), "perimetres")):
        trouvees = communes.filter(**{f"{chemin}__in": en_vigueur})
        for cle, slugs in cibles_par_cle(trouvees, f"{chemin}__bassin__slug").items():
            lignes[cle] |= slugs
    return dict(lignes)


def cibles_par_cle(communes, cible):
    """{clé de territoire: {cibles}} de communes ; `cible` est le chemin qui y mène."""
    echelles = [Echelle.COMMUNE, Echelle.EPCI, Echelle.DEPARTEMENT, Echelle.REGION]
    colonnes = (cible, "pk", "epci", "departement", "departement__region")
    cibles = defaultdict(set)
    for sienne, *codes in communes.order_by().values_list(*colonnes):
        cibles[FRANCE].add(sienne)
        for echelle, code in zip(echelles, codes, strict=True):
            if code:
                cibles[f"{echelle}-{code}"].add(sienne)
    return dict(cibles)
