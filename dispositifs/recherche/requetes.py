"""Comment on trouve un dispositif : par territoire, par état, par fraîcheur, par ses mots."""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from bassins.revision import QuerySetSuivi
from dispositifs.etats import DEUX_ANS, HORS_SERVICE, PUBLICS, SIX_MOIS, Fraicheur, Statut
from dispositifs.models.index import Mot, Zone
from dispositifs.recherche.mots import PORTEUR, lire_recherche
from dispositifs.territoires import cles_touchant, communes_d_ile_de_france
from pams_portal.recherche import normaliser


def nomme_par(mot, chemin):
    """Le nom à ce chemin a un mot qui commence ainsi ; ce mot même s'il est court."""
    court = len(mot.ecrit) < 3 or mot.ecrit.isdecimal()
    formes = {
        "startswith": f"{mot.ecrit} " if court else mot.ecrit,
        "contains": f" {mot.ecrit} " if court else f" {mot.ecrit}",
    }
    if court:
        formes |= {"exact": mot.ecrit, "endswith": f" {mot.ecrit}"}
    return reduce(or_, (Q(**{f"{chemin}__{forme}": dit}) for forme, dit in formes.items()))


def _porte_par(mot):
    return nomme_par(mot, "porteur__nom_normalise")


class DispositifQuerySet(QuerySetSuivi):
    def visibles_par(self, utilisateur):
        """Le public voit ce qui est publié ; toute personne connectée voit aussi le reste."""
        return self if utilisateur.is_authenticated else self.publies()

    def publies(self):
        return self.filter(statut__in=PUBLICS)

    def retrouver(self):
        """[(fiche, celle qui la remplace)], de `Dispositif.tous` : un import de la source d'une
        fiche absorbée retrouve la survivante. Quelques requêtes de plus, par maillon de fusions."""
        fiches = list(self)
        remplacantes = {}
        attendues = {fiche.fusionne_avec_id for fiche in fiches} - {None}
        while attendues:
            lues = self.model.tous.with_acteurs().prefetch_related("financeurs")
            trouvees = lues.in_bulk(attendues)
            remplacantes |= trouvees
            attendues = {fiche.fusionne_avec_id for fiche in trouvees.values()} - {
                None,
                *remplacantes,
            }

        def survivante(fiche):
            while fiche.fusionne_avec_id:
                fiche = remplacantes[fiche.fusionne_avec_id]
            return fiche

        return [(fiche, survivante(fiche)) for fiche in fiches]

    def a_decider_par(self, acteurs):
        """Les fiches que tiennent ou portent ces acteurs, et qu'un import contredit."""
        tenues = self.filter(Q(tenu_par__in=acteurs) | Q(porteur__in=acteurs))
        return tenues.filter(ecarts__decision="attend").distinct()

    def en_service(self):
        return self.exclude(statut__in=HORS_SERVICE)

    def a_confirmer(self):
        """En service, et que personne n'a dit exact depuis moins de six mois."""
        frais = Q(statut=Statut.VERIFIE, confirme_le__gt=timezone.localdate() - SIX_MOIS)
        return self.en_service().exclude(frais)

    def finissant_avant(self, mois):
        """En service, dont le financement finit d'ici tant de mois (de trente jours), ou a fini."""
        limite = timezone.localdate() + timedelta(days=30 * mois)
        return self.en_service().filter(fin_financement__lte=limite)

    def a_traiter(self):
        """Ceux dont un signalement attend une réponse."""
        return self.filter(signalements__etat="attente").distinct()

    def touchant(self, communes):
        """Les dispositifs dont la zone d'éligibilité a au moins une de ces communes."""
        return self.en_zone(cles_touchant(communes))

    def en_zone(self, cles):
        """Les dispositifs dont la zone a une de ces clés de territoire."""
        touches = Zone.objects.filter(cle__in=cles).order_by().values("dispositif")
        return self.filter(pk__in=touches)

    def du_bassin(self, bassin):
        """Les dispositifs dont la zone touche le périmètre en vigueur d'un bassin.

        `bassin` vaut None pour le plan d'Île-de-France (L.1215-4), qui n'en a pas.
        """
        if bassin is None:
            return self.touchant(communes_d_ile_de_france())
        perimetre = bassin.perimetre
        return self.touchant(perimetre.communes_couvertes()) if perimetre else self.none()

    def de_statut(self, statut):
        """Par l'état que la page affiche : un dispositif vérifié devient « à confirmer » avec
        l'âge, que la tâche mensuelle soit passée ou non."""
        seuil = timezone.localdate() - SIX_MOIS
        verifie = Q(statut=Statut.VERIFIE)
        frais = Q(confirme_le__gt=seuil)
        if statut == Statut.VERIFIE:
            return self.filter(verifie & frais)
        if statut == Statut.A_CONFIRMER:
            vieilli = verifie & (Q(confirme_le__isnull=True) | ~frais)
            return self.filter(Q(statut=statut) | vieilli)
        return self.filter(statut=statut)

    def de_fraicheur(self, fraicheur):
        jour = timezone.localdate()
        return self.filter(
            {
                Fraicheur.VERT: Q(confirme_le__gt=jour - SIX_MOIS),
                Fraicheur.ORANGE: Q(confirme_le__lte=jour - SIX_MOIS)
                & Q(confirme_le__gt=jour - DEUX_ANS),
                Fraicheur.ROUGE: Q(confirme_le__isnull=True) | Q(confirme_le__lte=jour - DEUX_ANS),
            }[fraicheur]
        )

    def cherchant(self, saisie):
        """Les dispositifs qui disent tous les mots de la saisie, par eux-mêmes ou leur porteur.

        Ni accents, ni casse, ni pluriel ne comptent, et les mots du métier valent leurs synonymes.
        Si rien n'y répond, la saisie se cherche comme un morceau de texte (« amien »).
        """
        lus = lire_recherche(saisie)
        return self.disant(lus) if self.comprend(lus) else self.contenant(saisie)

    def comprend(self, lus):
        """Vrai si des dispositifs disent tous ces mots, entiers."""
        return bool(lus) and self.disant(lus).exists()

    def disant(self, lus):
        """Les dispositifs qui disent chacun de ces `MotCherche`."""
        trouves = self
        for mot in lus:
            trouves = trouves.filter(pk__in=self._ayant(mot))
        return trouves

    def _ayant(self, mot):
        """Les clés des dispositifs qui ont un `MotCherche` dans leur index ou chez leur porteur."""
        disent = Mot.objects.filter(mot=mot.cle).order_by().values("dispositif")
        if not mot.ecrit:
            return disent
        # Le nom du porteur se lit chez lui : le renommer ne périme pas l'inventaire.
        portes = self.model._base_manager.filter(_porte_par(mot)).order_by().values("pk")
        return disent.union(portes)

    def contenant(self, saisie):
        """Les dispositifs où chaque morceau de la saisie est écrit, même au milieu d'un mot."""
        trouves = self
        for mot in normaliser(saisie).split()[:10]:
            trouves = trouves.filter(
                Q(recherche__contains=mot) | Q(porteur__nom_normalise__contains=mot)
            )
        return trouves

    def par_pertinence(self, saisie):
        """Ceux qui disent ces mots dans leur nom, puis leur type, puis chez leur porteur…"""
        lus = lire_recherche(saisie)
        cherches = {mot.cle for mot in lus}.union(*(mot.racines for mot in lus))
        siens = Mot.objects.filter(dispositif=OuterRef("pk"), mot__in=cherches).order_by()
        pertinence = Coalesce(Subquery(siens.values("dispositif").values_list(Sum("poids"))), 0)
        for mot in lus:
            if mot.ecrit:
                pertinence += Case(When(_porte_par(mot), then=PORTEUR), default=0)
        return self.alias(pertinence=pertinence).order_by("-pertinence", "nom_normalise", "pk")

    def with_acteurs(self):
        return self.select_related("porteur", "tenu_par", "saisi_par", "confirme_par", "commune")


class DispositifManager(models.Manager.from_queryset(DispositifQuerySet)):
    """Les fiches de l'inventaire. Celles qu'une fusion a remplacées sont dans `Dispositif.tous`."""

    def get_queryset(self):
        return super().get_queryset().filter(fusionne_avec__isnull=True)
