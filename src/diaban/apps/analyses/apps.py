from django.apps import AppConfig


class AnalysesConfig(AppConfig):
    name = "diaban.apps.analyses"
    label = "analyses"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models can be imported only once every app is loaded.
        from diaban.apps.analyses.beside import origin_fact, watch_fact
        from diaban.apps.analyses.waiting import OPEN_ALERTS, open_alerts
        from diaban.apps.hotspots.facts import register_fact
        from diaban.ui.navigation import announce

        announce("analyses:home", open_alerts, OPEN_ALERTS)
        register_fact("analyses", origin_fact)
        register_fact("analyses-after", watch_fact)
