"""Les filtres de l'inventaire : chaque état de la liste est une adresse."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils.text import slugify

from acteurs.publics import Public
from bassins.models import Bassin
from dispositifs.champs import chercher_acteurs
from dispositifs.models import Dispositif
from dispositifs.saisie import decouper, lire_territoires
from dispositifs.territoires import Echelle, communes_de
from dispositifs.typologie import FAMILLES, THEMATIQUES_PAR_TYPE, TYPES, Motif, Thematique

TRIS = {
    "nom": ("Nom", [F("nom_normalise").asc()]),
    "recents": ("Confirmés récemment", [F("confirme_le").desc(nulls_last=True)]),
    "anciens": ("À confirmer en premier", [F("confirme_le").asc(nulls_first=True)]),
    "porteur": ("Structure porteuse", [F("porteur__nom_normalise").asc()]),
    "type": ("Type", [F("type").asc()]),
}
FAMILLE_PAR_SLUG = {slugify(famille): famille for famille in FAMILLES}


class TerritoireField(forms.CharField):
    """Un territoire tapé par son nom ou son code ; rend ses clés."""

    def clean(self, valeur):
        lecture = lire_territoires(decouper(super().clean(valeur)))
        if lecture.erreurs:
            raise ValidationError(lecture.erreurs)
        return lecture.cles


class TerritoireFilter(django_filters.CharFilter):
    field_class = TerritoireField


def filtrer(request):
    """Le filtre d'une requête : `.qs`, ce que la personne voit et demande, dans l'ordre demandé.

    La liste, la carte et les exports partent d'ici : ils montrent exactement les mêmes dispositifs.
    """
    visibles = Dispositif.objects.visibles_par(request.user)
    return DispositifFilter(request.GET, visibles, request=request)


class DispositifFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Mots cherchés", method="cherchant", max_length=200)
    bassin = django_filters.ModelChoiceFilter(
        label="Bassin",
        queryset=Bassin.objects.all(),
        to_field_name="slug",
        empty_label="Tous",
        method="du_bassin",
    )
    territoire = TerritoireFilter(
        label="Commune, EPCI ou département",
        method="du_territoire",
        max_length=200,
        help_text="Un nom ou un code : «\u00a0Roye\u00a0», «\u00a080685\u00a0».",
    )
    famille = django_filters.ChoiceFilter(
        label="Famille",
        choices=list(FAMILLE_PAR_SLUG.items()),
        empty_label="Toutes",
        method="de_famille",
    )
    type = django_filters.ChoiceFilter(label="Type", choices=TYPES, empty_label="Tous")
    thematique = django_filters.ChoiceFilter(
        label="Thématique data·inclusion",
        choices=Thematique.choices,
        empty_label="Toutes",
        method="de_thematique",
    )
    public = django_filters.ChoiceFilter(
        label="Public",
        choices=Public.choices,
        empty_label="Tous",
        method="pour_le_public",
        help_text="Avec ce qui est ouvert à tous les publics.",
    )
    motif = django_filters.ChoiceFilter(
        label="Motif de déplacement",
        choices=Motif.choices,
        empty_label="Tous",
        field_name="motifs",
        lookup_expr="contient",
    )
    porteur = django_filters.CharFilter(
        label="Structure porteuse", method="de_porteur", max_length=200
    )
    statut = django_filters.ChoiceFilter(
        label="État", choices=Dispositif.Statut.choices, method="de_statut"
    )
    fraicheur = django_filters.ChoiceFilter(
        label="Fraîcheur",
        choices=Dispositif.Fraicheur.choices,
        empty_label="Toutes",
        method="de_fraicheur",
    )
    tri = django_filters.ChoiceFilter(
        label="Trier par",
        choices=[(cle, libelle) for cle, (libelle, _) in TRIS.items()],
        empty_label="Pertinence, ou nom sans mot cherché",
        method="trier",
    )

    class Meta:
        model = Dispositif
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        statut = self.filters["statut"]
        if self.request.user.is_authenticated:
            statut.extra["empty_label"] = "Tous, sauf les fermés"
        else:
            statut.extra["empty_label"] = "Tous"
            statut.extra["choices"] = [(s, s.label) for s in Dispositif.STATUTS_PUBLICS]

    def filter_queryset(self, dispositifs):
        """Un filtre illisible ne rend rien : montrer tout tromperait."""
        if self.form.errors:
            return dispositifs.none()
        if not self.form.cleaned_data["statut"]:
            dispositifs = dispositifs.exclude(statut=Dispositif.Statut.FERME)
        trouves = super().filter_queryset(dispositifs)
        saisie, tri = self.form.cleaned_data["q"], self.form.cleaned_data["tri"]
        return trouves.par_pertinence(saisie) if saisie and not tri else trouves

    @property
    def est_actif(self):
        """Vrai si l'adresse restreint la liste (le tri et la page ne comptent pas)."""
        return any(self.data.get(nom) for nom in self.filters if nom != "tri")

    def cherchant(self, dispositifs, nom, saisie):
        return dispositifs.cherchant(saisie)

    def du_bassin(self, dispositifs, nom, bassin):
        return dispositifs.du_bassin(bassin)

    def du_territoire(self, dispositifs, nom, cles):
        if Echelle.FRANCE in cles:
            return dispositifs
        return dispositifs.touchant(communes_de(cles))

    def de_famille(self, dispositifs, nom, slug):
        return dispositifs.filter(type__in=FAMILLES[FAMILLE_PAR_SLUG[slug]])

    def de_thematique(self, dispositifs, nom, thematique):
        types = [code for code, siennes in THEMATIQUES_PAR_TYPE.items() if thematique in siennes]
        return dispositifs.filter(type__in=types)

    def pour_le_public(self, dispositifs, nom, public):
        return dispositifs.filter(Q(publics__contient=public) | Q(publics__contient=Public.TOUS))

    def de_porteur(self, dispositifs, nom, saisie):
        return dispositifs.filter(porteur__in=chercher_acteurs(saisie).order_by().values("pk"))

    def de_statut(self, dispositifs, nom, statut):
        return dispositifs.de_statut(statut)

    def de_fraicheur(self, dispositifs, nom, fraicheur):
        return dispositifs.de_fraicheur(fraicheur)

    def trier(self, dispositifs, nom, tri):
        return dispositifs.order_by(*TRIS[tri][1], "nom_normalise", "pk")
