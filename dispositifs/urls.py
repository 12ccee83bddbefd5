from django.urls import path

from dispositifs.views import fraicheur, recensement, recherche

app_name = "dispositifs"
urlpatterns = [
    path("", recherche.dispositif_list, name="dispositif_list"),
    path("nouveau/", recensement.dispositif_create, name="dispositif_create"),
    path("<int:pk>/", recensement.dispositif_detail, name="dispositif_detail"),
    path("<int:pk>/modifier/", recensement.dispositif_update, name="dispositif_update"),
    path("<int:pk>/confirmer/", recensement.dispositif_confirmer, name="dispositif_confirmer"),
    path("<int:pk>/etat/", recensement.dispositif_statut, name="dispositif_statut"),
    path("<int:pk>/porteur/", recensement.dispositif_porteur, name="dispositif_porteur"),
    path("<int:pk>/remettre/", recensement.dispositif_remettre, name="dispositif_remettre"),
    path("confirmation/merci/", fraicheur.demande_merci, name="demande_merci"),
    path("confirmation/<str:jeton>/", fraicheur.demande_repondre, name="demande_repondre"),
]
