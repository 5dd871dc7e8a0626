"""What the command line does with places. Each function says its lines through `say` and returns an exit code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from diaban.adapters.clock import now, today
from diaban.adapters.geometry import MapsMissing, Problem, Severity
from diaban.apps.access import House, Person
from diaban.apps.places import actions, queries
from diaban.apps.places.actions.store import Progress, ignore
from diaban.apps.places.models import Boundary, Unit
from diaban.core.units import UnitsError

Say = Callable[[str], None]


class CommandLine(House):
    """The named process that acts when a command is run on the machine itself."""

    def __init__(self) -> None:
        super().__init__("dòng lệnh")


def units_import(say: Say, *, by: Person | None = None, progress: Progress = ignore) -> int:
    """Bring in the whole country before and after 1/7/2025. Returns 0, or 1 when the source is not installed."""
    try:
        written = actions.import_national(by=by or CommandLine(), at=now(), progress=progress)
    except UnitsError as missing:
        say(str(missing))
        return 1
    day = today()
    communes, provinces = len(queries.places(day)), len(queries.places(day, "province"))
    if not written:
        say(f"Không có gì mới: {provinces} tỉnh, thành phố và {communes} xã, phường, đặc khu đã có trong danh mục.")
    else:
        say(
            f"Đã nhập {written.units} đơn vị mới, {written.spells} giai đoạn tên gọi, {written.edges} quan hệ kế tục."
            f" Hôm nay có {provinces} tỉnh, thành phố và {communes} xã, phường, đặc khu."
        )
    return 0


def units_csv(path: Path, say: Say, *, dry_run: bool = False, by: Person | None = None) -> int:
    """Take changes of units from a CSV file (docs/reference/units-csv.md). Returns 1 when the file has problems."""
    report = actions.import_units_csv(by=by or CommandLine(), at=now(), data=path.read_bytes(), dry_run=dry_run)
    for problem in report.problems:
        place = f"dòng {problem.row}" if problem.row else "cả tệp"
        cell = f", cột {problem.column}: “{problem.value}”" if problem.column else ""
        say(f"{place}{cell} – {problem.message}")
    if report.problems:
        say(f"{len(report.problems)} lỗi; chưa lưu gì.")
        return 1
    done = report.written
    lead = "Thử: sẽ ghi" if dry_run else "Đã ghi"
    say(
        f"{lead} {done.units} đơn vị mới, {done.spells} giai đoạn, {done.edges} quan hệ kế tục, "
        f"{done.populations} số dân; {report.done_before} dòng đã có từ trước."
    )
    return 0


def boundaries_import(
    path: Path,
    valid_from: date,
    say: Say,
    *,
    source: str = "",
    quality: str = Boundary.Quality.INDICATIVE,
    code_property: str = "code",
    name_property: str = "",
    dry_run: bool = False,
    accept_warnings: bool = False,
    by: Person | None = None,
) -> int:
    """Check a GeoJSON file against the units of `valid_from` and store it. Returns 1 when it was not stored."""
    data = path.read_bytes()
    try:
        if dry_run:
            report = queries.check_boundaries(
                data, valid_from=valid_from, code_property=code_property, name_property=name_property
            )
            _say_problems(report.problems, say)
            say(
                f"Thử: {len(report.matched)} đơn vị khớp mã, {len(report.errors)} lỗi, {len(report.warnings)} cảnh báo."
            )
            return 1 if report.errors else 0
        report = actions.import_boundaries(
            by=by or CommandLine(),
            at=now(),
            data=data,
            valid_from=valid_from,
            source=source or path.name,
            quality=quality,
            code_property=code_property,
            name_property=name_property,
            accept_warnings=accept_warnings,
        )
    except MapsMissing as missing:
        say(str(missing.message))
        return 1
    except actions.BoundariesRefused as refused:
        _say_problems(refused.report.problems, say)
        how = "" if refused.report.errors else " Thêm --accept-warnings nếu vẫn muốn nhập."
        say(f"{len(refused.report.errors)} lỗi, {len(refused.report.warnings)} cảnh báo; chưa lưu gì.{how}")
        return 1
    _say_problems(report.problems, say)
    say(f"Đã lưu ranh giới của {len(report.matched)} đơn vị, có hiệu lực từ {valid_from:%d/%m/%Y}.")
    return 0


def _say_problems(problems: Sequence[Problem], say: Say) -> None:
    for problem in problems:
        kind = "LỖI" if problem.severity is Severity.ERROR else "cảnh báo"
        where = f" tại {problem.where[0]:.5f}, {problem.where[1]:.5f}" if problem.where is not None else ""
        say(f"{kind} {problem.feature}{where}: {problem.message} {problem.remedy}")


def area_set(
    codes: Sequence[str], say: Say, *, on: date | None = None, name: str = "", by: Person | None = None
) -> int:
    """Make the units with these codes on day `on` (today) the working area: a province, or any list of communes."""
    day = on or today()
    roots: list[Unit] = []
    for code in codes:
        try:
            uid = queries.register().resolve(code, day)
        except UnitsError as unknown:
            say(str(unknown))
            return 1
        roots.append(Unit.objects.get(uid=uid))
    if not roots:
        say("Cần ít nhất một mã đơn vị, ví dụ: diaban area set 79")
        return 1
    names = queries.names([unit.pk for unit in roots], day)
    label = name or ", ".join(names[unit.pk] for unit in roots)
    actions.set_area(by=by or CommandLine(), at=now(), name=label[:120], roots=roots)
    say(f"Địa bàn làm việc: {label} – {len(queries.area_places(today()))} xã, phường, đặc khu hôm nay.")
    return 0


def area_show(say: Say) -> int:
    """Say what the working area is."""
    area = queries.current_area()
    communes = queries.area_places(today())
    say(f"{area.name if area is not None else 'Chưa đặt địa bàn: mọi đơn vị'} – {len(communes)} đơn vị cấp xã hôm nay.")
    return 0
