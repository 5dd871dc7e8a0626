"""The API: one router per app, one shape of refusal, a description in OpenAPI 3.1.

Whoever signed in uses it with the session's cookie; what changes something carries the CSRF token as the pages do.
The same policy decides, the same actions write, the same log remembers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import PathView
from ninja.security import SessionAuth

from diaban.adapters.clock import today
from diaban.apps.access import AccessRefused, Asked, Permission, asked_of, guard, rights_of
from diaban.apps.access.guard import MARK
from diaban.apps.accounts import api as accounts
from diaban.apps.accounts.middleware import write_absence, write_refusal
from diaban.apps.accounts.sign_in.gate import owes
from diaban.apps.agencies import api as agencies
from diaban.apps.concerns import api as concerns
from diaban.apps.hotspots import api as hotspots
from diaban.apps.inbox import api as inbox
from diaban.apps.jobs import api as jobs
from diaban.apps.localities import api as localities
from diaban.apps.localities.figures import BadFigure
from diaban.apps.localities.stages import Refused
from diaban.apps.overview import api as overview
from diaban.apps.places import api as places
from diaban.apps.plans import api as plans
from diaban.apps.programme import api as programme
from diaban.apps.reports import api as reports
from diaban.apps.staff import api as staff
from diaban.core.lifecycle import StepRefused

BY_METHOD = "access_asked_by_method"


class SignedIn(SessionAuth):
    """The session of somebody who owes nothing first (a password known to others, a second factor still to set up).

    The endpoint's permission is asked here, before a body is read: what somebody may not do does not tell them what it
    would need. An endpoint that declares nothing opens to nobody.
    """

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Return who it is, or None, which is answered by 401. Raises `AccessRefused` (403)."""
        user = super().authenticate(request, key)
        if user is None or owes(user, today()):
            return None
        match = request.resolver_match
        asked: Asked | None = getattr(match.func, BY_METHOD, {}).get(request.method) if match else None
        if asked is None:
            raise LookupError(f"{request.path}: put @asks(Permission…) on the endpoint")
        rights = rights_of(request)
        if not asked.admits(rights):
            raise AccessRefused(asked.refusal(rights))
        return user


api = NinjaAPI(
    title="Diaban",
    version="1",
    description="Sổ điểm, tụ điểm, vụ việc; phân loại địa bàn; báo cáo; nhật ký.",
    urls_namespace="api",
    auth=SignedIn(),
    docs_url=None,
    openapi_url=None,
)
for part in (
    accounts,
    staff,
    places,
    hotspots,
    localities,
    reports,
    jobs,
    overview,
    inbox,
    plans,
    programme,
    agencies,
    concerns,
):
    api.add_router("", part.router)
SERVED = api.urls[0]  # asking for the addresses attaches the routers within routers: before that they are not listed


def problem(status: int, title: str, *, reason: str = "", problems: list[dict[str, str]] | None = None) -> HttpResponse:
    """Return an answer that is no success (RFC 9457)."""
    told: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "reason": reason}
    told["problems"] = problems or []
    return JsonResponse(
        told, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": True}
    )


@api.exception_handler(AccessRefused)
def _refused(request: HttpRequest, refused: AccessRefused) -> HttpResponse:
    write_refusal(request, refused)
    return problem(403, _("Tài khoản này không được làm việc này"), reason=refused.verdict.reason.render(_))


@api.exception_handler(Http404)
def _absent(request: HttpRequest, absent: Http404) -> HttpResponse:  # noqa: ARG001
    write_absence(request)
    return problem(404, _("Không có trang này"))


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, stranger: AuthenticationError) -> HttpResponse:  # noqa: ARG001
    return problem(401, _("Cần đăng nhập."))


@api.exception_handler(ValidationError)
def _unreadable(request: HttpRequest, wrong: ValidationError) -> HttpResponse:  # noqa: ARG001
    found = [
        {"field": ".".join(str(part) for part in one["loc"][1:]), "message": str(one["msg"])} for one in wrong.errors
    ]
    return problem(422, _("Dữ liệu gửi lên chưa đúng"), problems=found)


@api.exception_handler(StepRefused)
def _not_now(request: HttpRequest, refused: StepRefused) -> HttpResponse:  # noqa: ARG001
    found = [{"field": one.field, "message": one.message.render(_)} for one in refused.problems]
    return problem(422, _("Dữ liệu gửi lên chưa đúng"), problems=found)


@api.exception_handler(Refused)
def _not_permitted_now(request: HttpRequest, refused: Refused) -> HttpResponse:  # noqa: ARG001
    found = [{"field": refused.field, "message": str(refused)}]
    return problem(422, _("Dữ liệu gửi lên chưa đúng"), problems=found)


@api.exception_handler(BadFigure)
def _bad_figure(request: HttpRequest, refused: BadFigure) -> HttpResponse:  # noqa: ARG001
    found = [{"field": refused.figure, "message": str(refused)}]
    return problem(422, _("Dữ liệu gửi lên chưa đúng"), problems=found)


@api.exception_handler(HttpError)
def _other(request: HttpRequest, error: HttpError) -> HttpResponse:  # noqa: ARG001
    # The only 403 of the library itself is the missing CSRF token.
    return problem(error.status_code, _("Phiên làm việc đã cũ") if error.status_code == 403 else str(error))


def described() -> dict[str, Any]:
    """Return the description: what is no success has the media type of a problem (RFC 9457)."""
    told: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    for operations in told["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if not status.startswith("2") and "application/json" in answer.get("content", {}):
                    answer["content"] = {"application/problem+json": answer["content"]["application/json"]}
    return told


@guard(Permission.OWN_ACCOUNT)
def description(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Return the description of the API in OpenAPI 3.1."""
    return JsonResponse(described(), json_dumps_params={"ensure_ascii": True})


def endpoints() -> Iterator[tuple[str, str, Asked]]:
    """Yield method, path and what is asked for, of every endpoint. Raises when one declares nothing."""
    for _prefix, router in api._routers:
        for address, view in router.path_operations.items():
            for operation in view.operations:
                asked = asked_of(operation.view_func)
                if asked is None:
                    raise LookupError(f"{address}: put @asks(Permission…) on {operation.view_func.__name__}")
                for method in operation.methods:
                    yield method, f"/api/v1{address}", asked


def routes() -> list[URLPattern]:
    """Return the API's addresses. Strangers are told 401 by the API itself instead of being sent to the door."""
    described = path("openapi.json", description, name="openapi")
    served = [one for one in SERVED if isinstance(one, URLPattern) and one.name != "api-root"]
    return [described, *(URLPattern(one.pattern, _open(one.callback), name=one.name) for one in served)]


def _open(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let the API itself ask who comes; name what each method asks for, and to the matrix what any of them does."""
    opened = login_not_required(view)
    closure = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
    operations = [one for held in closure if isinstance(held, PathView) for one in held.operations]
    asked = {method: found for one in operations if (found := asked_of(one.view_func)) for method in one.methods}
    if asked:
        permissions = tuple(dict.fromkeys(one for each in asked.values() for one in each.permissions))
        setattr(opened, MARK, Asked(permissions))
        setattr(opened, BY_METHOD, asked)
    return opened
