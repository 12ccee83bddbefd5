from django.urls import path

from dispositifs.views import solutions

urlpatterns = [
    path("", solutions.solutions, name="solutions"),
    path("<str:code>/", solutions.solutions_commune, name="solutions_commune"),
    path("<str:code>/affiche/", solutions.solutions_affiche, name="solutions_affiche"),
]
