from django.urls import path

from acteurs.views import connexion as views

urlpatterns = [
    path("connexion/", views.connexion, name="connexion"),
    path("deconnexion/", views.deconnexion, name="deconnexion"),
    path("mot-de-passe/", views.mot_de_passe, name="mot_de_passe"),
    path("mot-de-passe/oublie/", views.mot_de_passe_oublie, name="mot_de_passe_oublie"),
    path("mot-de-passe/envoye/", views.mot_de_passe_envoye, name="mot_de_passe_envoye"),
    path(
        "mot-de-passe/nouveau/<uidb64>/<token>/",
        views.mot_de_passe_nouveau,
        name="mot_de_passe_nouveau",
    ),
    path("mot-de-passe/enregistre/", views.mot_de_passe_enregistre, name="mot_de_passe_enregistre"),
]
