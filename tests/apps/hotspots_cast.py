"""A small made-up province for the tests of the registers: two eras, one merge, one divided commune."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from cast import jack_of_all_work
from diaban.apps.accounts.models import User
from diaban.apps.hotspots import actions
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.places.models import Lineage, Spell, Unit

REFORM = date(2025, 7, 1)
FIRST = date(2004, 1, 1)
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PAPER = {"document": "15/QĐ-CAT", "decider": "Giám đốc Công an tỉnh"}


@dataclass(frozen=True)
class Province:
    """`one` and `two` merged whole into `merged` on 1/7/2025; `split` was divided; `island` stayed."""

    province: Unit
    one: Unit
    two: Unit
    split: Unit
    merged: Unit
    north: Unit
    island: Unit
    user: User


def unit(code: str, name: str, parent: Unit | None, start: date, end: date | None, level: str = "commune") -> Unit:
    made = Unit.objects.create(uid=f"{code}@{start}")
    kind = {"province": "tinh", "commune": "phuong"}[level]
    Spell.objects.create(
        unit=made, name=name, name_folded=name.lower(), code=code, kind=kind, level=level, parent=parent,
        valid_from=start, valid_to=end, lon=107.1, lat=10.4,
    )  # fmt: skip
    return made


def edge(source: Unit, target: Unit, num: int | None, den: int | None) -> None:
    basis = "whole" if num == den == 1 else "population" if num else ""
    Lineage.objects.create(source=source, target=target, on=REFORM, share_num=num, share_den=den, basis=basis)


def build() -> Province:
    province = unit("77", "Tỉnh Biển Xanh", None, FIRST, None, "province")
    one = unit("26506", "Phường Một", province, FIRST, REFORM)
    two = unit("26507", "Phường Hai", province, FIRST, REFORM)
    split = unit("26508", "Phường Chia", province, FIRST, REFORM)
    merged = unit("26506", "Phường Hợp Nhất", province, REFORM, None)
    north = unit("26509", "Phường Bắc", province, REFORM, None)
    island = unit("26732", "Phường Đảo", province, FIRST, None)
    edge(one, merged, 1, 1)
    edge(two, merged, 1, 1)
    edge(split, merged, 1, 4)
    edge(split, north, 3, 4)
    user = jack_of_all_work(User.objects.create(username="an"))
    return Province(province, one, two, split, merged, north, island, user)


def spot(cast: Province, where: Unit, on: date, **given: Any) -> Hotspot:
    """Open a spot that is already on the list."""
    values: dict[str, Any] = {
        "name": "Bãi sau chợ", "kind": "diem_to_chuc_chua_chap", "grade": "co_tai_lieu", "verb": "enlist", **PAPER,
    }  # fmt: skip
    return actions.create_hotspot(by=cast.user, at=AT, unit=where, on=on, **(values | given))


def step(cast: Province, hotspot: Hotspot, verb: str, on: date, **given: Any) -> Hotspot:
    values: dict[str, Any] = {"reason": "Theo biên bản", "evidence": "Kết luận 5/KL", **PAPER}
    decision = actions.Decision(verb=verb, on=on, **(values | given))
    return actions.take_step(hotspot=hotspot, decision=decision, by=cast.user, at=AT)
