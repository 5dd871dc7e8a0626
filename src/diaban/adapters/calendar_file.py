"""Writes a calendar (iCalendar, RFC 5545) of whole days with a title and an alarm, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

OCTETS: Final = 75
"""The longest line of the format, without its end."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class DayEvent:
    """A day. `uid` stays as long as it is the same event; the alarm rings at 7:00, `alarm_days` days before."""

    uid: str
    day: date
    title: str
    alarm_days: int = 1


def write(events: Iterable[DayEvent], *, name: str, at: datetime) -> bytes:
    """Return the file: CRLF at every line's end, lines folded at 75 octets, UTF-8.

    `at` is the moment at which it is made, with its zone. Control characters are left out of the titles.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Diaban//Diaban//VI",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for event in events:
        lines.extend(_event(event, at))
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line)).encode()


def _event(event: DayEvent, at: datetime) -> Iterator[str]:
    title = escaped(event.title)
    # From midnight of the day: 24 h before it, less seven hours, is 7:00 of the day before.
    hours = event.alarm_days * 24 - 7
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{_date(event.day)}"
    yield f"DTEND;VALUE=DATE:{_date(event.day + timedelta(days=1))}"
    yield f"SUMMARY:{title}"
    yield "TRANSP:TRANSPARENT"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{title}"
    yield f"TRIGGER:{'-' if hours > 0 else ''}PT{abs(hours)}H"
    yield "END:VALARM"
    yield "END:VEVENT"


def _date(day: date) -> str:
    return day.isoformat().replace("-", "")  # strftime writes the year 999 with three digits on some systems


def escaped(text: str) -> str:
    """Return a text as the format writes it (RFC 5545, 3.3.11): one line, with its marks escaped."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """Yield the line in parts of at most 75 octets, the later ones begun by a space; no letter is cut in two."""
    part, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > OCTETS:
            yield part
            part, size = " ", 1
        part += letter
        size += octets
    yield part
