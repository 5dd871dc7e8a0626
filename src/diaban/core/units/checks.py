"""Contradictions in a register of units, all of them, each as a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise

from diaban.core.messages import N_, Message, say
from diaban.core.units.model import Edge, Spell

FOREVER = date.max


def vn(day: date) -> str:
    """Write a day the Vietnamese way, dd/mm/yyyy."""
    return f"{day:%d/%m/%Y}"


def label(spell: Spell) -> str:
    """Name a spell for a message: "Phường Vũng Tàu (26506)"."""
    return f"{spell.name} ({spell.code})"


def find_problems(spells: Mapping[str, Sequence[Spell]], edges: Sequence[Edge]) -> list[Message]:
    """Return every contradiction among `spells` (by unit, in order of start) and `edges`; empty when sound."""
    return [
        *_time_problems(spells),
        *_parent_problems(spells),
        *_code_problems(spells),
        *_edge_problems(spells, edges),
        *_share_problems(spells, edges),
    ]


def _time_problems(spells: Mapping[str, Sequence[Spell]]) -> Iterator[Message]:
    for unit, own in spells.items():
        for spell in own:
            if spell.end is not None and spell.end <= spell.start:
                yield say(
                    N_("{unit}: khoảng từ {start} đến {end} rỗng; ngày kết thúc phải sau ngày bắt đầu"),
                    unit=unit,
                    start=vn(spell.start),
                    end=vn(spell.end),
                )
        for before, after in pairwise(own):
            if before.end is None or before.end > after.start:
                yield say(N_("{unit}: hai khoảng chồng nhau từ ngày {day}"), unit=unit, day=vn(after.start))
            elif before.end < after.start:
                yield say(
                    N_("{unit}: không có dữ liệu từ {start} đến trước {end}; một đơn vị không được gián đoạn"),
                    unit=unit,
                    start=vn(before.end),
                    end=vn(after.start),
                )


def _exists_through(own: Sequence[Spell], start: date, end: date) -> bool:
    return own[0].start <= start and end <= (own[-1].end or FOREVER)


def _parent_problems(spells: Mapping[str, Sequence[Spell]]) -> Iterator[Message]:
    for own in spells.values():
        for spell in own:
            if spell.parent is None:
                continue
            parent = spells.get(spell.parent)
            if parent is None:
                yield say(
                    N_("{unit}: đơn vị cấp trên {parent} không có trong danh mục"), unit=spell.unit, parent=spell.parent
                )
            elif not _exists_through(parent, spell.start, spell.end or FOREVER):
                yield say(
                    N_("{unit}: đơn vị cấp trên {parent} không tồn tại suốt khoảng bắt đầu từ {day}"),
                    unit=spell.unit,
                    parent=spell.parent,
                    day=vn(spell.start),
                )
            elif _is_under_itself(spells, spell):
                yield say(N_("{unit}: nằm dưới chính nó vào ngày {day}"), unit=spell.unit, day=vn(spell.start))


def _is_under_itself(spells: Mapping[str, Sequence[Spell]], spell: Spell) -> bool:
    """A circle of parents begins on the day its last link begins, so looking at starts finds every circle."""
    seen = {spell.unit}
    parent = spell.parent
    while parent is not None:
        if parent in seen:
            return parent == spell.unit
        seen.add(parent)
        parent = next((s.parent for s in spells.get(parent, ()) if s.covers(spell.start)), None)
    return False


def _code_problems(spells: Mapping[str, Sequence[Spell]]) -> Iterator[Message]:
    by_code: dict[tuple[str, str], list[Spell]] = defaultdict(list)
    for own in spells.values():
        for spell in own:
            by_code[spell.level, spell.code].append(spell)
    for (_level, code), sharing in by_code.items():
        sharing.sort(key=lambda s: (s.start, s.unit))
        longest = sharing[0]
        for spell in sharing[1:]:
            if longest.unit != spell.unit and (longest.end or FOREVER) > spell.start:
                yield say(
                    N_("mã {code} thuộc cả {first} và {second} vào ngày {day}"),
                    code=code,
                    first=longest.unit,
                    second=spell.unit,
                    day=vn(spell.start),
                )
            if (spell.end or FOREVER) > (longest.end or FOREVER):
                longest = spell


def _edge_problems(spells: Mapping[str, Sequence[Spell]], edges: Sequence[Edge]) -> Iterator[Message]:
    seen: set[tuple[str, str]] = set()
    for edge in edges:
        pair = {"source": edge.source, "target": edge.target}
        unknown = [unit for unit in (edge.source, edge.target) if unit not in spells]
        if unknown:
            yield say(N_("{source} → {target}: không có {unknown} trong danh mục"), **pair, unknown=", ".join(unknown))
            continue
        if edge.source == edge.target:
            yield say(N_("{source} → {target}: một đơn vị không kế tục chính nó"), **pair)
            continue
        if (edge.source, edge.target) in seen:
            yield say(N_("{source} → {target}: khai hai lần"), **pair)
        seen.add((edge.source, edge.target))
        if spells[edge.source][-1].end != edge.on:
            yield say(N_("{source} → {target}: {source} không kết thúc vào ngày {day}"), **pair, day=vn(edge.on))
        if spells[edge.target][0].start != edge.on:
            yield say(N_("{source} → {target}: {target} không bắt đầu vào ngày {day}"), **pair, day=vn(edge.on))


def _share_problems(spells: Mapping[str, Sequence[Spell]], edges: Sequence[Edge]) -> Iterator[Message]:
    leaving: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        if edge.source in spells:
            leaving[edge.source].append(edge)
        if edge.share is not None and not 0 < edge.share <= 1:
            yield say(
                N_("{source} → {target}: tỷ lệ {share} phải lớn hơn 0 và không quá 1"),
                source=edge.source,
                target=edge.target,
                share=edge.share,
            )
    for source, out in leaving.items():
        total = sum((edge.share for edge in out if edge.share is not None), Fraction(0))
        if total > 1:
            yield say(N_("{source}: các tỷ lệ chuyển đi cộng lại là {total}, quá 1"), source=source, total=total)
        elif total == 1 and any(edge.share is None for edge in out):
            yield say(N_("{source}: các tỷ lệ đã đủ 1 nhưng còn phần chuyển đi chưa rõ tỷ lệ"), source=source)
