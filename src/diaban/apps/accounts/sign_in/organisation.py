"""Sign-in with the organisation's own account (OpenID Connect). It opens accounts made beforehand and makes none.

The code flow with PKCE and state is allauth's. Ours: the nonce, the signature of the identity token checked always
(allauth trusts the connection), only asymmetric algorithms, and the decision whose account it is.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.adapters.clock import now
from diaban.apps.accounts.models import User
from diaban.apps.accounts.sign_in import actions, browsers, links, steps
from diaban.apps.accounts.sign_in.brake import Visitor

logger = logging.getLogger(__name__)
PROVIDER = "oidc"
CONNECT = "connect"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY = 30  # seconds that the two clocks may differ


class Server(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth tells no types
    """The organisation's server, as its own description tells of it."""

    def get_provider(self) -> Provider:
        return provider(self.request)

    @property
    def openid_config(self) -> Any:
        found = super().openid_config
        if str(found.get("issuer", "")).rstrip("/") != settings.OIDC["issuer"]:
            raise OAuth2Error("the server describes another issuer")
        return found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:  # noqa: ARG002
        return request.build_absolute_uri(reverse("accounts:organisation_back"))

    def complete_login(
        self,
        request: HttpRequest,  # noqa: ARG002
        app: SocialApp,
        token: SocialToken,  # noqa: ARG002
        **kwargs: Any,
    ) -> SocialLogin:
        claims = self._claims(app, str(kwargs["response"].get("id_token") or ""))
        account = SocialAccount(provider=links.issuer(), uid=str(claims["sub"]), extra_data=claims)
        return SocialLogin(account=account)

    def _claims(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Return what the identity token says; its signature, issuer, audience and time are right."""
        config = self.openid_config
        with get_adapter().get_requests_session() as session:
            reply = session.get(config["jwks_uri"])
            reply.raise_for_status()
        try:
            key = jwt.PyJWKSet.from_dict(reply.json())[jwt.get_unverified_header(id_token)["kid"]]
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=config["issuer"],
                leeway=LEEWAY,
                options={"require": ["iss", "aud", "exp", "iat", "sub", "nonce"]},
            )
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise OAuth2Error(f"identity token: {type(error).__name__}") from error
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != app.client_id:
            raise OAuth2Error("identity token: for another party")
        return claims


class Provider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth tells no types
    """Asks for as little as tells who it is; every request carries a nonce of its own."""

    oauth2_adapter_class = Server

    def get_default_scope(self) -> list[str]:
        claim = settings.OIDC["username_claim"]
        return ["openid", *(["email"] if claim == "email" else ["profile"] if claim else [])]

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **_kwargs: Any
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        away: HttpResponse = super().redirect(
            request, process, next_url, data, auth_params={"nonce": nonce}, nonce=nonce
        )
        return away


def provider(request: HttpRequest) -> Provider:
    """Return the organisation's server as the settings name it."""
    known = settings.OIDC
    app = SocialApp(
        provider="openid_connect",
        provider_id=PROVIDER,
        name=known["name"],
        client_id=known["client_id"],
        secret=known["client_secret"],
        settings={"server_url": known["issuer"], "oauth_pkce_enabled": True},
    )
    return Provider(request, app=app)


def came_back(request: HttpRequest, came: SocialLogin) -> HttpResponse:
    """Sign in, link, or refuse whoever comes back with a checked identity token."""
    claims = came.account.extra_data
    if not hmac.compare_digest(str(came.state.get("nonce", "")), str(claims["nonce"])):
        return failed(request, "identity token: another nonce")
    if len(str(claims["sub"])) > links.SUBJECT_LENGTH:
        return failed(request, "identity token: a subject that is too long")
    if came.state.get("process") == CONNECT:
        return _link(request, str(claims["sub"]))
    user = links.owner(claims, at=now())
    if user is None:
        return failed(request, "no account is linked to this subject")
    return steps.proceed(request, user=user, how="organisation", onward=came.state.get("next") or "")


def _link(request: HttpRequest, subject: str) -> HttpResponse:
    user = request.user
    if not isinstance(user, User) or not steps.is_confirmed(request, now()):
        return redirect("accounts:own")
    try:
        links.link(by=user, subject=subject, at=now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Đã liên kết tài khoản của cơ quan."))
    return redirect("accounts:own")


def failed(request: HttpRequest, why: str) -> HttpResponse:
    """Say calmly that the door stays closed: the same words whatever the reason; the reason is for the log."""
    logger.warning("organisation's sign-in refused: %s", why[:200])
    visitor = Visitor("", browsers.network(request))
    actions.refuse(visitor=visitor, at=now(), how="organisation")
    return render(request, "accounts/organisation_refused.html", {"name": settings.OIDC["name"]}, status=403)
