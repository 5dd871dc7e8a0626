"""Benchmark: every page that looks over the programme, at 5,000 tasks over 170 communes, through the whole web stack.

    python bench/tasks.py [--tasks 5000] [--times 15] [--queries]

Plan 208 of the catalogue is in force; every province's task has its part in each commune, a third of them every month
with the turns of a year behind them, with evidence, posts and holders; around them stand a review with every commune's
figures, issues, and plans to transform communes. As an officer of a commune, one of the
province, one of a department and a leader of the province. Every page is asked for through Django's test client
(middleware, queries, template, compression), on SQLite in a file and on PostgreSQL when DIABAN_TEST_DATABASE_URL names
one, each in a database made for the run and dropped after it. Prints median and 95th percentile in milliseconds, what
the page itself computed (SQLite's share included: all there is on a machine that does nothing else), and the number of
queries. Exits with 1 when a page takes more than 200 ms at the median: a machine that is busy with something else is
told at the end, since its times say little; the column "own cpu" then says more.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _around import cycle_year, make_rest

if TYPE_CHECKING:
    from diaban.apps.accounts.models import User

LIMIT_MS = 200
UNITS = 170
REFORM = date(2025, 7, 1)
TODAY = date.today()
AT = datetime.now(UTC)
BATCH = 500
PLAN = "kh208-2022"


def scenarios(unit: str, parent: str, task: str) -> dict[str, str]:
    """Return what is asked for: name → address."""
    month = f"{TODAY:%Y-%m}"
    return {
        "first page": "/",
        "my work": "/nhiem-vu/cua-toi/",
        "plan tree": f"/nhiem-vu/ke-hoach/{PLAN}/",
        "plan tree, all open": f"/nhiem-vu/ke-hoach/{PLAN}/?mo=1",
        "plan tree, late, one agency": f"/nhiem-vu/ke-hoach/{PLAN}/?tinh_trang=tre&co_quan=cong_an_tinh",
        "plan tree, one unit": f"/nhiem-vu/ke-hoach/{PLAN}/?don_vi={unit}",
        "plan on one page": f"/nhiem-vu/ke-hoach/{PLAN}/tom-tat/",
        "list": "/nhiem-vu/",
        "list, deep": "/nhiem-vu/?page=50",
        "list, search": "/nhiem-vu/?q=ra+soat+phuong",
        "list, late, by unit": "/nhiem-vu/?tinh_trang=qua_han&sort=don_vi",
        "list, by title": "/nhiem-vu/?sort=ten",
        "list, one clause": f"/nhiem-vu/?ke_hoach={PLAN}&dieu=II.1.-1",
        "list, one unit": f"/nhiem-vu/?don_vi={unit}",
        "list, below one task": f"/nhiem-vu/?cha={parent}",
        "board": "/nhiem-vu/bang/",
        "board, one agency": "/nhiem-vu/bang/?co_quan=cong_an_tinh",
        "calendar": f"/nhiem-vu/lich/?thang={month}",
        "calendar, reporting month": f"/nhiem-vu/lich/?kieu=ky&thang={month}",
        "gantt": "/nhiem-vu/tien-do/",
        "gantt by clause": f"/nhiem-vu/tien-do/?nhom=dieu&ke_hoach={PLAN}",
        "gantt of a unit": f"/nhiem-vu/tien-do/?don_vi={unit}",
        "overdue": "/nhiem-vu/qua-han/",
        "unowned": "/nhiem-vu/chua-giao/",
        "by agency": "/nhiem-vu/co-quan/",
        "by unit": "/nhiem-vu/co-quan/?nhom=don_vi",
        "communes beside each other": "/nhiem-vu/cac-xa/",
        "task of the province": f"/nhiem-vu/viec/{parent}/",
        "task of a commune": f"/nhiem-vu/viec/{task}/",
        "plans": "/ke-hoach/",
        "plan": f"/ke-hoach/{PLAN}/",
        "agencies": "/co-quan/",
        "inbox": "/hop-thu/",
        "transformations": "/chuyen-hoa/",
        "transformation": "/chuyen-hoa/CH-0001/",
        "choosing, ranking": f"/lua-chon/{cycle_year(TODAY)}/",
        "concerns": "/vuong-mac/",
        "concerns summed up": "/vuong-mac/tong-hop/",
    }


def make_units() -> list[int]:
    """Make one province with its communes; return their ids."""
    from diaban.apps.places.models import RegisterStamp, Spell, Unit
    from diaban.core.text import fold

    province = Unit.objects.create(uid=f"77@{REFORM}")
    units = Unit.objects.bulk_create(Unit(uid=f"{n:05d}@{REFORM}") for n in range(UNITS))
    spells = [(province, "Tỉnh thử", "77", "tinh", "province", None)]
    spells += [(unit, f"Phường {n}", f"{n:05d}", "phuong", "commune", province) for n, unit in enumerate(units)]
    Spell.objects.bulk_create(
        Spell(
            unit=unit, name=name, name_folded=fold(name), code=code, kind=kind, level=level, parent=parent,
            valid_from=REFORM, valid_to=None, lon=107.0, lat=10.4,
        )
        for unit, name, code, kind, level, parent in spells
    )  # fmt: skip
    RegisterStamp.objects.create(token="bench")
    return [unit.pk for unit in units]


def make_plan() -> list[Any]:
    """Bring in the agencies and plan 208; return its sentences."""
    from diaban.apps.access import House
    from diaban.apps.agencies import actions as agencies
    from diaban.apps.plans import actions as plans
    from diaban.apps.plans.models import Clause

    house = House("bench")
    agencies.load_gazetteer(by=house, at=AT)
    plan = plans.load_from_catalogue(code=PLAN, by=house, at=AT)
    return list(Clause.objects.filter(version__plan=plan, heading=False).order_by("position"))


def make_posts(units: list[int]) -> dict[Any, Any]:
    """Make a head post in every agency, and in every commune's police; return them by agency code, or unit."""
    from diaban.apps.agencies.models import Agency, Post

    local = Agency.objects.get(code="cong_an_cap_xa")
    posts = [
        Post(agency=one, title=f"Thủ trưởng {one.name}"[:160], heads=True, created_at=AT)
        for one in Agency.objects.exclude(level="commune")
    ]
    posts += [
        Post(agency=local, unit_id=unit, title="Trưởng Công an phường", heads=True, created_at=AT) for unit in units
    ]
    Post.objects.bulk_create(posts, batch_size=BATCH)
    made = Post.objects.select_related("agency")
    return {one.unit_id or one.agency.code: one for one in made}


