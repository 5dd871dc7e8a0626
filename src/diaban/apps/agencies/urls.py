"""Addresses of agencies, posts and charges."""

from __future__ import annotations

from django.urls import path

from diaban.apps.agencies import views

app_name = "agencies"
urlpatterns = [
    path("", views.index, name="list"),
    path("moi/", views.new, name="new"),
    path("nap-danh-muc/", views.load, name="load"),
    path("chua-phan-cong/", views.unowned, name="unowned"),
    path("giao-xa/", views.assign_units, name="assign_units"),
    path("giao-diem/", views.assign_spots, name="assign_spots"),
    path("chuc-danh/<int:pk>/", views.post, name="post"),
    path("chuc-danh/<int:pk>/sua/", views.post_edit, name="post_edit"),
    path("chuc-danh/<int:pk>/ket-thuc/", views.post_end, name="post_end"),
    path("chuc-danh/<int:pk>/nguoi-giu/", views.holder, name="holder"),
    path("chuc-danh/<int:pk>/thoi-giu/", views.vacate, name="vacate"),
    path("chuc-danh/<int:pk>/ban-giao/", views.hand_over, name="hand_over"),
    path("phan-cong/<int:pk>/ket-thuc/", views.charge_end, name="charge_end"),
    path("danh-muc/<slug:code>/", views.agency, name="agency"),
    path("danh-muc/<slug:code>/sua/", views.agency_edit, name="agency_edit"),
    path("danh-muc/<slug:code>/ket-thuc/", views.agency_end, name="agency_end"),
    path("danh-muc/<slug:code>/chuc-danh-moi/", views.post_new, name="post_new"),
]
