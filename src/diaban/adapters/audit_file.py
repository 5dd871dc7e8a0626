"""The audit as a file that can be checked anywhere: without the database, without settings, without the product's keys.

Line 1 is a signed header (JSON object), every further line one event (JSON array in the order of `core.chain.COLUMNS`).
Every line is in canonical form: any other byte is a finding.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from diaban.adapters.signatures import is_signed
from diaban.core.chain import (
    COLUMNS,
    Checkpoint,
    Evidence,
    Head,
    Report,
    Row,
    canonical_json,
    read_checkpoint,
    read_checkpoint_line,
    verify,
)
from diaban.core.messages import N_, Message, say

FORMAT: Final = "diaban-audit"
VERSION: Final = 1
_LABEL: Final = b"diaban-audit-file/1\n"
_TYPES: Final = (int, *(str for _name in COLUMNS[1:]))
Step = Callable[[int], None]


class CannotVerify(Exception):
    """The file could not be looked at, so nothing is known of it. `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Header:
    """What the first line states. `public_keys` id → hex; `head` the last event; `signature` by the key `key`."""

    origin: str
    head: tuple[int, str]
    public_keys: Mapping[str, str]
    checkpoints: Sequence[Checkpoint]
    made_at: str
    key: str
    signature: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the header as JSON values."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "origin": self.origin,
            "head": list(self.head),
            "public_keys": dict(self.public_keys),
            "checkpoints": [one.as_dict() for one in self.checkpoints],
            "made_at": self.made_at,
            "key": self.key,
            "signature": self.signature,
        }

    def statement(self) -> bytes:
        """Return the bytes that are signed."""
        return _LABEL + canonical_json(replace(self, signature="").as_dict()).encode()

    def as_line(self) -> str:
        """Return the first line, without its end."""
        return canonical_json(self.as_dict())


def event_line(row: Row) -> bytes:
    """Return an event's line with its end. Bytes that are no text stay as they are."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogateescape") + b"\n"


def verify_file(
    path: Path, *, trusted: Sequence[str] = (), witness: Path | None = None, step: Step | None = None
) -> Report:
    """Return what is wrong with an exported audit. Raises `CannotVerify` when it cannot be looked at.

    `trusted` are public keys (hex) that came to the reader by another way; without them the file's own are taken, and
    the report notes that this proves only that the file is whole, not who made it. `witness` is a copy of the witness
    file. `step` is told, now and then, how many bytes were read.
    """
    try:
        with path.open("rb") as file:
            line = file.readline()
            header = _header(line)
            keys = _keys(header, trusted)
            seen, damaged = read_witness(witness) if witness else (None, [])
            evidence = Evidence(header.origin, Head(*header.head), header.checkpoints, seen)
            report = verify(
                _rows(file, len(line), step or (lambda _bytes: None)),
                evidence,
                is_signed=lambda one: one.key in keys and is_signed(keys[one.key], one.statement(), one.signature),
            )
    except OSError as error:
        raise CannotVerify(
            say(N_("Không đọc được tệp {path} ({why})."), path=error.filename or path, why=error.strerror or error)
        ) from None
    for number in damaged:
        report.add("witness", 0, "", say(N_("Dòng {n} của tệp chứng không còn như lúc ghi."), n=number))
    _judge_header(header, line, keys, report)
    if not trusted:
        report.notes.append(
            say(
                N_(
                    "Khóa công khai lấy từ chính tệp: chỉ biết tệp còn nguyên, chưa biết ai làm ra nó. Thêm"
                    " --public-key với khóa nhận bằng đường khác."
                )
            )
        )
    return report


def _header(line: bytes) -> Header:
    wrong = say(N_("Dòng đầu không phải phần đầu của một tệp nhật ký Diaban: tệp khác loại, hoặc đã hỏng."))
    try:
        data = json.loads(line)
    except ValueError:
        raise CannotVerify(wrong) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise CannotVerify(wrong)
    if (version := data.get("version")) != VERSION:
        raise CannotVerify(say(N_("Tệp theo phiên bản {v}; bản phần mềm này chỉ đọc được phiên bản 1."), v=version))
    try:
        seq, digest = data["head"]
        keys = data["public_keys"]
        header = Header(
            data["origin"], (seq, digest), keys, [read_checkpoint(one) for one in data["checkpoints"]],
            data["made_at"], data["key"], data["signature"],
        )  # fmt: skip
        texts = [header.origin, digest, header.made_at, header.key, header.signature, *keys, *keys.values()]
    except (KeyError, ValueError, TypeError, AttributeError):
        raise CannotVerify(wrong) from None
    if type(seq) is not int or not all(isinstance(text, str) for text in texts):
        raise CannotVerify(wrong)
    return header


def _keys(header: Header, trusted: Sequence[str]) -> dict[str, str]:
    """Return id → public key of those keys of the header that count."""
    return {name: key for name, key in header.public_keys.items() if not trusted or key in trusted}


def _judge_header(header: Header, line: bytes, keys: Mapping[str, str], report: Report) -> None:
    if header.key not in keys:
        told = say(N_("Tệp được ký bằng khóa {key}, không phải khóa công khai đã cho."), key=header.key)
        report.add("file", 0, header.made_at, told)
    elif not is_signed(keys[header.key], header.statement(), header.signature):
        report.add("file", 0, header.made_at, say(N_("Chữ ký ở dòng đầu của tệp không đúng: dòng đầu đã bị sửa.")))
    elif header.as_line().encode() + b"\n" != line:
        report.add("file", 0, header.made_at, say(N_("Dòng đầu của tệp không còn đúng từng byte như lúc xuất.")))


def _rows(file: BinaryIO, done: int, step: Step) -> Iterator[Row]:
    for number, line in enumerate(file, start=1):
        done += len(line)
        if number % 5000 == 0:
            step(done)
        yield _row(line, number)
    step(done)


def _row(line: bytes, number: int) -> Row:
    """Return the event of a line; for a line that is not as it was written, one that cannot be taken for whole."""
    try:
        values = json.loads(line.decode("utf-8", "surrogateescape"))
        if (
            isinstance(values, list)
            and tuple(type(value) for value in values) == _TYPES
            and event_line(tuple(values)) == line
        ):
            return tuple(values)
        seq = values[0] if isinstance(values, list) and values and type(values[0]) is int else number
    except (ValueError, RecursionError):
        seq = number
    return (seq, "", "", "", "", "", "", "", "", "")


def read_witness(path: Path) -> tuple[list[Checkpoint], list[int]]:
    """Return the checkpoints of a witness file, and the numbers (from 1) of the lines that are not as written.

    What a crash left of a last line has no end of line and is not counted.
    """
    found: list[Checkpoint] = []
    damaged: list[int] = []
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
        try:
            found.append(read_checkpoint_line(line.decode("utf-8")))
        except ValueError:
            damaged.append(number)
    return found, damaged
