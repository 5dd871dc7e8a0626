"""The pages of transformation: fidelity before effect, the way by clicks, and what each reader sees."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.choosing_province import DAY, HEAVY, MIDDLE, NOW
from apps.localities_province import commune
from apps.transformation_world import OWED, World, approved, build, doing, made, order
from cast import play
from diaban.apps.accounts.models import User
from diaban.apps.agencies.models import Agency
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.programme.models import Task
from diaban.apps.programme.models import Turn as TaskTurn
from diaban.apps.transformation import actions
from diaban.apps.transformation.models import Transformation


@pytest.fixture
def world(db: None) -> World:
    return build()


def enter(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    reply = client.get(reverse(f"transformation:{name}", args=args) + query)
    assert reply.status_code == 200, reply.status_code
    return re.sub(r"\s+", " ", reply.content.decode())


def done(row: Transformation, n: int) -> None:
    """Have the first `n` turns of the plan's work confirmed."""
    pks = list(TaskTurn.objects.filter(task__transformation_work__transformation=row).values_list("pk", flat=True))
    TaskTurn.objects.filter(pk__in=pks[:n]).update(state="done", final=True, reported_on=DAY - timedelta(days=9))
    TaskTurn.objects.filter(pk__in=pks).update(due=DAY - timedelta(days=9))


def test_what_waits_for_a_plan_is_said_and_made_by_clicks(client: Client, world: World) -> None:
    enter(client, world.by)
    text = page(client, "list")
    assert "1 địa bàn đã được chọn, chưa có kế hoạch chuyển hóa" in text
    uid = commune(HEAVY).uid
    address = f"{reverse('transformation:make')}?xa={uid}"
    assert "Theo quyết định lựa chọn 7/QĐ" in re.sub(r"\s+", " ", client.get(address).content.decode())
    assert client.post(address, {"starts": "32/1/2026"}).status_code == 422
    assert client.post(address, {"starts": "21/11/2026"}).status_code == 302
    assert client.post(address, {"starts": "21/11/2026"}).status_code == 422  # one is under way
    assert "1 địa bàn đang chuyển hóa" in page(client, "list")
    assert client.get(f"{reverse('transformation:make')}?xa=khong-co").status_code == 302


def test_the_list_says_how_far_each_has_come(client: Client, world: World) -> None:
    row = doing(world, tasks=4)
    done(row, 1)
    enter(client, world.by)
    text = page(client, "list")
    assert "1 địa bàn đang chuyển hóa, 1 nơi làm chưa đủ việc" in text
    assert "1/4 (25" in text
    assert "chưa phân công" in text
    assert "Không có kế hoạch nào khớp" in page(client, "list", query="?q=khong+co")
    for sort in ("name", "-name", "state", "kept", "-kept", "starts", "bia"):
        assert row.code in page(client, "list", query=f"?sort={sort}")
    assert row.code in page(client, "list", query=f"?xa={commune(HEAVY).uid}")
    assert "Không có kế hoạch nào khớp" in page(client, "list", query=f"?xa={commune(MIDDLE).uid}")


def test_fidelity_is_said_before_any_effect(client: Client, world: World) -> None:
    row = doing(world, tasks=5)
    TaskTurn.objects.filter(task__transformation_work__transformation=row).update(due=date(2999, 1, 1))
    enter(client, world.by)
    text = page(client, "plan", row.code)
    assert "Mới có 0 lần việc đến hạn" in text
    done(row, 2)
    text = page(client, "plan", row.code)
    assert "Mới 2 trên 5 lần việc đến hạn được xác nhận đã làm" in text
    assert "điều chưa làm thì không thể có tác dụng" in text
    assert "chưa bàn được khi việc chưa làm đủ" in text
    assert text.index('id="muc-thuc-hien"') < text.index('id="danh-gia"')
    done(row, 4)
    text = page(client, "plan", row.code)
    assert "đủ để bàn tới kết quả" in text
    assert "Chưa có kỳ phân loại nào sau đó ra quyết định" in text
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_the_plan_leads_everywhere(client: Client, world: World) -> None:
    row = doing(world)
    text = page(enter(client, world.by), "plan", row.code)
    for there in (
        reverse("localities:standing", args=[2026, commune(HEAVY).uid]),
        reverse("choosing:dossier", args=[world.choice.dossier.code]),
        reverse("places:detail", args=[commune(HEAVY).uid]),
    ):
        assert there in text
    unit = client.get(reverse("places:detail", args=[commune(HEAVY).uid])).content.decode()
    assert reverse("transformation:plan", args=[row.code]) in unit
    back = client.get(reverse("localities:standing", args=[2026, commune(HEAVY).uid])).content.decode()
    assert f"{reverse('transformation:list')}?xa=" in back


def test_a_plan_costs_few_queries_however_much_work(client: Client, world: World) -> None:
    row = doing(world, tasks=2)
    enter(client, world.by)

    def queries() -> int:
        page(client, "plan", row.code)
        with CaptureQueriesContext(connection) as seen:
            page(client, "plan", row.code)
        return len(seen)

    before = queries()
    for _n in range(6):
        actions.give_work(transformation=row, phase="peak", order=order(), by=world.by, at=NOW)
    assert queries() == before


