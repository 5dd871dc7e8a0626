"""Times the way of a large workbook of hot-spots, and measures its peak memory, each part in a process of its own.

    python bench/workbooks.py [--rows 50000] [--export 200000]

Parts: the reader alone (values, every problem), the whole dry run on SQLite (checks against the lifecycle, differences,
stored problems), writing the batch, writing a second one that changes every row of it, undoing both, the dry run of
django-import-export on the same file in the same run (its own reader, a resource with a field per column, no lifecycle,
no list of differences kept), and exports of the register as XLSX and CSV. Exits with 1 when the dry run takes over 60 s
or 300 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

DRY_RUN_SECONDS, DRY_RUN_MEGABYTES = 60, 300
WRONG_SHARE = 0.02
KINDS = ("diem_nguy_co", "diem_phuc_tap", "tu_diem_phuc_tap", "diem_to_chuc_chua_chap")


def peak() -> float:
    """Return the peak memory of this process so far in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Watch:
    """Counts elapsed seconds and the process's own CPU seconds: the latter stand still while others use the machine."""

    def __init__(self) -> None:
        self.begin = (time.perf_counter(), time.process_time())

    def read(self) -> dict[str, float]:
        return {"seconds": time.perf_counter() - self.begin[0], "cpu": time.process_time() - self.begin[1]}


def setup() -> Any:
    """Start Django on the benchmark's own data folder."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "diaban.site.settings"
    django.setup()
    from diaban.apps.accounts.models import User

    return User.objects.filter(username="bench")


def now() -> Any:
    from diaban.adapters.clock import now as moment

    return moment()


def listed(rows: int, wrong: float, suffix: str = "") -> Iterator[dict[str, Any]]:
    """Yield made-up rows of the sheet of hot-spots; a share `wrong` of them has a cell that cannot be taken."""
    from diaban.apps.places.queries import places

    draw = random.Random(2026)
    units = places(date(2026, 11, 1))
    for number in range(rows):
        unit = draw.choice(units)
        row = {
            "code": f"BM-{number:06d}",
            "name": f"Khu đường Lê Lợi số {number}{suffix}",
            "kind": draw.choice(KINDS),
            "grade": draw.choice(("nghi_van", "co_tai_lieu")),
            "form": "place",
            "unit_code": unit.code,
            "unit_name": unit.name,
            "address": f"Số {number % 300}, tổ {number % 40}",
            "behaviours": "Mua bán; Sử dụng",
            "lead_agency": "cong_an_xa",
            "listed_on": date(2025, 12, 15) + timedelta(days=draw.randrange(300)),
            "document": f"{number % 900}/QĐ-CAX",
            "decider": "Trưởng Công an xã",
        }
        if draw.random() < wrong:
            row |= draw.choice(({"unit_code": "99999"}, {"name": ""}, {"behaviours": "khác"}, {"document": ""}))
        yield row


def make(folder: Path, rows: int) -> None:
    """Create the database with the catalogue's units and write the two files."""
    from django.core.management import call_command

    setup()
    call_command("migrate", verbosity=0)
    from diaban.adapters.workbooks import write_xlsx
    from diaban.apps.access import House
    from diaban.apps.accounts.models import User
    from diaban.apps.hotspots.sheets.spots import SPEC
    from diaban.apps.places.actions import load_catalogue

    User.objects.create(username="bench")
    load_catalogue(by=House("bench"), at=now())
    for name, wrong, suffix in (("right", 0.0, ""), ("changed", 0.0, " (mới)"), ("wrong", WRONG_SHARE, "")):
        with write_xlsx(SPEC, listed(rows, wrong, suffix)) as handle:
            (folder / f"{name}.xlsx").write_bytes(handle.read())


def read_alone(folder: Path) -> dict[str, Any]:
    """Read the file by its spec, without Django."""
    setup()
    from diaban.adapters.workbooks import read
    from diaban.apps.hotspots.sheets.spots import SPEC

    before = peak()
    watch = Watch()
    rows = problems = 0
    for row in read(folder / "wrong.xlsx", SPEC).rows:
        rows += 1
        problems += len(row.problems)
    return {**watch.read(), "rows": rows, "before": before, "problems": problems}


