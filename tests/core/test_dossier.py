"""The frozen dossier: one byte form, honest figures, sentences that say what the rows say."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.core.dossier import (
    Dossier,
    FlowRow,
    Letterhead,
    Standing,
    canonical_json,
    compose,
    digest,
    plain,
    read_dossier,
)
from diaban.core.dossier.document import Heading, Kind, Paragraph, Rate, Table, written
from diaban.core.dossier.figures import class_counts, clear, decisions, flow_total, moved, to_review, unit_kinds
from diaban.core.dossier.writing import long_day, millipercent, rate, two_digits
from dossiers import HOTSPOTS, class_rows, dossier

TESTS = Path(__file__).parent.parent


def body_text(made: Dossier) -> str:
    """Return every word of the report's body."""
    words = []
    for block in compose(made).body:
        if isinstance(block, Heading):
            words.append(block.text)
        elif isinstance(block, Paragraph):
            words.extend(run.text for run in block.runs)
        else:
            words.extend(
                written(column.kind, cell)
                for row in block.rows
                for column, cell in zip(block.columns, row, strict=True)
            )
    return "\n".join(words)


def test_a_dossier_comes_back_from_its_json() -> None:
    made = dossier()
    assert read_dossier(json.loads(canonical_json(made))) == made


def test_equal_dossiers_have_equal_bytes_and_any_change_shows() -> None:
    assert digest(dossier()) == digest(dossier())
    other = replace(dossier(), classes=(replace(class_rows()[0], points=4), *class_rows()[1:]))
    assert digest(other) != digest(dossier())


def test_digest_is_the_same_in_processes_that_hash_differently() -> None:
    code = f"import sys; sys.path[:0] = {[str(TESTS), str(TESTS.parent / 'src')]!r}; from dossiers import dossier;"
    code += "from diaban.core.dossier import digest; print(digest(dossier()))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {digest(dossier()) + "\n"}


def test_unknown_fields_and_newer_schemas_are_refused() -> None:
    data = plain(dossier())
    with pytest.raises(ValueError, match="colour"):
        read_dossier({**data, "colour": "red"})
    with pytest.raises(ValueError, match="newer"):
        read_dossier({**data, "schema": 99})
    with pytest.raises(ValueError, match="cycle"):
        read_dossier({**data, "cycle": "2026"})


def test_floats_cannot_enter() -> None:
    with pytest.raises(TypeError):
        plain(replace(dossier(), number=1.5))  # type: ignore[arg-type]


@given(st.integers(0, 10**6), st.integers(1, 10**7), st.integers(1, 1000))
def test_a_rate_below_a_threshold_is_never_printed_as_the_threshold(part: int, whole: int, per_mille: int) -> None:
    shown = millipercent(part, whole)
    assert shown is not None
    threshold = per_mille * 100  # thousandths of a percent
    assert (shown >= threshold) == (part * 1000 >= whole * per_mille)


def test_numbers_and_days_as_papers_write_them() -> None:
    assert rate(110, 20_000) == "0,550"
    assert rate(None, 20_000) == "chưa báo cáo"
    assert two_digits(5) == "05"
    assert two_digits(1234) == "1.234"
    assert long_day(date(2027, 1, 5), 2026) == "ngày 05 tháng 01 năm 2027"
    assert long_day(date(2026, 12, 15), 2026) == "ngày 15 tháng 12 năm 2026"
    assert long_day(date(2026, 3, 9), 2026) == "ngày 09 tháng 3 năm 2026"
    assert "năm 2026" in long_day(None, 2026)


def test_missing_is_said_and_never_zero() -> None:
    assert written(Kind.COUNT, None) == "chưa báo cáo"
    assert written(Kind.RATE, Rate(None, 5)) == "chưa báo cáo"
    assert written(Kind.COUNT, 0) == "0"


def test_counts_by_class() -> None:
    counts = {item.standing: item for item in class_counts(dossier())}
    assert counts[Standing.I].literal == 1
    assert (counts[Standing.II].literal, counts[Standing.II].at_least) == (0, 1)
    assert counts[Standing.I].approved == 1
    assert all(item.previous is None for item in counts.values())
    assert sum(item.literal for item in counts.values()) == 30


def test_every_doubtful_commune_is_reviewed_and_none_of_them_is_proposed() -> None:
    rows = class_rows()
    doubtful = [row.unit_name for row in to_review(rows)]
    assert doubtful == ["Phường Tam Thắng", "Phường Rạch Dừa", "Phường Phước Thắng", "Xã Long Sơn"]
    assert not {row.unit_name for row in clear(rows)} & set(doubtful)
    assert "Phường Vũng Tàu" not in {row.unit_name for row in clear(rows)}  # approved already


