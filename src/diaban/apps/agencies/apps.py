from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "diaban.apps.agencies"
    label = "agencies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models can be imported only once every app is loaded.
        from diaban.apps.agencies.panels import owner_fact, owner_panel
        from diaban.apps.hotspots.facts import register_fact
        from diaban.apps.places.panels import register_panel

        register_panel("agencies", owner_panel)
        register_fact("agencies", owner_fact)
