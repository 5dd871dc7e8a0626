"""The chain, pure: whatever is touched is found, wherever; and what nobody touched passes."""

from __future__ import annotations

import hashlib
import hmac
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diaban.core.chain import (
    COLUMNS,
    Checkpoint,
    Evidence,
    Head,
    Report,
    Row,
    canonical_json,
    genesis,
    head_form,
    link,
    moment,
    read_checkpoint_line,
    verify,
)

ORIGIN = "c0ffee"
SECRET = b"held by the system alone"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
EVENT = st.tuples(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)), TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)


def mark(message: bytes) -> str:
    return hmac.new(SECRET, message, hashlib.sha256).hexdigest()


def is_signed(one: Checkpoint) -> bool:
    return one.signature == mark(one.statement())


@dataclass
class Store:
    """A database in small: events, checkpoints, head with its mark; and the witness file beside it."""

    rows: list[Row] = field(default_factory=list)
    head: tuple[int, str, str] = (0, genesis(ORIGIN), mark(head_form(ORIGIN, 0, genesis(ORIGIN))))
    checkpoints: list[Checkpoint] = field(default_factory=list)
    witness: list[Checkpoint] = field(default_factory=list)

    def append(self, at: datetime, texts: tuple[str, ...]) -> None:
        seq, prev, _mark = self.head
        actor, kind, verb, subject, purpose, detail = texts
        said = moment(at.replace(tzinfo=UTC))
        digest = link(seq + 1, said, actor, kind, verb, subject, purpose, detail, prev)
        self.rows.append((seq + 1, said, actor, kind, verb, subject, purpose, detail, prev, digest))
        self.head = (seq + 1, digest, mark(head_form(ORIGIN, seq + 1, digest)))

    def sign(self) -> None:
        seq, digest, _mark = self.head
        made = Checkpoint(len(self.checkpoints) + 1, ORIGIN, seq, digest, "2026-11-23 00:00:00.000000", "k")
        made = replace(made, signature=mark(made.statement()))
        self.checkpoints.append(made)
        self.witness.append(made)

    def copy(self) -> Store:
        return Store(list(self.rows), self.head, list(self.checkpoints), list(self.witness))

    def report(self) -> Report:
        seq, digest, said = self.head
        head = Head(seq, digest, said == mark(head_form(ORIGIN, seq, digest)))
        rows = sorted(self.rows, key=lambda row: row[0])
        return verify(rows, Evidence(ORIGIN, head, self.checkpoints, self.witness), is_signed=is_signed)


@st.composite
def stores(draw: st.DrawFn) -> Store:
    store = Store()
    every = draw(st.integers(1, 4))
    for number, (at, *texts) in enumerate(draw(st.lists(EVENT, min_size=1, max_size=12)), start=1):
        store.append(at, tuple(texts))
        if number % every == 0:
            store.sign()
    return store


def flip(value: Any, draw: st.DrawFn) -> Any:
    """Change one bit of a column: of the number, or of one byte of the text."""
    if isinstance(value, int):
        return value ^ (1 << draw(st.integers(0, 40)))
    if not value:
        return "x"
    held = bytearray(value.encode())
    held[draw(st.integers(0, len(held) - 1))] ^= 1 << draw(st.integers(0, 7))
    return bytes(held).decode("utf-8", "surrogateescape")


def relinked(store: Store, rows: list[Row]) -> Store:
    """Write the whole chain anew as somebody can who knows the form but not the keys."""
    made = Store(checkpoints=list(store.checkpoints), witness=list(store.witness))
    for row in rows:
        seq, prev, _mark = made.head
        digest = link(seq + 1, *row[1:8], prev)
        made.rows.append((seq + 1, *row[1:8], prev, digest))
        made.head = (seq + 1, digest, "")
    made.head = (*made.head[:2], "0" * 64)
    return made


