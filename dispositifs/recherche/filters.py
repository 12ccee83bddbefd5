"""Les filtres de l'inventaire : chaque état de la liste est une adresse."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Q

from acteurs.publics import Public
from bassins.models import Bassin, Commune, Epci
from dispositifs.models import Dispositif
from dispositifs.recensement.champs import acteurs_dits
from dispositifs.recensement.saisie import codes_equivoques, decouper, lire_territoires
from dispositifs.recherche.mots import lire_recherche
from dispositifs.territoires import Echelle, cles_touchant, communes_de
from dispositifs.typologie import (
    FAMILLE_PAR_SLUG,
    FAMILLES,
    TYPES,
    TYPES_PAR_THEMATIQUE,
    Motif,
    Thematique,
)

BEAUCOUP = 4000
TRIS = {
    "nom": ("Nom", [F("nom_normalise").asc()]),
    "recents": ("Confirmés récemment", [F("confirme_le").desc(nulls_last=True)]),
    "anciens": ("À confirmer en premier", [F("confirme_le").asc(nulls_first=True)]),
    "porteur": ("Structure porteuse", [F("porteur__nom_normalise").asc()]),
    "type": ("Type", [F("type").asc()]),
}


class TerritoireField(forms.CharField):
    """Un territoire tapé par son nom ou son code ; rend ses clés."""

    def clean(self, valeur):
        lignes = decouper(super().clean(valeur))
        lecture = lire_territoires(lignes)
        if erreurs := [*lecture.erreurs, *codes_equivoques(lignes).values()]:
            raise ValidationError(erreurs)
        return lecture.cles


class TerritoireFilter(django_filters.CharFilter):
    field_class = TerritoireField


def choix_dans(queryset, libelle, **options):
    """Une ligne d'une table, par sa clé ; la page n'en propose que quelques-unes."""
    return django_filters.ModelChoiceFilter(label=libelle, queryset=queryset, **options)


def filtrer(request):
    """Le filtre d'une requête : `.qs`, ce que la personne voit et demande, dans l'ordre demandé.

    La liste, la carte et les exports partent d'ici : ils montrent exactement les mêmes dispositifs.
    """
    visibles = Dispositif.objects.visibles_par(request.user)
    return DispositifFilter(request.GET, visibles, request=request)


class DispositifFilter(django_filters.FilterSet):
    # Les choix sont des fonctions : chaque requête copie ces filtres, et copierait leurs paires.
    q = django_filters.CharFilter(label="Mots cherchés", method="cherchant", max_length=200)
    territoire = TerritoireFilter(
        label="Commune, EPCI ou département",
        method="du_territoire",
        max_length=200,
        help_text="Un nom ou un code : «\u00a0Roye\u00a0», «\u00a080685\u00a0».",
    )
    bassin = choix_dans(
        Bassin.objects.all(),
        "Bassin",
        to_field_name="slug",
        empty_label="Tous",
        method="du_bassin",
    )
    # Les facettes en proposent quelques-uns ; refusé, le code se corrige dans un champ de texte,
    # pas dans une liste de 35 000 communes.
    epci = choix_dans(
        Epci.objects.all(),
        "EPCI",
        empty_label="Tous",
        method="de_l_epci",
        widget=forms.TextInput,
    )
    commune = choix_dans(
        Commune.objects.all(),
        "Commune",
        empty_label="Toutes",
        method="de_la_commune",
        widget=forms.TextInput,
    )
    famille = django_filters.ChoiceFilter(
        label="Famille",
        choices=lambda: FAMILLE_PAR_SLUG.items(),
        empty_label="Toutes",
        method="de_famille",
    )
    type = django_filters.ChoiceFilter(label="Type", choices=lambda: TYPES, empty_label="Tous")
    thematique = django_filters.ChoiceFilter(
        label="Thématique data·inclusion",
        choices=lambda: Thematique.choices,
        empty_label="Toutes",
        method="de_thematique",
    )
    public = django_filters.ChoiceFilter(
        label="Public",
        choices=lambda: Public.choices,
        empty_label="Tous",
        method="pour_le_public",
        help_text="Avec ce qui est ouvert à tous les publics.",
    )
    motif = django_filters.ChoiceFilter(
        label="Motif de déplacement",
        choices=lambda: Motif.choices,
        empty_label="Tous",
        field_name="motifs",
        lookup_expr="contient",
    )
    porteur = django_filters.CharFilter(
        label="Structure porteuse", method="de_porteur", max_length=250
    )
    financeur = django_filters.CharFilter(label="Financeur", method="de_financeur", max_length=250)
    statut = django_filters.ChoiceFilter(
        label="État", choices=lambda: Dispositif.Statut.choices, method="de_statut"
    )
    fraicheur = django_filters.ChoiceFilter(
        label="Fraîcheur",
        choices=lambda: Dispositif.Fraicheur.choices,
        empty_label="Toutes",
        method="de_fraicheur",
    )
    financement = django_filters.ChoiceFilter(
        label="Fin du financement",
        choices=[
            ("0", "Déjà passée"),
            ("3", "D’ici 3 mois"),
            ("6", "D’ici 6 mois"),
            ("12", "D’ici un an"),
        ],
        empty_label="Toutes",
        method="finissant",
    )
    tri = django_filters.ChoiceFilter(
        label="Trier par",
        choices=[(cle, libelle) for cle, (libelle, _) in TRIS.items()],
        empty_label="Pertinence, sinon nom",
    )

    class Meta:
        model = Dispositif
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._lus = {}
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
        saisie, tri = self.form.cleaned_data["q"], self.form.cleaned_data["tri"]
        trouves = self.ensemble()
        if saisie and not tri:
            return trouves.par_pertinence(saisie)
        return trouves.order_by(*(TRIS[tri][1] if tri else ()), "nom_normalise", "pk")

    def ensemble(self, *sauf):
        """Les dispositifs trouvés, sans ordre ; `sauf` : les filtres à ne pas tenir."""
        valeurs = self.form.cleaned_data
        trouves = self.queryset.order_by()
        if "statut" not in sauf and not valeurs["statut"]:
            trouves = trouves.exclude(statut=Dispositif.Statut.FERME)
        for nom, filtre in self.filters.items():
            if nom not in (*sauf, "tri"):
                trouves = filtre.filter(trouves, valeurs[nom])
        return trouves

    @property
    def est_actif(self):
        """Vrai si l'adresse restreint la liste (le tri et la page ne comptent pas)."""
        return any(self.data.get(nom) for nom in self.filters if nom != "tri")

    def une_fois(self, nom, lire):
        """Ce que chaque compte par facette relirait : un territoire, une recherche comprise."""
        if nom not in self._lus:
            self._lus[nom] = lire()
        return self._lus[nom]

    def cherchant(self, dispositifs, nom, saisie):
        lus = lire_recherche(saisie)
        disant = self.queryset.order_by().disant(lus).values_list("pk", flat=True)
        cles = self.une_fois(nom, lambda: list(disant[: BEAUCOUP + 1]) if lus else [])
        if not cles:
            return dispositifs.contenant(saisie)
        # Relire quelques clés coûte moins que chercher de nouveau, à chaque compte.
        return dispositifs.disant(lus) if len(cles) > BEAUCOUP else dispositifs.filter(pk__in=cles)

    def du_bassin(self, dispositifs, nom, bassin):
        perimetre = self.une_fois("perimetre", lambda: bassin.perimetre)
        if perimetre is None:
            return dispositifs.none()
        return self._en_zone(dispositifs, nom, perimetre.communes_couvertes())

    def du_territoire(self, dispositifs, nom, cles):
        if Echelle.FRANCE in cles:
            return dispositifs
        return self._en_zone(dispositifs, nom, communes_de(cles))

    def de_l_epci(self, dispositifs, nom, epci):
        return self._en_zone(dispositifs, nom, communes_de([f"{Echelle.EPCI}-{epci.pk}"]))

    def de_la_commune(self, dispositifs, nom, commune):
        return self._en_zone(dispositifs, nom, Commune.objects.filter(pk=commune.pk))

    def _en_zone(self, dispositifs, nom, communes):
        return dispositifs.en_zone(self.cles_de_zone(nom, communes))

    def cles_de_zone(self, nom, communes):
        """Les clés de territoire qui touchent ces communes, celles que dit le filtre `nom`."""
        return self.une_fois(nom, lambda: cles_touchant(communes))

    def de_famille(self, dispositifs, nom, slug):
        return dispositifs.filter(type__in=FAMILLES[FAMILLE_PAR_SLUG[slug]])

    def de_thematique(self, dispositifs, nom, thematique):
        types = TYPES_PAR_THEMATIQUE[thematique]
        return dispositifs.filter(type__in=types)

    def pour_le_public(self, dispositifs, nom, public):
        return dispositifs.filter(Q(publics__contient=public) | Q(publics__contient=Public.TOUS))

    def de_porteur(self, dispositifs, nom, saisie):
        return dispositifs.filter(porteur__in=acteurs_dits(saisie).order_by().values("pk"))

    def de_financeur(self, dispositifs, nom, saisie):
        # Une sous-requête plutôt qu'une jointure : un dispositif ne sort jamais deux fois.
        finances = Dispositif.financeurs.through.objects.filter(
            acteur__in=acteurs_dits(saisie).order_by().values("pk")
        )
        return dispositifs.filter(pk__in=finances.values("dispositif"))

    def de_statut(self, dispositifs, nom, statut):
        return dispositifs.de_statut(statut)

    def finissant(self, dispositifs, nom, mois):
        return dispositifs.finissant_avant(int(mois))

    def de_fraicheur(self, dispositifs, nom, fraicheur):
        return dispositifs.de_fraicheur(fraicheur)
