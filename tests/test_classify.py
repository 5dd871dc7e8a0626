"""The stateless main job: a file in, classes and a dossier out, or every error and nothing written."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from typer.testing import CliRunner, Result

from diaban.adapters.workbooks import CLASSIFICATION, write_template
from diaban.classify import Rejected, classify_file, make_dossier
from diaban.cli import build
from diaban.core.dossier import Standing, read_dossier
from dossiers import UNITS

COLUMNS = (
    "unit_code",
    "population",
    "persons",
    "persons_exempt",
    "points",
    "arrested",
    "resident_offenders",
    "wanted_hiding",
    "plants",
    "plant_m2",
    "route",
)
QUIET = ("20000", "0", "0", "0", "0", "0", "0", "0", "0", "")


def line(code: str, **values: str) -> dict[str, str]:
    """Return a row of a commune with nothing to report but what is given."""
    return dict(zip(COLUMNS, (code, *QUIET), strict=True)) | values


def csv_text(rows: list[dict[str, str]], separator: str = ",", columns: tuple[str, ...] = COLUMNS) -> str:
    return (
        "\n".join([separator.join(columns), *(separator.join(row.get(c, "") for c in columns) for row in rows)]) + "\n"
    )


def write(folder: Path, text: str, name: str = "xa.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(build(stateless=True), ["classify", *map(str, arguments)])


def as_json(path: Path, *more: str) -> list[dict[str, Any]]:
    result = run(path, "--cycle", "2026", "--format", "json", *more)
    assert result.exit_code == 0, result.output
    return [json.loads(item) for item in result.stdout.splitlines()]


# The cases of the rule, as a police officer reads them: population 20.000 unless said.
CASES: tuple[tuple[Mapping[str, str], str | None, str | None], ...] = (
    ({"persons": "110", "points": "2", "arrested": "22"}, "I", "I"),
    ({"persons": "110", "points": "1", "arrested": "12"}, None, "II"),
    ({"persons": "60", "arrested": "6"}, "III", "III"),
    ({"persons": "40", "points": "1", "route": "intra"}, "II", "II"),
    ({"persons": "110", "points": "2", "route": "inter"}, "I", "I"),
    ({"persons": "100", "arrested": "20"}, None, "III"),
    ({"plants": "400", "plant_m2": "800"}, None, "III"),
)


def test_classes_of_the_rule(tmp_path: Path) -> None:
    rows = [line(code, **values) for code, (values, _, _) in zip(UNITS, CASES, strict=False)]
    found = as_json(write(tmp_path, csv_text(rows)))
    assert [(item["literal"], item["at_least"]) for item in found] == [(a, b) for _, a, b in CASES]
    assert [item["unit_code"] for item in found] == [row["unit_code"] for row in rows]
    assert found[0]["criteria_met"] == ["I.a", "I.b", "I.c"]
    assert set(found[0]) == {
        "unit_code",
        "literal",
        "at_least",
        "criteria_met",
        "drug_free",
        "conflicts",
        "missing",
        "distance",
    }


def test_drug_free_conflict_and_not_known(tmp_path: Path) -> None:
    rows = [
        line("26506"),
        line("26526", persons="5", persons_exempt="5"),
        line("26536", persons="5", persons_exempt=""),
        line("26542", persons="", points="1"),
    ]
    nothing, treated, unknown, not_free = as_json(write(tmp_path, csv_text(rows)))
    assert (nothing["literal"], nothing["drug_free"], nothing["missing"]) == (None, True, [])
    assert (treated["literal"], treated["drug_free"]) == ("III", True)
    assert treated["conflicts"]
    assert unknown["drug_free"] is None
    assert unknown["missing"] == ["persons_exempt"]
    assert not_free["drug_free"] is False
    assert "persons" in not_free["missing"]


def test_an_empty_cell_is_never_zero(tmp_path: Path) -> None:
    (whole, part) = as_json(write(tmp_path, csv_text([line("26506"), line("26526", persons="", arrested="")])))
    assert whole["drug_free"] is True
    assert part["drug_free"] is None
    assert part["literal"] is None


def test_without_population_there_is_no_class(tmp_path: Path) -> None:
    (item,) = as_json(write(tmp_path, csv_text([line("26506", population="", persons="110", points="2")])))
    assert item["literal"] is None
    assert "population" in item["missing"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_separators_and_any_order_of_columns(tmp_path: Path, encoding: str, separator: str) -> None:
    columns = (*reversed(COLUMNS), "ghi_chu")
    path = write(tmp_path, csv_text([line("26506", persons="60", arrested="6")], separator, columns), encoding=encoding)
    result = run(path, "--cycle", "2026", "--format", "json")
    assert json.loads(result.stdout)["literal"] == "III"
    assert "ghi_chu" in result.stderr  # an extra column is reported
    assert "ghi_chu" not in result.stdout


def test_every_error_at_once_and_nothing_written(tmp_path: Path) -> None:
    rows = [
        line("26506", persons="-1"),
        line("26526", population="hai mươi"),
        line("26506"),
        line("26536", route="cao tốc"),
        line("", points="1"),
        line("26542", arrested="1.5"),
        line("26508"),
    ]
    path, out = write(tmp_path, csv_text(rows)), tmp_path / "out"
    result = run(path, "--cycle", "2026", "-o", out)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert not out.exists()
    with pytest.raises(Rejected) as caught:
        classify_file(path, 2026)
    found = {(problem.row, problem.column): problem for problem in caught.value.problems}
    assert set(found) == {
        (2, "persons"),
        (3, "population"),
        (4, "unit_code"),
        (5, "route"),
        (6, "unit_code"),
        (7, "arrested"),
        (8, "unit_code"),
    }
    assert "dòng 2" in str(found[4, "unit_code"].why)
    assert "Phường Vũng Tàu" in str(found[8, "unit_code"].why)  # an old code says what it became
    assert found[3, "population"].value == "hai mươi"
    assert all(str(problem.accepted) for problem in found.values())
    for word in ("persons", "hai mươi", "cao tốc", "26508"):
        assert word in result.stderr


def test_thousands_are_understood_only_where_they_are_plain(tmp_path: Path) -> None:
    (item,) = as_json(write(tmp_path, csv_text([line("26506", population="20.000", persons="1.100")], ";")))
    assert item["criteria_met"] == ["I.a"]
    for number in ("20,000", "1,234,567", "20 nghìn", "2e4"):
        path = write(tmp_path, csv_text([line("26506", population=number)], ";"))
        assert run(path, "--cycle", "2026", "--format", "json").exit_code == 2, number


def test_an_unknown_code_is_classified_with_a_warning(tmp_path: Path) -> None:
    result = run(
        write(tmp_path, csv_text([line("00004", persons="60", arrested="6")])), "--cycle", "2026", "--format", "json"
    )
    assert result.exit_code == 0
    assert json.loads(result.stdout)["unit_code"] == "00004"
    assert json.loads(result.stdout)["literal"] == "III"
    assert "00004" in result.stderr


def test_the_units_are_those_of_the_cycles_last_day(tmp_path: Path) -> None:
    # 26508 (Phường Thắng Tam) ended on 1/7/2025: not in the cycle that ends on 14/12/2025.
    path = write(tmp_path, csv_text([line("26508")]))
    with pytest.raises(Rejected):
        classify_file(path, 2025)


def test_xlsx_template_gives_the_same_as_csv(tmp_path: Path) -> None:
    values = {"population": 20_000, "persons": 60, "persons_exempt": 0, "points": 0, "arrested": 6,
              "resident_offenders": 1, "wanted_hiding": 0, "plants": 0, "plant_m2": 0}  # fmt: skip
    book = tmp_path / "xa.xlsx"
    book.write_bytes(write_template(CLASSIFICATION, [{"unit_code": "26506", **values, "route": "intra"}]))
    text = write(tmp_path, csv_text([line("26506", persons="60", arrested="6", resident_offenders="1", route="intra")]))
    assert as_json(book) == as_json(text)
    assert classify_file(book, 2026).made_from == classify_file(text, 2026).made_from


def test_part_of_a_square_metre_is_more_than_nothing(tmp_path: Path) -> None:
    rows = [line("26506", plant_m2="0,4"), line("26526", plant_m2="124,9"), line("26536", plant_m2="125,2")]
    found = as_json(write(tmp_path, csv_text(rows, ";")))
    assert [item["criteria_met"] for item in found] == [["III.c"], ["III.c"], ["II.d"]]


def thirty(tmp_path: Path) -> Path:
    rows = [line(code, persons=str(5 * n), arrested=str(n % 7)) for n, code in enumerate(UNITS)]
    rows[3] |= {"persons": "", "arrested": "0"}
    return write(tmp_path, csv_text(rows))


def test_the_dossier_of_the_thirty_communes(tmp_path: Path) -> None:
    out = tmp_path / "hồ sơ"
    result = run(thirty(tmp_path), "--cycle", "2026", "-o", out)
    assert result.exit_code == 0, result.output
    assert "Đặc khu Côn Đảo" in result.stdout
    names = {path.name for path in out.iterdir()}
    assert {"ho-so-2026-phu-luc.xlsx", "ho-so-2026-bao-cao.docx", "ho-so-2026.json"} <= names
    report = Document(str(out / "ho-so-2026-bao-cao.docx"))
    words = "\n".join(item.text for item in report.paragraphs)
    assert "có 30 đơn vị hành chính cấp xã (11 phường, 18 xã, 01 đặc khu)" in words
    assert "30 xã, phường, đặc khu thuộc Thành phố Hồ Chí Minh" in words
    assert "Phường Phước Thắng: chưa báo cáo số người nghiện" in words
    sheet = openpyxl.load_workbook(out / "ho-so-2026-phu-luc.xlsx")["Phụ lục II"]
    assert {cell.value for cell in sheet["B"]} >= set(UNITS.values())
    made = read_dossier(json.loads((out / "ho-so-2026.json").read_text(encoding="utf-8")))
    assert len(made.classes) == len(made.workings) == 30
    assert made.workings[0].rows[0].article == "Điều 4 khoản 1 điểm a"
    assert made.hotspots is None


def test_same_figures_same_bytes(tmp_path: Path) -> None:
    path = thirty(tmp_path)
    for name in ("mot", "hai"):
        assert run(path, "--cycle", "2026", "-o", tmp_path / name).exit_code == 0
    one = {item.name: item.read_bytes() for item in (tmp_path / "mot").iterdir()}
    assert one == {item.name: item.read_bytes() for item in (tmp_path / "hai").iterdir()}
    assert zipfile.is_zipfile(tmp_path / "mot" / "ho-so-2026-phu-luc.xlsx")


def test_without_typst_the_rest_is_written_and_the_reason_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    result = run(thirty(tmp_path), "--cycle", "2026", "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert "diaban[reports]" in result.stderr
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_a_dossier_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "ho-so-2026-phu-luc.xlsx").mkdir(parents=True)
    result = run(thirty(tmp_path), "--cycle", "2026", "-o", out)
    assert result.exit_code == 2
    assert "ho-so-2026-phu-luc.xlsx" in result.stderr
    assert [item.name for item in out.iterdir()] == ["ho-so-2026-phu-luc.xlsx"]


def test_the_province_is_judged_only_when_the_file_is_said_to_hold_all_of_it(tmp_path: Path) -> None:
    result = classify_file(thirty(tmp_path), 2026)
    assert make_dossier(result).province is None
    whole = make_dossier(result, province="tỉnh thử").province
    assert whole is not None
    assert whole.needed == 4
    assert "tỉnh thử" in whole.conclusion
    # One commune did not report its persons; what the others reported is over the threshold already.
    assert whole.rows[0].literal is True and whole.rows[0].number.startswith("ít nhất ")


def test_settings_and_letterhead(tmp_path: Path) -> None:
    path = write(tmp_path, csv_text([line("26506", persons="0")]))
    assert as_json(path, "--setting", "zero_counts=true")[0]["literal"] == "III"
    result = run(path, "--cycle", "2026", "--format", "json", "--setting", "mau=do")
    assert result.exit_code == 2
    assert "reading" in result.stderr  # says what there is
    head = tmp_path / "dau.yaml"
    head.write_text('issuer: "Công an tỉnh Thử"\nsymbol: CAT\nrecipients: ["Như trên"]\n', encoding="utf-8")
    out = tmp_path / "out"
    assert run(path, "--cycle", "2026", "-o", out, "--letterhead", head).exit_code == 0
    assert "CÔNG AN TỈNH THỬ" in Document(str(out / "ho-so-2026-bao-cao.docx")).tables[0].rows[0].cells[0].text
    head.write_text("mau: do\n", encoding="utf-8")
    assert run(path, "--cycle", "2026", "-o", out, "--letterhead", head).exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "Tệp rỗng"), ("a,b\n1,2\n", "mã cột"), (csv_text([]), "không có dòng")],
    ids=["empty", "strange", "no rows"],
)
def test_a_file_that_is_no_workbook_is_refused_with_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    result = run(write(tmp_path, text), "--cycle", "2026", "--format", "json")
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_missing_file_and_a_cycle_without_rules(tmp_path: Path) -> None:
    assert run(tmp_path / "khong-co.csv", "--cycle", "2026").exit_code == 2
    result = run(write(tmp_path, csv_text([line("26506")])), "--cycle", "1990")
    assert result.exit_code == 2
    assert result.stderr.startswith("Lỗi:")


def test_standings_of_the_dossier(tmp_path: Path) -> None:
    rows = [line("26506"), line("26526", points="1"), line("26536", persons="")]
    made = make_dossier(classify_file(write(tmp_path, csv_text(rows)), 2026))
    assert [row.literal for row in made.classes] == [Standing.DRUG_FREE, Standing.NEITHER, Standing.UNDETERMINED]


def test_template_is_written_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "mau.xlsx"
    result = CliRunner().invoke(build(stateless=True), ["template", "classification", "-o", str(path)])
    assert result.exit_code == 0
    assert [cell.value for cell in openpyxl.load_workbook(path).worksheets[0][2]][:2] == ["unit_code", "unit_name"]
    assert CliRunner().invoke(build(stateless=True), ["template", "gi-do"]).exit_code == 2


def test_it_never_loads_django(tmp_path: Path) -> None:
    code = (
        "import sys; from diaban.cli import build; from typer.testing import CliRunner;"
        f"r = CliRunner().invoke(build(stateless=True), ['classify', {str(thirty(tmp_path))!r}, '--cycle', '2026',"
        f" '-o', {str(tmp_path / 'out')!r}]); assert r.exit_code == 0, r.output;"
        "print([m for m in sys.modules if m.split('.')[0] == 'django'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_csv_row_with_a_cell_too_many_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("unit_code,population,points\n26506,20000,1,7\n26545,17000,2,\n", encoding="utf-8")
    with pytest.raises(Rejected) as caught:
        classify_file(path, 2026)
    (problem,) = caught.value.problems
    assert (problem.row, problem.value) == (2, "7") and "1 ô thừa" in str(problem.why)
