from django.urls import path

from bassins import views

app_name = "bassins"
urlpatterns = [
    path("", views.bassin_list, name="bassin_list"),
    path("<slug:slug>/", views.bassin_detail, name="bassin_detail"),
]
