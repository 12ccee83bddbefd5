"""Les adresses du portail. Chaque application déclare les siennes sous son nom."""

from django.contrib import admin
from django.urls import include, path

from pams_portal import views

urlpatterns = [
    path("", views.accueil, name="accueil"),
    path("droits/", views.droits, name="droits"),
    path("accessibilite/", views.accessibilite, name="accessibilite"),
    path("donnees-et-mentions/", views.mentions, name="mentions"),
    path("sante/", views.sante, name="sante"),
    path("accent.css", views.accent, name="accent"),
    path("", include("acteurs.urls_connexion")),
    path("notifications/", include("acteurs.urls_notifications")),
    path("brouillons/", include("acteurs.urls_brouillons")),
    path("acteurs/", include("acteurs.urls")),
    path("bassins/", include("bassins.urls")),
    path("dispositifs/", include("dispositifs.urls")),
    path("solutions/", include("dispositifs.urls_solutions")),
    path("api/v1/", include("dispositifs.urls_api")),
    path("donnees-ouvertes/", include("dispositifs.urls_ouverture")),
    path("", include("plans.urls")),
    path("admin/", admin.site.urls),
]
handler403 = "pams_portal.views.acces_refuse"
handler404 = "pams_portal.views.introuvable"
