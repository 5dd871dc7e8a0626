"""The product's addresses, and some that go wrong on purpose."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from diaban.apps.access import AccessRefused, Permission
from diaban.core.messages import say
from diaban.core.policy import Verdict
from diaban.site.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]
SECRET = "Nguyễn Văn Kín 079099001234"


@login_not_required
def crash(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


@login_not_required
def denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied(SECRET)


@login_not_required
def refused(request: HttpRequest) -> HttpResponse:
    reason = say("Đơn vị này ngoài phạm vi được giao.")
    raise AccessRefused(Verdict(False, "outside", reason, Permission.REGISTER_EXPORT))


@login_not_required
def odd(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation(SECRET)


@login_not_required
def gone(request: HttpRequest) -> HttpResponse:
    raise Http404(SECRET)


@login_not_required
def database(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok")


@login_not_required
def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.scheme} {request.META['REMOTE_ADDR']} {request.POST.get('a', '')}", "text/plain")


FAULTS = {"crash": crash, "denied": denied, "refused": refused, "odd": odd, "gone": gone, "db": database, "echo": echo}
urlpatterns = [
    *(path(f"loi/{name}", view) for name, view in FAULTS.items()),
    *(path(f"api/loi/{name}", view) for name, view in FAULTS.items()),
    path("", include("diaban.site.urls")),
]
