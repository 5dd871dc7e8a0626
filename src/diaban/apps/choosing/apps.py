from django.apps import AppConfig


class ChoosingConfig(AppConfig):
    name = "diaban.apps.choosing"
    label = "choosing"
    default_auto_field = "django.db.models.BigAutoField"
