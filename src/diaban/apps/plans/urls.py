from __future__ import annotations

from django.urls import path

from diaban.apps.plans.views import clauses, editor, indicators, lists, pages

app_name = "plans"
DRAFT = "<slug:code>/ban/<int:seq>/ra-soat/"
CLAUSE = f"{DRAFT}<int:clause>/"
urlpatterns = [
    path("", lists.index, name="list"),
    path("doc-van-ban/", lists.read, name="read"),
    path("danh-muc/", lists.catalogue, name="catalogue"),
    path("ban/<int:pk>/", lists.version_number, name="version_number"),
    path("chi-so/<slug:code>/", indicators.indicator, name="indicator"),
    path("<slug:code>/", pages.detail, name="detail"),
    path("<slug:code>/sua-doi/", pages.amend, name="amend"),
    path("<slug:code>/so-sanh/", pages.compare, name="compare"),
    path("<slug:code>/ket-thuc/", pages.end, name="end"),
    path("<slug:code>/cap-xa/", pages.own, name="own"),
    path("<slug:code>/ban/<int:seq>/", pages.detail, name="version"),
    path("<slug:code>/ban/<int:seq>/ghep/<int:clause>/", pages.rematch, name="rematch"),
    path(DRAFT, editor.edit, name="edit"),
    path(f"{DRAFT}thao-tac/", editor.act, name="act"),
    path(f"{DRAFT}dau-van-ban/", editor.head, name="head"),
    path(f"{DRAFT}dua-vao-thuc-hien/", editor.force, name="force"),
    path(f"{DRAFT}bo/", editor.discard, name="discard"),
    path(f"{DRAFT}them/<int:clause>/", clauses.add, name="add"),
    path(CLAUSE, clauses.clause, name="clause"),
    path(f"{CLAUSE}chi-tieu/<int:pk>/", clauses.goal, name="goal"),
    path(f"{CLAUSE}nhiem-vu/<int:pk>/", clauses.duty, name="duty"),
]
