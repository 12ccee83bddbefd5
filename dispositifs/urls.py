from django.urls import path

from dispositifs import views

app_name = "dispositifs"
urlpatterns = [
    path("", views.dispositif_list, name="dispositif_list"),
    path("nouveau/", views.dispositif_create, name="dispositif_create"),
    path("<int:pk>/", views.dispositif_detail, name="dispositif_detail"),
    path("<int:pk>/modifier/", views.dispositif_update, name="dispositif_update"),
    path("<int:pk>/confirmer/", views.dispositif_confirmer, name="dispositif_confirmer"),
    path("<int:pk>/etat/", views.dispositif_statut, name="dispositif_statut"),
    path("<int:pk>/porteur/", views.dispositif_porteur, name="dispositif_porteur"),
    path("<int:pk>/remettre/", views.dispositif_remettre, name="dispositif_remettre"),
]
