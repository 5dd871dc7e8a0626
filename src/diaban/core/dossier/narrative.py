"""The report's sentences: five sections in the order of a police report, every number taken from the dossier's rows."""

from __future__ import annotations

from collections.abc import Iterable

from diaban.core.dossier.annexes import SHORT, annexes, criterion_table
from diaban.core.dossier.document import Block, Column, Document, Heading, Kind, Table, note, text
from diaban.core.dossier.figures import class_counts, clear, decisions, flow_total, moved, to_review, unit_kinds
from diaban.core.dossier.review import lower, missing_of, review_blocks
from diaban.core.dossier.snapshot import KEY_CLASSES, STANDING_LABELS, ClassRow, Dossier, FlowRow, Standing
from diaban.core.dossier.writing import count, day, names, signed, two_digits


def _names(rows: Iterable[ClassRow]) -> str:
    return names(row.unit_name for row in rows)


def _span(dossier: Dossier) -> str:
    return f"từ ngày {day(dossier.first_day)} đến hết ngày {day(dossier.last_day)}"


def _opening(dossier: Dossier) -> list[Block]:
    issuer = dossier.letterhead.issuer_short or "đơn vị báo cáo"
    sentence = (
        f"Thực hiện {dossier.rule.title}, {issuer} báo cáo kết quả phân loại xã, phường, đặc khu năm {dossier.cycle}"
        f" trên {dossier.territory} (số liệu {_span(dossier)}) như sau:"
    )
    return [text(sentence)]


def _situation(dossier: Dossier) -> list[Block]:
    rows = dossier.classes
    kinds = unit_kinds(rows)
    inside = ""
    if kinds and len(kinds) > 1:
        inside = " (" + ", ".join(f"{two_digits(number)} {kind}" for kind, number in kinds.items()) + ")"
    blocks: list[Block] = [
        Heading("I. TÌNH HÌNH", 1),
        Heading("1. Đơn vị được phân loại", 2),
        text(f"Tại ngày {day(dossier.last_day)}, có {two_digits(len(rows))} đơn vị hành chính cấp xã{inside}."),
        Heading(f"2. Số đơn vị theo loại, so với năm {dossier.cycle - 1}", 2),
        _count_table(dossier),
        *_comparison(dossier),
    ]
    return blocks


def _count_table(dossier: Dossier) -> Table:
    counts = class_counts(dossier)
    decided = any(row.approved is not None for row in dossier.classes)
    comparable = all(item.previous is not None for item in counts)
    year = dossier.cycle
    columns = [Column("Loại", Kind.TEXT, 58)]
    if comparable:
        columns.append(Column(f"Năm {year - 1}", Kind.COUNT, 18))
    columns.append(Column(f"Năm {year}, đọc đúng từng chữ", Kind.COUNT, 26))
    columns.append(Column(f"Năm {year}, mức cao gồm mức thấp", Kind.COUNT, 30))
    if decided:
        columns.append(Column("Đã duyệt", Kind.COUNT, 18))
    settled = comparable and all(row.approved is not None for row in dossier.classes)
    if settled:
        columns.append(Column("Tăng, giảm", Kind.MARK, 18))
    lines: list[tuple[str | int | None, ...]] = []
    for item in counts:
        line: list[str | int | None] = [STANDING_LABELS[item.standing]]
        line += [item.previous] if comparable else []
        line += [item.literal, item.at_least]
        line += [item.approved] if decided else []
        line += [signed(item.approved - (item.previous or 0))] if settled else []
        lines.append(tuple(line))
    total: list[str | int | None] = ["Cộng"]
    for position in range(1, len(columns)):
        values = [line[position] for line in lines]
        total.append("" if columns[position].kind is Kind.MARK else sum(v for v in values if isinstance(v, int)))
    return Table(tuple(columns), (*lines, tuple(total)), total=True)


def _comparison(dossier: Dossier) -> list[Block]:
    blocks: list[Block] = []
    reasons: dict[str, list[ClassRow]] = {}
    for row in dossier.classes:
        if row.previous is None:
            reasons.setdefault(row.previous_note or "chưa có số liệu năm trước", []).append(row)
    for reason, rows in sorted(reasons.items()):
        which = "tất cả các đơn vị" if len(rows) == len(dossier.classes) else f"{two_digits(len(rows))} đơn vị"
        listed = "" if len(rows) == len(dossier.classes) else f" ({_names(rows)})"
        blocks.append(text(f"So với năm {dossier.cycle - 1}: {reason} đối với {which}{listed}."))
    changes = moved(dossier.classes)
    if changes:
        said = names(
            f"{row.unit_name} ({SHORT[row.previous]} → {SHORT[row.standing]})"
            for row in changes
            if row.previous and row.standing
        )
        blocks.append(text(f"Chuyển loại so với năm {dossier.cycle - 1}: {two_digits(len(changes))} đơn vị: {said}."))
    return blocks


