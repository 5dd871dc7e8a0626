from django.apps import AppConfig


class HotspotsConfig(AppConfig):
    name = "diaban.apps.hotspots"
    label = "hotspots"
    default_auto_field = "django.db.models.BigAutoField"
