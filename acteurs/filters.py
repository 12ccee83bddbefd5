import django_filters

from acteurs.models import Acteur, Fonction


class ActeurFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Nom, sigle ou SIREN", method="cherchant")
    nature = django_filters.ChoiceFilter(
        label="Nature juridique", choices=Acteur.Nature.choices, empty_label="Toutes"
    )
    fonction = django_filters.ChoiceFilter(
        label="Fonction",
        choices=Fonction.Nature.choices,
        empty_label="Toutes",
        method="exercant",
    )

    class Meta:
        model = Acteur
        fields = ["q", "nature", "fonction"]

    def cherchant(self, acteurs, nom, saisie):
        return acteurs.cherchant(saisie)

    def exercant(self, acteurs, nom, nature):
        # Une sous-requête plutôt qu'une jointure : un acteur ne sort jamais deux fois.
        return acteurs.filter(pk__in=Fonction.objects.filter(nature=nature).values("acteur"))
