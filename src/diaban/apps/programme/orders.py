"""What must hold of a piece of work before it is given: every reason at once, each with its field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from diaban.apps.agencies.models import Agency
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.catalogue.periods_loader import regimes
from diaban.core.lifecycle import Problem
from diaban.core.messages import N_, Message, say
from diaban.core.periods import Grain
from diaban.core.plans.recurrence import first

MOST_WORDS = 400
MOST_UNITS = 400


class Given(Protocol):
    """The parts of an order, or of a task that is being changed, that are checked."""

    @property
    def title(self) -> str: ...
    @property
    def lead(self) -> Agency: ...
    @property
    def starts(self) -> date: ...
    @property
    def due(self) -> date | None: ...
    @property
    def regime(self) -> str: ...
    @property
    def grain(self) -> str: ...
    @property
    def grace_days(self) -> int: ...
    @property
    def ends(self) -> date | None: ...
    @property
    def budget(self) -> int | None: ...


def problems_of(given: Given, units: Sequence[Unit | None], on: date) -> list[Problem]:
    """Return every reason why the work cannot be given so, in `units`, on `on`; nothing when it can."""
    return [Problem(field, message) for field, message in (*_words(given), *_time(given), *_where(given, units, on))]


Found = Iterator[tuple[str, Message]]


def _words(given: Given) -> Found:
    title = given.title.strip()
    if not title:
        yield "title", say(N_("Ghi việc phải làm."))
    if len(title) > MOST_WORDS:
        yield (
            "title",
            say(N_("Tên việc dài {n} ký tự; rút còn {most}, phần còn lại ghi ở hướng dẫn."), n=len(title), most=400),
        )
    if given.budget is not None and given.budget < 0:
        yield "budget", say(N_("Kinh phí không thể âm."))


def _time(given: Given) -> Found:
    if given.due and given.due < given.starts:
        yield "due", say(N_("Hạn {due} trước ngày giao {starts}."), due=_day(given.due), starts=_day(given.starts))
    if not given.regime:
        if given.grain:
            yield "grain", say(N_("Chọn chế độ kỳ cho việc lặp lại."))
        return
    if given.due:
        yield "due", say(N_("Việc lặp lại theo kỳ thì hạn tính theo kỳ; để trống ngày hạn."))
    regime = regimes().get(given.regime)
    if regime is None:
        yield "regime", say(N_("Không có chế độ kỳ “{code}”."), code=given.regime)
        return
    if given.grain not in {one.value for one in regime.grains}:
        yield "grain", say(N_("Chọn loại kỳ: tháng, quý, 6 tháng, năm."))
        return
    if not 0 <= given.grace_days <= 366:
        yield "grace_days", say(N_("Số ngày sau khi hết kỳ phải từ 0 đến 366."))
        return
    if first(regime, Grain(given.grain), starts=given.starts, grace_days=given.grace_days, ends=given.ends) is None:
        yield "ends", say(N_("Ngày thôi lặp lại đến trước hạn của kỳ đầu tiên; chưa có lần nào phải làm."))


def _where(given: Given, units: Sequence[Unit | None], on: date) -> Found:
    if not units:
        yield "units", say(N_("Chọn ít nhất một đơn vị."))
    if len(units) > MOST_UNITS:
        yield "units", say(N_("Mỗi lần giao cho nhiều nhất {most} đơn vị."), most=MOST_UNITS)
    lead = given.lead
    if lead.valid_to and lead.valid_to <= on:
        now = lead.successor
        heir = say(N_("nơi nhận việc là {name}"), name=now.name) if now else say(N_("chọn cơ quan khác"))
        yield "lead", say(N_("{name} đã thôi hoạt động từ {day}; {heir}."), name=lead.name, day=_day(lead.valid_to),
                          heir=heir)  # fmt: skip
    if lead.level == Agency.Level.COMMUNE and any(unit is None for unit in units):
        yield "units", say(N_("{name} là cơ quan cấp xã: chọn xã, phường, đặc khu thực hiện."), name=lead.name)
    register = places.register()
    for unit in units:
        if unit is not None and not (unit.uid in register and register.exists(unit.uid, on)):
            name = places.names([unit.pk], on)[unit.pk]
            yield "units", say(N_("«{name}» không còn tồn tại vào ngày {day}; chọn đơn vị hiện có."), name=name,
                               day=_day(on))  # fmt: skip


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
