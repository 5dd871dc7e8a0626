"""Codes that change every half minute (RFC 6238), recovery codes, the picture from which an app reads its secret."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from io import BytesIO
from urllib.parse import quote, urlencode

import qrcode  # type: ignore[import-untyped]
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils.crypto import get_random_string, salted_hmac
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

PERIOD = 30  # seconds
DRIFT = 1  # steps that a clock may be wrong by, either way
RECOVERY_CODES = 10
RECOVERY_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
RECOVERY_LENGTH = 10  # 20**10 is 43 bits


def step_of(secret: str, code: str, *, at: datetime, after: int = -1) -> int | None:
    """Return the time step that `code` is for; None when it is for none near `at`, or for one not later than `after`.

    The step is kept by the caller, so that no code is taken twice.
    """
    given = "".join(code.split())
    here = int(at.timestamp()) // PERIOD
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        right = hmac.compare_digest(given.encode(), format_hotp_value(hotp_value(secret, step)).encode())
        if right and step > after:
            found = step
    return found


def address(secret: str, *, username: str, issuer: str) -> str:
    """Return the `otpauth:` address that an app reads."""
    label = quote(f"{issuer}:{username}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"


def picture(text: str) -> bytes:
    """Return `text` as a QR code, an SVG on white."""
    buffer = BytesIO()
    qrcode.make(text, image_factory=SvgPathFillImage, border=3).save(buffer)
    return buffer.getvalue()


def new_recovery_codes() -> list[str]:
    """Return fresh codes, each "BCDFG-HJKLM"."""
    found = [get_random_string(RECOVERY_LENGTH, RECOVERY_LETTERS) for _ in range(RECOVERY_CODES)]
    return [f"{code[:5]}-{code[5:]}" for code in found]


def recovery_digest(code: str, salt: str) -> str:
    """Return what is kept of a recovery code."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac(f"diaban.recovery.{salt}", letters, algorithm="sha256").hexdigest()


def new_salt() -> str:
    """Return a salt for one set of recovery codes."""
    return secrets.token_hex(8)
