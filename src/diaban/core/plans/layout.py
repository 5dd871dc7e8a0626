"""The regions of a plan (head, title, preamble, body, tail, enclosed plan, appendices) and lines joined to units."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from diaban.core.plans import joining
from diaban.core.plans.lines import Line, spaced
from diaban.core.plans.marks import Mark, parse
from diaban.core.plans.shadow import is_upper, lower, plain


class Region(Enum):
    """Where in the document a line stands."""

    HEAD = "head"
    TITLE = "title"
    PREAMBLE = "preamble"
    BODY = "body"
    TAIL = "tail"
    APPENDIX = "appendix"


@dataclass(slots=True)
class Unit:
    """Lines that belong together: a marked clause, a paragraph without mark, a row of a table."""

    line: int
    mark: Mark | None
    text: str
    region: Region
    gap: bool
    cells: tuple[str, ...] = ()
    last: str = ""  # its last line as it stands in the file
    enclosed: int = 0  # which document: 0 the first, 1 the one enclosed
    annex: str = ""
    guess: str = ""  # why a row of a lost table may have its cells wrong


@dataclass(slots=True)
class Layout:
    """The regions, in order of the text."""

    head: list[Line] = field(default_factory=list)
    kind: str | None = None
    title: list[Line] = field(default_factory=list)
    preamble: list[Unit] = field(default_factory=list)
    body: list[Unit] = field(default_factory=list)
    tail: list[Line] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)  # "(Ban hành kèm theo …)"
    footnotes: list[tuple[str, str]] = field(default_factory=list)
    cut: tuple[int, str] | None = None
    ended: bool = False  # "./." or a signature was seen


KINDS: Final = (
    "kế hoạch hành động", "kế hoạch", "chương trình hành động", "chương trình", "đề án", "quyết định", "chỉ thị",
    "hướng dẫn", "phương án", "nghị quyết", "thông báo", "quy chế", "quy định", "công văn",
)  # fmt: skip
_KIND = re.compile(r"(" + "|".join(KINDS) + r")\b\s*[:.]?\s*", re.IGNORECASE)
_BASIS = re.compile(
    r"(?:[-–+*•]\s*)?(?:căn cứ|thực hiện|triển khai|thi hành|xét|theo|trên cơ sở|nhằm|để|tiếp tục|qua|ngày|năm|sau khi|"
    r"uỷ ban nhân dân|ubnd)\b"
)
_LEAD = re.compile(r"(?:như sau|cụ thể|sau đây|các nội dung sau|nội dung sau|dưới đây|quyết định)\s*[:.;/]*$")
_AUTHORITY = re.compile(r"(?:chủ tịch\s+)?uỷ ban nhân dân\b|hội đồng nhân dân\b|ban chấp hành\b")
_TAIL = re.compile(
    r"nơi nhận\b|nơi gửi\b|t\s?m\s?[.:]\s*(?:uỷ ban|ubnd|ban|thường trực|hội đồng)|k\s?t\s?[.:/]\s*(?:chủ "
    r"tịch|giám đốc|trưởng)|"
    r"t\s?u\s?q\s?[.:]|chủ tịch$|phó chủ tịch$|q\.\s*chủ tịch$|\(?đã ký\)?$"
)
_ANNEX = re.compile(
    r"(?P<word>phụ lục|phụ biểu|biểu mẫu|biểu|mẫu|danh mục|bảng)(?:\s+số)?\s*(?P<n>\d{1,2}|[IVX]{1,4}|"
    r"[A-E])?\b\s*[:.\-–]?\s*",
    re.IGNORECASE,
)
_ATTACHED = re.compile(r"\(?\s*(?:ban hành\s+)?kèm theo\b")
_ELLIPSIS = re.compile(r"[\[(]?\s*(?:\.{3,}|…+)\s*[\])]?\.?|\[\s*\]")
_NOTE = re.compile(r"\[(\d{1,3})\]\s*(\S.*)")
_NUMBERED: Final = frozenset({"part", "chapter", "section", "upper", "roman", "article"})


MOST_TITLE_LINES: Final = 12  # a longer "title" is a text without body


class _Reader:
    """Walk the lines once and put each where it belongs."""

    def __init__(self, lines: list[Line], *, eager: bool = False) -> None:
        self.lines = lines
        self.eager = eager  # any mark after the title begins the body
        self.out = Layout()
        self.region = Region.HEAD
        self.led = False  # "… như sau:" has been read
        self.enclosed = 0
        self.annex = ""
        self.width = joining.width([line.text for line in lines])
        self.order = joining.Order()
        self.note = False

    def read(self) -> Layout:
        if not any(self._kind(line) for line in self.lines[:80]):
            self.region = Region.PREAMBLE if not self._has_head() else Region.HEAD
        for at, line in enumerate(self.lines):
            self._take(at, line)
        return self.out

    def _has_head(self) -> bool:
        return any("cộng hoà xã hội" in lower(line.text) for line in self.lines[:30])

    def _kind(self, line: Line) -> str | None:
        """Return the kind that a line announces: "KẾ HOẠCH" alone, or first in a line of capitals."""
        bare = re.sub(r"\s+", " ", line.text)
        if re.fullmatch(r"(?:\S ){4,}\S", bare):  # spaced letters: K Ế  H O Ạ C H
            bare = bare.replace(" ", "").replace("KẾHOẠCH", "KẾ HOẠCH")
        small = lower(bare)
        found = _KIND.match(small)
        if not found or not (is_upper(bare) or small.rstrip(" :.") == found[1]):
            return None
        return found[1] if is_upper(bare[: found.end(1)]) or found.end() == len(small) else None

    def _take(self, at: int, line: Line) -> None:
        if self.region not in (Region.BODY, Region.APPENDIX):
            line = Line(line.number, spaced(line.text), line.gap)
        if _ELLIPSIS.fullmatch(line.text) and self.region in (Region.BODY, Region.APPENDIX, Region.PREAMBLE):
            self.out.cut = (line.number, line.text)
            return
        if found := _NOTE.fullmatch(line.text):
            if self.region in (Region.BODY, Region.TAIL, Region.APPENDIX) or self.note:
                self.out.footnotes.append((f"[{found[1]}]", found[2]))
                self.note = True
                return
        elif self.note and not line.gap and self.region is not Region.HEAD and parse(line.text) is None:
            mark, text = self.out.footnotes[-1]
            self.out.footnotes[-1] = (mark, f"{text} {line.text}")
            return
        self.note = False
        {
            Region.HEAD: self._head,
            Region.TITLE: self._title,
            Region.PREAMBLE: self._preamble,
            Region.BODY: self._body,
            Region.APPENDIX: self._body,
            Region.TAIL: self._tail,
        }[self.region](at, line)

    def _head(self, at: int, line: Line) -> None:
        kind = self._kind(line)
        if kind and not re.match(r"(?:loại văn bản|số)", lower(line.text)):
            self.out.kind = kind
            rest = re.sub(r"\s+", " ", line.text)[len(kind) :].strip(" :.")
            if re.fullmatch(r"(?:\S ){4,}\S", line.text):
                rest = ""
            self.region = Region.TITLE
            if rest:
                self.out.title.append(Line(line.number, rest, False))
            return
        small = lower(line.text)
        mark = parse(line.text)
        starts = mark is not None and mark.family in _NUMBERED and mark.value == 1 and len(line.text) > 4
        if at > 2 and (starts or re.match(r"(?:căn cứ|thực hiện) \S+", small)) and self._letterhead_done():
            self.region = Region.PREAMBLE
            self._preamble(at, line)
            return
        for cell in line.text.strip("| ").split(" | ") if line.text.startswith("|") else [line.text]:
            self.out.head.append(Line(line.number, cell.strip(), line.gap))

    def _letterhead_done(self) -> bool:
        return any("độc lập" in lower(line.text) for line in self.out.head) or not self._has_head()

    def _title(self, at: int, line: Line) -> None:
        small = lower(line.text)
        title = self.out.title
        if _ATTACHED.match(small):
            self.out.attached.append(line.text)
            return
        mark = parse(line.text)
        first = mark is not None and mark.value == 1 and mark.family in ("decimal", "bracket")
        starts = mark is not None and (mark.family in _NUMBERED or first or self.eager)
        if starts and title:
            self.region = Region.BODY
            self._body(at, line)
            return
        if title:
            text = " ".join(item.text for item in title)
            loud, open_end = is_upper(text), text.endswith((",", "-", "–"))
            goes_on = line.text[:1].islower() or (loud and is_upper(line.text)) or open_end
            authority = is_upper(line.text) and _AUTHORITY.match(small) and not open_end
            basis = _BASIS.match(small) is not None and not (loud and is_upper(line.text))
            apart = (line.gap and not goes_on) or (loud and not is_upper(line.text) and not open_end)
            apart = apart or len(title) > MOST_TITLE_LINES
            if authority or basis or apart or re.match(r"[-–(|]", line.text) or text.endswith((":", ".")):
                self.region = Region.PREAMBLE
                self._preamble(at, line)
                return
        title.append(line)

    def _preamble(self, at: int, line: Line) -> None:
        mark = parse(line.text)
        small = lower(line.text)
        if _ATTACHED.match(small):
            self.out.attached.append(line.text)
            return
        if mark is not None and self.eager:
            self.region = Region.BODY
            self._body(at, line)
            return
        if mark is not None and (
            mark.family in _NUMBERED or (mark.family in ("decimal", "bracket") and mark.value == 1)
        ):
            before = self.out.preamble[-1] if self.out.preamble else None
            wrapped = before is not None and not line.gap and not joining.ended(before.last)
            if mark.value == 1 and not (wrapped and joining.is_full(before.last, line.text, self.width)):  # type: ignore[union-attr]
                self.region = Region.BODY
                self._body(at, line)
                return
        if self.led and (line.gap or mark is not None or is_upper(line.text)) and not re.match(r"căn cứ\b", small):
            self.region = Region.BODY
            self._body(at, line)
            return
        self._join(self.out.preamble, line, Region.PREAMBLE, mark if mark and mark.family in ("dash", "plus") else None)
        self.led = _LEAD.search(lower(self.out.preamble[-1].text[-80:])) is not None

    def _body(self, at: int, line: Line) -> None:
        if self.region is Region.BODY and self._is_tail(line):
            self.region = Region.TAIL
            self.out.ended = True
            self._tail(at, line)
            return
        if self._annex(line):
            return
        if line.text.startswith("|") and line.text.count("|") > 2:
            cells = tuple(cell.strip() for cell in line.text.strip().strip("|").split("|"))
            self.out.body.append(
                Unit(
                    line.number,
                    None,
                    " ".join(cells),
                    self.region,
                    line.gap,
                    cells,
                    line.text,
                    self.enclosed,
                    self.annex,
                )
            )
            return
        self._join(self.out.body, line, self.region, parse(line.text))
        if "./." in line.text:
            self.out.ended = True

    def _is_tail(self, line: Line) -> bool:
        small = lower(line.text.strip("| "))
        if not _TAIL.match(small):
            return False
        if small.startswith("nơi nhận"):
            return True
        return is_upper(re.sub(r"\(.*", "", line.text)) or small.startswith(("đã ký", "(đã ký"))

    def _annex(self, line: Line) -> bool:
        """Begin an appendix where a line says so: in capitals, or "Phụ lục" first in a line after the signature."""
        found = _ANNEX.match(line.text)
        if not found or not (is_upper(line.text) or (found["word"][0].isupper() and self.region is not Region.BODY)):
            return False
        word = lower(found["word"])
        if word not in ("phụ lục", "phụ biểu", "biểu") and self.region is Region.BODY:
            return False
        if self.region is Region.APPENDIX and word not in ("phụ lục", "phụ biểu"):
            return False
        if not found["n"] and not is_upper(line.text):
            return False
        self.region = Region.APPENDIX
        number = found["n"] or ""
        self.annex = f"PL{number}"
        self.order = joining.Order()
        mark = Mark("annex", self.annex, 0, line.text[: found.end()].strip(), line.text[found.end() :])
        self.out.body.append(
            Unit(line.number, mark, mark.rest, self.region, True, (), line.text, self.enclosed, self.annex)
        )
        return True

    def _tail(self, _at: int, line: Line) -> None:
        if self._annex(line):
            return
        kind = self._kind(line)
        if kind and not any(word in lower(line.text) for word in ("nơi nhận", "lưu")):
            self.enclosed += 1
            self.led = False
            self.order = joining.Order()
            self.region = Region.PREAMBLE
            return
        for cell in line.text.strip("| ").split(" | ") if line.text.startswith("|") else [line.text]:
            if cell.strip():
                self.out.tail.append(Line(line.number, cell.strip(), line.gap))

    def _join(self, units: list[Unit], line: Line, region: Region, mark: Mark | None) -> None:
        before = units[-1] if units else None
        if before is not None and not (before.cells or before.enclosed != self.enclosed or before.region is not region):
            if _ATTACHED.match(lower(line.text)) and before.mark is not None and before.mark.family == "annex":
                self.out.attached.append(line.text)
                before.last = line.text + "."
                return
            if mark is not None:
                real = joining.mark_is_real(mark, before.text, before.last, before.mark, line, self.width, self.order)
                new = real
            else:
                new = joining.begins_paragraph(before.text, before.last, before.mark, line, self.width)
            if not new:
                before.text = joining.glue(before.text, line.text)
                before.last = line.text
                return
        if mark is not None and region is not Region.PREAMBLE:
            self.order.saw(mark)
        text = mark.rest if mark is not None else line.text
        units.append(Unit(line.number, mark, text, region, line.gap, (), line.text, self.enclosed, self.annex))


def lay_out(lines: list[Line]) -> Layout:
    """Return the regions of a document."""
    out = _Reader(lines).read()
    if not out.body:
        out = _Reader(lines, eager=True).read()
    if out.cut is None and out.body and not out.ended:
        last = out.body[-1]
        if re.search(r"(?:\.{3,}|…|\[\.\.\.\])\W*$", last.text) or (
            not joining.ended(last.last) and not last.cells and len(plain(last.text)) > 60
        ):
            out.cut = (last.line, last.text[-40:])
    return out
