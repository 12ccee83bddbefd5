from django.urls import path

from acteurs.views import acteur, habilitation

app_name = "acteurs"
urlpatterns = [
    path("", acteur.acteur_list, name="acteur_list"),
    path("nouveau/", acteur.acteur_create, name="acteur_create"),
    path("<entier:pk>/", acteur.acteur_detail, name="acteur_detail"),
    path("<entier:pk>/modifier/", acteur.acteur_update, name="acteur_update"),
    path(
        "<entier:acteur_pk>/etablissements/nouveau/",
        acteur.etablissement_create,
        name="etablissement_create",
    ),
    path(
        "<entier:acteur_pk>/etablissements/<entier:pk>/modifier/",
        acteur.etablissement_update,
        name="etablissement_update",
    ),
    path(
        "<entier:acteur_pk>/etablissements/<entier:pk>/supprimer/",
        acteur.etablissement_delete,
        name="etablissement_delete",
    ),
    path("<entier:acteur_pk>/personnes/", habilitation.habilitation_list, name="habilitation_list"),
    path(
        "<entier:acteur_pk>/personnes/nouveau/",
        habilitation.habilitation_create,
        name="habilitation_create",
    ),
    path(
        "<entier:acteur_pk>/personnes/<entier:pk>/retirer/",
        habilitation.habilitation_delete,
        name="habilitation_delete",
    ),
]
