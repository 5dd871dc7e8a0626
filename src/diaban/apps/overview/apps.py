from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "diaban.apps.overview"
    label = "overview"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from diaban.apps.overview import waiting
        from diaban.ui.navigation import announce, keep_doors

        keep_doors(waiting.opens)
        announce("hotspots:list", waiting.watches_over, waiting.WATCHES_OVER)
        announce("localities:cycles", waiting.units_to_settle, waiting.UNITS_TO_SETTLE)