def check(folder: Path, name: str, *, go_on: bool) -> dict[str, Any]:
    """Do the dry run of our own, then (with `go_on`) write the batch and take it back."""
    by = setup().get()
    from diaban.apps.exchange.actions import apply_batch, check_batch, receive, undo_batch
    from diaban.apps.exchange.registry import Context

    def silent(done: int, total: int) -> None:
        """Listen to no progress."""

    def checked(name: str) -> Any:
        data = (folder / f"{name}.xlsx").read_bytes()
        found = receive(sheet="hotspots", file_name=f"{name}.xlsx", data=data, options={}, by=by, at=now())
        del data
        check_batch(found, context=Context(by, now(), {}, found.number), step=silent)
        found.mode = "all"
        found.save()
        return found

    def timed(key: str, act: Callable[..., None], batch: Any) -> None:
        watch = Watch()
        act(batch, by=by, at=now(), step=silent)
        result[key] = watch.read() | {"peak": peak()}

    before = peak()
    watch = Watch()
    batch = checked(name)
    result = {
        **watch.read(),
        "before": before,
        "peak": peak(),
        "new": batch.new,
        "error_rows": batch.error_rows,
        "problems": batch.problem_count,
    }
    if go_on:
        timed("write", apply_batch, batch)
        second = checked("changed")
        timed("change every row", apply_batch, second)
        timed("undo the change", undo_batch, second)
        timed("undo", undo_batch, batch)
    return result


def peer_resource() -> Any:
    """Return the resource that a site would write for this sheet: units and labels by dictionary, bulk saving."""
    from import_export import fields, resources, widgets

    from diaban.apps.hotspots.models import Agency, Form, Grade, Hotspot, Kind
    from diaban.apps.places.models import Spell, Unit

    units = {code: Unit(pk=key) for code, key in Spell.objects.filter(valid_to=None).values_list("code", "unit")}

    class Known(widgets.Widget):
        """Finds the value in a dictionary: cheaper than the peer's own way for relations, a query a row."""

        def __init__(self, values: dict[str, Any]) -> None:
            super().__init__()
            self.values = values

        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:  # noqa: ARG002
            if str(value) not in self.values:
                raise ValueError(f"not known: {value}")
            return self.values[str(value)]

    def labelled(name: str, choices: Any) -> Any:
        return fields.Field(name, name, Known({str(one.label): one.value for one in choices}))

    class HotspotResource(resources.ModelResource):
        unit = fields.Field("unit", "unit_code", Known(units))
        kind = labelled("kind", Kind)
        grade = labelled("grade", Grade)
        form = labelled("form", Form)
        lead_agency = labelled("lead_agency", Agency)
        listed_on = fields.Field("listed_on", "listed_on", widgets.DateWidget("%Y-%m-%d"))

        class Meta:
            model = Hotspot
            import_id_fields = ("code",)
            fields = (
                "code", "name", "kind", "grade", "form", "address", "behaviours", "lead_agency", "unit", "listed_on",
            )  # fmt: skip
            use_bulk = True
            batch_size = 1000

        def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:  # noqa: ARG002
            instance.created_at = instance.updated_at = now()
            instance.province, instance.state, instance.search = instance.unit, "listed", instance.name

    return HotspotResource()


def peer(folder: Path) -> dict[str, Any]:
    """Do the dry run of django-import-export on the same file: tablib reads it, a resource checks and diffs it."""
    setup()
    import tablib

    before = peak()
    watch = Watch()
    table = tablib.Dataset()
    with (folder / "wrong.xlsx").open("rb") as handle:
        table.load(handle.read(), format="xlsx", headers=True)
    names = list(table[0])  # our titles stand over the codes; the peer takes one header row only
    rows = [["" if cell is None else cell for cell in row] for row in table[1:]]
    result = peer_resource().import_data(tablib.Dataset(*rows, headers=names), dry_run=True)
    if result.base_errors:
        raise SystemExit(f"the peer failed: {result.base_errors[0].error!r}")
    return {
        **watch.read(),
        "before": before,
        "rows": result.total_rows,
        "error_rows": len(result.row_errors()) + len(result.invalid_rows),
    }


def export(folder: Path, rows: int, extension: str) -> dict[str, Any]:
    """Export a register of `rows` hot-spots by the list page's own query."""
    setup()
    from django.http import QueryDict

    from diaban.adapters.workbooks import new_password
    from diaban.apps.access import House, Purpose
    from diaban.apps.exchange.marks import Why, sheet_out, write_out
    from diaban.apps.exchange.registry import sheet_by_code
    from diaban.apps.hotspots.models import Hotspot
    from diaban.apps.places.models import Unit
    from diaban.apps.places.scope import read_scope

    if Hotspot.objects.count() < rows:
        fill(rows, Hotspot, list(Unit.objects.values_list("pk", flat=True)))
    query = QueryDict("sort=ma")
    sheet = sheet_by_code("hotspots")
    scope = read_scope(query, own=None, on=now().date())
    before = peak()
    watch = Watch()
    by, day = House("bench"), now().date()
    found = sheet_out(sheet, query, scope=scope, rights=by.rights(day), on=day)
    why = Why(Purpose.PLACES, "đo thời gian")
    password = new_password() if extension == "xlsx" else ""
    target = folder / f"out.{extension}"
    made = write_out(found, why, extension=extension, by=by, at=now(), password=password)
    with target.open("wb") as out, made as handle:
        while piece := handle.read(2**20):
            out.write(piece)
    return {**watch.read(), "before": before, "megabytes": target.stat().st_size / 2**20}


