from __future__ import annotations

from django.urls import path

from diaban.apps.exchange import views

app_name = "exchange"
urlpatterns = [
    path("", views.home, name="home"),
    path("mau/<slug:sheet>.xlsx", views.template, name="template"),
    path("nhap/<slug:sheet>/", views.upload, name="upload"),
    path("xuat/<slug:sheet>.<slug:extension>", views.export, name="export"),
    path("lo/<slug:number>/", views.show, name="batch"),
    path("lo/<slug:number>/kiem-tra/", views.recheck, name="recheck"),
    path("lo/<slug:number>/loi/", views.annotated_copy, name="annotated"),
    path("lo/<slug:number>/xac-nhan/", views.confirm, name="confirm"),
    path("lo/<slug:number>/ghi/", views.write, name="write"),
    path("lo/<slug:number>/hoan-tac/", views.undo, name="undo"),
    path("lo/<slug:number>/bo/", views.throw_away, name="discard"),
]
