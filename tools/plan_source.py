"""Reads the annotated source of an invented plan: the words of the plan and, beside them, what a reader must find.

A source is one text from which both the plan's file and its gold are made, so the gold is right by construction.

    @number 12/KH-UBND            head: what the plan's metadata are (see HEAD)
    @base 1452/QĐ-TTg | 2021-08-31   a legal basis; `@base?` one that a reader may find or leave
    = text                        a line that is no clause (letterhead, signature, recipients)
    =2 left || right              a row of a letterhead of two columns
    == text                       a paragraph that is no clause (bases, opening and closing sentences)
    #! I. TITLE                   a heading; the number of # is the depth, then its mark, then its words
    ## - words                    a clause; `^` before the mark prints it on the line of the clause before
    @t > 80 % | năm trước | 2025 | words    a target of the clause above; `@t?` one that may be left
    @d 2025-06-30 | words         the deadline of the clause above; `@d?` one so vague that it may be left
    %task must|may|none           whether the clauses that follow are tasks
    |! cell | cell                a table's titles: tt, content, lead, coord, deadline, product by their words
    | cell | cell                 a row of it: a clause and a task; a cell ^ is one with the cell above
    |- cell | cell                a row that names a group of the rows below it

In words: {agency}, {words|canonical name}, {>…} who only receives, {?…} one that may be left; // is a line's break.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEAD = ("number", "date", "effective", "issuer", "signer", "field", "kind", "title", "cut")
MARK = re.compile(
    r"(?P<part>Phần thứ (?P<ordinal>nhất|hai|ba|tư|năm)[.:]?|PHẦN THỨ (?P<upper>NHẤT|HAI|BA|TƯ|NĂM)[.:]?)\s*"
    r"|(?P<article>Điều (?P<article_number>\d+)\.)\s"
    r"|(?P<annex>PHỤ LỤC|Phụ lục)(?:\s+(?P<annex_number>[IVX\d]+))?(?=\s|$)"
    r"|(?P<roman>[IVXLC]+)(?:\.|/|-)\s"
    r"|(?P<capital>[A-H])(?:\.|/)\s"
    r"|(?P<decimal>\d+(?:\.\d+)*)(?:\.|\)|/)\s"
    r"|(?P<letter>[a-zđ])(?:\)|\.)\s"
    r"|(?P<bracket>\(\d+\)|\([a-zđ]\))\s"
    r"|(?P<bullet>[-–+*•])\s"
)
ORDINALS = {"nhất": "1", "hai": "2", "ba": "3", "tư": "4", "năm": "5"}
AGENCY = re.compile(r"\{([>?]?)([^{}|]+)(?:\|([^{}]+))?\}")
ROLES = {
    "tt": ("tt", "stt"), "content": ("nội dung", "nhiệm vụ"), "lead": ("chủ trì",), "coord": ("phối hợp",),
    "deadline": ("thời gian", "thời hạn", "hoàn thành"), "product": ("sản phẩm", "kết quả"),
}  # fmt: skip


class SourceError(ValueError):
    """A source that contradicts itself; the text names the file and the line."""


@dataclass
class Named:
    """An agency in a clause: its words, its canonical name and how it stands there (>, ? as above)."""

    words: str
    canonical: str
    how: str


@dataclass
class Line:
    """One printed thing: kind raw | pair | para | clause | titles | row."""

    kind: str
    text: str = ""
    mark: str = ""
    depth: int = 0
    path: str = ""
    heading: bool = False
    joined: bool = False
    right: str = ""
    cells: list[str] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    task: str = "none"
    deadline: tuple[str, str] | None = None
    vague: bool = False
    targets: list[dict[str, Any]] = field(default_factory=list)
    roles: dict[str, int] = field(default_factory=dict)
    leads: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    merged: list[bool] = field(default_factory=list)


@dataclass
class Source:
    """A plan as it is to be printed, with its options and its metadata."""

    name: str
    head: dict[str, str]
    options: dict[str, str]
    bases: list[dict[str, Any]]
    lines: list[Line]


def plain(words: str) -> tuple[str, list[Named]]:
    """Return the words as printed (line breaks kept as //) and the agencies marked in them."""
    named: list[Named] = []

    def take(found: re.Match[str]) -> str:
        how, shown, canonical = found.groups()
        named.append(Named(one_line(shown), one_line(canonical or shown), how))
        return shown

    return AGENCY.sub(take, words), named


def one_line(words: str) -> str:
    """Return the words with line breaks joined, as a clause's text has them."""
    return " ".join(words.replace("//", " ").split())


def component(found: re.Match[str], siblings: dict[str, int]) -> str:
    """Return what a mark adds to the path of its parent; bullets are counted by their kind."""
    kind = found.lastgroup or ""
    group = found.groupdict()
    if group["part"]:
        return "P" + ORDINALS[(group["ordinal"] or group["upper"]).lower()]
    if group["article"]:
        return "Đ" + group["article_number"]
    if group["annex"]:
        return "PL" + (group["annex_number"] or "")
    if group["decimal"]:
        return group["decimal"].rsplit(".", 1)[-1]
    if group["bullet"]:
        sign = "-" if group["bullet"] == "–" else group["bullet"]
        siblings[sign] = siblings.get(sign, 0) + 1
        return f"{sign}{siblings[sign]}"
    return group[kind]


def read_source(path: Path) -> Source:
    """Return the source of a file; raise `SourceError` for anything that does not fit together."""
    source = Source(path.stem, {}, {}, [], [])
    state = _State()
    for number, raw in enumerate(unicodedata.normalize("NFC", path.read_text(encoding="utf-8")).splitlines(), 1):
        try:
            _take(source, state, raw.rstrip())
        except (SourceError, ValueError, KeyError, IndexError) as error:
            raise SourceError(f"{path.name}:{number}: {error!r}") from error
    return source


@dataclass
class _State:
    task: str = "none"
    stack: list[Line] = field(default_factory=list)
    siblings: dict[str, dict[str, int]] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)
    above: list[str] = field(default_factory=list)


