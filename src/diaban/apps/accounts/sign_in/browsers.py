"""Which browser this is: known to an account by a signed cookie, to its owner by two words."""

from __future__ import annotations

import secrets
from ipaddress import IPv6Network, ip_address

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

from diaban.apps.accounts.models import User

COOKIE_DAYS = 400  # browsers keep none longer
SALT = "diaban.browser"
NAMES = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("coc_coc_browser", "Cốc Cốc"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def words(request: HttpRequest) -> str:
    """Return "Chrome · Windows", or what of it is known. The full description is not kept."""
    agent = request.headers.get("User-Agent", "")
    found = [next((word for sign, word in table if sign in agent), "") for table in (NAMES, SYSTEMS)]
    return " · ".join(filter(None, found))


def network(request: HttpRequest) -> str:
    """Return the network that counts as one: an IPv4 address, or the /64 that one IPv6 subscriber holds."""
    given = request.META.get("REMOTE_ADDR") or ""
    try:
        address = ip_address(given)
    except ValueError:
        return ""
    if address.version == 6:
        return str(IPv6Network((address, 64), strict=False))
    return str(address)


def known(request: HttpRequest, username: str) -> str:
    """Return this browser's own number for the account, or "" when the account was never entered from here."""
    try:
        name, number = signing.loads(request.COOKIES.get(_cookie(username), ""), salt=SALT, max_age=COOKIE_DAYS * 86400)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(number) if name == username.strip().casefold() else ""


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this browser be known to the account from now on."""
    name = user.get_username().strip().casefold()
    number = known(request, name) or secrets.token_urlsafe(12)
    response.set_cookie(
        _cookie(name),
        signing.dumps([name, number], salt=SALT),
        max_age=COOKIE_DAYS * 86400,
        path=reverse("accounts:own"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _cookie(username: str) -> str:
    """Return the cookie's name. It does not show whose it is; under HTTPS no page without it can set one."""
    prefix = "__Secure-may_" if settings.SESSION_COOKIE_SECURE else "may_"
    return prefix + salted_hmac(SALT, username.strip().casefold(), algorithm="sha256").hexdigest()[:16]
