"""Ce que les filtres trouvent, croisé dans l'instantané : le compte, la page, les facettes.

`DispositifFilter.qs` rend les mêmes fiches, dans le même ordre, en une requête : l'export et la
carte, qui les lisent toutes, partent de lui. Un essai compare les deux, filtre par filtre.
"""

from collections import defaultdict
from functools import cached_property
from itertools import islice

from django.utils import timezone

from acteurs.models import Acteur
from acteurs.publics import Public
from bassins.models import Commune
from dispositifs.models import Mot
from dispositifs.recherche.cibles import bassins_par_cle
from dispositifs.recherche.mots import PORTEUR, lire_recherche
from dispositifs.recherche.requetes import nomme_par
from dispositifs.territoires import Echelle, communes_de
from dispositifs.typologie import FAMILLE_PAR_SLUG, FAMILLES, TYPES_PAR_THEMATIQUE


class Croisement:
    """Les fiches que trouve un filtre sans erreur. Se compte et se découpe comme une liste."""

    def __init__(self, filtre, instantane, territoires=None):
        """`territoires` : leur état (voir `Revision`), s'il est connu."""
        self.filtre, self.instantane, self.territoires = filtre, instantane, territoires
        self.valeurs = filtre.form.cleaned_data
        connecte = filtre.request.user.is_authenticated
        self._visibles = instantane.tous if connecte else instantane.visibles
        self._des_filtres = {}

    def ensemble(self, *sauf):
        """Les bits des fiches trouvées ; `sauf` : les filtres à ne pas tenir."""
        trouves = self._visibles
        if "statut" not in sauf and not self.valeurs["statut"]:
            trouves &= ~self.instantane.fermes
        for nom in self.filtre.filters:
            if nom not in (*sauf, "tri") and self.valeurs[nom]:
                trouves &= self._du_filtre(nom)
        return trouves

    def _du_filtre(self, nom):
        if nom not in self._des_filtres:
            lire = FILTRES.get(nom, _en_base)
            self._des_filtres[nom] = lire(self, nom, self.valeurs[nom])
        return self._des_filtres[nom]

    @cached_property
    def trouves(self):
        return self.ensemble()

    @cached_property
    def total(self):
        return self.trouves.bit_count()

    def __len__(self):
        return self.total

    def __getitem__(self, tranche):
        """Les clés des fiches de cette tranche, dans l'ordre demandé."""
        if self.valeurs["tri"]:
            return list(self.filtre.qs.values_list("pk", flat=True)[tranche])
        if self.valeurs["q"]:
            return self._par_pertinence[tranche]
        cles = self.instantane.choisir(self.instantane.cles, self.trouves)
        return list(islice(cles, tranche.start, tranche.stop))

    def par_bassin(self):
        """{slug: bits} de chaque bassin."""
        jour, etat = timezone.localdate(), self.territoires
        return self.instantane.par_bassin(etat, lambda: bassins_par_cle(jour, etat))

    def en_zone(self, nom, communes):
        return self.instantane.ayant("zone", self.filtre.cles_de_zone(nom, communes))

    # --- Les mots cherchés ---------------------------------------------------------------------

    @cached_property
    def _lus(self):
        return lire_recherche(self.valeurs["q"])

    @cached_property
    def _poids(self):
        """{mot: [(clé, poids)]} des fiches qui ont un des mots cherchés."""
        cherches = {mot.cle for mot in self._lus}.union(*(mot.racines for mot in self._lus))
        lignes = Mot.objects.filter(mot__in=cherches).order_by()
        poids = defaultdict(list)
        for mot, cle, pese in lignes.values_list("mot", "dispositif", "poids"):
            poids[mot].append((cle, pese))
        return poids

    @cached_property
    def _porteurs_nommes(self):
        """[{acteurs}] : pour chaque mot cherché, ceux qui l'ont dans leur nom."""
        return [
            set(Acteur.objects.filter(nomme_par(mot, "nom_normalise")).values_list("pk", flat=True))
            if mot.ecrit
            else set()
            for mot in self._lus
        ]

    def disant(self):
        """Les bits des fiches qui disent chaque mot cherché, par elles-mêmes ou leur porteur."""
        trouves = self._visibles if self._lus else 0
        for mot, nommes in zip(self._lus, self._porteurs_nommes, strict=True):
            siens = self.instantane.bits_des_cles(cle for cle, _ in self._poids[mot.cle])
            trouves &= siens | self.instantane.portes_par(nommes)
        return trouves

    @cached_property
    def _par_pertinence(self):
        """Toutes les clés trouvées : celles qui disent ces mots dans leur nom d'abord."""
        instantane = self.instantane
        cles = list(instantane.choisir(instantane.cles, self.trouves))
        pertinence = dict.fromkeys(cles, 0)
        for lignes in self._poids.values():
            for cle, pese in lignes:
                if cle in pertinence:
                    pertinence[cle] += pese
        for nommes in filter(None, self._porteurs_nommes):
            portees = instantane.portes_par(nommes) & self.trouves
            for cle in instantane.choisir(instantane.cles, portees):
                pertinence[cle] += PORTEUR
        # Le tri garde l'ordre des noms entre deux fiches de même pertinence.
        return sorted(cles, key=lambda cle: -pertinence[cle])


# --- Ce que dit chaque filtre ------------------------------------------------------------------


def _en_base(croisement, nom, valeur):
    """Un filtre rare, ou qui se tape : ce qu'en dit la base."""
    filtre = croisement.filtre
    trouves = filtre.filters[nom].filter(filtre.queryset.order_by(), valeur)
    return croisement.instantane.bits_des_cles(trouves.values_list("pk", flat=True))


def _mots(croisement, nom, saisie):
    if trouves := croisement.disant():
        return trouves
    contenant = croisement.filtre.queryset.order_by().contenant(saisie)
    return croisement.instantane.bits_des_cles(contenant.values_list("pk", flat=True))


def _du_bassin(croisement, nom, bassin):
    return croisement.par_bassin().get(bassin.slug, 0)


def _du_territoire(croisement, nom, cles):
    if Echelle.FRANCE in cles:
        return croisement.instantane.tous
    return croisement.en_zone(nom, communes_de(cles))


def _de_l_epci(croisement, nom, epci):
    return croisement.en_zone(nom, communes_de([f"{Echelle.EPCI}-{epci.pk}"]))


def _de_la_commune(croisement, nom, commune):
    return croisement.en_zone(nom, Commune.objects.filter(pk=commune.pk))


def _de_famille(croisement, nom, slug):
    return croisement.instantane.ayant("type", FAMILLES[FAMILLE_PAR_SLUG[slug]])


def _de_thematique(croisement, nom, thematique):
    types = TYPES_PAR_THEMATIQUE[thematique]
    return croisement.instantane.ayant("type", types)


def _pour_le_public(croisement, nom, public):
    return croisement.instantane.ayant("publics", [public, Public.TOUS])


def _du_champ(champ):
    return lambda croisement, nom, valeur: croisement.instantane.ayant(champ, [valeur])


FILTRES = {
    "q": _mots,
    "territoire": _du_territoire,
    "bassin": _du_bassin,
    "epci": _de_l_epci,
    "commune": _de_la_commune,
    "famille": _de_famille,
    "type": _du_champ("type"),
    "thematique": _de_thematique,
    "public": _pour_le_public,
    "motif": _du_champ("motifs"),
    "statut": _du_champ("etat"),
    "fraicheur": _du_champ("fraicheur"),
}
