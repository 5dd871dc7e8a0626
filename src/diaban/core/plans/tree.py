"""Units to a tree: which clause stands under which, and the path that names it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from diaban.core.plans.layout import Unit
from diaban.core.plans.marks import BULLETS, RANK, Mark, follows, parse
from diaban.core.plans.shadow import is_upper, lower
from diaban.core.plans.words import begins_with_verb

_LOOSE_HEADING: Final = 0  # rank of a heading in capitals without a number, where nothing wider is open
HEADING_WORDS: Final = 34


@dataclass(slots=True)
class Node:
    """A clause while the tree is being built."""

    path: str
    family: str
    value: int
    rank: float
    text: str
    unit: Unit
    mark: str
    parent: Node | None
    counts: dict[str, int] = field(default_factory=dict)  # bullets and loose paragraphs below it
    children: int = 0
    numbers: str = ""  # "1.2" of a decimal
    why: str = ""
    rule: str = ""

    @property
    def opens(self) -> bool:
        """Whether it announces what follows: a colon at its end."""
        return self.text.rstrip().endswith(":")

    @property
    def heading(self) -> bool:
        """Whether it only names what stands below it."""
        if self.family in ("part", "chapter", "section", "annex") or (is_upper(self.text) and len(self.text) > 3):
            return True
        if self.family in BULLETS or self.family in ("loose", "row", "article", "round"):
            return False
        if self.opens and begins_with_verb(self.text) and not re.match(r"\W*(?:giao|đề nghị)\b", lower(self.text)):
            return False
        short = len(self.text.split()) <= HEADING_WORDS
        if re.search(r"[.;]\s*$", self.text):
            return False
        return short and (self.children > 0 and not re.search(r"(?:như sau|gồm|sau đây|cụ thể)\s*:$", lower(self.text)))


class Tree:
    """Place units one after the other; `nodes` are in the order of the text."""

    def __init__(self) -> None:
        self.root = Node("", "root", 0, -1, "", Unit(0, None, "", None, False), "", None)  # type: ignore[arg-type]
        self.stack: list[Node] = [self.root]
        self.nodes: list[Node] = []
        self.used: set[str] = set()

    def add(self, unit: Unit) -> Node:
        """Place a unit and return its node."""
        mark = unit.mark
        if mark is None:
            return self._row(unit) if unit.cells else self._loose(unit)
        if mark.family == "annex":
            return self._push(self.root, unit, mark, mark.label, -0.5, "annex")
        mark = self._settle(mark)
        if mark.family.startswith("decimal") and mark.prefix:
            return self._decimal(unit, mark)
        if mark.family in BULLETS:
            return self._bullet(unit, mark)
        return self._numbered(unit, mark)

    def _settle(self, mark: Mark) -> Mark:
        """Decide between the letter and the Roman number that "I", "V" or "X" may be; and "i)" likewise."""
        if mark.family == "roman" and len(mark.label) == 1:
            letters = self._open("upper")
            romans = self._open("roman")
            as_letter = "ABCDĐEFGHIKLMNOPQRSTUVXY".find(mark.label) + 1
            if (
                letters
                and as_letter
                and follows("upper", letters.value, as_letter)
                and not (romans and romans.value + 1 == mark.value)
            ):
                return Mark("upper", mark.label, as_letter, mark.raw, mark.rest)
        if mark.family == "upper" and mark.label in "CDLM" and not self._open("upper"):
            return mark
        return mark

    def _open(self, family: str) -> Node | None:
        return next((node for node in reversed(self.stack) if node.family == family), None)

    def _pop_to(self, node: Node) -> None:
        while self.stack[-1] is not node:
            self.stack.pop()

    def _push(self, parent: Node, unit: Unit, mark: Mark, label: str, rank: float, rule: str, why: str = "") -> Node:
        self._pop_to(parent)
        path = f"{parent.path}.{label}" if parent.path else label
        if path in self.used:
            turn = 2
            while f"{path}#{turn}" in self.used:
                turn += 1
            path = f"{path}#{turn}"
            why = why or "số thứ tự lặp lại"
        self.used.add(path)
        parent.children += 1
        node = Node(path, mark.family, mark.value, rank, unit.text, unit, mark.raw, parent, rule=rule, why=why)
        node.numbers = f"{mark.prefix}.{mark.value}" if mark.prefix else str(mark.value)
        self.stack.append(node)
        self.nodes.append(node)
        return node

    def _decimal(self, unit: Unit, mark: Mark) -> Node:
        """Place "1.2" below the "1." that is open; without one, beside its like or below the nearest heading."""
        for node in reversed(self.stack):
            if node.family.startswith("decimal") and node.numbers == mark.prefix:
                return self._push(node, unit, mark, mark.label, RANK[mark.family], "1.2 dưới 1.")
            if (
                node.family == mark.family
                and node.parent is not None
                and node.numbers.rpartition(".")[0] == mark.prefix
            ):
                label = mark.label if node.parent.numbers == mark.prefix else f"{mark.prefix}.{mark.label}"
                return self._push(node.parent, unit, mark, label, RANK[mark.family], "1.2 sau 1.1")
        parent = self._above(RANK["decimal"])
        same = parent.family == "roman" and str(parent.value) == mark.prefix
        label = mark.label if same else f"{mark.prefix}.{mark.label}"
        return self._push(parent, unit, mark, label, RANK[mark.family], "1.2 không có 1.")

    def _above(self, rank: float) -> Node:
        return next(node for node in reversed(self.stack) if node.rank < rank)

    def _bullet(self, unit: Unit, mark: Mark) -> Node:
        rank = RANK[mark.family]
        same = self._open(mark.family)
        top = self.stack[-1]
        if same is not None and same.parent is not None:
            parent, rule = same.parent, "cùng loại gạch"
        elif mark.family == "star" and top.value > 1 and top.parent is not None and re.search(r"[.;]\W*$", top.text):
            parent, rule = top.parent, "dòng sao sau mục đã hết câu"
        elif top.opens or top.family not in BULLETS:
            parent, rule = top, "dưới dòng trước"
        else:
            parent, rule = self._above(rank), "theo bậc của dấu"
        if parent.family == "row":
            parent = self._above(RANK["article"])
        if parent.family == "loose":
            parent = parent.parent if parent.parent is not None and not parent.opens and not parent.heading else parent
        parent.counts[mark.label] = parent.counts.get(mark.label, 0) + 1
        return self._push(parent, unit, mark, f"{mark.label}{parent.counts[mark.label]}", rank, rule)

    def _numbered(self, unit: Unit, mark: Mark) -> Node:
        rank = RANK[mark.family]
        like = [node for node in reversed(self.stack) if node.family == mark.family]
        for node in like:
            if follows(mark.family, node.value, mark.value) and node.parent is not None:
                return self._push(node.parent, unit, mark, mark.label, rank, "số tiếp theo")
        top = self.stack[-1]
        if like and mark.value != 1 and like[0].parent is not None:
            gap = mark.value > like[0].value
            why = "số thứ tự nhảy cách" if gap else "số thứ tự lùi lại"
            return self._push(like[0].parent, unit, mark, mark.label, rank, "cùng loại số", why)
        if like and mark.value == 1:
            inside = top.family not in BULLETS and top.family != mark.family and (top.opens or self._bare(top))
            if inside and top.family != "loose":
                return self._push(top, unit, mark, mark.label, rank, "đánh số lại dưới mục con")
            loose = next((node for node in reversed(self.stack) if node.family == "loose" and self._bare(node)), None)
            if loose is not None and loose in self.stack[self.stack.index(like[0]) + 1 :]:
                return self._push(loose, unit, mark, mark.label, rank, "dưới tiêu đề không số")
            if like[0].parent is not None:
                return self._push(like[0].parent, unit, mark, mark.label, rank, "đánh số lại", "số thứ tự bắt đầu lại")
        if top.family not in BULLETS and mark.value == 1 and top.family != "root" and (top.opens or self._bare(top)):
            return self._push(top, unit, mark, mark.label, rank, "mục đầu dưới tiêu đề")
        small = mark.family in ("letter", "letter2", "round", "bracket", "small_roman")
        if top.family in BULLETS and top.opens and small and mark.value == 1:
            return self._push(top, unit, mark, mark.label, rank, "mục đầu dưới dòng có dấu hai chấm")
        parent = self._above(rank)
        if parent.family == "loose" and not self._bare(parent) and parent.parent is not None:
            parent = parent.parent
        return self._push(parent, unit, mark, mark.label, rank, "theo bậc của dấu")

    def _bare(self, node: Node) -> bool:
        """Whether a node reads like a heading so far: short, no sentence's end."""
        return (
            bool(node.text) and len(node.text.split()) <= HEADING_WORDS and not re.search(r"[.;,]\s*$", node.text)
        ) or not node.text

    def _loose(self, unit: Unit) -> Node:
        """Place a paragraph without mark under the nearest numbered heading; capitals open a heading of their own."""
        text = unit.text
        loud = is_upper(text) and len(text) < 300 and len(text.split()) > 1
        if loud:
            parent = self._above(RANK["upper"]) if self.nodes else self.root
            rank: float = RANK["chapter"] + 0.5
        else:
            parent = (
                next(
                    node
                    for node in reversed(self.stack)
                    if node.family not in BULLETS and node.family not in ("loose", "row")
                )
                if not (self.stack[-1].family == "loose" and is_upper(self.stack[-1].text))
                else self.stack[-1]
            )
            rank = RANK["decimal4"] + 0.5
            if parent.family == "root":
                rank = RANK["decimal"] - 0.5
        parent.counts["~"] = parent.counts.get("~", 0) + 1
        mark = Mark("loose", f"~{parent.counts['~']}", 0, "", text)
        return self._push(parent, unit, mark, mark.label, rank, "đoạn không có số, dấu đầu dòng")

    def _row(self, unit: Unit) -> Node:
        parent = next(
            node for node in reversed(self.stack) if node.family not in BULLETS and node.family not in ("loose", "row")
        )
        number = re.fullmatch(r"\s*(\d{1,3})[.)]?\s*", unit.cells[0])
        parent.counts["|"] = parent.counts.get("|", 0) + 1
        label = number[1].lstrip("0") or "0" if number else f"~{parent.counts['|']}"
        mark = Mark("row", label, int(number[1]) if number else 0, unit.cells[0], unit.text)
        return self._push(parent, unit, mark, label, RANK["dash"], "dòng của bảng")


