"""Ce que partagent les pages de l'administration technique : rien ne s'y lit par détour."""

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters

FINS = ("", "__exact", "__isnull")  # ce que Django ajoute au champ d'un filtre


class AdministrationTechnique(admin.AdminSite):
    site_header = site_title = "Administration technique du portail PAMS"
    index_title = "Comptes et faits institutionnels"

    def get_urls(self):
        """Sans « voir sur le site » : il dirait l'adresse de ce que le portail tait."""
        adresses = super().get_urls()
        return [a for a in adresses if getattr(a, "name", "") != "view_on_site"]


class TableAdmin(admin.ModelAdmin):
    """Une table, filtrée par les seuls critères que sa page offre."""

    view_on_site = False

    def lookup_allowed(self, lookup, value, request=None):
        """Un critère libre (`password__startswith`) ferait deviner ce que nulle page ne montre."""
        permis = {f"{champ}{fin}" for champ in self.list_filter for fin in FINS}
        if self.date_hierarchy:
            permis |= {f"{self.date_hierarchy}__{fin}" for fin in ("year", "month", "day")}
        return lookup in permis

    def get_changelist_instance(self, request):
        """Un critère refusé ou hors du calendrier ramène à la liste, qui le dit (`?e=1`)."""
        try:
            return super().get_changelist_instance(request)
        except (DisallowedModelAdminLookup, ValueError, OverflowError) as erreur:
            raise IncorrectLookupParameters from erreur


class EnLectureSeule(TableAdmin):
    """Une table qui se consulte et se cherche, et que personne ne modifie ici."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
