"""A commune that was decided to be transformed, agencies to give work to, and people of the three hands."""

from __future__ import annotations

from dataclasses import dataclass

from apps.choosing_province import DAY, HEAVY, NOW, province
from apps.localities_province import colleague, commune, standing, to_stage
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.agencies.actions import load_gazetteer
from diaban.apps.agencies.actions.agencies import code_of
from diaban.apps.agencies.models import Agency
from diaban.apps.choosing import actions as choosing
from diaban.apps.choosing.models import Choice
from diaban.apps.localities import actions as localities
from diaban.apps.localities.models import Cycle
from diaban.apps.programme.actions import Order
from diaban.apps.transformation import actions
from diaban.apps.transformation.models import Transformation
from diaban.catalogue.transformation_loader import table_on

TABLE = table_on(DAY)
OWED = {one.code: "Khu chợ, buổi tối." for one in TABLE.prompts if one.owed}


@dataclass
class World:
    cycle: Cycle
    by: User
    other: User
    choice: Choice


def build() -> World:
    cycle, by = province()
    row = to_stage(standing(cycle, HEAVY), "appraised", by, at=NOW)
    localities.decide(standing=row, number="1/QĐ", date=DAY, reason="Sớm", by=colleague("quyet-dinh"), at=NOW)
    load_gazetteer(by=House("test"), at=NOW)
    made = choosing.propose(cycle=cycle, title="2027", picks=[choosing.Pick(str(commune(HEAVY).uid))], by=by, at=NOW)
    choosing.appraise(dossier=made, by=colleague("tham-dinh"), at=NOW)
    choosing.decide(dossier=made, number="7/QĐ", date=DAY, by=colleague("quyet-dinh"), at=NOW)
    return World(cycle, by, colleague("quyet-dinh"), made.choices.get())


def made(world: World) -> Transformation:
    return actions.make(unit=commune(HEAVY), choice=world.choice, starts=DAY, by=world.by, at=NOW)


def order(agency: str = "Công an cấp xã", **more: object) -> Order:
    lead = Agency.objects.get(code=code_of(agency))
    return Order(**({"title": "Tuần tra chung", "lead": lead, "starts": DAY, "due": DAY} | more))  # type: ignore[arg-type]


def approved(world: World) -> Transformation:
    row = made(world)
    actions.answer(transformation=row, answers=OWED, by=world.by, at=NOW)
    return actions.move(transformation=row, verb="approve", on=DAY, document="5/KH", by=world.other, at=NOW)


def doing(world: World, tasks: int = 1) -> Transformation:
    row = approved(world)
    for _n in range(tasks):
        actions.give_work(transformation=row, phase="peak", order=order(), by=world.by, at=NOW)
    return actions.move(transformation=row, verb="begin", on=DAY, by=world.by, at=NOW)
