from __future__ import annotations

from django.urls import path

from diaban.apps.places import views

app_name = "places"
urlpatterns = [
    path("", views.listing, name="list"),
    path("tim/", views.search, name="search"),
    path("ranh-gioi/", views.boundaries, name="boundaries"),
    path("nhap-csv/", views.units_csv, name="units_csv"),
    path("dia-ban/", views.work_area, name="area"),
    path("<str:uid>/", views.detail, name="detail"),
    path("<str:uid>/dan-so/", views.declare, name="declare"),
]
