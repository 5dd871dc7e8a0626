"""Second factors: set up, remove, recovery codes; each only shortly after proving oneself."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import wraps
from typing import cast
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard
from diaban.apps.accounts.keys import actions, codes
from diaban.apps.accounts.keys.forms import CodeForm, KeyForm
from diaban.apps.accounts.keys.queries import KEY, TOTP, factors
from diaban.apps.accounts.keys.sealing import opened, sealed
from diaban.apps.accounts.models import User
from diaban.apps.accounts.sign_in import actions as door
from diaban.apps.accounts.sign_in import brake, steps
from diaban.apps.accounts.sign_in.views import LONGEST_PASSWORD, take_factor, visitor

IN_SETUP = "app_in_setup"
View = Callable[..., HttpResponse]


def confirmed(view: View) -> View:
    """Ask to prove oneself anew before `view`, unless that was a few minutes ago."""

    @wraps(view)
    def asked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if steps.is_confirmed(request, now()):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else resolve_url("accounts:own")
        return redirect(f"{resolve_url('accounts:confirm')}?{urlencode({'next': back}, safe='/')}")

    return asked


@guard(Permission.OWN_ACCOUNT)
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Let one prove to be oneself: with the password, a code or a key."""
    user, onward = cast(User, request.user), steps.onward(request)
    if request.method == "POST" and _proved(request, user):
        steps.confirm(request, now())
        return redirect(onward or "accounts:own")
    told = {"factors": factors(user), "next": onward, "refused": request.method == "POST"}
    return render(request, "accounts/confirm.html", told)


def _proved(request: HttpRequest, user: User) -> bool:
    if "password" not in request.POST:
        return bool(take_factor(request, user, step="confirm"))
    at = now()
    who = visitor(request, user.get_username(), "confirm")
    if not brake.enter(who, at=at):
        return False
    right = user.check_password(request.POST["password"][:LONGEST_PASSWORD])
    if right:
        brake.passed(who, at=at)
    else:
        door.refuse(visitor=who, at=at, how="confirm")
    return right


@guard(Permission.OWN_ACCOUNT)
@never_cache
@require_POST
def key_question(request: HttpRequest) -> HttpResponse:
    """Return what the browser needs to ask for one of one's own keys."""
    return JsonResponse(actions.ask_key(user=cast(User, request.user)))


@guard(Permission.OWN_ACCOUNT)
@confirmed
@never_cache
@sensitive_post_parameters("code")
@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """Set up an app that shows codes: its secret is sealed in the session until a code proved that it works."""
    user = cast(User, request.user)
    form = CodeForm(request.POST or None)
    if request.method == "GET" or IN_SETUP not in request.session:
        request.session[IN_SETUP] = sealed(generate_totp_secret(), user)
    secret = opened(request.session[IN_SETUP], user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_app(by=user, at=now(), secret=secret, code=form.cleaned_data["code"])
        except ValidationError as error:
            form.add_error("code", error)
        else:
            del request.session[IN_SETUP]
            messages.success(request, _("Đã thêm ứng dụng tạo mã."))
            return _onward(user)
    spaced = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    return render(request, "accounts/app.html", {"form": form, "secret": spaced, "factors": factors(user)})


@guard(Permission.OWN_ACCOUNT)
@confirmed
@never_cache
@require_GET
def app_picture(request: HttpRequest) -> HttpResponse:
    """Draw the secret that is being set up as a QR code."""
    user = cast(User, request.user)
    if IN_SETUP not in request.session:
        return redirect("accounts:app")
    secret = opened(request.session[IN_SETUP], user)
    address = codes.address(secret, username=user.get_username(), issuer=_("Địa bàn"))
    return HttpResponse(codes.picture(address), content_type="image/svg+xml")


@guard(Permission.OWN_ACCOUNT)
@confirmed
@never_cache
@require_http_methods(["GET", "POST"])
def key_add(request: HttpRequest) -> HttpResponse:
    """Add a security key or passkey."""
    user = cast(User, request.user)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_key(by=user, at=now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Đã thêm khóa."))
            return _onward(user)
    host = request.get_host().partition(":")[0]
    by_number = host.replace(".", "").isdecimal() or host.startswith("[")
    unfit = by_number or not (request.is_secure() or host == "localhost")
    return render(request, "accounts/key_add.html", {"form": form, "unfit": unfit, "factors": factors(user)})


@guard(Permission.OWN_ACCOUNT)
@never_cache
@require_POST
def key_options(request: HttpRequest) -> HttpResponse:
    """Return what the browser needs to make a new key."""
    if not steps.is_confirmed(request, now()):
        return JsonResponse({}, status=409)
    passwordless = request.POST.get("passwordless") == "on"
    return JsonResponse(actions.begin_key(user=cast(User, request.user), passwordless=passwordless))


@guard(Permission.OWN_ACCOUNT)
@confirmed
@never_cache
@require_http_methods(["GET", "POST"])
def factor_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one of one's own second factors, after asking."""
    user = cast(User, request.user)
    factor = get_object_or_404(Authenticator, pk=pk, user=user, type__in=(TOTP, KEY))
    if request.method == "POST":
        actions.remove(by=user, at=now(), factor=factor)
        messages.success(request, _("Đã gỡ."))
        return redirect("accounts:own")
    return render(request, "accounts/factor_remove.html", {"factor": factor, "factors": factors(user)})


@guard(Permission.OWN_ACCOUNT)
@confirmed
@never_cache
@require_http_methods(["GET", "POST"])
def recovery(request: HttpRequest) -> HttpResponse:
    """Make recovery codes and show them this once."""
    user = cast(User, request.user)
    has = factors(user)
    if not has.any:
        messages.warning(
            request, _("Mã dự phòng chỉ có ích khi đã có ứng dụng tạo mã hoặc khóa. Hãy thêm một trong hai trước.")
        )
        return redirect("accounts:own")
    fresh = actions.new_recovery_codes(by=user, at=now()) if request.method == "POST" else []
    return render(request, "accounts/recovery.html", {"codes": fresh, "factors": has})


@guard(Permission.OWN_ACCOUNT)
@confirmed
@never_cache
@sensitive_post_parameters("code")
@require_POST
def recovery_file(request: HttpRequest) -> HttpResponse:
    """Send back as a file the codes that the page holds: only such as are this officer's own, nothing is kept."""
    user = cast(User, request.user)
    has, given = factors(user), request.POST.getlist("code")[: codes.RECOVERY_CODES]
    salt = has.recovery.data["salt"] if has.recovery else ""
    kept = has.recovery.data["digests"] if has.recovery else []
    real = [one for one in given if any(hmac.compare_digest(codes.recovery_digest(one, salt), own) for own in kept)]
    if not real or len(real) != len(given):
        return HttpResponseBadRequest()
    head = _("Mã dự phòng đăng nhập Địa bàn của {name}. Mỗi mã dùng một lần. Cất như giấy tờ mật.")
    text = "\r\n".join([head.format(name=user.get_username()), "", *given, ""])
    return HttpResponse(
        "\ufeff" + text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="ma-du-phong.txt"'},
    )


def _onward(user: User) -> HttpResponse:
    """Return the way after a new factor: to recovery codes when there are none yet."""
    return redirect("accounts:own" if factors(user).recovery else "accounts:recovery")
