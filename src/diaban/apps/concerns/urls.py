"""Addresses of issues."""

from __future__ import annotations

from django.urls import path

from diaban.apps.concerns import views

app_name = "concerns"
urlpatterns = [
    path("", views.index, name="list"),
    path("moi/", views.new, name="new"),
    path("tong-hop/", views.synthesis, name="synthesis"),
    path("vu/<slug:code>/", views.detail, name="detail"),
    path("vu/<slug:code>/<slug:verb>/", views.step, name="step"),
]
