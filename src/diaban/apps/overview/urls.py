from __future__ import annotations

from django.urls import path

from diaban.apps.overview import views

app_name = "overview"
urlpatterns = [
    path("", views.home, name="home"),
    path("nhat-ky/", views.journal, name="journal"),
]
