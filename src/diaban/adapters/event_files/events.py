"""A table of texts → the columns of events, or everything that is wrong with them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diaban.adapters.event_files.columns import EventColumns, Words
from diaban.adapters.event_files.days import read_days
from diaban.adapters.event_files.faults import SHOWN, Bad, EventFileError, Fault, shortened
from diaban.adapters.event_files.figures import Check, number_of, read_counts, read_marks, read_numbers, read_words
from diaban.adapters.event_files.text import EventText
from diaban.core.messages import N_, Message, say

LATITUDE: Check = (
    lambda value: -90 <= value <= 90,
    say(N_("vĩ độ phải từ −90 đến 90")),
    say(N_("xem có đảo vĩ độ với kinh độ không; nếu là mét thì đặt tên cột x, y")),
)
LONGITUDE: Check = (
    lambda value: -180 <= value <= 180,
    say(N_("kinh độ phải từ −180 đến 180")),
    say(N_("nếu là mét thì đặt tên cột x, y")),
)
DEGREES = say(N_("ghi độ thập phân, ví dụ 10.4114"))
METRES = say(N_("ghi số mét"))
LAYOUTS = say(
    N_(
        "Không nhận ra các cột. Cần date kèm lat, lon (độ) hoặc x, y (mét) hoặc unit_code, count "
        "(tiếng Việt: ngay, vi_do, kinh_do, ma_don_vi, so_vu); tệp đang có: {found}. "
        "Nếu cột có tên khác, nêu bằng --column, ví dụ --column date={example}."
    )
)


@dataclass(slots=True)
class _Gathered:
    """Columns as they come, and everything that is wrong with them."""

    values: dict[str, Any] = field(default_factory=dict)
    bad: list[Bad] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    hints: list[Message] = field(default_factory=list)


def read_events(
    table: EventText,
    *,
    date_order: str | None = None,
    skip_bad_rows: bool = False,
    units: Sequence[str] | None = None,
) -> EventColumns:
    """Return the events of a table.

    Coordinates are taken before codes of areas, and degrees before metres, unless `units` (the codes that exist) is
    given: then the table must have codes. Raises `EventFileError`; with `skip_bad_rows` bad rows are left out instead
    and counted, as long as a good one remains.
    """
    layout = _layout(table, areas=units is not None)
    got = _Gathered(notes=list(table.notes))
    _days(table, date_order, got)
    if layout == "areas":
        _areas(table, units, got)
    else:
        _points(table, layout == "degrees", got)
    for role in ("category", "source"):
        cells = table.column(role)
        if cells is not None:
            got.values[role] = read_words(cells)
    bad = _without_blank_rows(table, got)
    kept = np.ones(len(table), dtype=np.bool_)
    for one in bad:
        kept[one.rows] = False
    blank = got.values.pop("blank")
    if any(one.rows for one in bad) and (not skip_bad_rows or not kept.any()):
        raise failure(table, bad, got.hints)
    skipped = int((~kept).sum())
    kept[blank] = False
    if not kept.any():
        raise EventFileError(say(N_("Tệp không có dòng sự kiện nào dưới dòng tiêu đề.")))
    if skipped:
        got.notes.append(say(N_("Đã bỏ {n} dòng có lỗi trong {all} dòng."), n=skipped, all=len(table)))
    return _columns(table, got, kept, skipped, degrees=layout == "degrees")


def _layout(table: EventText, *, areas: bool) -> str:
    has = set(table.where)
    if "date" in has:
        if areas and "unit_code" in has:
            return "areas"
        if not areas and {"lat", "lon"} <= has:
            return "degrees"
        if not areas and {"x", "y"} <= has:
            return "metres"
        if "unit_code" in has:
            return "areas"
    found = ", ".join(shortened(heading) for heading in table.headings[:30])
    example = shortened(table.headings[0]) if table.headings and table.headings[0] else "Ngay"
    raise EventFileError(Message(LAYOUTS.msgid, {"found": found, "example": example}))


def _days(table: EventText, order: str | None, got: _Gathered) -> None:
    read = read_days(table.column("date") or (), table.heading("date"), order)
    if read.refusal is not None:
        raise EventFileError(read.refusal)
    got.values["day"], got.values["monthly"] = read.days, read.monthly
    got.bad += read.bad
    got.notes += read.notes


def _points(table: EventText, degrees: bool, got: _Gathered) -> None:
    roles = ("lon", "lat") if degrees else ("x", "y")
    for name, role in zip("xy", roles, strict=True):
        check = (LONGITUDE if role == "lon" else LATITUDE) if degrees else None
        values, bad = read_numbers(table.column(role) or (), role, DEGREES if degrees else METRES, check)
        got.values[name] = values
        got.bad += bad
    if degrees:
        _look_at_degrees(table, got)
    for role, flip in (("control", False), ("case", True)):
        cells = table.column(role)
        if cells is not None and "control" not in got.values:
            marks, bad = read_marks(cells, role)
            got.values["control"] = ~marks if flip else marks
            got.bad += bad


def _look_at_degrees(table: EventText, got: _Gathered) -> None:
    wrong = {row for one in got.bad if one.role in ("lat", "lon", "date") for row in one.rows}
    nowhere = np.flatnonzero((got.values["x"] == 0) & (got.values["y"] == 0))
    rows = [row for row in nowhere.tolist() if row not in wrong]
    if rows:
        why = say(N_("tọa độ 0, 0 (ngoài khơi châu Phi) thường là tọa độ chưa có"))
        got.bad.append(Bad("lat", why, say(N_("điền tọa độ thật, hoặc bỏ dòng này")), rows))
    beyond = [row for one in got.bad if one.role == "lat" and one.why is LATITUDE[1] for row in one.rows][:1000]
    latitudes, longitudes = table.column("lat") or (), got.values["x"]
    could_be = [abs(number_of(latitudes[row], comma=True) or 0) <= 180 for row in beyond]
    if beyond and all(could_be) and (np.abs(longitudes[beyond]) <= 90).all():
        hint = N_("Có vẻ vĩ độ và kinh độ bị đảo: thử --column lat={lon} --column lon={lat}.")
        got.hints.append(say(hint, lat=table.heading("lat"), lon=table.heading("lon")))


def _areas(table: EventText, units: Sequence[str] | None, got: _Gathered) -> None:
    words = read_words(table.column("unit_code") or ())
    missing = Bad("unit_code", say(N_("thiếu mã đơn vị")), say(N_("điền mã, hoặc bỏ dòng này")))
    missing.rows.extend(np.flatnonzero(words.codes < 0).tolist())
    got.bad += [missing] if missing.rows else []
    if units is not None:
        words = _matched(words, units, got)
    got.values["unit"] = words
    cells = table.column("count")
    if cells is None:
        got.values["count"] = np.ones(len(table), dtype=np.int64)
        note = N_(
            "Tệp không có cột số vụ (count, so_vu): mỗi dòng tính là một vụ. Cột có tên khác thì nêu --column "
            "count=TÊN."
        )
        got.notes.append(say(note))
    else:
        got.values["count"], bad = read_counts(cells, "count")
        got.bad += bad
    cells = table.column("controls")
    if cells is not None:
        got.values["controls"], bad = read_counts(cells, "controls")
        got.bad += bad


def _matched(words: Words, units: Sequence[str], got: _Gathered) -> Words:
    """Return the codes as places in `units`; a code that lost its leading zeros in a spreadsheet is found again."""
    places = {code: place for place, code in enumerate(units)}
    bare: dict[str, int | None] = {}
    for place, code in enumerate(units):
        short = code.lstrip("0")
        bare[short] = None if short in bare else place
    to, mended = np.full(len(words.names) + 1, -1, dtype=np.int32), 0
    for here, code in enumerate(words.names):
        found = places.get(code)
        if found is None:
            found = bare.get(code.lstrip("0").removesuffix(".0"))
            mended += found is not None
        to[here] = -1 if found is None else found
    unknown = [code for here, code in enumerate(words.names) if to[here] < 0]
    if mended:
        got.notes.append(say(N_("{n} mã đơn vị thiếu số 0 ở đầu đã được nhận ra."), n=mended))
    if unknown:
        why, fix = say(N_("mã đơn vị không có trong tệp --units")), say(N_("sửa mã, hoặc thêm đơn vị vào tệp --units"))
        codes = words.codes
        got.bad.append(Bad("unit_code", why, fix, np.flatnonzero((codes >= 0) & (to[codes] < 0)).tolist()))
        shown = ", ".join(shortened(code) for code in unknown[:SHOWN]) + ("…" if len(unknown) > SHOWN else "")
        got.hints.append(say(N_("{n} mã không có trong tệp --units: {codes}."), n=len(unknown), codes=shown))
    return Words(to[words.codes], tuple(units))


def _without_blank_rows(table: EventText, got: _Gathered) -> list[Bad]:
    """Rows without a word in them are no rows: leave them out of what is wrong, and remember them."""
    empty = {row for one in got.bad if one.role == "date" for row in one.rows}
    blank = sorted(row for row in empty if not any(column[row].strip() for column in table.cells))
    got.values["blank"] = blank
    if not blank:
        return got.bad
    gone = set(blank)
    trimmed = [Bad(one.role, one.why, one.fix, [row for row in one.rows if row not in gone]) for one in got.bad]
    return [one for one in trimmed if one.rows]


def failure(table: EventText, bad: list[Bad], hints: list[Message]) -> EventFileError:
    """Return the error that tells of bad cells: the first ones by line, and how many of each kind."""
    first = [(row, table.where[one.role], one) for one in bad for row in itertools.islice(one.rows, SHOWN)]
    places = sorted(first, key=lambda place: place[:2])
    faults = [
        Fault(table.lines[row], table.headings[column], shortened(table.cells[column][row]), one.why, one.fix)
        for row, column, one in places[:SHOWN]
    ]
    return EventFileError(
        faults=faults,
        total=sum(len(one.rows) for one in bad),
        kinds=[(one.why, len(one.rows)) for one in sorted(bad, key=lambda one: -len(one.rows))],
        bad_rows=len({row for one in bad for row in one.rows}),
        hints=hints,
    )


def _columns(table: EventText, got: _Gathered, kept: NDArray[np.bool_], skipped: int, *, degrees: bool) -> EventColumns:
    def chosen(name: str) -> Any:
        value = got.values.get(name)
        if isinstance(value, Words):
            return value if kept.all() else Words(value.codes[kept], value.names)
        return value if value is None or kept.all() else value[kept]

    names = ("day", "x", "y", "unit", "count", "controls", "control", "category", "source")
    return EventColumns(
        table.name,
        degrees=degrees,
        skipped=skipped,
        monthly=bool(got.values["monthly"]),
        notes=tuple(got.notes),
        **{name: chosen(name) for name in names},
    )
