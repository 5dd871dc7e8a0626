from __future__ import annotations

from django.urls import path

from diaban.apps.localities.views import cycles, declare, stages, standing

app_name = "localities"
urlpatterns = [
    path("", cycles.cycles, name="cycles"),
    path("<int:year>/", cycles.cycle, name="cycle"),
    path("<int:year>/thiet-dat/", cycles.settings, name="settings"),
    path("<int:year>/trang-thai/", cycles.move, name="move"),
    path("<int:year>/tinh/", cycles.province, name="province"),
    path("<int:year>/quyet-dinh/", stages.decide_many, name="decide_many"),
    path("<int:year>/tham-dinh/", stages.appraise_many, name="appraise_many"),
    path("<int:year>/<str:uid>/", standing.standing, name="standing"),
    path("<int:year>/<str:uid>/khai/", declare.declare, name="declare"),
    path("<int:year>/<str:uid>/lay-theo-so/", declare.take, name="take"),
    path("<int:year>/<str:uid>/tu-danh-gia/", stages.self_assess, name="self_assess"),
    path("<int:year>/<str:uid>/tham-dinh/", stages.appraise, name="appraise"),
    path("<int:year>/<str:uid>/tra-lai/", stages.send_back, name="send_back"),
    path("<int:year>/<str:uid>/quyet-dinh/", stages.decide, name="decide"),
]
