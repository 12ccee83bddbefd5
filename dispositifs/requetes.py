"""Comment on trouve un dispositif : par territoire, par état, par fraîcheur, par ses mots."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from dispositifs.etats import DEUX_ANS, HORS_SERVICE, PUBLICS, SIX_MOIS, Fraicheur, Statut
from dispositifs.territoires import cles_touchant, communes_d_ile_de_france
from pams_portal.recherche import normaliser


class DispositifQuerySet(models.QuerySet):
    def visibles_par(self, utilisateur):
        """Le public voit ce qui est publié ; toute personne connectée voit aussi le reste."""
        return self if utilisateur.is_authenticated else self.publies()

    def publies(self):
        return self.filter(statut__in=PUBLICS)

    def en_service(self):
        return self.exclude(statut__in=HORS_SERVICE)

    def a_confirmer(self):
        """En service, et que personne n'a dit exact depuis moins de six mois."""
        frais = Q(statut=Statut.VERIFIE, confirme_le__gt=timezone.localdate() - SIX_MOIS)
        return self.en_service().exclude(frais)

    def touchant(self, communes):
        """Les dispositifs dont la zone d'éligibilité a au moins une de ces communes."""
        touches = self.model._base_manager.filter(zones__cle__in=cles_touchant(communes))
        return self.filter(pk__in=touches.values("pk"))

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
        """Les dispositifs qui contiennent tous les mots de la saisie, sans accents ni casse."""
        trouves = self
        for mot in normaliser(saisie).split()[:10]:
            # Le nom du porteur se lit chez lui : le renommer ne périme pas l'inventaire.
            trouves = trouves.filter(
                Q(recherche__contains=mot) | Q(porteur__nom_normalise__contains=mot)
            )
        return trouves

    def with_acteurs(self):
        return self.select_related("porteur", "tenu_par", "saisi_par", "confirme_par", "commune")

    def with_liste(self):
        """Ce qu'il faut à une ligne de liste, sans les longs textes."""
        return self.select_related("porteur").defer("description", "conditions", "recherche")
