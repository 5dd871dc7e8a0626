from __future__ import annotations

from django.urls import path

from diaban.apps.hotspots.views import incidents, quick, routes, series, spots, steps, values, voiding

app_name = "hotspots"
urlpatterns = [
    path("diem/", spots.index, name="list"),
    path("diem/xuat.<slug:form>", spots.export, name="export"),
    path("diem/moi/", spots.new, name="new"),
    path("diem/gia-tri/", values.index, name="values"),
    path("diem/<int:pk>/", spots.detail, name="detail"),
    path("diem/<int:pk>/sua/", spots.edit, name="edit"),
    path("diem/<int:pk>/buoc/<slug:verb>/", steps.take, name="step"),
    path("diem/<int:pk>/hoan-tac/", steps.undo, name="undo"),
    path("<slug:what>/<int:pk>/huy-ghi-nhan/", voiding.void, name="void"),
    path("<slug:what>/<int:pk>/khoi-phuc/", voiding.restore, name="restore"),
    path("vu-viec/", incidents.index, name="incidents"),
    path("vu-viec/xuat.<slug:form>", incidents.export, name="incidents_export"),
    path("vu-viec/moi/", incidents.new, name="incident_new"),
    path("vu-viec/<int:pk>/", incidents.detail, name="incident"),
    path("vu-viec/<int:pk>/sua/", incidents.edit, name="incident_edit"),
    path("tuyen/", routes.index, name="routes"),
    path("tuyen/moi/", routes.new, name="route_new"),
    path("tuyen/<int:pk>/", routes.detail, name="route"),
    path("tuyen/<int:pk>/sua/", routes.edit, name="route_edit"),
    path("chuoi-so-lieu/", series.index, name="series"),
    path("chuoi-so-lieu/xuat.<slug:form>", series.export, name="series_export"),
    path("ghi-nhan/", quick.record, name="quick"),
]
