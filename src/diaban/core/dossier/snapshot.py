"""The frozen figures of one dossier: everything a page of the report may say, and nothing that it could look up later.

A renderer reads only these types. Counts are whole numbers; `None` is "chưa báo cáo" and is never zero. Texts are
Vietnamese, as they stand in official papers: a dossier is a Vietnamese document whatever the language of the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

SCHEMA = 1


class Standing(StrEnum):
    """What a commune is under one reading of the rule."""

    I = "I"  # noqa: E741 - the law's own name of the class
    II = "II"
    III = "III"
    DRUG_FREE = "drug_free"
    NEITHER = "neither"  # no key class, and not drug-free either: the rule leaves it unnamed
    UNCLASSED = "unclassed"  # no key class, under a rule that knows no "không ma túy"
    UNDETERMINED = "undetermined"  # figures are missing that could change the answer


KEY_CLASSES = (Standing.I, Standing.II, Standing.III)

STANDING_LABELS = {
    Standing.I: "Loại I",
    Standing.II: "Loại II",
    Standing.III: "Loại III",
    Standing.DRUG_FREE: "Không ma túy",
    Standing.NEITHER: "Không thuộc loại trọng điểm, chưa đạt không ma túy",
    Standing.UNCLASSED: "Không thuộc loại trọng điểm",
    Standing.UNDETERMINED: "Chưa xác định",
}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who issues the report, to whom, and who signs: all of it set by the issuing unit, none of it law."""

    parent: str = ""  # cơ quan chủ quản, in capitals; may be empty
    issuer: str = ""  # tên cơ quan ban hành, in capitals
    issuer_short: str = ""  # as the sentences name it: "Công an tỉnh"
    symbol: str = ""  # after "BC-": "CAT"
    place: str = ""  # địa danh before the date
    addressee: str = ""  # "Kính gửi"; empty: the line is left out
    recipients: tuple[str, ...] = ()  # nơi nhận, without the last line
    archive: str = "VT"  # what stands after "Lưu:"
    authority: str = ""  # "TM. …", "KT. GIÁM ĐỐC"; may be empty
    position: str = ""  # "GIÁM ĐỐC"
    signer: str = ""  # name; empty: left blank for the signature
    approver: str = ""  # who approves the classes, as a sentence names it: "Ủy ban nhân dân tỉnh"


@dataclass(frozen=True, slots=True)
class RuleRef:
    """The rule set under which the classes were computed."""

    id: str
    title: str  # "Quyết định số 28/2025/QĐ-TTg ngày 24/8/2025 của Thủ tướng Chính phủ"
    settings: tuple[str, ...] = ()  # settings and assumptions used, one sentence each


@dataclass(frozen=True, slots=True)
class HotspotRow:
    """One line of annex "danh sách điểm, tụ điểm"."""

    code: str
    name: str
    address: str
    unit_code: str
    unit_name: str
    kind: str  # điểm nguy cơ | điểm phức tạp | tụ điểm phức tạp | điểm tổ chức, chứa chấp
    behaviours: str
    listed_on: date | None
    basis: str
    lead_agency: str
    state: str
    eliminated_on: date | None
    reformed: int  # times it came back
    note: str = ""


@dataclass(frozen=True, slots=True)
class FlowRow:
    """The hot-spots of one kind over the period: opening + new + re-formed - eliminated - removed = closing.

    `moved` is what came in less what went out by a move of place, a change of kind or a merge.
    """

    kind: str
    opening: int
    new: int
    reformed: int
    eliminated: int
    removed: int
    closing: int
    moved: int = 0

    @property
    def expected(self) -> int:
        """Return what the closing number must be."""
        return self.opening + self.new + self.reformed - self.eliminated - self.removed + self.moved

    @property
    def balanced(self) -> bool:
        return self.expected == self.closing


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One line of annex "phân loại xã": the declared figures of a commune and what follows from them."""

    unit_code: str
    unit_name: str
    population: int | None
    persons: int | None
    points: int | None
    arrested: int | None
    plants: int | None
    plant_m2: int | None
    route: str | None  # "": on none; "intra"; "inter"; None: not reported
    literal: Standing
    at_least: Standing
    drug_free: bool | None
    criteria_met: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()  # sentences
    missing: tuple[str, ...] = ()  # names of the figures not reported
    persons_exempt: int | None = None
    resident_offenders: int | None = None
    wanted_hiding: int | None = None
    dependent: int | None = None  # of `persons`, where the source keeps them apart
    using: int | None = None
    population_as_of: date | None = None
    population_source: str = ""
    previous: Standing | None = None  # last cycle's approved class
    previous_note: str = ""  # why there is none: "không so sánh được", "chưa có"
    self_assessed: Standing | None = None
    approved: Standing | None = None
    decision_number: str = ""
    decision_date: date | None = None

    @property
    def readings_differ(self) -> bool:
        return self.literal is not self.at_least

    @property
    def standing(self) -> Standing | None:
        """Return the approved class, else the proposed one where both readings agree, else None."""
        if self.approved is not None:
            return self.approved
        return None if self.readings_differ else self.literal


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion of a working: what was asked, what was found, where it is written."""

    code: str  # "I.a"
    criterion: str
    number: str
    threshold: str
    article: str
    literal: bool | None  # met, with the bands read as written; None: cannot be known from the figures given
    at_least: bool | None  # met, with a higher level taken to include the lower ones


@dataclass(frozen=True, slots=True)
class Working:
    """How the class of one commune was reached."""

    unit_code: str
    unit_name: str
    rows: tuple[CriterionRow, ...]
    conclusion: tuple[str, ...] = ()
    distance: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProvinceAssessment:
    """The province's own criteria (QĐ 28/2025, Điều 5): how many are met and how many are needed."""

    territory: str
    rows: tuple[CriterionRow, ...]
    needed: int
    conclusion: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many units reported one figure, and which did not."""

    figure: str
    reported: int
    total: int
    missing_units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """One frozen dossier of a classification cycle (15/12 of the year before to 14/12)."""

    cycle: int
    first_day: date
    last_day: date
    period_label: str
    territory: str  # what the rows cover: "địa bàn tỉnh …"
    title: str  # trích yếu
    letterhead: Letterhead
    rule: RuleRef
    classes: tuple[ClassRow, ...]
    workings: tuple[Working, ...]
    completeness: tuple[Completeness, ...]
    hotspots: tuple[HotspotRow, ...] | None = None  # None: the source holds no register of hot-spots
    flows: tuple[FlowRow, ...] = ()
    province: ProvinceAssessment | None = None
    number: int | None = None  # số văn bản; None: left blank
    issued_on: date | None = None
    issue: int = 1  # which issue of this cycle's dossier
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    made_from: str = ""  # SHA-256 of the inputs
    schema: int = SCHEMA