@given(stores())
def test_what_nobody_touched_passes(store: Store) -> None:
    report = store.report()
    assert report.passed and not report.notes
    assert (report.events, report.checkpoints) == (len(store.rows), len(store.checkpoints))
    assert report.attested == (store.checkpoints[-1].seq if store.checkpoints else 0)


@given(stores(), st.data())
def test_any_bit_of_any_column_is_found_where_it_is(store: Store, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(store.rows) - 1))
    column = data.draw(st.integers(0, len(COLUMNS) - 1))
    row = list(store.rows[at])
    row[column] = flip(row[column], data.draw)
    store.rows[at] = tuple(row)  # type: ignore[assignment]
    report = store.report()
    assert not report.passed
    if column > 0:
        assert any(one.kind == "altered" and one.seq == at + 1 for one in report.findings)
    assert len(report.findings) <= 5  # damage is told where it is, not on every line behind it


@given(stores(), st.data())
def test_deleting_swapping_and_inserting_are_found(store: Store, data: st.DataObject) -> None:
    n = len(store.rows)
    what = data.draw(st.sampled_from(["delete", "swap", "renumber", "insert", "repeat"]))
    i, j = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    if what == "delete":
        del store.rows[i]
    elif what == "insert":
        seq, prev = n + 1, store.rows[-1][9]
        texts = ("kẻ lạ", "act", "x.y", "x:1", "", "{}")
        store.rows.append((seq, store.rows[i][1], *texts, prev, link(seq, store.rows[i][1], *texts, prev)))
    elif what == "repeat":
        store.rows.insert(i, store.rows[j])
    else:
        if i == j:
            return
        a, b = store.rows[i], store.rows[j]
        if what == "swap":  # the contents change places, the numbers stay
            store.rows[i], store.rows[j] = (a[0], *b[1:]), (b[0], *a[1:])
        else:  # contents and hashes are made to fit their new place, the rest of the chain is not
            store.rows[i] = (a[0], *b[1:8], a[8], link(a[0], *b[1:8], a[8]))
            if store.rows[i] == a:
                return
    assert not store.report().passed


@given(stores(), st.data())
def test_a_chain_written_anew_is_found_without_the_keys(store: Store, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(store.rows) - 1))
    rows = [*store.rows[:at], *store.rows[at + 1 :]]
    forged = relinked(store, rows)
    assert not forged.report().passed
    forged.head = (*forged.head[:2], store.head[2])  # the mark of another head does not fit
    assert not forged.report().passed


@given(stores(), st.data())
def test_cutting_the_tail_is_found(store: Store, data: st.DataObject) -> None:
    keep = data.draw(st.integers(0, len(store.rows) - 1))
    cut = store.copy()
    cut.rows = cut.rows[:keep]
    assert any(one.kind == "tail" and one.seq == keep + 1 for one in cut.report().findings)
    end = cut.rows[-1][9] if cut.rows else genesis(ORIGIN)
    cut.head = (keep, end, store.head[2])
    assert any(one.kind == "head" for one in cut.report().findings)


@given(st.lists(EVENT, min_size=2, max_size=12), st.data())
def test_going_back_to_an_earlier_state_is_found(events: list[Any], data: st.DataObject) -> None:
    """Everything inside the database is genuine, only old: the witness outside knows more."""
    store, states = Store(), []
    for at, *texts in events:
        states.append(store.copy())
        store.append(at, tuple(texts))
        store.sign()
    old = states[data.draw(st.integers(0, len(states) - 1))]
    assert old.report().findings == []
    old.witness = store.witness
    assert any(one.kind == "rollback" for one in old.report().findings)
    cut = replace(old, checkpoints=store.checkpoints)  # the events are old, the checkpoints are not
    assert any(one.kind == "rollback" for one in cut.report().findings)


