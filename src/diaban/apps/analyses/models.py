"""Questions put to the registers, their answers as they were given, alerts with what people found, proposals."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from diaban.apps.hotspots.models import NO_PERSONAL_DATA, Hotspot
from diaban.apps.jobs.models import Run
from diaban.apps.places.models import Unit


class Question(models.TextChoices):
    """What an officer asks; the plain words are the pages' titles."""

    SCAN = "scan", _("Có gì mới nổi lên ở đâu?")
    HEAT = "heat", _("Chỗ nào nóng hơn hẳn xung quanh?")
    KNOX = "knox", _("Vụ việc có kéo theo vụ việc gần đó?")
    WATCH = "watch", _("Điểm đã triệt xóa có trở lại?")
    EVALUATE = "evaluate", _("Việc đã làm có tác dụng hay chỉ đẩy sang chỗ khác?")


class Counted(models.TextChoices):
    """How events are counted: each at its own place, or as one number for a commune."""

    POINTS = "points", _("Từng vụ theo tọa độ")
    COMMUNES = "communes", _("Số vụ của từng xã")


class Analysis(models.Model):
    """One question as it was put, and its answer. `unit` empty: of the whole working area.

    `settings` are those of `diaban.analysis.settings` (an exact round trip), `document` the answer with its sentences
    kept as templates, so that either language can read it. `level`, `headline` repeat the document for lists.
    `left_out` tells how many events could not be used and why. `wished_seed` is the seed that was asked for; `seed` the
    one that was used. The answer belongs to whoever sees all of `unit`: see `queries.visible_analyses`.
    """

    code = models.CharField(max_length=16, unique=True)  # "PT-000123"
    question = models.CharField(max_length=10, choices=Question.choices)
    counted = models.CharField(max_length=10, choices=Counted.choices, default=Counted.POINTS)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    hotspot = models.ForeignKey(Hotspot, null=True, on_delete=models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField()  # included
    sources = models.CharField(max_length=60)  # codes of hotspots.Source, joined by commas
    kinds = models.CharField(max_length=200, blank=True)  # codes of IncidentKind, joined by commas; empty: all
    settings = models.JSONField(default=dict)
    wished_seed = models.BigIntegerField(null=True)
    seed = models.BigIntegerField(null=True)
    level = models.CharField(max_length=10, blank=True)
    headline = models.JSONField(null=True)
    document = models.JSONField(null=True)
    events = models.PositiveIntegerField(null=True)
    left_out = models.JSONField(default=dict)
    where = models.JSONField(default=list)  # for each row of the findings: [[uid of a commune, events there], …]
    digest = models.CharField(max_length=64, blank=True)  # sha256 of the data
    repeats = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="repeated_by")
    job = models.OneToOneField(Run, null=True, on_delete=models.PROTECT, related_name="+")
    weekly = models.BooleanField(default=False)  # asked by the house, not by a person
    asked_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="analysis_span")]
        indexes = [models.Index(fields=["unit", "created_at"]), models.Index(fields=["question", "created_at"])]

    def __str__(self) -> str:
        return self.code

    @property
    def source_codes(self) -> tuple[str, ...]:
        """The sources that were asked for."""
        return tuple(self.sources.split(",")) if self.sources else ()

    @property
    def kind_codes(self) -> tuple[str, ...]:
        """The kinds of incident that were asked for; empty for all."""
        return tuple(self.kinds.split(",")) if self.kinds else ()


class Proposal(models.Model):
    """A person put a row of an answer into the register of hot-spots. Nothing else ever does."""

    analysis = models.ForeignKey(Analysis, on_delete=models.PROTECT, related_name="proposals")
    row = models.PositiveSmallIntegerField()  # index in the findings
    hotspot = models.OneToOneField(Hotspot, on_delete=models.PROTECT, related_name="+")
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["analysis", "row"], name="proposal_once_a_row")]


class AlertKind(models.TextChoices):
    CLUSTER = "cluster", _("Cụm mới nổi lên")
    RETURN = "return", _("Điểm đã triệt xóa có dấu hiệu trở lại")
    COMMUNE = "commune", _("Số vụ của xã cao hơn thường lệ")


class Alert(models.Model):
    """Something that was higher than chance makes it. `key` names what it is about, so that it is raised once.

    `state` repeats its steps (`catalogue/alerts/steps.yaml`). `unit` empty: it touches several communes.
    """

    code = models.CharField(max_length=16, unique=True)  # "BD-000123"
    kind = models.CharField(max_length=10, choices=AlertKind.choices)
    key = models.CharField(max_length=120)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    hotspot = models.ForeignKey(Hotspot, null=True, on_delete=models.PROTECT, related_name="+")
    analysis = models.ForeignKey(Analysis, on_delete=models.PROTECT, related_name="alerts")
    row = models.PositiveSmallIntegerField(null=True)  # index in the findings
    headline = models.JSONField()  # a sentence kept as its template
    observed = models.FloatField(null=True)
    expected = models.FloatField(null=True)
    state = models.CharField(max_length=10)
    final = models.BooleanField(default=False)
    raised_on = models.DateField()
    checked_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(final=False), name="alert_open_once"),
            models.CheckConstraint(condition=Q(final=False) | Q(closed_on__isnull=False), name="alert_final_has_a_day"),
        ]
        indexes = [models.Index(fields=["unit", "state"]), models.Index(fields=["final", "raised_on"])]

    def __str__(self) -> str:
        return self.code


class AlertStep(models.Model):
    """One thing done about an alert. Rows are never changed."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="steps")
    seq = models.PositiveSmallIntegerField()
    verb = models.CharField(max_length=12)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    on = models.DateField()
    words = models.TextField(blank=True, help_text=NO_PERSONAL_DATA)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "seq"], name="alert_step_once")]


class AlarmRate(models.Model):
    """How many false alarms a year the whole area puts up with ("do đơn vị đặt"); the newest row is in force."""

    false_alarms_per_year = models.FloatField()
    sources = models.CharField(max_length=60)  # which sources the weekly run looks at
    document = models.CharField(max_length=200, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(false_alarms_per_year__gt=0) & Q(false_alarms_per_year__lte=52), name="alarm_rate_in_bounds"
            )
        ]
