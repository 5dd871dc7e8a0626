from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "diaban.apps.programme"
    label = "programme"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models can be imported only once every app is loaded.
        from diaban.apps.hotspots.facts import register_fact
        from diaban.apps.places.panels import register_panel
        from diaban.apps.programme import carried
        from diaban.apps.programme.facts import evidence_fact
        from diaban.apps.programme.panels import tasks_panel
        from diaban.apps.programme.views.overview.mine import WAITS, waiting
        from diaban.ui.navigation import announce

        announce("programme:mine", waiting, WAITS)
        carried.register()
        register_panel("programme", tasks_panel)
        register_fact("programme", evidence_fact)
