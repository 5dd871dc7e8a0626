from django.apps import AppConfig


class HotspotsConfig(AppConfig):
    name = "diaban.apps.hotspots"
    label = "hotspots"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models can be imported only once every app is loaded.
        from diaban.apps.hotspots.panels import year_panel
        from diaban.apps.places.panels import register_panel

        register_panel("hotspots", year_panel)
