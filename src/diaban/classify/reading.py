"""Read the figures of a classification workbook: every problem at once, or figures that the rules can judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Any

from diaban.adapters.workbooks import CLASSIFICATION, Problem, Refusal, Row, SheetSpec, read
from diaban.catalogue.units_loader import CatalogueUnits, load_province
from diaban.core.messages import N_, Message, say
from diaban.core.rules import CommuneFigures
from diaban.core.units import Spell, UnknownCode

COUNTS = (
    "population",
    "persons",
    "persons_exempt",
    "points",
    "arrested",
    "resident_offenders",
    "wanted_hiding",
    "plants",
)
FIGURES = (*COUNTS, "plant_m2", "route")
PROVINCE = "brvt"  # the province of the catalogue; other units need `diaban units import` and the site
CODE_DIGITS = 5
SHOWN_CODES = 10


class Rejected(Exception):
    """A file from which nothing is taken: `problems` cell by cell, or one `refusal` of the whole file."""

    def __init__(self, problems: Sequence[Problem] = (), refusal: Message | None = None) -> None:
        self.problems = tuple(problems)
        self.refusal = refusal
        super().__init__(str(refusal) if refusal else "; ".join(map(str, problems)))


@dataclass(frozen=True, slots=True)
class Declared:
    """One row of the file: the unit as written and as found in the catalogue (`spell` None: not in it)."""

    row: int
    code: str
    name: str
    spell: Spell | None
    figures: CommuneFigures


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows of the file, in its order, with what the reader should know about it."""

    rows: tuple[Declared, ...]
    warnings: tuple[Message, ...]


def _spec() -> SheetSpec:
    """The template's columns, taking any code: a unit that the catalogue does not know is classified with a warning."""
    columns = []
    for column in CLASSIFICATION.columns:
        if column.code == "unit_code":
            column = replace(column, digits=0)
        elif column.code == "unit_name":
            column = replace(column, informative=False)
        columns.append(column)
    return replace(CLASSIFICATION, columns=tuple(columns))


SPEC = _spec()


def read_file(path: Path, last_day: date) -> Sheet:
    """Return the figures in `path` for the units of `last_day`; raise `Rejected` with everything that is wrong."""
    try:
        reading = read(path, SPEC)
        rows, problems = reading.gather()
    except Refusal as refusal:
        raise Rejected(refusal=refusal.message) from None
    units = load_province(PROVINCE)
    problems += _repeated(rows, reading.sheet)
    warnings = [*_column_warnings(reading.columns, reading.ignored)]
    declared: list[Declared] = []
    unknown: list[str] = []
    for row in rows:
        if "unit_code" not in row.values:
            continue
        code = _full_code(str(row.values["unit_code"]), path)
        spell, trouble = _find(units, code, last_day)
        if trouble and _known(units, code):
            accepted = say(N_("Mã của đơn vị đang có vào ngày {day}"), day=f"{last_day:%d/%m/%Y}")
            problems.append(Problem(reading.sheet, row.number, "unit_code", code, trouble, accepted))
        elif trouble:
            unknown.append(code)
        if not row.problems:
            declared.append(_declare(row, code, spell))
    if not rows and not problems:
        raise Rejected(refusal=say(N_("Tệp không có dòng số liệu nào dưới dòng mã cột.")))
    if problems:
        raise Rejected(sorted(problems, key=lambda problem: (problem.row, problem.column)))
    if unknown:
        warnings.append(_unknown_codes(unknown))
    return Sheet(tuple(declared), tuple(warnings))


def _unknown_codes(codes: Sequence[str]) -> Message:
    shown = ", ".join(codes[:SHOWN_CODES]) + (", …" if len(codes) > SHOWN_CODES else "")
    return say(
        N_("{n} mã đơn vị không có trong danh mục ({codes}): vẫn xếp loại theo số liệu, chưa đối chiếu tên."),
        n=len(codes),
        codes=shown,
    )


def _full_code(code: str, path: Path) -> str:
    """Give back the leading zeros that a spreadsheet takes from a code it holds as a number."""
    lost = path.suffix.lower() == ".xlsx" and code.isdecimal() and len(code) < CODE_DIGITS
    return code.zfill(CODE_DIGITS) if lost else code


def _find(units: CatalogueUnits, code: str, day: date) -> tuple[Spell | None, Message | None]:
    try:
        return units.register.by_code(code, day, "commune"), None
    except UnknownCode as unknown:
        return None, unknown.message


def _known(units: CatalogueUnits, code: str) -> bool:
    """Return whether the catalogue has had a commune with this code on some day: then the row is of another year."""
    register = units.register
    return any(
        spell.code == code and spell.level == "commune" for uid in register.units for spell in register.spells_of(uid)
    )


def _repeated(rows: Iterable[Row], sheet: str) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for row in rows:
        code = row.values.get("unit_code")
        if code is None:
            continue
        if code in first:
            problems.append(
                Problem(
                    sheet,
                    row.number,
                    "unit_code",
                    code,
                    say(N_("Trùng với dòng {row}"), row=first[code]),
                    say(N_("Mỗi đơn vị một dòng")),
                )
            )
        else:
            first[code] = row.number
    return problems


def _column_warnings(found: Sequence[str], ignored: Sequence[str]) -> Iterable[Message]:
    if ignored:
        yield say(N_("Bỏ qua cột không có trong mẫu: {columns}."), columns=", ".join(ignored))
    absent = [code for code in FIGURES if code not in found]
    if "route" in absent:
        yield say(N_("Tệp không có cột route: coi như không xã nào nằm trên tuyến trọng điểm."))
        absent.remove("route")
    if absent:
        yield say(N_("Tệp không có cột {columns}: coi là chưa báo cáo."), columns=", ".join(absent))


def _declare(row: Row, code: str, spell: Spell | None) -> Declared:
    values: dict[str, Any] = {name: row.values.get(name) for name in COUNTS}
    name = spell.name if spell else str(row.values.get("unit_name") or "") or say(N_("Đơn vị {code}"), code=code)
    figures = CommuneFigures(**values, plant_m2=_whole(row.values.get("plant_m2")), route=row.values.get("route") or "")
    return Declared(row.number, code, str(name), spell, figures)


def _whole(area: Decimal | int | None) -> int | None:
    """Return an area in whole square metres that falls in the same band as the area itself.

    Thresholds are whole numbers, so cutting the rest changes no comparison; less than one square metre is still more
    than nothing.
    """
    if area is None:
        return None
    cut = int(Decimal(area).to_integral_value(ROUND_FLOOR))
    return 1 if cut == 0 and area > 0 else cut
