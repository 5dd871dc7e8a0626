"""Choosing localities to transform: the weights that a province set, and the dossiers of what was chosen."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from diaban.apps.localities.models import Cycle, Readable
from diaban.apps.places.models import Unit


class WeightSet(models.Model):
    """Weights of the criteria from a day on, set by the province ("do đơn vị đặt"). The latest one counts."""

    effective_from = models.DateField(unique=True)
    criteria = models.CharField(max_length=40)  # code of the criteria that the weights are for
    weights = models.JSONField(default=dict)  # criterion → whole number, 0 to 100
    document = models.CharField(max_length=200)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.effective_from.isoformat()


class Dossier(models.Model):
    """One proposal of localities to transform. `working` is everything it rests on, frozen, with its hash.

    States and acts are those of `core.choosing.dossier`. The columns of the three hands repeat what the steps say.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Chờ thẩm định")
        RETURNED = "returned", _("Đã trả lại")
        APPRAISED = "appraised", _("Chờ quyết định")
        DECIDED = "decided", _("Đã quyết định")
        SUPERSEDED = "superseded", _("Đã bị thay thế")
        WITHDRAWN = "withdrawn", _("Đã rút")

    code = models.CharField(max_length=20, unique=True)  # "LC-2026-01"
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="choice_dossiers")
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    working = models.JSONField(default=dict, encoder=Readable)
    digest = models.CharField(max_length=64)
    as_of = models.DateField()  # the day on which the figures were taken
    note = models.TextField(blank=True)
    proposed_by = models.CharField(max_length=150)
    proposed_in_name_of = models.CharField(max_length=150, blank=True)
    proposed_at = models.DateTimeField()
    appraised_by = models.CharField(max_length=150, blank=True)
    appraised_in_name_of = models.CharField(max_length=150, blank=True)
    appraised_at = models.DateTimeField(null=True)
    number = models.CharField(max_length=60, blank=True)
    date = models.DateField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_in_name_of = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="successors")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=("decided", "superseded")) | (~Q(number="") & Q(date__isnull=False)),
                name="choice_decided_with_number",
            ),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=Q(state__in=("decided", "superseded")),
                name="choice_superseded_once",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Choice(models.Model):
    """A locality in a dossier: chosen, or passed over although its place was among the first; with the reason."""

    class Role(models.TextChoices):
        CHOSEN = "chosen", _("Được chọn")
        PASSED = "passed", _("Không chọn dù đứng trong nhóm đầu")

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="choices")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=8, choices=Role.choices)
    place = models.PositiveSmallIntegerField(null=True)
    deviates = models.BooleanField(default=False)  # from the ranking: then `reason` is owed
    reason = models.TextField(blank=True)
    comparison = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    distance = models.FloatField(null=True)  # standard deviations; see `core.choosing.comparison`
    again = models.BooleanField(default=False)  # the comparison stands beside another chosen one too

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "unit"], name="choice_once"),
            models.CheckConstraint(condition=Q(deviates=False) | ~Q(reason=""), name="choice_deviates_with_reason"),
            models.CheckConstraint(
                condition=Q(comparison__isnull=True) | Q(role="chosen"), name="choice_compared_if_chosen"
            ),
        ]


class DossierStep(models.Model):
    """One act on a dossier; rows are never changed."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="steps")
    seq = models.PositiveSmallIntegerField()
    verb = models.CharField(max_length=12)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    note = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=150)
    in_name_of = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "seq"], name="choice_step_once")]
