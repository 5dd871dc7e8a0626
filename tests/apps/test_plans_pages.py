"""The pages of plans: reading a text, the editor press by press, putting in force, comparing, a commune's own plan."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from plans_cast import AT
from test_plans_lives import CHANGED, PLAN

from cast import play
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.places import actions as place_actions
from diaban.apps.plans import actions
from diaban.apps.plans.models import Indicator, Plan, Reported, Version

pytestmark = pytest.mark.django_db
HOUSE = House("thử")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def an(db: None) -> User:
    place_actions.load_catalogue(by=HOUSE, at=AT)
    return play("an")


@pytest.fixture
def client(an: User) -> Client:
    return signed_in(an)


def text_of(response: Any) -> str:
    """Return the words of a page without tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def read(client: Client, text: str = PLAN) -> Version:
    response = client.post(reverse("plans:read"), {"unit": "", "text": text})
    assert response.status_code == 302, text_of(response)
    return Version.objects.order_by("-pk")[0]


def page(client: Client, name: str, *args: Any, query: str = "") -> str:
    response = client.get(reverse(f"plans:{name}", args=args) + query)
    assert response.status_code == 200, (name, response.status_code)
    return text_of(response)


def press(client: Client, version: Version, act: str, **more: str) -> Any:
    address = reverse("plans:act", args=[version.plan.code, version.seq])
    response = client.post(address, {"act": act, **more})
    assert response.status_code == 302
    return response


def see_all(client: Client, version: Version) -> None:
    for clause in version.clauses.all():
        press(client, version, f"accept:{clause.pk}")
        duty, goal = clause.duties.exists(), clause.targets.exists()
        if not (clause.heading or duty or goal):
            press(client, version, f"measure:{clause.pk}", **{f"reason-{clause.pk}": "định hướng chung"})


def test_an_empty_list_says_what_it_is_for_and_how_to_begin(client: Client) -> None:
    assert "Chưa có kế hoạch nào" in page(client, "list")
    assert "Đọc văn bản kế hoạch đầu tiên" in page(client, "list")


def test_a_text_is_read_looked_through_and_put_in_force(client: Client) -> None:
    version = read(client)
    code = version.plan.code
    assert "Đã xem 0/8 điều khoản" in page(client, "edit", code, 1)
    response = client.post(reverse("plans:force", args=[code, 1]), {"day": "2026-01-10"})
    assert response.status_code == 422
    assert "I.1: chưa xem hết." in text_of(response)
    see_all(client, version)
    assert "đưa vào thực hiện được" in page(client, "edit", code, 1)
    response = client.post(reverse("plans:force", args=[code, 1]), {"day": "2026-01-10"})
    assert response.status_code == 302
    shown = page(client, "detail", code)
    assert "0 trên 2 chỉ tiêu đạt, 2 chưa biết" in shown
    assert "trên mức 80 %" in shown.lower()
    assert page(client, "list").startswith("Kế hoạch")
    assert client.get(reverse("plans:edit", args=[code, 1])).status_code == 302  # what is in force is not edited


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", PLAN.encode(), ""),
        ("a.exe", b"MZ", "Chỉ nhận tệp .docx, .pdf hoặc .txt"),
        ("a.pdf", b"khong phai pdf", ""),
        ("a.docx", b"khong phai docx", ""),
    ],
)
def test_a_file_is_read_or_refused_in_words(client: Client, name: str, data: bytes, said: str) -> None:
    file = SimpleUploadedFile(name, data)
    response = client.post(reverse("plans:read"), {"unit": "", "file": file})
    if name == "a.txt":
        assert response.status_code == 302
        assert Version.objects.get().source == "a.txt"
    else:
        assert response.status_code == 422
        assert said in text_of(response)
        assert not Plan.objects.exists()


def test_the_same_text_read_twice_is_pointed_out(client: Client) -> None:
    read(client)
    second = read(client)
    assert "đã được đọc trước đó" in page(client, "edit", second.plan.code, 1)


