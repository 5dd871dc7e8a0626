from __future__ import annotations

from django.urls import path

from diaban.apps.programme.views import giving, keeping, many, tasks, turns
from diaban.apps.programme.views.overview import boards, gantts, gaps, lists, mine, rollups, summaries, trees

app_name = "programme"
urlpatterns = [
    path("", lists.index, name="list"),
    path("cua-toi/", mine.mine, name="mine"),
    path("bang/", boards.board, name="board"),
    path("lich/", boards.calendar, name="calendar"),
    path("tien-do/", gantts.gantt, name="gantt"),
    path("qua-han/", gaps.overdue, name="overdue"),
    path("chua-giao/", gaps.unowned, name="unowned"),
    path("co-quan/", rollups.agencies, name="agencies"),
    path("cac-xa/", rollups.grid, name="grid"),
    path("ke-hoach/<slug:code>/", trees.index, name="tree"),
    path("ke-hoach/<slug:code>/ban/<int:seq>/", trees.index, name="tree"),
    path("ke-hoach/<slug:code>/tom-tat/", summaries.summary, name="summary"),
    path("giao/", giving.new, name="new"),
    path("xac-nhan/", many.confirm, name="confirm"),
    path("xuat.<slug:form>", many.export, name="export"),
    path("viec/<slug:code>/", tasks.page, name="task"),
    path("viec/<slug:code>/sua/", keeping.edit, name="edit"),
    path("viec/<slug:code>/chuc-danh/", keeping.post, name="post"),
    path("viec/<slug:code>/giao-xuong/", keeping.cascade, name="cascade"),
    path("viec/<slug:code>/dieu-khoan/", keeping.clauses, name="clauses"),
    path("viec/<slug:code>/khep/<slug:how>/", keeping.close, name="close"),
    path("viec/<slug:code>/lan/<int:seq>/minh-chung/", turns.add_evidence, name="evidence"),
    path("viec/<slug:code>/lan/<int:seq>/gia-han/", turns.ask_extension, name="extension"),
    path("viec/<slug:code>/lan/<int:seq>/lam/<slug:verb>/", turns.work, name="work"),
    path("viec/<slug:code>/lan/<int:seq>/duyet/<slug:verb>/", turns.judge, name="judge"),
    path("viec/<slug:code>/lan/<int:seq>/giao/<slug:verb>/", turns.settle, name="settle"),
    path("minh-chung/<int:pk>/tep/", turns.file, name="file"),
    path("minh-chung/<int:pk>/rut/", turns.withdraw_evidence, name="evidence_withdraw"),
    path("gia-han/<int:pk>/", turns.decide_extension, name="decide"),
    path("gia-han/<int:pk>/rut/", turns.withdraw_extension, name="extension_withdraw"),
]