_INLINE_BULLET: Final = re.compile(r"(?<=[;:.])\s*\s([-–—+*•])\s+(?=[A-ZĐÀ-ÖØ-ÝĂĨŨƠƯẠ-Ỹ“\"])")
_INLINE_NUMBER: Final = re.compile(
    r"(?<=[;:.])\s+(?=(?:\d{1,2}(?:\.\d{1,2}){0,2}\.|[IVX]{1,5}\.|[a-zđ]\))\s+[A-ZĐÀ-ÖØ-ÝĂĨŨƠƯẠ-Ỹ])"
)
_INLINE_LETTER: Final = re.compile(r"(?<=[;:.,])\s+(?=[a-zđ]\)\s)")


def split_inline(unit: Unit) -> list[Unit]:
    """Return the clauses that were run together in one paragraph: "…; - Tổ chức …", "a) …; b) …", "…. 2. Sở …"."""
    if unit.cells:
        return [unit]
    pieces = _split_numbers(unit)
    done: list[Unit] = []
    for piece in pieces:
        parts = _INLINE_BULLET.split(piece.text)
        piece.text = parts[0].strip()
        done.append(piece)
        for sign, text in zip(parts[1::2], parts[2::2], strict=True):
            mark = parse(f"{sign} {text.strip()}")
            if mark is None:
                done[-1].text = f"{done[-1].text} {sign} {text}".strip()
                continue
            done.append(_copy(piece, mark, mark.rest))
    return done


