from django.urls import path

from acteurs.views import notification as views

urlpatterns = [
    path("", views.notification_list, name="notification_list"),
    path("reglages/", views.notification_reglages, name="notification_reglages"),
    path("lire/", views.notification_lire, name="notification_lire"),
    path("fils/<uuid:fil>/suivre/", views.fil_suivre, name="fil_suivre"),
    path(
        "recapitulatif/arreter/<str:jeton>/",
        views.recapitulatif_arreter,
        name="recapitulatif_arreter",
    ),
    path("fils/quitter/<str:jeton>/", views.fil_quitter, name="fil_quitter"),
]