@given(stores(), st.data())
def test_any_bit_of_a_checkpoint_is_found(store: Store, data: st.DataObject) -> None:
    if not store.checkpoints:
        store.sign()
    at = data.draw(st.integers(0, len(store.checkpoints) - 1))
    name = data.draw(st.sampled_from(["number", "origin", "seq", "hash", "at", "key", "signature"]))
    one = store.checkpoints[at]
    changed = replace(one, **{name: flip(getattr(one, name), data.draw)})
    try:
        store.checkpoints[at] = changed
        assert not store.report().passed
    except UnicodeEncodeError:
        return  # not text any more: no reader hands that on
    finally:
        store.checkpoints[at] = one
    del store.checkpoints[at]
    assert not store.report().passed


@given(st.lists(TEXT, min_size=9, max_size=9), st.lists(TEXT, min_size=9, max_size=9))
def test_no_two_events_have_one_form(a: list[str], b: list[str]) -> None:
    texts_a, texts_b = a[:8], b[:8]
    assert (link(1, *texts_a) == link(1, *texts_b)) == (texts_a == texts_b)
    joined = "".join(texts_a)
    cut = random.Random(joined).randrange(len(joined) + 1)
    moved = [joined[:cut], joined[cut:], "", "", "", "", "", ""]
    assert (link(1, *moved) == link(1, *texts_a)) == (moved == texts_a)


def test_nothing_at_all_is_not_a_chain_that_passes() -> None:
    assert not Store().report().passed and Store().report().findings == []
    report = verify([], Evidence(ORIGIN, None), is_signed=is_signed)
    assert not report.passed and not report.complete
    store = Store()
    store.append(datetime(2026, 1, 1), ("a", "act", "v", "s", "", "{}"))
    store.sign()
    emptied = verify([], Evidence(ORIGIN, None, store.checkpoints, store.witness), is_signed=is_signed)
    assert {one.kind for one in emptied.findings} == {"rollback", "head"}


def test_a_report_that_did_not_come_to_its_end_does_not_pass() -> None:
    assert not Report().passed


def test_of_very_many_findings_some_are_counted_only() -> None:
    rows: list[Row] = [(n, "", "", "", "", "", "", "", "", "x") for n in range(1, 1001)]
    report = verify(rows, Evidence(ORIGIN, Head(1000, "x", True)), is_signed=is_signed)
    assert len(report.findings) == 200 and report.untold > 700 and not report.passed


def test_a_witness_behind_is_a_note_and_a_hole_in_it_a_finding() -> None:
    store = Store()
    for number in range(3):
        store.append(datetime(2026, 1, 1 + number), ("a", "act", "v", "s", "", "{}"))
        store.sign()
    store.witness.pop()
    report = store.report()
    assert report.passed and "1 điểm chốt" in str(report.notes[0])
    del store.witness[0]
    assert [one.kind for one in store.report().findings] == ["witness"]


@settings(max_examples=50)
@given(st.dictionaries(TEXT, st.one_of(st.integers(), TEXT, st.floats(allow_nan=False, allow_infinity=False))))
def test_json_text_does_not_depend_on_the_order_of_keys(value: dict[str, Any]) -> None:
    assert canonical_json(value) == canonical_json(dict(reversed(value.items())))
    canonical_json(value).encode("utf-8")


def test_json_text_of_half_a_pair_is_escaped() -> None:
    assert canonical_json({"a": "\ud800"}) == '{"a":"\\ud800"}'
    with pytest.raises(ValueError):
        canonical_json({"a": float("nan")})


def test_moments_are_utc_with_microseconds() -> None:
    vietnam = timezone(timedelta(hours=7))
    assert moment(datetime(2026, 11, 23, 7, 0, tzinfo=vietnam)) == "2026-11-23 00:00:00.000000"


def test_a_line_of_the_witness_is_read_exactly() -> None:
    one = Checkpoint(1, ORIGIN, 3, "ab", "2026-11-23 00:00:00.000000", "k", "cd")
    assert read_checkpoint_line(one.as_line()) == one
    for wrong in (one.as_line() + " ", one.as_line().replace(":1", ": 1"), "{}", one.as_line().replace("3", '"3"')):
        with pytest.raises(ValueError):
            read_checkpoint_line(wrong)
