"""The communes that a person must look at before their class is approved, each under the reason."""

from __future__ import annotations

from collections.abc import Iterable

from diaban.core.dossier.document import Block, Heading, text
from diaban.core.dossier.snapshot import STANDING_LABELS, ClassRow, Dossier, Standing
from diaban.core.dossier.writing import two_digits

LITERAL = "đọc đúng từng chữ"
AT_LEAST = "đạt mức cao thì coi như đạt mức thấp"


def lower(label: str) -> str:
    """Return a label as it stands inside a sentence."""
    return label[:1].lower() + label[1:]


def review_blocks(dossier: Dossier) -> list[Block]:
    """Return section II.2. Readings and conflicts are told of every commune, gaps only while nothing is approved."""
    rows = dossier.classes
    open_rows = [row for row in rows if row.approved is None]
    groups = (
        (
            f"Hai cách đọc cho kết quả khác nhau (“{LITERAL}” và “{AT_LEAST}”)",
            [_readings(row) for row in rows if row.readings_differ],
        ),
        (
            "Tiêu chí mâu thuẫn nhau",
            [f"{row.unit_name}{_approved(row)}: {' '.join(row.conflicts)}" for row in rows if row.conflicts],
        ),
        (
            "Khoảng hở của quy định: không thuộc loại trọng điểm, chưa đạt không ma túy",
            [f"{row.unit_name} ({_met(row)})" for row in open_rows if row.literal is row.at_least is Standing.NEITHER],
        ),
        (
            "Chưa xác định được loại",
            [
                f"{row.unit_name}: {_lacks(row, len(dossier.completeness))}"
                for row in open_rows
                if Standing.UNDETERMINED in (row.literal, row.at_least)
            ],
        ),
    )
    blocks: list[Block] = [Heading("2. Đơn vị cần xem xét trước khi phê duyệt", 2)]
    letters = iter("abcd")
    for title, lines in groups:
        if lines:
            blocks.append(Heading(f"{next(letters)}) {title}: {two_digits(len(lines))} đơn vị", 3))
            blocks += [text(f"- {line.rstrip('.')}.") for line in lines]
    if len(blocks) == 1:
        blocks.append(text("Không có đơn vị nào phải xem xét riêng."))
    return blocks


def _readings(row: ClassRow) -> str:
    literal, at_least = lower(STANDING_LABELS[row.literal]), lower(STANDING_LABELS[row.at_least])
    return f"{row.unit_name}{_approved(row)}: {LITERAL}: {literal}; {AT_LEAST}: {at_least} ({_met(row)})"


def _met(row: ClassRow) -> str:
    return f"tiêu chí đạt: {', '.join(row.criteria_met) or 'không'}"


def _approved(row: ClassRow) -> str:
    return f" (đã duyệt: {lower(STANDING_LABELS[row.approved])})" if row.approved else ""


def _lacks(row: ClassRow, asked: int) -> str:
    if not row.missing:
        return "chưa đủ căn cứ, vì quy định hoặc thiết lập chưa có ngưỡng áp dụng"
    if asked and len(row.missing) >= asked:
        return "chưa báo cáo chỉ tiêu nào"
    return f"chưa báo cáo {', '.join(map(lower, row.missing))}"


def missing_of(rows: Iterable[ClassRow]) -> list[ClassRow]:
    """Return the communes that have not reported every figure."""
    return [row for row in rows if row.missing]
