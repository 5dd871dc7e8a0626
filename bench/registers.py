"""Benchmark: the registers' pages at 50,000 hot-spots and 50,000 incidents, through the whole web stack.

    python bench/registers.py [--rows 50000] [--times 25]

As an officer of the whole province, whom no query narrows, and as one of a single commune, who sees a 160th of it.
Every page is asked for through Django's test client (middleware, query, template, compression), on SQLite in a file and
on PostgreSQL when DIABAN_TEST_DATABASE_URL names one, each in a database made for the run and dropped after it. Prints
median and 95th percentile in milliseconds. Exits with 1 when a list or a search takes more than 100 ms at the median.
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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diaban.apps.accounts.models import User

LIMIT_MS = 100
REFORM = date(2025, 7, 1)
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
OLD, NEW = 480, 160  # communes before and after the reform, merged three into one
PLACES = ("Hẻm", "Quán", "Bãi đất trống", "Nhà nghỉ", "Khu nhà trọ", "Bến", "Chợ", "Công viên", "Karaoke", "Xưởng")
PROPER = (
    "Đồng Khởi", "Hoà Bình", "Thắng Nhì", "Bến Đá", "Sao Mai", "Long Hải", "Phước Tỉnh", "Xóm Lưới", "Hồ Cốc",
    "Ánh Dương", "Kim Dinh", "Ngãi Giao", "Mỹ Xuân", "Tóc Tiên", "Đất Đỏ", "Lộc An", "Bình Châu", "Hắc Dịch",
    "Suối Nghệ", "Quảng Thành",
)  # fmt: skip


def scenarios(unit_uid: str, pages: int) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return what is asked for: name → address and query."""
    return {
        "list, first page": ("/diem/", {}),
        "list, page in the middle": ("/diem/", {"page": pages // 2}),
        "list, last page": ("/diem/", {"page": pages}),
        "list by name, deep": ("/diem/", {"sort": "ten", "page": pages // 2}),
        "list by unit, deep": ("/diem/", {"sort": "don_vi", "page": pages // 2}),
        "list by day of listing, rising, deep": ("/diem/", {"sort": "ngay_vao", "page": pages // 2}),
        "list by elimination, falling, deep": ("/diem/", {"sort": "-ngay_triet_xoa", "page": pages // 2}),
        "list by state, deep": ("/diem/", {"sort": "trang_thai", "page": pages // 2}),
        "search: two words, many hits": ("/diem/", {"q": "hem dong"}),
        "search: few hits": ("/diem/", {"q": "xom luoi 317"}),
        "search: no hit": ("/diem/", {"q": "khong co noi nay"}),
        "search: a code": ("/diem/", {"q": "DTD-00007-0011"}),
        "search by unit with what it was": ("/diem/", {"don_vi": unit_uid, "q": "hoa binh"}),
        "existing, of one kind, by name": (
            "/diem/",
            {"trang_thai": "ton_tai", "loai": "diem_to_chuc_chua_chap", "sort": "ten"},
        ),
        "everything at once": (
            "/diem/",
            {"q": "quan", "trang_thai": "ton_tai", "muc": "co_tai_lieu", "tu": "2024-01-01", "den": "2026-06-01"},
        ),
        "incidents, first page": ("/vu-viec/", {}),
        "hot-spots of one month": ("/diem/", {"ky": "2026-03"}),
        "incidents of one month": ("/vu-viec/", {"ky": "2026-03"}),
        "incidents, deep": ("/vu-viec/", {"page": pages // 2}),
        "incidents, search": ("/vu-viec/", {"q": "ben da"}),
        "incidents by unit, kind and day": (
            "/vu-viec/",
            {"don_vi": unit_uid, "loai": "mua_ban", "tu": "2025-12-15", "den": "2026-11-14"},
        ),
    }


def make_units() -> list[tuple[int, str, date, date | None]]:
    """Make one province with its communes before and after a reform; return (id, code, first day, end) of each."""
    from diaban.apps.places.models import Lineage, RegisterStamp, Spell, Unit

    first = date(2004, 1, 1)
    province = Unit.objects.create(uid=f"77@{first}")
    spells = [_spell(province, "Tỉnh thử", "77", "tinh", "province", None, first, None)]
    made: list[tuple[int, str, date, date | None]] = []
    new = Unit.objects.bulk_create(Unit(uid=f"{n:05d}@{REFORM}") for n in range(NEW))
    old = Unit.objects.bulk_create(Unit(uid=f"{n:05d}@{first}") for n in range(OLD))
    for units, start, end in ((new, REFORM, None), (old, first, REFORM)):
        for number, unit in enumerate(units):
            code = f"{number:05d}"
            name = f"Phường {PROPER[number % len(PROPER)]} {number}"
            spells.append(_spell(unit, name, code, "phuong", "commune", province, start, end))
            made.append((unit.pk, code, start, end))
    Spell.objects.bulk_create(spells)
    Lineage.objects.bulk_create(
        Lineage(source=unit, target=new[number // 3], on=REFORM, share_num=1, share_den=1, basis="whole")
        for number, unit in enumerate(old)
    )
    RegisterStamp.objects.create(token="bench")
    return made


def _spell(unit: Any, name: str, code: str, kind: str, level: str, parent: Any, start: date, end: date | None) -> Any:
    from diaban.apps.places.models import Spell
    from diaban.core.text import fold

    return Spell(
        unit=unit, name=name, name_folded=fold(name), code=code, kind=kind, level=level, parent=parent,
        valid_from=start, valid_to=end, lon=107.0, lat=10.4,
    )  # fmt: skip


def make_rows(rows: int, units: list[tuple[int, str, date, date | None]], user: User) -> None:
    """Fill both registers through the same bulk actions that an import uses; print how long that took."""
    from diaban.apps.hotspots import actions
    from diaban.apps.hotspots.models import IncidentKind, Kind, Source

    draw = random.Random(20251215)
    numbers: dict[str, int] = {}
    spots, incidents = [], []
    for number in range(rows):
        unit, code, start, end = units[draw.randrange(len(units))]
        day = max(start, date(2022, 1, 1)) + timedelta(days=draw.randrange(300))
        day = min(day, (end or date(2026, 9, 1)) - timedelta(days=1))
        numbers[code] = numbers.get(code, 0) + 1
        gone = day + timedelta(days=draw.randrange(10, 60)) if draw.random() < 0.5 else None
        place = f"{draw.choice(PLACES)} {draw.choice(PROPER)} {draw.randrange(1000)}"
        spots.append(
            actions.HotspotRow(
                unit_id=unit, code=f"DTD-{code}-{numbers[code]:04d}", name=place, kind=draw.choice(Kind.values),
                grade="co_tai_lieu" if gone or draw.random() < 0.6 else "nghi_van",
                address=f"Tổ {draw.randrange(60)}, khu phố {draw.choice(PROPER)}", listed_on=day,
                planned_on=day + timedelta(days=5) if draw.random() < 0.7 else None, eliminated_on=gone,
                watched_on=gone, document=f"{number % 900}/QĐ-CAT", decider="Giám đốc Công an tỉnh",
                evidence="Kết luận điều tra" if gone else "", lon=106.5 + draw.random(), lat=9.9 + draw.random(),
                behaviours=("mua_ban", "su_dung"),
            )
        )  # fmt: skip
        incidents.append(
            actions.IncidentRow(
                unit_id=unit, on=day, kind=draw.choice(IncidentKind.values), source=draw.choice(Source.values),
                place=place, arrested=draw.choice([None, 0, 1, 2]), cases=1,
                seizures={("heroin", "g"): draw.randrange(1, 5000)} if draw.random() < 0.3 else None,
            )
        )  # fmt: skip
    for label, work in (
        (f"import of {rows} hot-spots", lambda: actions.bulk_upsert_hotspots(spots, by=user, at=AT)),
        (f"import of {rows} incidents", lambda: actions.bulk_upsert_incidents(incidents, by=user, at=AT)),
    ):
        start_of = time.perf_counter()
        work()
        print(f"{label:<44}{time.perf_counter() - start_of:9.1f} s", flush=True)


def make_officer(name: str, role: str, unit: int | None) -> User:
    """Make an account with one post: at a unit, or (None) for the whole area."""
    from diaban.apps.accounts.models import Assignment, User

    user: User = User.objects.create(username=name, title="Cán bộ tổng hợp", unit_id=unit)
    Assignment.objects.create(
        user=user, role=role, line="police", unit_id=unit, start=date(2020, 1, 1), given_by="bench", given_at=AT
    )
    return user


def measure(times: int, rows: int, unit_uid: str, user: User) -> int:
    """Ask for every page `times` times as `user`; print and judge. Return how many were over the limit."""
    from django.db import connection
    from django.test import Client

    client = Client(HTTP_ACCEPT_ENCODING="gzip")
    client.force_login(user)
    slow = 0
    print(f"{'as ' + user.username:<44}{'median':>9}{'p95':>9}{'queries':>9}  ms, limit {LIMIT_MS} at the median")
    for name, (address, query) in scenarios(unit_uid, -(-rows // 50)).items():
        taken = []
        asked: list[str] = []
        with connection.execute_wrapper(lambda run, sql, *rest: (asked.append(sql), run(sql, *rest))[1]):  # noqa: B023
            assert client.get(address, query).status_code == 200, name
        for _ in range(times):
            start = time.perf_counter()
            client.get(address, query)
            taken.append((time.perf_counter() - start) * 1000)
        median, p95 = statistics.median(taken), sorted(taken)[int(len(taken) * 0.95) - 1]
        over = median > LIMIT_MS
        slow += over
        print(f"{name:<44}{median:9.1f}{p95:9.1f}{len(asked):9d}{'  OVER' if over else ''}", flush=True)
    return slow


def one(label: str, rows: int, times: int) -> int:
    """Run on the database of this process's settings, in a database of the run's own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "diaban.site.settings"
    import django
    from django.conf import settings

    folder = Path(os.environ["DIABAN_DATA_DIR"])
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
    name = str(folder / "bench.sqlite3") if label == "SQLite" else f"diaban_bench_{os.getpid()}"
    settings.DATABASES["default"]["TEST"] = {"NAME": name}
    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment(debug=False)
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        units = make_units()
        province = make_officer("province", "provincial_police", None)
        commune = make_officer("commune", "commune_police", next(unit for unit, code, *_ in units if code == "00007"))
        make_rows(rows, units, province)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
        return sum(measure(times, rows, f"00007@{REFORM}", user) for user in (province, commune))
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def main() -> int:
    """Run once per database, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--times", type=int, default=25)
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"])
    asked = parser.parse_args()
    if asked.database:
        return 1 if one(asked.database, asked.rows, asked.times) else 0
    postgres = os.environ.get("DIABAN_TEST_DATABASE_URL", "")
    failed = 0
    for label, url in (("SQLite", ""), ("PostgreSQL", postgres)):
        if label == "PostgreSQL" and not url:
            print("\nPostgreSQL: skipped, DIABAN_TEST_DATABASE_URL names none")
            continue
        print(f"\n{label}, {asked.rows} hot-spots and {asked.rows} incidents", flush=True)
        with tempfile.TemporaryDirectory(prefix="diaban-bench-") as folder:
            (Path(folder) / "static").mkdir()
            environment = os.environ | {
                "DIABAN_DATA_DIR": folder,
                "DIABAN_DATABASE_URL": url,
                "DIABAN_SECRET_KEY": "only-for-the-benchmark",
            }
            again = [sys.executable, __file__, "--rows", str(asked.rows), "--times", str(asked.times)]
            failed += subprocess.run([*again, "--database", label], env=environment, check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
