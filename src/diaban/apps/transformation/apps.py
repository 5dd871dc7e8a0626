from django.apps import AppConfig


class TransformationConfig(AppConfig):
    name = "diaban.apps.transformation"
    label = "transformation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models can be imported only once every app is loaded.
        from diaban.apps.places.panels import register_panel
        from diaban.apps.transformation.panels import transformation_panel

        register_panel("transformation", transformation_panel)