def test_previous_year_is_compared_only_where_it_can_be() -> None:
    rows = tuple(replace(row, previous=Standing.III, previous_note="", approved=Standing.II) for row in class_rows())
    assert len(moved(rows)) == 30
    assert class_counts(replace(dossier(), classes=rows))[2].previous == 30
    said = body_text(dossier())
    assert "So với năm 2025: không so sánh được đối với 29 đơn vị" in said


def test_unit_kinds() -> None:
    assert unit_kinds(class_rows()) == {"phường": 11, "xã": 18, "đặc khu": 1}
    assert unit_kinds([replace(class_rows()[0], unit_name="Đơn vị 123")]) is None


def test_report_names_both_readings_conflicts_gaps_and_what_is_missing() -> None:
    said = body_text(dossier())
    assert "Phường Tam Thắng: đọc đúng từng chữ: không thuộc loại trọng điểm, chưa đạt không ma túy;" in said
    assert "đạt mức cao thì coi như đạt mức thấp: loại II (tiêu chí đạt: I.a, II.b, II.c)" in said
    assert "Phường Rạch Dừa: vừa đạt loại III, vừa đạt “không ma túy”" in said
    assert "Phường Phước Thắng (tiêu chí đạt: II.b)" in said
    assert "Xã Long Sơn: chưa báo cáo số người nghiện" in said
    assert "chưa báo cáo số người nghiện" in said
    assert "Đã phê duyệt theo Quyết định số 5012/QĐ-UBND ngày 18/12/2026: 01 đơn vị." in said


def test_flow_identity_is_written_out_and_a_gap_is_said() -> None:
    said = body_text(dossier())
    assert "3 (đầu kỳ) + 2 (mới) + 1 (tái phức tạp) − 2 (triệt xóa) − 0 (đưa ra) = 4 (cuối kỳ), khớp" in said
    broken = replace(dossier(), flows=(FlowRow("Điểm phức tạp", 2, 1, 0, 1, 0, 3),))
    assert "CHƯA KHỚP" in body_text(broken)
    assert "“Điểm phức tạp”: tính được 2, sổ theo dõi có 3" in body_text(broken)


@given(st.lists(st.tuples(*[st.integers(0, 50)] * 5), max_size=5))
def test_the_total_balances_when_every_kind_does(kinds: list[tuple[int, ...]]) -> None:
    rows = [
        FlowRow("x", opening, new, again, min(gone, opening + new + again), 0, 0, moved=shift)
        for opening, new, again, gone, shift in kinds
    ]
    rows = [replace(row, closing=row.expected) for row in rows]
    assert flow_total(rows).balanced


def test_without_a_register_the_report_says_so() -> None:
    said = body_text(replace(dossier(), hotspots=None, flows=()))
    assert "không có sổ theo dõi điểm, tụ điểm" in said
    assert "đầu kỳ" not in said.lower()


def test_numbers_in_the_summary_come_from_the_rows() -> None:
    fewer = replace(dossier(), classes=class_rows()[5:12])
    said = body_text(fewer)
    assert "có 07 đơn vị hành chính cấp xã" in said
    assert "Không có đơn vị nào phải xem xét riêng." in said


def test_decisions_are_grouped() -> None:
    rows = tuple(
        replace(row, approved=Standing.III, decision_number=number, decision_date=date(2026, 12, 18))
        for row, number in zip(class_rows()[5:8], ("1/QĐ-UBND", "2/QĐ-UBND", "1/QĐ-UBND"), strict=True)
    )
    assert [(item.number, len(item.rows)) for item in decisions(rows)] == [("1/QĐ-UBND", 2), ("2/QĐ-UBND", 1)]


def test_a_dossier_without_letterhead_still_reads() -> None:
    said = body_text(replace(dossier(), letterhead=Letterhead()))
    assert "Đề nghị cấp có thẩm quyền phê duyệt" in said
    assert said.rstrip().endswith("./.")


def test_every_commune_and_hotspot_stands_in_the_annexes() -> None:
    first, second, third = compose(dossier()).annexes
    assert [annex.number for annex in (first, second, third)] == ["I", "II", "III"]
    assert (first.landscape, second.landscape, third.landscape) == (True, True, False)
    (hotspots,) = [block for block in first.blocks if isinstance(block, Table)]
    (classes,) = [block for block in second.blocks if isinstance(block, Table)]
    assert len(hotspots.rows) == len(HOTSPOTS)
    assert [row[1] for row in classes.rows] == [row.unit_name for row in class_rows()]
    assert sum(isinstance(block, Table) for block in third.blocks) == 30