def test_its_way_by_clicks(client: Client, world: World) -> None:
    row = made(world)
    enter(client, world.by)
    text = page(client, "plan", row.code)
    assert "bắt buộc trước khi duyệt" in text
    address = reverse("transformation:answers", args=[row.code])
    assert client.get(address).status_code == 200
    assert client.post(address, OWED).status_code == 302
    days = {}
    for one in row.phases.all():
        days |= {f"{one.code}_first": one.starts.isoformat(), f"{one.code}_last": one.last_day.isoformat()}
    address = reverse("transformation:phases", args=[row.code])
    assert client.get(address).status_code == 200
    assert client.post(address, days | {"peak_first": "2020-01-01"}).status_code == 422
    assert client.post(address, days).status_code == 302
    assert client.get(reverse("transformation:approve", args=[row.code, "approve"])).status_code == 403  # one's own
    enter(client, world.other)
    address = reverse("transformation:approve", args=[row.code, "approve"])
    assert client.post(address, {"on": "21/11/2026", "document": ""}).status_code == 422
    assert client.post(address, {"on": "21/11/2026", "document": "5/KH"}).status_code == 302
    assert "không làm được bước này" in page(client, "approve", row.code, "approve")
    assert "Chưa giao việc nào" in page(client, "step", row.code, "begin")
    enter(client, world.by)
    address = reverse("transformation:give", args=[row.code])
    assert "Tuần tra, kiểm soát chung" in page(client, "give", row.code, query="?y=2")
    for wrong in ("x", "99", "-1", "²"):
        page(client, "give", row.code, query=f"?y={wrong}")
    assert client.post(address, {"phase": "peak"}).status_code == 422
    lead = Agency.objects.get(name="Công an cấp xã").pk
    typed = {"phase": "peak", "title": "Tuần tra chung", "lead": lead, "starts": "21/11/2026", "due": "30/11/2026"}
    assert client.post(address, typed | {"due": "01/11/2026"}).status_code == 422
    assert client.post(address, typed).status_code == 302
    again = typed | {"phase": "maintain", "grain": "month", "due": "", "ends": "14/12/2027"}
    assert client.post(address, again).status_code == 302
    assert set(Task.objects.filter(kind="transformation").values_list("phase", "grain")) == {
        ("peak", ""),
        ("maintain", "month"),
    }
    begin = reverse("transformation:step", args=[row.code, "begin"])
    assert client.post(begin, {"on": "21/11/2026"}).status_code == 302
    assert "chưa phải là chuyển hóa được" in page(client, "step", row.code, "maintain")
    row.refresh_from_db()
    assert row.state == "doing"


def test_a_step_of_another_part_or_of_none_is_not_there(client: Client, world: World) -> None:
    row = made(world)
    enter(client, world.by)
    for name, verb in (("step", "approve"), ("approve", "begin"), ("step", "bia")):
        assert client.get(reverse(f"transformation:{name}", args=[row.code, verb])).status_code == 404


def test_each_reader_sees_their_part(client: Client, world: World) -> None:
    row = approved(world)
    paper = {"document": "1/QĐ", "decider": "Giám đốc"}
    hotspots.create_hotspot(
        by=world.by, at=NOW, name="Quán bên chợ", unit=commune(HEAVY), kind="diem_phuc_tap", grade="co_tai_lieu",
        on=DAY, verb="enlist", **paper,
    )  # fmt: skip
    binh, ha, giang, minh = (play(name) for name in ("binh", "ha", "giang", "minh"))
    own = page(enter(client, binh), "plan", row.code)
    assert "Quán bên chợ" in own
    assert "một địa bàn ngoài phạm vi xem" in own
    assert reverse("transformation:answers", args=[row.code]) in own
    assert reverse("transformation:give", args=[row.code]) not in own
    assert enter(client, ha).get(reverse("transformation:plan", args=[row.code])).status_code == 404
    health = page(enter(client, giang), "plan", row.code)
    assert "Quán bên chợ" not in health
    assert "Danh sách từng điểm chỉ dành cho" in health
    assert "Trong danh sách: <b>1</b>" in health
    assert "Khu chợ, buổi tối." in health  # the text of the plan, which it helps to carry out
    assert "Tuần tra, kiểm tra phát hiện" not in health
    assert reverse("transformation:answers", args=[row.code]) not in health
    leader = page(enter(client, minh), "plan", row.code)
    assert reverse("transformation:approve", args=[row.code, "stop"]) in leader


def test_an_empty_list_says_what_it_is_for(client: Client, world: World) -> None:
    text = page(enter(client, play("ha")), "list")
    assert "Chưa có địa bàn nào đang chuyển hóa" in text
    assert "Trang này để làm gì" in text
    assert commune(MIDDLE).uid in text
