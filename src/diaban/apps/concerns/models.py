"""Issues that units and departments raise, to whom, what was answered, and how long it took. No persons."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from diaban.apps.agencies.models import Agency
from diaban.apps.places.models import Unit
from diaban.apps.plans.models import Clause
from diaban.apps.programme.models import Task

NO_NAMES: Final = _("Không ghi tên, số định danh của người; không ghi nội dung chuyên án, biện pháp nghiệp vụ.")


class Topic(models.TextChoices):
    LAW = "law", _("Văn bản, thẩm quyền")
    MEANS = "means", _("Nhân lực, kinh phí, phương tiện")
    TOGETHER = "together", _("Phối hợp giữa các cơ quan")
    PLACES = "places", _("Địa bàn, điểm, tụ điểm")
    CARE = "care", _("Cai nghiện, hỗ trợ, quản lý sau cai")
    FIGURES = "figures", _("Số liệu, báo cáo, phần mềm")
    OTHER = "other", _("Việc khác")


class Concern(models.Model):
    """One issue. `unit` empty: raised by an agency of the province (`raiser`). State and days repeat its steps.

    `due` is the day by which whoever has it now must answer; `first_due` that by which the raiser was first owed an
    answer: forwarding does not move it.
    """

    code = models.CharField(max_length=16, unique=True)  # "VM-000123"
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    raiser = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=10, choices=Topic.choices)
    subject = models.CharField(max_length=200)
    words = models.TextField()
    document = models.CharField(max_length=200, blank=True)
    addressed = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    clause = models.ForeignKey(Clause, null=True, on_delete=models.PROTECT, related_name="concerns")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="concerns")
    state = models.CharField(max_length=12)
    final = models.BooleanField(default=False)
    forwards = models.PositiveSmallIntegerField(default=0)
    raised_on = models.DateField()
    receive_by = models.DateField(null=True)  # empty once received
    due = models.DateField(null=True)  # empty while nobody owes an answer
    first_due = models.DateField()
    first_answered_on = models.DateField(null=True)
    answered_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    raised_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    search = models.CharField(max_length=400)  # folded code and subject

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(final=False) | Q(closed_on__isnull=False), name="concern_final_has_a_day"
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"]), models.Index(fields=["addressed", "final", "due"])]

    def __str__(self) -> str:
        return self.code


class ConcernStep(models.Model):
    """One thing said or done about an issue. Rows are never changed."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="steps")
    seq = models.PositiveSmallIntegerField()
    verb = models.CharField(max_length=12)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    on = models.DateField()
    words = models.TextField(blank=True)
    document = models.CharField(max_length=200, blank=True)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")  # addressed from here on
    due = models.DateField(null=True)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["concern", "seq"], name="concern_step_once")]
