"""How the mail server is reached, read from the environment. Without DIABAN_MAIL_HOST no e-mail leaves the house."""

from __future__ import annotations

import os
import re
from urllib.parse import urlparse

from diaban.adapters.mail import Server

_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def server() -> Server | None:
    """Return the mail server, or None when none is named. Raises `SystemExit` with what to set right."""
    host = (os.environ.get("DIABAN_MAIL_HOST") or "").strip()
    if not host:
        return None
    security = os.environ.get("DIABAN_MAIL_SECURITY") or "starttls"
    if security not in _PORTS:
        raise SystemExit(
            f"DIABAN_MAIL_SECURITY={security!r}: chỉ nhận starttls, tls hoặc none (accepts starttls, tls or none)"
        )
    port = os.environ.get("DIABAN_MAIL_PORT") or str(_PORTS[security])
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SystemExit(f"DIABAN_MAIL_PORT={port!r}: chỉ nhận số cổng từ 1 đến 65535 (accepts a port, 1 to 65535)")
    sender = os.environ.get("DIABAN_MAIL_SENDER") or ""
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", sender):
        raise SystemExit(
            "DIABAN_MAIL_SENDER: cần địa chỉ thư khi đặt DIABAN_MAIL_HOST (needs an address with DIABAN_MAIL_HOST)"
        )
    user, password = os.environ.get("DIABAN_MAIL_USER") or "", os.environ.get("DIABAN_MAIL_PASSWORD") or ""
    if user and security == "none":
        raise SystemExit(
            "DIABAN_MAIL_USER: không gửi mật khẩu qua đường không mã hóa, đặt DIABAN_MAIL_SECURITY=starttls hoặc tls"
            " (no password over an open line)"
        )
    return Server(host, int(port), security, sender, user, password)


def domains() -> tuple[str, ...]:
    """Return the domains to which e-mail may go; empty: any."""
    named = (os.environ.get("DIABAN_MAIL_DOMAINS") or "").split(",")
    return tuple(one.strip().lower().lstrip("@") for one in named if one.strip())


def site_address() -> str:
    """Return under which address people reach the house, without a slash at its end; empty when not set."""
    given = (os.environ.get("DIABAN_SITE_ADDRESS") or "").strip().rstrip("/")
    parts = urlparse(given)
    if given and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise SystemExit(f"DIABAN_SITE_ADDRESS={given!r}: cần dạng https://ten-may (needs the form https://host)")
    return given
