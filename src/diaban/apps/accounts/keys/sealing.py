"""The secret of an app lies sealed in the database, bound to its officer."""

from __future__ import annotations

import base64

from diaban.adapters.crypto.sealing import Place, seal, unseal
from diaban.apps.accounts.models import User
from diaban.apps.vault.keys import ring


def sealed(secret: str, user: User, *, column: str = "secret") -> str:
    """Return `secret` sealed for this officer's row, as text. `column` is "pending" until it was proved to work."""
    return base64.b64encode(seal(ring(), secret.encode(), _place(user, column))).decode()


def opened(envelope: str, user: User, *, column: str = "secret") -> str:
    """Return what was sealed. Raises `SealError` when it is another officer's, or damaged."""
    return unseal(ring(), base64.b64decode(envelope), _place(user, column)).decode()


def _place(user: User, column: str) -> Place:
    return Place("mfa_authenticator", column, f"user:{user.pk}")
