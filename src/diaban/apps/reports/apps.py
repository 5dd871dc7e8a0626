from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "diaban.apps.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models can be imported only once every app is loaded.
        from diaban.apps.reports import waiting
        from diaban.ui.navigation import announce

        announce("reports:list", waiting.dossiers, waiting.DOSSIERS)
