"""Lire le registre de concertation d'un plan, en un nombre constant de requêtes."""

from django.db.models import Prefetch

from plans.etapes import Etat
from plans.models import FicheAction, OrganismeConsulte


class Registre:
    """Une version envoyée, la concertation ouverte sur elle (ou None), et ses organismes."""

    def __init__(self, version, concertation, consultes):
        self.version, self.concertation, self.consultes = version, concertation, consultes

    @property
    def avis(self):
        return [consulte.rendu for consulte in self.consultes if consulte.rendu]

    @property
    def confirmes(self):
        return [avis for avis in self.avis if avis.est_confirme]

    @property
    def saisis(self):
        return [avis for avis in self.avis if not avis.est_confirme]

    @property
    def sans_reponse(self):
        return [consulte for consulte in self.consultes if not consulte.rendu]

    @property
    def a_traiter(self):
        return [avis for avis in self.avis if avis.est_a_traiter]


def registres_de(plan, public=False):
    """[Registre] des versions envoyées en concertation, la plus récente d'abord.

    `public` : sans les fiches que les parties gardent pour elles.
    """
    fiches = FicheAction.objects.order_by("code")
    if public:
        fiches = fiches.filter(confidentielle=False)
    consultes = OrganismeConsulte.objects.select_related(
        *("partie__acteur", "avis__saisi_par__acteur", "avis__reponse__ecrite_par__acteur"),
    ).prefetch_related("avis__reponse__chapitres", Prefetch("avis__reponse__fiches", fiches))
    versions = (
        plan.versions.figees()
        .filter(vers=Etat.CONCERTATION)
        .select_related("concertation")
        .prefetch_related(Prefetch("concertation__consultes", consultes))
        .defer("contenu", "confidentiel")
        .order_by("-numero")
    )
    registres, derniere = [], True
    for version in versions:
        concertation = getattr(version, "concertation", None)
        if concertation:
            concertation.plan, concertation.est_la_derniere = plan, derniere
            derniere = False
        lus = list(concertation.consultes.all()) if concertation else []
        registres.append(Registre(version, concertation, lus))
    return registres
