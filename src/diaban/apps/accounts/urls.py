"""Every address of accounts. Of allauth's own pages none is mounted."""

from __future__ import annotations

from django.urls import path

from diaban.apps.accounts import views
from diaban.apps.accounts.keys import views as keys
from diaban.apps.accounts.sign_in import views as door

app_name = "accounts"
urlpatterns = [
    path("dang-nhap/", door.login, name="login"),
    path("dang-nhap/khoa/", door.passkey, name="passkey"),
    path("dang-nhap/khoa/cau-hoi/", door.passkey_question, name="passkey_question"),
    path("dang-nhap/buoc-hai/", door.second, name="second"),
    path("dang-nhap/buoc-hai/cau-hoi/", door.second_question, name="second_question"),
    path("dang-nhap/co-quan/", door.organisation_begin, name="organisation"),
    path("dang-nhap/co-quan/ve/", door.organisation_back, name="organisation_back"),
    path("kich-hoat/", door.activate, name="activate"),
    path("phien/", door.state, name="state"),
    path("dang-xuat/", door.logout, name="logout"),
    path("", views.own, name="own"),
    path("mat-khau/", views.password, name="password"),
    path("phien/<mark>/ket-thuc/", views.session_end, name="session_end"),
    path("phien/ket-thuc-khac/", views.session_end_others, name="session_end_others"),
    path("lien-ket/<int:pk>/bo/", views.unlink, name="unlink"),
    path("xac-nhan/", keys.confirm, name="confirm"),
    path("xac-nhan/cau-hoi/", keys.key_question, name="key_question"),
    path("ung-dung/", keys.app, name="app"),
    path("ung-dung/ma-qr.svg", keys.app_picture, name="app_picture"),
    path("khoa/", keys.key_add, name="key_add"),
    path("khoa/tham-so/", keys.key_options, name="key_options"),
    path("yeu-to/<int:pk>/go/", keys.factor_remove, name="factor_remove"),
    path("ma-du-phong/", keys.recovery, name="recovery"),
    path("ma-du-phong/tep/", keys.recovery_file, name="recovery_file"),
]
