"""Plays every worked case under cases/*.yaml: files a police officer can read and add to."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from diaban.catalogue.rulesets_loader import ruleset_for
from diaban.core.rules import Assessment, CommuneFigures, ProvinceFigures, evaluate, to_json

CASES = Path(__file__).parent / "cases"

FIGURES = {
    "nhân khẩu": "population",
    "người có hồ sơ": "persons",
    "được trừ": "persons_exempt",
    "điểm": "points",
    "bị bắt": "arrested",
    "cư trú vi phạm": "resident_offenders",
    "truy nã lẩn trốn": "wanted_hiding",
    "cây": "plants",
    "diện tích": "plant_m2",
    "người nghiện": "dependent",
    "tụ điểm": "gatherings",
    "tổng số xã": "communes",
    "xã loại I và II": "key_communes",
}
ROUTES = {"nội tỉnh": "intra", "liên tỉnh": "inter"}
READINGS = {"đúng từng chữ": "literal", "mức cao gồm mức thấp": "at_least"}
TRUTH = {"đạt": True, "chưa đạt": False, "chưa rõ": None}
KEYS = {"tên", "kỳ", "số liệu", "thiết lập", "kết quả mong đợi", "điều khoản"}
EXPECTED = {
    *READINGS,
    "tiêu chí đạt",
    "không ma túy",
    "cần xem xét",
    "lưu ý",
    "chưa báo cáo",
    "khoảng cách",
    "tên gọi",
    "câu có",
}


def load() -> list[Any]:
    """Return one parameter per case, named by file and place in it."""
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for number, case in enumerate(document["trường hợp"], start=1):
            found.append(pytest.param(path.stem, document["bộ tiêu chí"], case, id=f"{path.stem}-{number:02d}"))
    return found


def figures_of(stem: str, declared: dict[str, Any]) -> CommuneFigures | ProvinceFigures:
    """Return the figures of a case; what the case leaves out is zero, as the head of each file says."""
    kind: type[CommuneFigures] | type[ProvinceFigures] = CommuneFigures
    defaults = {"population": 20_000}
    if stem.endswith("tinh"):
        kind, defaults = ProvinceFigures, {"population": 14_000_000, "communes": 168}
    names = [spec.name for spec in fields(kind) if spec.name not in {"route", "sources", "within"}]
    values: dict[str, Any] = {name: defaults.get(name, 0) for name in names}
    for title, value in declared.items():
        if title == "tuyến":
            values["route"] = ROUTES[value]
        else:
            assert FIGURES[title] in names, f"{title}: không có ở cấp này"
            values[FIGURES[title]] = None if value == "chưa báo cáo" else value
    return kind(**values)


def shown(assessment: Assessment, reading: str) -> str:
    """Return the class the way the case files write it."""
    outcome = assessment.outcomes[reading]  # type: ignore[index]
    if not outcome.certain:
        return "chưa rõ"
    return outcome.klass or "không loại"


@pytest.mark.parametrize(("stem", "ruleset_id", "case"), load())
def test_case(stem: str, ruleset_id: str, case: dict[str, Any]) -> None:
    assert set(case) <= KEYS
    assert {"tên", "kỳ", "số liệu", "kết quả mong đợi", "điều khoản"} <= set(case)
    expected = case["kết quả mong đợi"]
    assert expected, "một trường hợp phải mong đợi điều gì đó"
    assert set(expected) <= EXPECTED
    ruleset = ruleset_for(case["kỳ"])
    assert ruleset.id == ruleset_id, "bộ tiêu chí chọn theo ngày cuối kỳ"
    assessment = evaluate(ruleset, figures_of(stem, case["số liệu"]), case.get("thiết lập"))
    plain = to_json(assessment, "1")

    for title, reading in READINGS.items():
        if title in expected:
            assert shown(assessment, reading) == expected[title], title
    if "tiêu chí đạt" in expected:
        assert plain["criteria_met"] == expected["tiêu chí đạt"]
    if "không ma túy" in expected:
        assert plain["drug_free"] is TRUTH[expected["không ma túy"]]
    if "cần xem xét" in expected:
        assert plain["conflicts"] == expected["cần xem xét"]
    if "lưu ý" in expected:
        assert list(dict.fromkeys(note.code for note in assessment.notes)) == expected["lưu ý"]
    if "chưa báo cáo" in expected:
        assert plain["missing"] == [FIGURES[title] for title in expected["chưa báo cáo"]]
    if "tên gọi" in expected:
        assert str(assessment.standing.label) == expected["tên gọi"]
    if "câu có" in expected:
        assert expected["câu có"] in "\n".join(str(message) for message in assessment.explain())
    for title, targets in expected.get("khoảng cách", {}).items():
        for target, changes in targets.items():
            found = dict(plain["distance"][READINGS[title]][target])
            assert found.pop("sentence")
            assert found == {FIGURES[name]: delta for name, delta in changes.items()}, (title, target)


def test_every_article_of_the_law_is_played() -> None:
    played = {code for param in load() for code in param.values[2]["kết quả mong đợi"].get("tiêu chí đạt", ())}
    written = {
        criterion.code
        for scheme in (ruleset_for(2026).commune, ruleset_for(2026).province)
        if scheme is not None
        for criterion in scheme.criteria
    }
    assert written <= played
