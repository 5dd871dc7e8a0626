"""Which second factors an officer has, and whether one is asked of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from django.conf import settings

from diaban.apps.access import Permission
from diaban.apps.accounts.models import User

TOTP = Authenticator.Type.TOTP
KEY = Authenticator.Type.WEBAUTHN
RECOVERY = Authenticator.Type.RECOVERY_CODES


@dataclass(frozen=True, slots=True)
class Factors:
    """What an officer can prove themself with besides the password."""

    app: Authenticator | None
    keys: tuple[Authenticator, ...]
    recovery: Authenticator | None

    @property
    def any(self) -> bool:
        """Tell whether a second step follows the password. Recovery codes alone are none."""
        return self.app is not None or bool(self.keys)

    @property
    def recovery_left(self) -> int:
        """Return how many recovery codes are unused."""
        return len(self.recovery.data["digests"]) if self.recovery else 0


def factors(user: User) -> Factors:
    """Return the officer's second factors. One query."""
    found = list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at", "pk"))
    return Factors(
        app=next((one for one in found if one.type == TOTP), None),
        keys=tuple(one for one in found if one.type == KEY),
        recovery=next((one for one in found if one.type == RECOVERY), None),
    )


def must_have(user: User, on: date) -> bool:
    """Tell whether this installation asks a second factor of this officer (setting `DIABAN_REQUIRE_MFA`)."""
    if settings.REQUIRE_MFA == "all":
        return True
    if settings.REQUIRE_MFA == "administrators":
        rights = user.rights(on)
        return rights.holds(Permission.ACCOUNT_MANAGE) or rights.holds(Permission.UNIT_MANAGE)
    return False


def lacks(user: User, on: date) -> bool:
    """Tell whether the officer must still set up a second factor before anything else."""
    if settings.REQUIRE_MFA == "off":
        return False
    has = Authenticator.objects.filter(user_id=user.pk, type__in=(TOTP, KEY)).exists()
    return not has and must_have(user, on)
