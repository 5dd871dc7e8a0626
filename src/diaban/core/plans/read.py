"""Text in, `PlanText` out: lines, regions, tree, and then what each clause says."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

from diaban.core.messages import N_, Message, say
from diaban.core.plans import agencies, citations, head, labels, lines, targets, tasks
from diaban.core.plans.agencies import Mention
from diaban.core.plans.gazetteer import Gazetteer
from diaban.core.plans.layout import Layout, Unit, lay_out
from diaban.core.plans.model import Base, Clause, Cut, Footnote, Named, PlanText, Target, Task
from diaban.core.plans.shadow import is_upper, lower
from diaban.core.plans.tables import as_rows, task_of_row
from diaban.core.plans.tree import Node, Tree, split_inline
from diaban.core.plans.words import section_kind

_FOOTNOTE: Final = re.compile(r"\[(\d{1,3})\]")
_CLOSING: Final = re.compile(
    r"(?:trên đây là|yêu cầu|đề nghị|(?:trong )?quá trình|căn cứ (?:nội dung|kế hoạch|chức năng|nhiệm vụ)|"
    r"nhận được|uỷ ban nhân dân|ubnd|"
    r"giám đốc|thủ trưởng|chủ tịch|các (?:sở|đơn vị|cơ quan|đồng chí)|kế hoạch này|giao|nếu có|định kỳ|văn "
    r"phòng|nơi nhận)"
)
_PRELUDE: Final = re.compile(
    r"^\W*(?:đề nghị|giao(?: cho)?|yêu cầu|trách nhiệm (?:của )?|đối với|nhiệm vụ của|phân công|các đơn "
    r"vị\s*:|cơ quan)\s*"
)


class _Plan:
    """One reading; holds what the steps share."""

    def __init__(self, text: str, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.layout: Layout = lay_out(lines.split(lines.clean(text)))
        self.head = head.read(self.layout, gazetteer.provinces)
        self.head.issuer = agencies.cased(self.head.issuer, gazetteer)
        issuer = self.head.issuer or ""
        found = re.search(r"(?:tỉnh|thành phố|xã|phường|huyện|đặc khu)\s+(.+)$", issuer)
        self.home = found.group(1) if found else ""
        self.closing: list[Unit] = []
        self.nodes = self._tree()
        self.by_path = {node.path: node for node in self.nodes}
        self.mentions = {node.path: agencies.find(node.text, gazetteer, self.home) for node in self.nodes}
        self.sections: dict[str, str] = {}
        self.owners: dict[str, tuple[Mention, ...]] = {}
        for node in self.nodes:
            self._place(node)
        self._without_collective_owners()
        self.labelled, self.details = labels.grouped(self.nodes, self.sections)

    def _without_collective_owners(self) -> None:
        """Take "các sở, ban, ngành" off a heading below which each agency has a heading of its own."""
        below: dict[str, list[Node]] = defaultdict(list)
        held: dict[int, list[Node]] = defaultdict(list)  # by the tuple of owners itself: it is handed down
        for node in self.nodes:
            held[id(self.owners[node.path])].append(node)
            if node.parent is not None:
                below[node.parent.path].append(node)
        for node in self.nodes:
            owners = self.owners[node.path]
            if not owners or any(owner.kind != "group" for owner in owners):
                continue
            if any(self.owners[other.path] != owners for other in below[node.path]):
                self.mentions[node.path] = []
                for other in held[id(owners)]:
                    self.owners[other.path] = ()

    def _tree(self) -> list[Node]:
        tree = Tree()
        body = as_rows(self.layout.body, self.gazetteer)
        body = self._without_closing(body)
        enclosed = 0
        for unit in body:
            if unit.enclosed != enclosed:
                enclosed = unit.enclosed
                tree.stack = [tree.root]
            for piece in split_inline(unit):
                tree.add(piece)
        return tree.nodes

    def _without_closing(self, body: list[Unit]) -> list[Unit]:
        """Take off the last sentence, which stands under no section: "Trên đây là Kế hoạch … ./."."""
        kept = list(body)
        for at in range(len(kept) - 1, -1, -1):
            unit = kept[at]
            following = kept[at + 1] if at + 1 < len(kept) else None
            last = following is None or following.annex != unit.annex or following.enclosed != unit.enclosed
            if not last or unit.annex or unit.mark is not None or unit.cells or is_upper(unit.text):
                continue
            before = kept[at - 1] if at else None
            own = (
                before is not None
                and before.mark is not None
                and before.mark.family not in ("dash", "plus", "star", "bullet")
            )
            only = own and before is not None and (is_upper(before.text) or not re.search(r"[.;/]\s*$", before.text))
            ended = unit.text.rstrip().endswith("./.") or "./." in unit.text
            if (ended or self.layout.ended) and not only and (_CLOSING.match(lower(unit.text)) or ended):
                self.closing.append(unit)
                del kept[at]
        return kept

    def _place(self, node: Node) -> None:
        """Say what a clause's section is about and who owns it: its own heading first, then the ones above."""
        parent = node.parent.path if node.parent is not None and node.parent.path else ""
        above = self.sections.get(parent, "")
        titled = (
            node.heading
            or node.family in ("part", "roman", "upper", "annex")
            or (node.opens and node.family != "loose")
        )
        own = section_kind(node.text) if titled and len(node.text.split()) <= 40 else ""
        if (
            own == "task"
            and above in ("duty", "goal", "state", "purpose")
            and node.parent is not None
            and node.parent.family != "part"
        ):
            own = above
        if own == "scope" and above in ("goal", "duty", "task"):
            own = above
        if own == "state" and above in ("task", "duty"):
            own = above
        self.sections[node.path] = own or above
        named = self._owner(node)
        self.owners[node.path] = named or self.owners.get(parent, ())
        if named and self.sections[node.path] in ("", "task"):
            self.sections[node.path] = "duty"

    def _owner(self, node: Node) -> tuple[Mention, ...]:
        """Return the agencies that a heading names and nothing else: "2. Sở Y tế", "Đề nghị Ủy ban MTTQ …"."""
        if node.family in ("row", "dash", "plus", "star", "bullet", "article") and not node.opens:
            return ()
        small = lower(node.text)
        title, colon, _rest = small.partition(":")
        if colon and len(title.split()) > 40:
            return ()
        if not colon and re.search(r"[.;]\s*$", small):
            return ()
        prelude = _PRELUDE.match(title)
        start = prelude.end() if prelude else 0
        if colon and re.fullmatch(r"\W*(?:các\s+)?(?:sở|phòng)(?:\s*,\s*(?:ban\s*,\s*)?ngành)?\s*", title):
            title, prelude = small, re.match(r"\W*(?:các\s+)?(?:sở|phòng)[^:]*:\s*", small)
            start = prelude.end() if prelude else 0
        brackets = [m.span() for m in re.finditer(r"\([^)]*\)", title)]
        names = [
            m for m in self.mentions[node.path] if m.end <= len(title) and not any(a < m.start < b for a, b in brackets)
        ]
        if not names or re.search(r"\w", title[start : names[0].start].replace("các", "")):
            return ()
        bare = re.sub(r"\([^)]*\)", "", title[start:])
        letters = len(re.sub(r"\W|\bvà\b|các", "", bare)) or 1
        covered = sum(len(re.sub(r"\W", "", small[m.start : m.end])) for m in names)
        rest = title[names[-1].end :]
        if covered * 100 < letters * 55 and not re.match(r"\s*và các (?:tổ chức|đoàn thể|hội|đơn vị)", rest):
            return ()
        return tuple(agencies.distinct(names))

    def read(self) -> PlanText:
        clauses = [self._clause(node) for node in self.nodes]
        aims = [aim for node in self.nodes for aim in self._targets(node)]
        aimed = {aim.clause for aim in aims}
        work = [task for node in self.nodes if (task := self._task(node, node.path in aimed)) is not None]
        notes = self._notes(clauses)
        cut = self._cut()
        return PlanText(
            number=self.head.number,
            date=self.head.date,
            effective=self.head.effective,
            issuer=self.head.issuer,
            signer=self.head.signer,
            field=self.head.field,
            title=self.head.title,
            kind=self.head.kind,
            cut=cut,
            bases=tuple(self._bases()),
            cited=tuple(self._cited()),
            clauses=tuple(clauses),
            targets=tuple(aims),
            tasks=tuple(work),
            agencies=tuple(self._named()),
            footnotes=tuple(self._footnotes()),
            preamble=tuple(unit.text for unit in self.layout.preamble),
            closing=tuple(unit.text for unit in self.closing[::-1]),
            rests_on=dict(self.head.words),
            notes=tuple(notes),
        )

    def _clause(self, node: Node) -> Clause:
        named = agencies.distinct(self.mentions[node.path])
        owners = self.owners[node.path]
        row = node.unit.cells and node.family == "row"
        everybody = list(
            dict.fromkeys(
                [
                    *(m.name for m in owners),
                    *(m.name for m in named if m.canonical not in {o.canonical for o in owners}),
                ]
            )
        )
        if row:
            everybody = list(
                dict.fromkeys(
                    m.name for cell in node.unit.cells for m in agencies.find(cell, self.gazetteer, self.home)
                )
            )
        parent = node.parent.path if node.parent is not None and node.parent.path else None
        return Clause(
            path=node.path,
            mark=node.mark,
            text=node.text,
            agencies=tuple(everybody),
            line=node.unit.line,
            heading=node.heading,
            parent=parent,
            kind=node.family,
            section=self.sections[node.path] or None,
            owners=tuple(m.name for m in owners),
            named=tuple(m.name for m in named),
            cells=node.unit.cells if row else (),
            uncertain=bool(node.why or node.unit.guess),
            why=node.why or node.unit.guess or None,
            rule=node.rule,
        )

    def _targets(self, node: Node) -> list[Target]:
        if node.heading and not re.search(r"\d\s*%", node.text):
            return []
        return targets.find(node.text, targets.Place(node.path, self.sections[node.path], self._until(node)))

    def _until(self, node: Node) -> str | None:
        """Return the year or day that a heading above sets: "Đến năm 2027", "Mục tiêu đến năm 2025"."""
        above = node.parent
        while above is not None and above.path:
            if above.heading or above.opens:
                found = re.search(
                    r"(?:đến|trong|vào|giai đoạn[^,;]*đến)\s+(?:hết\s+|cuối\s+)?năm\s+(20\d\d)|^\W*năm (20\d\d)\W*$",
                    lower(above.text),
                )
                if found and self.sections.get(node.path) in ("goal", ""):
                    return found[1] or found[2]
            above = above.parent
        return None

    def _task(self, node: Node, aimed: bool) -> Task | None:
        if node.family == "annex" or node.path in self.details:
            return None
        if node.family == "row":
            return task_of_row(node.path, node.text, node.unit, self.gazetteer, self.home)
        owners = self.owners[node.path]
        own = self._owner(node)
        if own and ":" in node.text and not node.opens:
            owners = own
        context = tasks.Context(
            node.path,
            self.sections[node.path],
            owners,
            node.children > 0,
            node.heading or (bool(own) and (node.opens or ":" not in node.text)),
            aimed,
        )
        task = tasks.read(node.text, self.mentions[node.path], context)
        said = self.labelled.get(node.path, {})
        if task is not None or said:
            said = {**labels.own(node.text), **said}
        return labels.applied(task, node, said, self.gazetteer, self.home) if said else task

    def _bases(self) -> list[Base]:
        found: list[Base] = []
        for unit in self.layout.preamble:
            found.extend(citations.as_base(i, unit.text, unit.line, "phần mở đầu") for i in citations.find(unit.text))
        for node in self.nodes:
            above = [node, *_ancestors(node)]
            if any(
                re.search(r"^\W*(?:các\s+)?căn cứ|cơ sở pháp lý", lower(item.text)) and item.heading for item in above
            ):
                found.extend(
                    citations.as_base(i, node.text, node.unit.line, "mục căn cứ") for i in citations.find(node.text)
                )
        seen: dict[tuple[str | None, str], Base] = {}
        for base in found:
            key = (base.number, "" if base.number else base.words)
            if key not in seen or (seen[key].within and not base.within):
                seen[key] = base
        own = self.head.number
        return [base for base in seen.values() if base.number is None or base.number != own]

    def _cited(self) -> list[Base]:
        known = {base.number for base in self._bases()}
        found: dict[str | None, Base] = {}
        for node in self.nodes:
            for item in citations.find(node.text):
                if item.number and item.number not in known:
                    found.setdefault(
                        item.number, citations.as_base(item, node.text, node.unit.line, f"nêu ở {node.path}")
                    )
        return list(found.values())

    def _named(self) -> list[Named]:
        where: dict[str, list[str]] = defaultdict(list)
        first: dict[str, Mention] = {}
        for node in self.nodes:
            found = list(self.mentions[node.path])
            if node.family == "row":
                found = [m for cell in node.unit.cells for m in agencies.find(cell, self.gazetteer, self.home)]
            for mention in found:
                first.setdefault(mention.canonical, mention)
                if node.path not in where[mention.canonical]:
                    where[mention.canonical].append(node.path)
        return [
            Named(m.name, key, m.name, m.kind, m.level, m.line, m.listed, tuple(where[key])) for key, m in first.items()
        ]

    def _footnotes(self) -> list[Footnote]:
        texts = dict(self.layout.footnotes)
        where: dict[str, list[str]] = defaultdict(list)
        for node in self.nodes:
            for found in _FOOTNOTE.finditer(node.text):
                where[found.group()].append(node.path)
        return [Footnote(mark, texts.get(mark), tuple(where.get(mark, ()))) for mark in dict.fromkeys([*where, *texts])]

    def _cut(self) -> Cut | None:
        if self.layout.cut is None:
            return None
        line, words = self.layout.cut
        before = [node.path for node in self.nodes if node.unit.line <= line]
        return Cut(before[-1] if before else None, line, words)

    def _notes(self, clauses: list[Clause]) -> list[Message]:
        notes: list[Message] = []
        if self.layout.cut is not None:
            cut = self._cut()
            after = cut.after if cut and cut.after else "?"
            notes.append(
                say(
                    N_("Văn bản bị cắt sau {path} (dòng {line}); phần sau không có trong tệp."),
                    path=after,
                    line=self.layout.cut[0],
                )
            )
        elif clauses and not self.layout.ended:
            notes.append(say(N_("Không thấy “./.”, “Nơi nhận” hay chữ ký: văn bản có thể chưa hết.")))
        for name, label in (
            ("number", N_("Số văn bản để trống.")),
            ("date", N_("Ngày văn bản để trống hoặc ghi thiếu.")),
        ):
            if name in self.head.blank and getattr(self.head, name) is None:
                notes.append(say(label))
        lost = [note.mark for note in self._footnotes() if note.text is None]
        if lost:
            notes.append(say(N_("Chú thích {marks} không có nội dung trong tệp."), marks=", ".join(lost)))
        if not clauses:
            notes.append(say(N_("Không tìm thấy mục nào có số hay gạch đầu dòng.")))
        return notes


def _ancestors(node: Node) -> list[Node]:
    found = []
    above = node.parent
    while above is not None and above.path:
        found.append(above)
        above = above.parent
    return found


def read_plan(text: str, gazetteer: Gazetteer) -> PlanText:
    """Return everything that the rules find in `text`. Never fails: an empty or foreign text gives an empty result."""
    return _Plan(text, gazetteer).read()
