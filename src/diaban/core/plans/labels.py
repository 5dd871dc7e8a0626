"""Labelled lines that describe one task: "Nội dung: …", "Cơ quan chủ trì: …", "Thời gian thực hiện: …"."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import Final

from diaban.core.plans import agencies, moments, tasks
from diaban.core.plans.gazetteer import Gazetteer
from diaban.core.plans.model import Task
from diaban.core.plans.shadow import lower
from diaban.core.plans.tree import Node

_WHO: Final = r"(?:(?:các\s+)?(?:cơ quan|đơn vị|ngành|tổ chức|lực lượng)(?:\s*,\s*(?:cơ quan|đơn vị))?\s+)"
_LABEL: Final = re.compile(
    r"(?:^\W*|(?<=[;.,(])\s*|\s[-–]\s+)"
    rf"(?:(?P<lead>{_WHO}?(?:chủ trì(?:\s+thực hiện)?|chịu trách nhiệm(?: chính)?)|{_WHO}(?:thực hiện|đầu mối|tổ chức)|"
    r"(?:phân công|trách nhiệm)(?:\s+(?:tổ chức\s+)?thực hiện)?)|"
    rf"(?P<with>{_WHO}?(?:phối hợp|tham gia)(?:\s+thực hiện)?)|"
    r"(?P<when>(?:thời gian|thời hạn|tiến độ|hạn|lộ trình)(?:\s+(?:tổ chức|triển khai|thực hiện|hoàn thành))*|"
    r"hoàn thành)|"
    r"(?P<product>(?:dự kiến\s+)?(?:sản phẩm|kết quả)(?:\s+(?:đầu ra|dự kiến|đạt được|hoàn thành|cần đạt))*)|"
    r"(?P<what>(?:tên\s+)?(?:nội dung|nhiệm vụ|hoạt động|công việc|biện pháp)(?:\s+(?:cụ thể|thực hiện|công việc|"
    r"hoạt động|chính|trọng tâm))*)|"
    r"(?P<other>(?:dự kiến\s+)?(?:kinh phí|nguồn lực|nguồn kinh phí)(?:\s+thực hiện)?|địa điểm|đối tượng|phạm vi|"
    r"hình thức|số lượng|ghi chú|mục tiêu|yêu cầu|thành phần))\s*:\s*"
)
_STRONG: Final = frozenset({"lead", "with"})
Details = dict[str, str]


def parts(text: str) -> list[tuple[str, str, int]]:
    """Return the labels of a text in order: what it says ("lead", "with", "when", …), the words after it, its start."""
    small = lower(text)
    found = list(_LABEL.finditer(small))
    if not found:
        return []
    ends = [*(m.start() for m in found[1:]), len(text)]
    return [
        (m.lastgroup or "", text[m.end() : end].strip(" ;.,()[]"), m.start())
        for m, end in zip(found, ends, strict=True)
    ]


def own(text: str) -> Details:
    """Return what a sentence says of itself after its words: "… (Chủ trì: Sở Y tế; thời gian: quý II/2026)"."""
    found = [(key, value) for key, value, start in parts(text) if start > 0 and key != "what"]
    if not any(key in _STRONG for key, _ in found):
        return {}
    return dict(reversed(found))


def grouped(nodes: list[Node], sections: dict[str, str]) -> tuple[dict[str, Details], set[str]]:
    """Return what labelled lines say of the task beside or above them, by its path, and the paths of those lines."""
    below: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        if node.family not in ("row", "annex"):
            below[node.parent.path if node.parent is not None else ""].append(node)
    by_path = {node.path: node for node in nodes}
    told: dict[str, Details] = {}
    details: set[str] = set()
    for path, children in below.items():
        for group, before in _groups(children):
            first = group[0][0]
            said = {key: value for _, labels in group for key, value, _ in labels if key != "what" and value}
            if sections.get(first.path) in ("state", "scope") or not _one_task(group):
                continue
            titles = [node for node, labels in group if labels[0][0] == "what"]
            about = titles[:1] or [node for node in before if not node.children]
            if not about and path:
                about = [by_path[path]]
            if about and about[0].opens and below.get(about[0].path):
                about = below[about[0].path]
            if not about:
                continue
            for node in about:
                told[node.path] = {**said, **told.get(node.path, {})}
            details.update(node.path for node, _ in group if node not in about and node not in titles)
            details.update(node.path for node in titles if node not in about)
    return told, details


_Labelled = tuple[Node, list[tuple[str, str, int]]]


def _groups(children: list[Node]) -> list[tuple[list[_Labelled], list[Node]]]:
    """Return the runs of labelled lines, each with the lines without label that stand right before it."""
    runs: list[tuple[list[_Labelled], list[Node]]] = []
    before: list[Node] = []
    run: list[_Labelled] = []
    for node in children:
        labels = parts(node.text)
        starts = bool(labels) and labels[0][2] == 0
        again = starts and any(labels[0][0] == kept[0][0] for _, kept in run) and labels[0][0] != "other"
        if run and (not starts or again):
            runs.append((run, before))
            run, before = [], []
        if starts:
            run.append((node, labels))
        else:
            before.append(node)
    if run:
        runs.append((run, before))
    return runs


def _one_task(group: list[_Labelled]) -> bool:
    keys = {key for _, labels in group for key, _, _ in labels}
    return bool(keys & _STRONG) or ("when" in keys and bool(keys & {"what", "product"}))


def applied(task: Task | None, node: Node, said: Details, gazetteer: Gazetteer, home: str) -> Task:
    """Return the task with what its labels say: they go before what was read from the sentence."""
    named = agencies.distinct(agencies.find(said.get("lead", ""), gazetteer, home))
    partners = tasks.partners(said.get("lead", ""), named, [])
    lead = [m for m in named if m not in partners]
    listed = agencies.distinct(agencies.find(said.get("with", ""), gazetteer, home))
    leads = [m.name for m in lead] or ([task.lead] if task is not None and task.lead else [])
    beside = [*leads[1:], *(m.name for m in partners), *(m.name for m in listed)]
    if task is not None and not listed:
        beside.extend(task.coordinating)
    coordinating = tuple(name for name in dict.fromkeys(beside) if name not in leads[:1])
    deadline, recurrence, _ = tasks.when_due(said.get("when", ""))
    if said.get("when") and deadline is None and recurrence is None:
        whens = moments.find(said["when"])
        deadline = whens[-1].value if whens else said["when"]
    made = task or Task(node.path, (), None, (), None, None, None, node.text)
    names = dict.fromkeys([*leads[:1], *coordinating, *(made.agencies if not lead else ())])
    return replace(
        made,
        agencies=tuple(names),
        lead=leads[0] if leads else None,
        coordinating=coordinating,
        deadline=deadline if said.get("when") else made.deadline,
        recurrence=recurrence if said.get("when") else made.recurrence,
        product=said.get("product") or made.product,
        uncertain=not leads,
        why=None if leads else "không nêu cơ quan thực hiện",
        rule="các dòng có nhãn “chủ trì”, “phối hợp”, “thời gian”",
    )