def _results(dossier: Dossier) -> list[Block]:
    rows = dossier.classes
    blocks: list[Block] = [Heading("II. KẾT QUẢ PHÂN LOẠI", 1), Heading("1. Bảng tóm tắt", 2)]
    lines: list[tuple[str | int, ...]] = []
    for standing in Standing:
        group = [row for row in rows if row.standing is standing]
        if group or standing in KEY_CLASSES:
            lines.append((STANDING_LABELS[standing], len(group), _names(group)))
    split = [row for row in rows if row.standing is None]
    if split:
        lines.append(("Hai cách đọc cho kết quả khác nhau (mục 2.a)", len(split), _names(split)))
    columns = (Column("Loại", Kind.TEXT, 48), Column("Số đơn vị", Kind.COUNT, 17), Column("Tên đơn vị", Kind.TEXT, 100))
    blocks.append(Table(columns, tuple(lines)))
    for decision in decisions(rows):
        on = f" ngày {day(decision.on)}" if decision.on else ""
        number = decision.number or "(chưa ghi số)"
        blocks.append(text(f"Đã phê duyệt theo Quyết định số {number}{on}: {two_digits(len(decision.rows))} đơn vị."))
    if not decisions(rows):
        blocks.append(note("Ghi chú: loại nêu trên là đề xuất theo số liệu; chưa đơn vị nào có quyết định phê duyệt."))
    blocks += review_blocks(dossier)
    blocks += _province(dossier)
    return blocks


def _province(dossier: Dossier) -> list[Block]:
    if dossier.province is None:
        return []
    return [
        Heading(f"3. Tự đánh giá {dossier.province.territory}", 2),
        criterion_table(dossier.province.rows),
        text(dossier.province.conclusion),
    ]


def _flow_sentence(total: FlowRow) -> str:
    moved_part = (
        f" {'+' if total.moved >= 0 else '−'} {count(abs(total.moved))} (chuyển địa bàn, chuyển loại, hợp nhất)"
        if total.moved
        else ""
    )
    sentence = (
        f"{count(total.opening)} (đầu kỳ) + {count(total.new)} (mới) + {count(total.reformed)} (tái phức tạp)"
        f" − {count(total.eliminated)} (triệt xóa) − {count(total.removed)} (đưa ra){moved_part}"
        f" = {count(total.expected)}"
    )
    if total.balanced:
        return f"Đối chiếu: {sentence} (cuối kỳ), khớp với sổ theo dõi."
    return (
        f"Đối chiếu: {sentence}, nhưng sổ theo dõi có {count(total.closing)} (cuối kỳ): số liệu CHƯA KHỚP, cần rà soát."
    )


def _hotspots(dossier: Dossier) -> list[Block]:
    blocks: list[Block] = [Heading("III. ĐIỂM, TỤ ĐIỂM PHỨC TẠP VỀ MA TÚY", 1)]
    points = [row.points for row in dossier.classes if row.points is not None]
    if dossier.hotspots is None:
        blocks.append(
            text(
                "Nguồn số liệu của báo cáo này không có sổ theo dõi điểm, tụ điểm; chưa có số liệu biến động trong kỳ."
            )
        )
        blocks.append(_declared_points(points, len(dossier.classes)))
        return blocks
    columns = (
        Column("Loại", Kind.TEXT, 50),
        *(
            Column(title, Kind.COUNT, 19)
            for title in ("Đầu kỳ", "Mới", "Tái phức tạp", "Triệt xóa", "Đưa ra", "Cuối kỳ")
        ),
    )
    total = flow_total(dossier.flows)
    moving = any(row.moved for row in dossier.flows)
    if moving:
        columns = (*columns[:-1], Column("Chuyển, nhập", Kind.MARK, 19), columns[-1])
    lines = tuple(
        (
            row.kind,
            row.opening,
            row.new,
            row.reformed,
            row.eliminated,
            row.removed,
            *((signed(row.moved),) if moving else ()),
            row.closing,
        )
        for row in (*dossier.flows, total)
    )
    blocks.append(Table(columns, lines, total=True))
    blocks.append(text(_flow_sentence(total)))
    blocks += [
        text(f"Loại “{row.kind}”: tính được {count(row.expected)}, sổ theo dõi có {count(row.closing)}.")
        for row in dossier.flows
        if not row.balanced
    ]
    again = [row for row in dossier.hotspots if row.reformed]
    if again:
        said = names(f"{row.name}, {row.unit_name} ({count(row.reformed)} lần)" for row in again)
        blocks.append(text(f"Điểm, tụ điểm đã từng tái phức tạp: {two_digits(len(again))}: {said}."))
    blocks.append(_declared_points(points, len(dossier.classes)))
    return blocks


