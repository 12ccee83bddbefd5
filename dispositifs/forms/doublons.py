"""Comparer deux fiches d'un même dispositif, et choisir champ par champ ce que l'on garde."""

from typing import NamedTuple

from django import forms
from django.utils.formats import number_format
from django.utils.text import capfirst

from acteurs.publics import Public
from dispositifs.models import Dispositif
from dispositifs.territoires import noms_des_territoires, zone_en_mots
from pams_portal.typographie import jour

CHANGEES = (
    "Une fiche a changé pendant que vous compariez. Vos choix sont gardés : relisez ce qui "
    "diffère, puis fusionnez de nouveau."
)
GARDEE, ABSORBEE, LES_DEUX = "gardee", "absorbee", "les_deux"
# Ce qui va ensemble se choisit ensemble : un état sans sa date mentirait.
GROUPES = {
    "porteur": ("Structure porteuse", ["porteur", "tenu_par"]),
    "commune": ("Lieu", ["commune", "adresse"]),
    "frais": ("Frais", ["frais", "frais_precisions"]),
    "statut": ("État", ["statut", "raison_statut", "confirme_le", "confirme_par"]),
    "debut_financement": ("Dates de financement", ["debut_financement", "fin_financement"]),
}
# Chaque fiche garde sa source : un import de l'une ou de l'autre retrouve la fiche gardée.
JAMAIS = {"source", "lien_source", "date_source", "source_id", "fusionne_avec"}


class Difference(NamedTuple):
    """Un champ, ou un groupe de champs, que les deux fiches disent autrement."""

    nom: str
    libelle: str
    champs: list
    gardee: str
    absorbee: str
    reunion: str = ""


def a_comparer():
    """[(nom, libellé, [champs])] dans l'ordre de la fiche ; chaque champ une fois."""
    groupes = {champ: nom for nom, (_, champs) in GROUPES.items() for champ in champs}
    for nom in Dispositif.champs_consignes:
        if nom in GROUPES:
            yield nom, *GROUPES[nom]
        elif nom not in groupes and nom not in JAMAIS:
            yield nom, capfirst(Dispositif._meta.get_field(nom).verbose_name), [nom]


def comparer(gardee, absorbee):
    """([Difference], [(libellé, valeur commune)])."""
    ici, la = gardee.valeurs(), absorbee.valeurs()
    noms = noms_des_territoires({*gardee.zone_eligibilite, *absorbee.zone_eligibilite})
    differences, communes = [], []
    for nom, libelle, champs in a_comparer():
        mots = en_mots(gardee, champs, ici, noms)
        if all(ici[champ] == la[champ] for champ in champs):
            if mots:
                communes.append((libelle, mots))
            continue
        reunies = reunir(nom, ici[nom], la[nom])
        reunion = en_mots(gardee, champs, {nom: reunies}, noms) if reunies else ""
        autres = en_mots(absorbee, champs, la, noms)
        differences.append(Difference(nom, libelle, champs, mots, autres, reunion))
    return differences, communes


def reunir(nom, ici, la):
    """Les deux listes en une ; None si ce ne sont pas des listes, ou si l'une contient l'autre."""
    if not isinstance(ici, list) or set(ici) <= set(la) or set(la) <= set(ici):
        return None
    ensemble = sorted({*ici, *la})
    return [Public.TOUS.value] if nom == "publics" and Public.TOUS in ensemble else ensemble


def en_mots(dispositif, champs, valeurs, noms):
    mots = [un_champ_en_mots(dispositif, champ, valeurs, noms) for champ in champs]
    # Porteur et tenant sont souvent la même structure : on ne la nomme qu'une fois.
    return " – ".join(dict.fromkeys(filter(None, mots)))


