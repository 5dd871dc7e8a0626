"""The transformation of one locality: its plan, phases, answers, the tasks given for it, the way it went."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from diaban.apps.choosing.models import Choice
from diaban.apps.localities.models import Cycle, LocalityClass, Readable
from diaban.apps.places.models import Unit
from diaban.apps.programme.models import Task

LIVE = ("draft", "approved", "doing", "maintaining")


class Transformation(models.Model):
    """The plan to transform a commune. States and steps are those of `catalogue/transformation/plan.yaml`.

    `baseline` is what was known when the plan was made: figures by code, frozen; `baseline_class` the decided class of
    `baseline_cycle` ("unknown" where there was none). Only a lighter class decided at a later review is success.
    """

    code = models.CharField(max_length=20, unique=True)  # "CH-0001"
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    choice = models.ForeignKey(Choice, null=True, on_delete=models.PROTECT, related_name="transformations")
    table = models.CharField(max_length=40)  # version of the table of states
    state = models.CharField(max_length=12)
    baseline_cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="+")
    baseline_class = models.CharField(max_length=8, choices=LocalityClass.choices, default=LocalityClass.UNKNOWN)
    baseline = models.JSONField(default=dict, encoder=Readable)
    starts = models.DateField()
    approved_number = models.CharField(max_length=200, blank=True)
    approved_on = models.DateField(null=True)
    maintained_since = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(state__in=LIVE), name="transformation_one_live_in_a_unit"
            )
        ]
        indexes = [models.Index(fields=["unit", "state"])]

    def __str__(self) -> str:
        return self.code

    @property
    def live(self) -> bool:
        """Tell whether it still goes on."""
        return self.state in LIVE


class Phase(models.Model):
    """The days of a phase; a phase that has no row has no days yet."""

    transformation = models.ForeignKey(Transformation, on_delete=models.CASCADE, related_name="phases")
    code = models.CharField(max_length=20)
    starts = models.DateField()
    last_day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transformation", "code"], name="transformation_phase_once"),
            models.CheckConstraint(condition=Q(last_day__gte=F("starts")), name="transformation_phase_not_empty"),
        ]


class Answer(models.Model):
    """What the plan says to a question of the table: about the place, never about persons."""

    transformation = models.ForeignKey(Transformation, on_delete=models.CASCADE, related_name="answers")
    prompt = models.CharField(max_length=20)
    text = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transformation", "prompt"], name="transformation_answer_once")]


class Work(models.Model):
    """A task given for a transformation, in one of its phases."""

    transformation = models.ForeignKey(Transformation, on_delete=models.PROTECT, related_name="works")
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="transformation_work")
    phase = models.CharField(max_length=20)

    class Meta:
        indexes = [models.Index(fields=["transformation", "phase"])]


class Comparison(models.Model):
    """A commune that is watched beside the transformed one: alike before, and not chosen."""

    transformation = models.ForeignKey(Transformation, on_delete=models.CASCADE, related_name="comparisons")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    distance = models.FloatField(null=True)  # standard deviations; see `core.choosing.comparison`

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transformation", "unit"], name="transformation_compared_once")]


class Passage(models.Model):
    """One step of the plan's way; rows are never changed."""

    transformation = models.ForeignKey(Transformation, on_delete=models.CASCADE, related_name="passages")
    seq = models.PositiveSmallIntegerField()
    verb = models.CharField(max_length=12)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    on = models.DateField()
    document = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=150)
    in_name_of = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transformation", "seq"], name="transformation_passage_once")]
