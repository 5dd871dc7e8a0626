"""Addresses of people and roles."""

from __future__ import annotations

from django.urls import path

from diaban.apps.staff import views

app_name = "staff"
urlpatterns = [
    path("nguoi/", views.people, name="people"),
    path("nguoi/moi/", views.new, name="new"),
    path("nguoi/ma/", views.codes, name="codes"),
    path("nguoi/tai-khoan/<str:username>/", views.person, name="person"),
    path("nguoi/tai-khoan/<str:username>/sua/", views.describe, name="describe"),
    path("nguoi/tai-khoan/<str:username>/giao/", views.assign, name="assign"),
    path("nguoi/tai-khoan/<str:username>/ma/", views.code, name="code"),
    path("nguoi/tai-khoan/<str:username>/ngung/", views.close, name="close"),
    path("nguoi/tai-khoan/<str:username>/dung-lai/", views.reopen, name="reopen"),
    path("nguoi/tai-khoan/<str:username>/ban-giao/", views.hand_over, name="hand_over"),
    path("nguoi/vai-tro/<int:pk>/thu/", views.end, name="end"),
    path("uy-quyen/", views.lending, name="lending"),
    path("uy-quyen/<int:pk>/thu/", views.take_back, name="take_back"),
    path("vai-tro/", views.roles, name="roles"),
    path("vai-tro/vi-sao/", views.why, name="why"),
    path("vai-tro/<slug:code>/", views.role, name="role"),
]
