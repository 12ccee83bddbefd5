"""Les recherches qu'une personne garde : un nom, et les filtres de la liste."""

from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.urls import reverse

# Ce qui dans l'adresse n'est pas la recherche : la page lue, et une sélection faite pour quelqu'un.
JAMAIS_GARDES = ("page", "d")


def filtres_a_garder(adresse):
    """Les paramètres d'une adresse de la liste, sans ceux qu'on ne garde jamais."""
    parametres = QueryDict(adresse, mutable=True)
    for nom in list(parametres):
        valeurs = [valeur for valeur in parametres.getlist(nom) if valeur.strip()]
        if nom in JAMAIS_GARDES or not valeurs:
            del parametres[nom]
        else:
            parametres.setlist(nom, valeurs)
    return parametres.urlencode()


class RechercheEnregistree(models.Model):
    """Un marque-page : il n'appartient qu'à sa personne, et n'entre donc pas au journal."""

    AU_PLUS = 50

    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="recherches"
    )
    nom = models.CharField("nom de la recherche", max_length=80)
    filtres = models.CharField("filtres", max_length=2000)
    enregistree_le = models.DateTimeField("enregistrée le", auto_now_add=True)

    class Meta:
        ordering = ["nom", "pk"]
        verbose_name = "recherche enregistrée"
        verbose_name_plural = "recherches enregistrées"
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "nom"],
                name="recherche_unique_par_nom",
                violation_error_message="Vous avez déjà une recherche de ce nom.",
            )
        ]

    def __str__(self):
        return self.nom

    def get_absolute_url(self):
        return f"{reverse('dispositifs:dispositif_list')}?{self.filtres}"
