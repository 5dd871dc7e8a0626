"""One's own account: who one is here, what one holds, where one is signed in; and the password."""

from __future__ import annotations

from typing import cast

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diaban.adapters.clock import now, today
from diaban.apps.access import Permission, guard
from diaban.apps.accounts import actions, queries
from diaban.apps.accounts.forms import PasswordForm
from diaban.apps.accounts.keys.queries import factors, lacks
from diaban.apps.accounts.keys.views import confirmed
from diaban.apps.accounts.models import User
from diaban.apps.accounts.sign_in import actions as door
from diaban.apps.accounts.sign_in import brake, links, steps
from diaban.apps.accounts.sign_in.queries import sessions
from diaban.apps.accounts.sign_in.sessions import SessionStore
from diaban.apps.accounts.sign_in.views import visitor


@guard(Permission.OWN_ACCOUNT)
@never_cache
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """Show one's own account."""
    user, at = cast(User, request.user), now()
    told = {
        "my_posts": queries.my_posts(user, today()),
        "unit_name": queries.unit_name(user, today()),
        "sees_journal": user.rights(today()).holds(Permission.AUDIT_VIEW),
        "factors": factors(user),
        "owes_factor": lacks(user, at.date()),
        "sessions": sessions(user, current=request.session.session_key, at=at),
        "organisation": settings.OIDC,
        "links": links.links_of(user),
        "confirmed": steps.is_confirmed(request, at),
    }
    return render(request, "accounts/own.html", told)


@guard(Permission.OWN_ACCOUNT)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; one stays signed in here, and is signed out elsewhere."""
    user = cast(User, request.user)
    who, at = visitor(request, user.get_username(), "confirm"), now()
    # The present password is guessed here as well as at the door: it is slowed in the same way.
    early = request.method == "POST" and not brake.enter(who, at=at)
    form = PasswordForm(request.POST or None, user=user, early=early)
    if request.method == "POST":
        valid = form.is_valid()
        if not early and "old" not in form.errors:
            brake.passed(who, at=at)
        if valid:
            actions.change_password(
                by=user, at=at, password=form.cleaned_data["new"], session=request.session.session_key
            )
            update_session_auth_hash(request, user)
            messages.success(
                request, _("Đã đổi mật khẩu. Các máy khác đang đăng nhập bằng tài khoản này phải đăng nhập lại.")
            )
            return redirect("accounts:own")
    return render(request, "accounts/password.html", {"form": form})


@guard(Permission.OWN_ACCOUNT)
@require_POST
def session_end(request: HttpRequest, mark: str) -> HttpResponse:
    """End one of one's own sessions; ending the present one is signing out."""
    user = cast(User, request.user)
    ended = door.end_sessions(of=user, by=user, at=now(), marks=[mark])
    if not SessionStore().exists(request.session.session_key or ""):
        request.session.flush()
        return redirect("accounts:login")
    if ended:
        messages.success(request, _("Đã kết thúc phiên."))
    return redirect("accounts:own")


@guard(Permission.OWN_ACCOUNT)
@require_POST
def session_end_others(request: HttpRequest) -> HttpResponse:
    """End all one's sessions but this one."""
    user = cast(User, request.user)
    ended = door.end_sessions(of=user, by=user, at=now(), keep=request.session.session_key)
    messages.success(request, _("Đã kết thúc {n} phiên khác.").format(n=ended))
    return redirect("accounts:own")


@guard(Permission.OWN_ACCOUNT)
@confirmed
@require_POST
def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the link to the organisation's account."""
    user = cast(User, request.user)
    try:
        links.unlink(by=user, link=get_object_or_404(SocialAccount, pk=pk, user=user), at=now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Đã bỏ liên kết tài khoản của cơ quan."))
    return redirect("accounts:own")
