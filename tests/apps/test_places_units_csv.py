"""Changes of units from a CSV file: the catalogue's own history retold as rows, and every way a row can be wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from diaban.apps.access import House
from diaban.apps.audit.models import Event as LogEvent
from diaban.apps.places import queries
from diaban.apps.places.actions import import_units_csv, load_catalogue
from diaban.apps.places.changes import COLUMNS, read_changes, replay
from diaban.apps.places.models import Lineage, Population, Spell, Unit
from diaban.catalogue.units_loader import load_province
from diaban.core.units import Register

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
NEW_YEAR = date(2027, 1, 1)


class Officer(House):
    def __init__(self) -> None:
        super().__init__("canbo")


def as_csv(*rows: dict[str, Any], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def catalogue_as_rows() -> Iterator[dict[str, Any]]:
    """The catalogue's file, told as events."""
    text = (resources.files("diaban.catalogue") / "units" / "brvt.yaml").read_text(encoding="utf-8")
    told = yaml.safe_load(text)
    instruments = told["instruments"]
    opening = told["opening"]
    first = {"event": "create", "on": opening["day"].isoformat(), "instrument": instruments[opening["instrument"]]}
    for code, facts in opening["districts"].items():
        for commune, (name, *_rest) in facts["communes"].items():
            yield first | {"new_code": commune, "name": name, "level": "commune", "parent_code": code}
        yield first | {"new_code": code, "name": facts["name"], "level": "district", "parent_code": facts["parent"]}
    for code, facts in opening["provinces"].items():
        yield first | {"new_code": code, "name": facts["name"], "level": "province"}
    for block in told["changes"]:
        common = {"on": f"{block['day']:%d/%m/%Y}", "instrument": instruments[block["instrument"]]}
        for code, facts in block.get("merge", {}).items():
            for source in facts["from"]:
                yield common | {
                    "event": "merge",
                    "old_code": source,
                    "new_code": code,
                    "name": facts["name"],
                    "parent_code": facts.get("parent", ""),
                }
        for code, name in block.get("retitle", {}).items():
            yield common | {"event": "rename", "old_code": code, "name": name}
        for code, facts in block.get("recode", {}).items():
            yield common | {
                "event": "recode",
                "old_code": code,
                "new_code": facts["code"],
                "name": facts["name"],
                "level": facts["level"],
                "parent_code": facts["parent"],
            }
        for parent, codes in block.get("move", {}).items():
            for code in codes:
                yield common | {"event": "move", "old_code": code, "parent_code": parent}
        for code in block.get("abolish", ()):
            yield common | {"event": "abolish", "old_code": code}


def test_the_catalogues_history_told_as_rows_gives_the_catalogues_register() -> None:
    rows, problems = read_changes(as_csv(*catalogue_as_rows()))
    assert problems == []
    outcome = replay(Register([], []), rows)
    assert outcome.problems == ()
    assert outcome.register is not None
    told = load_province("brvt").register
    assert outcome.register.edges == told.edges
    assert outcome.register.spells == told.spells


def test_told_again_it_says_nothing_new() -> None:
    rows, _problems = read_changes(as_csv(*catalogue_as_rows()))
    outcome = replay(load_province("brvt").register, rows)
    assert outcome.problems == ()
    assert outcome.done_before == len(rows)
    assert outcome.touched == frozenset()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_usual_delimiter(delimiter: str) -> None:
    rows, problems = read_changes(
        as_csv(
            {"event": "population", "on": "01/04/2019", "old_code": "26506", "value": "7.372", "source": "TĐT"},
            delimiter=delimiter,
        )
    )
    assert problems == []
    assert (rows[0].value, rows[0].on, rows[0].source_kind) == (7372, date(2019, 4, 1), "resident")


@pytest.mark.parametrize(
    ("data", "column"),
    [
        (b"", ""),
        ("event,on\nđổi".encode("cp1258", "replace") + b"\xff", ""),
        (b"event,mystery\n", "mystery"),
        (b"event,old_code\n", "on"),
    ],
)
def test_a_file_that_cannot_be_read(data: bytes, column: str) -> None:
    rows, problems = read_changes(data)
    assert rows == []
    assert [problem.column for problem in problems] in ([column], [column, "on"])


