from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    name = "diaban.apps.concerns"
    label = "concerns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models can be imported only once every app is loaded.
        from diaban.apps.concerns.neighbours import concerns_of_clauses, concerns_of_task, raise_about_clause
        from diaban.apps.concerns.waiting import NEXT_WORD, next_word
        from diaban.apps.programme.neighbours import ClauseKind, register_clause_kind, register_neighbours
        from diaban.ui.navigation import announce

        announce("concerns:list", next_word, NEXT_WORD)
        register_neighbours("concerns", concerns_of_task)
        register_clause_kind("concerns", ClauseKind(concerns_of_clauses, raise_about_clause))