def _copy(unit: Unit, mark: Mark | None, text: str) -> Unit:
    return Unit(unit.line, mark, text.strip(), unit.region, False, (), unit.last, unit.enclosed, unit.annex)


def _split_numbers(unit: Unit) -> list[Unit]:
    first = unit.mark
    done = [unit]
    text = unit.text
    start = 0
    current = first
    places = sorted({m.end() for pattern in (_INLINE_NUMBER, _INLINE_LETTER) for m in pattern.finditer(text)})
    made: list[tuple[int, Mark]] = []
    for at in places:
        mark = parse(text[at:])
        if mark is None or current is None:
            continue
        known = {m.family: m for m in [*([first] if first else []), *(m for _, m in made)]}
        before = known.get(mark.family)
        next_one = (
            before is not None and follows(mark.family, before.value, mark.value) and before.prefix == mark.prefix
        )
        # A list inside a sentence stays there; what continues the paragraph's own numbering does not.
        if next_one:
            made.append((at, mark))
            current = mark
    if not made:
        return [unit]
    bounds = [*(at for at, _ in made), len(text)]
    unit.text = text[start : bounds[0]].strip()
    for (at, mark), end in zip(made, bounds[1:], strict=True):
        whole = parse(text[at:end].strip())
        done.append(_copy(unit, whole or mark, (whole or mark).rest))
    return done
