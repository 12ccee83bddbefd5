from django.urls import path

from dispositifs.views import api

app_name = "api"
urlpatterns = [
    path("", api.racine, name="racine"),
    path("openapi.json", api.openapi, name="openapi"),
    path("bassins/", api.bassin_list, name="bassin_list"),
    path("bassins/<slug:slug>/", api.bassin_detail, name="bassin_detail"),
    path("acteurs/", api.acteur_list, name="acteur_list"),
    path("acteurs/<uuid:identifiant>/", api.acteur_detail, name="acteur_detail"),
    path("dispositifs/", api.dispositif_list, name="dispositif_list"),
    path("dispositifs/<uuid:identifiant>/", api.dispositif_detail, name="dispositif_detail"),
    path("<path:adresse>/", api.inconnue, name="inconnue"),
]
