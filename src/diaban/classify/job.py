"""Classify the figures of one file and compose its dossier."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from errno import EISDIR
from os import strerror
from pathlib import Path
from typing import Any

from diaban.catalogue.letterheads_loader import letterhead_for
from diaban.catalogue.rulesets_loader import cycle as cycle_period
from diaban.catalogue.rulesets_loader import ruleset_for
from diaban.catalogue.units_loader import load_province
from diaban.classify.reading import COUNTS, PROVINCE, Declared, Sheet, read_file
from diaban.core.dossier import Dossier, Letterhead, canonical_json
from diaban.core.dossier.build import (
    Subject,
    class_row,
    completeness,
    province_assessment,
    rule_ref,
    with_previous,
    working,
)
from diaban.core.messages import N_, Message, say
from diaban.core.periods import Period
from diaban.core.rules import Assessment, RuleSet, evaluate, to_json
from diaban.core.rules.model import Settings


@dataclass(frozen=True, slots=True)
class Unit:
    """One classified commune."""

    declared: Declared
    assessment: Assessment

    def as_json(self) -> dict[str, Any]:
        """Return the object that `--format json` prints."""
        return to_json(self.assessment, self.declared.code)


@dataclass(frozen=True, slots=True)
class Result:
    """What one file gave: the communes in its order, what to know about it, and what a dossier needs."""

    units: tuple[Unit, ...]
    warnings: tuple[Message, ...]
    period: Period
    ruleset: RuleSet
    settings: Settings = field(default_factory=dict)

    def json_lines(self) -> Iterator[str]:
        """Yield one JSON object per unit."""
        for unit in self.units:
            yield json.dumps(unit.as_json(), ensure_ascii=False)

    @property
    def made_from(self) -> str:
        """Return the SHA-256 of the figures, the rule set and the settings: equal figures from any file are equal."""
        rows = {
            unit.declared.code: [*(getattr(unit.declared.figures, name) for name in COUNTS), *_last(unit.declared)]
            for unit in self.units
        }
        text = json.dumps([self.ruleset.id, dict(self.settings), rows], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _last(declared: Declared) -> tuple[int | None, str]:
    return declared.figures.plant_m2, declared.figures.route or ""


def classify_file(path: Path, cycle: int, settings: Settings | None = None) -> Result:
    """Read and classify `path` for the cycle that ends on 14/12 of `cycle`.

    Raises `Rejected` with every problem of the file, `RuleError` for an unknown setting or a cycle without rules.
    """
    period = cycle_period(cycle)
    ruleset = ruleset_for(cycle)
    chosen = dict(settings or {})
    ruleset.resolve(chosen)
    sheet: Sheet = read_file(path, period.last_day)
    units = tuple(Unit(row, evaluate(ruleset, row.figures, chosen)) for row in sheet.rows)
    return Result(units, sheet.warnings, period, ruleset, chosen)


def _province_name(result: Result) -> tuple[str, str]:
    """Return code and name of the one province in which all units of the file lie, or two empty texts."""
    register = load_province(PROVINCE).register
    found: Counter[tuple[str, str]] = Counter()
    for unit in result.units:
        spell = unit.declared.spell
        above = register.ancestors(spell.unit, result.period.last_day) if spell else ()
        found.update((item.code, item.name) for item in above if item.level == "province")
    if len(found) == 1 and sum(found.values()) == len(result.units):
        return next(iter(found))
    return "", ""


def make_dossier(result: Result, *, letterhead: Letterhead | None = None, province: str = "") -> Dossier:
    """Return the dossier of a file. `province` names the province whose communes are all in the file, if they are.

    Last year's classes, self-assessments, decisions and hot-spots are not in the file; the dossier says so.
    """
    ordered = sorted(result.units, key=lambda unit: unit.declared.code)
    subjects = [Subject(unit.declared.code, unit.declared.name, unit.assessment) for unit in ordered]
    rows = tuple(with_previous(class_row(subject), None, "chưa có số liệu") for subject in subjects)
    code, name = _province_name(result)
    where = province or (f"{len(rows)} xã, phường, đặc khu thuộc {name}" if name else "")
    year, period = result.period.year, result.period
    notes = ["Loại năm trước, loại tự đánh giá và quyết định phê duyệt không có trong tệp số liệu."]
    unknown = [unit.declared.name for unit in ordered if unit.declared.spell is None]
    if unknown:
        notes.append(f"Mã đơn vị không có trong danh mục, chưa đối chiếu được tên: {'; '.join(unknown)}.")
    return Dossier(
        cycle=year,
        first_day=period.start,
        last_day=period.last_day,
        period_label=str(period.label),
        territory=f"địa bàn {where}" if where else "địa bàn các xã, phường, đặc khu nêu tại Phụ lục II",
        title=f"Kết quả phân loại xã, phường, đặc khu trọng điểm phức tạp về ma túy năm {year}",
        letterhead=letterhead or letterhead_for(code, period.last_day),
        rule=rule_ref(result.ruleset, result.settings),
        classes=rows,
        workings=tuple(working(subject) for subject in subjects),
        completeness=completeness(subjects),
        province=province_assessment(province, rows, result.ruleset, result.settings) if province else None,
        notes=tuple(notes),
        made_from=result.made_from,
    )


def write_dossier(dossier: Dossier, folder: Path) -> tuple[list[Path], Message | None]:
    """Write XLSX, DOCX, PDF and the snapshot into `folder`; return the paths, and why there is no PDF if there is none.

    Everything is made before anything is written, every file appears whole, and none appears before all of them fit on
    the disk; a failure leaves nothing half written.
    """
    # Heavy writers, loaded only when a dossier is wanted: `--format json` answers in half the time.
    from diaban.adapters.documents import PdfUnavailable, annexes_xlsx, report_docx, report_pdf

    stem = f"ho-so-{dossier.cycle}"
    made = {
        f"{stem}-phu-luc.xlsx": annexes_xlsx(dossier),
        f"{stem}-bao-cao.docx": report_docx(dossier),
        f"{stem}.json": canonical_json(dossier).encode("utf-8"),
    }
    problem: Message | None = None
    try:
        made[f"{stem}-bao-cao.pdf"] = report_pdf(dossier)
    except PdfUnavailable as missing:
        problem = missing.message
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in sorted(made)]
    for path in paths:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, strerror(EISDIR), str(path))
    partials = [path.with_name(f".{path.name}.part") for path in paths]
    try:
        for path, partial in zip(paths, partials, strict=True):
            partial.write_bytes(made[path.name])
        for path, partial in zip(paths, partials, strict=True):
            partial.replace(path)
    finally:
        for partial in partials:
            partial.unlink(missing_ok=True)
    return paths, problem


def summary(result: Result) -> Message:
    """Return one sentence with the counts under both readings."""
    literal = Counter(unit.assessment.literal for unit in result.units)
    at_least = Counter(unit.assessment.at_least for unit in result.units)
    return say(
        N_("{n} đơn vị. Loại I/II/III, đọc đúng từng chữ: {a}; mức cao gồm mức thấp: {b}."),
        n=len(result.units),
        a="/".join(str(literal[item]) for item in ("I", "II", "III")),
        b="/".join(str(at_least[item]) for item in ("I", "II", "III")),
    )