RENAME = {"event": "rename", "on": "01/01/2027", "old_code": "26506", "name": "Phường Một", "instrument": "NQ"}
MERGE = {"event": "merge", "on": "01/01/2027", "old_code": "26506", "new_code": "26526", "instrument": "NQ"}


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"event": "explode"}, "event"),
        ({"on": "31/02/2027"}, "on"),
        ({"on": ""}, "on"),
        ({"old_code": "2650A"}, "old_code"),
        ({"name": "Vũng Tàu"}, "name"),
        ({"name": "Phường " + "x" * 120}, "name"),
        ({"instrument": ""}, "instrument"),
        ({"level": "hamlet"}, "level"),
        ({"basis": "wish"}, "basis"),
        ({"share": "5/4"}, "share"),
        ({"share": "0"}, "share"),
        ({"share": "1/0"}, "share"),
        ({"lon": "107,1"}, "lon"),
        ({"lon": "10.3", "lat": "107.1"}, "lon"),
        ({"value": "-5"}, "value"),
        ({"source_kind": "rumour"}, "source_kind"),
    ],
)
def test_a_wrong_cell_is_named(change: dict[str, str], column: str) -> None:
    _rows, problems = read_changes(as_csv(RENAME, RENAME | change))
    assert [(problem.row, problem.column) for problem in problems] == [(3, column)]


@pytest.mark.parametrize(
    ("text", "share"), [("1/3", Fraction(1, 3)), ("0,25", Fraction(1, 4)), ("25%", Fraction(1, 4)), ("1", Fraction(1))]
)
def test_a_share_may_be_written_in_several_ways(text: str, share: Fraction) -> None:
    rows, problems = read_changes(as_csv(MERGE | {"share": text}))
    assert problems == []
    assert rows[0].share == share


def problems_of(*rows: dict[str, Any]) -> list[tuple[int, str]]:
    read, wrong = read_changes(as_csv(*rows))
    assert wrong == []
    return [(one.row, one.column) for one in replay(load_province("brvt").register, read).problems]


def test_all_wrong_rows_are_listed_at_once() -> None:
    assert problems_of(
        RENAME | {"old_code": "26508"},  # ended on 30/6/2025
        {"event": "move", "on": "01/01/2027", "old_code": "26506", "parent_code": "75", "instrument": "NQ"},
        MERGE | {"old_code": "26536", "parent_code": "99"},
        MERGE | {"old_code": "26542", "name": "Phường A"},
        MERGE | {"old_code": "26545", "name": "Phường B"},
        {"event": "population", "on": "01/01/2018", "old_code": "26506", "value": "1", "source": "x"},
    ) == [(2, "old_code"), (3, "parent_code"), (4, "parent_code"), (6, "name"), (7, "old_code")]


def test_a_contradiction_of_the_whole_is_told() -> None:
    # Shares over one, and a unit that ended before the day of the event.
    assert problems_of(
        MERGE | {"share": "3/4"}, MERGE | {"new_code": "26530", "share": "1/2"}, MERGE | {"old_code": "26526"}
    ) == [(0, "")]
    assert problems_of({"event": "abolish", "on": "01/01/2020", "old_code": "26506", "instrument": "NQ"}) == [(2, "on")]
    assert problems_of({"event": "abolish", "on": "01/01/2027", "old_code": "79", "instrument": "NQ"})[0] == (0, "")


@pytest.fixture
def loaded(db: None) -> None:
    load_catalogue(by=Officer(), at=AT)


