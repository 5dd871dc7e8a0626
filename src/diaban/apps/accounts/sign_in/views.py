"""The door: password, passkey, the second step, the one-time code, and out again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from requests import RequestException

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard
from diaban.apps.accounts import actions as accounts
from diaban.apps.accounts.keys import actions as keys
from diaban.apps.accounts.keys.answers import read
from diaban.apps.accounts.keys.queries import factors
from diaban.apps.accounts.models import User
from diaban.apps.accounts.sign_in import actions, brake, browsers, organisation, steps
from diaban.apps.accounts.sign_in.brake import Visitor
from diaban.apps.accounts.sign_in.forms import ActivationForm

LONGEST_PASSWORD = 4096  # hashing time grows with length; nobody types more


def visitor(request: HttpRequest, name: str, step: str = "password") -> Visitor:
    """Return who tries, as the brake counts them."""
    return Visitor(name, browsers.network(request), browsers.known(request, name), step)


def answer_of(request: HttpRequest) -> dict[str, Any]:
    """Return what a key answered, as the page's script posted it."""
    return read(request.POST.get("credential", ""))


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Take a name and a password. Every refusal is the same page with the same words."""
    onward = steps.onward(request)
    if request.user.is_authenticated:
        return redirect(onward or "/")
    name = request.POST.get("username", "")[:150].strip()
    if request.method == "POST":
        user = actions.enter_with_password(
            visitor=visitor(request, name), password=request.POST.get("password", "")[:LONGEST_PASSWORD], at=now()
        )
        if user is not None:
            return steps.proceed(request, user=user, how="password", onward=onward)
    return _door(request, onward=onward, username=name, refused=request.method == "POST")


def _door(request: HttpRequest, **told: Any) -> HttpResponse:
    return render(
        request, "accounts/login.html", {**told, "ended": request.GET.get("phien", ""), "organisation": settings.OIDC}
    )


@login_not_required
@never_cache
@require_POST
def passkey_question(_request: HttpRequest) -> HttpResponse:
    """Return what the browser needs to ask for a passkey: the same for everybody."""
    return JsonResponse(keys.ask_key(user=None))


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """Take a passkey. It is two factors in one: the thing, and the finger or number that opens it."""
    onward = steps.onward(request)
    if request.method == "GET":
        return redirect("accounts:login")
    found = keys.use_key(user=None, at=now(), credential=answer_of(request))
    if found is None:
        actions.refuse(visitor=visitor(request, ""), at=now(), how="passkey")
        return _door(request, onward=onward, username="", refused=True)
    return steps.enter(request, user=found.user, how="passkey", onward=onward)


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Take the second factor: a code of the app, a recovery code, or a key."""
    waiting = steps.pending(request, now())
    if waiting is None or request.user.is_authenticated:
        return redirect("accounts:login")
    user = waiting.user
    if request.method == "POST":
        given = take_factor(request, user, step="second")
        if given:
            return steps.enter(request, user=user, how=waiting.how, onward=waiting.onward, second=given)
    return render(request, "accounts/second.html", {"factors": factors(user), "refused": request.method == "POST"})


def take_factor(request: HttpRequest, user: User, *, step: str) -> str:
    """Return which second factor was given rightly: "app", "recovery", "key"; "" when none was, or it is too early."""
    at = now()
    who = visitor(request, user.get_username(), step)
    if not brake.enter(who, at=at):
        return ""
    if "credential" in request.POST:
        given = "key" if keys.use_key(user=user, at=at, credential=answer_of(request)) else ""
    else:
        given = keys.use_code(user=user, at=at, code=request.POST.get("code", "")[:40])
    if given:
        brake.passed(who, at=at)
    else:
        actions.refuse(visitor=who, at=at, how=step)
    return given


@login_not_required
@never_cache
@require_POST
def second_question(request: HttpRequest) -> HttpResponse:
    """Return what the browser needs to ask for one of the officer's keys."""
    waiting = steps.pending(request, now())
    if waiting is None:
        return redirect("accounts:login")
    return JsonResponse(keys.ask_key(user=waiting.user))


@login_not_required
@never_cache
@sensitive_post_parameters("code", "new", "again")
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """Let an officer set a password with the one-time code that the unit's administrator handed over."""
    if request.user.is_authenticated:
        return redirect("/")
    form = ActivationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, at = form.cleaned_data, now()
        try:
            user = accounts.activate(username=given["username"], code=given["code"], password=given["new"], at=at)
        except ValidationError as error:
            form.add_error("new", error)
        else:
            if user is not None:
                return steps.proceed(request, user=user, how="code", onward="")
            actions.refuse(visitor=replace(visitor(request, given["username"]), step="code"), at=at, how="code")
            form.add_error(None, _("Tên đăng nhập hoặc mã không đúng, mã đã dùng hoặc đã hết hạn. Hãy xin mã mới."))
    return render(request, "accounts/activate.html", {"form": form})


@guard(Permission.OWN_ACCOUNT)
@never_cache
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End this session."""
    actions.sign_out(request=request, by=cast(User, request.user), at=now())
    return redirect("accounts:login")


@login_not_required
@never_cache
@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """Tell a page that has been open for a while whether its form can still be sent, and the token to send it with."""
    return JsonResponse({"signed_in": request.user.is_authenticated, "token": get_token(request)})


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def organisation_begin(request: HttpRequest) -> HttpResponse:
    """Lead to the organisation's server, by a page in between: the policy lets no form end outside this site."""
    if request.method == "GET" or not settings.OIDC:
        return redirect("accounts:login")
    process = organisation.CONNECT if request.user.is_authenticated else "login"
    if process == organisation.CONNECT and not steps.is_confirmed(request, now()):
        return redirect("accounts:own")
    try:
        away = organisation.provider(request).redirect(request, process, next_url=steps.onward(request))
    except (RequestException, OAuth2Error, KeyError, ValueError) as error:
        return organisation.failed(request, type(error).__name__)
    if away.status_code != 302:
        return away
    return render(
        request, "accounts/organisation_begin.html", {"address": away["Location"], "name": settings.OIDC["name"]}
    )


@login_not_required
@never_cache
@require_GET
def organisation_back(request: HttpRequest) -> HttpResponse:
    """Take what the organisation's server sends back."""
    if not settings.OIDC:
        return redirect("accounts:login")
    view = OAuth2CallbackView.adapter_view(organisation.Server(request, organisation.PROVIDER))
    try:
        found: HttpResponse = view(request)
    except (KeyError, ValueError, TypeError) as error:  # an answer that is no OpenID Connect at all
        return organisation.failed(request, type(error).__name__)
    return found
