"""Settings of the web process. Every name read from the environment is documented in docs/reference/settings.md."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlparse

from csp.constants import NONE, SELF

from diaban.site import databases, mail

PACKAGE = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool) -> bool:
    raw = os.environ.get(name)
    if raw is None or raw == "":
        return default
    if raw not in ("0", "1"):
        raise SystemExit(f"{name}={raw!r}: chỉ nhận 0 hoặc 1 (accepts 0 or 1 only)")
    return raw == "1"


def _number(name: str, default: int) -> int:
    """Return a whole number from 1 on."""
    raw = os.environ.get(name) or str(default)
    if not raw.isdecimal() or int(raw) < 1:
        raise SystemExit(f"{name}={raw!r}: chỉ nhận số nguyên từ 1 (accepts whole numbers from 1)")
    return int(raw)


def _one_of(name: str, default: str) -> str:
    raw = os.environ.get(name) or default
    if raw not in ("off", "administrators", "all"):
        raise SystemExit(f"{name}={raw!r}: chỉ nhận off, administrators hoặc all (accepts off, administrators or all)")
    return raw


def _oidc() -> dict[str, str]:
    """Return how the organisation's own sign-in (OpenID Connect) is reached; {} when it is not used."""
    read = {
        "issuer": (os.environ.get("DIABAN_OIDC_ISSUER") or "").rstrip("/"),
        "client_id": os.environ.get("DIABAN_OIDC_CLIENT_ID") or "",
        "client_secret": os.environ.get("DIABAN_OIDC_CLIENT_SECRET") or "",
        "name": os.environ.get("DIABAN_OIDC_NAME") or "SSO",
        "username_claim": os.environ.get("DIABAN_OIDC_USERNAME_CLAIM") or "",
    }
    if not read["issuer"]:
        return {}
    parts = urlparse(read["issuer"])
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise SystemExit("DIABAN_OIDC_ISSUER: cần địa chỉ https:// (needs an https:// address)")
    if not read["client_id"]:
        raise SystemExit("DIABAN_OIDC_CLIENT_ID: cần khi đặt DIABAN_OIDC_ISSUER (needed with DIABAN_OIDC_ISSUER)")
    return read


def _count(name: str, default: int) -> int:
    raw = os.environ.get(name) or str(default)
    if not raw.isdecimal() or int(raw) < 1:
        raise SystemExit(f"{name}={raw!r}: chỉ nhận số nguyên từ 1 (accepts whole numbers from 1)")
    return int(raw)


def _home() -> Path:
    """Return where data lives when nobody said: the user's own data folder."""
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Diaban"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "diaban"


DATA_DIR = Path(os.environ.get("DIABAN_DATA_DIR") or _home()).resolve()
KEY_DIR = Path(os.environ.get("DIABAN_KEY_DIR") or DATA_DIR / "keys").resolve()


def _factor(name: str) -> float:
    raw = os.environ.get(name) or "1"
    if not re.fullmatch(r"\d{1,3}([.]\d{1,2})?", raw):
        raise SystemExit(
            f"{name}={raw!r}: chỉ nhận số từ 0 trở lên, ví dụ 0.5 hoặc 2 (accepts a number such as 0.5 or 2)"
        )
    return float(raw)


def _secret_key() -> str:
    """Return the key from the environment, or one kept in the data folder (made on first use, mode 600)."""
    if given := os.environ.get("DIABAN_SECRET_KEY"):
        return given
    path = DATA_DIR / "secret-key"
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        try:
            DATA_DIR.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SystemExit(f"DIABAN_DATA_DIR: không tạo được thư mục {DATA_DIR} ({error.strerror}).") from None
        key = secrets.token_urlsafe(50)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
                handle.write(key)
        except FileExistsError:
            return path.read_text(encoding="utf-8")
        return key


DEBUG = _flag("DIABAN_DEBUG", False)
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = (os.environ.get("DIABAN_ALLOWED_HOSTS") or "127.0.0.1,localhost,[::1]").split(",")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_tasks",
    "django_tasks_db",
    "diaban.ui.apps.UiConfig",
    "diaban.apps.vault.apps.VaultConfig",
    "diaban.apps.access.apps.AccessConfig",
    "diaban.apps.places.apps.PlacesConfig",
    "diaban.apps.accounts.apps.AccountsConfig",
    "diaban.apps.audit.apps.AuditConfig",
    "diaban.apps.jobs.apps.JobsConfig",
    "diaban.apps.exchange.apps.ExchangeConfig",
    "diaban.apps.staff.apps.StaffConfig",
    "diaban.apps.hotspots.apps.HotspotsConfig",
    "diaban.apps.localities.apps.LocalitiesConfig",
    "diaban.apps.inbox.apps.InboxConfig",
    "diaban.apps.analyses.apps.AnalysesConfig",
    "diaban.apps.agencies.apps.AgenciesConfig",
    "diaban.apps.plans.apps.PlansConfig",
    "diaban.apps.programme.apps.ProgrammeConfig",
    "diaban.apps.concerns.apps.ConcernsConfig",
    "diaban.apps.choosing.apps.ChoosingConfig",
    "diaban.apps.transformation.apps.TransformationConfig",
    "diaban.apps.reports.apps.ReportsConfig",
    "diaban.apps.overview.apps.OverviewConfig",
]

