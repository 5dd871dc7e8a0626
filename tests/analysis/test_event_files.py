"""Files of events as people have them, and everything that can be wrong with them."""

from __future__ import annotations

import datetime as dt
import gzip
import io
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diaban.adapters.event_files import EventColumns, EventFileError, open_table, read_events, read_units

EPOCH = dt.date(1970, 1, 1)
PLAIN = "date,lat,lon,category\n2024-01-31,10.41,107.13,ma túy\n2024-02-01 14:05,10.42,107.14,\n"


def read(tmp_path: Path, text: str | bytes, **options: object) -> EventColumns:
    path = tmp_path / "su-kien.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    named = options.pop("named", None)
    return read_events(open_table(path, named), **options)  # type: ignore[arg-type]


def refused(tmp_path: Path, text: str | bytes, **options: object) -> EventFileError:
    with pytest.raises(EventFileError) as caught:
        read(tmp_path, text, **options)
    return caught.value


def days(columns: EventColumns) -> list[str]:
    return [(EPOCH + dt.timedelta(days=int(number))).isoformat() for number in columns.day]


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        gzip.compress(PLAIN.encode()),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        ("\n" + PLAIN + "\n,,,\n").encode(),
        PLAIN.replace("date,lat,lon,category", "Ngày,Vĩ độ,KINH_DO,Loại").encode(),
        PLAIN.replace(".", ",")
        .replace("date,lat,lon,category", "date;lat;lon;category")
        .replace("31,", "31;")
        .replace("05,10", "05;10")
        .replace(",107", ";107")
        .replace("13,ma", "13;ma")
        .replace("14,\n", "14;\n")
        .encode(),
    ],
    ids=["utf8", "bom", "utf16", "utf16-le", "gz", "semicolon", "tab", "crlf", "blank rows", "vietnamese", "comma"],
)
def test_the_same_events_in_many_shapes(tmp_path: Path, data: bytes) -> None:
    got = read(tmp_path, data)
    assert days(got) == ["2024-01-31", "2024-02-01"]
    assert got.degrees
    assert got.y is not None and got.x is not None and got.category is not None
    assert got.y.tolist() == [10.41, 10.42]
    assert got.x.tolist() == [107.13, 107.14]
    assert got.category.names == ("ma túy",)
    assert got.category.codes.tolist() == [0, -1]


def test_a_workbook(tmp_path: Path) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet, style = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["ngay", "ma_don_vi", "so_vu"])
        sheet.write_datetime(1, 0, dt.datetime(2024, 1, 31), style)
        sheet.write_row(1, 1, [26506, 3])
    got = read(tmp_path, made.getvalue())
    assert days(got) == ["2024-01-31"]
    assert got.unit is not None and got.count is not None
    assert (got.unit.names, got.count.tolist()) == (("26506",), [3])


def test_windows_1258_is_decoded_and_said(tmp_path: Path) -> None:
    text = "ngay,vi_do,kinh_do,nguon\n31/01/2024,10.4,107.1,tuâ\u0300n tra\n"
    got = read(tmp_path, text.encode("cp1258"))
    assert got.source is not None and got.source.names == ("tuần tra",)
    assert "1258" in str(got.notes[0])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-01-31T23:59:59.5+07:00", "2024-01-31"),
        ("2024/1/5", "2024-01-05"),
        ("20240105", "2024-01-05"),
        ("31/01/2024 14:05", "2024-01-31"),
        ("31.1.2024", "2024-01-31"),
        ("31-01-2024", "2024-01-31"),
        ("2024-03", "2024-03-01"),
        ("03/2024", "2024-03-01"),
        ("2024-W01", "2024-01-01"),
        ("01/31/2024 11:55:00 PM", "2024-01-31"),
    ],
)
def test_days(tmp_path: Path, written: str, expected: str) -> None:
    assert days(read(tmp_path, f"date,x,y\n{written},1,2\n")) == [expected]


def test_a_day_that_could_be_a_month_is_not_guessed(tmp_path: Path) -> None:
    text = "date,x,y\n05/06/2024,1,2\n"
    assert "--date-format" in str(refused(tmp_path, text).refusal)
    assert days(read(tmp_path, text, date_order="mdy")) == ["2024-05-06"]
    assert days(read(tmp_path, text, date_order="dmy")) == ["2024-06-05"]
    assert days(read(tmp_path, text.replace("date", "Ngày"))) == ["2024-06-05"]
    assert days(read(tmp_path, "date,x,y\n5-Jun-2024,1,2\n", date_order="%d-%b-%Y")) == ["2024-06-05"]


def test_month_first_is_taken_when_a_day_proves_it_and_said(tmp_path: Path) -> None:
    got = read(tmp_path, "date,x,y\n05/06/2024,1,2\n05/31/2024,1,2\n")
    assert days(got) == ["2024-05-06", "2024-05-31"]
    assert "tháng/ngày/năm" in str(got.notes[0])


BAD = """date,lat,lon
2024-01-31,10.4,107.1
2024-02-31,10.4,107.1
hôm qua,10.4,107.1
2024-01-31,abc,107.1
2024-01-31,10.4,
2024-01-31,107.1,10.4
,10.4,107.1
2024-01-31 25:00,10.4,107.1
45000,10.4,107.1
2024-01-31,0,0
"""


def test_every_bad_row_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, BAD)
    assert [(fault.line, fault.column) for fault in error.faults] == [
        (3, "date"), (4, "date"), (5, "lat"), (6, "lon"), (7, "lat"), (8, "date"), (9, "date"), (10, "date"),
        (11, "lat"),
    ]  # fmt: skip
    assert (error.total, error.bad_rows) == (9, 9)
    assert sum(number for _why, number in error.kinds) == 9
    assert all(str(fault.why) and str(fault.fix) for fault in error.faults)
    assert any("đảo" in str(hint) for hint in error.hints)


