"""Compares what a reader found in a plan with the gold, by the rules of docs/methods/reading-plans-benchmark.md."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Names = Callable[[str], str]
META = ("number", "date", "effective", "issuer", "signer", "field", "kind", "title")
BULLETS = str.maketrans(dict.fromkeys("•·●▪◦–—−", "-") | {"(": None, ")": None})
NOTE = re.compile(r"\s*\[\d+\]")
TOKEN = re.compile(r"\bq\d|\d+|\bhang \w+|\btuan|\bgio|\bcuoi|\bdau")
FORMS = (
    ("uy ban nhan dan", "ubnd"),
    ("mat tran to quoc", "mttq"),
    ("hoi dong nhan dan", "hdnd"),
    ("lien hiep phu nu", "lhpn"),
)
# Words for bodies that are not one agency: a name made of nothing else is neither asked nor counted.
GROUP = re.compile(
    r"\b(so|ban|nganh|doan the|to chuc|thanh vien|don vi|dia phuong|co quan|truong hoc|nha truong|doanh nghiep|cap uy|"
    r"chinh quyen|luc luong|chuc nang|chuyen trach|lien quan|khu dan cu|khu pho|co so cai nghien|van phong ubnd tinh|"
    r"ban cong tac mat tran|thu truong|khac|cac|va|cua|tren dia ban|tinh|cap)\b"
)
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
CHANGE = ("increase", "decrease")


@dataclass
class Tally:
    """Right findings, wrong or extra ones, and missed ones; `told` says which, for the eye."""

    right: int = 0
    extra: int = 0
    missed: int = 0
    told: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.right += other.right
        self.extra += other.extra
        self.missed += other.missed

    def hit(self) -> None:
        self.right += 1

    def miss(self, what: object) -> None:
        self.missed += 1
        self.told.append(f"missed {what}")

    def surplus(self, what: object) -> None:
        self.extra += 1
        self.told.append(f"extra  {what}")

    def judge(self, right: bool, gold: object, found: object, where: str) -> None:
        """Count an answer: right, or missed and (if something else was said) extra."""
        if right:
            self.right += 1
            return
        self.missed += gold is not None
        self.extra += found is not None
        self.told.append(f"{where}: wanted {gold!r}, found {found!r}")

    @property
    def precision(self) -> float | None:
        return self.right / (self.right + self.extra) if self.right + self.extra else None

    @property
    def recall(self) -> float | None:
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def f1(self) -> float | None:
        total = 2 * self.right + self.extra + self.missed
        return 2 * self.right / total if total else None


Report = dict[str, Tally]


def compare(gold: Row, found: Row, canonical: Names = str) -> Report:
    """Return the tallies by kind of finding. `canonical` brings a name of an agency to the one form used everywhere."""
    report: Report = {}
    report["metadata"] = _metadata(gold, found)
    report["bases"] = _bases(gold, found)
    same = _clauses(gold, found, report)
    names = _Names(gold, canonical)
    report["agencies of clauses"] = _agencies(gold, same, names)
    _targets(gold, found, report)
    _tasks(gold, found, names, report)
    return report


def fold(words: str) -> str:
    """Return the words without diacritics, in lower case, with single spaces and without marks around them."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFC", words).casefold().replace("đ", "d"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def clean(words: str) -> str:
    """Return a clause's words to compare: composed, without footnote marks and closing signs."""
    words = unicodedata.normalize("NFC", NOTE.sub("", words))
    words = words.translate(str.maketrans({"–": "-", "—": "-", "“": '"', "”": '"', "’": "'", "‘": "'"}))
    return re.sub(r"\s+([,;.:])", r"\1", " ".join(words.split())).rstrip(" .:;/")


def path_key(path: str) -> str:
    """Return a path with all bullets as dashes and brackets off."""
    return unicodedata.normalize("NFC", path).translate(BULLETS)


def _metadata(gold: Row, found: Row) -> Tally:
    tally = Tally()
    for key in META:
        wanted, got = gold.get(key), found.get(key) or None
        if wanted is None and key in ("effective", "field", "kind", "title"):
            continue
        if wanted is None:  # left blank in the text: a part of it may be said
            blank = got is None or bool(re.fullmatch(r"\s*/?\s*KH-UBND|\d{4}(-\d{2})?", str(got)))
            tally.judge(blank, None, got, key)
            continue
        choices = {_plain_meta(key, one) for one in str(wanted).split(" / ")}
        same = got is not None and _plain_meta(key, str(got)) in choices
        tally.judge(same, wanted, got, key)
    return tally


def _plain_meta(key: str, words: str) -> str:
    plain = re.sub(r"[\s\"“”.]+", " ", clean(words)).casefold().strip()
    plain = plain.replace("hoà", "hòa").replace("uỷ", "ủy").replace("ủy ban nhân dân", "ubnd")
    return plain.replace(" ", "") if key == "number" else plain


def _bases(gold: Row, found: Row) -> Tally:
    tally = Tally()
    left = [(_number(base.get("number")), base.get("date")) for base in found.get("bases", ())]
    for base in sorted(gold["bases"], key=lambda one: not one["required"]):
        wanted = (_number(base["number"]), base["date"])
        if wanted in left:
            left.remove(wanted)
            if base["required"]:
                tally.hit()
        elif base["required"]:
            tally.miss(f"base {wanted}")
    for one in left:
        tally.surplus(f"base {one}")
    return tally


def _number(number: str | None) -> str:
    return re.sub(r"\s+", "", clean(number or "")).upper()


def _clauses(gold: Row, found: Row, report: Report) -> dict[str, Row]:
    """Tally paths and texts; return the found clause of each gold path."""
    paths, texts = Tally(), Tally()
    outside = [clean(words) for words in gold["outside"]]
    by_path = {path_key(clause["path"]): clause for clause in found["clauses"]}
    loose = {clean(clause["text"]) for clause in gold["clauses"] if clause["loose"]}
    firm = {path_key(clause["path"]): clause for clause in gold["clauses"] if not clause["loose"]}
    for path, clause in firm.items():
        if path in by_path:
            paths.hit()
        else:
            paths.miss(f"path {path}: {clause['text'][:60]}")
    for path, clause in by_path.items():
        words = clean(clause["text"])
        free = path.startswith("PL") or any(words and (words in one or one in words) for one in (*loose, *outside))
        if path not in firm and not free:
            paths.surplus(f"path {path}: {clause['text'][:60]}")
    _texts(gold, found, texts, outside)
    report["clauses by path"], report["clauses by text"] = paths, texts
    return {path: by_path[path] for path in firm if path in by_path}


def _texts(gold: Row, found: Row, tally: Tally, outside: Sequence[str]) -> None:
    left = [clean(clause["text"]) for clause in found["clauses"]]
    rows = [words for clause in found["clauses"] if (words := clean(clause["text"]))]
    loose = {clean(clause["text"]) for clause in gold["clauses"] if clause["loose"]}
    for clause in gold["clauses"]:
        words = clean(clause["text"])
        if words in left:
            left.remove(words)
            tally.hit()
        elif clause["loose"] and any(words in one for one in rows):
            tally.hit()
        else:
            tally.miss(f"text {clause['path']}: {words[:90]}")
    for words in left:
        if words and not any(words in one or one in words for one in (*outside, *loose)):
            tally.surplus(f"text: {words[:90]}")


class _Names:
    """Whether two names mean one agency, by the words that this plan uses for it."""

    def __init__(self, gold: Row, canonical: Names) -> None:
        self.canonical = canonical
        self.group: dict[str, str] = {}
        for name, shown in gold["names"].items():
            for words in (name, *shown):
                self.group.setdefault(self._plain(words), self._plain(name))

    def _plain(self, words: str) -> str:
        plain = re.sub(r"[^\w]+", " ", fold(self.canonical(words))).strip()
        for long, short in FORMS:
            plain = plain.replace(long, short)
        return re.sub(r"\b(cac|cua|va|de nghi) ", "", plain)

    def key(self, words: str) -> str:
        plain = self._plain(words)
        return self.group.get(plain, plain)

    def keys(self, names: Iterable[str]) -> set[str]:
        return {self.key(name) for name in names}


def _agencies(gold: Row, same: dict[str, Row], names: _Names) -> Tally:
    tally = Tally()
    for clause in gold["clauses"]:
        if clause["loose"]:
            continue
        path = path_key(clause["path"])
        found = same.get(path, {"agencies": ()})
        _sets(tally, clause["agencies"], clause["agencies_may"], found["agencies"], names, path)
    return tally


def _sets(tally: Tally, must: Iterable[str], may: Iterable[str], found: Iterable[str], names: _Names, at: str) -> None:
    wanted, free, got = ({one for one in names.keys(some) if GROUP.sub("", one).strip()} for some in (must, may, found))
    tally.right += len(wanted & got)
    for name in sorted(wanted - got):
        tally.miss(f"{at}: {name}")
    for name in sorted(got - wanted - free):
        tally.surplus(f"{at}: {name}")


def _targets(gold: Row, found: Row, report: Report) -> None:
    tally = report["targets"] = Tally()
    parts = {key: Tally() for key in ("op", "value", "unit", "against", "by")}
    left: dict[str, list[Row]] = {}
    for target in found["targets"]:
        left.setdefault(path_key(target["clause"]), []).append(target)
    for wanted in sorted(gold["targets"], key=lambda one: not one["required"]):
        here = left.get(path_key(wanted["clause"]), [])
        best = max(
            here, key=lambda one: _overlap(wanted["words"], one["words"]) + _same_value(wanted, one), default=None
        )
        if best is None or _overlap(wanted["words"], best["words"]) < 0.3:
            if wanted["required"]:
                tally.miss(f"target {wanted['clause']}: {wanted['words']}")
            continue
        here.remove(best)
        if wanted["required"]:
            tally.hit()
            _attributes(wanted, best, parts)
    for path, rest in left.items():
        for one in rest:
            tally.surplus(f"target {path}: {one['words']} ({one['op']} {one['value']})")
    report |= {f"  {key} of targets": part for key, part in parts.items()}


def _overlap(one: str, other: str) -> float:
    """Return how much of the shorter of two quotations the other shares, by words."""
    a, b = (re.findall(r"[\w%/]+", fold(words)) for words in (one, other))
    common = sum(min(a.count(word), b.count(word)) for word in set(a))
    return common / max(1, min(len(a), len(b)))


def _same_value(wanted: Row, found: Row) -> float:
    return float(_values(wanted["value"]) == _values(found["value"]))


def _values(value: Any) -> tuple[float, ...]:
    if value is None:
        return ()
    return tuple(float(one) for one in value) if isinstance(value, list | tuple) else (float(value),)


def _attributes(wanted: Row, found: Row, parts: dict[str, Tally]) -> None:
    where = f"{wanted['clause']} {wanted['words'][:50]}"
    op, value = found["op"], found["value"]
    op, value = {"zero": ("=", 0), "all": ("=", 100)}.get(op, (op, value))
    if wanted["op"] in CHANGE:
        right = op == wanted["op"] or found.get("direction") in (None, wanted["op"])
        parts["op"].judge(right, wanted["op"], f"{op} {found.get('direction')}", where)
    else:
        parts["op"].judge(op == wanted["op"], wanted["op"], op, where)
    parts["value"].judge(_values(value) == _values(wanted["value"]), wanted["value"], value, where)
    if wanted["unit"]:
        a, b = fold(wanted["unit"]), fold(found["unit"] or "")
        parts["unit"].judge(bool(b) and (a in b or b in a), wanted["unit"], found["unit"], where)
    for key, same in (("against", _same_words), ("by", _same_time)):
        choices, got = wanted[key], found[key] or None
        right = (None in choices) if got is None else any(one and same(one, str(got)) for one in choices)
        first = next((one for one in choices if one), None)
        if first or got:
            parts[key].judge(right, first if None not in choices else None, got, where)


def _same_words(wanted: str, got: str) -> bool:
    a, b = fold(wanted), fold(got)
    return a in b or b in a


def _same_time(wanted: str, got: str) -> bool:
    """Return whether two deadlines are one: the same words, or the same numbers and turns with at most one left out."""
    a, b = _time(wanted), _time(got)
    return fold(wanted) in fold(got) or (bool(a) and (a <= b or (bool(b) and b <= a and len(a) - len(b) <= 1)))


def _time(words: str) -> set[str]:
    """Return what a deadline says: its numbers, its quarter, and what it repeats by."""
    plain = fold(words)
    plain = re.sub(r"\bquy ([ivx]+)\b", lambda found: f" q{ROMAN.get(found[1], found[1])} ", plain)
    plain = re.sub(r"\bquy (\d)\b", r" q\1 ", plain)
    plain = re.sub(r"\b(hang|moi|dinh ky|/|theo) ?(ngay|tuan|thang|quy|nam|hoc ky)\b", r" hang \2 ", plain)
    return {token.lstrip("0") or "0" for token in TOKEN.findall(plain)}


def _tasks(gold: Row, found: Row, names: _Names, report: Report) -> None:
    tally, who = report["tasks"], report["  agencies of tasks"] = Tally(), Tally()
    lead, deadline = report["  lead of tasks"], report["  deadline of tasks"] = Tally(), Tally()
    texts = {clause["path"]: clean(clause["text"]) for clause in gold["clauses"] if clause["loose"]}
    left: dict[str, list[Row]] = {}
    for task in found["tasks"]:
        left.setdefault(path_key(task["clause"]), []).append(task)
    used: set[str] = set()
    for wanted in gold["tasks"]:
        path = path_key(wanted["clause"])
        here = left.get(path) or _by_words(texts.get(wanted["clause"]), left)
        if not here:
            if wanted["required"]:
                tally.miss(f"task {path}")
            continue
        used.update(path_key(one["clause"]) for one in here)
        if wanted["required"]:
            tally.hit()
            _sets(
                who,
                wanted["agencies"],
                wanted["agencies_may"],
                [n for one in here for n in one["agencies"]],
                names,
                path,
            )
            _lead(lead, wanted, here, names)
            _deadline(deadline, wanted, here)
    for path, rest in left.items():
        if path not in used and not path.startswith("PL"):
            tally.surplus(f"task {path}: {rest[0]['words'][:70]}")


def _by_words(text: str | None, left: dict[str, list[Row]]) -> list[Row]:
    """Return the tasks found for a row of a table or an unnumbered paragraph, wherever its reader put it."""
    if not text:
        return []
    return [
        one for rest in left.values() for one in rest if _overlap(text, one["words"]) > 0.8 and len(one["words"]) > 12
    ]


def _lead(tally: Tally, wanted: Row, here: Sequence[Row], names: _Names) -> None:
    got = [one["lead"] for one in here if one.get("lead")]
    got = [name for name in got if GROUP.sub("", names.key(name)).strip()]
    leads = [name for name in wanted["lead"] if GROUP.sub("", names.key(name)).strip()]
    right = bool(names.keys(got) & names.keys(leads)) if leads else not got
    if leads or (got and not wanted["lead"]):
        tally.judge(right, ", ".join(leads) or None, ", ".join(got) or None, wanted["clause"])


def _deadline(tally: Tally, wanted: Row, here: Sequence[Row]) -> None:
    got = "; ".join(str(one[key]) for one in here for key in ("deadline", "recurrence") if one.get(key)) or None
    right = wanted["deadline"] is not None and got is not None
    right = right and any(_same_time(one, got or "") for one in wanted["deadline"].split(" / "))
    if wanted["deadline_required"] or (got and not wanted["deadline"]):
        tally.judge(right, wanted["deadline"], got, wanted["clause"])