def test_every_button_of_the_editor_does_what_it_says_and_is_undone(client: Client) -> None:
    version = read(client)
    paths = lambda: list(version.clauses.order_by("position").values_list("path", flat=True))  # noqa: E731
    start = paths()
    second = version.clauses.get(path="I.2").pk
    for act in ("merge", "move_in", "move_out", "remove", "accept"):
        press(client, version, f"{act}:{second}")
    assert paths() != start
    while version.edits.filter(undone_at__isnull=True).exists():
        press(client, version, "undo")
    assert paths() == start
    assert version.clauses.filter(status="found").count() == 8
    press(client, version, "undo")
    assert "Không còn thao tác nào" in page(client, "edit", version.plan.code, 1)
    for wrong in ("", "rubbish:1", "goal-keep:1", "accept:", "accept:999999999"):
        press(client, version, wrong)
    assert paths() == start


def test_targets_and_tasks_are_kept_dropped_corrected_and_added(client: Client) -> None:
    version = read(client)
    clause = version.clauses.get(path="I.1")
    target = clause.targets.get()
    press(client, version, f"goal-drop:{clause.pk}:{target.pk}")
    press(client, version, f"goal-keep:{clause.pk}:{target.pk}")
    target.refresh_from_db()
    assert target.status == "accepted"
    figure = Indicator.objects.create(code="tv", title="Tư vấn", measure="%", kind="stock", source="declared")
    code = version.plan.code
    address = reverse("plans:goal", args=[code, 1, clause.pk, target.pk])
    given = {"indicator": figure.pk, "kind": "floor", "value": "82,5", "measure": "%", "words": "trên 80%"}
    assert client.get(address).status_code == 200
    assert client.post(address, given).status_code == 302
    target.refresh_from_db()
    assert (target.value, target.kind, target.indicator, target.status) == (
        Decimal("82.5"),
        "floor",
        figure,
        "corrected",
    )
    response = client.post(address, given | {"value": ""})
    assert response.status_code == 422
    assert "cần một mức" in text_of(response)
    duty_address = reverse("plans:duty", args=[code, 1, clause.pk, 0])
    given = {"title": "Mở lớp", "words": "tư vấn", "level": "commune", "grain": "quarter", "also": str(clause.pk + 1)}
    assert client.post(duty_address, given).status_code == 302
    duty = clause.duties.get()
    assert (duty.status, duty.regime, duty.grain, duty.level) == ("added", "nd09", "quarter", "commune")
    response = client.post(duty_address, given | {"due": "2026-05-01"})
    assert "không có một hạn duy nhất" in text_of(response)


def test_a_clause_is_corrected_split_and_added_to(client: Client) -> None:
    version = read(client)
    code = version.plan.code
    clause = version.clauses.get(path="II.1.-1")
    address = reverse("plans:clause", args=[code, 1, clause.pk])
    assert client.get(address).status_code == 200
    agencies = [str(one.agency_id) for one in clause.named.all() if one.agency_id][:1]
    data = {"text": "Chủ trì rà soát; báo cáo tỉnh.", "mark": "+", "agencies": agencies}
    assert client.post(address, data).status_code == 302
    clause.refresh_from_db()
    assert (clause.path, clause.status, clause.text) == ("II.1.+1", "corrected", "Chủ trì rà soát; báo cáo tỉnh.")
    response = client.post(address, {"lines": "Chủ trì rà soát;\r\nbáo cáo tỉnh."})
    assert response.status_code == 302
    assert version.clauses.get(path="II.1.+2").text == "báo cáo tỉnh."
    response = client.post(address, {"lines": "chữ khác hẳn\nbáo cáo"})
    assert response.status_code == 422
    assert "mỗi nửa" in text_of(response)
    add = reverse("plans:add", args=[code, 1, clause.pk])
    assert client.get(add).status_code == 200
    assert client.post(add, {"text": "Câu đọc sót.", "mark": "-"}).status_code == 302
    assert version.clauses.get(path="II.1.-1").status == "added"
    assert client.get(reverse("plans:clause", args=[code, 1, 999_999])).status_code == 404


