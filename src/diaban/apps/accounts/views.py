"""One's own account: who one is here, and the password."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard
from diaban.apps.accounts import actions
from diaban.apps.accounts.forms import PasswordForm
from diaban.apps.accounts.models import User


@guard(Permission.OWN_ACCOUNT)
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """Show one's own account."""
    return render(request, "accounts/own.html")


@guard(Permission.OWN_ACCOUNT)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; one stays signed in here, and is signed out elsewhere."""
    user = cast(User, request.user)
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        actions.change_password(by=user, at=now(), password=form.cleaned_data["new"])
        update_session_auth_hash(request, user)
        messages.success(
            request, _("Đã đổi mật khẩu. Các máy khác đang đăng nhập bằng tài khoản này phải đăng nhập lại.")
        )
        return redirect("accounts:own")
    return render(request, "accounts/password.html", {"form": form})
