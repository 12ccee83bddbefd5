"""Les registres d'un plan utiles aux règles, lus une fois, et les preuves qu'ils fournissent."""

from django.db.models import Prefetch, Q
from django.urls import reverse

from acteurs.models import Fonction
from bassins.models import Bassin, Departement, Region
from pams_portal.droits import Qualite
from pams_portal.elision import de
from plans.models import Contribution


class Lecture:
    """Les registres d'un plan utiles aux règles, lus une fois."""

    def __init__(self, plan, le):
        self.plan, self.le = plan, le
        self.parties = list(plan.parties.select_related("acteur"))
        ecrites = Contribution.objects.exclude(texte="").select_related("porteur__acteur")
        chapitres = plan.chapitres.prefetch_related(Prefetch("contributions", ecrites))
        self.chapitres = {chapitre.cle: chapitre for chapitre in chapitres}
        self.fiches = self._fiches()
        self.bassin = self._bassin()
        self.perimetre = self.bassin and self.bassin.perimetre_au(le)
        self.regions, self.departements = self._collectivites()
        self.fonctions = self._fonctions()

    def _fiches(self):
        fiches = self.plan.fiches.prefetch_related(
            "dispositifs", "indicateurs", "budgets", "financements"
        )
        return list(fiches.filter(confidentielle=False) if self.plan.est_public else fiches)

    def _bassin(self):
        if self.plan.bassin_id:
            return Bassin.objects.with_perimetre().get(pk=self.plan.bassin_id)
        return None

    def _collectivites(self):
        if self.plan.bassin_id is None:
            departements = Departement.objects.filter(region=Region.ILE_DE_FRANCE)
            return list(Region.objects.filter(pk=Region.ILE_DE_FRANCE)), list(departements)
        if self.perimetre is None:
            return [], []
        return list(self.perimetre.regions()), list(self.perimetre.departements())

    def _fonctions(self):
        """Les fonctions que la loi nomme, exercées sur le territoire du plan."""
        touche = Q(regions__in=self.regions) | Q(departements__in=self.departements)
        if self.perimetre:
            touche |= Q(epci__in=[epci.pk for epci in self.perimetre.epci.all()])
        trouvees = Fonction.objects.filter(touche).values("pk")
        return list(
            Fonction.objects.filter(pk__in=trouvees)
            .select_related("acteur")
            .prefetch_related("regions", "departements")
            .order_by("nature", "acteur__nom_normalise")
        )

    def fonctions_de(self, *natures):
        return [fonction for fonction in self.fonctions if fonction.nature in natures]

    def parties_de(self, *qualites):
        return [partie for partie in self.parties if partie.qualite in qualites]

    @property
    def acteurs_co_pilotes(self):
        return {partie.acteur_id for partie in self.parties_de(Qualite.CO_PILOTE)}

    def textes(self, cle):
        chapitre = self.chapitres.get(cle)
        if chapitre is None:
            return []
        return [c for c in chapitre.contributions.all() if c.texte.strip()]

    # --- Les preuves, avec leur adresse ----------------------------------------------------------

    @property
    def adresse(self):
        return self.plan.get_absolute_url()

    def preuve_des_textes(self, cle):
        return [
            (f"{self.chapitres[cle]}, part {de(c.porteur.acteur.nom)}", f"{self.adresse}#{c.ancre}")
            for c in self.textes(cle)
        ]

    def preuve_des_parties(self, parties):
        adresse = reverse("plans:partie_list", args=[self.plan.slug])
        return [
            (f"{partie.acteur.nom} : {partie.get_reponse_display().lower()}", adresse)
            for partie in parties
        ]

    def preuve_des_fiches(self, fiches):
        slug = self.plan.slug
        return [(str(f), reverse("plans:fiche_action_detail", args=[slug, f.code])) for f in fiches]
