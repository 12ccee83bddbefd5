"""Combien de dispositifs derrière chaque valeur de chaque filtre, les autres filtres tenus.

Une facette sans choix se compte sur les dispositifs trouvés ; une facette choisie, sur ceux que
l'on trouverait sans elle. Tout se compte dans l'instantané : aucune requête ne relit les fiches.
"""

from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import escape
from django.utils.safestring import mark_safe

from acteurs.publics import Public
from bassins.models import Commune, Epci
from dispositifs.etats import Fraicheur, Statut
from dispositifs.recherche.cibles import cibles_par_cle, epci_par_cle, noms_des_bassins
from dispositifs.typologie import (
    FAMILLE_PAR_SLUG,
    FAMILLES,
    TYPES,
    TYPES_PAR_THEMATIQUE,
    Motif,
    Thematique,
)

ACTEURS_MONTRES = 30


class Valeur(NamedTuple):
    code: str
    libelle: str
    nombre: int
    choisie: bool


class Facette(NamedTuple):
    """Un filtre et ses valeurs, par groupe (un groupe sans nom le plus souvent)."""

    champ: object
    groupes: list

    @property
    def options(self):
        """Les `<option>` d'une liste : il y en a quatre cents, un gabarit y passerait son temps."""
        return mark_safe("".join(map(_options, self.groupes)))  # noqa: S308 (échappé ci-dessous)


_echappe = lru_cache(maxsize=4096)(escape)  # les mêmes libellés reviennent à chaque page


def _options(groupe):
    titre, valeurs = groupe
    options = "".join(
        f'<option value="{_echappe(v.code)}"{" selected" if v.choisie else ""}>'
        f"{_echappe(v.libelle)} ({v.nombre if v.nombre < 1000 else localize(v.nombre)})</option>"
        for v in valeurs
    )
    return f'<optgroup label="{_echappe(titre)}">{options}</optgroup>' if titre else options


def facettes(croisement):
    """[Facette] du filtre d'un `Croisement`."""
    filtre, trouvees = croisement.filtre, []
    for nom, compter in COMPTES.items():
        choix = filtre.data.get(nom, "")
        # Sans choix d'état, la liste tait les fermés : cette facette les compte pourtant.
        sauf = [nom] if choix or nom == "statut" else []
        comptes = _une_fois(croisement, nom, compter, croisement.ensemble(*sauf))
        # La valeur choisie trouve, par définition, ce que la liste montre.
        siens = comptes | ({choix: croisement.total} if choix else {})
        groupes = _groupes(choix, _libelles(croisement, nom, siens), siens)
        trouvees += [Facette(filtre.form[nom], groupes)] if groupes else []
    return trouvees


def _une_fois(croisement, nom, compter, ensemble):
    """D'une page ou d'un tri à l'autre, les mêmes fiches ont les mêmes comptes."""
    if nom in DANS_UN_AUTRE:
        return compter(croisement, ensemble)
    cle = (nom, ensemble, croisement.territoires)
    return croisement.instantane.retenir(cle, lambda: compter(croisement, ensemble))


def _libelles(croisement, nom, comptes):
    """[(groupe, [(code, libellé)])] des valeurs qu'une facette peut montrer."""
    if nom in FIXES:
        return FIXES[nom]
    if nom == "bassin":
        bassins = noms_des_bassins(croisement.territoires)
        return [("", [(code, libelle) for code, libelle in bassins if code in comptes])]
    if nom in TABLES:
        trouves = TABLES[nom].objects.filter(pk__in=list(comptes)).values_list("pk", "nom")
        return [("", trouves)]
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


def _nombres(bits_par_code, ensemble):
    """{code: nombre} de ceux qui trouvent quelque chose."""
    nombres = {code: (bits & ensemble).bit_count() for code, bits in bits_par_code.items()}
    return {code: nombre for code, nombre in nombres.items() if nombre}


def _du_champ(champ):
    return lambda croisement, ensemble: _nombres(croisement.instantane.bits[champ], ensemble)


def _de_types(types_par_code):
    """Une facette dont chaque valeur réunit des types."""

    def compter(croisement, ensemble):
        types = _nombres(croisement.instantane.bits["type"], ensemble)
        sommes = {c: sum(types.get(t, 0) for t in siens) for c, siens in types_par_code.items()}
        return {code: nombre for code, nombre in sommes.items() if nombre}

    return compter


def _publics(croisement, ensemble):
    """« Tous publics » répond à chaque public, comme dans le filtre."""
    publics = croisement.instantane.bits["publics"]
    tous = publics.get(Public.TOUS.value, 0)
    return _nombres({p.value: publics.get(p.value, 0) | tous for p in Public}, ensemble)


def _porteurs(croisement, ensemble):
    instantane = croisement.instantane
    return _acteurs(croisement, Counter(instantane.choisir(instantane.porteurs, ensemble)))


def _financeurs(croisement, ensemble):
    return _acteurs(croisement, Counter(_du_champ("financeur")(croisement, ensemble)))


def _acteurs(croisement, nombres):
    """Les plus présents, sous la forme que le filtre sait relire, dans l'ordre des noms."""
    montres = dict(nombres.most_common(ACTEURS_MONTRES))
    noms = croisement.instantane.noms_des_acteurs
    return {noms[cle]: montres[cle] for cle in sorted(montres, key=noms.get) if cle in noms}


def _bassins(croisement, ensemble):
    return _nombres(croisement.par_bassin(), ensemble)


def _epci(croisement, ensemble):
    """Les EPCI du bassin choisi, ou l'EPCI choisi."""
    bassin, epci = croisement.valeurs["bassin"], croisement.valeurs["epci"]
    if not bassin and not epci:
        return {}
    siens = epci_par_cle(bassin, epci, timezone.localdate(), croisement.territoires)
    return _nombres(croisement.instantane.par_cible(siens), ensemble)


def _communes(croisement, ensemble):
    """Les communes de l'EPCI choisi, ou la commune choisie."""
    epci, commune = croisement.valeurs["epci"], croisement.valeurs["commune"]
    if epci:
        communes = Commune.objects.filter(epci=epci, millesime=epci.millesime)
    elif commune:
        communes = Commune.objects.filter(pk=commune.pk)
    else:
        return {}
    return _nombres(croisement.instantane.par_cible(cibles_par_cle(communes, "pk")), ensemble)


COMPTES = {
    "bassin": _bassins,
    "epci": _epci,
    "commune": _communes,
    "famille": _de_types({slug: FAMILLES[famille] for slug, famille in FAMILLE_PAR_SLUG.items()}),
    "type": _du_champ("type"),
    "thematique": _de_types(TYPES_PAR_THEMATIQUE),
    "public": _publics,
    "motif": _du_champ("motifs"),
    "porteur": _porteurs,
    "financeur": _financeurs,
    "statut": _du_champ("etat"),
    "fraicheur": _du_champ("fraicheur"),
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
DANS_UN_AUTRE = ("epci", "commune")  # ils se comptent dans le bassin ou l'EPCI choisis
TABLES = {"epci": Epci, "commune": Commune}
