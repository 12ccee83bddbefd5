from django.apps import AppConfig


class BassinsConfig(AppConfig):
    name = "bassins"
    verbose_name = "Territoires"
    default_auto_field = "django.db.models.BigAutoField"
