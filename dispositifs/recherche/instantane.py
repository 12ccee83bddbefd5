"""L'inventaire dans un état donné, lu une fois : une suite de bits par valeur, un bit par fiche.

Croiser des filtres est un « et » de deux entiers, compter une facette, un décompte de bits : ni
l'un ni l'autre ne relit les trente mille fiches d'une base nationale.
"""

from collections import defaultdict
from datetime import date
from functools import cached_property
from itertools import compress

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from acteurs.models import Acteur
from dispositifs.etats import Statut, fraicheur_au, statut_au
from dispositifs.models import Dispositif
from dispositifs.recensement.champs import acteur_en_mots
from dispositifs.recherche.memoire import garder

RETENUS = 200  # comptes de facette, de quelques kilooctets
UN_OU_ZERO = bytes.maketrans(b"01", b"\x00\x01")


def instantane_de(etat):
    """L'`Instantane` d'aujourd'hui, gardé tant que l'inventaire reste dans cet `etat`.

    `etat` vient de `Revision` et se lit d'abord : l'instantané est de cet état, ou plus récent.
    """
    return _instantane_du(timezone.localdate(), etat)


@garder(1)
def _instantane_du(jour, etat):
    return Instantane(jour)


class Instantane:
    """Les fiches dans l'ordre des noms (leur rang), et qui a chaque valeur de chaque champ.

    `bits` : {champ: {valeur: entier}} ; le bit de rang `n` dit si la fiche de rang `n` l'a.
    """

    def __init__(self, jour):
        # En texte : une même valeur, portée par des centaines de fiches, ne se lit qu'une fois.
        textes = ("publics", "motifs", "zone_eligibilite", "confirme_le")
        bruts = {f"{nom}_brut": Cast(nom, TextField()) for nom in textes}
        lignes = Dispositif.objects.order_by("nom_normalise", "pk").values_list(
            "pk", "porteur", "type", "statut", *bruts.values()
        )
        colonnes = list(zip(*lignes, strict=True)) or [()] * 8
        self.cles, self.porteurs, types, statuts, publics, motifs, zones, dates = colonnes
        self.rangs = {cle: rang for rang, cle in enumerate(self.cles)}
        self.bits = {
            "type": self._par_valeur(types, _seul),
            "statut": self._par_valeur(statuts, _seul),
            "publics": self._par_valeur(publics, _codes),
            "motifs": self._par_valeur(motifs, _codes),
            "zone": self._par_valeur(zones, _codes),
            "etat": self._par_valeur(
                zip(statuts, dates, strict=True), lambda v: [statut_au(jour, v[0], _date(v[1]))]
            ),
            "fraicheur": self._par_valeur(dates, lambda v: [fraicheur_au(jour, _date(v))]),
            "financeur": self._financeurs(),
        }
        self._des_bassins, self._retenus = {}, {}

    def _financeurs(self):
        liens = Dispositif.financeurs.through.objects.values_list("acteur", "dispositif")
        rangs = defaultdict(list)
        for acteur, cle in liens:
            if (rang := self.rangs.get(cle)) is not None:
                rangs[acteur].append(rang)
        return {acteur: self.en_bits(siens) for acteur, siens in rangs.items()}

    def _par_valeur(self, colonne, codes_de):
        brutes, rangs = defaultdict(list), defaultdict(list)
        for rang, valeur in enumerate(colonne):
            brutes[valeur].append(rang)
        for valeur, siens in brutes.items():
            for code in codes_de(valeur):
                rangs[str(code)] += siens
        return {code: self.en_bits(siens) for code, siens in rangs.items()}

    def en_bits(self, rangs):
        """L'entier dont les bits de ces rangs sont levés."""
        octets = bytearray(len(self.cles) // 8 + 1)
        for rang in rangs:
            octets[rang >> 3] |= 1 << (rang & 7)
        return int.from_bytes(octets, "little")

    def bits_des_cles(self, cles):
        """Les bits de ces fiches ; celles que l'instantané n'a pas n'y sont pas."""
        rangs = map(self.rangs.get, cles)
        return self.en_bits(rang for rang in rangs if rang is not None)

    @property
    def tous(self):
        return (1 << len(self.cles)) - 1

    @cached_property
    def visibles(self):
        """Les bits de ce que voit le public."""
        return self.ayant("statut", Dispositif.STATUTS_PUBLICS)

    @cached_property
    def fermes(self):
        return self.ayant("statut", [Statut.FERME])

    def ayant(self, champ, valeurs):
        """Les bits des fiches qui ont au moins une de ces valeurs."""
        trouves, siens = 0, self.bits[champ]
        for valeur in valeurs:
            trouves |= siens.get(str(valeur), 0)
        return trouves

    def portes_par(self, acteurs):
        """Les bits des fiches que porte un de ces acteurs."""
        if not acteurs:
            return 0
        return self.en_bits(r for r, porteur in enumerate(self.porteurs) if porteur in acteurs)

    def choisir(self, colonne, bits):
        """Les éléments d'une colonne dont le bit est levé, dans l'ordre des noms."""
        return compress(colonne, bin(bits)[:1:-1].encode().translate(UN_OU_ZERO))

    def par_cible(self, cibles_par_cle):
        """{cible: bits} de territoires : {clé de territoire: cibles} (voir `cibles_par_cle`)."""
        trouves = defaultdict(int)
        for cle, bits in self.bits["zone"].items():
            for cible in cibles_par_cle.get(cle, ()):
                trouves[cible] |= bits
        return trouves

    def par_bassin(self, etat, lire):
        """{slug: bits} des bassins, gardé tant que les territoires restent dans cet `etat`."""
        if etat is None:
            return self.par_cible(lire())
        if etat not in self._des_bassins:
            self._des_bassins = {etat: self.par_cible(lire())}
        return self._des_bassins[etat]

    def retenir(self, cle, compter):
        """Ce que rend `compter`, retenu sous cette clé aussi longtemps que l'instantané."""
        if cle not in self._retenus:
            if len(self._retenus) >= RETENUS:
                self._retenus = {}
            self._retenus[cle] = compter()
        return self._retenus[cle]

    @cached_property
    def noms_des_acteurs(self):
        """{clé: « nom (SIREN) »} des porteurs et des financeurs."""
        cites = {*self.porteurs, *self.bits["financeur"]}
        acteurs = Acteur.objects.order_by("nom_normalise", "pk").only("pk", "nom", "siren")
        return {acteur.pk: acteur_en_mots(acteur) for acteur in acteurs if acteur.pk in cites}


def _seul(valeur):
    return [valeur]


def _codes(valeur):
    return [code for code in valeur.split("|") if code]


def _date(texte):
    return date.fromisoformat(texte) if texte else None
