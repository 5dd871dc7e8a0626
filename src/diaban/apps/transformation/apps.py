from django.apps import AppConfig


class TransformationConfig(AppConfig):
    name = "diaban.apps.transformation"
    label = "transformation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models can be imported only once every app is loaded.
        from diaban.apps.places.panels import register_panel
        from diaban.apps.programme.neighbours import register_neighbours
        from diaban.apps.transformation.neighbours import transformation_of_task
        from diaban.apps.transformation.panels import transformation_panel

        register_panel("transformation", transformation_panel)
        register_neighbours("transformation", transformation_of_task)
