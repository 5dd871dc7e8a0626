"""The three annexes: the list of hot-spots, the classes of the communes, the working of every class."""

from __future__ import annotations

from diaban.core.dossier.document import (
    Annex,
    Block,
    Cell,
    Column,
    Heading,
    Kind,
    Medium,
    Rate,
    Table,
    note,
    small,
    text,
)
from diaban.core.dossier.snapshot import STANDING_LABELS, ClassRow, CriterionRow, Dossier, HotspotRow, Standing, Working

SHORT = {
    Standing.I: "I",
    Standing.II: "II",
    Standing.III: "III",
    Standing.DRUG_FREE: "Không ma túy",
    Standing.NEITHER: "Không thuộc loại",
    Standing.UNCLASSED: "Không thuộc loại",
    Standing.UNDETERMINED: "Chưa xác định",
}
ROUTES = {"": "không", "intra": "nội tỉnh", "inter": "liên tỉnh"}
NONE_YET = "chưa có"

HOTSPOT_COLUMNS = (
    Column("TT", Kind.INDEX, 9),
    Column("Mã", Kind.CODE, 18, Medium.SHEET),
    Column("Tên, địa chỉ", Kind.TEXT, 48, Medium.PAGE),
    Column("Tên", Kind.TEXT, 40, Medium.SHEET),
    Column("Địa chỉ", Kind.TEXT, 50, Medium.SHEET),
    Column("Mã xã", Kind.CODE, 14, Medium.SHEET),
    Column("Xã, phường, đặc khu", Kind.TEXT, 24),
    Column("Loại", Kind.TEXT, 24),
    Column("Hành vi", Kind.TEXT, 24),
    Column("Ngày đưa vào", Kind.DAY, 19.5),
    Column("Căn cứ", Kind.TEXT, 22),
    Column("Đơn vị chủ trì", Kind.TEXT, 22),
    Column("Tình trạng", Kind.TEXT, 20),
    Column("Ngày triệt xóa", Kind.DAY, 19.5),
    Column("Tái phức tạp (lần)", Kind.COUNT, 13),
    Column("Ghi chú", Kind.TEXT, 16),
)


def _hotspot_cells(number: int, row: HotspotRow) -> tuple[Cell, ...]:
    place = f"{row.name}, {row.address}" if row.address else row.name
    return (
        number,
        row.code,
        place,
        row.name,
        row.address,
        row.unit_code,
        row.unit_name,
        row.kind,
        row.behaviours,
        row.listed_on,
        row.basis,
        row.lead_agency,
        row.state,
        row.eliminated_on,
        row.reformed,
        row.note,
    )


def hotspot_table(dossier: Dossier) -> Table:
    """Return annex I's table; without a register it has no rows."""
    rows = tuple(_hotspot_cells(n, row) for n, row in enumerate(dossier.hotspots or (), 1))
    return Table(HOTSPOT_COLUMNS, rows, size=10)


def _class_columns(split: bool, previous_year: int) -> tuple[Column, ...]:
    parts = (Column("Nghiện", Kind.COUNT, 15), Column("Sử dụng", Kind.COUNT, 13)) if split else ()
    return (
        Column("TT", Kind.INDEX, 8),
        Column("Mã xã", Kind.CODE, 12, Medium.SHEET),
        Column("Xã, phường, đặc khu", Kind.TEXT, 26),
        Column("Nhân khẩu", Kind.COUNT, 14.5),
        Column("Ngày của số nhân khẩu", Kind.DAY, 15, Medium.SHEET),
        Column("Nguồn số nhân khẩu", Kind.TEXT, 30, Medium.SHEET),
        *parts,
        Column("Nghiện và sử dụng", Kind.COUNT, 14),
        Column("Thuộc diện trừ (Điều 6.1)", Kind.COUNT, 14, Medium.SHEET),
        Column("Tỷ lệ %", Kind.RATE, 13),
        Column("Điểm", Kind.COUNT, 11.5),
        Column("Bắt giữ", Kind.COUNT, 10.5),
        Column("Tỷ lệ %", Kind.RATE, 13),
        Column("Người cư trú vi phạm", Kind.COUNT, 14, Medium.SHEET),
        Column("Đối tượng truy nã lẩn trốn", Kind.COUNT, 14, Medium.SHEET),
        Column("Cây", Kind.COUNT, 12),
        Column("m²", Kind.COUNT, 12),
        Column("Tuyến", Kind.MARK, 13),
        Column("Tiêu chí đạt", Kind.TEXT, 20),
        Column(f"Loại năm {previous_year}", Kind.MARK, 20),
        Column("Đề xuất: đúng từng chữ", Kind.MARK, 16),
        Column("Đề xuất: mức cao gồm mức thấp", Kind.MARK, 17),
        Column("Không ma túy", Kind.MARK, 14, Medium.SHEET),
        Column("Tự đánh giá", Kind.MARK, 14),
        Column("Loại duyệt", Kind.MARK, 14),
        Column("Số QĐ", Kind.TEXT, 24, Medium.PAGE),
        Column("Số quyết định", Kind.CODE, 16, Medium.SHEET),
        Column("Ngày quyết định", Kind.DAY, 16, Medium.SHEET),
        Column("Mâu thuẫn", Kind.TEXT, 40, Medium.SHEET),
        Column("Chưa báo cáo", Kind.TEXT, 40, Medium.SHEET),
    )


