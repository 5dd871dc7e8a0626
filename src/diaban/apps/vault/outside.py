"""The privacy classes of tables that we did not write: Django's, allauth's, the job queue's."""

from __future__ import annotations

from diaban.core.privacy import classed

FIELDS = {
    "auth.Permission": classed(public="id name content_type codename"),
    "auth.Group": classed(internal="id name permissions"),
    "contenttypes.ContentType": classed(public="id app_label model"),
    "account.EmailAddress": classed(internal="id verified primary", officer="user email"),
    "account.EmailConfirmation": classed(internal="id created sent", officer="email_address", locked="key"),
    "mfa.Authenticator": classed(internal="id type created_at last_used_at", officer="user", locked="data"),
    "socialaccount.SocialApp": classed(internal="id provider provider_id name client_id", locked="secret key settings"),
    "socialaccount.SocialAccount": classed(
        internal="id provider", officer="user uid last_login date_joined extra_data"
    ),
    "socialaccount.SocialToken": classed(internal="id app account expires_at", locked="token token_secret"),
    "usersessions.UserSession": classed(
        internal="id created_at last_seen_at", officer="user ip user_agent data", locked="session_key"
    ),
    "sessions.Session": classed(internal="expire_date", locked="session_key session_data"),
    # A traceback and a result repeat what the work was about; the arguments are keys of records.
    "django_tasks_database.DBTaskResult": classed(
        internal="id status enqueued_at started_at finished_at args_kwargs priority task_path worker_ids queue_name "
        "backend_name run_after exception_class_path",
        sensitive="return_value traceback",
    ),
}
