"""What a task, a sentence and the first page tell of issues, each within the reader's sight."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from programme_overview_world import AT, PLAN, World, build, fill

from cast import TODAY
from diaban.apps.concerns import actions, queries
from diaban.apps.concerns.actions import Issue
from diaban.apps.concerns.models import Concern
from diaban.apps.concerns.queries import Asking, voice_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return fill(build())


def some_path(world: World) -> str:
    """A sentence that is followed up."""
    return next(path for path, clause in world.clauses.items() if clause.for_tasks.exists())


def raised(world: World, **more: object) -> Concern:
    issue = Issue(
        unit=world.home, topic="means", subject="Thiếu que thử", words="Đề nghị cấp.",
        addressed=world.agencies["syt"], **more,
    )  # type: ignore[arg-type]  # fmt: skip
    return actions.raise_concern(by=world.cast["binh"], at=AT, issue=issue)


def text(world: World, name: str, address: str, status: int = 200) -> str:
    client = Client()
    client.force_login(world.cast[name])
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_tree_counts_the_issues_of_a_sentence_for_whoever_sees_them(world: World) -> None:
    clause = world.clauses[some_path(world)]
    row = raised(world, clause=clause)
    Concern.objects.filter(pk=row.pk).update(due=TODAY - timedelta(days=2))
    tree, address = reverse("programme:tree", args=[PLAN]), f"{reverse('concerns:list')}?dieu={clause.key}"
    for name in ("binh", "lan", "an", "giang"):
        page = text(world, name, tree)
        assert f'<a href="{address}">1 vướng mắc, 1 chưa khép lại</a> <b>1 quá hạn</b>' in page
    assert address not in text(world, "ha", tree), "another commune does not see it"
    assert row.code in text(world, "lan", address)
    assert row.code not in text(world, "ha", address)


def test_a_sentence_leads_to_raising_an_issue_about_it(world: World) -> None:
    clause = world.clauses[some_path(world)]
    way = f"{reverse('concerns:new')}?dieu={clause.key}"
    tree = reverse("programme:tree", args=[PLAN])
    assert f'<a href="{way}">Nêu vướng mắc về câu này</a>' in text(world, "binh", tree)
    assert clause.text in text(world, "binh", way)
    assert way not in text(world, "minh", tree), "who decides for the province raises nothing"


def test_a_task_shows_its_issues_with_what_is_late(world: World) -> None:
    task = next(one for one in world.tasks.values() if one.unit_id is None)
    row = raised(world, task=task)
    Concern.objects.filter(pk=row.pk).update(due=TODAY - timedelta(days=2))
    page = reverse("programme:task", args=[task.code])
    detail, listed = reverse("concerns:detail", args=[row.code]), f"{reverse('concerns:list')}?nhiem_vu={task.code}"
    seen = text(world, "lan", page)
    assert detail in seen
    assert "<b>quá hạn" in seen
    assert listed in seen
    assert detail not in text(world, "ha", page)
    assert row.code in text(world, "an", listed)
    assert row.code not in text(world, "an", f"{reverse('concerns:list')}?nhiem_vu=NV-999999")


def test_withdrawn_ones_are_left_out_and_closed_ones_say_so(world: World) -> None:
    clause = world.clauses[some_path(world)]
    first, gone = raised(world, clause=clause), raised(world, clause=clause)
    actions.take_step(by=world.cast["binh"], at=AT, concern=gone, verb="withdraw", words="Nhầm.")
    actions.take_step(by=world.cast["giang"], at=AT, concern=first, verb="answer", words="Đã cấp.")
    actions.take_step(by=world.cast["binh"], at=AT, concern=first, verb="close")
    page = text(world, "lan", reverse("programme:tree", args=[PLAN]))
    assert "1 vướng mắc đã khép lại" in page
    tied = queries.tied_to_clauses(world.cast["lan"].rights(TODAY), {clause.key})
    assert (tied[clause.key].n, tied[clause.key].open, tied[clause.key].late) == (1, 0, 0)


def test_a_sentence_out_of_sight_lists_nothing(world: World) -> None:
    row = raised(world, clause=world.clauses[some_path(world)])
    assert row.code not in text(world, "an", f"{reverse('concerns:list')}?dieu=999999")
    assert queries.found(Asking(clause=None), voice_of(world.cast["an"], TODAY)).filter(pk=row.pk).exists()


def test_what_waits_of_issues_stands_on_the_page_of_my_work(world: World) -> None:
    raised(world)
    mine = text(world, "giang", reverse("programme:mine"))
    assert "vướng mắc chờ tiếp nhận, trả lời, hoặc chờ xem trả lời" in mine
    assert "vướng mắc chờ tiếp nhận" not in text(world, "khoa", reverse("programme:mine"))