def _class_cells(number: int, row: ClassRow, split: bool) -> tuple[Cell, ...]:
    free = {True: "đạt", False: "không đạt", None: "chưa biết"}[row.drug_free]
    decided = row.decision_number + (f", {row.decision_date:%d/%m/%Y}" if row.decision_date else "")
    return (
        number,
        row.unit_code,
        row.unit_name,
        row.population,
        row.population_as_of,
        row.population_source,
        *((row.dependent, row.using) if split else ()),
        row.persons,
        row.persons_exempt,
        Rate(row.persons, row.population),
        row.points,
        row.arrested,
        Rate(row.arrested, row.population),
        row.resident_offenders,
        row.wanted_hiding,
        row.plants,
        row.plant_m2,
        "chưa báo cáo" if row.route is None else ROUTES[row.route],
        ", ".join(row.criteria_met),
        SHORT[row.previous] if row.previous else row.previous_note or NONE_YET,
        SHORT[row.literal],
        SHORT[row.at_least],
        free,
        SHORT[row.self_assessed] if row.self_assessed else NONE_YET,
        SHORT[row.approved] if row.approved else NONE_YET,
        decided or NONE_YET,
        row.decision_number or NONE_YET,
        row.decision_date,
        "; ".join(row.conflicts),
        ", ".join(row.missing),
    )


def class_table(dossier: Dossier) -> Table:
    """Return annex II's table; dependent and using stand apart only where the source keeps them apart."""
    split = any(row.dependent is not None or row.using is not None for row in dossier.classes)
    rows = tuple(_class_cells(n, row, split) for n, row in enumerate(dossier.classes, 1))
    return Table(_class_columns(split, dossier.cycle - 1), rows, size=9)


CRITERION_COLUMNS = (
    Column("Tiêu chí", Kind.MARK, 14),
    Column("Nội dung", Kind.TEXT, 42),
    Column("Số liệu", Kind.TEXT, 32),
    Column("Ngưỡng", Kind.TEXT, 28),
    Column("Căn cứ", Kind.TEXT, 20),
    Column("Đúng từng chữ", Kind.MARK, 16),
    Column("Mức cao gồm mức thấp", Kind.MARK, 15),
)
MET = {True: "đạt", False: "không đạt", None: "chưa biết"}


def criterion_table(rows: tuple[CriterionRow, ...]) -> Table:
    """Return a working as a table: criterion, number, threshold, article, met under each reading."""
    cells = tuple(
        (row.code, row.criterion, row.number, row.threshold, row.article, MET[row.literal], MET[row.at_least])
        for row in rows
    )
    return Table(CRITERION_COLUMNS, cells, size=9)


def working_table(dossier: Dossier) -> Table:
    """Return all workings as one flat table, as a workbook wants it."""
    columns = (Column("Mã xã", Kind.CODE, 14), Column("Xã, phường, đặc khu", Kind.TEXT, 27), *CRITERION_COLUMNS)
    rows = tuple(
        (working.unit_code, working.unit_name, *cells)
        for working in dossier.workings
        for cells in criterion_table(working.rows).rows
    )
    return Table(columns, rows, size=10)


def province_table(dossier: Dossier) -> Table:
    """Return the province's criteria as a table; without an assessment it has no rows."""
    return criterion_table(dossier.province.rows if dossier.province else ())


def _working_blocks(number: int, working: Working) -> list[Block]:
    blocks: list[Block] = [
        Heading(f"{number}. {working.unit_name} ({working.unit_code})", 2),
        criterion_table(working.rows),
    ]
    blocks.extend(small(line) for line in working.conclusion)
    blocks.extend(small(f"- {line}") for line in working.distance)
    return blocks


def _hotspot_blocks(dossier: Dossier) -> tuple[Block, ...]:
    if dossier.hotspots is None:
        return (text("Nguồn số liệu của báo cáo này không có sổ theo dõi điểm, tụ điểm; chưa lập được danh sách."),)
    if not dossier.hotspots:
        return (text("Trong kỳ, sổ theo dõi không có điểm, tụ điểm nào."),)
    return (hotspot_table(dossier).on(Medium.PAGE),)


def _unclassed(dossier: Dossier) -> str:
    """Return what "Không thuộc loại" stands for in this dossier: an older rule knows no "không ma túy"."""
    found = {one for row in dossier.classes for one in (row.literal, row.at_least, row.approved)}
    return STANDING_LABELS[Standing.UNCLASSED if Standing.UNCLASSED in found else Standing.NEITHER].lower()


def annexes(dossier: Dossier) -> tuple[Annex, ...]:
    """Return annexes I (hot-spots), II (classes) and III (workings)."""
    workings = [block for number, item in enumerate(dossier.workings, 1) for block in _working_blocks(number, item)]
    basis = f"Căn cứ nêu trong bảng là điều, khoản, điểm của {dossier.rule.title}."
    settings = [note(f"- {line}") for line in dossier.rule.settings]
    if settings:
        settings.insert(0, note("Thiết lập và giả định đã dùng:"))
    classes: list[Block] = [class_table(dossier).on(Medium.PAGE)]
    classes.append(
        note(
            "Ghi chú: tỷ lệ ghi ba chữ số thập phân, bỏ phần dư, không làm tròn lên; việc so với ngưỡng thực hiện trên"
            f" số nguyên. “Không thuộc loại”: {_unclassed(dossier)}. “Đúng từng chữ”: mỗi mức là một khoảng riêng."
            " “Mức cao gồm mức thấp”: đạt mức cao thì coi như đạt mức thấp."
        )
    )
    return (
        Annex("I", "Danh sách điểm, tụ điểm phức tạp về ma túy", True, _hotspot_blocks(dossier)),
        Annex("II", "Phân loại xã, phường, đặc khu", True, tuple(classes)),
        Annex("III", "Cách tính loại của từng xã, phường, đặc khu", False, (note(basis), *settings, *workings)),
    )
