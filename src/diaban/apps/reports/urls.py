"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from diaban.apps.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.issue_list, name="list"),
    path("co-quan/", views.letterhead, name="letterhead"),
    path("<int:year>/", views.draft, name="draft"),
    path("<int:year>/phat-hanh/", views.make, name="issue"),
    path("<int:year>/<int:number>/", views.detail, name="detail"),
    path("<int:year>/<int:number>/tep/<str:fmt>/", views.download, name="download"),
]