def fill(rows: int, model: Any, units: list[int]) -> None:
    """Put made-up rows straight into the table: the export is measured, not the register."""
    at, on = now(), date(2026, 1, 5)
    for start in range(0, rows, 5000):
        model.objects.bulk_create(
            model(
                code=f"X-{n:07d}", province_id=units[0], name=f"Khu phố {n}", kind=KINDS[n % 4], grade="nghi_van",
                unit_id=units[n % len(units)], state="listed", listed_on=on, address=f"Số {n % 500}",
                search=f"khu pho {n}", name_sort=f"khu pho {n}", created_at=at, updated_at=at,
            )
            for n in range(start, min(start + 5000, rows))
        )  # fmt: skip


def measured(part: str, folder: Path, rows: int) -> dict[str, Any]:
    """Run one part in a process of its own and return its figures with the peak memory."""
    command = [sys.executable, __file__, "--part", part, "--folder", str(folder), "--rows", str(rows)]
    environment = os.environ | {"DIABAN_DATA_DIR": str(folder), "DIABAN_SECRET_KEY": "bench", "DIABAN_DATABASE_URL": ""}
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    figures: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return figures


def run_part(part: str, folder: Path, rows: int) -> None:
    parts: dict[str, Callable[[], dict[str, Any] | None]] = {
        "make": lambda: make(folder, rows),
        "read": lambda: read_alone(folder),
        "check": lambda: check(folder, "wrong", go_on=False),
        "write": lambda: check(folder, "right", go_on=True),
        "peer": lambda: peer(folder),
        "xlsx": lambda: export(folder, rows, "xlsx"),
        "csv": lambda: export(folder, rows, "csv"),
    }
    figures = parts[part]() or {}
    print(json.dumps({"peak": peak()} | figures))


def report(label: str, figures: dict[str, Any], note: str = "") -> None:
    print(
        f"{label:<52}{figures['seconds']:8.1f} s {figures['cpu']:8.1f} s {figures['peak']:8.0f} MB   {note}", flush=True
    )


def main() -> int:
    """Print the figures; return 1 when the dry run is over its limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--export", type=int, default=200_000)
    parser.add_argument("--part")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.part:
        run_part(options.part, options.folder, options.rows)
        return 0
    with tempfile.TemporaryDirectory(prefix="diaban-bench-") as name:
        folder, rows = Path(name), options.rows
        measured("make", folder, rows)
        print(f"{rows} rows of 24 columns, {(folder / 'wrong.xlsx').stat().st_size / 2**20:.1f} MB, SQLite")
        print(f"{'':<52}{'elapsed':>10} {'CPU':>10} {'peak':>11}")
        reader = measured("read", folder, rows)
        report("reader alone", reader, f"process before: {reader['before']:.0f} MB")
        ours = measured("check", folder, rows)
        report("dry run", ours, f"{ours['error_rows']} rows with errors, {ours['problems']} problems")
        theirs = measured("peer", folder, rows)
        report("dry run, django-import-export", theirs, f"{theirs['error_rows']} rows with errors")
        ratios = [theirs[name] / ours[name] for name in ("seconds", "cpu", "peak")]
        print(f"{'django-import-export / diaban':<52}{ratios[0]:8.1f} × {ratios[1]:8.1f} × {ratios[2]:8.1f} ×")
        written = measured("write", folder, rows)
        for key in ("write", "change every row", "undo the change", "undo"):
            report(key, written[key])
        for extension in ("xlsx", "csv"):
            figures = measured(extension, folder, options.export)
            note = f"{figures['megabytes']:.1f} MB, process before: {figures['before']:.0f} MB"
            report(f"export of {options.export} rows as {extension}", figures, note)
    return 0 if ours["seconds"] <= DRY_RUN_SECONDS and ours["peak"] <= DRY_RUN_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
