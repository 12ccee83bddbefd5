from django.urls import path

from dispositifs.views import ouverture

urlpatterns = [
    path("", ouverture.donnees_ouvertes, name="donnees_ouvertes"),
    path("<slug:nom>.<slug:extension>", ouverture.fichier_ouvert, name="fichier_ouvert"),
]