def test_the_head_is_corrected_on_its_page(client: Client) -> None:
    version = read(client)
    address = reverse("plans:head", args=[version.plan.code, 1])
    assert client.get(address).status_code == 200
    data = {"name": "KH 45 năm 2026", "kind": "programme", "number": "45/KH-UBND", "date": "10/01/2026"}
    assert client.post(address, data).status_code == 302
    assert "KH 45 năm 2026" in page(client, "list", query="?q=kh+45&loai=programme&sort=name")
    assert "Không có kế hoạch nào khớp" in page(client, "list", query="?q=khong+co")
    assert client.post(address, data | {"starts": "2026-01-01", "ends": "2020-01-01"}).status_code == 422


def in_force(client: Client) -> Version:
    version = read(client)
    see_all(client, version)
    client.post(reverse("plans:force", args=[version.plan.code, 1]), {"day": "2026-01-10"})
    version.refresh_from_db()
    assert version.state == "in_force"
    return version


def test_an_amendment_is_compared_matched_and_the_old_one_stays_at_its_address(client: Client) -> None:
    first = in_force(client)
    code = first.plan.code
    address = reverse("plans:amend", args=[code])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "KH 90", "text": CHANGED}).status_code == 302
    second = Version.objects.get(seq=2)
    compared = page(client, "compare", code)
    assert "1 điều khoản đổi chữ, 1 mới, 0 bị bỏ" in compared
    new = second.clauses.get(path="II.1.-2")
    earlier = first.clauses.get(path="II.1.-1")
    response = client.post(reverse("plans:rematch", args=[code, 2, new.pk]), {"earlier": earlier.pk})
    assert response.status_code == 302
    new.refresh_from_db()
    assert new.stem == earlier
    see_all(client, second)
    client.post(reverse("plans:force", args=[code, 2]), {"day": "2026-07-01"})
    assert "bản cũ, đã thay bằng bản sau" in page(client, "version", code, 1)
    assert "trên mức 85 %" in page(client, "detail", code).lower()
    assert client.post(reverse("plans:end", args=[code]), {"on": "2026-11-01", "reason": "hết hạn"}).status_code == 302
    assert "Đã kết thúc" in page(client, "detail", code)


def test_a_copy_to_change_by_hand_needs_no_text(client: Client) -> None:
    first = in_force(client)
    address = reverse("plans:amend", args=[first.plan.code])
    assert client.post(address, {"reason": "chỉnh hạn", "copy": "1"}).status_code == 302
    discard = reverse("plans:discard", args=[first.plan.code, 2])
    assert client.get(discard).status_code == 200
    assert client.post(discard).status_code == 302
    assert Version.objects.count() == 1


def test_a_commune_makes_its_plan_and_others_do_not_see_it(client: Client) -> None:
    first = in_force(client)
    lan, ha, giang = signed_in(play("lan")), signed_in(play("ha")), signed_in(play("giang"))
    address = reverse("plans:own", args=[first.plan.code])
    uid = play("binh").unit.uid  # type: ignore[union-attr]
    assert client.get(address).status_code == 200
    assert ha.get(address).status_code == 403
    assert lan.post(address, {"unit": "khong-co"}).status_code == 404
    assert lan.post(address, {"unit": uid}).status_code == 302
    own = Plan.objects.get(parent=first.plan)
    assert lan.get(reverse("plans:edit", args=[own.code, 1])).status_code == 200
    assert ha.get(reverse("plans:detail", args=[own.code])).status_code == 404
    assert giang.get(reverse("plans:detail", args=[own.code])).status_code == 200
    assert giang.get(reverse("plans:edit", args=[own.code, 1])).status_code == 403
    assert lan.get(reverse("plans:edit", args=[first.plan.code, 1])).status_code == 403
    assert lan.get(reverse("plans:read")).status_code == 200


