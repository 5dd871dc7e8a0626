"""Addresses of analyses and alerts."""

from __future__ import annotations

from django.urls import path

from diaban.apps.analyses.views import alerts, asking, results

app_name = "analyses"
urlpatterns = [
    path("", asking.home, name="home"),
    path("lich-su/", asking.history, name="list"),
    path("hoi/<slug:question>/", asking.ask, name="ask"),
    path("tra-loi/<slug:code>/", results.result, name="result"),
    path("tra-loi/<slug:code>/hoi-lai/", asking.again, name="again"),
    path("tra-loi/<slug:code>/ket-qua.<str:form>", results.export, name="export"),
    path("tra-loi/<slug:code>/<int:row>/de-nghi/", results.propose, name="propose"),
    path("bao-dong/", alerts.index, name="alerts"),
    path("bao-dong/muc/", alerts.rate, name="rate"),
    path("bao-dong/vu/<slug:code>/", alerts.detail, name="alert"),
    path("bao-dong/vu/<slug:code>/<slug:verb>/", alerts.step, name="alert_step"),
]
