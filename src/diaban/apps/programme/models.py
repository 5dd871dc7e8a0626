"""Tasks: who does what by when for which sentence of which plan, what was done each time, and the evidence of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from diaban.apps.agencies.models import Agency, Post
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.places.models import Unit
from diaban.apps.plans.models import Clause, Duty, Plan


class Task(models.Model):
    """A piece of work given to an agency (in a unit: the commune's; without one: the province's).

    A task falls due once (`due`) or once in every period of a regime (`regime`, `grain`): each time is a `Turn`.
    `parent` is the task of the level above that this one carries out. `state` is set by hand only: a task whose only
    turn is done is still `open` until somebody ends it. `current` is the earliest turn that still owes something, or
    the last turn when none does.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", _("Nhiệm vụ của kế hoạch")
        SHORTCOMING = "shortcoming", _("Khắc phục tồn tại, hạn chế")
        TRAINING = "training", _("Tập huấn, bồi dưỡng")
        TRANSFORMATION = "transformation", _("Chuyển hóa địa bàn")

    class State(models.TextChoices):
        OPEN = "open", _("Đang giao")
        ENDED = "ended", _("Đã kết thúc")
        CANCELLED = "cancelled", _("Đã thôi giao")

    code = models.CharField(max_length=24, unique=True)  # "NV-000123"
    ref = models.CharField(max_length=40, blank=True)  # the sender's own code of the workbook row that gave it
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.PLAN)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="tasks")
    duty = models.ForeignKey(Duty, null=True, on_delete=models.SET_NULL, related_name="tasks")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    title = models.CharField(max_length=400)
    words = models.TextField(blank=True)  # what exactly, and how: guidance to whoever carries it out
    product = models.CharField(max_length=300, blank=True)
    lead = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    from_above = models.BooleanField(default=False)  # the province gave it to the unit: only there is it judged, ended
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="tasks")
    phase = models.CharField(max_length=40, blank=True)  # of a transformation plan
    starts = models.DateField()
    due = models.DateField(null=True)  # of work that falls due once; empty with no regime: no deadline was set
    regime = models.CharField(max_length=20, blank=True)
    grain = models.CharField(max_length=10, blank=True)
    grace_days = models.SmallIntegerField(default=0)  # a recurring turn is due so many days after its period's last day
    ends = models.DateField(null=True)  # the last day on which a recurring task still falls due
    budget = models.BigIntegerField(null=True)  # đồng given
    spent = models.BigIntegerField(default=0)  # đồng, the sum of what its steps report
    current = models.ForeignKey("Turn", null=True, on_delete=models.SET_NULL, related_name="+")
    clauses = models.ManyToManyField(Clause, through="TaskClause", related_name="+")
    parties = models.ManyToManyField(Agency, through="TaskParty", related_name="+")
    search = models.TextField(blank=True)
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    closed_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(regime="") | Q(due__isnull=True), name="task_due_once_or_again"),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0), name="task_budget_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state"]),
            models.Index(fields=["lead", "state"]),
            models.Index(fields=["plan", "state"]),
            models.Index(fields=["ref"]),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def giver_id(self) -> int | None:
        """Return the id of the unit on whose level it was given; None: the province's."""
        return None if self.from_above else self.unit_id


class TaskClause(models.Model):
    """A sentence that a task carries out, by the clause's stem: it holds through every version of the plan."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="for_clauses")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="for_tasks")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "clause"], name="task_clause_once")]


class TaskParty(models.Model):
    """An agency that co-ordinates in a task."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="co")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "agency"], name="task_party_once")]


class Turn(models.Model):
    """One time that a task falls due. Its states and steps are those of `catalogue/workflows/task.yaml`."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="turns")
    seq = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=60, blank=True)  # the period's name, for work that comes again
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    due = models.DateField(null=True)  # as it stands, extensions included
    first_due = models.DateField(null=True)  # as it was first given
    state = models.CharField(max_length=12)
    final = models.BooleanField(default=False)  # nothing more is owed
    percent = models.PositiveSmallIntegerField(default=0)
    reported_on = models.DateField(null=True)  # the day the work was said to be done: what lateness goes by
    reported_by = models.CharField(max_length=150, blank=True)
    done_on = models.DateField(null=True)  # the day somebody else confirmed it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "seq"], name="turn_once"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="turn_percent"),
        ]
        indexes = [models.Index(fields=["final", "due"]), models.Index(fields=["task", "final"])]


class Step(models.Model):
    """One thing that happened to a turn: given, begun, progress, reported done, confirmed, sent back, dropped …"""

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="steps")
    seq = models.PositiveSmallIntegerField()
    verb = models.CharField(max_length=20)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    on = models.DateField()
    percent = models.PositiveSmallIntegerField(null=True)
    spent = models.BigIntegerField(null=True)
    words = models.TextField(blank=True)
    document = models.CharField(max_length=200, blank=True)
    recorded_by = models.CharField(max_length=150)
    in_name_of = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["turn", "seq"], name="step_once")]


class Evidence(models.Model):
    """What shows that work was done: a document's number, a file, a hot-spot of the register, a figure."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("Văn bản")
        FILE = "file", _("Tệp đính kèm")
        HOTSPOT = "hotspot", _("Điểm, tụ điểm trong sổ")
        FIGURE = "figure", _("Số liệu")

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.CharField(max_length=400)
    document = models.CharField(max_length=200, blank=True)
    document_on = models.DateField(null=True)
    hotspot = models.ForeignKey(Hotspot, null=True, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    measure = models.CharField(max_length=40, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    file_type = models.CharField(max_length=80, blank=True)
    file_size = models.PositiveIntegerField(default=0)
    file_digest = models.CharField(max_length=64, blank=True)
    file_data = models.BinaryField(null=True)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "evidence"


class Extension(models.Model):
    """More time asked for a turn, and what was decided."""

    class Decision(models.TextChoices):
        WAITING = "waiting", _("Chờ quyết định")
        GRANTED = "granted", _("Đồng ý")
        REFUSED = "refused", _("Không đồng ý")
        WITHDRAWN = "withdrawn", _("Đã rút")

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="extensions")
    until = models.DateField()
    reason = models.CharField(max_length=500)
    asked_by = models.CharField(max_length=150)
    asked_in_name_of = models.CharField(max_length=150, blank=True)  # who lent the role under which it was asked
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.WAITING)
    granted_until = models.DateField(null=True)
    decided_reason = models.CharField(max_length=500, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["turn"], condition=Q(decision="waiting"), name="extension_one_waiting"),
            models.CheckConstraint(
                condition=Q(decision="waiting") | Q(decided_at__isnull=False), name="extension_decided_when"
            ),
            models.CheckConstraint(
                condition=Q(decision="waiting") | ~Q(decided_by=F("asked_by")) | Q(decision="withdrawn"),
                name="extension_four_eyes",
            ),
        ]

    @property
    def askers(self) -> frozenset[str]:
        """Return who asked: whoever did, and in whose name. None of them decides."""
        return frozenset(name for name in (self.asked_by, self.asked_in_name_of) if name)
