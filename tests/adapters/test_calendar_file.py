"""The calendar file is read back by a reader of the format that shares no line with the writer."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.adapters.calendar_file import DayEvent, write

AT = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))


class Component:
    """A part of a calendar: its lines by name, its inner parts."""

    def __init__(self, name: str) -> None:
        self.name, self.lines, self.parts = name, {}, []

    def text(self, name: str) -> str:
        raw = self.lines[name]
        return re.sub(r"\\(.)", lambda m: "\n" if m.group(1) in "nN" else m.group(1), raw)


def parse(data: bytes) -> Component:
    """Read a calendar strictly (RFC 5545, 3.1): CRLF only, at most 75 octets a line, UTF-8 in every line."""
    assert data.endswith(b"\r\n")
    physical = data[:-2].split(b"\r\n")
    logical: list[str] = []
    for line in physical:
        assert len(line) <= 75, line
        text = line.decode()  # folding has cut no letter
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text), text
        if text.startswith(" "):
            logical[-1] += text[1:]
        else:
            logical.append(text)
    root = Component("")
    stack = [root]
    for line in logical:
        match = re.fullmatch(r"([A-Z-]+)((?:;[A-Z-]+=[^:;\"]+)*):(.*)", line, re.DOTALL)
        assert match, line
        name, _params, value = match.groups()
        if name == "BEGIN":
            part = Component(value)
            stack[-1].parts.append(part)
            stack.append(part)
        elif name == "END":
            assert stack.pop().name == value
        else:
            assert name not in stack[-1].lines, f"{name} twice"
            stack[-1].lines[name] = value
    assert stack == [root]
    (calendar,) = root.parts
    return calendar


def test_a_day_is_a_whole_day_with_an_alarm_at_seven_on_the_eve() -> None:
    calendar = parse(write([DayEvent("u1", dt.date(2026, 12, 31), "Diaban: 2 việc đến hạn")], name="Diaban", at=AT))
    assert (calendar.name, calendar.lines["VERSION"]) == ("VCALENDAR", "2.0")
    assert calendar.lines["PRODID"]
    (event,) = calendar.parts
    assert event.name == "VEVENT"
    assert event.lines["DTSTART"] == "20261231"
    assert event.lines["DTEND"] == "20270101"
    assert event.lines["DTSTAMP"] == "20261123T013000Z"
    assert event.text("SUMMARY") == "Diaban: 2 việc đến hạn"
    (alarm,) = event.parts
    assert (alarm.name, alarm.lines["ACTION"], alarm.lines["TRIGGER"]) == ("VALARM", "DISPLAY", "-PT17H")


def test_an_alarm_may_ring_on_the_day_itself() -> None:
    calendar = parse(write([DayEvent("u", dt.date(2026, 1, 2), "x", alarm_days=0)], name="n", at=AT))
    assert calendar.parts[0].parts[0].lines["TRIGGER"] == "PT7H"


def test_a_calendar_without_events_is_a_calendar() -> None:
    assert parse(write([], name="Diaban", at=AT)).parts == []


@given(st.lists(st.tuples(st.uuids().map(str), st.dates(max_value=dt.date(9999, 12, 30)), st.text())), st.text())
def test_whatever_the_titles_are_they_are_read_back(rows: list[tuple[str, dt.date, str]], name: str) -> None:
    calendar = parse(write([DayEvent(*row) for row in rows], name=name, at=AT))
    assert calendar.text("X-WR-CALNAME") == plain(name)
    assert [
        (part.text("UID"), dt.datetime.strptime(part.lines["DTSTART"], "%Y%m%d").date(), part.text("SUMMARY"))
        for part in calendar.parts
    ] == [(uid, day, plain(title)) for uid, day, title in rows]


def plain(text: str) -> str:
    """What of a text a calendar can hold: no control characters but the line's end and the tabulator."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in joined if letter in "\n\t" or not (ord(letter) < 32 or ord(letter) == 127))


@pytest.mark.parametrize("title", ["ệ" * 200, "x" * 74 + "ế", "a;b,c\\d\ne", "\r\nBEGIN:VEVENT"])
def test_long_lines_and_marks_of_the_format(title: str) -> None:
    calendar = parse(write([DayEvent("u", dt.date(2026, 1, 2), title)], name="n", at=AT))
    assert len(calendar.parts) == 1
    assert calendar.parts[0].text("SUMMARY") == plain(title)
