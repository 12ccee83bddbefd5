from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.urls import register_converter

from pams_portal.adresses import Entier


class PortailConfig(AppConfig):
    name = "pams_portal"
    verbose_name = "portail"

    def ready(self):
        register_converter(Entier, "entier")  # les adresses de chaque application l'emploient


class StatiquesConfig(StaticFilesConfig):
    """Les sources de l'éditeur et la documentation restent hors des fichiers servis."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "sources", "node_modules", "LISEZMOI.md"]


class AdministrationConfig(AdminConfig):
    default_site = "pams_portal.administration.AdministrationTechnique"
