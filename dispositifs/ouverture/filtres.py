"""Les filtres de l'API publique : stables, quoi que devienne la page de recherche."""

from django import forms
from django.db.models import Q

from acteurs.models import Acteur, Fonction
from acteurs.publics import Public
from bassins.models import Bassin, Departement
from dispositifs.models import Dispositif
from dispositifs.ouverture.reponses import PAR_PAGE_AU_PLUS, erreur
from dispositifs.recherche.filters import TerritoireField
from dispositifs.territoires import Echelle, communes_de
from dispositifs.typologie import THEMATIQUES_PAR_TYPE, TYPES, Thematique

INCONNU = "Ce paramètre n’existe pas ; ceux de cette adresse : {}."


class Filtres(forms.Form):
    """La page demandée, et ce qui restreint la liste ; tout est facultatif."""

    page = forms.IntegerField(required=False, min_value=1)
    par_page = forms.IntegerField(required=False, min_value=1, max_value=PAR_PAGE_AU_PLUS)

    def refus(self):
        """La réponse 400 qui nomme chaque paramètre fautif, ou None."""
        connus = ", ".join(self.fields)
        fautes = {nom: [INCONNU.format(connus)] for nom in self.data if nom not in self.fields}
        fautes |= {nom: list(phrases) for nom, phrases in self.errors.items()}
        return erreur("Un paramètre est illisible.", 400, **fautes) if fautes else None


class FiltresBassins(Filtres):
    departement = forms.ModelChoiceField(Departement.objects.all(), required=False)

    def filtrer(self, bassins):
        if departement := self.cleaned_data["departement"]:
            touche = Q(perimetres__epci__departements=departement)
            touche |= Q(perimetres__communes__departement=departement)
            return bassins.filter(pk__in=Bassin.objects.filter(touche).order_by().values("pk"))
        return bassins


class FiltresActeurs(Filtres):
    q = forms.CharField(required=False, max_length=200)
    siren = forms.RegexField(r"^[0-9]{9}$", required=False)
    nature = forms.ChoiceField(choices=Acteur.Nature.choices, required=False)
    fonction = forms.ChoiceField(choices=Fonction.Nature.choices, required=False)

    def filtrer(self, acteurs):
        dit = self.cleaned_data
        if dit["q"]:
            acteurs = acteurs.cherchant(dit["q"])
        if dit["siren"]:
            acteurs = acteurs.filter(siren=dit["siren"])
        if dit["nature"]:
            acteurs = acteurs.filter(nature=dit["nature"])
        if dit["fonction"]:
            exercee = Fonction.objects.filter(nature=dit["fonction"]).values("acteur")
            acteurs = acteurs.filter(pk__in=exercee)
        return acteurs


class FiltresDispositifs(Filtres):
    q = forms.CharField(required=False, max_length=200)
    bassin = forms.ModelChoiceField(Bassin.objects.all(), required=False, to_field_name="slug")
    territoire = TerritoireField(required=False, max_length=200)
    type = forms.ChoiceField(choices=TYPES, required=False)
    thematique = forms.ChoiceField(choices=Thematique.choices, required=False)
    public = forms.ChoiceField(choices=Public.choices, required=False)
    porteur = forms.RegexField(r"^[0-9]{9}$", required=False)
    fraicheur = forms.ChoiceField(choices=Dispositif.Fraicheur.choices, required=False)
    modifies_depuis = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def filtrer(self, dispositifs):
        dit = self.cleaned_data
        for nom, restreindre in RESTRICTIONS.items():
            if dit[nom]:
                dispositifs = restreindre(dispositifs, dit[nom])
        return dispositifs


def _du_territoire(dispositifs, cles):
    if Echelle.FRANCE in cles:
        return dispositifs
    return dispositifs.touchant(communes_de(cles))


def _de_thematique(dispositifs, thematique):
    types = [code for code, siennes in THEMATIQUES_PAR_TYPE.items() if thematique in siennes]
    return dispositifs.filter(type__in=types)


def _pour(dispositifs, public):
    return dispositifs.filter(Q(publics__contient=public) | Q(publics__contient=Public.TOUS))


RESTRICTIONS = {
    "q": lambda dispositifs, saisie: dispositifs.cherchant(saisie),
    "bassin": lambda dispositifs, bassin: dispositifs.du_bassin(bassin),
    "territoire": _du_territoire,
    "type": lambda dispositifs, type_: dispositifs.filter(type=type_),
    "thematique": _de_thematique,
    "public": _pour,
    "porteur": lambda dispositifs, siren: dispositifs.filter(porteur__siren=siren),
    "fraicheur": lambda dispositifs, fraicheur: dispositifs.de_fraicheur(fraicheur),
    "modifies_depuis": lambda dispositifs, jour: dispositifs.filter(modifie_le__date__gte=jour),
}
