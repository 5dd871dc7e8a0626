from django.apps import AppConfig
from django.core import checks


class VaultConfig(AppConfig):
    name = "diaban.apps.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The router asks the registry of apps, which is whole only now.
        from diaban.apps.vault.router import check_walls

        checks.register(check_walls, checks.Tags.models)
