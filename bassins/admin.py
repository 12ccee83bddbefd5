"""Les faits institutionnels que l'administrateur technique tient : bassins et périmètres.

Le référentiel se lit mais ne se corrige pas à la main : il vient des fichiers livrés.
"""

from django.contrib import admin
from django.db import models

from bassins.models import Bassin, Commune, Departement, Epci, Perimetre, Region, Revision
from bassins.revision import Sujet
from pams_portal.administration import EnLectureSeule, TableAdmin


@admin.register(Bassin)
class BassinAdmin(TableAdmin):
    list_display = ["nom", "slug"]
    search_fields = ["nom"]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["nom"]}

    def get_readonly_fields(self, request, obj=None):
        """L'adresse d'un bassin ne change plus : on la cite, et le chargement s'y retrouve."""
        return ["slug"] if obj else []


@admin.register(Perimetre)
class PerimetreAdmin(TableAdmin):
    list_display = ["bassin", "depuis", "jusqu_au", "etat_nom", "etat_composition"]
    list_filter = ["etat_composition", "etat_nom"]
    list_select_related = ["bassin"]
    search_fields = ["bassin__nom"]
    autocomplete_fields = ["bassin", "epci", "communes"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def save_related(self, request, form, formsets, change):
        """La composition s'enregistre après le périmètre : ce qui la lit est à relire."""
        super().save_related(request, form, formsets, change)
        Revision.monter(Sujet.TERRITOIRES)


class DeReferenceAdmin(EnLectureSeule):
    search_fields = ["nom"]
    list_filter = ["millesime"]


@admin.register(Region, Departement)
class RegionOuDepartementAdmin(DeReferenceAdmin):
    list_display = ["code", "nom", "millesime", "source"]
    search_fields = ["nom", "code"]


@admin.register(Epci)
class EpciAdmin(DeReferenceAdmin):
    list_display = ["siren", "nom", "nature", "nb_communes", "population_municipale", "millesime"]
    list_filter = ["nature", "millesime"]
    search_fields = ["nom", "siren"]


@admin.register(Commune)
class CommuneAdmin(DeReferenceAdmin):
    list_display = ["code", "nom", "departement", "epci", "codes_postaux", "millesime"]
    list_select_related = ["departement", "epci"]
    search_fields = ["nom", "nom_normalise", "code", "codes_postaux"]