def test_a_resolution_is_tried_stored_and_not_stored_twice(loaded: None) -> None:
    data = as_csv(
        MERGE | {"old_code": "26590", "new_code": "26590", "name": "Xã Bình Giã", "lon": "107.29", "lat": "10.68"},
        MERGE | {"old_code": "26596", "new_code": "26590"},
        MERGE | {"old_code": "26575", "new_code": "26590", "share": "25%", "basis": "population"},
        MERGE | {"old_code": "26575", "new_code": "26575", "share": "75%", "basis": "population"},
        {
            "event": "population",
            "on": "01/01/2027",
            "old_code": "26590",
            "value": "61.500",
            "source": "Công an xã khai",
        },
    )
    before = (Unit.objects.count(), Spell.objects.count(), Lineage.objects.count(), Population.objects.count())
    tried = import_units_csv(by=Officer(), at=AT, data=data, dry_run=True)
    assert tried.problems == ()
    assert (tried.written.units, tried.written.edges, tried.written.populations) == (2, 4, 1)
    assert before == (
        Unit.objects.count(),
        Spell.objects.count(),
        Lineage.objects.count(),
        Population.objects.count(),
    )
    assert len(queries.area_places(NEW_YEAR)) == 30

    stored = import_units_csv(by=Officer(), at=AT, data=data)
    assert stored == tried
    assert LogEvent.objects.get(verb="units.import_csv").detail["rows"] == 5
    assert len(queries.area_places(NEW_YEAR)) == 29
    merged = queries.unit_by_code("26590", NEW_YEAR)
    assert merged.uid == "26590@2027-01-01"
    assert queries.population([merged.pk], NEW_YEAR)[merged.pk].value == 61_500
    assert queries.known().point(merged.uid, NEW_YEAR) == (107.29, 10.68)
    ngai_giao = queries.unit_by_code("26575", date(2026, 12, 31))
    assert ngai_giao.pk not in queries.scope_unit_ids(merged, NEW_YEAR)

    again = import_units_csv(by=Officer(), at=AT, data=data)
    assert not again.written
    assert again.done_before == 4
    assert LogEvent.objects.filter(verb="units.import_csv").count() == 1


def test_with_a_problem_nothing_is_stored(loaded: None) -> None:
    report = import_units_csv(by=Officer(), at=AT, data=as_csv(RENAME, RENAME | {"old_code": "99999"}))
    assert [problem.row for problem in report.problems] == [3]
    assert not Spell.objects.filter(name="Phường Một").exists()
    assert not LogEvent.objects.filter(verb="units.import_csv").exists()


def test_the_example_of_the_documentation_works(loaded: None) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "units-csv.md").read_text(encoding="utf-8")
    example = page.split("```csv\n")[1].split("```")[0]
    report = import_units_csv(by=Officer(), at=AT, data=example.encode())
    assert report.problems == ()
    assert report.written.units == 2


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_explained(data: bytes) -> None:
    rows, problems = read_changes(b"event,on,old_code,name,share,lon,lat,value\n" + data)
    assert all(str(problem.message) for problem in problems)
    assert all(row.row > 1 for row in rows)


@given(
    cells=st.lists(
        st.tuples(
            st.sampled_from(["merge", "rename", "recode", "move", "create", "abolish", "population"]),
            st.sampled_from(["01/01/2027", "01/07/2025", "01/02/2025", "2018-01-01"]),
            st.sampled_from(["26506", "26545", "26732", "755", "77", "79", "99"]),
            st.sampled_from(["26506", "26545", "26999", "79", ""]),
            st.sampled_from(["Phường Một", "Tỉnh Hai", ""]),
            st.sampled_from(["province", "commune", ""]),
            st.sampled_from(["79", "26545", ""]),
            st.sampled_from(["", "1/2", "1"]),
        ),
        max_size=5,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_events_give_a_sound_register_or_say_why_not(cells: list[tuple[str, ...]]) -> None:
    names = ("event", "on", "old_code", "new_code", "name", "level", "parent_code", "share")
    told = [dict(zip(names, row, strict=True)) | {"instrument": "NQ", "value": "1", "source": "x"} for row in cells]
    rows, _wrong = read_changes(as_csv(*told))
    outcome = replay(load_province("brvt").register, rows)
    assert (outcome.register is None) == bool(outcome.problems)
    if outcome.register is not None:
        # Told again, the same rows change nothing.
        again = replay(outcome.register, rows)
        assert again.problems == ()
        assert again.register is not None
        assert again.register.spells == outcome.register.spells
        assert again.register.edges == outcome.register.edges
