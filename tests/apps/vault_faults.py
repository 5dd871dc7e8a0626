"""The product's addresses and some that fail with what they were given, as careless code would."""

from __future__ import annotations

import logging

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from diaban.site.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def given(request: HttpRequest) -> str:
    return f"{request.body!r} {request.GET.dict()} {request.COOKIES} {request.headers}"


@csrf_exempt
@login_not_required
def crash(request: HttpRequest, word: str = "") -> HttpResponse:
    local = given(request)
    try:
        int(local)
    except ValueError as error:
        raise RuntimeError(f"could not handle {local}") from error
    return HttpResponse()


@csrf_exempt
@login_not_required
def broken_row(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table WHERE name = %s", [given(request)])
    return HttpResponse()


def failing(error: type[Exception]) -> object:
    @csrf_exempt
    @login_not_required
    def view(request: HttpRequest) -> HttpResponse:
        raise error(given(request))

    return view


@csrf_exempt
@login_not_required
def talks(request: HttpRequest) -> HttpResponse:
    logging.getLogger("some.package").error("got %s and %d", given(request), 3)
    logging.getLogger("some.package").warning(f"got {given(request)}")
    logging.getLogger("diaban.apps.jobs").error("work %s of %s failed", "import.check", given(request))
    return HttpResponse("")


urlpatterns = [
    path("fault/crash/", crash),
    path("fault/crash/<str:word>/", crash),
    path("fault/row/", broken_row),
    path("fault/bad/", failing(BadRequest)),
    path("fault/odd/", failing(SuspiciousOperation)),
    path("fault/denied/", failing(PermissionDenied)),
    path("fault/missing/", failing(Http404)),
    path("fault/talks/", talks),
    path("", include("diaban.site.urls")),
]