_MAIN = databases.main(DATA_DIR)
DATABASES = {"default": _MAIN, **databases.walled(INSTALLED_APPS, DATA_DIR, _MAIN)}
DATABASE_ROUTERS = ["diaban.apps.vault.router.WallRouter"]

MIDDLEWARE = [
    "diaban.site.middleware.Headers",
    "csp.middleware.CSPMiddleware",
    "diaban.site.middleware.ChosenLanguage",
    "django.middleware.security.SecurityMiddleware",
    "diaban.site.middleware.Admission",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "diaban.site.middleware.Ceilings",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "diaban.apps.accounts.sign_in.gate.SessionLimits",
    "diaban.apps.accounts.sign_in.gate.SignedIn",
    "diaban.apps.accounts.sign_in.gate.FirstThings",
    "diaban.apps.accounts.middleware.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "diaban.site.urls"
WSGI_APPLICATION = "diaban.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "diaban.ui.context.frame",
                "diaban.apps.places.scope.context",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # accounts from before; hashed anew at the next sign-in
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "diaban.apps.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "diaban.apps.accounts.passwords.NotCommon"},
    {"NAME": "diaban.apps.accounts.passwords.NotLocal"},
]
ACTIVATION_DAYS = _number("DIABAN_ACTIVATION_DAYS", 7)

# Sessions: how long without a request, and how long at all.
SESSION_ENGINE = "diaban.apps.accounts.sign_in.sessions"
SESSION_IDLE_SECONDS = 60 * _number("DIABAN_SESSION_IDLE_MINUTES", 60)
SESSION_COOKIE_AGE = SESSION_LIFE_SECONDS = 3600 * _number("DIABAN_SESSION_HOURS", 12)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Cookies: none is for scripts, none for other sites; under HTTPS bound to this very host (`__Host-`).
HTTPS = _flag("DIABAN_HTTPS", False)
TRUSTED_PROXY = os.environ.get("DIABAN_TRUSTED_PROXY") or ""
ASSUME_HTTPS = HTTPS and not TRUSTED_PROXY
_HOST = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_HOST}diaban"
CSRF_COOKIE_NAME = f"{_HOST}diaban-form"
LANGUAGE_COOKIE_NAME = f"{_HOST}diaban-language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
CSRF_FAILURE_VIEW = "diaban.site.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # a cookie would keep names in the browser

# Headers: the rest is in site/middleware/headers.py.
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
API_PREFIX = "/api/"

# Second factors and the organisation's own sign-in. Of allauth's pages none is mounted; ours stand on its parts.
REQUIRE_MFA = _one_of("DIABAN_REQUIRE_MFA", "administrators" if SESSION_COOKIE_SECURE else "off")
ACCOUNT_EMAIL_VERIFICATION = SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "diaban.apps.accounts.sign_in.closed.NoSignUp"
SOCIALACCOUNT_ADAPTER = "diaban.apps.accounts.sign_in.closed.NoSocialSignUp"
MFA_ADAPTER = "diaban.apps.accounts.keys.naming.Naming"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_USER_VERIFICATION = "preferred"
OIDC = _oidc()

# E-mail: off unless a server is named; what it may say is in apps/inbox/mailing.py.
MAIL = mail.server()
MAIL_DOMAINS = mail.domains()
SITE_ADDRESS = mail.site_address()

# Ceilings: docs/reference/limits.md.
REQUEST_MAX_BYTES = 48 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 10
LIMIT_FACTOR = _factor("DIABAN_LIMIT_FACTOR")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "files"
BACKUP_DIR = os.environ.get("DIABAN_BACKUP_DIR") or ""
BACKUP_PASSPHRASE_FILE = os.environ.get("DIABAN_BACKUP_PASSPHRASE_FILE") or ""
BACKUP_KEEP = _count("DIABAN_BACKUP_KEEP", 14)
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"bare": {"()": "diaban.site.logs.BareFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "bare"}},
    # Django's own handlers would write around the formatter.
    "loggers": {"django": {"handlers": []}, "django.server": {"handlers": [], "propagate": True}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
DEFAULT_EXCEPTION_REPORTER = "diaban.site.logs.BareReporter"
if DEBUG and not set(ALLOWED_HOSTS) <= {"127.0.0.1", "localhost", "[::1]"}:
    raise SystemExit("DIABAN_DEBUG=1 chỉ dùng trên chính máy này: bỏ DIABAN_ALLOWED_HOSTS (for this machine only)")
