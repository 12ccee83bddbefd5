"""Les champs de saisie qui remplacent les listes de 35 000 communes ou de 10 000 acteurs.

On y tape un nom ou un code ; ce qui est ambigu revient avec ses candidats, sans rien perdre.
"""

import re

from django import forms
from django.core.exceptions import ValidationError

from acteurs.models import Acteur
from bassins.models import Commune
from dispositifs.recensement.saisie import (
    codes_equivoques,
    decouper,
    lignes_des_cles,
    lire_territoires,
)
from dispositifs.territoires import Echelle

ACTEURS_AU_PLUS = 20


class ZoneWidget(forms.CheckboxSelectMultiple):
    """Des cases pour les territoires proches, et une zone de texte pour tous les autres."""

    template_name = "dispositifs/widgets/zone.html"

    def value_from_datadict(self, data, files, name):
        valeurs = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [ligne for valeur in valeurs for ligne in decouper(valeur)]

    def get_context(self, name, value, attrs):
        contexte = super().get_context(name, value, attrs)
        proposees = {cle for _, cases in self.choices for cle, _ in cases}
        autres = [ligne for ligne in value or [] if ligne not in proposees]
        contexte["widget"]["autres"] = "\n".join(_en_mots_si_possible(autres))
        return contexte


def _en_mots_si_possible(lignes):
    cles = [
        ligne
        for ligne in lignes
        if re.fullmatch(r"(commune|epci|departement|region)-\w+|france", ligne)
    ]
    mots = dict(zip(cles, lignes_des_cles(cles), strict=True))
    return [mots.get(ligne, ligne) for ligne in lignes]


class ZoneField(forms.Field):
    """Une liste de clés de territoire ; `remarques` dit ce qui a été lu autrement qu'écrit."""

    widget = ZoneWidget

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.remarques = []

    def proposer(self, groupes):
        """Les cases à montrer : [(titre, [(clé, nom)])]."""
        self.choices = self.widget.choices = groupes

    def to_python(self, lignes):
        lecture = lire_territoires(lignes or [])
        self.remarques = [*lecture.remarques, *codes_equivoques(lignes or []).values()]
        if lecture.erreurs:
            raise ValidationError(lecture.erreurs)
        return lecture.cles


class CommuneField(forms.CharField):
    """Une commune, par son nom ou son code INSEE."""

    def prepare_value(self, valeur):
        if isinstance(valeur, Commune):
            valeur = valeur.pk
        # Une clé primaire vient de la base ; une saisie revient comme elle a été tapée.
        if isinstance(valeur, str) and re.fullmatch(r"\w{5}", valeur):
            [mots] = lignes_des_cles([f"{Echelle.COMMUNE}-{valeur}"])
            return mots if "(" in mots else valeur
        return valeur

    def to_python(self, valeur):
        lignes = decouper(super().to_python(valeur))
        if not lignes:
            return None
        if len(lignes) > 1:
            raise ValidationError("Une seule commune est attendue ici.")
        lecture = lire_territoires(lignes, echelles=(Echelle.COMMUNE,))
        if erreurs := [*lecture.erreurs, *codes_equivoques(lignes).values()]:
            raise ValidationError(erreurs)
        return Commune.objects.get(pk=lecture.cles[0].partition("-")[2])


class ActeursField(forms.CharField):
    """Des acteurs, un par ligne, par leur nom ou leur SIREN."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, valeur):
        if isinstance(valeur, str):
            return valeur
        cles = [getattr(acteur, "pk", acteur) for acteur in valeur or []]
        return "\n".join(map(acteur_en_mots, Acteur.objects.filter(pk__in=cles)))

    def to_python(self, valeur):
        lignes = [
            ligne.strip() for ligne in super().to_python(valeur).splitlines() if ligne.strip()
        ]
        if len(lignes) > ACTEURS_AU_PLUS:
            raise ValidationError(f"Plus de {ACTEURS_AU_PLUS} organismes : gardez les principaux.")
        trouves, erreurs = [], []
        for ligne in lignes:
            candidats = _acteurs(ligne)
            if len(candidats) == 1:
                trouves.append(candidats[0])
            else:
                erreurs.append(_pas_un_acteur(ligne, candidats))
        if erreurs:
            raise ValidationError(erreurs)
        return trouves


def acteur_en_mots(acteur):
    """« Région Hauts-de-France (200053742) », que `ActeursField` sait relire."""
    return f"{acteur.nom} ({acteur.siren or f'fiche n° {acteur.pk}'})"


def chercher_acteurs(saisie):
    """Les acteurs d'une saisie : un nom, un sigle, un SIREN ou un SIRET."""
    chiffres = "".join(saisie.split())
    return Acteur.objects.cherchant(chiffres[:9] if chiffres.isdecimal() else saisie)


def acteurs_dits(saisie):
    """Les acteurs d'une saisie ; celui-là seul si elle vient de `acteur_en_mots`."""
    if trouve := re.search(r"\((\d{9})\)$", saisie):
        return Acteur.objects.filter(siren=trouve[1])
    if trouve := re.search(r"\(fiche n° (\d{1,9})\)$", saisie):
        return Acteur.objects.filter(pk=trouve[1])
    return chercher_acteurs(saisie)


def _acteurs(ligne):
    candidats = list(acteurs_dits(ligne)[:7])
    exacts = [acteur for acteur in candidats if ligne in (acteur.nom, acteur.sigle)]
    return exacts if len(exacts) == 1 else candidats


def _pas_un_acteur(ligne, candidats):
    if not candidats:
        return f"« {ligne} » n’est pas dans la liste des acteurs : inscrivez-le d’abord."
    noms = " ; ".join(acteur_en_mots(acteur) for acteur in candidats[:6])
    return f"« {ligne} » désigne plusieurs acteurs. Recopiez celui que vous voulez dire : {noms}"
