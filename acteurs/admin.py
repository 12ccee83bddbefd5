"""L'administration technique : des comptes et des faits institutionnels, jamais le fond des plans.

Personne n'y tape de mot de passe pour un autre, et chaque écriture entre au journal des actes.
"""

import django.contrib.auth.admin  # noqa: F401  (inscrit Group, que l'on retire plus bas)
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.shortcuts import redirect
from django.urls import reverse

from acteurs.courriels import envoyer_lien
from acteurs.forms.champs import LigneField
from acteurs.models import (
    Acte,
    Acteur,
    Courriel,
    Etablissement,
    Fonction,
    Habilitation,
    Utilisateur,
)
from pams_portal.administration import EnLectureSeule, TableAdmin


@login_not_required
def connexion_admin(request, extra_context=None):
    """Une seule porte, celle du portail : elle compte les essais."""
    if admin.site.has_permission(request):
        return redirect("admin:index")
    if request.user.is_authenticated:
        raise PermissionDenied("L’administration technique est réservée à ceux qui la tiennent.")
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


admin.site.login = connexion_admin
# Un compte administre ou n'administre pas : il n'y a pas de groupes.
admin.site.unregister(Group)


class VersionneAdmin(TableAdmin):
    """Consigne ce que l'administration écrit, pour que les formulaires des autres le fusionnent."""

    def save_model(self, request, obj, form, change):
        form.avant = obj.verrouiller().valeurs() if change else None
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        """L'acte vient après les relations multiples, que `save_model` n'a pas encore écrites."""
        super().save_related(request, form, formsets, change)
        verbe = Acte.Verbe.MODIFIER if change else Acte.Verbe.CREER
        form.instance.consigner(request.user, None, verbe, form.avant)

    def save_formset(self, request, form, formset, change):
        lues = [ligne.instance.pk for ligne in formset.initial_forms]
        lignes = formset.model.objects.select_for_update(of=("self",)).filter(pk__in=lues)
        avant = {ligne.identifiant: ligne.valeurs() for ligne in lignes}
        super().save_formset(request, form, formset, change)
        for ligne in formset.new_objects:
            ligne.consigner(request.user, None, Acte.Verbe.CREER)
        for ligne, _ in formset.changed_objects:
            ligne.consigner(request.user, None, Acte.Verbe.MODIFIER, avant[ligne.identifiant])
        for ligne in formset.deleted_objects:
            ligne.consigner(request.user, None, Acte.Verbe.SUPPRIMER, avant[ligne.identifiant])

    def delete_model(self, request, obj):
        for emporte in (*self.emportes(obj), obj):
            emporte.consigner(request.user, None, Acte.Verbe.SUPPRIMER, emporte.valeurs())
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            self.delete_model(request, obj)

    def emportes(self, obj):
        """Ce que l'objet supprimé emporte avec lui, et qui laisse aussi un acte."""
        return []


class FonctionInline(admin.StackedInline):
    model = Fonction
    extra = 0
    view_on_site = False
    autocomplete_fields = ["regions", "departements", "epci"]


