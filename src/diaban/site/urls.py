"""Every address of the site, one line per app."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from diaban.site import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("diaban.apps.overview.urls")),
    path("", include("diaban.apps.staff.urls")),
    path("don-vi/", include("diaban.apps.places.urls")),
    path("bao-cao/", include("diaban.apps.reports.urls")),
    path("phan-loai/", include("diaban.apps.localities.urls")),
    path("tai-khoan/", include("diaban.apps.accounts.urls")),
    path("nhap-xuat/", include("diaban.apps.exchange.urls")),
    path("viec/", include("diaban.apps.jobs.urls")),
    path("", include("diaban.apps.hotspots.urls")),
    path("phan-tich/", include("diaban.apps.analyses.urls")),
    path("hop-thu/", include("diaban.apps.inbox.urls")),
    path("co-quan/", include("diaban.apps.agencies.urls")),
    path("ke-hoach/", include("diaban.apps.plans.urls")),
    path("nhiem-vu/", include("diaban.apps.programme.urls")),
    path("vuong-mac/", include("diaban.apps.concerns.urls")),
    path("lua-chon/", include("diaban.apps.choosing.urls")),
    path("chuyen-hoa/", include("diaban.apps.transformation.urls")),
    path("api/v1/", include((api.routes(), "api"))),
    path("ngon-ngu/", login_not_required(set_language), name="set_language"),
]

handler400 = "diaban.site.errors.bad_request"
handler403 = "diaban.site.errors.forbidden"
handler404 = "diaban.site.errors.not_found"
handler500 = "diaban.site.errors.server_error"
