"""The dry run of a boundary file: whom its features belong to on a day, and all that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from diaban.adapters.geometry import Feature, Problem, Severity, check_coverage, read_geojson
from diaban.adapters.geometry.read import MAX_BYTES
from diaban.apps.places.models import Boundary
from diaban.apps.places.queries.area import current_roots
from diaban.apps.places.queries.register import Known, known
from diaban.core.messages import N_, say
from diaban.core.units import Snapshot, Spell, UnknownCode
from diaban.core.units.territory import territory

_LEVELS = ("commune", "district", "province")


@dataclass(frozen=True)
class BoundaryReport:
    """What an import would do. `matched` is the feature of each unit (uid) of day `valid_from`."""

    valid_from: date
    features: tuple[Feature, ...]
    matched: Mapping[str, Feature]
    problems: tuple[Problem, ...]
    properties: tuple[str, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Return what forbids storing the file."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Return what a person must accept before the file is stored."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.WARNING)


def check_boundaries(
    data: bytes, *, valid_from: date, code_property: str = "code", name_property: str = "", max_bytes: int = MAX_BYTES
) -> BoundaryReport:
    """Return everything an import of the file as of `valid_from` would meet, without storing anything.

    Raises `adapters.geometry.MapsMissing` where the coverage cannot be checked.
    """
    read = read_geojson(data, code_property=code_property, name_property=name_property, max_bytes=max_bytes)
    problems = list(read.problems)
    matched: dict[str, Feature] = {}
    left_out: list[Problem] = []
    if read.features:
        held = known()
        snapshot = held.register.snapshot(valid_from)
        matched = _match(held, snapshot, read.features, valid_from, problems)
        left_out = list(_left_out(held, snapshot, matched, valid_from))
        problems += left_out
        problems += check_coverage(read.features)
    # What must be mended first comes first; a missing unit is often meant, an overlap never is.
    absent = {id(problem) for problem in left_out}
    problems.sort(key=lambda problem: (problem.severity is not Severity.ERROR, id(problem) in absent))
    return BoundaryReport(valid_from, read.features, matched, tuple(problems), read.properties)


def _match(
    held: Known, snapshot: Snapshot, features: tuple[Feature, ...], valid_from: date, problems: list[Problem]
) -> dict[str, Feature]:
    matched: dict[str, Feature] = {}
    for feature in features:
        if not feature.code:
            continue  # named already when the file was read
        spells = sorted(snapshot.with_code(feature.code), key=lambda spell: _LEVELS.index(spell.level))
        if spells:
            matched[spells[0].unit] = feature
        else:
            problems.append(_unknown(held, feature, valid_from))
    return matched


def _unknown(held: Known, feature: Feature, valid_from: date) -> Problem:
    try:
        held.register.by_code(feature.code, valid_from)
        raise AssertionError(feature.code)  # the caller found no unit with this code
    except UnknownCode as unknown:
        return Problem(
            Severity.ERROR,
            "unknown_code",
            feature.label,
            unknown.message,
            say(N_("Kiểm tra ngày hiệu lực và tên thuộc tính chứa mã; hoặc bỏ đối tượng này khỏi tệp.")),
        )


def _left_out(held: Known, snapshot: Snapshot, matched: Mapping[str, Feature], valid_from: date) -> list[Problem]:
    """Return a warning for each unit that the file should have had: of its level, in the working area or beside it."""
    present = set(matched)
    spells = [snapshot.units[uid] for uid in present]
    if not spells:
        return []
    # A layer of communes holds the district without communes too, so the level of most features is the layer's.
    level = max(_LEVELS, key=lambda name: sum(spell.level == name for spell in spells))
    expected = _expected(held, snapshot, spells, level, valid_from)
    return [
        Problem(
            Severity.WARNING,
            "left_out",
            f"{spell.code} {spell.name}",
            say(N_("Đơn vị này không có trong tệp.")),
            say(N_("Bổ sung vào tệp; nếu vẫn nhập, bản đồ vẽ đơn vị này bằng lược đồ.")),
        )
        for spell in expected
        if spell.unit not in present
    ]


def _expected(held: Known, snapshot: Snapshot, present: list[Spell], level: str, valid_from: date) -> list[Spell]:
    def fits(spell: Spell) -> bool:
        return spell.level == level or (level == "commune" and not snapshot.children(spell.unit))

    roots = current_roots()
    area = territory(held.register, roots, valid_from) if roots else set()
    if any(spell.unit in area for spell in present):
        return [spell for spell in snapshot.spells if spell.unit in area and fits(spell)]
    parents = {spell.parent for spell in present}
    return [spell for spell in snapshot.spells if spell.parent in parents and fits(spell)]


@dataclass(frozen=True, slots=True)
class Layer:
    """Outlines stored together: how many, from when, of what quality, from where."""

    valid_from: date
    quality: str
    source: str
    units: int

    @property
    def quality_label(self) -> str:
        """Return the quality in words."""
        return str(Boundary.Quality(self.quality).label)


def layers() -> list[Layer]:
    """Return the imported layers, newest first."""
    rows = (
        Boundary.objects.values("valid_from", "quality", "source")
        .annotate(units=Count("pk"))
        .order_by("-valid_from", "source", "quality")
    )
    return [Layer(row["valid_from"], row["quality"], row["source"], row["units"]) for row in rows]
