"""From a text to a plan in force, amended, ended; a commune's own plan; figures declared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from plans_cast import AT, FIGURES, SMALL, small

from cast import play
from diaban.adapters.plan_files import text_of
from diaban.apps.access import AccessRefused, House
from diaban.apps.accounts.models import User
from diaban.apps.jobs.models import Run
from diaban.apps.places import actions as place_actions
from diaban.apps.plans import actions
from diaban.apps.plans.actions import reading
from diaban.apps.plans.drafts import draft_of
from diaban.apps.plans.models import Duty, Indicator, Plan, Reported, Version
from diaban.apps.plans.reading import grain_of, tidy, years_of
from diaban.apps.plans.refusals import NotReady, Refused
from diaban.catalogue.periods_loader import regimes
from diaban.core import drafting
from diaban.core.periods import Grain

pytestmark = pytest.mark.django_db
__all__ = ["small"]
HOUSE = House("thử")
PLAN = """ỦY BAN NHÂN DÂN
TỈNH THỬ NGHIỆM
Số: 45/KH-UBND
Thử Nghiệm, ngày 10 tháng 01 năm 2026
KẾ HOẠCH
Phòng, chống ma túy năm 2026
I. MỤC TIÊU
1. Bảo đảm trên 80% số người nghiện có hồ sơ quản lý được tư vấn.
2. Không để phát sinh điểm, tụ điểm phức tạp về ma túy.
II. TỔ CHỨC THỰC HIỆN
1. Công an tỉnh
- Chủ trì, phối hợp với Sở Y tế rà soát điểm, tụ điểm hằng tháng.
2. Ủy ban nhân dân cấp xã
- Lập danh sách điểm, tụ điểm trên địa bàn hằng quý.
"""
CHANGED = PLAN.replace("45/KH-UBND", "90/KH-UBND").replace("trên 80%", "trên 85%").replace(
    "2. Ủy ban nhân dân cấp xã", "- Tổ chức hội nghị tổng kết trước ngày 15/12/2026.\n2. Ủy ban nhân dân cấp xã"
)  # fmt: skip


@pytest.fixture
def an(db: None) -> User:
    place_actions.load_catalogue(by=HOUSE, at=AT)
    return play("an")


def taken(an: User) -> Version:
    return actions.take_text(text=PLAN, source="kh45.txt", by=an, at=AT)


def ready(version: Version, an: User) -> Version:
    """Look at everything in a draft, giving a reason where nothing is measured."""
    actions.edit(version=version, act="accept", change=_accept_all, by=an, at=AT)
    for gap in actions.lacking(version):
        if gap.code == "unsettled" and gap.piece is not None:
            change = partial(drafting.not_measured, number=gap.piece, reason="định hướng")
            actions.edit(version=version, act="not_measured", change=change, by=an, at=AT)
    return version


def _accept_all(draft: drafting.Draft) -> drafting.Draft:
    for piece in draft.pieces:
        draft = drafting.accept(draft, piece.id)
    return draft


def test_a_text_becomes_a_draft_with_its_head_clauses_targets_and_tasks(an: User) -> None:
    version = taken(an)
    plan = version.plan
    plan.refresh_from_db()
    assert (version.number, version.date, version.state) == ("45/KH-UBND", date(2026, 1, 10), "draft")
    assert (plan.code, plan.name) == ("kh-ubnd-45-2026", "45/KH-UBND (2026)")
    assert (plan.starts, plan.ends) == (date(2026, 1, 10), date(2026, 12, 31))
    clauses = {one.path: one for one in version.clauses.all()}
    assert {"I", "I.1", "I.2", "II", "II.1", "II.1.-1", "II.2", "II.2.-1"} <= set(clauses)
    target = clauses["I.1"].targets.get()
    assert (target.kind, target.value, target.measure) == ("floor_strict", Decimal(80), "%")
    assert clauses["I.2"].targets.get().kind == "zero"
    duty = clauses["II.1.-1"].duties.get()
    assert duty.lead is not None
    assert (duty.lead.name, duty.regime, duty.grain) == ("Công an tỉnh", "nd09", "month")
    assert [one.name for one in duty.others.all()] == ["Sở Y tế"]
    for one in clauses.values():
        assert version.text[one.first_char : one.last_char].split() == one.text.split()
    assert {one.level for one in clauses["II.2.-1"].duties.all()} == {"commune"}


def test_the_gaps_of_a_fresh_draft_name_every_clause_and_then_none(an: User) -> None:
    version = taken(an)
    with pytest.raises(NotReady) as refused:
        actions.put_in_force(version=version, by=an, at=AT)
    assert {gap.piece for gap in refused.value.gaps} == set(version.clauses.values_list("pk", flat=True))
    actions.put_in_force(version=ready(version, an), by=an, at=AT)
    version.refresh_from_db()
    assert (version.state, version.in_force_from) == ("in_force", date(2026, 1, 10))


def test_an_amended_text_continues_the_earlier_one_which_stays(an: User) -> None:
    first = actions.put_in_force(version=ready(taken(an), an), by=an, at=AT)
    second = actions.amend_with_text(plan=first.plan, text=CHANGED, source="b.txt", reason="KH 90", by=an, at=AT)
    stems = {one.path: one.stem.path if one.stem else None for one in second.clauses.select_related("stem")}
    assert stems["I.1"] == "I.1"  # changed, and still the same clause
    assert stems["II.1.-2"] is None  # new
    assert stems["II.2.-1"] == "II.2.-1"
    draft = draft_of(second)
    paths = {path: draft.piece(number) for number, path in draft.paths().items()}
    assert paths["II.2.-1"].seen
    assert not paths["I.1"].seen
    with pytest.raises(Refused, match="bản rà soát"):
        actions.amend(plan=first.plan, reason="nữa", by=an, at=AT)
    with pytest.raises(Refused, match="phải sau ngày 10/01/2026"):
        actions.put_in_force(version=ready(second, an), by=an, at=AT, day=date(2026, 1, 10))
    actions.put_in_force(version=second, by=an, at=AT, day=date(2026, 7, 1))
    first.refresh_from_db()
    assert (first.state, first.in_force_to) == ("superseded", date(2026, 7, 1))
    assert first.clauses.count() == 8
    clause = second.clauses.get(path="I.1")
    assert clause.key == first.clauses.get(path="I.1").pk


def test_a_person_may_match_a_clause_better(an: User) -> None:
    first = actions.put_in_force(version=ready(taken(an), an), by=an, at=AT)
    second = actions.amend_with_text(plan=first.plan, text=CHANGED, source="b.txt", reason="KH 90", by=an, at=AT)
    new = second.clauses.get(path="II.1.-2")
    earlier = first.clauses.get(path="II.1.-1")
    actions.rematch(version=second, clause=new.pk, earlier=earlier, by=an, at=AT)
    new.refresh_from_db()
    assert new.stem == earlier
    assert second.clauses.get(path="II.1.-1").stem is None  # one clause continues one clause
    actions.undo(version=second, by=an, at=AT)
    assert second.clauses.get(path="II.1.-1").stem == earlier


def test_amending_by_hand_copies_everything_and_can_be_dropped(an: User) -> None:
    first = actions.put_in_force(version=ready(taken(an), an), by=an, at=AT)
    with pytest.raises(Refused, match="lý do"):
        actions.amend(plan=first.plan, reason=" ", by=an, at=AT)
    second = actions.amend(plan=first.plan, reason="chỉnh hạn", by=an, at=AT)
    assert second.seq == 2
    assert not [gap for gap in actions.lacking(second, "x") if gap.blocks]
    assert actions.discard(version=second, by=an, at=AT) is False
    with pytest.raises(Refused, match="đang rà soát"):
        actions.discard(version=first, by=an, at=AT)
    assert first.clauses.count() == 8


def test_dropping_the_only_draft_drops_the_plan(an: User) -> None:
    version = taken(an)
    assert actions.discard(version=version, by=an, at=AT) is True
    assert not Plan.objects.exists()


def test_an_ended_plan_stays_and_is_not_ended_again(an: User) -> None:
    version = actions.put_in_force(version=ready(taken(an), an), by=an, at=AT)
    with pytest.raises(Refused, match="phải sau"):
        actions.end_plan(plan=version.plan, on=date(2025, 1, 1), reason="hết hạn", by=an, at=AT)
    actions.end_plan(plan=version.plan, on=date(2026, 11, 1), reason="hết hạn", by=an, at=AT)
    version.refresh_from_db()
    assert (version.state, version.in_force_to) == ("ended", date(2026, 11, 1))
    with pytest.raises(Refused, match="không đang thực hiện"):
        actions.end_plan(plan=version.plan, on=date(2026, 11, 2), reason="hết hạn", by=an, at=AT)


def test_the_head_is_corrected_while_it_is_a_draft(an: User) -> None:
    version = taken(an)
    actions.set_head(version=version, values={"number": "46/KH-UBND", "name": "KH 46", "kind": "plan"}, by=an, at=AT)
    version.plan.refresh_from_db()
    assert (version.plan.name, Version.objects.get().number) == ("KH 46", "46/KH-UBND")
    assert "46 kh ubnd" in version.plan.search
    with pytest.raises(Refused, match="sau ngày bắt đầu"):
        actions.set_head(version=version, values={"ends": date(2020, 1, 1)}, by=an, at=AT)


@pytest.mark.parametrize("text", ["", "  \n ", "Một câu không có đề mục nào cả"])
def test_a_text_without_clauses_leaves_nothing(an: User, text: str) -> None:
    if text.strip() and reading.read(text).clauses:
        text = "…"
    with pytest.raises(Refused):
        actions.take_text(text=text, source="x.txt", by=an, at=AT)
    assert not Plan.objects.exists()


def test_a_long_text_is_read_by_a_job(an: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 10)
    version = taken(an)
    run = Run.objects.get()
    assert (run.kind, run.state, run.by) == ("plans.read", "done", an)
    assert version.clauses.count() == 8
    version.plan.refresh_from_db()
    assert version.plan.code == "kh-ubnd-45-2026"


def test_a_commune_makes_its_own_plan_from_the_provinces(an: User) -> None:
    above = actions.put_in_force(version=ready(taken(an), an), by=an, at=AT)
    lan, ha = play("lan"), play("ha")
    assert lan.unit is not None
    with pytest.raises(AccessRefused):
        actions.make_commune_plan(parent=above.plan, unit=lan.unit, by=ha, at=AT)
    version = actions.make_commune_plan(parent=above.plan, unit=lan.unit, by=lan, at=AT)
    assert list(version.clauses.order_by("position").values_list("path", flat=True)) == ["II", "II.2", "II.2.-1"]
    assert version.clauses.get(path="II.2.-1").key == above.clauses.get(path="II.2.-1").pk
    assert version.plan.parent == above.plan
    assert {duty.level for duty in Duty.objects.filter(clause__version=version)} == {"commune"}
    with pytest.raises(Refused, match="đã có"):
        actions.make_commune_plan(parent=above.plan, unit=lan.unit, by=lan, at=AT)
    with pytest.raises(NotReady):
        actions.put_in_force(version=version, by=lan, at=AT)
    actions.put_in_force(version=version, by=lan, at=AT, reason="ban hành theo KH 45")
    version.refresh_from_db()
    assert version.state == "in_force"


def test_a_figure_is_declared_with_its_document_and_corrected_by_a_new_row(small: object, an: User) -> None:
    actions.load_from_catalogue(code=SMALL.key, by=HOUSE, at=AT)
    indicator = Indicator.objects.get(code="tu-van")
    period = regimes()["nd09"].containing(date(2026, 1, 10), Grain.YEAR)
    declare = partial(actions.declare, indicator=indicator, unit=None, period=period, by=an, at=AT)
    with pytest.raises(Refused, match="mẫu số"):
        declare(numerator=Decimal(5), denominator=None, document="BC 1")
    with pytest.raises(Refused, match="không lớn hơn"):
        declare(numerator=Decimal(5), denominator=Decimal(4), document="BC 1")
    with pytest.raises(Refused, match="lớn hơn 0"):
        declare(numerator=Decimal(0), denominator=Decimal(0), document="BC 1")
    with pytest.raises(Refused, match="số văn bản"):
        declare(numerator=Decimal(1), denominator=Decimal(2), document=" ")
    declare(numerator=Decimal(8), denominator=Decimal(10), document="BC 1")
    declare(numerator=Decimal(9), denominator=Decimal(10), document="BC 2")
    rows = Reported.objects.order_by("pk")
    assert [(row.numerator, row.replaced_at is None) for row in rows] == [(8, False), (9, True)]
    register = Indicator.objects.get(code="diem-moi")
    with pytest.raises(Refused, match="tính từ sổ"):
        actions.declare(
            indicator=register,
            unit=None,
            period=period,
            numerator=Decimal(1),
            denominator=None,
            document="x",
            by=an,
            at=AT,
        )
    assert set(FIGURES) == set(Indicator.objects.values_list("code", flat=True))


def test_words_of_time_become_grains_and_years() -> None:
    assert [grain_of(words) for words in ("hằng tháng", "mỗi quý", "6 tháng đầu năm", "hàng năm", "thường xuyên")] == [
        "month", "quarter", "half", "year", "",
    ]  # fmt: skip
    assert years_of("giai đoạn 2022-2025", date(2022, 11, 4)) == (date(2022, 11, 4), date(2025, 12, 31))
    assert years_of("không có năm", date(2022, 11, 4)) == (date(2022, 11, 4), None)
    assert tidy("\ufeffa\r\nb\x00") == "a\nb"


DEVELOPED = sorted(
    path for path in (Path(__file__).parents[1] / "plans_dev").iterdir() if path.suffix in (".txt", ".docx", ".pdf")
)


@pytest.mark.parametrize("path", DEVELOPED, ids=lambda path: path.stem)
def test_every_plan_to_develop_with_is_kept_whole(an: User, path: Path) -> None:
    text = text_of(path.name, path.read_bytes()).text
    version = actions.take_text(text=text, source=path.name, by=an, at=AT)
    draft = draft_of(version)
    paths = {clause.path for clause in version.clauses.all()}
    assert set(draft.paths().values()) == paths
    placed = [one for one in draft.pieces if one.first is not None]
    assert len(placed) >= 0.9 * len(draft.pieces)
    spans = sorted((one.first or 0, one.last or 0) for one in placed)
    assert all(last <= first for (_a, last), (first, _b) in pairwise(spans))  # no word stands in two clauses
    again = draft_of(actions.take_text(text=text, source=path.name, by=an, at=AT))
    assert list(again.paths().values()) == list(draft.paths().values())
