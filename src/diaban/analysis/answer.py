"""What comes back: an answer in plain words, its rows, its curve and its picture, and what is needed to do it again.

Sentences are `Message`s, so one stored answer can be read in either language: `to_document(answer, keep)` leaves them
as {"msgid", "params"} and `rendered(document, translate)` turns them into text.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np

from diaban.core.messages import Message

SCHEMA = "diaban.analysis/1"
Render = Callable[[Message], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the answer's table: `key` in each row, `label` above it, `kind` says how a cell is written.

    Kinds: text, count, number, ratio (relative), p (p-value), metres, day, units (list of codes), share (0…1).
    """

    key: str
    label: Message
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Curve:
    """A series over time: `starts` of its steps, `observed` (None: not reported), what was `expected`, an upper bound.

    `marks`: days with a word each (resolved, begins); `spans`: (first, end) of clusters, half-open.
    """

    label: Message
    step: str
    starts: tuple[dt.date, ...]
    observed: tuple[int | None, ...]
    expected: tuple[float | None, ...] = ()
    upper: tuple[float | None, ...] = ()
    alarms: tuple[int, ...] = ()
    marks: tuple[tuple[dt.date, Message], ...] = ()
    spans: tuple[tuple[dt.date, dt.date], ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing on the map. `kind`: circle (x, y, radius), square (x, y: centre, side), area (unit), point (x, y).

    `x`, `y` as the table's positions are: longitude and latitude, or metres. `tone` says how it is drawn: cluster,
    second, hot, cold, warm, cool, treated, ring, control, quiet. `row`: the row of the findings it belongs to, or None.
    """

    kind: str
    tone: str
    x: float | None = None
    y: float | None = None
    radius: float | None = None
    side: float | None = None
    unit: str | None = None
    label: str = ""
    value: float | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Reproduce:
    """Everything that is needed to get the same answer again."""

    program: str
    schema: str
    seed: int
    settings: Mapping[str, Any]
    data_sha256: str
    data: Mapping[str, Any]
    libraries: Mapping[str, str]
    replicates: int | None = None
    command: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer.

    `question`: scan, gi, emerging, knox, watch, evaluate. `level`: found, nothing, unsure (too few to say) or caution.
    `headline`: the answer in one sentence; `sentences`: what carries it. `findings` are rows of JSON values under
    `columns`, called `rows` ("clusters", …) in the document. `cautions`: what this does not say.
    `geodesic`: whether positions are degrees. `methods`: pages of docs/methods.
    """

    question: str
    level: str
    headline: Message
    sentences: tuple[Message, ...]
    rows: str
    columns: tuple[Column, ...]
    findings: tuple[Mapping[str, Any], ...]
    cautions: tuple[Message, ...]
    methods: tuple[str, ...]
    reproduce: Reproduce
    geodesic: bool
    curves: tuple[Curve, ...] = ()
    shapes: tuple[Shape, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)


def keep(message: Message) -> dict[str, Any]:
    """Leave a sentence as its template and what fills it, to be rendered later."""
    return {"msgid": message.msgid, "params": {name: _told(value, keep) for name, value in message.params.items()}}


def to_document(answer: Answer, render: Render = str) -> dict[str, Any]:
    """Return the answer as JSON values; nothing in it depends on the clock or on how long it took.

    `render` is applied to every sentence: `str` gives Vietnamese text, `keep` leaves it for `rendered`.
    """
    told: dict[str, Any] = {"schema": SCHEMA, "question": answer.question, "level": answer.level}
    told["headline"] = render(answer.headline)
    told["sentences"] = [render(one) for one in answer.sentences]
    told["rows"] = answer.rows
    told["columns"] = _told(answer.columns, render)
    told[answer.rows] = [_told(row, render) for row in answer.findings]
    told["numbers"] = _told(answer.numbers, render)
    told["curves"] = _told(answer.curves, render)
    told["shapes"] = [
        {name: value for name, value in _told(shape, render).items() if value is not None} for shape in answer.shapes
    ]
    told["geodesic"] = answer.geodesic
    told["cautions"] = [render(one) for one in answer.cautions]
    told["methods"] = list(answer.methods)
    told["reproduce"] = _told(answer.reproduce, render)
    return told


def rendered(document: Any, translate: Callable[[str], str] = str) -> Any:
    """Return a document of `to_document(…, keep)` with every kept sentence as text."""
    if isinstance(document, dict):
        if set(document) == {"msgid", "params"}:
            params = {name: rendered(value, translate) for name, value in document["params"].items()}
            return translate(document["msgid"]).format_map(params)
        return {name: rendered(value, translate) for name, value in document.items()}
    if isinstance(document, list):
        return [rendered(value, translate) for value in document]
    return document


def _told(value: Any, render: Render) -> Any:
    if isinstance(value, Message):
        return render(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no infinity
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _told(getattr(value, one.name), render) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _told(part, render) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_told(part, render) for part in value]
    return value
