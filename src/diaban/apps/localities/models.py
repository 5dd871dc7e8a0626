"""Localities in a yearly cycle: what was declared, what the law makes of it, what was decided, with history."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from diaban.apps.places.models import Unit


class Readable(json.JSONEncoder):
    """JSON with Vietnamese letters as they are: half the size of escapes, and legible in the database."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**(options | {"ensure_ascii": False}))


class LocalityClass(models.TextChoices):
    """The class of a commune, heaviest first."""

    I = "I", _("Trọng điểm loại I")  # noqa: E741
    II = "II", _("Trọng điểm loại II")
    III = "III", _("Trọng điểm loại III")
    NONE = "none", _("Không thuộc loại trọng điểm, chưa đạt không ma túy")
    FREE = "free", _("Không ma túy")
    UNKNOWN = "unknown", _("Chưa xác định")


class Stage(models.TextChoices):
    """How far a standing has gone."""

    PROPOSAL = "proposal", _("Đề xuất")
    SELF_ASSESSED = "self", _("Đã tự đánh giá")
    APPRAISED = "appraised", _("Đã thẩm định")
    DECIDED = "decided", _("Đã quyết định")


class RouteKind(models.TextChoices):
    """Whether the unit lies on a key route (Điều 3 QĐ 28/2025/QĐ-TTg); empty in the database means not reported."""

    NONE = "none", _("Không nằm trên tuyến trọng điểm")
    INTRA = "intra", _("Nằm trên tuyến trọng điểm nội tỉnh")
    INTER = "inter", _("Nằm trên tuyến trọng điểm liên tỉnh")


class Origin(models.TextChoices):
    """Where a declared figure came from."""

    FORM = "form", _("Nhập tại biểu")
    WORKBOOK = "workbook", _("Nhập từ bảng tính")
    REGISTER = "register", _("Lấy theo sổ")


class Cycle(models.Model):
    """The review of one year: 15/12 of the year before to 14/12. Closed, its figures and decisions no longer change.

    `settings` holds the choices that no public text makes (how zero counts, which reading is proposed …): each was
    set by the province and is shown as "do đơn vị đặt".
    """

    class State(models.TextChoices):
        OPEN = "open", _("Đang nhập số liệu")
        APPRAISING = "appraising", _("Đang thẩm định")
        CLOSED = "closed", _("Đã khóa")

    year = models.PositiveSmallIntegerField(unique=True)
    first_day = models.DateField()
    last_day = models.DateField()
    ruleset = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    settings = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    computed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gt=F("first_day")), name="cycle_not_empty"),
        ]

    def __str__(self) -> str:
        return str(self.year)