def _declared_points(points: list[int], units: int) -> Block:
    reported = f"{two_digits(len(points))}/{two_digits(units)} đơn vị đã báo cáo"
    return text(
        "Điểm tổ chức, chứa chấp sử dụng trái phép chất ma túy dùng để phân loại:"
        f" {two_digits(sum(points))} điểm ({reported})."
    )


def _completeness(dossier: Dossier) -> list[Block]:
    columns = (
        Column("Số liệu", Kind.TEXT, 62),
        Column("Đã báo cáo", Kind.COUNT, 20),
        Column("Tổng số đơn vị", Kind.COUNT, 20),
        Column("Đơn vị chưa báo cáo", Kind.TEXT, 63),
    )
    rows = tuple(
        (item.figure, item.reported, item.total, names(item.missing_units) or "không") for item in dossier.completeness
    )
    full = sum(item.reported == item.total for item in dossier.completeness)
    share = (
        f"{two_digits(full)}/{two_digits(len(dossier.completeness))} chỉ tiêu được"
        if full
        else "Chưa chỉ tiêu nào được"
    )
    blocks: list[Block] = [
        Heading("IV. MỨC ĐỘ ĐẦY ĐỦ CỦA SỐ LIỆU", 1),
        text(f"{share} tất cả các đơn vị báo cáo. Số liệu chưa báo cáo không được tính là 0."),
        Table(columns, rows),
    ]
    blocks += [text(f"- {line}") for line in dossier.notes]
    return blocks


def _proposals(dossier: Dossier) -> list[Block]:
    head = dossier.letterhead
    approver = head.approver or "cấp có thẩm quyền"
    asks: list[str] = []
    ready = clear(dossier.classes)
    if ready:
        groups = [(standing, [row for row in ready if row.standing is standing]) for standing in Standing]
        said = ", ".join(
            f"{lower(STANDING_LABELS[standing])}: {two_digits(len(rows))}" for standing, rows in groups if rows
        )
        asks.append(
            f"Đề nghị {approver} phê duyệt phân loại đối với {two_digits(len(ready))} đơn vị theo Phụ lục II ({said})."
        )
    doubtful = [row for row in to_review(dossier.classes) if row.approved is None]
    decidable = [row for row in doubtful if Standing.UNDETERMINED not in (row.literal, row.at_least)]
    if decidable:
        asks.append(
            f"Đề nghị {approver} xem xét, quyết định loại của {two_digits(len(decidable))} đơn vị nêu tại mục II.2:"
            f" {_names(decidable)}."
        )
    incomplete = missing_of(dossier.classes)
    if incomplete:
        asks.append(f"Đề nghị {two_digits(len(incomplete))} đơn vị bổ sung số liệu chưa báo cáo: {_names(incomplete)}.")
    blocks: list[Block] = [Heading("V. KIẾN NGHỊ, ĐỀ NGHỊ", 1)]
    blocks += [text(f"{number}. {ask}") for number, ask in enumerate(asks, 1)]
    if not asks:
        blocks.append(text("Không có kiến nghị."))
    issuer = head.issuer_short or "đơn vị báo cáo"
    to = f", {issuer} báo cáo {head.addressee}" if head.addressee else ""
    blocks.append(text(f"Trên đây là báo cáo kết quả phân loại xã, phường, đặc khu năm {dossier.cycle}{to}./."))
    return blocks


def compose(dossier: Dossier) -> Document:
    """Return the report of a dossier: letterhead data, sections I-V, annexes I-III."""
    body = (
        *_opening(dossier),
        *_situation(dossier),
        *_results(dossier),
        *_hotspots(dossier),
        *_completeness(dossier),
        *_proposals(dossier),
    )
    subtitle = f"(Số liệu {_span(dossier)})"
    return Document(dossier, "BÁO CÁO", subtitle, body, annexes(dossier))
