from django.urls import path

from acteurs.views import brouillon as views

urlpatterns = [
    path("", views.brouillon_list, name="brouillon_list"),
    path("<entier:pk>/abandonner/", views.brouillon_delete, name="brouillon_delete"),
]
