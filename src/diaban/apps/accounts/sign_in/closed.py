"""Nobody makes an account for themself, by whatever way in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest
from requests import Session

from diaban.apps.accounts.sign_in import organisation

TIMEOUT = 10  # seconds for each question to the organisation's server


class NoSignUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth tells no types
    """Sign-up is closed, and no mail is ever sent: a closed network has no mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing."""


class _Bounded(Session):
    """Asks with a time limit and follows no redirection: an address that moved is a mistake in the settings."""

    def request(self, *args: Any, **kwargs: Any) -> Any:
        return super().request(*args, **{**kwargs, "timeout": TIMEOUT, "allow_redirects": False})


class NoSocialSignUp(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth tells no types
    """What comes back from the organisation's server is judged by `organisation` alone."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        raise ImmediateHttpResponse(organisation.came_back(request, sociallogin))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,  # noqa: ARG002
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,  # noqa: ARG002
    ) -> None:
        raise ImmediateHttpResponse(organisation.failed(request, str(exception or error or "")))

    def get_requests_session(self) -> Session:
        return _Bounded()
