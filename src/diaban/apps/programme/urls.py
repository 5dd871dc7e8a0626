from __future__ import annotations

from django.urls import path

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
]
