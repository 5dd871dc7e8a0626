"""The areas that a file of counts speaks of: `unit_code, lat, lon` or `x, y`, and `population` where there is one."""

from __future__ import annotations

from collections import Counter

from diaban.adapters.event_files.columns import UnitColumns
from diaban.adapters.event_files.events import DEGREES, LATITUDE, LONGITUDE, METRES, failure
from diaban.adapters.event_files.faults import Bad, EventFileError
from diaban.adapters.event_files.figures import read_numbers
from diaban.adapters.event_files.text import EventText
from diaban.core.messages import N_, say

NOT_NEGATIVE = (lambda value: value >= 0, say(N_("số dân không thể âm")), say(N_("xem lại số dân")))


def read_units(table: EventText) -> UnitColumns:
    """Return the areas of a table. Raises `EventFileError`."""
    has = set(table.where)
    degrees = {"lat", "lon"} <= has
    if "unit_code" not in has or not (degrees or {"x", "y"} <= has):
        found = ", ".join(table.headings[:30])
        raise EventFileError(
            say(
                N_(
                    "Tệp --units cần các cột unit_code, lat, lon (hoặc x, y), có thể thêm population; đang có: {found}."
                ),
                found=found,
            )
        )
    if not len(table):
        raise EventFileError(say(N_("Tệp --units không có đơn vị nào.")))
    codes = tuple(" ".join(cell.split()) for cell in table.column("unit_code") or ())
    bad = [one for one in _codes(codes) if one.rows]
    axes = []
    for role in ("lon", "lat") if degrees else ("x", "y"):
        check = (LONGITUDE if role == "lon" else LATITUDE) if degrees else None
        values, wrong = read_numbers(table.column(role) or (), role, DEGREES if degrees else METRES, check)
        axes.append(values)
        bad += wrong
    population = None
    cells = table.column("population")
    if cells is not None:
        population, wrong = read_numbers(cells, "population", say(N_("ghi số dân")), NOT_NEGATIVE)
        bad += wrong
    if bad:
        raise failure(table, bad, [])
    names = tuple(" ".join(cell.split()) for cell in table.column("name") or codes)
    named = tuple(name or code for name, code in zip(names, codes, strict=True))
    return UnitColumns(codes, named, degrees, axes[0], axes[1], population, table.notes)


def _codes(codes: tuple[str, ...]) -> list[Bad]:
    times = Counter(codes)
    empty = Bad("unit_code", say(N_("thiếu mã đơn vị")), say(N_("điền mã")))
    twice = Bad("unit_code", say(N_("mã đơn vị có hai lần")), say(N_("mỗi đơn vị một dòng")))
    empty.rows.extend(row for row, code in enumerate(codes) if not code)
    twice.rows.extend(row for row, code in enumerate(codes) if code and times[code] > 1)
    return [empty, twice]