def _take(source: Source, state: _State, raw: str) -> None:
    if not raw or raw.startswith("//"):
        return
    if raw.startswith("@"):
        _annotate(source, raw)
    elif raw.startswith("%"):
        state.task = raw.split()[1]
    elif raw.startswith("=2"):
        left, _, right = raw[2:].partition("||")
        source.lines.append(Line("pair", left.strip(), right=right.strip()))
    elif raw.startswith("=="):
        text, named = plain(raw[2:].strip())
        source.lines.append(Line("para", text, named=named))
    elif raw.startswith("="):
        source.lines.append(Line("raw", raw[1:].strip()))
    elif raw.startswith("#"):
        source.lines.append(_clause(state, raw))
    elif raw.startswith("|"):
        source.lines.append(_row(state, raw))
    else:
        raise SourceError(f"what is this line? {raw[:40]!r}")


def _annotate(source: Source, raw: str) -> None:
    key, _, rest = raw[1:].partition(" ")
    rest = rest.strip()
    parts = [part.strip() for part in rest.split("|")]
    if key in HEAD:
        source.head[key] = rest
    elif key in ("base", "base?"):
        source.bases.append({"number": parts[0] or None, "date": parts[1] or None, "required": key == "base"})
    elif key in ("t", "t?"):
        line = source.lines[-1]
        op, value, unit = [*parts[0].split(" ", 2), "", ""][:3]
        words = parts[3]
        if words not in one_line(line.text):
            raise SourceError(f"words not in the clause: {words!r}")
        line.targets.append(
            {
                "op": op, "value": _value(value), "unit": unit or None, "against": _choices(parts[1]),
                "by": _choices(parts[2]), "words": words, "required": key == "t",
            }
        )  # fmt: skip
    elif key in ("d", "d?"):
        line = source.lines[-1]
        if parts[1] not in one_line(line.text):
            raise SourceError(f"words not in the clause: {parts[1]!r}")
        line.deadline = (parts[0], parts[1])
        line.vague = key == "d?"
    elif key == "k":
        source.lines[-1].task = rest
    else:
        source.options[key] = rest


def _value(value: str) -> float | list[float] | None:
    if value in ("", "~"):
        return None
    numbers = [float(one) for one in value.split("..")]
    return numbers[0] if len(numbers) == 1 else numbers


def _choices(words: str) -> list[str | None]:
    """Return the answers that are right: "2025?" is 2025 or nothing, "" is nothing, "a/b" either."""
    if words.endswith("?"):
        return [*_choices(words[:-1]), None]
    return [one.strip() for one in words.split(" / ")] if words else [None]


