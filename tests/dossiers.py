"""A dossier to draw: the thirty communes, every kind of finding, and names that try to break a file format."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from diaban.core.dossier import (
    ClassRow,
    Completeness,
    CriterionRow,
    Dossier,
    FlowRow,
    HotspotRow,
    Letterhead,
    ProvinceAssessment,
    RuleRef,
    Standing,
    Working,
)

UNITS = {
    "26506": "Phường Vũng Tàu",
    "26526": "Phường Tam Thắng",
    "26536": "Phường Rạch Dừa",
    "26542": "Phường Phước Thắng",
    "26545": "Xã Long Sơn",
    "26560": "Phường Bà Rịa",
    "26566": "Phường Long Hương",
    "26572": "Phường Tam Long",
    "26575": "Xã Ngãi Giao",
    "26584": "Xã Xuân Sơn",
    "26590": "Xã Bình Giã",
    "26596": "Xã Châu Đức",
    "26608": "Xã Kim Long",
    "26617": "Xã Nghĩa Thành",
    "26620": "Xã Hồ Tràm",
    "26632": "Xã Xuyên Mộc",
    "26638": "Xã Bàu Lâm",
    "26641": "Xã Hòa Hội",
    "26647": "Xã Hòa Hiệp",
    "26656": "Xã Bình Châu",
    "26659": "Xã Long Điền",
    "26662": "Xã Long Hải",
    "26680": "Xã Đất Đỏ",
    "26686": "Xã Phước Hải",
    "26704": "Phường Phú Mỹ",
    "26710": "Phường Tân Hải",
    "26713": "Phường Tân Phước",
    "26725": "Phường Tân Thành",
    "26728": "Xã Châu Pha",
    "26732": "Đặc khu Côn Đảo",
}

SHARP = 'Quán "Đêm & Ngày" <b>#1</b> *_`sắc`_* $x$ @a [b] \\c {d} ~e'  # every mark that some format takes for its own

LETTERHEAD = Letterhead(
    parent="Bộ Công an",
    issuer="Công an Thành phố\nHồ Chí Minh",
    issuer_short="Công an Thành phố Hồ Chí Minh",
    symbol="CATP",
    place="Thành phố Hồ Chí Minh",
    addressee="Bộ Công an (qua Cục Cảnh sát điều tra tội phạm về ma túy)",
    recipients=("Như trên", "Ủy ban nhân dân Thành phố", "Ban Chỉ đạo 138 Thành phố"),
    archive="VT, PC04",
    authority="KT. Giám đốc",
    position="Phó Giám đốc",
    signer="Nguyễn Văn A",
    approver="Ủy ban nhân dân Thành phố Hồ Chí Minh",
)

RULE = RuleRef(
    id="qd28-2025",
    title="Quyết định số 28/2025/QĐ-TTg ngày 24/8/2025 của Thủ tướng Chính phủ",
    settings=("Số không không được tính là đạt tiêu chí “dưới” (do đơn vị đặt).",),
)


def class_row(code: str, number: int) -> ClassRow:
    """Return a plain row whose figures differ from commune to commune."""
    return ClassRow(
        unit_code=code,
        unit_name=UNITS[code],
        population=20_000 + 1_237 * number,
        population_as_of=date(2026, 12, 14),
        population_source="Công an cấp xã",
        persons=number,
        persons_exempt=0,
        dependent=number // 2,
        using=number - number // 2,
        points=0,
        arrested=number % 4,
        resident_offenders=1,
        wanted_hiding=0,
        plants=0,
        plant_m2=0,
        route="",
        literal=Standing.III,
        at_least=Standing.III,
        drug_free=False,
        criteria_met=("III.a", "III.b"),
        previous=None,
        previous_note="không so sánh được",
    )


def class_rows() -> tuple[ClassRow, ...]:
    """Return the thirty rows with one of each finding among them."""
    rows = [class_row(code, number) for number, code in enumerate(UNITS, 1)]
    rows[0] = replace(
        rows[0],
        persons=140,
        points=3,
        arrested=30,
        route="inter",
        literal=Standing.I,
        at_least=Standing.I,
        criteria_met=("I.a", "I.b", "I.c", "I.đ"),
        self_assessed=Standing.I,
        approved=Standing.I,
        decision_number="5012/QĐ-UBND",
        decision_date=date(2026, 12, 18),
    )
    rows[1] = replace(
        rows[1], persons=120, points=1, arrested=13, literal=Standing.NEITHER, at_least=Standing.II,
        criteria_met=("I.a", "II.b", "II.c"), route="intra",
    )  # fmt: skip
    rows[2] = replace(
        rows[2], persons=5, persons_exempt=5, arrested=0, resident_offenders=0, drug_free=True,
        criteria_met=("III.a",), conflicts=("vừa đạt loại III, vừa đạt “không ma túy”",),
    )  # fmt: skip
    rows[3] = replace(rows[3], points=1, literal=Standing.NEITHER, at_least=Standing.NEITHER, criteria_met=("II.b",))
    rows[4] = replace(
        rows[4], persons=None, literal=Standing.UNDETERMINED, at_least=Standing.UNDETERMINED, criteria_met=(),
        dependent=None, using=None, missing=("số người nghiện và người sử dụng trái phép có hồ sơ quản lý",),
        drug_free=None,
    )  # fmt: skip
    rows[29] = replace(
        rows[29], population=6_502, persons=0, dependent=0, using=0, arrested=0, resident_offenders=0,
        literal=Standing.DRUG_FREE, at_least=Standing.DRUG_FREE, drug_free=True, criteria_met=(),
        previous=Standing.DRUG_FREE, previous_note="",
    )  # fmt: skip
    return tuple(rows)


def working(row: ClassRow) -> Working:
    """Return a working of a few criteria, as the rules would write them."""
    article = "Điều 4 khoản 1 điểm {}"
    rows = tuple(
        CriterionRow(
            code=f"I.{letter}",
            criterion=what,
            number=f"{row.persons} người" if row.persons is not None else "chưa báo cáo",
            threshold="≥ 100 người (0,5 % của 20.000)",
            article=article.format(letter),
            literal=None if row.persons is None else row.persons >= 100,
            at_least=None if row.persons is None else row.persons >= 100,
        )
        for letter, what in (("a", "Người nghiện, người sử dụng có hồ sơ / nhân khẩu"), ("b", "Điểm"), ("c", "Bắt giữ"))
    )
    return Working(
        unit_code=row.unit_code,
        unit_name=row.unit_name,
        rows=rows,
        conclusion=("Loại I cần ít nhất 3 tiêu chí.",),
        distance=("Tới loại II: thêm 12 người.",),
    )


HOTSPOTS = tuple(
    HotspotRow(
        code=f"DD-{number:03d}",
        name=name,
        address=f"Khu phố {number}, đường Thống Nhất",
        unit_code="26506",
        unit_name=UNITS["26506"],
        kind=kind,
        behaviours="mua bán; sử dụng",
        listed_on=date(2026, 1, number + 1),
        basis="Báo cáo số 12/BC-CAP",
        lead_agency="PC04",
        state=state,
        eliminated_on=date(2026, 10, 3) if state == "đã triệt xóa" else None,
        reformed=number % 2,
    )
    for number, (name, kind, state) in enumerate(
        [
            (SHARP, "điểm tổ chức, chứa chấp", "đang đấu tranh"),
            ("=HYPERLINK(1)", "tụ điểm phức tạp", "đã triệt xóa"),
            ("Bến xe cũ", "điểm phức tạp", "đang theo dõi"),
        ],
        1,
    )
)


def dossier() -> Dossier:
    """Return the dossier of cycle 2026."""
    rows = class_rows()
    return Dossier(
        cycle=2026,
        first_day=date(2025, 12, 15),
        last_day=date(2026, 12, 14),
        period_label="Năm 2026",
        territory="địa bàn tỉnh Bà Rịa - Vũng Tàu trước đây",
        title="Kết quả phân loại xã, phường, đặc khu trọng điểm phức tạp về ma túy năm 2026",
        letterhead=LETTERHEAD,
        rule=RULE,
        classes=rows,
        workings=tuple(working(row) for row in rows),
        completeness=(
            Completeness("Nhân khẩu hiện đang cư trú", 30, 30),
            Completeness("Người nghiện, người sử dụng có hồ sơ", 29, 30, ("Xã Long Sơn",)),
        ),
        hotspots=HOTSPOTS,
        flows=(
            FlowRow("Điểm phức tạp", 2, 1, 0, 1, 0, 2),
            FlowRow("Tụ điểm phức tạp", 1, 0, 1, 1, 0, 1),
            FlowRow("Điểm tổ chức, chứa chấp", 0, 1, 0, 0, 0, 1),
        ),
        province=ProvinceAssessment(
            territory="địa bàn tỉnh Bà Rịa - Vũng Tàu trước đây",
            rows=(
                CriterionRow("1", "Người nghiện, sử dụng / nhân khẩu", "1.012 người (0,090 %)", "≥ 0,2 %", "Điều 5.1",
                             False, False),
                CriterionRow("2", "Điểm", "5 điểm", "≥ 5 điểm", "Điều 5.2", True, True),
            ),
            needed=4,
            conclusion="Đạt 1/6 tiêu chí, cần ít nhất 4: không phải địa bàn trọng điểm cấp tỉnh.",
        ),
        number=7,
        issued_on=date(2027, 1, 5),
        notes=("Số người và số điểm là số tại ngày 14/12/2026; số bắt giữ là số trong kỳ.",),
        made_from="0" * 64,
    )  # fmt: skip
