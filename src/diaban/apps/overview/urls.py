from __future__ import annotations

from django.urls import path

from diaban.apps.overview import views
from diaban.apps.overview.journal.views import export, journal

app_name = "overview"
urlpatterns = [
    path("", views.home, name="home"),
    path("nhat-ky/", journal, name="journal"),
    path("nhat-ky/xuat.<str:extension>", export, name="journal_export"),
]