def _clause(state: _State, raw: str) -> Line:
    hashes = re.match(r"#+", raw)
    assert hashes
    depth, rest = len(hashes.group()), raw[hashes.end() :]
    heading, rest = rest.startswith("!"), rest.removeprefix("!")
    joined, rest = rest.lstrip().startswith("^"), rest.strip().removeprefix("^").strip()
    del state.stack[depth - 1 :]
    if len(state.stack) != depth - 1:
        raise SourceError("deeper than its parent allows")
    parent = state.stack[-1].path if state.stack else ""
    siblings = state.siblings.setdefault(parent, {})
    found = MARK.match(rest + " ")
    if found:
        mark, words, part = found.group().strip(), rest[found.end() :].strip(), component(found, siblings)
    else:
        siblings["~"] = siblings.get("~", 0) + 1
        mark, words, part = "", rest, f"~{siblings['~']}"
    text, named = plain(words)
    path = f"{parent}.{part}" if parent else part
    owners = state.stack[-1].owners if state.stack else []
    if heading and named:
        owners = [one.canonical for one in named if one.how == ""] or owners
    task = "none" if heading else state.task
    line = Line("clause", text, mark, depth, path, heading, joined, named=named, owners=owners, task=task)
    if state.stack and not state.stack[-1].heading and state.stack[-1].text.endswith(":"):
        line.above = [one.canonical for one in state.stack[-1].named]
    state.stack.append(line)
    return line


def _row(state: _State, raw: str) -> Line:
    titles, group = raw.startswith("|!"), raw.startswith("|-")
    cells = [cell.strip() for cell in re.split(r" \|(?= |$)", raw.lstrip("|!-"))]
    if titles:
        state.above = []
        state.roles = {
            role: next(i for i, cell in enumerate(cells) if any(word in cell.lower() for word in words))
            for role, words in ROLES.items()
            if any(word in cell.lower() for cell in cells for word in words)
        }
        return Line("titles", cells=cells, roles=dict(state.roles))
    merged = [cell == "^" for cell in cells]
    cells = [above if cell == "^" else cell for cell, above in zip(cells, state.above or cells, strict=True)]
    if not group:
        state.above = cells
    shown = [plain(cell) for cell in cells]
    at = state.roles
    parent = state.stack[0].path if state.stack else "PL"
    task = "none" if group else "must"
    line = Line("row", shown[at["content"]][0], path=f"{parent}.{cells[at['tt']]}", task=task, roles=dict(at))
    line.heading, line.merged = group, merged
    line.cells = [text for text, _ in shown]
    line.named = [one for _, named in shown for one in named]
    line.leads = [one.canonical for one in shown[at["lead"]][1]] if "lead" in at else []
    if "deadline" in at and shown[at["deadline"]][0]:
        words, _, norm = cells[at["deadline"]].partition(" = ")
        line.cells[at["deadline"]] = words.strip()
        line.deadline = (norm or words, words)
    return line


def gold(source: Source) -> dict[str, Any]:
    """Return what a reader must find in the plan, as plain data."""
    clauses, targets, tasks = [], [], []
    names: dict[str, set[str]] = {}
    paths: set[str] = set()
    inner = {line.path.rpartition(".")[0] for line in source.lines if line.kind == "clause"}
    for line in source.lines:
        for one in line.named:
            names.setdefault(one.canonical, set()).add(one.words)
        if line.kind not in ("clause", "row"):
            continue
        if line.path in paths:
            raise SourceError(f"{source.name}: path {line.path} stands twice")
        paths.add(line.path)
        clauses.append(_gold_clause(line))
        targets += [{"clause": line.path, **target} for target in line.targets]
        if line.task != "none" and not (line.path in inner and line.text.endswith(":")):
            tasks.append(_gold_task(line))
    head: dict[str, Any] = {key: source.head.get(key) for key in HEAD}
    return head | {
        "bases": source.bases,
        "clauses": clauses,
        "targets": targets,
        "tasks": tasks,
        "names": {name: sorted(shown) for name, shown in sorted(names.items())},
        "outside": [one_line(line.text) for line in source.lines if line.kind == "para"],
    }


def _gold_clause(line: Line) -> dict[str, Any]:
    must = [*line.owners, *(one.canonical for one in line.named if one.how != "?")]
    may = [*line.above, *(one.canonical for one in line.named if one.how == "?")]
    return {
        "path": line.path,
        "text": one_line(line.text),
        "heading": line.heading,
        "loose": line.kind == "row" or "~" in line.path.rpartition(".")[2],
        "agencies": list(dict.fromkeys(must)),
        "agencies_may": list(dict.fromkeys(may)),
    }


def _gold_task(line: Line) -> dict[str, Any]:
    doing = [one.canonical for one in line.named if one.how == ""]
    lead = line.leads or line.owners or doing[:1]
    agencies = list(dict.fromkeys([*line.owners, *doing]))
    may = [*line.above, *(one.canonical for one in line.named if one.how != "")]
    norm, words = line.deadline or (None, None)
    return {
        "clause": line.path,
        "agencies": agencies,
        "agencies_may": list(dict.fromkeys(may)),
        "lead": lead,
        "deadline": norm,
        "deadline_words": words,
        "deadline_required": words is not None and not line.vague,
        "required": line.task == "must",
    }


def as_json(found: dict[str, Any]) -> str:
    """Return gold as the text of its file."""
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
