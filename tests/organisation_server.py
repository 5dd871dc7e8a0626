"""An OpenID Connect server of some organisation, in a process of its own: allauth's provider on an empty Django site.

Run as `python organisation_server.py PORT FOLDER REDIRECT`. Whoever opens /as/NAME is signed in there as NAME. A few
names make the server misbehave: what it says of them is not what an honest server would.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

CLIENT, SECRET = "diaban", "a-secret-between-servers"
WRONG = {
    "wrong-audience": {"aud": "another-client"},
    "two-audiences": {"aud": [CLIENT, "another-client"]},
    "expired": {"exp": int(time.time()) - 3600},
    "wrong-issuer": {"iss": "http://127.0.0.1:1"},
    "wrong-nonce": {"nonce": "of-another-visit"},
    "no-nonce": {"nonce": None},
    "no-subject": {"sub": None},
    "long-subject": {"sub": "s" * 5000},
}


def configure(folder: Path, key: str) -> None:
    settings.configure(
        DEBUG=False,
        SECRET_KEY="only-for-tests",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="organisation_site",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "server.sqlite3")}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        SESSION_COOKIE_NAME="organisation",
        IDP_OIDC_PRIVATE_KEY=key,
        IDP_OIDC_ADAPTER="organisation_site.Adapter",
        USE_TZ=True,
    )


def main(port: str, folder: str, redirect: str) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    configure(Path(folder), key.private_bytes(*form).decode())
    django.setup()
    call_command("migrate", verbosity=0)

    import waitress
    from allauth.idp.oidc.models import Client
    from django.core.wsgi import get_wsgi_application

    client = Client(id=CLIENT, name="Diaban", scopes="openid\nprofile", redirect_uris=redirect, skip_consent=True)
    client.set_secret(SECRET)
    client.save()
    waitress.serve(get_wsgi_application(), host="127.0.0.1", port=int(port), threads=4)


if __name__ == "__main__":
    main(*sys.argv[1:])
