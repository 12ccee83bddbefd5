"""D'une clé de territoire à ce qu'elle touche : bassins, EPCI, communes, départements."""

from collections import Counter, defaultdict

from django.db.models import F, Q

from bassins.models import Bassin, Commune, Perimetre
from dispositifs.recherche.memoire import garder
from dispositifs.territoires import Echelle

FRANCE = Echelle.FRANCE.value


def par_territoire(lignes, cibles_par_cle):
    """{cible: nombre}, de lignes (zone, nombre).

    Une zone de trois EPCI du même bassin n'y compte qu'une fois.
    """
    partout = cibles_par_cle.get(FRANCE, ())

    def cibles(zone):
        if FRANCE in zone:
            return partout
        return {cible for cle in zone for cible in cibles_par_cle.get(cle, ())}

    comptes = Counter()
    for zone, nombre in lignes:
        for cible in cibles(zone):
            comptes[cible] += nombre
    return comptes


@garder(1)
def noms_des_bassins(etat):
    """[(slug, nom)] dans l'ordre des noms."""
    return list(Bassin.objects.values_list("slug", "nom"))


@garder(2)
def bassins_par_cle(jour, etat):
    """{clé de territoire: {slugs}} des bassins de ce jour."""
    en_vigueur = Perimetre.objects.en_vigueur(jour)
    par_epci = Commune.objects.filter(millesime=F("epci__millesime"))
    lignes = defaultdict(set)
    for communes, chemin in ((par_epci, "epci__perimetres"), (Commune.objects.all(), "perimetres")):
        trouvees = communes.filter(**{f"{chemin}__in": en_vigueur})
        for cle, slugs in cibles_par_cle(trouvees, f"{chemin}__bassin__slug").items():
            lignes[cle] |= slugs
    return dict(lignes)


@garder(64)
def epci_par_cle(bassin, epci, jour, etat):
    """{clé de territoire: {SIREN}} des EPCI d'un bassin ce jour, et d'un EPCI.

    `bassin`, `epci` : l'un des deux, ou les deux.
    """
    proposes = Q(epci=epci, epci__isnull=False)
    if bassin and (perimetre := bassin.perimetre_au(jour)):
        proposes |= Q(pk__in=perimetre.communes_couvertes().values("pk"), epci__isnull=False)
    communes = Commune.objects.filter(proposes, millesime=F("epci__millesime"))
    return cibles_par_cle(communes, "epci")


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
