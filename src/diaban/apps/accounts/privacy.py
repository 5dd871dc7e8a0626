"""The privacy class of every field of this app (`core.privacy`)."""

from __future__ import annotations

from diaban.core.privacy import classed

# What a browser sends of itself and who is away when is data of an officer in office; whatever opens a door is secret.
FIELDS = {
    "accounts.User": classed(
        internal="id is_superuser is_staff is_active unit must_change_password groups user_permissions",
        officer="last_login username first_name last_name email date_joined full_name title",
        locked="password",
    ),
    "accounts.Assignment": classed(
        internal="id role line unit start end given_at ended_at", officer="user document end_reason given_by ended_by"
    ),
    "accounts.Delegation": classed(
        internal="id assignment start end given_at ended_at", officer="receiver reason given_by ended_by"
    ),
    "accounts.Session": classed(
        internal="expire_date", officer="user began_at seen_at browser how", locked="session_key session_data"
    ),
    "accounts.Activation": classed(
        internal="id issued_at expires_at used_at withdrawn_at", officer="user issued_by", locked="digest"
    ),
    "accounts.Brake": classed(internal="failures refused last_at opens_at", locked="key"),
    "accounts.AppSecret": classed(internal="id row_uid factor step", locked="secret"),
}
