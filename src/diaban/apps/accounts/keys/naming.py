"""What keys and apps are told about the house and the officer."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Naming(DefaultMFAAdapter):  # type: ignore[misc]  # allauth tells no types
    """The house's name in the words of the interface; no mail."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": gettext_lazy("Mã không đúng.")}

    def get_totp_issuer(self) -> str:
        return str(_("Địa bàn"))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": self.get_totp_issuer()}

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        return str(user.get_username())

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """Send nothing: a closed network has no mail; the log and the account page tell."""
