"""Batches of imported rows: what came, what it would change, what it changed, so that it can be taken back exactly."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from diaban.apps.jobs.models import Run
from diaban.apps.places.models import Unit


class Batch(models.Model):
    """One uploaded file and all that became of it."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Đã nhận tệp")
        REFUSED = "refused", _("Không nhận được")
        CHECKED = "checked", _("Đã kiểm tra")
        APPLIED = "applied", _("Đã ghi")
        UNDONE = "undone", _("Đã hoàn tác")
        DISCARDED = "discarded", _("Đã bỏ")

    class Mode(models.TextChoices):
        ALL = "all", _("Tất cả hoặc không dòng nào")
        VALID = "valid", _("Chỉ các dòng hợp lệ")

    number = models.CharField(max_length=20, unique=True)
    sheet = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    options = models.JSONField(default=dict)
    legacy = models.CharField(max_length=8, blank=True)  # the old encoding that the person asked to convert
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    refusal = models.JSONField(null=True)  # a sentence, packed
    offered_legacy = models.CharField(max_length=8, blank=True)
    sheet_name = models.CharField(max_length=100, blank=True)  # in the workbook
    ignored = models.JSONField(default=list)  # headings that the template does not know
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    error_rows = models.PositiveIntegerField(default=0)
    problem_count = models.PositiveIntegerField(default=0)
    units: models.ManyToManyField[Unit, Any] = models.ManyToManyField(Unit, related_name="+")  # whose rows it holds
    mode = models.CharField(max_length=6, choices=Mode.choices, blank=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    applied_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-at"]), models.Index(fields=["sheet", "state"])]

    def __str__(self) -> str:
        return self.number

    @property
    def is_busy(self) -> bool:
        """Whether long work on this batch waits or runs."""
        return self.run is not None and not self.run.is_over

    @property
    def rows_read(self) -> int:
        return self.new + self.changed + self.same + self.error_rows

    @property
    def to_write(self) -> int:
        return self.new + self.changed


class BatchRow(models.Model):
    """One row that is new or changes something. `before` is what stood there (None: nothing), `after` what stands."""

    class Action(models.TextChoices):
        NEW = "new", _("Thêm mới")
        CHANGED = "changed", _("Sửa")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # row number in the file
    key = models.CharField(max_length=200)
    action = models.CharField(max_length=8, choices=Action.choices)
    before = models.JSONField(null=True)
    after = models.JSONField()
    act = models.JSONField(default=dict)  # cells that tell of the act: document, decider

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "key"], name="batch_row_once")]
        indexes = [models.Index(fields=["batch", "action", "number"])]


class BatchPart(models.Model):
    """Rows `first` to `last` were written together; `image` is what the register needs to take them back."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="parts")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    image = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "first"], name="batch_part_once")]


class BatchProblem(models.Model):
    """One cell (or row) of the file that cannot be taken. The sentences are packed, to be said in any language."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=120, blank=True)
    why = models.JSONField()
    accepted: models.JSONField[Any, Any] = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "row"]), models.Index(fields=["batch", "column", "row"])]
