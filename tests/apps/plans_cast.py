"""A small plan of the catalogue, and who works with it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from diaban.catalogue import plan_catalogue
from diaban.catalogue.plan_catalogue import (
    CatalogueBasis,
    CatalogueClause,
    CataloguePlan,
    CatalogueReading,
    CatalogueTarget,
    CatalogueTask,
    Indicator,
)

AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
DAY = date(2026, 11, 20)
TEXT = """KẾ HOẠCH

I. MỤC TIÊU
1. Không để phát sinh điểm mới;
đảm bảo trên 80% người có hồ sơ được tư vấn.
2. Nâng cao nhận thức.
II. TỔ CHỨC THỰC HIỆN
- Rà soát, lập danh sách điểm hằng tháng.
"""
FIGURES = {
    "diem-moi": Indicator(
        "diem-moi", "Điểm mới phát sinh", "điểm", "flow", "điểm mới", "", "register:new", (), "KH thử", "người thử"
    ),
    "tu-van": Indicator(
        "tu-van", "Người được tư vấn", "%", "stock", "người được tư vấn", "người có hồ sơ", "declared", (), "KH thử",
        "người thử",
    ),
}  # fmt: skip


def _target(clause: str, indicator: str, kind: str, words: str, value: Decimal | None = None) -> CatalogueTarget:
    return CatalogueTarget(clause, indicator, kind, value, "%" if value else "", "", "", words)


TASK = CatalogueTask(
    "ra-soat", ("II.-1", "I.2"), "Rà soát, lập danh sách điểm", "Rà soát, lập danh sách điểm", "Công an tỉnh",
    ("Sở Không Có",), "commune", "month", None, "Danh sách", True,
)  # fmt: skip


def _clause(path: str, mark: str, text: str, *, heading: bool = False, **given: object) -> CatalogueClause:
    values: dict[str, object] = {"owner": "", "tasks": (), "targets": (), "no_measure": ""} | given
    return CatalogueClause(path, mark, text, heading, **values)  # type: ignore[arg-type]


SMALL = CataloguePlan(
    key="kh-nho",
    kind="plan",
    number="12/KH-UBND",
    date=date(2022, 11, 4),
    effective=None,
    issuer="UBND tỉnh",
    signer="",
    field="",
    title="Kế hoạch thử",
    starts=date(2022, 11, 4),
    ends=date(2026, 1, 1),
    reference="thử",
    checked_by="thử",
    cut_after="II",
    unknown=("Không biết phần sau.",),
    bases=(CatalogueBasis("Quyết định", "5027/QĐ-BCA", date(2022, 7, 5), "Bộ Công an", "Dự án"),),
    clauses=(
        _clause("I", "I.", "MỤC TIÊU", heading=True),
        _clause(
            "I.1", "1.", "Không để phát sinh điểm mới; đảm bảo trên 80% người có hồ sơ được tư vấn.",
            targets=(
                _target("I.1", "diem-moi", "zero", "Không để phát sinh điểm mới"),
                _target("I.1", "tu-van", "floor_strict", "trên 80%", Decimal(80)),
            ),
            readings=(CatalogueReading("chu", "Theo chữ", "như chữ viết"),),
        ),
        _clause("I.2", "2.", "Nâng cao nhận thức.", served_by=("ra-soat",)),
        _clause("II", "II.", "TỔ CHỨC THỰC HIỆN", heading=True),
        _clause("II.-1", "-", "Rà soát, lập danh sách điểm hằng tháng.", owner="Công an tỉnh", tasks=(TASK,)),
    ),
    loose_targets=(),
)  # fmt: skip


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> CataloguePlan:
    """Let the catalogue hold one small plan and two indicators."""
    monkeypatch.setattr(plan_catalogue, "plan_keys", lambda: ("kh-nho",))
    monkeypatch.setattr(plan_catalogue, "plan", lambda _key: SMALL)
    monkeypatch.setattr(plan_catalogue, "source_text", lambda _key: TEXT)
    monkeypatch.setattr(plan_catalogue, "indicators", lambda: FIGURES)
    return SMALL
