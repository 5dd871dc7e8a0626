"""How work stands and how it adds up: of a turn, a sentence, a tree; as a picture and in print."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from html import unescape

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from programme_overview_world import AT, DAY, PLAN, World, build, fill

from cast import TODAY
from diaban.apps.places import scope
from diaban.apps.plans.models import Clause, Plan, Version
from diaban.apps.programme.models import Task, TaskClause
from diaban.apps.programme.queries.overview.facts import Span, facts
from diaban.apps.programme.queries.overview.states import (
    SENTENCES,
    SOON_DAYS,
    WORKS,
    Sentence,
    Work,
    sentence_of,
    work_of,
)
from diaban.apps.programme.queries.overview.tree import kept, rolled, tree
from diaban.apps.programme.queries.overview.waiting import ownerless, pressing
from diaban.apps.programme.views.overview.trees import roll
from diaban.ui.charts.gantt import Span as Stretch
from diaban.ui.charts.gantt import Task as Row
from diaban.ui.charts.gantt import gantt_chart

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))
OPEN = (Work.LATE, Work.SOON, Work.REPORTED, Work.RUNNING, Work.UNDATED)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(scope, "today", lambda: TODAY)
    return fill(build())


@given(due=st.none() | DAYS, reported=st.booleans(), on=DAYS)
def test_an_open_turn_is_late_only_after_its_day_and_unreported(
    due: dt.date | None, reported: bool, on: dt.date
) -> None:
    work = work_of(due, reported, on)
    assert work in OPEN
    assert (work is Work.LATE) == (not reported and due is not None and due < on)
    assert (work is Work.SOON) == (not reported and due is not None and 0 <= (due - on).days <= SOON_DAYS)
    assert (work is Work.REPORTED) == reported


@given(
    counts=st.dictionaries(st.sampled_from(list(Work)), st.integers(0, 5)),
    targets=st.integers(0, 3),
    no_measure=st.booleans(),
)
def test_a_sentence_stands_as_its_most_urgent_task(counts: dict[Work, int], targets: int, no_measure: bool) -> None:
    state = sentence_of(counts, targets=targets, no_measure=no_measure)
    given_ = sum(n for work, n in counts.items() if work is not Work.OFF)
    assert (state is Sentence.LATE) == bool(counts.get(Work.LATE))
    assert (state is Sentence.NOBODY) == (not given_ and not targets and not no_measure)
    assert (state is Sentence.DONE) == (bool(given_) and given_ == counts.get(Work.DONE, 0))
    more = counts | {Work.LATE: counts.get(Work.LATE, 0) + 1}
    assert sentence_of(more, targets=targets, no_measure=no_measure) is Sentence.LATE


def test_every_state_has_words_a_sign_and_a_tone_of_its_own_sign() -> None:
    assert set(WORKS) == set(Work)
    assert set(SENTENCES) == set(Sentence)
    for looks in (WORKS.values(), SENTENCES.values()):
        assert len({look.sign for look in looks}) == len(looks), "grey print tells them apart by the sign"


@pytest.mark.django_db
def test_each_sentence_of_a_plan_stands_as_its_work_does(world: World) -> None:
    found = facts(Task.objects.all(), TODAY)
    tops = tree(world.version, found)
    nodes = {node.clause.path: node for top in tops for node in top.walk()}
    states = {path: node.state for path, node in nodes.items() if node.state}
    assert states == {
        "I.1": Sentence.UNMEASURED,
        "I.2": Sentence.TARGET,
        "II.1.-1": Sentence.LATE,
        "II.1.-2": Sentence.SOON,
        "II.1.-3": Sentence.DONE,
        "II.1.-4": Sentence.NOBODY,
        "II.2.-1": Sentence.RUNNING,
    }
    assert roll(nodes["II.1"].rolled) == "2/4 đúng hạn, 1 trễ, 1 chưa giao"
    assert roll(nodes["I"].rolled) == "1 chỉ có chỉ tiêu; 1 không đo"
    assert nodes["II.1.-1"].late_days == 12
    (piece,) = nodes["II.1.-1"].pieces
    assert piece.counts == Counter({Work.LATE: 2, Work.REPORTED: 1})
    assert sum(rolled(tops).values()) == len(states)
    only = kept(tops, frozenset({Sentence.NOBODY}))
    assert [node.clause.path for top in only for node in top.walk()] == ["II", "II.1", "II.1.-4"]


@pytest.mark.django_db
def test_the_sentences_that_are_nobodys_are_those_of_the_tree(world: World) -> None:
    seen = Task.objects.all()

    def both() -> tuple[set[str], set[str]]:
        nodes = [node for top in tree(world.version, facts(seen, TODAY)) for node in top.walk()]
        return (
            {node.clause.path for node in nodes if node.state is Sentence.NOBODY},
            set(ownerless(Plan.objects.all(), seen).values_list("path", flat=True)),
        )

    assert both() == ({"II.1.-4"}, {"II.1.-4"})
    Task.objects.filter(title="Quản lý điều trị").update(state=Task.State.CANCELLED)
    turn = world.tasks["Đợt cao điểm"].current
    assert turn is not None
    turn.state, turn.final = "dropped", True
    turn.save()
    assert both() == ({"II.1.-4", "II.2.-1", "II.1.-2"},) * 2
    Clause.objects.filter(path="II.1.-4").update(no_measure="chỉ khuyến khích")
    assert both() == ({"II.2.-1", "II.1.-2"},) * 2


@pytest.mark.django_db
def test_a_task_follows_its_sentence_through_an_amendment(world: World) -> None:
    second = Version.objects.create(
        plan=world.plan, seq=2, state="draft", number="2/KH-UBND", read_by="an", read_at=world.version.read_at
    )
    for clause in Clause.objects.filter(version=world.version).order_by("position"):
        Clause.objects.create(
            version=second, stem=clause, path=clause.path.replace("II.1.-1", "II.1.-9"), text=clause.text,
            position=clause.position, heading=clause.heading,
        )  # fmt: skip
    world.version.state = "superseded"
    world.version.save()
    second.state = "in_force"
    second.save()
    client = Client()
    client.force_login(world.cast["an"])
    new, old = (
        unescape(client.get(address).content.decode())
        for address in (f"/nhiem-vu/ke-hoach/{PLAN}/?mo=1", f"/nhiem-vu/ke-hoach/{PLAN}/ban/1/?mo=1")
    )
    for shown, path in ((new, "II.1.-9"), (old, "II.1.-1")):
        part = shown[shown.index(f'id="{path}"') :]
        assert "Rà soát toàn tỉnh" in part[: part.index("</li>\n</ul>") if "</li>\n</ul>" in part else 4000]
    linked = client.get("/nhiem-vu/", {"ke_hoach": PLAN, "dieu": "II.1.-9"}).context["total"]
    assert linked == client.get("/nhiem-vu/", {"ke_hoach": PLAN, "ban": "1", "dieu": "II.1.-1"}).context["total"] == 4


@pytest.mark.django_db
def test_the_most_urgent_turn_speaks_for_a_task(world: World) -> None:
    task = world.task("Báo cáo tháng", due=None, state="reported", regime="nd09", grain="month")
    world.turn(task, due=TODAY - 9 * DAY, seq=2)
    world.turn(task, due=TODAY + 21 * DAY, state="given", seq=3)
    (found,) = facts(Task.objects.filter(pk=task.pk), TODAY)
    assert (found.work, found.late, found.due) == (Work.LATE, 9, TODAY - 9 * DAY)
    (later,) = facts(Task.objects.filter(pk=task.pk), TODAY, Span(TODAY, TODAY + 30 * DAY))
    assert (later.work, later.due) == (Work.RUNNING, TODAY + 21 * DAY)
    assert pressing(Task.objects.filter(pk=task.pk), TODAY) == (1, 0)
    assert facts(Task.objects.filter(pk=task.pk), TODAY, Span(last=TODAY - 99 * DAY)) == []


@pytest.mark.django_db
def test_a_task_that_nobody_has_to_do_is_not_late(world: World) -> None:
    task = world.task("Đã thôi", due=TODAY - 50 * DAY)
    Task.objects.filter(pk=task.pk).update(state=Task.State.CANCELLED)
    (found,) = facts(Task.objects.filter(pk=task.pk), TODAY)
    assert found.work is Work.OFF
    assert found.late == 0
    TaskClause.objects.create(task=task, clause=world.clauses["II.1.-4"])
    assert sentence_of(Counter([found.work]), targets=0, no_measure=False) is Sentence.NOBODY


SPANS = st.lists(
    st.tuples(DAYS, st.integers(0, 700), st.floats(0, 1), st.sampled_from(["warn", "neutral", "ok"])), max_size=4
)


@given(rows=st.lists(SPANS, min_size=1, max_size=4), first=DAYS, width=st.integers(1, 900), on=DAYS)
def test_a_gantt_chart_keeps_its_bars_inside(
    rows: list[list[tuple[dt.date, int, float, str]]], first: dt.date, width: int, on: dt.date
) -> None:
    tasks = [
        Row(f"Việc <{n}> & nữa", [Stretch(a, a + length * DAY, done, tone) for a, length, done, tone in spans], "/x/")
        for n, spans in enumerate(rows)
    ]
    chart = gantt_chart(
        "Tiến độ", tasks, first, first + width * DAY, on, today_name="hôm nay", headers=("a", "b", "c", "d")
    )
    assert len(chart.rows) == len(rows)
    for svg, right, left in ((chart.wide, 1120, 430), (chart.narrow, 340, 0)):
        assert "<1>" not in svg, "words are escaped"
        for x, long in re.findall(r'<rect class="gantt__whole" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg):
            assert left - 0.1 <= float(x) <= right
            assert float(x) + float(long) <= right + 2.1
        assert ("gantt__today" in svg) == (first <= on <= first + width * DAY)


def test_a_late_bar_has_a_sign_and_its_done_part() -> None:
    spans = [Stretch(TODAY - 40 * DAY, TODAY - 10 * DAY, 0.5, "warn", "Quá hạn")]
    chart = gantt_chart(
        "Tiến độ", [Row("Rà soát", spans, "", "Công an tỉnh", "Quá hạn, 10 ngày")], TODAY - 60 * DAY, TODAY + 60 * DAY,
        TODAY, today_name="hôm nay", headers=("Việc", "Bắt đầu", "Hạn", "Tình trạng"),
    )  # fmt: skip
    assert 'data-tone="warn"' in chart.wide
    assert ">!</text>" in chart.wide
    whole, done = (
        float(re.search(rf'gantt__{part}" x="[\d.]+" y="[\d.]+" width="([\d.]+)"', chart.wide)[1])  # type: ignore[index]
        for part in ("whole", "done")
    )
    assert done == pytest.approx(whole / 2, abs=0.1)
    assert chart.rows == (("Rà soát", "14/10/2026", "13/11/2026", "Quá hạn, 10 ngày"),)
    with pytest.raises(ValueError, match="two days"):
        gantt_chart("x", [], TODAY, TODAY, TODAY, today_name="", headers=("", "", "", ""))


@pytest.mark.django_db
def test_what_a_communes_own_plan_leaves_open_is_the_communes_matter(world: World) -> None:
    own = Plan.objects.create(
        code="kh-thu-xa", name="KH của phường", unit=world.home, parent=world.plan, created_by="lan", created_at=AT
    )
    version = Version.objects.create(plan=own, seq=1, state="in_force", read_by="lan", read_at=AT)
    Clause.objects.create(version=version, path="I", text="Câu của phường.", position=0)
    pages = {}
    for name in ("an", "lan"):
        client = Client()
        client.force_login(world.cast[name])
        pages[name] = client
    counts = {name: client.get("/nhiem-vu/chua-giao/").context["n_clauses"] for name, client in pages.items()}
    assert counts == {"an": 1, "lan": 1}
    assert "Câu của phường." in pages["lan"].get("/nhiem-vu/chua-giao/").content.decode()
    assert "Câu của phường." in pages["an"].get("/nhiem-vu/chua-giao/", {"ke_hoach": "kh-thu-xa"}).content.decode()
    assert [gap.n for gap in pages["lan"].get("/nhiem-vu/cua-toi/").context["gaps"]] == [1]


@pytest.mark.django_db
def test_the_first_page_tells_ones_own_work_and_the_gaps(world: World) -> None:
    told = {}
    for name in ("an", "binh", "minh", "giang"):
        client = Client()
        client.force_login(world.cast[name])
        part = client.get("/").context["programme"]
        told[name] = {fact.words: fact.n for fact in part.facts}
        for fact in part.facts:
            listed = client.get(fact.url).context
            assert listed.get("total", listed.get("n_clauses")) == fact.n, (name, fact)
    assert told["an"] == {
        "nhiệm vụ quá hạn": 2, "nhiệm vụ đến hạn trong 7 ngày": 1, "câu trong kế hoạch chưa giao ai": 1,
    }  # fmt: skip
    assert told["binh"] == {"nhiệm vụ quá hạn": 1}  # the province's own work is the province's
