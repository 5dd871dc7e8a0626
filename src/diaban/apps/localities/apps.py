from django.apps import AppConfig


class LocalitiesConfig(AppConfig):
    name = "diaban.apps.localities"
    label = "localities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models can be imported only once every app is loaded.
        from diaban.apps.localities.panels import classes_panel
        from diaban.apps.places.panels import register_panel

        register_panel("localities", classes_panel)
