from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class PortailConfig(AppConfig):
    name = "pams_portal"
    verbose_name = "portail"


class StatiquesConfig(StaticFilesConfig):
    """Les sources de l'éditeur et la documentation restent hors des fichiers servis."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "sources", "node_modules", "LISEZMOI.md"]
