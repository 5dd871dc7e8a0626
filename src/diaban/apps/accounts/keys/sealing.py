"""The secret of an app lies sealed in the session until a code has proved that the app knows it."""

from __future__ import annotations

import base64

from diaban.adapters.crypto.sealing import Place, seal, unseal
from diaban.apps.accounts.models import User
from diaban.apps.vault.keys import ring


def sealed(secret: str, user: User) -> str:
    """Return `secret` sealed for this officer, as text."""
    return base64.b64encode(seal(ring(), secret.encode(), _place(user))).decode()


def opened(envelope: str, user: User) -> str:
    """Return what was sealed. Raises `SealError` when it is another officer's, or its key is gone."""
    return unseal(ring(), base64.b64decode(envelope), _place(user)).decode()


def _place(user: User) -> Place:
    return Place("accounts_session", "app_in_setup", f"user:{user.pk}")
