"""Every address of the site, one line per app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("tai-khoan/", include("diaban.apps.accounts.urls")),
    path("ngon-ngu/", include("django.conf.urls.i18n")),
]
