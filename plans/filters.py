import django_filters
from django import forms

from plans.models import Chapitre, FicheAction, Observation, PartiePrenante


class ObservationFilter(django_filters.FilterSet):
    """Les observations d'un plan ; chaque liste ne propose que ce plan."""

    etat = django_filters.ChoiceFilter(
        label="État", choices=Observation.Etat.choices, empty_label="Tous"
    )
    chapitre = django_filters.ModelChoiceFilter(
        label="Chapitre", queryset=Chapitre.objects.none(), empty_label="Tous"
    )
    fiche = django_filters.ModelChoiceFilter(
        label="Fiche-action", queryset=FicheAction.objects.none(), empty_label="Toutes"
    )
    porteur = django_filters.ModelChoiceFilter(
        label="Ouverte par", queryset=PartiePrenante.objects.none(), empty_label="Tous"
    )
    me_mentionne = django_filters.BooleanFilter(
        label="Me mentionne", widget=forms.CheckboxInput, method="qui_me_mentionne"
    )

    class Meta:
        model = Observation
        fields = ["etat", "chapitre", "fiche", "porteur", "me_mentionne"]

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        # Un chapitre ou une fiche qui n'a jamais été observé n'allonge pas la liste.
        observes = plan.observations.order_by()
        self.filters["chapitre"].queryset = plan.chapitres.filter(
            pk__in=observes.values("chapitre")
        )
        self.filters["fiche"].queryset = plan.fiches.filter(pk__in=observes.values("fiche"))
        self.filters["porteur"].queryset = plan.parties.filter(
            pk__in=observes.values("porteur")
        ).select_related("acteur")

    def qui_me_mentionne(self, observations, nom, oui):
        return observations.mentionnant(self.request.user) if oui else observations

    @property
    def retenues(self):
        """Rien si un filtre est refusé : tout montrer ferait croire qu'il a été suivi."""
        return self.qs if self.form.is_valid() else self.qs.none()

    @property
    def est_actif(self):
        return any(self.form.cleaned_data.values()) if self.form.is_valid() else False
