from __future__ import annotations

from django.urls import path

from diaban.apps.inbox import views

app_name = "inbox"
urlpatterns = [
    path("", views.inbox, name="list"),
    path("<int:pk>/mo/", views.follow, name="open"),
    path("<int:pk>/da-doc/", views.mark_read, name="read"),
    path("<int:pk>/chua-doc/", views.mark_unread, name="unread"),
    path("da-doc/", views.mark_all, name="read_all"),
    path("hoan-tac/", views.undo, name="undo"),
    path("thu-dien-tu/", views.mail, name="mail"),
    path("lich.ics", views.calendar, name="calendar"),
    path("khong-toi-ai/", views.unreached, name="unreached"),
    path("nhac/", views.remind, name="remind"),
]
