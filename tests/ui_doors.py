"""Addresses for the test of the doors: three exist, the others do not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


spots = ([path("", page, name="list"), path("vu-viec/", page, name="incidents")], "hotspots")
urlpatterns = [path("", include(([path("", page, name="home")], "overview"))), path("diem/", include(spots))]