def test_the_catalogue_offers_its_plans_once(client: Client) -> None:
    assert "Kế hoạch có sẵn" in page(client, "catalogue")
    assert client.post(reverse("plans:catalogue"), {"code": "kh208-2022"}).status_code == 302
    shown = page(client, "detail", "kh208-2022")
    assert "208/KH-UBND" in shown
    assert "I.2.-5" in shown
    assert "đã lấy" in page(client, "catalogue")
    client.post(reverse("plans:catalogue"), {"code": "kh208-2022"})
    assert "đã có" in page(client, "catalogue")
    lan = signed_in(play("lan"))
    assert lan.post(reverse("plans:catalogue"), {"code": "nq163-2024"}).status_code == 403
    assert lan.get(reverse("plans:detail", args=["kh208-2022"])).status_code == 200


def test_a_declared_figure_reaches_the_targets_page_with_its_source(client: Client, an: User) -> None:
    plan = actions.load_from_catalogue(code="kh208-2022", by=an, at=AT)
    address = reverse("plans:indicator", args=["D5"])
    assert "Chưa có số nào được khai" in text_of(client.get(address))
    data = {"period": "2025", "numerator": "1.234", "denominator": "1.500", "document": "BC 12/BC-CAT"}
    response = client.post(address, data | {"denominator": ""})
    assert "cần cả mẫu số" in text_of(response)
    assert client.post(address, data | {"numerator": "1.234"}).status_code == 302
    assert client.post(address, data | {"numerator": "1.300,0"}).status_code == 302
    assert Reported.objects.filter(replaced_at__isnull=True).get().numerator == Decimal(1300)
    shown = page(client, "detail", plan.code, query="?ky=2025")
    assert "86,67 %" in shown
    assert "Khai theo BC 12/BC-CAT" in shown
    assert " đạt " in shown
    assert "tính từ sổ" in text_of(client.get(reverse("plans:indicator", args=["A2"])))
    binh = signed_in(play("binh"))
    assert binh.post(address, data).status_code == 403
    assert "1.300" in text_of(binh.get(address))
    ours = play("ha").unit
    assert ours is not None
    assert binh.get(f"{address}?don_vi={ours.uid}").status_code == 404


def test_a_figure_of_the_registers_leads_to_the_same_figure_unit_by_unit(client: Client, an: User) -> None:
    actions.load_from_catalogue(code="kh208-2022", by=an, at=AT)
    unit = play("binh").unit
    assert unit is not None
    paper = {"document": "1/QĐ", "decider": "Giám đốc Công an tỉnh", "kind": "diem_phuc_tap", "grade": "co_tai_lieu"}
    for n in (1, 2):
        hotspots.create_hotspot(
            by=an, at=AT, name=f"Điểm {n}", unit=unit, on=date(2026, 10, n), verb="enlist", **paper
        )  # fmt: skip
    response = client.get(reverse("plans:detail", args=["kh208-2022"]) + "?ky=2026")
    links = [
        html.unescape(one) for one in re.findall(r'href="([^"]*so_lieu=diem_moi[^"]*)"', response.content.decode())
    ]
    assert links
    assert "chưa đạt" in text_of(response)
    assert "tính đến hôm nay" in text_of(response)
    assert ">2<" in response.content.decode()
    assert re.search(r"Phường Vũng Tàu\s+2\b", text_of(client.get(links[0])))
    assert "chưa có dữ liệu của kỳ này" in page(client, "detail", "kh208-2022", query="?ky=2023")
    shown = text_of(signed_in(play("ha")).get(reverse("plans:detail", args=["kh208-2022"]) + "?ky=2026"))
    assert "tính riêng trong phạm vi được giao" in shown  # Hà's own figures are not the province's


def test_a_draft_is_opened_only_by_who_keeps_it(client: Client) -> None:
    version = read(client)
    edit = reverse("plans:edit", args=[version.plan.code, 1])
    assert edit in client.get(reverse("plans:list")).content.decode()
    lan = signed_in(play("lan"))  # she keeps her own ward's plans, and not the province's
    assert edit not in lan.get(reverse("plans:list")).content.decode()
    for address in (edit, reverse("plans:detail", args=[version.plan.code])):
        assert lan.get(address).status_code == 404
    minh = signed_in(play("minh"))  # he reaches the whole area
    assert minh.get(edit).status_code == 403
    assert "đang rà soát, chưa thực hiện" in text_of(minh.get(reverse("plans:detail", args=[version.plan.code])))
