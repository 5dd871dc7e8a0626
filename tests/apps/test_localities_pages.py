"""The pages of the review: what they say, who may open them, and that a province costs few queries."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.localities_province import (
    AFTER,
    ALL_TREATED,
    CLASS_ONE,
    CLASS_THREE,
    HOLE,
    IN_CYCLE,
    NOTHING,
    colleague,
    commune,
    declare,
    officer,
    standing,
    to_stage,
)
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.localities import actions, queries
from diaban.apps.localities.models import Cycle, Decision, Declaration, Standing
from diaban.apps.places.actions import load_catalogue

VUNG_TAU, LONG_SON = "26506", "26545"


@pytest.fixture
def by(db: None) -> User:
    return officer()


@pytest.fixture
def cycle(by: User) -> Cycle:
    load_catalogue(by=House("test"), at=IN_CYCLE)
    return actions.open_cycle(year=2026, by=by, at=IN_CYCLE)


@pytest.fixture
def signed_in(client: Client, by: User) -> Client:
    client.force_login(by)
    return client


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    reply = client.get(reverse(f"localities:{name}", args=args) + query)
    assert reply.status_code == 200, reply.status_code
    return reply.content.decode()


def uid(code: str) -> str:
    return commune(code).uid


def test_nobody_sees_anything_without_signing_in(client: Client, cycle: Cycle) -> None:
    for name, args in [
        ("cycles", []),
        ("cycle", [2026]),
        ("settings", [2026]),
        ("province", [2026]),
        ("decide_many", [2026]),
        ("standing", [2026, uid(VUNG_TAU)]),
        ("declare", [2026, uid(VUNG_TAU)]),
        ("decide", [2026, uid(VUNG_TAU)]),
    ]:
        reply = client.get(reverse(f"localities:{name}", args=args))
        assert reply.status_code == 302 and "/dang-nhap/" in reply["Location"]


def test_what_does_not_exist_is_not_found(signed_in: Client, cycle: Cycle) -> None:
    assert signed_in.get(reverse("localities:cycle", args=[2019])).status_code == 404
    assert signed_in.get(reverse("localities:standing", args=[2026, "26506@2004-01-01"])).status_code == 404


def test_the_list_of_reviews_opens_one(signed_in: Client, by: User) -> None:
    load_catalogue(by=House("test"), at=IN_CYCLE)
    assert "Chưa có kỳ phân loại nào" in page(signed_in, "cycles")
    reply = signed_in.post(reverse("localities:cycles"), {"year": "2026"})
    assert reply.status_code == 302 and Standing.objects.count() == 30
    again = signed_in.post(reverse("localities:cycles"), {"year": "2026"}).content.decode()
    assert "đã được mở" in again
    assert "Mở kỳ của năm khác" in page(signed_in, "cycles")


def test_a_review_begins_with_who_is_silent(signed_in: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, CLASS_ONE, by)
    text = page(signed_in, "cycle", 2026)
    assert "29 trên 30 đơn vị chưa khai số liệu" in text
    assert "Chốt số liệu" in text and "14/12/2026" in text and "trước ngày 20/12/2026" in text


@pytest.mark.parametrize("view", ["ban-do", "bang", "bieu-do"])
def test_one_query_in_three_views(signed_in: Client, cycle: Cycle, by: User, view: str) -> None:
    declare(cycle, VUNG_TAU, CLASS_ONE, by)
    declare(cycle, LONG_SON, NOTHING, by)
    text = page(signed_in, "cycle", 2026, query=f"?xem={view}&loai=I")
    assert "Vũng Tàu" in text
    results = text[text.index('id="ket-qua"') :]
    if view == "bang":
        assert "Vũng Tàu" in results and "Long Sơn" not in results[: results.index("</section>")]


def test_filters_and_order(signed_in: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, HOLE, by)
    declare(cycle, LONG_SON, {**CLASS_THREE, "wanted_hiding": None}, by)

    def names(query: str) -> list[str]:
        reply = signed_in.get(reverse("localities:cycle", args=[2026]) + query)
        return [row.place.code for row in reply.context["rows"]]

    assert names("?q=vung+tau") == [VUNG_TAU]
    assert names("?so_lieu=partial") == [LONG_SON]
    assert names("?xem_xet=readings") == [VUNG_TAU]
    assert names("?sort=-persons")[:2] == [VUNG_TAU, LONG_SON]
    assert names("?sort=persons")[:2] == [LONG_SON, VUNG_TAU]  # not reported stays last either way
    assert len(names("?so_lieu=silent")) == 28


def test_what_is_exported_is_what_is_shown(signed_in: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, HOLE, by)
    text = page(signed_in, "cycle", 2026, query="?q=vung+tau&page=1")
    address = re.search(r'href="(/nhap-xuat/xuat/declarations.xlsx[^"]*)"', text)
    assert address is not None
    where = address[1].replace("&amp;", "&")
    assert "ly_do" in signed_in.get(where).content.decode()  # asked why before anything is taken out
    reply = signed_in.get(where + "&ly_do=B%C3%A1o+c%C3%A1o+qu%C3%BD")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(reply.streaming_content)), read_only=True).worksheets[0]
    codes = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert VUNG_TAU in codes and LONG_SON not in codes


def test_the_page_of_a_unit_tells_the_result_and_the_working(signed_in: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, CLASS_ONE, by, document="15/BC-CAP")
    text = page(signed_in, "standing", 2026, uid(VUNG_TAU))
    assert "Đề xuất loại I: đạt 3 trên 5 tiêu chí loại I" in text
    assert "≥ 100 người" in text and "Điều 4 khoản 1 điểm a" in text
    assert "15/BC-CAP" in text and "Công an xã" in text
    assert "Hai cách đọc" in text and "Tự đánh giá" in text


def test_the_hole_between_bands_is_named_not_clean(signed_in: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, HOLE, by)
    text = page(signed_in, "standing", 2026, uid(VUNG_TAU))
    assert "Không thuộc loại trọng điểm, chưa đạt không ma túy" in text
    assert "G1" in text and "G7" in text
    assert 'data-class="II"' in text  # the other reading
    assert "Tới loại" in text or "loại II" in text


def test_the_overlap_asks_the_reviewer(signed_in: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, ALL_TREATED, by)
    text = page(signed_in, "standing", 2026, uid(VUNG_TAU))
    assert "G3" in text and "người duyệt xem xét" in text


def test_missing_is_said_by_name(signed_in: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, {**NOTHING, "population": None, "wanted_hiding": None}, by)
    text = page(signed_in, "standing", 2026, uid(VUNG_TAU))
    assert "Chưa xác định được loại: còn 2 số liệu chưa báo cáo" in text
    assert "Đối tượng truy nã" in text and "chưa báo cáo" in text


def test_what_if_shows_the_new_class_and_stores_nothing(signed_in: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, HOLE, by)
    text = page(signed_in, "standing", 2026, uid(VUNG_TAU), query="?thu_points=2&thu_arrested=20")
    result = text[text.index('id="thu-ket-qua"') :]
    assert "Đề xuất loại I: đạt 3 trên 5" in result and "Tiêu chí đạt thêm: I.b, I.c" in result
    assert Declaration.objects.get().points == 1
    emptied = page(signed_in, "standing", 2026, uid(VUNG_TAU), query="?thu=1&thu_population=20000&thu_persons=110")
    assert "Chưa xác định được loại: còn 8 số liệu chưa báo cáo" in emptied[emptied.index('id="thu-ket-qua"') :]
    wrong = page(signed_in, "standing", 2026, uid(VUNG_TAU), query="?thu_points=m%E1%BB%99t")
    assert "cần một số nguyên" in wrong


def test_declaring_on_the_form(signed_in: Client, cycle: Cycle, by: User) -> None:
    address = reverse("localities:declare", args=[2026, uid(VUNG_TAU)])
    given = {"population": "20.000", "persons": "0", "route": "none", "declared_by": "Công an phường"}
    assert signed_in.post(address, given).status_code == 302
    row = Declaration.objects.get()
    assert (row.population, row.persons, row.points, row.route) == (20_000, 0, None, "none")
    wrong = signed_in.post(address, {**given, "persons": "1,5"}).content.decode()
    assert "cần một số nguyên" in wrong and 'href="#id_persons"' in wrong
    nobody = signed_in.post(address, {**given, "declared_by": ""})
    assert nobody.status_code == 200 and Declaration.objects.get().persons == 0


def test_a_population_of_a_day_to_come_is_refused(signed_in: Client, cycle: Cycle, by: User) -> None:
    address = reverse("localities:declare", args=[2026, uid(VUNG_TAU)])
    given = {"population": "20.000", "population_as_of": "31/12/2099", "declared_by": "Công an phường"}
    assert "Ngày của số nhân khẩu ở tương lai" in signed_in.post(address, given).content.decode()
    assert not Declaration.objects.exists()


def test_who_acted_is_told_by_name_and_login(signed_in: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, CLASS_ONE, by)
    assert "Cán bộ tổng hợp (canbo)" in page(signed_in, "standing", 2026, uid(VUNG_TAU))


def test_taking_from_the_register_on_the_page(signed_in: Client, cycle: Cycle, by: User) -> None:
    signed_in.post(reverse("localities:take", args=[2026, uid(VUNG_TAU)]), {"figure": "points"})
    row = Declaration.objects.get()
    assert row.points == 0 and row.population is None
    assert "lấy theo sổ" in page(signed_in, "standing", 2026, uid(VUNG_TAU))


def test_a_decision_is_checked_before_it_is_stored(signed_in: Client, cycle: Cycle, by: User) -> None:
    to_stage(declare(cycle, VUNG_TAU, CLASS_ONE, by), "appraised", by, at=IN_CYCLE)
    signed_in.force_login(colleague("quyet-dinh"))
    address = reverse("localities:decide", args=[2026, uid(VUNG_TAU)])
    given = {"number": "9/QĐ-UBND", "date": "20/11/2026", "chosen": "I", "listing": "", "reason": "Thử trước chốt"}
    early = signed_in.post(address, {**given, "reason": ""}).content.decode()
    assert "cần ghi lý do" in early and "Xem lại trước khi ghi" not in early
    check = signed_in.post(address, given)
    assert check.status_code == 200 and "Xem lại trước khi ghi" in check.content.decode()
    assert not Decision.objects.exists()
    assert signed_in.post(address, {**given, "xac-nhan": "1"}).status_code == 302
    assert Decision.objects.get().number == "9/QĐ-UBND"
    text = page(signed_in, "standing", 2026, uid(VUNG_TAU))
    assert "theo Quyết định số 9/QĐ-UBND ngày 20/11/2026" in text
    refused = signed_in.post(address, {**given, "chosen": "II", "xac-nhan": "1"}).content.decode()
    assert "phải mang số khác" in refused


def test_a_corrected_figure_leaves_the_decided_working_in_sight(signed_in: Client, cycle: Cycle, by: User) -> None:
    to_stage(declare(cycle, VUNG_TAU, CLASS_ONE, by), "decided", by)
    declare(cycle, VUNG_TAU, {"persons": 1}, by, at=AFTER, reason="Đếm lại")
    text = page(signed_in, "standing", 2026, uid(VUNG_TAU))
    assert "đã đổi sau quyết định" in text and "Cách tính khi ra Quyết định số 10/QĐ-UBND" in text
    assert "110 người (0,550 %)" in text and "Điều chỉnh số liệu" in text


def test_one_decision_for_a_selection(signed_in: Client, cycle: Cycle, by: User) -> None:
    for code in (VUNG_TAU, LONG_SON):
        to_stage(declare(cycle, code, CLASS_ONE, by), "appraised", by, at=IN_CYCLE)
    signed_in.force_login(colleague("quyet-dinh"))
    address = reverse("localities:decide_many", args=[2026])
    assert "Một quyết định cho 2 đơn vị" in page(signed_in, "decide_many", 2026, query="?u=tat-ca")
    given = {"buoc": "1", "u": [uid(VUNG_TAU)], "number": "9/QĐ", "date": "20/11/2026", "reason": "Thử"}
    assert "Xem lại trước khi ghi" in signed_in.post(address, given).content.decode()
    assert signed_in.post(address, {**given, "xac-nhan": "1"}).status_code == 302
    assert Decision.objects.get().standing.unit == commune(VUNG_TAU)


def test_the_steps_on_the_pages(signed_in: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, CLASS_ONE, by)
    where = [2026, uid(VUNG_TAU)]
    differs = signed_in.post(reverse("localities:self_assess", args=where), {"chosen": "II"})
    assert "cần ghi lý do" in differs.content.decode()
    signed_in.post(reverse("localities:self_assess", args=where), {"chosen": "I"})
    assert standing(cycle, VUNG_TAU).stage == "self"
    signed_in.force_login(colleague("tham-dinh"))
    signed_in.post(reverse("localities:appraise_many", args=[2026]), {"u": [uid(VUNG_TAU)]})
    assert standing(cycle, VUNG_TAU).stage == "appraised"
    signed_in.post(reverse("localities:send_back", args=where), {"note": "Xem lại"})
    assert standing(cycle, VUNG_TAU).stage == "proposal"
    assert "Xem lại" in page(signed_in, "standing", *where)


def test_a_step_that_is_not_permitted_says_why_and_shows_no_form(signed_in: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, CLASS_ONE, by)
    text = page(signed_in, "decide", 2026, uid(VUNG_TAU))
    assert "Chỉ ghi quyết định khi đã thẩm định" in text and 'name="number"' not in text


def test_the_units_own_page_lists_its_classes(signed_in: Client, cycle: Cycle, by: User) -> None:
    to_stage(declare(cycle, VUNG_TAU, CLASS_ONE, by), "decided", by)
    text = signed_in.get(reverse("places:detail", args=[uid(VUNG_TAU)])).content.decode()
    assert "10/QĐ-UBND" in text and reverse("localities:standing", args=[2026, uid(VUNG_TAU)]) in text


def test_settings_are_the_provinces_own(signed_in: Client, cycle: Cycle, by: User) -> None:
    text = page(signed_in, "settings", 2026)
    assert "do đơn vị đặt" in text
    assert 'name="watch_months"' not in text and 'href="/diem/gia-tri/"' in text
    declare(cycle, VUNG_TAU, HOLE, by)
    defaults = {one.key: one.default for one in queries.law_of(cycle).settings if one.default not in (None, False)}
    reply = signed_in.post(reverse("localities:settings", args=[2026]), {**defaults, "reading": "at_least"})
    assert reply.status_code == 302
    assert standing(cycle, VUNG_TAU).proposed_class == "II"
    assert Cycle.objects.get().settings == {"reading": "at_least"}


def test_the_province_is_judged_from_what_is_known(signed_in: Client, cycle: Cycle, by: User) -> None:
    declare(cycle, VUNG_TAU, CLASS_ONE, by)
    text = page(signed_in, "province", 2026)
    assert "Chưa kết luận được địa bàn cấp tỉnh" in text
    assert "từ 1 đến 30 xã" in text and "ít nhất 2 điểm" in text
    rows = [(one.unit, CLASS_ONE) for one in Standing.objects.filter(cycle=cycle).select_related("unit")]
    actions.bulk_declare(rows, cycle=cycle, by=by, at=IN_CYCLE, declared_by="Công an tỉnh")
    text = page(signed_in, "province", 2026)
    assert "Đề xuất: địa bàn cấp tỉnh trọng điểm" in text and "Điều 5 khoản 4" in text


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_a_review_costs_a_fixed_number_of_queries(signed_in: Client, cycle: Cycle, by: User) -> None:
    rows = [(one.unit, CLASS_ONE) for one in Standing.objects.filter(cycle=cycle).select_related("unit")]
    actions.bulk_declare(rows, cycle=cycle, by=by, at=IN_CYCLE, declared_by="Công an tỉnh")
    for code in (VUNG_TAU, LONG_SON):
        to_stage(standing(cycle, code), "decided", by, at=AFTER)
    for query in ("", "?xem=ban-do", "?xem=bieu-do"):
        assert queries_of(signed_in, reverse("localities:cycle", args=[2026]) + query) <= 30
    assert queries_of(signed_in, reverse("localities:standing", args=[2026, uid(VUNG_TAU)])) <= 45


def test_bulk_work_costs_queries_by_batch_not_by_unit(cycle: Cycle, by: User) -> None:
    rows = [(one.unit, HOLE) for one in Standing.objects.filter(cycle=cycle).select_related("unit")]
    with CaptureQueriesContext(connection) as caught:
        actions.bulk_declare(rows, cycle=cycle, by=by, at=IN_CYCLE, declared_by="Công an tỉnh")
    assert len(caught) <= 30