def make_tasks(count: int, units: list[int], clauses: list[Any], posts: dict[Any, Any]) -> None:
    """Make the tasks with their turns, clauses, parties and evidence."""
    from diaban.apps.programme.models import Task
    from diaban.core.text import fold

    draw = random.Random(20251215)
    heads = max(count // (len(units) + 8), 1)
    province = [one for key, one in posts.items() if isinstance(key, str)]
    plan, local = clauses[0].version.plan, posts[units[0]].agency
    tasks: list[Task] = []

    def task(title: str, post: Any, unit: int | None, above: int | None, monthly: bool) -> Task:
        number = len(tasks) + 1
        due = TODAY + timedelta(days=draw.randrange(-20, 200))
        made = Task(
            pk=number, code=f"NV-{number:06d}", plan=plan, parent_id=above, title=title,
            lead=local if unit else post.agency, unit_id=unit, post=post if draw.random() < 0.9 else None,
            starts=TODAY - timedelta(days=330), due=None if monthly else due, regime="nd09" if monthly else "",
            grain="month" if monthly else "", budget=10_000_000, spent=3_000_000,
            search=fold(f"NV-{number:06d} {title} {post.agency.name}"), created_by="bench", created_at=AT,
        )  # fmt: skip
        tasks.append(made)
        return made

    for number in range(heads):
        clause = clauses[number % len(clauses)]
        title = f"{clause.text[:80]} ({number})"
        above = task(title, province[number % len(province)], None, None, monthly=False)
        for unit in units:
            task(f"{title}: phần của phường", posts[unit], unit, above.pk, monthly=number % 3 == 0)
    while len(tasks) < count:
        task(f"Việc riêng số {len(tasks)}", province[len(tasks) % len(province)], None, None, monthly=False)
    Task.objects.bulk_create(tasks, batch_size=BATCH)
    _hang(tasks, clauses, province, draw)


def _hang(tasks: list[Any], clauses: list[Any], province: list[Any], draw: random.Random) -> None:
    """Hang turns, clauses, parties and evidence on the tasks."""
    from diaban.apps.programme.models import Evidence, Step, Task, TaskClause, TaskParty, Turn

    by_key = {task.pk: task for task in tasks}
    turns = [turn for task in tasks for turn in _turns(task, draw)]
    Turn.objects.bulk_create(turns, batch_size=BATCH)
    for turn in turns:
        task = by_key[turn.task_id]
        if task.current is None or task.current.final:
            task.current = turn
    Task.objects.bulk_update(tasks, ["current"], batch_size=BATCH)
    links = {}
    for task in tasks:
        links[task.pk] = links.get(task.parent_id) or clauses[task.pk % len(clauses)]
    TaskClause.objects.bulk_create(
        [TaskClause(task_id=key, clause=clause) for key, clause in links.items()], batch_size=BATCH
    )
    TaskParty.objects.bulk_create(
        [
            TaskParty(task=task, agency=province[task.pk % len(province)].agency)
            for task in tasks
            if task.parent_id is None and province[task.pk % len(province)].agency_id != task.lead_id
        ],
        batch_size=BATCH,
    )
    Step.objects.bulk_create(
        [
            Step(
                turn=turn, seq=1, verb="give", to_state="given", on=turn.first_day, recorded_by="bench", recorded_at=AT
            )
            for turn in turns
        ],
        batch_size=BATCH,
    )
    Evidence.objects.bulk_create(
        [
            Evidence(turn=turn, kind="document", words="Báo cáo kết quả", document="1/BC", recorded_by="bench",
                     recorded_at=AT)
            for turn in turns
            if turn.final
        ],
        batch_size=BATCH,
    )  # fmt: skip


def _turns(task: Any, draw: random.Random) -> list[Any]:
    from diaban.apps.programme.models import Turn

    def turn(seq: int, due: date | None, state: str) -> Turn:
        said = state in ("reported", "done")
        return Turn(
            task=task, seq=seq, first_day=task.starts + timedelta(days=30 * (seq - 1)), due=due, first_due=due,
            state=state, final=state == "done", percent=100 if said else draw.randrange(0, 90),
            reported_on=due if said else None, reported_by="bench" if said else "",
        )  # fmt: skip

    if not task.regime:
        return [turn(1, task.due, draw.choice(("given", "doing", "doing", "reported", "done", "done")))]
    first = TODAY - timedelta(days=300)
    past = [turn(seq, first + timedelta(days=30 * seq), "done") for seq in range(1, 11)]
    if draw.random() < 0.1:
        past[-1] = turn(10, TODAY - timedelta(days=draw.randrange(1, 25)), "doing")
    return [*past, turn(11, TODAY + timedelta(days=21), "given")]


def make_people(units: list[int], posts: dict[Any, Any]) -> list[User]:
    """Make those who look: an officer of a commune, of the province, of a department, and a leader."""
    from diaban.apps.accounts.models import Assignment, User
    from diaban.apps.agencies.models import Holding

    found = []
    for name, role, line, unit, post in (
        ("commune", "commune_police", "police", units[7], posts[units[7]]),
        ("province", "provincial_police", "police", None, posts["cong_an_tinh"]),
        ("department", "department", "health", None, posts["so_y_te"]),
        ("leader", "provincial_leader", "administration", None, None),
    ):
        user = User.objects.create(username=name, title="Cán bộ", unit_id=unit)
        Assignment.objects.create(
            user=user, role=role, line=line, unit_id=unit, start=date(2020, 1, 1), given_by="bench", given_at=AT
        )
        if post is not None:
            Holding.objects.create(
                post=post, user=user, start=date(2020, 1, 1), given_by="bench", given_at=AT, document="1/QĐ"
            )
        found.append(user)
    return found


def measure(times: int, pages: dict[str, str], user: User, *, show: bool) -> int:
    """Ask for every page `times` times as `user`; print and judge. Return how many were over the limit."""
    from django.db import connection
    from django.test import Client

    client = Client(HTTP_ACCEPT_ENCODING="gzip")
    client.force_login(user)
    slow = 0
    print(
        f"{'as ' + user.username:<34}{'median':>9}{'p95':>9}{'own cpu':>9}{'queries':>9}{'KB':>7}"
        f"  ms, limit {LIMIT_MS} at the median"
    )
    for name, address in pages.items():
        asked: list[str] = []
        spent: list[float] = []

        def watch(run: Any, sql: str, *rest: Any) -> Any:
            asked.append(sql)  # noqa: B023
            start = time.perf_counter()
            try:
                return run(sql, *rest)
            finally:
                spent.append((time.perf_counter() - start) * 1000)  # noqa: B023

        with connection.execute_wrapper(watch):
            answer = client.get(address)
        if answer.status_code in (403, 404):
            print(f"{name:<34}{answer.status_code:>9}")
            continue
        assert answer.status_code == 200, (name, answer.status_code)
        taken, worked = [], []
        for _ in range(times):
            start, own = time.perf_counter(), time.process_time()
            client.get(address)
            taken.append((time.perf_counter() - start) * 1000)
            worked.append((time.process_time() - own) * 1000)
        median, p95 = statistics.median(taken), sorted(taken)[max(int(len(taken) * 0.95) - 1, 0)]
        over = median > LIMIT_MS
        slow += over
        size = len(answer.content) / 1000
        cpu = statistics.median(worked)  # what the page takes when nobody else keeps the machine busy
        mark = "  OVER" if over else ""
        print(f"{name:<34}{median:9.1f}{p95:9.1f}{cpu:9.1f}{len(asked):9d}{size:7.0f}{mark}", flush=True)
        if show and over:
            for took, sql in sorted(zip(spent, asked, strict=True), reverse=True)[:3]:
                print(f"    {took:7.1f} ms  {sql[:300]}")
            for sql, n in Counter(asked).most_common(2):
                if n > 2:
                    print(f"    {n:4d} ×      {sql[:300]}")
    return slow


def one(label: str, count: int, times: int, *, show: bool) -> int:
    """Run on the database of this process's settings, in a database of the run's own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "diaban.site.settings"
    import django
    from django.conf import settings

    folder = Path(os.environ["DIABAN_DATA_DIR"])
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
    name = str(folder / "bench.sqlite3") if label == "SQLite" else f"diaban_bench_{os.getpid()}"
    settings.DATABASES["default"]["TEST"] = {"NAME": name}
    if os.environ.get("DIABAN_BENCH_NO_MIGRATIONS"):
        settings.DATABASES["default"]["TEST"]["MIGRATE"] = False
    django.setup()
    from django.db import connection
    from django.template import Template
    from django.test.utils import setup_test_environment

    whole = Template._render
    setup_test_environment(debug=False)
    Template._render = whole  # for tests every rendered template is reported with a copy of its context
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        units = make_units()
        clauses = make_plan()
        posts = make_posts(units)
        people = make_people(units, posts)
        make_tasks(count, units, clauses, posts)
        make_rest(TODAY, AT)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
        pages = scenarios(f"00007@{REFORM}", "NV-000001", f"NV-{9:06d}")
        return sum(measure(times, pages, user, show=show) for user in people)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def main() -> int:
    """Run once per database, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tasks", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--queries", action="store_true", help="show the slowest queries of a page over the limit")
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"])
    asked = parser.parse_args()
    if asked.database:
        return 1 if one(asked.database, asked.tasks, asked.times, show=asked.queries) else 0
    postgres = os.environ.get("DIABAN_TEST_DATABASE_URL", "")
    failed = 0
    for label, url in (("SQLite", ""), ("PostgreSQL", postgres)):
        if label == "PostgreSQL" and not url:
            print("\nPostgreSQL: skipped, DIABAN_TEST_DATABASE_URL names none")
            continue
        print(f"\n{label}, {asked.tasks} tasks over {UNITS} communes", flush=True)
        with tempfile.TemporaryDirectory(prefix="diaban-bench-") as folder:
            (Path(folder) / "static").mkdir()
            environment = os.environ | {
                "DIABAN_DATA_DIR": folder,
                "DIABAN_DATABASE_URL": url,
                "DIABAN_SECRET_KEY": "only-for-the-benchmark",
            }
            again = [sys.executable, __file__, "--tasks", str(asked.tasks), "--times", str(asked.times)]
            again += ["--queries"] if asked.queries else []
            failed += subprocess.run([*again, "--database", label], env=environment, check=False).returncode != 0
    busy, cores = os.getloadavg()[0], os.cpu_count() or 1
    if busy > cores:
        print(f"\nThe machine is busy (load {busy:.1f} on {cores} cores): times beside the page's own cpu say little")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
