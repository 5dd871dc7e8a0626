from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class InboxConfig(AppConfig):
    name = "diaban.apps.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load every app's `reminders.py`, where what is owed announces itself; show the number in the frame."""
        from diaban.apps.inbox.queries import unread_of
        from diaban.ui.navigation import keep_inbox

        autodiscover_modules("reminders")
        keep_inbox("inbox:list", unread_of)