def un_champ_en_mots(dispositif, nom, valeurs, noms):
    champ, valeur = dispositif._meta.get_field(nom), valeurs.get(nom)
    if valeur is None or valeur in ("", []):
        return ""
    if nom == "zone_eligibilite":
        return zone_en_mots(valeur, noms)
    if champ.is_relation:
        cites = champ.related_model._base_manager.filter(
            pk__in=valeur if isinstance(valeur, list) else [valeur]
        )
        return ", ".join(map(str, cites))
    choix = dict(champ.flatchoices or getattr(champ, "paires", None) or [])
    if isinstance(valeur, list):
        return ", ".join(str(choix.get(code, code)) for code in valeur)
    if choix:
        return str(choix.get(valeur, valeur))
    if champ.get_internal_type() == "DateField":
        return jour(champ.to_python(valeur))
    if champ.get_internal_type() in ("DecimalField", "PositiveIntegerField"):
        return number_format(champ.to_python(valeur))
    return str(valeur)


class FusionForm(forms.Form):
    """Une question par différence ; `valeurs` rend ce que la fiche gardée prendra."""

    version_gardee = forms.IntegerField(widget=forms.HiddenInput, required=False)
    version_absorbee = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, gardee, absorbee, **kwargs):
        super().__init__(*args, **kwargs)
        self.gardee, self.absorbee = gardee, absorbee
        self.differences, self.communes = comparer(gardee, absorbee)
        self.initial |= {"version_gardee": gardee.version, "version_absorbee": absorbee.version}
        for difference in self.differences:
            choix = [(GARDEE, "Celle de la fiche gardée"), (ABSORBEE, "Celle de l’autre fiche")]
            if difference.reunion:
                choix.append((LES_DEUX, "Les deux réunies"))
            self.fields[difference.nom] = forms.ChoiceField(
                label=difference.libelle,
                choices=choix,
                widget=forms.RadioSelect,
                initial=self._choix_propose(difference),
                error_messages={
                    "required": f"{difference.libelle} : choisissez ce qu’il faut garder."
                },
            )

    def _choix_propose(self, difference):
        """Ce qui perd le moins : les deux listes, ce qui est rempli, l'état le plus récent."""
        if difference.reunion:
            return LES_DEUX
        if difference.nom == "statut":
            ici, la = self.gardee.confirme_le, self.absorbee.confirme_le
            return ABSORBEE if la and (ici is None or la > ici) else GARDEE
        ici, la = (fiche.valeurs()[difference.nom] for fiche in (self.gardee, self.absorbee))
        if isinstance(ici, list):
            return ABSORBEE if set(ici) <= set(la) else GARDEE
        return GARDEE if difference.gardee else ABSORBEE

    def questions(self):
        """[(champ, [(bouton, texte)])] : chaque choix à côté de ce qu'il garderait."""
        for difference in self.differences:
            textes = [difference.gardee, difference.absorbee, difference.reunion]
            champ = self[difference.nom]
            yield champ, list(zip(champ, textes, strict=False))

    def clean(self):
        donnees = super().clean()
        actuelles = self.gardee.version, self.absorbee.version
        if (donnees.get("version_gardee"), donnees.get("version_absorbee")) != actuelles:
            self._repartir_de(*actuelles)
        valeurs = self.valeurs()
        debut, fin = valeurs.get("debut_financement"), valeurs.get("fin_financement")
        if debut and fin and fin < debut:
            self.add_error("debut_financement", "La fin du financement précède son début.")
        return donnees

    def _repartir_de(self, gardee, absorbee):
        """Quelqu'un a écrit entre-temps : les choix restent, devant les fiches d'aujourd'hui."""
        self.add_error(None, CHANGEES)
        self.data = self.data.copy()
        self.data["version_gardee"], self.data["version_absorbee"] = gardee, absorbee

    def valeurs(self):
        """{champ: valeur simple} à poser sur la fiche gardée."""
        ici, la = self.gardee.valeurs(), self.absorbee.valeurs()
        valeurs = {}
        for difference in self.differences:
            choix = self.cleaned_data.get(difference.nom)
            if choix == ABSORBEE:
                valeurs |= {champ: la[champ] for champ in difference.champs}
            elif choix == LES_DEUX:
                nom = difference.nom
                valeurs[nom] = reunir(nom, ici[nom], la[nom])
        return valeurs

    @property
    def versions(self):
        return self.cleaned_data["version_gardee"], self.cleaned_data["version_absorbee"]