def test_bad_rows_are_left_out_only_when_asked(tmp_path: Path) -> None:
    got = read(tmp_path, BAD, skip_bad_rows=True)
    assert (len(got), got.skipped) == (1, 9)
    assert "9" in str(got.notes[-1])


def test_only_twenty_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    error = refused(tmp_path, "date,x,y\n" + "2024-01-01,1,2\n" + "x,1,2\n" * 500)
    assert (len(error.faults), error.total, error.faults[0].line) == (20, 500, 3)


def test_a_row_broken_over_lines_keeps_its_line_number(tmp_path: Path) -> None:
    error = refused(tmp_path, 'date,x,y,category\n2024-01-01,1,2,"a\nb"\n\nx,1,2,c\n')
    assert error.faults[0].line == 5


def test_counts_of_areas(tmp_path: Path) -> None:
    text = "ngay,ma_don_vi,so_vu\n2024-01-01,06978,3\n2024-02-01,6978,\n2024-02-01,26506,0\n"
    got = read(tmp_path, text, units=("26506", "06978"))
    assert got.unit is not None and got.count is not None
    assert got.unit.codes.tolist() == [1, 1, 0]
    assert got.count.tolist() == [3, -1, 0]  # an empty cell is not reported, never zero
    assert any("số 0 ở đầu" in str(note) for note in got.notes)


def test_without_a_column_of_counts_every_row_is_one_and_that_is_said(tmp_path: Path) -> None:
    got = read(tmp_path, "date,unit_code\n2024-01-01,A\n2024-01-01,A\n")
    assert got.count is not None and got.count.tolist() == [1, 1]
    assert "--column count" in str(got.notes[0])


def test_unknown_codes_and_odd_counts_are_listed(tmp_path: Path) -> None:
    text = "date,unit_code,count\n2024-01-01,A,1\n2024-01-01,B,1\n2024-01-01,C,-1\n2024-01-01,A,1.5\n"
    error = refused(tmp_path, text, units=("A",))
    assert [(fault.line, fault.column) for fault in error.faults] == [
        (3, "unit_code"), (4, "unit_code"), (4, "count"), (5, "count"),
    ]  # fmt: skip
    assert "B, C" in str(error.hints[0])


def test_unknown_headings_are_told_with_what_is_there(tmp_path: Path) -> None:
    error = refused(tmp_path, "WHEN,NORTH,EAST\n2024-01-01,1,2\n")
    assert "WHEN, NORTH, EAST" in str(error.refusal)
    got = read(tmp_path, "WHEN,NORTH,EAST\n2024-01-01,1,2\n", named={"date": "when", "x": "EAST", "y": "NORTH"})
    assert got.x is not None and got.x.tolist() == [2.0]
    assert "WHEN" in str(refused(tmp_path, "WHEN,N\n1,2\n", named={"date": "nothing"}).refusal)
    assert "--column" in str(refused(tmp_path, "WHEN,N\n1,2\n", named={"what": "WHEN"}).refusal)


def test_cases_and_controls(tmp_path: Path) -> None:
    got = read(tmp_path, "date,x,y,control\n2024-01-01,1,2,0\n2024-01-01,1,2,1\n")
    assert got.control is not None and got.control.tolist() == [False, True]
    got = read(tmp_path, "date,x,y,case\n2024-01-01,1,2,1\n2024-01-01,1,2,không\n")
    assert got.control is not None and got.control.tolist() == [False, True]
    assert refused(tmp_path, "date,x,y,case\n2024-01-01,1,2,maybe\n").total == 1


def test_areas(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text("unit_code,ten,lat,lon,dan_so\n06978,Ba Chẽ,21.2,107.2,5000\n", encoding="utf-8")
    got = read_units(open_table(path))
    assert (got.codes, got.names, got.degrees) == (("06978",), ("Ba Chẽ",), True)
    assert got.population is not None and got.population.tolist() == [5000.0]
    path.write_text("unit_code,lat,lon,population\na,21.2,107.2,-1\na,100,107,3\n", encoding="utf-8")
    with pytest.raises(EventFileError) as caught:
        read_units(open_table(path))
    assert caught.value.total == 4


@pytest.mark.parametrize("data", [b"", b"\n\n", b"date,x,y\n", b"\x1f\x8bxx", b"PK\x03\x04rubbish", b"\xff\xfe"])
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    assert str(refused(tmp_path, data).refusal)


PIECES = ["date", "lat", "lon", "x", "y", "unit_code", "count", ",", ";", "\n", '"', "2024-01-01", "1", "-1e999", "nan"]
PIECES += ["1_0", "٣", "ngày", "\x00", "\t", "01/02/2024", "case"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.sampled_from(PIECES)).map(lambda parts: "".join(parts).encode()),
        st.text(max_size=200).map(lambda rest: b"date,lat,lon,count,case\n" + rest.encode("utf-8", "surrogatepass")),
    ),
    st.booleans(),
    st.sampled_from([None, ("1", "2")]),
)
def test_any_bytes_are_events_or_a_clear_refusal(
    tmp_path: Path, data: bytes, skip: bool, units: tuple[str, ...] | None
) -> None:
    try:
        got = read(tmp_path, data, skip_bad_rows=skip, units=units)
    except EventFileError as error:
        assert error.refusal is not None or error.total > 0
        assert all(str(fault.why) for fault in error.faults)
    else:
        assert len(got) > 0