class Declaration(models.Model):
    """The figures that stand for a unit in a cycle. Empty means not reported, never none.

    Stocks (persons, points, population, route) are those of the cycle's last day; flows (arrested, plants) those of
    the whole cycle. `persons` counts each person with a management file once, whether dependent or using.
    The three `exempt_…` counts are the persons that Điều 6.1 sets aside.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="declarations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    population = models.PositiveIntegerField(null=True)
    population_as_of = models.DateField(null=True)
    population_source = models.CharField(max_length=200, null=True)
    persons_dependent = models.PositiveIntegerField(null=True)
    persons_using = models.PositiveIntegerField(null=True)
    persons = models.PositiveIntegerField(null=True)
    exempt_substitution = models.PositiveIntegerField(null=True)
    exempt_rehab = models.PositiveIntegerField(null=True)
    exempt_post_rehab = models.PositiveIntegerField(null=True)
    persons_exempt = models.PositiveIntegerField(null=True)
    points = models.PositiveIntegerField(null=True)
    gatherings = models.PositiveIntegerField(null=True)  # asked for only by QĐ 3122/2010/QĐ-BCA
    arrested = models.PositiveIntegerField(null=True)
    resident_offenders = models.PositiveIntegerField(null=True)
    wanted_hiding = models.PositiveIntegerField(null=True)
    plants = models.PositiveIntegerField(null=True)
    plant_m2 = models.PositiveIntegerField(null=True)
    route = models.CharField(max_length=5, choices=RouteKind.choices, null=True)
    declared_by = models.CharField(max_length=200)  # a post or an agency, not a person
    declared_at = models.DateTimeField()
    document = models.CharField(max_length=120, blank=True)  # number of the report that carried the figures

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "unit"], name="declaration_once")]


class DeclarationChange(models.Model):
    """One figure set or corrected. The last change of a figure is its provenance; rows are never edited.

    `adjustment` marks a change made after the cycle's cut-off.
    """

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="changes")
    figure = models.CharField(max_length=24)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    declared_by = models.CharField(max_length=200)
    document = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    adjustment = models.BooleanField(default=False)
    batch = models.CharField(max_length=40, blank=True, db_index=True)  # the import that carried it
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["declaration", "figure", "at"])]


class Standing(models.Model):
    """A unit in a cycle: the class that follows from the figures, and what people made of it.

    `proposal` is the whole working as it was computed, `digest` the hash of its canonical JSON: the same figures
    under the same rule set give the same digest. The columns beside it repeat what lists filter on.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="standings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.PROPOSAL)

    proposal = models.JSONField(default=dict, encoder=Readable)
    digest = models.CharField(max_length=64, blank=True)
    brief = models.JSONField(default=dict)  # what lists show of `proposal`, so that they need not load it
    ruleset = models.CharField(max_length=60, blank=True)
    computed_at = models.DateTimeField(null=True)
    proposed_class = models.CharField(max_length=8, choices=LocalityClass.choices, default=LocalityClass.UNKNOWN)
    literal_class = models.CharField(max_length=8, choices=LocalityClass.choices, default=LocalityClass.UNKNOWN)
    at_least_class = models.CharField(max_length=8, choices=LocalityClass.choices, default=LocalityClass.UNKNOWN)
    conflict_count = models.PositiveSmallIntegerField(default=0)
    missing_count = models.PositiveSmallIntegerField(default=0)

    self_class = models.CharField(max_length=8, choices=LocalityClass.choices, blank=True)
    self_note = models.TextField(blank=True)
    self_digest = models.CharField(max_length=64, blank=True)  # of the proposal that lay before the assessor
    self_by = models.CharField(max_length=150, blank=True)
    self_in_name_of = models.CharField(max_length=150, blank=True)  # who had delegated it; empty: their own act
    self_at = models.DateTimeField(null=True)
    appraised_class = models.CharField(max_length=8, choices=LocalityClass.choices, blank=True)
    appraisal_note = models.TextField(blank=True)
    appraised_digest = models.CharField(max_length=64, blank=True)
    appraised_by = models.CharField(max_length=150, blank=True)
    appraised_in_name_of = models.CharField(max_length=150, blank=True)
    appraised_at = models.DateTimeField(null=True)
    decision = models.ForeignKey("Decision", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "unit"], name="standing_once")]
        indexes = [models.Index(fields=["cycle", "stage"]), models.Index(fields=["cycle", "proposed_class"])]


class Decision(models.Model):
    """A numbered decision on the class of one unit. Only another numbered decision takes its place."""

    class Listing(models.TextChoices):
        """What the decision does to the list of key localities (Điều 9)."""

        IN = "in", _("Đưa vào danh sách")
        STAY = "stay", _("Giữ trong danh sách")
        OUT = "out", _("Đưa ra khỏi danh sách")
        OFF = "off", _("Không thuộc danh sách")

    standing = models.ForeignKey(Standing, on_delete=models.PROTECT, related_name="decisions")
    number = models.CharField(max_length=60)
    date = models.DateField()
    decided_class = models.CharField(max_length=8, choices=LocalityClass.choices)
    listing = models.CharField(max_length=4, choices=Listing.choices)
    reason = models.TextField(blank=True)
    proposed_class = models.CharField(max_length=8, choices=LocalityClass.choices)
    proposal = models.JSONField(default=dict, encoder=Readable)  # the working that lay before the decider
    digest = models.CharField(max_length=64)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    by = models.CharField(max_length=150)
    in_name_of = models.CharField(max_length=150, blank=True)  # who had delegated it; empty: their own act
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["standing", "number"], name="decision_number_once_per_standing"),
            models.CheckConstraint(
                condition=Q(proposed_class=F("decided_class")) | ~Q(reason=""), name="decision_differs_with_reason"
            ),
            models.CheckConstraint(condition=~Q(decided_class="unknown"), name="decision_says_something"),
        ]
