"""A small plan with one sentence in every state, and tasks of a province and three communes behind it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from cast import FAR_AWAY, HOME, NEXT_DOOR, TODAY, play_all
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.agencies.models import Agency, Holding, Post
from diaban.apps.places import actions as place_actions
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.plans.models import Clause, Indicator, Plan, Target, Version
from diaban.apps.programme.models import Task, TaskClause, TaskParty, Turn
from diaban.core.text import fold, sort_key

AT = dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
PLAN = "kh-thu"
WHERE = {HOME: "Vũng Tàu", NEXT_DOOR: "Tam Thắng", FAR_AWAY: "Côn Đảo"}


@dataclass
class World:
    """The cast, three communes, three agencies with their head posts, a plan and its clauses by path."""

    cast: dict[str, User]
    units: dict[str, Unit]
    agencies: dict[str, Agency] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    version: Version = field(default_factory=Version)
    clauses: dict[str, Clause] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)

    @property
    def home(self) -> Unit:
        return self.units[HOME]

    def clause(self, path: str, text: str, *, parent: str = "", **more: Any) -> Clause:
        above = self.clauses[parent] if parent else None
        made = Clause.objects.create(
            version=self.version, path=path, text=text, parent=above, position=len(self.clauses),
            depth=above.depth + 1 if above else 0, **more,
        )  # fmt: skip
        self.clauses[path] = made
        return made

    def task(
        self, title: str, *, lead: str = "cat", unit: Unit | None = None, due: dt.date | None = TODAY + 30 * DAY,
        state: str = "doing", clauses: tuple[str, ...] = (), parent: Task | None = None, post: Post | None = None,
        reported_by: str = "", co: tuple[str, ...] = (), **more: Any,
    ) -> Task:  # fmt: skip
        """Make a task with one turn."""
        agency = self.agencies[lead]
        code = f"NV-{len(self.tasks) + 1:06d}"
        made = Task.objects.create(
            code=code, plan=self.plan, parent=parent, title=title, lead=agency, unit=unit, post=post,
            starts=TODAY - 60 * DAY, due=due, search=fold(f"{code} {title} {agency.name}"), created_by="an",
            created_at=AT, from_above=unit is not None, **more,
        )  # fmt: skip
        made.current = self.turn(made, due=due, state=state, reported_by=reported_by)
        made.save(update_fields=["current"])
        TaskClause.objects.bulk_create(TaskClause(task=made, clause=self.clauses[path]) for path in clauses)
        TaskParty.objects.bulk_create(TaskParty(task=made, agency=self.agencies[one]) for one in co)
        self.tasks[title] = made
        return made

    def turn(
        self, task: Task, *, due: dt.date | None, state: str = "doing", reported_by: str = "", seq: int = 1
    ) -> Turn:
        said = state in ("reported", "done")
        return Turn.objects.create(
            task=task, seq=seq, first_day=TODAY - 60 * DAY, due=due, first_due=due, state=state,
            final=state in ("done", "dropped"), percent=100 if said else 40, reported_on=TODAY - DAY if said else None,
            reported_by=reported_by or ("binh" if said else ""),
        )  # fmt: skip


def build() -> World:
    """Make the world; `fill` puts the tasks in."""
    place_actions.load_catalogue(by=House("thử"), at=AT)
    world = World(play_all(), {code: places.unit_by_code(code, TODAY) for code in (HOME, NEXT_DOOR, FAR_AWAY)})
    for code, name, level, line in (
        ("cat", "Công an tỉnh", "province", "police"),
        ("syt", "Sở Y tế", "province", "health"),
        ("cax", "Công an cấp xã", "commune", "police"),
    ):
        world.agencies[code] = Agency.objects.create(
            code=code, name=name, level=level, line=line, search=fold(name), name_sort=str(sort_key(name))
        )
    for key, agency, who, unit in (
        ("cat", "cat", "an", None),
        ("syt", "syt", "giang", None),
        ("cax", "cax", "binh", world.home),
    ):
        post = Post.objects.create(
            agency=world.agencies[agency], unit=unit, title=f"Trưởng {agency}", heads=True, created_at=AT
        )
        Holding.objects.create(
            post=post, user=world.cast[who], start=dt.date(2026, 1, 1), given_by="an", given_at=AT, document="1/QĐ"
        )
        world.posts[key] = post
    _plan(world)
    return world


def _plan(world: World) -> None:
    world.plan = Plan.objects.create(
        code=PLAN, name="KH thử 1/KH-UBND", starts=dt.date(2026, 1, 1), created_by="an", created_at=AT
    )
    world.version = Version.objects.create(
        plan=world.plan, seq=1, state="in_force", number="1/KH-UBND", date=dt.date(2026, 1, 5), read_by="an",
        read_at=AT, in_force_from=dt.date(2026, 1, 5),
    )  # fmt: skip
    world.clause("I", "MỤC TIÊU", heading=True)
    world.clause("I.1", "Nâng cao năng lực.", parent="I", no_measure="chỉ nêu hướng, không nêu mức")
    aim = world.clause("I.2", "Trên 80% người được tư vấn.", parent="I")
    indicator = Indicator.objects.create(
        code="tu-van", title="Tỷ lệ được tư vấn", measure="%", kind="stock", source="declared"
    )
    Target.objects.create(
        clause=aim, indicator=indicator, kind="floor_strict", op=">", value=80, measure="%", words="trên 80%"
    )
    world.clause("II", "PHÂN CÔNG", heading=True)
    world.clause("II.1", "Công an tỉnh", parent="II", heading=True)
    for number, text in enumerate(
        ("Rà soát, lập danh sách các điểm.", "Mở đợt cao điểm.", "Tập huấn.", "Khen thưởng kịp thời."), start=1
    ):
        world.clause(f"II.1.-{number}", text, parent="II.1")
    world.clause("II.2", "Sở Y tế", parent="II", heading=True)
    world.clause("II.2.-1", "Quản lý người nghiện.", parent="II.2")


def fill(world: World) -> World:
    """Give the tasks: II.1.-1 is late, -2 near, -3 done, -4 nobody's; II.2.-1 runs without a post."""
    above = world.task("Rà soát toàn tỉnh", clauses=("II.1.-1",), post=world.posts["cat"], due=TODAY + 20 * DAY)
    for (code, unit), (due, state) in zip(
        world.units.items(), ((-12, "doing"), (-3, "given"), (5, "reported")), strict=True
    ):
        world.task(
            f"Rà soát ở {WHERE[code]}", lead="cax", unit=unit, parent=above, clauses=("II.1.-1",),
            due=TODAY + due * DAY,
            state=state, post=world.posts["cax"] if code == HOME else None,
            reported_by="khoa" if state == "reported" else "",
        )  # fmt: skip
    world.task("Đợt cao điểm", clauses=("II.1.-2",), post=world.posts["cat"], due=TODAY + 4 * DAY, co=("syt",))
    world.task(
        "Lớp tập huấn", clauses=("II.1.-3",), post=world.posts["cat"], state="done", kind="training",
        budget=50_000_000, spent=20_000_000,
    )  # fmt: skip
    world.task("Quản lý điều trị", lead="syt", clauses=("II.2.-1",), budget=10_000_000)
    return world