@admin.register(Acteur)
class ActeurAdmin(VersionneAdmin):
    list_display = ["nom", "sigle", "siren", "nature"]
    list_filter = ["nature", "fonctions__nature"]
    search_fields = ["nom_normalise", "siren"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    inlines = [FonctionInline]

    def emportes(self, acteur):
        return [
            *acteur.habilitations.select_related("utilisateur"),
            *acteur.fonctions.all(),
            *acteur.etablissements.all(),
        ]


@admin.register(Fonction)
class FonctionAdmin(VersionneAdmin):
    list_display = ["acteur", "nature", "par_substitution", "etat", "source"]
    list_filter = ["etat", "nature"]
    list_select_related = ["acteur"]
    search_fields = ["acteur__nom_normalise"]
    autocomplete_fields = ["acteur", "regions", "departements", "epci"]


@admin.register(Etablissement)
class EtablissementAdmin(VersionneAdmin):
    list_display = ["nom", "siret", "acteur"]
    list_select_related = ["acteur"]
    search_fields = ["nom", "siret"]
    autocomplete_fields = ["acteur", "commune"]


class HabilitationAdminForm(forms.ModelForm):
    class Meta:
        model = Habilitation
        fields = ["utilisateur", "acteur", "role"]

    def clean_utilisateur(self):
        utilisateur = self.cleaned_data["utilisateur"]
        if utilisateur.is_staff:
            raise forms.ValidationError(
                "Un compte d’administration technique n’a aucun droit sur les contenus : ouvrez à "
                "cette personne un second compte."
            )
        return utilisateur


@admin.register(Habilitation)
class HabilitationAdmin(VersionneAdmin):
    form = HabilitationAdminForm
    list_display = ["utilisateur", "acteur", "role"]
    list_filter = ["role"]
    list_select_related = ["utilisateur", "acteur"]
    search_fields = ["utilisateur__nom", "utilisateur__courriel", "acteur__nom_normalise"]
    autocomplete_fields = ["utilisateur", "acteur"]

    def has_change_permission(self, request, obj=None):
        """Un rôle se donne et se retire ; il ne glisse pas d'une personne à l'autre."""
        return False


class UtilisateurAdminForm(forms.ModelForm):
    class Meta:
        model = Utilisateur
        fields = ["courriel", "nom", "is_active", "is_staff"]
        field_classes = {"nom": LigneField}

    def clean_courriel(self):
        return self.cleaned_data["courriel"].lower()

    def clean_is_staff(self):
        administre = self.cleaned_data["is_staff"]
        if administre and self.instance.pk and self.instance.habilitations.exists():
            raise forms.ValidationError(
                "Ce compte agit pour un organisme : ouvrez à cette personne un second compte pour "
                "l’administration technique."
            )
        return administre


@admin.register(Utilisateur)
class UtilisateurAdmin(VersionneAdmin):
    form = UtilisateurAdminForm
    list_display = ["nom", "courriel", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["nom", "courriel"]
    actions = ["envoyer_le_lien"]

    def save_model(self, request, obj, form, change):
        obj.is_superuser = obj.is_staff
        if not change:
            obj.password = make_password(None)
        super().save_model(request, obj, form, change)
        if not change:
            envoyer_lien.enqueue(obj.pk, "invitation")

    def has_delete_permission(self, request, obj=None):
        """Un compte se ferme : l'effacer effacerait ses habilitations sans laisser d'acte."""
        return False

    @admin.action(description="Envoyer le lien qui fait choisir un mot de passe")
    def envoyer_le_lien(self, request, utilisateurs):
        for utilisateur in utilisateurs.filter(is_active=True):
            envoyer_lien.enqueue(utilisateur.pk, "oubli")
        messages.success(request, "Le lien est en route vers chaque compte actif choisi.")


@admin.register(Acte)
class ActeAdmin(EnLectureSeule):
    """Le journal se lit ; personne ne l'écrit ni ne le corrige."""

    list_display = ["quand", "nom_utilisateur", "nom_acteur", "verbe", "cible_libelle"]
    list_filter = ["verbe", "cible_type"]
    search_fields = ["nom_utilisateur", "nom_acteur", "cible_libelle"]
    date_hierarchy = "quand"

    def get_queryset(self, request):
        # Ce qui se passe dans un plan se lit dans le plan, par ceux qui y ont une place.
        return super().get_queryset(request).filter(cible_type__startswith="acteurs.")


@admin.register(Courriel)
class CourrielAdmin(EnLectureSeule):
    """La file se lit : qui, quand, pourquoi rien n'est arrivé. Jamais le texte."""

    list_display = ["destinataire", "etat", "tentatives", "prochain_essai", "envoye_le", "erreur"]
    list_filter = ["etat"]
    list_select_related = ["destinataire"]
    search_fields = ["destinataire__courriel", "erreur"]
    actions = ["essayer_de_nouveau"]

    @admin.action(description="Essayer de nouveau les courriels abandonnés", permissions=["view"])
    def essayer_de_nouveau(self, request, courriels):
        for courriel in courriels.abandonnes():
            courriel.reprendre()
        messages.success(request, "Les courriels abandonnés choisis repartent.")
