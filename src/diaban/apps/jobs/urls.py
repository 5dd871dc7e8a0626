from __future__ import annotations

from django.urls import path

from diaban.apps.jobs import views

app_name = "jobs"
urlpatterns = [
    path("<int:pk>/", views.show, name="run"),
    path("<int:pk>/tien-do/", views.progress, name="progress"),
    path("<int:pk>/dung/", views.cancel, name="cancel"),
]
